/**
 * A command is answered from memory only where running it prints the same.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { loadedWith, makeWorkbench, type Outcome, type Workbench } from "../cli/command.ts"

let bench: Workbench

beforeAll(async () => {
  bench = await makeWorkbench({ buildName: "test" })
})
afterAll(() => {
  bench.remove()
  if (finished !== undefined) Fs.rmSync(finished, { recursive: true, force: true })
})

const cache = (kind: string): string => Path.join(bench.directory, ".cache", "clustrix", kind)
const at = (path: string): string => Path.join(bench.directory, "project", path)
const write = (path: string, text: string): void => bench.write(`project/${path}`, text)

const files: Readonly<Record<string, string>> = {
  "package.json": `{ "name": "unchanged", "type": "module" }`,
  "main.ts":
    `import { readFileSync } from "node:fs"\nimport { helper } from "./helper.ts"\nexport const main = (path: string) => [helper(), readFileSync("data.csv", "utf8"), readFileSync(path, "utf8")]\n`,
  "helper.ts": "export const helper = () => 1\n",
  "data.csv": "a,b\n"
}

/** The project as it was, and no memory of it. */
const reset = (): void => {
  for (const name of Fs.readdirSync(bench.directory)) Fs.rmSync(Path.join(bench.directory, name), { recursive: true })
  for (const [path, text] of Object.entries(files)) write(path, text)
  bench.write("project/.git/HEAD", "")
}

interface Case {
  readonly edit?: () => void
  readonly words?: ReadonlyArray<string>
  readonly environment?: Readonly<Record<string, string>>
  readonly folder?: string
}

const run = ({ environment, folder = "", words = ["package", "main.ts#main", "--args", "[1]"] }: Case) =>
  bench.run(words, environment, Path.join("project", folder))

/** The project after the command has run once: the run is made once, too. */
let finished: string | undefined
const runOnce = async (): Promise<void> => {
  if (finished === undefined) {
    reset()
    Fs.mkdirSync(at("inner"))
    const first = await run({})
    assert.strictEqual(first.code, 0, first.stderr)
    forgetPackaging()
    finished = `${bench.directory}.finished`
    Fs.cpSync(bench.directory, finished, { recursive: true })
  }
  for (const name of Fs.readdirSync(bench.directory)) Fs.rmSync(Path.join(bench.directory, name), { recursive: true })
  Fs.cpSync(finished, bench.directory, { recursive: true })
}

/** Whether the packager ran: only then what it remembers of the packaging is there again. */
const hasRun = (): boolean => Fs.existsSync(cache("packaged"))
const forgetPackaging = (): void => Fs.rmSync(cache("packaged"), { recursive: true, force: true })

/** What must be the same: all but the time. */
const shown = ({ code, stderr, stdout }: Outcome): unknown => ({
  code,
  stderr,
  stdout: stdout.replace(/"createdAt": "[^"]*"/, "")
})

const stored = (name: RegExp): string =>
  Path.join(bench.packages, Fs.readdirSync(bench.packages).find((each) => name.test(each)) ?? "")
const record = (): string => Path.join(cache("commands"), Fs.readdirSync(cache("commands"))[0] ?? "")

const recalled: Readonly<Record<string, Case>> = {
  "nothing has changed": {},
  "nothing has changed and JSON is asked for": { words: ["package", "main.ts#main", "--json"] },
  "a file that nobody looked at has changed": { edit: () => write("notes.txt", "") },
  "the times of a file have changed": { edit: () => Fs.utimesSync(at("main.ts"), 1, 1) }
}

const anew: Readonly<Record<string, Case>> = {
  "a module": { edit: () => write("helper.ts", "export const helper = () => 2\n") },
  "a data file": { edit: () => write("data.csv", "x,y\n") },
  "a new file of configuration": { edit: () => write("clustrix.yml", "cores: 3\n") },
  "a new file of configuration above": { edit: () => bench.write("clustrix.yml", "cores: 3\n") },
  "the user's file of configuration": {
    edit: () => bench.write(".config/clustrix/clustrix.yml", "cores: 3\n")
  },
  "a variable of the environment": { environment: { CLUSTRIX_MEMORY: "3GB" } },
  "colours": { environment: { FORCE_COLOR: "1" } },
  "an argument": { words: ["package", "main.ts#main", "--args", "[2]"] },
  "the output's form": { words: ["package", "main.ts#main", "--args", "[1]", "--json"] },
  "the directory": { folder: "inner", words: ["package", "../main.ts#main", "--args", "[1]"] },
  "a ZIP that is gone": { edit: () => Fs.unlinkSync(stored(/\.zip$/)) },
  "a ZIP with another byte": {
    edit: () => {
      const bytes = Fs.readFileSync(stored(/\.zip$/))
      bytes[200] = (bytes[200] ?? 0) ^ 1
      Fs.writeFileSync(stored(/\.zip$/), bytes)
    }
  },
  "an invocation that is gone": { edit: () => Fs.unlinkSync(stored(/invocation/)) },
  "a source map that is gone": { edit: () => Fs.unlinkSync(stored(/sourcemap/)) },
  "a memory that is cut": { edit: () => Fs.truncateSync(record(), 100) },
  "a memory in which somebody has written": {
    edit: () => Fs.writeFileSync(record(), Fs.readFileSync(record(), "utf8").replace("Packaged", "Packages"))
  },
  "a memory that others may write": { edit: () => Fs.chmodSync(record(), 0o666) }
}

describe("what a command printed", () => {
  for (const [name, each] of Object.entries(recalled)) {
    it(`is said again when ${name}`, async () => {
      reset()
      const first = await run(each)
      assert.strictEqual(first.code, 0, first.stderr)
      // The path that only the call knows
      assert.include(first.stderr, "note: main.ts:3")
      forgetPackaging()
      each.edit?.()
      const before = Date.now()
      const second = await run(each)
      assert.isFalse(hasRun())
      assert.deepStrictEqual(shown(second), shown(first))
      if (each.words?.includes("--json") === true) {
        const { createdAt } = JSON.parse(second.stdout) as { readonly createdAt: string }
        assert.isAtLeast(Date.parse(createdAt), before)
      }
      // And that is what running it prints
      Fs.rmSync(cache("commands"), { recursive: true })
      assert.deepStrictEqual(shown(await run(each)), shown(first))
      assert.isTrue(hasRun())
    })
  }

  for (const [name, each] of Object.entries(anew)) {
    it(`is not said again after a change of ${name}`, async () => {
      await runOnce()
      each.edit?.()
      const second = await run(each)
      assert.isTrue(hasRun())
      Fs.rmSync(cache(""), { recursive: true })
      assert.deepStrictEqual(shown(second), shown(await run(each)))
    })
  }

  it("is not remembered of a failure", async () => {
    reset()
    const failing = { words: ["package", "main.ts#missing"] }
    const first = await run(failing)
    assert.notStrictEqual(first.code, 0)
    write("main.ts", "export const missing = () => 1\n")
    assert.strictEqual((await run(failing)).code, 0)
  })

  it("is said without loading anything but Node's own modules", () => {
    const inputs = loadedWith(bench.metafile, "platform-node/cli/main.ts")
    assert.deepStrictEqual([...inputs].filter((input) => input.includes("node_modules")), [])
  })
})
