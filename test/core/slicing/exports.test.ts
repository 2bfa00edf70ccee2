/** Names that modules do not give although their text mentions them. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import * as MemoryProject from "./MemoryProject.ts"

const refusal = (files: Readonly<Record<string, string>>, reference = "main.mjs#main") =>
  Effect.gen(function*() {
    const packager = yield* FilePackager
    const error = yield* Effect.flip(packager.prepare(reference, {}))
    return `${error._tag}: ${error.message.split("\n")[0]}`
  }).pipe(Effect.provide(MemoryProject.layer(files)))

const cycle = {
  "one.mjs": `export { x } from "./two.mjs"`,
  "two.mjs": `export { y as x } from "./three.mjs"`,
  "three.mjs": `import { x as y } from "./one.mjs"\nexport { y }\nexport const good = 1`,
  "itself.mjs": `export { z } from "./itself.mjs"`
}
const ambiguous = {
  "all.mjs": `export * from "./a.mjs"\nexport * from "./b.mjs"`,
  "a.mjs": `export const rate = () => 1`,
  "b.mjs": `export const rate = () => 2`
}

describe("a cycle of re-exports is an error", () => {
  for (
    const [how, main, expected] of [
      ["a name that is imported", `import { x } from "./one.mjs"\nexport const main = () => x`,
        "main.mjs:1:1: one.mjs"],
      ["a module that is its own source", `import { z } from "./itself.mjs"\nexport const main = () => z`,
        "main.mjs:1:1: itself.mjs"],
      ["a namespace", `import * as three from "./three.mjs"\nexport const main = () => Object.keys(three)`,
        "three.mjs:1:1: three.mjs"],
      ["a member of a namespace", `import * as one from "./one.mjs"\nexport const main = () => one.x`,
        "one.mjs:1:1: one.mjs"],
      ["a dynamic import", `export const main = () => import("./two.mjs")`, "two.mjs:1:1: two.mjs"]
    ] as const
  ) {
    it.effect(how, () =>
      Effect.gen(function*() {
        const message = yield* refusal({ ...cycle, "main.mjs": main })
        assert.match(message, new RegExp(`^UnresolvedImportError: ${expected} re-exports \`[xyz]\` from itself$`))
      }))
  }

  it.effect("the function itself", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* refusal(cycle, "one.mjs#x"),
        "FunctionNotPackageableError: one.mjs re-exports `x` from itself"
      )
    }))
})

describe("a name that several export stars give is an error where it is used", () => {
  for (
    const [how, main] of [
      ["by an import", `import { rate } from "./all.mjs"\nexport const main = () => rate()`],
      ["by a re-export", `import { rate } from "./again.mjs"\nexport const main = () => rate()`]
    ] as const
  ) {
    it.effect(how, () =>
      Effect.gen(function*() {
        const message = yield* refusal({
          ...ambiguous,
          "again.mjs": `export { rate } from "./all.mjs"`,
          "main.mjs": main
        })
        assert.match(
          message,
          /^UnresolvedImportError: (?:main|again)\.mjs:1:\d+: all\.mjs exports more than one `rate`$/
        )
      }))
  }

  it.effect("by the reference to the function", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* refusal(ambiguous, "all.mjs#rate"),
        "FunctionNotPackageableError: all.mjs exports more than one `rate`"
      )
    }))
})
