import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as JobContents from "../../../../core/cluster/execute/JobContents.ts"
import * as LocalTransport from "../../../../platform-node/LocalTransport.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix it's contents-")))
let made = 0
const place = (): string => path.join(scratch, `state ${made += 1}`)

const text = "it's \"quoted\" \\n $HOME `x` ☃ }\n"
const contentsIn = (state: string, more: Partial<JobContents.JobContents> = {}): JobContents.JobContents => ({
  root: `${state}/jobs/one`,
  directories: ["work", "deep", "deep/er"],
  files: [{ name: "plain", text }, { name: "deep/er/run.sh", text: "#!/bin/sh\n", isExecutable: true }],
  last: { name: "job.json", text: "{\"a\":1}\n" },
  ...more
})

const run = (input: string, more = "") =>
  LocalTransport.make.exec([...JobContents.take, more].join("\n"), { stdin: input })
const make = (contents: JobContents.JobContents) =>
  Effect.flatMap(
    run(JobContents.input(contents, new Map())),
    (ran) => Effect.as(JobContents.made(LocalTransport.make, contents, ran), ran)
  )

describe("the files of a job, on standard input", () => {
  it.effect("are there byte for byte, for their owner alone", () =>
    Effect.gen(function*() {
      const contents = contentsIn(place())
      yield* make(contents)
      const at = (name: string) => path.join(contents.root, name)
      assert.strictEqual(fs.readFileSync(at("plain"), "utf8"), text)
      assert.strictEqual(fs.readFileSync(at("job.json"), "utf8"), contents.last.text)
      assert.deepStrictEqual(
        [".", "plain", "deep/er/run.sh"].map((name) => fs.statSync(at(name)).mode & 0o777),
        [0o700, 0o600, 0o700]
      )
      assert.deepStrictEqual(fs.readdirSync(contents.root).sort(), ["deep", "job.json", "plain", "work"])
    }))

  it.effect("are not begun before all of the input is there, wherever it is cut", () =>
    Effect.gen(function*() {
      const contents = contentsIn(place())
      const input = JobContents.input(contents, new Map([["TOKEN", Redacted.make("it's secret")]]))
      for (let cut = 0; cut < input.length - 1; cut += 7) {
        const ran = yield* run(input.slice(0, cut), "echo went on")
        assert.notStrictEqual(ran.exitCode, 0, input.slice(0, cut))
        assert.notInclude(ran.stdout, "went on")
      }
      assert.isFalse(fs.existsSync(path.dirname(contents.root)))
    }), 60_000)

  it.effect("are made once by who repeats it, and by nobody else under the same name", () =>
    Effect.gen(function*() {
      const contents = contentsIn(place())
      yield* make(contents)
      fs.writeFileSync(path.join(contents.root, "plain"), "changed meanwhile")
      yield* make(contents)
      assert.strictEqual(fs.readFileSync(path.join(contents.root, "plain"), "utf8"), "changed meanwhile")
      const error = yield* Effect.flip(make({ ...contents, last: { name: "job.json", text: "{\"a\":2}\n" } }))
      assert.strictEqual(error.reason, "AlreadyExists")
      assert.isTrue(fs.existsSync(path.join(contents.root, "job.json")))
    }))

  it.effect("need the package with the npm packages that it had, and say which these are", () =>
    Effect.gen(function*() {
      const state = place()
      const directory = `${state}/packages/p`
      const needs = { directory, modules: undefined }
      const error = yield* Effect.flip(make(contentsIn(state, { needs })))
      assert.deepStrictEqual([error.reason, error.path], ["NotFound", directory])
      for (const name of ["a", "b"]) fs.mkdirSync(`${state}/envs/${name}`, { recursive: true })
      fs.mkdirSync(directory, { recursive: true })
      assert.strictEqual(JobContents.modulesOf(yield* make(contentsIn(state, { needs }))), "none")
      fs.symlinkSync(`${state}/envs/a`, `${directory}/node_modules`)
      const again = (name: string, modules: string | undefined) =>
        make(contentsIn(state, { root: `${state}/jobs/${name}`, needs: { directory, modules } }))
      const modules = JobContents.modulesOf(yield* again("two", undefined))
      assert.strictEqual(modules, `${state}/envs/a`)
      yield* again("three", modules)
      fs.rmSync(`${directory}/node_modules`)
      fs.symlinkSync(`${state}/envs/b`, `${directory}/node_modules`)
      assert.strictEqual((yield* Effect.flip(again("four", modules))).reason, "NotFound")
      assert.deepStrictEqual(fs.readdirSync(`${state}/jobs`).sort(), ["one", "three", "two"])
    }))

  it.effect("that cannot be written leave nothing, and the error has the system's words", () =>
    Effect.gen(function*() {
      const state = place()
      fs.mkdirSync(state)
      fs.writeFileSync(`${state}/jobs`, "a file")
      const noPlace = yield* Effect.flip(make(contentsIn(state)))
      assert.deepStrictEqual([noPlace.reason, /exists|directory/i.test(noPlace.why ?? "")], ["PermissionDenied", true])
      fs.rmSync(`${state}/jobs`)
      const half = contentsIn(state, { files: [{ name: "first", text: "1" }, { name: "none/second", text: "2" }] })
      assert.strictEqual((yield* Effect.flip(make(half))).reason, "PermissionDenied")
      assert.deepStrictEqual(fs.readdirSync(`${state}/jobs`), [])
    }))

  it.effect("that were sent before are moved to their places", () =>
    Effect.gen(function*() {
      const state = place()
      fs.mkdirSync(state)
      fs.writeFileSync(`${state}/sent`, "large")
      const contents = contentsIn(state, { files: [{ name: "inputs", from: `${state}/sent` }] })
      yield* make(contents)
      yield* make(contents)
      assert.strictEqual(fs.readFileSync(`${contents.root}/inputs`, "utf8"), "large")
      assert.isFalse(fs.existsSync(`${state}/sent`))
    }))

  it.effect("come with values that nothing gets before they are wanted", () =>
    Effect.gen(function*() {
      const input = JobContents.input(undefined, new Map([["TOKEN", Redacted.make("it's\nsecret")]]))
      const ran = yield* run(input, "env; echo ---; eval \"$clustrix_values\"; printf %s \"$TOKEN\"")
      const [before = "", after] = ran.stdout.split("---\n")
      assert.notInclude(before, "secret")
      assert.strictEqual(after, "it's\nsecret")
    }))
})
