import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Project from "./Project.ts"

describe("kinds of sources and scopes", () => {
  Project.onEveryFileSystem((test) => {
    test("by extension and the nearest package.json", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "package.json": { name: "open" },
          "esm/package.json": { type: "module" },
          "cjs/package.json": { type: "commonjs" },
          "esm/odd/package.json": { type: "other" },
          "node_modules/p/x.js": ""
        })
        const of = (file: string) =>
          Effect.map(
            project.resolver.sourceKind(project.path(file)),
            ({ jsx, language, moduleSystem }) => `${language}${jsx ? " jsx" : ""} ${moduleSystem}`
          )
        assert.strictEqual(yield* of("x.ts"), "typescript undefined")
        assert.strictEqual(yield* of("x.tsx"), "typescript jsx undefined")
        assert.strictEqual(yield* of("esm/x.ts"), "typescript esm")
        assert.strictEqual(yield* of("esm/deep/x.js"), "javascript jsx esm")
        assert.strictEqual(yield* of("esm/odd/x.js"), "javascript jsx undefined")
        assert.strictEqual(yield* of("cjs/x.jsx"), "javascript jsx commonjs")
        assert.strictEqual(yield* of("esm/x.cts"), "typescript commonjs")
        assert.strictEqual(yield* of("esm/x.cjs"), "javascript jsx commonjs")
        assert.strictEqual(yield* of("cjs/x.mts"), "typescript esm")
        assert.strictEqual(yield* of("cjs/x.mjs"), "javascript jsx esm")
        assert.strictEqual(yield* of("esm/x.json"), "json undefined")
        assert.strictEqual(yield* of("esm/bin"), "javascript jsx esm")
        assert.strictEqual(yield* of("node_modules/p/x.js"), "javascript jsx undefined")
        for (const file of ["x.d.ts", "x.d.mts", "x.wasm", "x.d.css.ts"]) {
          const error = yield* Effect.flip(project.resolver.sourceKind(project.path(file)))
          assert.strictEqual(error.reason, "InvalidSpecifier")
        }
      }))

    test("the named scope: the nearest package.json with a name, not above the repository", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "package.json": { name: "outer" },
          "app/package.json": { name: "app", version: "1.2.3", type: "module" },
          "app/src/package.json": { type: "commonjs" },
          "repository/.git": "gitdir: elsewhere",
          "repository/src/x.ts": "",
          "workspace/package.json": { workspaces: ["*"] },
          "workspace/one/x.ts": "",
          "pnpm/pnpm-workspace.yaml": "packages: ['*']",
          "pnpm/one/x.ts": "",
          "linked": new Project.Link("app"),
          "node_modules/p/package.json": { name: "p" },
          "node_modules/q/x.js": ""
        })
        const of = (file: string) => Effect.map(project.resolver.namedScope(project.path(file)), (scope) => scope?.name)
        assert.deepStrictEqual(yield* project.resolver.namedScope(project.path("app/src/x.ts")), {
          directory: project.path("app"),
          name: "app",
          version: "1.2.3",
          type: "module"
        })
        assert.strictEqual(yield* of("other/x.ts"), "outer")
        assert.strictEqual(yield* of("repository/src/x.ts"), undefined)
        assert.strictEqual(yield* of("workspace/one/x.ts"), undefined)
        assert.strictEqual(yield* of("pnpm/one/x.ts"), undefined)
        assert.strictEqual(yield* of("node_modules/p/lib/x.js"), "p")
        assert.strictEqual(yield* of("node_modules/q/x.js"), undefined)
        const linked = yield* project.resolver.namedScope(project.path("linked/src/x.ts"))
        assert.strictEqual(linked?.directory, project.path("app"))
      }))

    test("a package.json that is no JSON is refused where it stands", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({ "package.json": "{\n  \"name\": \"x\",\n}" })
        const error = yield* Effect.flip(project.resolver.namedScope(project.path("src/x.ts")))
        assert.strictEqual(error.reason, "InvalidConfiguration")
        assert.strictEqual(String(error.location), "package.json:3:1")
      }))
  })
})
