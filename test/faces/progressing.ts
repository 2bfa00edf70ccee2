import { progress } from "clustrix"
import * as fs from "node:fs"

/** Functions of a user that say how far they are. */
export const gated = async (place: string, done: number, total: number): Promise<number> => {
  progress(done, total, "waiting")
  while (fs.existsSync(place) && !fs.existsSync(`${place}/go`)) await new Promise((resolve) => setTimeout(resolve, 20))
  progress(total, total, "")
  return done
}

/** Counts the writes by the inodes that the file has, which each rename changes. */
export const eager = (times: number): never => {
  const begun = Date.now()
  const inodes = new Set<number>()
  const file = `${process.env["CLUSTRIX_JOB_DIRECTORY"]}/progress`
  for (let at = 1; at <= times; at += 1) {
    progress(at, times)
    if (at % 1000 === 0) inodes.add(fs.statSync(file).ctimeMs)
  }
  throw new Error(`after all: took ${Date.now() - begun} ms, ${inodes.size} files`)
}

export const wrong = (): ReadonlyArray<string> => {
  const said = [[Number.NaN, 1], [1, undefined], [1, 2, {}]].map((args) => {
    try {
      Reflect.apply(progress, undefined, args)
      return "fine"
    } catch (error) {
      return String(error)
    }
  })
  fs.writeFileSync(`${process.env["CLUSTRIX_JOB_DIRECTORY"]}/progress`, "{\"done\": \"all\"}")
  return said
}

export const task = async ({ n, place }: { readonly n: number; readonly place: string }): Promise<number> => {
  if (n % 2 === 0) progress(n + 2, 8)
  while (n % 2 === 0 && fs.existsSync(place) && !fs.existsSync(`${place}/go`)) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return n
}
