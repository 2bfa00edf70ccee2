/**
 * What modules mean: live bindings and snapshots, names of `export *`, module systems, `require`, cycles, namespaces.
 *
 * A fixture is a folder with a module `main` and `expected.json` for its outcome. The function runs in place, as Node runs
 * it (JavaScript alone, TypeScript through tsx) in a process of its own, and from its package; both do what is expected.
 */
import { Cluster } from "clustrix/node"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { spawn } from "node:child_process"
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import * as ClusterConfig from "../../../core/config/ClusterConfig.ts"
import { JobFailedError } from "../../../core/cluster/execute/JobError.ts"
import * as Pipeline from "../../../core/Pipeline.ts"
import { gave, type Outcome, threw } from "../outcome.mjs"

const fixtures = fileURLToPath(new URL("./fixtures/", import.meta.url))
const runner = fileURLToPath(new URL("./outcomeOf.mjs", import.meta.url))
const tsx = new URL("../../../node_modules/tsx/dist/loader.mjs", import.meta.url).href
const names = readdirSync(fixtures).sort()

let scratch = ""
const directory = (name: string): string => path.join(scratch, "fixtures", name)
const mainOf = (name: string): string =>
  path.join(
    directory(name),
    readdirSync(path.join(fixtures, name)).find((file) => /^main\.[cm]?[jt]s$/.test(file)) ?? "main.ts"
  )

beforeAll(() => {
  scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-modules-")))
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
  process.env["CLUSTRIX_STATE_DIR"] = path.join(scratch, "state")
  process.env["XDG_CACHE_HOME"] = path.join(scratch, "cache")
  cpSync(fixtures, path.join(scratch, "fixtures"), { recursive: true })
})
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const inPlace = (name: string): Promise<Outcome> => {
  const output = path.join(scratch, `${name}.json`)
  const file = mainOf(name)
  const flags = file.endsWith("ts") ? ["--import", tsx] : []
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, runner, output, file], { cwd: directory(name) })
    let printed = ""
    child.stderr.on("data", (data: Buffer) => printed += data.toString())
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(readFileSync(output, "utf8")) as Outcome)
      else reject(new Error(`${runner} ended with ${code}: ${printed}`))
    })
  })
}

const fromPackage = async (name: string): Promise<Outcome> => {
  let printed = ""
  const decoder = new TextDecoder()
  const exit = await Effect.runPromiseExit(
    Pipeline.run({ fn: `${mainOf(name)}#main` }, {
      log: ({ bytes, stream }) =>
        Effect.sync(() => {
          if (stream === "stdout") printed += decoder.decode(bytes, { stream: true })
        })
    }).pipe(Effect.provide(Cluster.layer(ClusterConfig.local)))
  )
  if (Exit.isSuccess(exit)) return gave(exit.value.result.value, printed)
  const error = Cause.squash(exit.cause)
  if (error instanceof JobFailedError) return threw(error.cause, printed)
  throw error
}

describe("modules mean in a package what they mean in place", () => {
  for (const name of names) {
    it(name, async () => {
      const expected: unknown = JSON.parse(readFileSync(path.join(fixtures, name, "expected.json"), "utf8"))
      const [here, there] = await Promise.all([inPlace(name), fromPackage(name)])
      assert.deepEqual(here, expected, "in place")
      assert.deepEqual(there, expected, "from the package")
    }, 30_000)
  }
})
