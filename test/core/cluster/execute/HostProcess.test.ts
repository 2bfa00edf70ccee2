import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as HostProcess from "../../../../core/cluster/execute/HostProcess.ts"
import { type Transport, TransportError } from "../../../../core/cluster/Transport.ts"

/** What proc(5) shows, with `start` as the 22nd field. */
const stat = (command: string, state: string, start: number): string =>
  [`17 (${command}) ${state}`, ...Array.from({ length: 18 }, (_, index) => index + 4), start, 99, 98].join(" ")

const never = (): never => assert.fail("it is not asked")

/** A host with these files, on which `kill -0` ends with `exitCode`. */
const host = (files: Readonly<Record<string, string>>, exitCode = 1): typeof Transport.Service => ({
  location: "memory",
  exec: () => Effect.succeed({ stdout: "", stderr: "", exitCode }),
  readFile: (name) =>
    files[name] === undefined
      ? Effect.fail(new TransportError({ reason: "NotFound", what: `Cannot read ${name}` }))
      : Effect.succeed(new TextEncoder().encode(files[name])),
  writeFile: never,
  upload: never,
  download: never,
  makeDirectory: never,
  makeNewDirectory: never,
  list: never,
  realPath: never,
  exists: never,
  remove: never,
  files: { readDirectory: never, stat: never, lstat: never }
})

describe("processes of a host", () => {
  it("are known by number and start", () => {
    const process = { pid: 17, start: "4711" }
    assert.deepStrictEqual(HostProcess.decode(`${process.pid}:${process.start}`), process)
    assert.deepStrictEqual(HostProcess.decode("17:"), { pid: 17, start: "" })
    assert.deepStrictEqual(HostProcess.decode("17"), { pid: 17, start: "" })
  })

  it("may be called anything", () => {
    for (const command of ["sh", "a b", "a) Z 1 (b", "((", "))", ") R 1 2 3", "", "a\nb"]) {
      assert.strictEqual(HostProcess.startIn(stat(command, "S", 4711)), "4711", command)
      assert.strictEqual(HostProcess.startIn(stat(command, "Z", 4711)), undefined, command)
    }
    assert.strictEqual(HostProcess.startIn(""), undefined)
  })

  it.effect("that have ended, or were followed by others of their number, are gone", () =>
    Effect.gen(function*() {
      const process = { pid: 17, start: "4711" }
      const alive = (text: string) => HostProcess.isAlive(host({ "/proc/17/stat": text }), process)
      assert.isTrue(yield* alive(stat("sh", "S", 4711)))
      assert.isTrue(yield* alive(`${stat("sh", "D", 4711)}\n`))
      assert.isFalse(yield* alive(stat("sh", "S", 4712)))
      assert.isFalse(yield* alive(stat("sh", "Z", 4711)))
      assert.isFalse(yield* alive(stat("sh", "X", 4711)))
      assert.isFalse(yield* alive(""))
      assert.isFalse(yield* HostProcess.isAlive(host({}), process))
    }))

  it.effect("without /proc are asked for by a signal; what is no number is nobody", () =>
    Effect.gen(function*() {
      assert.isTrue(yield* HostProcess.isAlive(host({}, 0), { pid: 17, start: "" }))
      assert.isFalse(yield* HostProcess.isAlive(host({}, 1), { pid: 17, start: "" }))
      for (const text of ["", "x", "0", "-1", "0:4", "NaN:1"]) {
        assert.isFalse(yield* HostProcess.isAlive(host({}, 0), HostProcess.decode(text)), text)
      }
    }))

  it.effect("are not gone because the host cannot be asked", () =>
    Effect.gen(function*() {
      for (const reason of ["Connection", "TimedOut"] as const) {
        const cut = { ...host({}), readFile: () => Effect.fail(new TransportError({ reason, what: "cut" })) }
        const error = yield* Effect.flip(HostProcess.isAlive(cut, { pid: 17, start: "1" }))
        assert.strictEqual(error.reason, reason)
      }
    }))

  it.live.skipIf(process.platform !== "linux")(
    "of this machine: alive, a zombie, reaped",
    () =>
      Effect.gen(function*() {
        const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "clustrix process-"))
        // A name that looks like the end of its field
        const program = path.join(scratch, "a) Z (b")
        fs.copyFileSync("/bin/sleep", program)
        fs.chmodSync(program, 0o755)
        const child = spawn(program, ["60"])
        yield* Effect.promise(() => new Promise((resolve) => child.once("spawn", resolve)))
        const read = () => fs.readFileSync(`/proc/${child.pid}/stat`, "utf8")
        const start = HostProcess.startIn(read())
        assert.match(start ?? "", /^\d+$/)
        const here = { ...host({}), readFile: () => Effect.sync(() => new TextEncoder().encode(read())) }
        assert.isTrue(yield* HostProcess.isAlive(here, { pid: child.pid ?? 0, start: start ?? "" }))
        // Nobody has waited for it before this turn of the loop ends
        process.kill(child.pid ?? 0, "SIGKILL")
        let state = ""
        while (state !== "Z") state = read().slice(read().lastIndexOf(")") + 2)[0] ?? ""
        assert.strictEqual(HostProcess.startIn(read()), undefined)
        fs.rmSync(scratch, { recursive: true })
      })
  )
})
