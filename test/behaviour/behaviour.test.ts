/**
 * Behaviour equals the original: each fixture's function runs from its package and gives what it gives in place.
 */
import { NodeHost } from "clustrix/node"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as ClusterConfig from "../../core/ClusterConfig.ts"
import * as Pipeline from "../../core/Pipeline.ts"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

const fixtures = fileURLToPath(new URL("./fixtures/", import.meta.url))
let scratch = ""

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), "clustrix-behaviour-"))
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
  process.env["CLUSTRIX_STATE_DIR"] = path.join(scratch, "state")
  process.env["XDG_CACHE_HOME"] = path.join(scratch, "cache")
})
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true })
})

const fromPackage = async (directory: string): Promise<unknown> => {
  const call = { fn: path.join(directory, "main.ts#main"), config: ClusterConfig.local }
  const exit = await Effect.runPromiseExit(Effect.provide(Pipeline.run(call), NodeHost.layerLocal))
  if (Exit.isFailure(exit)) throw Cause.squash(exit.cause)
  return exit.value.result.value
}

describe("a function run from its package", () => {
  for (const name of readdirSync(fixtures)) {
    it(name, async () => {
      const directory = path.join(fixtures, name)
      const expected: unknown = JSON.parse(readFileSync(path.join(directory, "expected.json"), "utf8"))
      assert.deepStrictEqual(await fromPackage(directory), expected)
    })
  }
})
