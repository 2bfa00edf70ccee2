/** What is warned of where modules are not in a package what they are in place. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import * as MemoryProject from "./MemoryProject.ts"

const said = (files: Readonly<Record<string, string>>, reference: string) =>
  Effect.flatMap(FilePackager, (packager) => packager.prepare(reference, {})).pipe(
    Effect.provide(MemoryProject.layer(files)),
    Effect.map(({ diagnostics }) => diagnostics.map(({ code, location, what }) => `${code} ${location}: ${what}`))
  )

const counter = "export let n = 0\nexport const bump = () => ++n"
const imports = (text: string) =>
  said({
    "package.json": `{ "name": "project", "type": "module" }`,
    "main.mjs": text,
    "counter.mjs": counter,
    "a#b.mjs": counter,
    "barrel.mjs": `export { bump } from "./counter.mjs?barrel"`
  }, "main.mjs#main")

describe("a file that is several modules to Node", () => {
  for (
    const [how, text] of [
      ["with and without a query", `import { bump } from "./counter.mjs"\nimport { n } from "./counter.mjs?a"`],
      ["with two queries", `import { bump } from "./counter.mjs?b"\nimport { n } from "./counter.mjs?a"`],
      ["with a fragment", `import { bump } from "./counter.mjs"\nimport { n } from "./counter.mjs#a"`],
      ["through a barrel", `import { bump } from "./barrel.mjs"\nimport { n } from "./counter.mjs"`],
      ["by a dynamic import", `import { bump } from "./counter.mjs"\nconst { n } = await import("./counter.mjs?a")`]
    ] as const
  ) {
    it.effect(`${how} is warned of`, () =>
      Effect.gen(function*() {
        const found = yield* imports(`${text}\nexport const main = () => [bump(), n]`)
        assert.lengthOf(found, 1)
        assert.match(found[0] ?? "", /^module-instances \w+\.mjs:\d+:\d+: "\.\/counter\.mjs[?#]\w+" and another import/)
      }))
  }

  it.effect("is one under one URL, and a file may have such signs in its name", () =>
    Effect.gen(function*() {
      const text = `import { bump } from "./counter.mjs?a"\nimport { n } from "./a%23b.mjs"`
      assert.deepStrictEqual(yield* imports(`${text}\nexport const main = () => [bump(), n]`), [])
    }))
})

describe("a directory that the code lists", () => {
  const listing = (path: string, reads: string) =>
    said({
      "package.json": `{ "name": "project", "type": "module" }`,
      "main.ts": `import { readdirSync } from "node:fs"\nimport { n } from "./${path}"\n` +
        `export const main = () => [n, ${reads}]`,
      "data/a.txt": "a",
      "data/counter.ts": counter,
      "data/table.json": `{ "n": 1 }`,
      "code/counter.ts": counter,
      "plain/a.txt": "a"
    }, "main.ts#main")

  it.effect("is warned of where modules stand beside their sources", () =>
    Effect.gen(function*() {
      for (const path of ["data/counter.ts", "data/table.json"]) {
        const found = yield* listing(path, `readdirSync(new URL("./data/", import.meta.url))`)
        assert.lengthOf(found, 1)
        assert.match(found[0] ?? "", /^listed-modules main\.ts:3:\d+: The code reads the directory data, /)
      }
    }))

  it.effect("is not where it has none that go along", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* listing("code/counter.ts", `readdirSync(new URL("./plain/", import.meta.url))`), [])
      assert.deepStrictEqual(yield* listing("code/counter.ts", `readdirSync(new URL("./data/", import.meta.url))`), [])
    }))
})

describe("an object of CommonJS that compiled code asks for", () => {
  const typeScript = (text: string, manifest = "{}") =>
    said({ "package.json": manifest, "main.ts": text }, "main.ts#main")

  for (const name of ["module", "exports"]) {
    it.effect(`${name} is warned of`, () =>
      Effect.gen(function*() {
        const found = yield* typeScript(`export const main = () => typeof ${name} === "undefined" ? "esm" : "cjs"`)
        assert.lengthOf(found, 1)
        assert.match(found[0] ?? "", new RegExp(`^commonjs-object main\\.ts:1:\\d+: .main. asks for .${name}., `))
      }))
  }

  it.effect("is none in a package of ES modules, nor where nothing asks", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(
        yield* typeScript("export const main = () => typeof module", `{ "type": "module" }`),
        []
      )
      assert.deepStrictEqual(yield* typeScript("export const main = () => typeof require"), [])
      assert.deepStrictEqual(
        yield* typeScript(`export const main = () => 1\nif (typeof module !== "undefined") console.log(main())`),
        []
      )
    }))
})
