/**
 * Statements at the top level work on what other statements made: tables filled in loops, registries, mixins, writes
 * through aliases, holders and functions of other modules. Whatever they are, the function gives from its package what it
 * gives in place.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Layer from "effect/Layer"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import * as Hasher from "../../platform-node/Hasher.ts"
import * as SourceParser from "../../platform-node/SourceParser.ts"
import * as Packing from "../identity/Packing.ts"

/** What every module may use. */
const library = `
export function put(table, key, value) {
  if (Array.isArray(table)) table.push(value)
  else if (table instanceof Map) table.set(key, value)
  else table[key] = value
  return value
}
export const size = (table) => table instanceof Map ? table.size : Object.keys(table).length
export const show = (table) => table instanceof Map ? [...table].map(([k, v]) => [k, String(v)])
  : Object.entries(table).map(([k, v]) => [k, typeof v === "function" ? String(v.call(table)) : String(v)])
export const ops = { put, twice: (table, key, value) => { put(table, key, value); put(table, key + "2", value) } }
export class Box {
  constructor(table) { this.table = table }
  fill(key, value) { put(this.table, key, value); return this }
  get full() { put(this.table, "got", 1); return true }
}
export const tag = (strings, table) => put(table, strings[0], strings.length)
`

const kinds = ["[]", "{}", "new Map()", "Object.create(null)", "new (class Table {})()"]

/** Statements about a first and a second table; `§` is a number that is theirs alone. */
const statements: ReadonlyArray<string> = [
  `put(A, "k§", §)`,
  `ops.twice(A, "t§", §)`,
  `for (const key of ["a", "b"]) put(A, key + §, key)`,
  `for (let i = 0; i < 3; i++) { if (i === 1) continue; put(A, "i" + i, i + §) }`,
  `outer§: for (const i of [1, 2]) { for (const j of [1, 2]) { if (j === i) continue outer§; put(A, "l" + i + j, §) } }`,
  `["x", "y"].forEach((key, index) => put(A, key, index + §))`,
  `const alias§ = A; put(alias§, "alias", §)`,
  `const holder§ = { inner: [A] }; put(holder§.inner[0], "held", §)`,
  `let late§; late§ = A; late§["late"] = §`,
  `if (size(A) % 2 === 0) put(B, "even§", §); else put(A, "odd§", §)`,
  `try { put(A, "try§", §); throw new Error("x") } catch { put(B, "catch§", §) } finally { put(A, "finally§", 0) }`,
  `switch (size(A)) { case 0: put(B, "none§", §); break; default: put(B, "some§", §) }`,
  `Object.assign(A, { assigned§: § })`,
  `A["p§"] = §`,
  `A["n§"] ??= §`,
  `delete A["k" + (§ - 1)]`,
  `Object.defineProperty(A, "d§", { enumerable: true, configurable: true, get: () => size(B) })`,
  `Reflect.set(A, "r§", §)`,
  `export const made§ = put(A, "const§", §)`,
  `const unused§ = [put(A, "array§", §)]`,
  `const { length: length§ } = [put(A, "pattern§", §)]`,
  `class Static§ { static value = put(A, "static§", §); static { put(B, "block§", §) } }`,
  `new Box(A).fill("box§", §).fill("box", §)`,
  `const box§ = new Box(A); box§.full`,
  `tag\`tag\${A}§\``,
  `put(B, "size§", size(A))`,
  `for (const [key] of Object.entries(B).slice(0, 2)) put(A, "from" + key, §)`,
  `(function () { put(A, "iife§", §) })()`,
  `(() => { const inner = A; inner["arrow§"] = § })()`,
  `function fill§(table) { put(table, "fn§", §) } fill§(A)`,
  `const fills§ = { go() { put(A, "go§", §) } }; fills§.go()`,
  `Object.setPrototypeOf(A, Object.assign(Object.create(Object.getPrototypeOf(A)), { inherited§: § }))`,
  `A["method§"] = function () { return "m" + § + size(this) }`,
  `globalThis.clustrixEffect = (globalThis.clustrixEffect ?? 0) + §; put(A, "global", globalThis.clustrixEffect)`,
  `let swap§ = 1, other§ = 2; [swap§, other§] = [other§, swap§]; put(A, "swap§", swap§)`,
  `[A["e§"], A["f§"]] = [§, § + 1]`,
  `var hoisted§ = A; put(hoisted§, "var§", typeof later§); var later§ = 1`,
  `do { put(A, "do§", §) } while (false)`,
  `A["c§"] = (§, put(B, "comma§", §))`,
  `put(A, "read§", JSON.stringify(show(B)).length)`
]

interface Step {
  readonly statement: number
  readonly tables: readonly [number, number]
}

