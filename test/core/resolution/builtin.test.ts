import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NodeModule from "node:module"
import * as Builtin from "../../../core/resolution/Builtin.ts"
import * as Project from "./Project.ts"

describe("modules of Node", () => {
  it("the pinned list holds all that this Node has", () => {
    for (const name of NodeModule.builtinModules) {
      const full = name.startsWith("node:") ? name : `node:${name}`
      assert.strictEqual(Builtin.fromSpecifier(full), full)
      assert.strictEqual(Builtin.fromSpecifier(name), full)
    }
  })

  it("some exist with node: only", () => {
    for (const name of ["test", "test/reporters", "sqlite", "sea"]) {
      assert.strictEqual(Builtin.fromSpecifier(name), undefined)
      assert.strictEqual(Builtin.fromSpecifier(`node:${name}`), `node:${name}`)
    }
    assert.strictEqual(Builtin.fromSpecifier("fs/"), undefined)
    assert.strictEqual(Builtin.fromSpecifier("toString"), undefined)
  })

  Project.onEveryFileSystem((test) => {
    test("go before installed packages of their name, the prefixed ones do not", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "main.ts": "",
          ...Project.installed("node_modules/fs", { main: "index.js" }, { "index.js": "" }),
          ...Project.installed("node_modules/test", { main: "index.js" }, { "index.js": "" }),
          ...Project.installed("node_modules/punycode", { main: "index.js" }, { "index.js": "" })
        })
        assert.strictEqual(yield* project.where("fs", "main.ts"), "node:fs")
        assert.strictEqual(yield* project.where("fs/promises", "main.ts"), "node:fs/promises")
        assert.strictEqual(yield* project.where("node:util/types", "main.ts", "require"), "node:util/types")
        assert.strictEqual(yield* project.where("test", "main.ts"), "test@1.0.0 node_modules/test/index.js")
        assert.strictEqual(yield* project.where("node:test", "main.ts"), "node:test")
        assert.strictEqual(
          yield* project.where("punycode/", "main.ts", "require"),
          "punycode@1.0.0 node_modules/punycode/index.js"
        )
      }))

    test("an unknown one is refused with near names", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({ "main.ts": "" })
        const error = yield* project.refused("node:fs/promise", "main.ts")
        assert.strictEqual(error.reason, "NotFound")
        assert.deepStrictEqual(error.available, ["node:fs/promises"])
        assert.match(error.message, /Did you mean "node:fs\/promises"/)
      }))
  })
})
