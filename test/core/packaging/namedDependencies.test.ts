/**
 * Dependencies that code names in strings only.
 */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import type { PackageOptionsInput } from "../../../core/packaging/PackageOptions.ts"
import * as MemoryProject from "../slicing/MemoryProject.ts"

type Files = Readonly<Record<string, string>>

const names = ["steps", "steps-loud", "@steps/quiet", "debug"]

const installed: Files = {
  "package-lock.json": JSON.stringify({
    lockfileVersion: 3,
    packages: {
      "": { dependencies: Object.fromEntries(names.map((name) => [name, "1.0.0"])) },
      ...Object.fromEntries(
        names.map((name) => [`node_modules/${name}`, { version: "1.0.0", integrity: "sha512-AA==" }])
      )
    }
  }),
  ...Object.fromEntries(names.flatMap((name) => [
    [`node_modules/${name}/package.json`, JSON.stringify({ name, version: "1.0.0", main: "index.js" })],
    [`node_modules/${name}/index.js`, "module.exports = (options) => options"]
  ]))
}

const manifest = (declared: object): Files => ({
  "package.json": JSON.stringify({ name: "project", type: "module", ...declared })
})

const all = manifest({ dependencies: Object.fromEntries(names.map((name) => [name, "1.0.0"])) })

const noted = (files: Files, options: PackageOptionsInput = {}) =>
  Effect.gen(function*() {
    const packager = yield* FilePackager
    const { diagnostics } = yield* packager.prepare("main.ts#main", options)
    return diagnostics.filter(({ code }) => code === "dependency-in-string")
  }).pipe(Effect.provide(MemoryProject.layerOver({ ...installed, ...all, ...files })))

const loud = ["steps-loud"]

const cases: Readonly<Record<string, readonly [files: Files, found: ReadonlyArray<string>]>> = {
  "in an argument": [{
    "main.ts": `import steps from "steps"\nexport const main = () => steps({ plugin: "steps-loud" })`
  }, loud],
  "in a template": [{ "main.ts": "export const main = () => [`steps-loud`]" }, loud],
  "in a constant that is reached": [{
    "main.ts": `const config = { transport: { target: "steps-loud" } }\nexport const main = () => config`
  }, loud],
  "in a constant that is not reached": [{
    "main.ts": `export const config = "steps-loud"\nexport const main = () => 1`
  }, []],
  "with a path in it": [{ "main.ts": `export const main = () => "steps-loud/register"` }, loud],
  "with a scope": [{ "main.ts": `export const main = () => ["@steps/quiet/x"]` }, ["@steps/quiet"]],
  "as a key": [{ "main.ts": `export const main = () => ({ plugins: { "steps-loud": {} } })` }, loud],
  "in another module": [{
    "main.ts": `import { a } from "./a.ts"\nexport const main = () => a`,
    "a.ts": `export const a = ["steps-loud"]`
  }, loud],
  "in a JSON module": [{
    "main.ts": `import config from "./config.json" with { type: "json" }\nexport const main = () => config`,
    "config.json": `{ "plugins": [["steps-loud", {}]], "presets": { "@steps/quiet": {} } }`
  }, ["@steps/quiet", "steps-loud"]],
  "given to require.resolve": [{ "main.ts": `export const main = () => import.meta.resolve("steps-loud")` }, loud],
  "where it is imported, too": [{ "main.ts": `import "steps-loud"\nexport const main = () => "steps-loud"` }, []],
  "where it is imported dynamically": [{ "main.ts": `export const main = () => import("steps-loud")` }, []],
  "in a comparison": [{ "main.ts": `export const main = (x: string) => x === "steps-loud"` }, []],
  "in a case": [{ "main.ts": `export function main(x: string) { switch (x) { case "steps-loud": return 1 } }` }, []],
  "in a type": [{ "main.ts": `type A = "steps-loud"\nexport const main = (x: A) => x` }, []],
  "in a comment": [{ "main.ts": `// "steps-loud"\nexport const main = () => 1` }, []],
  "as a part of another word": [{ "main.ts": `export const main = () => "steps-louder"` }, []],
  "as an ordinary word that is a key": [{ "main.ts": `export const main = () => ({ debug: 1, "debug": 2 })` }, []],
  "as an ordinary word": [{ "main.ts": `export const main = () => ["debug"]` }, ["debug"]],
  "of a name that is no dependency": [{ "main.ts": `export const main = () => "steps-other"` }, []],
  "that is optional": [{
    ...manifest({ optionalDependencies: { "steps-loud": "1" } }),
    "main.ts": `export const main = () => "steps-loud"`
  }, loud],
  "that is a peer": [{
    ...manifest({ peerDependencies: { "steps-loud": "1" } }),
    "main.ts": `export const main = () => "steps-loud"`
  }, loud],
  "that is for development": [{
    ...manifest({ devDependencies: { "steps-loud": "1", "debug": "1" } }),
    "main.ts": `export const main = () => ["steps-loud", "debug"]`
  }, loud],
  "in a CommonJS module": [{
    ...manifest({ type: "commonjs", dependencies: { "steps-loud": "1" } }),
    "main.ts": `import { a } from "./a.cjs"\nexport const main = () => a`,
    "a.cjs": `exports.a = "steps-loud"`
  }, loud]
}

layer(MemoryProject.layerShared)("a dependency that is named in a string", (it) => {
  for (const [title, [files, found]] of Object.entries(cases)) {
    it.effect(title, () =>
      Effect.gen(function*() {
        const notes = yield* noted(files)
        assert.lengthOf(notes, found.length, notes.map(({ what }) => what).join("\n"))
        notes.forEach(({ severity, what }, index) => {
          assert.strictEqual(severity, "info")
          assert.include(what, `The dependency ${found[index]} is named`)
        })
      }))
  }

  it.effect("is not noted where packages are taken to be there", () =>
    Effect.gen(function*() {
      const files = { "main.ts": `export const main = () => "steps-loud"` }
      assert.deepStrictEqual(yield* noted(files, { dependencies: "assume" }), [])
    }))

  it.effect("is included by the import that the note names", () =>
    Effect.gen(function*() {
      const [note] = yield* noted({ "main.ts": `export const main = () => "steps-loud"` })
      const statement = /import "[^"]+"/.exec(note?.remedy ?? "")?.[0]
      assert.strictEqual(statement, `import "steps-loud"`)
      const packager = yield* Effect.provide(
        Effect.flatMap(FilePackager, (each) => each.prepare("main.ts#main")),
        MemoryProject.layerOver({
          ...installed,
          ...all,
          "main.ts": `${statement}\nexport const main = () => "steps-loud"`
        })
      )
      assert.deepStrictEqual(packager.dependencies.map(({ name }) => name), ["steps-loud"])
    }))
})