interface Program {
  /** Kind of table, by module. */
  readonly tables: ReadonlyArray<ReadonlyArray<number>>
  readonly steps: ReadonlyArray<ReadonlyArray<Step>>
  readonly shown: ReadonlyArray<number>
  /** In which order the last module imports the others. */
  readonly order: number
}

const program: FastCheck.Arbitrary<Program> = FastCheck.integer({ min: 1, max: 3 }).chain((modules) =>
  FastCheck.record({
    tables: FastCheck.array(FastCheck.array(FastCheck.nat(kinds.length - 1), { minLength: 1, maxLength: 3 }), {
      minLength: modules,
      maxLength: modules
    }),
    steps: FastCheck.array(
      FastCheck.array(
        FastCheck.record({
          statement: FastCheck.nat(statements.length - 1),
          tables: FastCheck.tuple(FastCheck.nat(8), FastCheck.nat(8))
        }),
        { maxLength: 8 }
      ),
      { minLength: modules, maxLength: modules }
    ),
    shown: FastCheck.array(FastCheck.nat(8), { minLength: 1, maxLength: 3 }),
    order: FastCheck.nat(1)
  })
)

const print = ({ order, shown, steps, tables }: Program): Packing.Files => {
  const files: Record<string, string> = { "library.mjs": library }
  const visible: Array<{ readonly module: number; readonly name: string }> = []
  let count = 10
  for (const [module, kindsHere] of tables.entries()) {
    const here = kindsHere.map((kind, index) => ({ name: `table${module}${index}`, kind: kinds[kind] ?? "[]" }))
    for (const { name } of here) visible.push({ module, name })
    const pick = (index: number): string => visible[index % visible.length]?.name ?? "table00"
    const isLast = module === tables.length - 1
    const earlier = Array.from({ length: module }, (_, index) => index)
    if (order === 1) earlier.reverse()
    const body = (steps[module] ?? []).map(({ statement, tables: [a, b] }) => {
      count += 1
      return (statements[statement] ?? "").replaceAll("§", String(count)).replaceAll(/\bA\b/g, pick(a))
        .replaceAll(/\bB\b/g, pick(b))
    })
    const imports = earlier.map((other) => {
      const names = visible.filter((each) => each.module === other).map(({ name }) => name)
      return `import { mark${other}, ${names.join(", ")} } from "./module${other}.mjs"`
    })
    files[`module${module}.mjs`] = [
      `import { Box, ops, put, show, size, tag } from "./library.mjs"`,
      ...imports,
      ...here.map(({ kind, name }) => `export const ${name} = ${kind}`),
      `export const mark${module} = () => [${[module, ...earlier.map((other) => `mark${other}()`)].join(", ")}]`,
      ...body.map((line) => `;${line}`),
      ...(isLast
        ? [`export const main = () => [mark${module}(), ${shown.map((index) => `show(${pick(index)})`).join(", ")}]`]
        : [])
    ].join("\n")
  }
  return files
}

const run = async (directory: string, files: Packing.Files, entry: string): Promise<string> => {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true })
    writeFileSync(path.join(directory, file), text)
  }
  Reflect.deleteProperty(globalThis, "clustrixEffect")
  try {
    const { main } = await import(/* @vite-ignore */ pathToFileURL(path.join(directory, entry)).href)
    return JSON.stringify(main())
  } catch (error) {
    return String(error)
  }
}

it.layer(Layer.merge(SourceParser.layer, Hasher.layer))("effects between statements", (it) => {
  it.effect("are the same in the package", () =>
    Effect.gen(function*() {
      const runtime = yield* Effect.runtime<Packing.Shared>()
      const scratch = mkdtempSync(path.join(tmpdir(), "clustrix-effects-"))
      let count = 0
      yield* Effect.promise(() =>
        FastCheck.assert(
          FastCheck.asyncProperty(program, async (each) => {
            const files = print(each)
            const last = `module${each.tables.length - 1}.mjs`
            count += 1
            const inPlace = await run(path.join(scratch, `a${count}`), files, last)
            const { prepared } = await Effect.runPromise(
              Effect.provide(Packing.pack({ files, fn: `${last}#main` }), runtime)
            )
            const packaged = Object.fromEntries(
              prepared.entries.flatMap(({ content, path: file }) =>
                content._tag === "Bytes" && file.startsWith("modules/")
                  ? [[file, new TextDecoder().decode(content.bytes)]]
                  : []
              )
            )
            const fromPackage = await run(path.join(scratch, `b${count}`), packaged, `modules/${last}`)
            assert.strictEqual(fromPackage, inPlace, JSON.stringify(files, undefined, 2))
          }),
          { numRuns: Number(process.env["CLUSTRIX_TEST_RUNS"] ?? 150) }
        )
      ).pipe(Effect.ensuring(Effect.sync(() => rmSync(scratch, { recursive: true, force: true }))))
    }), 120_000)
})
