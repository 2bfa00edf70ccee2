import { assert, describe, it } from "@effect/vitest"
import { SystemError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NearName from "../../../core/diagnostics/NearName.ts"
import * as Resolver from "../../../core/resolution/Resolver.ts"
import * as MemoryFileSystem from "../../../platform-browser/MemoryFileSystem.ts"
import * as Project from "./Project.ts"

describe("what a refusal says", () => {
  Project.onEveryFileSystem((test) => {
    test("a path that leads nowhere: what was looked for, in order, and what is near", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({
          "package.json": { name: "app" },
          "src/main.ts": "",
          "src/helpers/format.ts": "",
          "src/Other.ts": "",
          "src/only.mts": ""
        })
        const error = yield* project.refused("./helpers/fromat.js", "src/main.ts")
        assert.strictEqual(error._tag, "ResolutionError")
        assert.strictEqual(error.reason, "NotFound")
        assert.strictEqual(error.specifier, "./helpers/fromat.js")
        assert.strictEqual(error.referrer, project.path("src/main.ts"))
        assert.deepStrictEqual(error.tried?.slice(0, 5), [
          "src/helpers/fromat.ts",
          "src/helpers/fromat.tsx",
          "src/helpers/fromat.js",
          "src/helpers/fromat.jsx",
          "src/helpers/fromat.js.ts"
        ])
        assert.deepStrictEqual(error.available, ["./helpers/format.ts"])
        assert.match(
          error.message,
          /^Cannot resolve "\.\/helpers\/fromat\.js"\n {2}Looked for src\/helpers\/fromat\.ts, /
        )
        assert.match(error.message, /→ Did you mean "\.\/helpers\/format\.ts"\?$/)
        const near = (specifier: string) =>
          Effect.map(project.refused(specifier, "src/main.ts"), (refused) => refused.available)
        assert.deepStrictEqual(yield* near("./helper/format"), ["./helpers/format"])
        assert.deepStrictEqual(yield* near("./other"), ["./Other.ts"])
        assert.deepStrictEqual(yield* near("./only"), ["./only.mts"])
        assert.deepStrictEqual(yield* near("../src/Othre.js"), ["./Other.ts"])
        assert.deepStrictEqual(yield* near("./nothing/like/it"), [])
        assert.notInclude(error.message, project.root)
      }))
  })

  it("near names", () => {
    assert.deepStrictEqual(NearName.near("lodahs", ["lodash", "lodash-es", "x"]), ["lodash"])
    assert.deepStrictEqual(NearName.near("React", ["react", "preact"]), ["react", "preact"])
    assert.deepStrictEqual(NearName.near("abc", ["abc", "xyz"]), [])
    assert.strictEqual(NearName.distance("", "abc"), 3)
    assert.strictEqual(NearName.distance("kitten", "sitting"), 3)
    assert.strictEqual(NearName.distance("ab", "ba"), 1)
  })

  const failing = (method: "readDirectory" | "readFile", path: string, reason: "PermissionDenied" | "Unknown") =>
    Layer.effect(
      FileSystem.FileSystem,
      Effect.map(FileSystem.FileSystem, (inner) => {
        const refuse = Effect.fail(new SystemError({ reason, module: "FileSystem", method, pathOrDescriptor: path }))
        return {
          ...inner,
          readDirectory: (at: string, options?: FileSystem.ReadDirectoryOptions) =>
            method === "readDirectory" && at === path ? refuse : inner.readDirectory(at, options),
          readFileString: (at: string, encoding?: string) =>
            method === "readFile" && at === path ? refuse : inner.readFileString(at, encoding)
        }
      })
    ).pipe(Layer.provide(Layer.effect(
      FileSystem.FileSystem,
      MemoryFileSystem.make({
        "/p/package.json": "{}",
        "/p/a.ts": "",
        "/p/closed/x.ts": "",
        "/p/.git/HEAD": ""
      })
    )))

  it.effect("a directory that may not be listed is asked for each name", () =>
    Effect.gen(function*() {
      const resolver = yield* Resolver.make
      const found = yield* resolver.resolve("./closed/x.js", "/p/a.ts", "import")
      assert.deepStrictEqual(found, { _tag: "Source", path: "/p/closed/x.ts" })
      const error = yield* Effect.flip(resolver.resolve("./closed/y.js", "/p/a.ts", "import"))
      assert.strictEqual(error.reason, "NotFound")
    }).pipe(Effect.provide([failing("readDirectory", "/p/closed", "PermissionDenied"), Path.layer])))

  it.effect("what cannot be read is an error of its own, not a missing file", () =>
    Effect.gen(function*() {
      const resolver = yield* Resolver.make
      const error = yield* Effect.flip(resolver.resolve("./closed/x.js", "/p/a.ts", "import"))
      assert.strictEqual(error.reason, "Unreadable")
      assert.match(error.message, /^Cannot read \/p\/closed/)
    }).pipe(Effect.provide([failing("readDirectory", "/p/closed", "Unknown"), Path.layer])))

  it.effect("nor is a package.json that may not be read", () =>
    Effect.gen(function*() {
      const resolver = yield* Resolver.make
      const error = yield* Effect.flip(resolver.sourceKind("/p/a.ts"))
      assert.strictEqual(error.reason, "Unreadable")
    }).pipe(Effect.provide([failing("readFile", "/p/package.json", "PermissionDenied"), Path.layer])))
})
