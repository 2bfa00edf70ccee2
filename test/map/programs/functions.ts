/**
 * Functions of every kind behind `cluster()`.
 */
import { cluster } from "clustrix/node"

export const square = cluster({ time: "60s" })(function square(n: number) {
  return n * n
})

/** Calls another wrapped function: inside the job, here and now. */
export const sumOfSquares = cluster()(async (numbers: ReadonlyArray<number>) => {
  let sum = 0
  for (const n of numbers) sum += await square(n)
  return sum
})

export const scale = (factor: number) => cluster({ clusterType: "local" })((n: number) => n * factor)

export const later = cluster({ asyncSubmit: true })((text: string) => text.toUpperCase())

export const inverse = cluster()((n: number) => {
  if (n === 0) throw new RangeError("nothing has this inverse")
  return 1 / n
})

export class Model {
  @cluster({ cores: 1 })
  static async predict(n: number): Promise<number> {
    return n + 0.5
  }
}
