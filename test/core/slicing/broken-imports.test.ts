/** Imports that the function does not use, and without which Node does not load its program. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import * as MemoryProject from "./MemoryProject.ts"

const main = `import { used } from "./a.mjs"\nexport const main = () => used`

const prepare = (files: Readonly<Record<string, string>>, reference = "main.mjs#main") =>
  Effect.flatMap(FilePackager, (packager) => packager.prepare(reference, {})).pipe(
    Effect.provide(
      MemoryProject.layer({ "package.json": `{ "name": "project", "type": "module" }`, "main.mjs": main, ...files })
    )
  )

const said = (files: Readonly<Record<string, string>>, reference?: string) =>
  Effect.map(
    prepare(files, reference),
    ({ diagnostics }) => diagnostics.map(({ code, location, what }) => `${code} ${location}: ${what}`)
  )

describe("an import that nobody uses is warned of", () => {
  for (
    const [how, text, expected] of [
      ["of a module that is not there", `import { x } from "./gone.mjs"`, `Cannot resolve "./gone.mjs"`],
      ["of a package that is not there", `import x from "gone"`,
        `Cannot resolve "gone": the package gone is not installed`],
      ["for the effects of a module", `import "./b.mjs"\nimport { x } from "./gone.mjs"`,
        `Cannot resolve "./gone.mjs"`],
      ["of a name that is not exported", `import { gone } from "./b.mjs"`, "b.mjs has no export named `gone`"],
      ["of a default that is not exported", `import gone from "./b.mjs"`, "b.mjs has no export named `default`"],
      ["in a re-export", `export { gone } from "./b.mjs"`, "b.mjs has no export named `gone`"],
      ["of a name that several stars give", `import { two } from "./c.mjs"`, "c.mjs exports more than one `two`"]
    ] as const
  ) {
    it.effect(how, () =>
      Effect.gen(function*() {
        const found = yield* said({
          "a.mjs": `${text}\nexport const used = 1`,
          "b.mjs": "export const here = 1, two = 2",
          "c.mjs": `export * from "./b.mjs"\nexport * from "./d.mjs"`,
          "d.mjs": "export const two = 2"
        })
        assert.lengthOf(found, 1)
        assert.match(found[0] ?? "", /^broken-import a\.mjs:\d+:\d+: /)
        assert.include(found[0] ?? "", expected)
      }))
  }

  it.effect("but for types, and names that only running shows", () =>
    Effect.gen(function*() {
      const found = yield* said({
        "main.ts": `import { used } from "./a.ts"\nexport const main = () => used`,
        "a.ts": `import { T } from "./t.ts"\nimport { U } from "./gone.ts"\nexport * from "./c.cjs"\n` +
          "export const used = 1\nexport const f = (t: T, u: U) => [t, u]",
        "t.ts": "export interface T {}",
        "c.cjs": "for (const name of ['a']) exports[name] = 1",
        "d.mjs": `import { a } from "./a.ts"`
      }, "main.ts#main")
      assert.deepStrictEqual(found, [])
    }))
})

describe("a cycle of re-exports that nobody uses is an error", () => {
  for (
    const [how, files] of [
      ["of two modules", {
        "a.mjs": `export { x } from "./b.mjs"\nexport const used = 1`,
        "b.mjs": `export { x } from "./a.mjs"`
      }],
      ["of one", { "a.mjs": `export { x } from "./a.mjs"\nexport const used = 1` }],
      ["through an import", {
        "a.mjs": `import { x } from "./b.mjs"\nexport { x }\nexport const used = 1`,
        "b.mjs": `import { x as y } from "./a.mjs"\nexport { y as x }`
      }],
      ["in a module that is imported for its effects", {
        "a.mjs": `import "./b.mjs"\nexport const used = 1`,
        "b.mjs": `export { x as y } from "./c.mjs"`,
        "c.mjs": `export { y as x } from "./b.mjs"`
      }]
    ] as const
  ) {
    it.effect(how, () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(prepare(files))
        assert.strictEqual(error._tag, "UnresolvedImportError")
        assert.match(error.message, /re-exports `[xy]` from itself/)
      }))
  }
})
