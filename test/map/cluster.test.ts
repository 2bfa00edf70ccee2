/**
 * `cluster(options)(fn)` in programs of users.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import * as Program from "./program.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-wrapped-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const environment = {
  CLUSTRIX_PACKAGE_DIR: path.join(scratch, "packages"),
  CLUSTRIX_STATE_DIR: path.join(scratch, "state"),
  XDG_CACHE_HOME: path.join(scratch, "cache"),
  XDG_CONFIG_HOME: path.join(scratch, "config")
}
const program = (name: string): string => fileURLToPath(new URL(`./programs/${name}.ts`, import.meta.url))

describe("a function behind cluster()", () => {
  it("is called as before, and runs as a job", async () => {
    const running = Program.start(program("wrapped"), [], environment)
    const code = await running.end
    assert.strictEqual(code, 0, running.output())
    const printed = running.printed()
    assert.deepStrictEqual(printed, [
      ["top level", 16],
      ["name", ["square", 1]],
      ["calls another", 14],
      ["captured", 15],
      ["effect", 25],
      ["static method", 1.5],
      ["job", ["string", "ASYNCHRONOUS", "succeeded"]],
      ["values", [9, 4, 1]],
      ["outcomes", [[0, 0.5], [1, "JobFailedError"], [2, 0.25]]],
      ["stream", [{ index: 0, ok: true, value: 49 }, { index: 1, ok: true, value: 64 }]],
      ["resumed", [[9, 4, 1], true]]
    ])
  })

  it("ends in a named state, whatever is asked of it", async () => {
    const place = path.join(scratch, "unlucky")
    fs.mkdirSync(place)
    const running = Program.start(program("unlucky"), [place], environment)
    const code = await running.end
    fs.rmSync(place, { recursive: true, force: true })
    assert.strictEqual(code, 0, running.output())
    const printed = running.printed()
    assert.deepStrictEqual(printed, [
      ["a function among the inputs", ["ValueNotCarriedError", "The input 1 cannot be carried"]],
      ["inputs that throw", ["RangeError", "no more"]],
      ["no inputs at all", ["InputsError", "NotIterable"]],
      ["no number", ["ConfigurationError", "InvalidValue"]],
      ["an empty list", []],
      ["an infinite chunk", [1, 2]],
      ["next", [{ done: false, value: { index: 0, ok: true, value: 1 } }, { done: true }, { done: true }]],
      ["other inputs", ["InputsError", "OtherInputs"]],
      ["the same inputs", [1]],
      ["return", [{ done: true }, { done: true }, { done: true }]],
      ["left at", 0],
      ["ran", false],
      ["left", [[0, true], [1, "JobCancelledError"], [2, "JobCancelledError"]]],
      ["ends the process", [0, ["JobEndedError", "Exited"], 2]]
    ])
  })
})
