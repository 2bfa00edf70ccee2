import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ModuleResolver from "../../../core/resolution/ModuleResolver.ts"
import * as Resolver from "../../../core/resolution/Resolver.ts"
import * as MemoryFileSystem from "../../../platform-browser/MemoryFileSystem.ts"
import * as NodeDirectoryEntries from "../../../platform-node/NodeDirectoryEntries.ts"
import * as Project from "./Project.ts"

/** Counts the calls that reach the file system. */
const counting = (inner: FileSystem.FileSystem, calls: Map<string, number>): FileSystem.FileSystem => {
  const count = <Args extends ReadonlyArray<unknown>, A>(
    name: string,
    call: (...args: Args) => Effect.Effect<A, PlatformError>
  ) =>
  (...args: Args) =>
    Effect.suspend(() => {
      calls.set(name, (calls.get(name) ?? 0) + 1)
      return call(...args)
    })
  return {
    ...inner,
    stat: count("stat", inner.stat),
    readDirectory: count("readDirectory", inner.readDirectory),
    readFileString: count("readFileString", inner.readFileString),
    readLink: count("readLink", inner.readLink),
    realPath: count("realPath", inner.realPath)
  }
}

const bigProject = Project.make({
  "package.json": { name: "big", type: "module" },
  "tsconfig.json": { compilerOptions: { paths: { "@/*": ["./src/*"] } } },
  ...Project.installed("node_modules/dep", { exports: "./index.js" }, { "index.js": "" }),
  ...Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`src/part${index % 10}/m${index}.ts`, ""]))
})

const askAll = (resolver: ModuleResolver.ModuleResolver["Type"], project: Project.Project) =>
  Effect.forEach(
    Array.from({ length: 500 }, (_, index) => index),
    (index) => {
      const next = (index + 1) % 500
      const referrer = project.path(`src/part${index % 10}/m${index}.ts`)
      return Effect.all([
        resolver.resolve(`../part${next % 10}/m${next}.js`, referrer, "import"),
        resolver.resolve(`@/part${index % 10}/m${index}`, referrer, "import"),
        resolver.resolve("dep", referrer, "import"),
        resolver.resolve("node:fs", referrer, "import"),
        resolver.sourceKind(referrer)
      ])
    },
    { discard: true }
  )

describe("what is read is kept for the life of a resolver", () => {
  Project.onEveryFileSystem((test) => {
    test("a new resolver sees what has changed", () =>
      Effect.gen(function*() {
        const project = yield* Project.make({ "main.ts": "", "package.json": { name: "old" }, "x.js": "" })
        assert.strictEqual(yield* project.where("./x.js", "main.ts"), "x.js")
        assert.strictEqual((yield* project.resolver.namedScope(project.path("main.ts")))?.name, "old")
        yield* project.write({ "x.ts": "", "package.json": { name: "new" } })
        assert.strictEqual(yield* project.where("./x.js", "main.ts"), "x.js")
        const fresh = yield* project.newResolver
        const found = yield* fresh.resolve("./x.js", project.path("main.ts"), "import")
        assert.deepStrictEqual(found, { _tag: "Source", path: project.path("x.ts") })
        assert.strictEqual((yield* fresh.namedScope(project.path("main.ts")))?.name, "new")
      }))

    test("each file is looked at once, each directory listed once", () =>
      Effect.gen(function*() {
        const project = yield* bigProject
        const calls = new Map<string, number>()
        const counted = Layer.effect(
          FileSystem.FileSystem,
          Effect.map(FileSystem.FileSystem, (inner) => counting(inner, calls))
        )
        const resolver = yield* Effect.provide(Resolver.make, counted)
        yield* askAll(resolver, project)
        // In memory types come with the listing.
        assert.isAtMost(calls.get("stat") ?? 0, 520)
        assert.isAtMost(calls.get("readLink") ?? 0, 510)
        assert.isAtMost(calls.get("readDirectory") ?? 0, 30)
        assert.isAtMost(calls.get("realPath") ?? 0, 20)
        const once = new Map(calls)
        yield* askAll(resolver, project)
        assert.deepStrictEqual(calls, once)
      }))
  })

  it.scoped("with typed directory entries nothing is asked of single files, and the answers are the same", () =>
    Effect.gen(function*() {
      const project = yield* bigProject
      yield* project.write({
        "src/link.ts": new Project.Link("part0/m0.ts"),
        "src/dir.ts/index.ts": "",
        "src/gone.ts": new Project.Link("no")
      })
      const calls = new Map<string, number>()
      const fileSystem = yield* FileSystem.FileSystem
      const resolver = yield* Resolver.make.pipe(
        Effect.provideService(FileSystem.FileSystem, counting(fileSystem, calls)),
        Effect.provide(NodeDirectoryEntries.layer)
      )
      yield* askAll(resolver, project)
      assert.strictEqual(calls.get("stat"), undefined)
      assert.strictEqual(calls.get("readLink"), undefined)
      for (const specifier of ["./link", "./dir.ts", "./gone", "./part0/m0.js", "dep"]) {
        const ask = (from: ModuleResolver.ModuleResolver["Type"]) =>
          Effect.either(from.resolve(specifier, project.path("src/x.ts"), "import"))
        assert.deepStrictEqual(yield* ask(resolver), yield* ask(project.resolver))
      }
    }).pipe(Effect.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer))))

  it.scoped("the layer gives the service", () =>
    Effect.gen(function*() {
      const resolver = yield* ModuleResolver.ModuleResolver
      const found = yield* resolver.resolve("./b.js", "/p/a.ts", "import")
      assert.deepStrictEqual(found, { _tag: "Source", path: "/p/b.ts" })
    }).pipe(
      Effect.provide(Resolver.layer),
      Effect.provide(Layer.merge(MemoryFileSystem.layerWith({ "/p/a.ts": "", "/p/b.ts": "" }), NodePath.layer))
    ))
})
