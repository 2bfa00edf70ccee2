import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import type { PackageOptionsInput } from "../../../core/packaging/PackageOptions.ts"
import * as MemoryProject from "./MemoryProject.ts"

interface Found {
  /** Declarations and statements that go along. */
  readonly kept: ReadonlyArray<string>
  readonly dropped: ReadonlyArray<string>
  readonly doubted: ReadonlyArray<string>
  readonly codes: ReadonlyArray<string>
}

const find = (files: Readonly<Record<string, string>>, reference = "main.ts#main", options: PackageOptionsInput = {}) =>
  Effect.gen(function*() {
    const packager = yield* FilePackager
    const prepared = yield* packager.prepare(reference, options)
    const found: Found = {
      kept: prepared.files.flatMap((file) => file.declarations),
      dropped: prepared.decisions.filter(({ verdict }) => verdict === "dropped").map(({ node }) => node),
      doubted: prepared.decisions.filter(({ doubt }) => doubt).map(({ node }) => node),
      codes: prepared.diagnostics.map(({ code }) => code)
    }
    return found
  }).pipe(Effect.provide(MemoryProject.layer(files)))

describe("what is reached", () => {
  it.effect("is what the function's free variables reach, across modules, and nothing else", () =>
    Effect.gen(function*() {
      const { dropped, kept } = yield* find({
        "main.ts":
          `import { used, unused } from "./lib"\nconst a = 1, b = 2\nexport function main() { return used() + a }\nexport const other = () => unused() + b`,
        "lib.ts": `export const used = () => deep\nexport const unused = () => 2\nconst deep = 3\nconst alone = 4`
      })
      assert.deepStrictEqual([...kept].sort(), ["lib.ts#deep", "lib.ts#used", "main.ts#a", "main.ts#main"])
      assert.deepStrictEqual(dropped, [])
    }))

  it.effect("ignores a parameter that is called like an import", () =>
    Effect.gen(function*() {
      const { kept } = yield* find({
        "main.ts": `import { x } from "./lib"\nexport const main = (x: number) => x`,
        "lib.ts": `export const x = 1`
      })
      assert.deepStrictEqual(kept, ["main.ts#main"])
    }))

  it.effect("takes every declaration of a merged name", () =>
    Effect.gen(function*() {
      const { kept } = yield* find({
        "main.ts":
          `enum E { A = 1 }\nenum E { B = 2 }\nfunction f() {}\nnamespace f { export const x = 1 }\nexport const main = () => [E.B, f]`
      })
      assert.deepStrictEqual(kept, ["main.ts#E", "main.ts#E", "main.ts#f", "main.ts#f", "main.ts#main"])
    }))

  it.effect("takes only the members of a namespace that are named, and all of one that escapes", () =>
    Effect.gen(function*() {
      const lib = { "lib.ts": `export const one = 1\nexport const two = 2` }
      const named = yield* find({
        ...lib,
        "main.ts": `import * as lib from "./lib"\nexport const main = () => lib.one`
      })
      const escaped = yield* find({ ...lib, "main.ts": `import * as lib from "./lib"\nexport const main = () => lib` })
      assert.deepStrictEqual(named.kept, ["lib.ts#one", "main.ts#main"])
      assert.deepStrictEqual(escaped.kept, ["lib.ts#one", "lib.ts#two", "main.ts#main"])
    }))

  it.effect("warns of a name that is defined nowhere, but not under typeof", () =>
    Effect.gen(function*() {
      const { codes } = yield* find({ "main.ts": `export const main = () => nowhere + typeof elsewhere` })
      assert.deepStrictEqual(codes, ["unresolved-name"])
    }))
})

