/** What is said of CommonJS, of hooks, and of modules that cannot be packaged. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import * as MemoryProject from "./MemoryProject.ts"

const prepare = (files: Readonly<Record<string, string>>, reference: string) =>
  Effect.flatMap(FilePackager, (packager) => packager.prepare(reference, {})).pipe(
    Effect.provide(MemoryProject.layer({ "package.json": `{ "name": "project" }`, ...files }))
  )

const said = (files: Readonly<Record<string, string>>, reference = "main.js#main") =>
  Effect.map(
    prepare(files, reference),
    ({ diagnostics }) => diagnostics.map(({ code, location, what }) => `${code} ${location}: ${what}`)
  )

const main = (text: string) => ({ "main.js": `${text}\nexports.main = () => 1`, "dep.js": "exports.is = 1" })

describe("require that is handed on", () => {
  for (
    const [how, text] of [
      ["to an unknown function", "hook(require)"],
      ["to a method of a package", `require("node:vm").runInThisContext("x")(require)`],
      ["in an object", "hook({ require })"],
      ["on the exports", "exports.load = require"],
      ["on the global object", "globalThis.load = require"],
      ["out of a function", "exports.get = () => require"],
      ["with names that are computed", "hook().map(require)"],
      ["as one that is made for another place", `hook(require("node:module").createRequire("/elsewhere/"))`]
    ] as const
  ) {
    it.effect(`${how} is warned of`, () =>
      Effect.gen(function*() {
        const found = (yield* said(main(text))).filter((each) => each.startsWith("unknown-module"))
        assert.lengthOf(found, 1)
        assert.match(
          found[0] ?? "",
          /^unknown-module main\.js:1:\d+: `require` is handed on to code that is not followed$/
        )
      }))
  }

  for (
    const [how, text] of [
      ["is called", `require("./dep")`],
      ["is looked at", "if (typeof require === 'function' && require.main === module) hook(require.cache)"],
      ["goes to a function of the module", `const load = (r) => r("./dep"); load(require)`],
      ["is stored and called", `const loader = { require }; loader.require("./dep")`]
    ] as const
  ) {
    it.effect(`is no warning where it ${how}`, () =>
      Effect.gen(function*() {
        assert.deepStrictEqual((yield* said(main(text))).filter((each) => each.startsWith("unknown-module")), [])
      }))
  }

  it.effect("takes what is required along, under every name", () =>
    Effect.gen(function*() {
      const { files } = yield* prepare(
        main(`const load = (r, name) => [r("./dep"), r(name)]; load(require, "./dep")`),
        "main.js#main"
      )
      assert.include(files.map(({ path }) => path), "modules/dep.js")
    }))

  it.effect("warns of a name that is used elsewhere, too, and finds TypeScript", () =>
    Effect.gen(function*() {
      const found = yield* said({
        ...main(`const names = ["./typed"]; hook(names); names.map(require)`),
        "typed.ts": "export const is = 1"
      })
      assert.include(found.join("\n"), `"./typed" does not find typed.ts in the package`)
    }))
})

describe("hooks of the module loader are warned of", () => {
  for (
    const text of [
      `import { register } from "node:module"\nexport const main = () => register("./hooks.mjs", import.meta.url)`,
      `import { registerHooks as hook } from "module"\nexport const main = () => hook({})`,
      `import module from "node:module"\nexport const main = () => module.register("./hooks.mjs")`,
      `import * as module from "node:module"\nexport const main = () => module.default.registerHooks({})`,
      `export const main = async () => (await import("node:module")).register("./hooks.mjs")`,
      `const { register: hook } = await import("node:module")\nexport const main = () => hook("./hooks.mjs")`
    ]
  ) {
    it.effect(text.split("\n")[0] ?? "", () =>
      Effect.gen(function*() {
        const found = yield* said({ "main.mjs": text }, "main.mjs#main")
        assert.lengthOf(found.filter((each) => /^loader-hooks main\.mjs:\d+:\d+: /.test(each)), 1)
      }))
  }

  it.effect("but not functions of that name from elsewhere", () =>
    Effect.gen(function*() {
      const found = yield* said({
        "main.mjs": `import { register } from "./own.mjs"\nexport const main = () => register("x")`,
        "own.mjs": "export const register = (name) => name"
      }, "main.mjs#main")
      assert.deepStrictEqual(found, [])
    }))
})

describe("a function of a script that exports nothing", () => {
  it.effect("is named as the script declares it", () =>
    Effect.gen(function*() {
      const { entries } = yield* prepare({
        "script.js": "function helper() { return 1 }\nfunction main() { return helper() }"
      }, "script.js#main")
      const text = entries.find(({ path }) => path === "modules/script.js")
      assert.isDefined(text)
    }))
})

describe("two files whose names are one in a package", () => {
  const composed = "caf\u00e9"
  const decomposed = "cafe\u0301"

  const refusal = (files: Readonly<Record<string, string>>) =>
    Effect.map(Effect.flip(prepare(files, "main.mjs#main")), (error) => error)

  it.effect("modules", () =>
    Effect.gen(function*() {
      const error = yield* refusal({
        "main.mjs":
          `import { v } from "./${composed}.mjs"\nimport { v as w } from "./${decomposed}.mjs"\nexport const main = () => [v, w]`,
        [`${composed}.mjs`]: "export const v = 1",
        [`${decomposed}.mjs`]: "export const v = 10"
      })
      assert.strictEqual(error._tag, "PathCollisionError")
      assert.match(error.message, /They differ in Unicode normalisation only/)
    }))

  it.effect("data files", () =>
    Effect.gen(function*() {
      const error = yield* refusal({
        "main.mjs":
          `import { readdirSync } from "node:fs"\nexport const main = () => readdirSync(new URL("./list", import.meta.url))`,
        [`list/${composed}.txt`]: "composed",
        [`list/${decomposed}.txt`]: "decomposed"
      })
      assert.strictEqual(error._tag, "PathCollisionError")
    }))

  it.effect("but one of them alone is packaged", () =>
    Effect.gen(function*() {
      const { files } = yield* prepare({
        "main.mjs": `import { v } from "./${decomposed}.mjs"\nexport const main = () => v`,
        [`${decomposed}.mjs`]: "export const v = 10"
      }, "main.mjs#main")
      assert.include(files.map(({ path }) => path), `modules/${composed}.mjs`)
    }))
})
