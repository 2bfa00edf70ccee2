/**
 * Loops of real-looking functions: what the proof says of them, and that a run on threads gives exactly what the serial
 * run gives. Each file of `fixtures/proven` has a function `main` with at least one loop that must run on threads; in
 * `fixtures/refused` none may, and the first line says why the first one does not. `fixtures/same` are traps, whatever the proof says of
 * them.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdtempSync, readdirSync, readFileSync, realpathSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { afterAll, beforeAll } from "vitest"
import { rmSync } from "node:fs"
import * as AnalysisCache from "../../core/modules/AnalysisCache.ts"
import * as Hasher from "../../platform-node/Hasher.ts"
import * as SourceParser from "../../platform-node/SourceParser.ts"
import type { LoopReport } from "../../core/parallel/LoopReport.ts"
import { type Outcomes, runBoth, unpack } from "./LoopProject.ts"

const fixtures = fileURLToPath(new URL("./fixtures/", import.meta.url))
const names = ["proven", "refused", "same"].flatMap((kind) =>
  readdirSync(path.join(fixtures, kind)).sort().map((file) => `${kind}/${file}`)
)

const reports = new Map<string, ReadonlyArray<LoopReport>>()
const outcomes = new Map<string, Outcomes>()
let scratch = ""

beforeAll(async () => {
  scratch = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-loops-")))
  const directory = (name: string): string => path.join(scratch, name.replace(/\W/g, "-"))
  await Effect.runPromise(
    Effect.forEach(names, (name) =>
      Effect.gen(function*() {
        const text = readFileSync(path.join(fixtures, name), "utf8")
        const { loops } = yield* unpack({ files: { "main.ts": text }, fn: "main.ts#main" }, directory(name))
        reports.set(name, loops)
      }))
      .pipe(Effect.provide(Layer.mergeAll(SourceParser.layer, Hasher.layer, AnalysisCache.layerNone)))
  )
  const ran = await runBoth(names.map((name) => ({ directory: directory(name) })), path.join(scratch, "outcomes.json"))
  names.forEach((name, index) => outcomes.set(name, ran[index] ?? assert.fail(name)))
})

afterAll(() => rmSync(scratch, { recursive: true, force: true }))

describe("loops", () => {
  for (const name of names) {
    it(name, () => {
      const found = reports.get(name) ?? []
      const { notes, serial, wide } = outcomes.get(name) ?? assert.fail(name)
      assert.strictEqual(wide, serial)
      if (name.startsWith("proven/")) {
        assert.include(found.map(({ verdict }) => verdict), "parallel", JSON.stringify(found, undefined, 2))
        assert.deepStrictEqual(notes.filter(({ computed, iterations }) => computed < iterations - 1), [])
        assert.notStrictEqual(notes.length, 0)
        assert.match(serial, /^gave /)
      } else if (name.startsWith("refused/")) {
        assert.deepStrictEqual(found.filter(({ verdict }) => verdict === "parallel"), [])
        const [first] = found
        const because = /^\/\/ because: (.*)/.exec(readFileSync(path.join(fixtures, name), "utf8"))?.[1] ??
          assert.fail(name)
        assert.include(first?.verdict === "serial" ? first.why : "no loop", because)
      }
    })
  }

  it("that wait are serial beside a CommonJS module, whose timers may change what they read", async () => {
    const { loops } = await Effect.runPromise(
      unpack({
        files: {
          "state.cjs": `const state = { n: 0 }
const tick = () => { state.n += 1; if (state.n < 400) setImmediate(tick) }
module.exports = { state, start: () => tick() }
`,
          "main.ts": `import { readFile } from "node:fs/promises"
import { start, state } from "./state.cjs"
export async function main(): Promise<unknown> {
  start()
  const seen = state
  const found: Array<number> = []
  for (const name of ["a", "b", "c"]) found.push((await readFile(name)).length + seen.n)
  return found
}
`
        },
        fn: "main.ts#main"
      }, path.join(scratch, "beside-a-script")).pipe(
        Effect.provide(Layer.mergeAll(SourceParser.layer, Hasher.layer, AnalysisCache.layerNone))
      )
    )
    assert.deepStrictEqual(loops.map(({ verdict }) => verdict), ["serial"])
    assert.include(JSON.stringify(loops), "a CommonJS module's")
  })

  for (
    const [how, files] of Object.entries({
      "a CommonJS module requires one of theirs": {
        "script.cjs": `const state = require("./state.mts")
exports.get = () => state.count()
`,
        "main.ts": `import { get } from "./script.cjs"
import { bump, count } from "./state.mts"
export function main(): unknown { bump(); bump(); return [count(), get()] }
`
      },
      "a module requires one of theirs": {
        "main.ts": `import { createRequire } from "node:module"
import { bump, count } from "./state.mts"
const load = createRequire(import.meta.url)
export function main(): unknown { bump(); bump(); return [count(), load("./state.mts").count()] }
`
      }
    })
  ) {
    it(`are serial where ${how}: it would be there twice`, async () => {
      const { loops, paths } = await Effect.runPromise(
        unpack({
          files: {
            ...files,
            "state.mts": `let n = 0
export const bump = (): void => { n++ }
export const count = (): number => n + 0 * many()
export function many(): number {
  let t = 0
  for (let i = 0; i < 30; i++) { let u = i; for (let r = 0; r < 100; r++) u = (u * 31 + r) % 10007; t += u }
  return t
}
`
          },
          fn: "main.ts#main"
        }, path.join(scratch, how.replace(/\W/g, "-"))).pipe(
          Effect.provide(Layer.mergeAll(SourceParser.layer, Hasher.layer, AnalysisCache.layerNone))
        )
      )
      assert.include(loops.map(({ verdict }) => verdict), "serial")
      assert.notInclude(loops.map(({ verdict }) => verdict), "parallel")
      assert.deepStrictEqual(paths.filter((each) => each.endsWith(".loops.mjs")), [])
      assert.include(JSON.stringify(loops), "may load ES modules")
    })
  }
})