describe("statements that may change what is reached stay", () => {
  const keeps = (what: string, text: string) =>
    it.effect(what, () =>
      Effect.gen(function*() {
        const { kept } = yield* find({ "main.ts": `${text}\nexport const main = () => table` })
        assert.isTrue(kept.some((node) => /^main\.ts:\d+$/.test(node)), kept.join(" "))
      }))
  keeps("an assignment to a member", `const table: any = {}\ntable.a = 1`)
  keeps("a loop that fills", `const table: any = {}\nfor (const k of ["a"]) table[k] = k`)
  keeps("Object.assign", `const table: any = {}\nObject.assign(table, { a: 1 })`)
  keeps("a call that is given the table", `const table: any = {}\nfunction fill(t: any) { t.a = 1 }\nfill(table)`)
  keeps("a call of a function that writes it", `let table = 0\nfunction init() { table = 1 }\ninit()`)
  keeps("a call through another function", `let table = 0\nconst a = () => b()\nconst b = () => { table = 1 }\na()`)
  keeps("a method of the table", `const table = new Map()\ntable.set(1, 2)`)
  keeps("a change through an alias", `const table: any = { inner: {} }\nconst inner = table.inner\ninner.x = 1`)
  keeps("a change through a holder", `const table: any = {}\nconst holder: any = {}\nholder.t = table\nholder.t.x = 1`)
  keeps("a delete", `const table: any = { a: 1 }\ndelete table.a`)
  keeps("an update in a destructuring", `let table = 0\n;[table] = [2]`)
  keeps("a global", `const table = 1\n;(globalThis as any).x = 1`)
  keeps("a callback that writes it", `const table: any[] = []\n;[1, 2].forEach((x) => table.push(x))`)
  keeps(
    "a function handed over that writes it",
    `const table: any[] = []\nconst add = (x: number) => table.push(x)\n;[1].forEach(add)`
  )
  keeps(
    "a member of an array that a getter of it gave",
    `const table: any[] = [{}]\nconst get = () => table[0]\nget().x = 1`
  )
})

describe("statements that go", () => {
  it.effect("the lines that package and run the function", () =>
    Effect.gen(function*() {
      const { dropped, kept } = yield* find({
        "main.ts": `import { packageFunctionForExecution } from "clustrix/node"
export async function main() { return 1 }
const info = await packageFunctionForExecution("main.ts#main", { clusterType: "local" })
console.log(info.packageId)
main().then((result) => console.log(result))
async function cli() { console.log(await main()) }
cli()`
      })
      assert.deepStrictEqual(kept, ["main.ts#main"])
      assert.deepStrictEqual(dropped, ["main.ts:4", "main.ts:5", "main.ts:7"])
    }))

  it.effect("what prints and counts what running the entry gave", () =>
    Effect.gen(function*() {
      const { dropped, kept } = yield* find({
        "main.ts": `export async function main(n: number) { return n }
const results: number[] = []
let failed = 0
for (const n of [1, 2]) results.push(await main(n))
try { await main(3) } catch { failed += 1 }
console.log(results)
if (failed > 0) console.error(failed)`
      })
      assert.deepStrictEqual(kept, ["main.ts#main"])
      assert.deepStrictEqual(dropped, ["main.ts:4", "main.ts:5", "main.ts:6", "main.ts:7"])
    }))

  it.effect("plain reads, and calls that change only what is not reached", () =>
    Effect.gen(function*() {
      const { dropped, kept } = yield* find({
        "main.ts":
          `const other: number[] = []\nother.push(1)\nfunction log(x: unknown) { seen.push(x) }\nconst seen: unknown[] = []\nlog(main)\nexport function main() { return 1 }`
      })
      assert.deepStrictEqual(kept, ["main.ts#main"])
      assert.deepStrictEqual(dropped, ["main.ts:2", "main.ts:5"])
    }))

  it.effect("a library's plugin goes with the library, and stays with it", () =>
    Effect.gen(function*() {
      const files = (body: string) => ({
        "main.ts":
          `import dayjs from "dayjs"\nimport utc from "dayjs/plugin/utc"\ndayjs.extend(utc)\nexport const main = () => ${body}`,
        "package-lock.json":
          `{"name":"project","lockfileVersion":3,"packages":{"":{"name":"project","dependencies":{"dayjs":"1.11.13"}},"node_modules/dayjs":{"version":"1.11.13","integrity":"sha512-x"}}}`,
        "node_modules/dayjs/package.json": `{"name":"dayjs","version":"1.11.13","main":"dayjs.min.js"}`,
        "node_modules/dayjs/dayjs.min.js": ``,
        "node_modules/dayjs/plugin/utc.js": ``
      })
      const used = yield* find(files("dayjs()"))
      const unused = yield* find(files("1"))
      assert.deepStrictEqual(used.kept, ["main.ts:3", "main.ts#main"])
      assert.deepStrictEqual(unused.kept, ["main.ts#main"])
    }))

  it.effect("options overrule", () =>
    Effect.gen(function*() {
      const files = {
        "main.ts":
          `const other: number[] = []\nother.push(1)\nconst table: any = {}\ntable.x = 1\nexport const main = () => table`
      }
      const { kept } = yield* find(files, "main.ts#main", { keep: ["main.ts:2"], drop: ["main.ts:4"] })
      assert.deepStrictEqual(kept, ["main.ts#other", "main.ts:2", "main.ts#table", "main.ts#main"])
    }))
})
