/**
 * A project made of files, on a real disk and in memory, and questions to the resolver about it.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import { describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type * as ModuleResolver from "../../../core/resolution/ModuleResolver.ts"
import * as Resolver from "../../../core/resolution/Resolver.ts"
import * as MemoryFileSystem from "../../../platform-browser/MemoryFileSystem.ts"
import * as NodeDirectoryEntries from "../../../platform-node/NodeDirectoryEntries.ts"

/** Content of a file; an object or list is its JSON; `Link` is a symbolic link. */
export type Files = Readonly<Record<string, unknown>>

export class Link {
  readonly target: string
  /** `target` is relative to the project when it begins with `/`. */
  constructor(target: string) {
    this.target = target
  }
}

export interface Project {
  readonly root: string
  readonly path: (relative: string) => string
  readonly write: (files: Files) => Effect.Effect<void, PlatformError>
  readonly remove: (relative: string) => Effect.Effect<void, PlatformError>
  readonly resolver: ModuleResolver.ModuleResolver["Type"]
  readonly newResolver: Effect.Effect<ModuleResolver.ModuleResolver["Type"]>
  readonly ask: (
    specifier: string,
    referrer: string,
    kind?: ModuleResolver.RequestKind
  ) => Effect.Effect<ModuleResolver.Resolution, ModuleResolver.ResolutionError>
  /** As `ask`, in one line: `src/x.ts`, `lodash@1.0.0 node_modules/lodash/index.js`, `node:fs`; `reason` for a failure. */
  readonly where: (specifier: string, referrer: string, kind?: ModuleResolver.RequestKind) => Effect.Effect<string>
  /** The failure of a question. */
  readonly refused: (
    specifier: string,
    referrer: string,
    kind?: ModuleResolver.RequestKind
  ) => Effect.Effect<ModuleResolver.ResolutionError, ModuleResolver.Resolution>
}

export const make = (
  files: Files
): Effect.Effect<Project, PlatformError, FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.gen(function*() {
    const fileSystem = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const context = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
    const root = yield* Effect.flatMap(fileSystem.makeTempDirectoryScoped(), fileSystem.realPath)
    const at = (relative: string) => path.join(root, relative)
    const write = (files: Files) =>
      Effect.forEach(Object.entries(files), ([name, content]) =>
        Effect.gen(function*() {
          yield* fileSystem.makeDirectory(path.dirname(at(name)), { recursive: true })
          if (content instanceof Link) {
            yield* fileSystem.symlink(content.target.startsWith("/") ? at(content.target) : content.target, at(name))
          } else {
            yield* fileSystem.writeFileString(at(name), typeof content === "string" ? content : JSON.stringify(content))
          }
        }), { discard: true })
    // Every project is a repository: what lies above the temporary directory must not matter.
    yield* write({ ".git/HEAD": "ref: refs/heads/main\n", ...files })
    const newResolver = Effect.provide(Resolver.make, context)
    const resolver = yield* newResolver
    const ask: Project["ask"] = (specifier, referrer, kind = "import") =>
      resolver.resolve(specifier, at(referrer), kind)
    const relative = (file: string) => path.relative(root, file).split(path.sep).join("/")
    return {
      root,
      path: at,
      write,
      remove: (relative) => fileSystem.remove(at(relative), { recursive: true }),
      resolver,
      newResolver,
      ask,
      where: (specifier, referrer, kind) =>
        Effect.match(ask(specifier, referrer, kind), {
          onFailure: (error) => error.reason,
          onSuccess: (found) =>
            found._tag === "Builtin"
              ? found.name
              : found._tag === "Source"
              ? relative(found.path)
              : `${found.name}@${found.version} ${relative(found.path ?? "")}`
        }),
      refused: (specifier, referrer, kind) => Effect.flip(ask(specifier, referrer, kind))
    }
  })

type Requirements = FileSystem.FileSystem | Path.Path | Scope.Scope

/** Declares the tests for each: in memory, on the disk, and on the disk with typed directory entries. */
export const onEveryFileSystem = (
  declare: (test: <A, E>(name: string, effect: () => Effect.Effect<A, E, Requirements>) => void) => void
): void => {
  const systems = {
    "in memory": Layer.merge(MemoryFileSystem.layer, Path.layer),
    "on disk": Layer.merge(NodeFileSystem.layer, NodePath.layer),
    "on disk, typed": Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, NodeDirectoryEntries.layer)
  }
  for (const [name, layer] of Object.entries(systems)) {
    describe(name, () => declare((name, effect) => it.scoped(name, () => Effect.provide(effect(), layer))))
  }
}

/** A package.json of an installed package and its files. */
export const installed = (
  directory: string,
  manifest: Readonly<Record<string, unknown>>,
  files: Files = {}
): Files => ({
  [`${directory}/package.json`]: { name: directory.replace(/^.*node_modules\//, ""), version: "1.0.0", ...manifest },
  ...Object.fromEntries(Object.entries(files).map(([name, content]) => [`${directory}/${name}`, content]))
})
