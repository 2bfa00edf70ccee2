/**
 * npm packages that are not installed here, for a page has only the project's own files: what their lockfile says of them
 * is enough to package with `dependencies: "install"`.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ModuleResolver, type Resolution } from "../../core/resolution/ModuleResolver.ts"
import type { LockGraph } from "../../core/npm/LockGraph.ts"
import { findLockfile, type LockfileLocation, readLockfile } from "../../core/npm/LockfileLocation.ts"
import * as Resolver from "../../core/resolution/Resolver.ts"

/** A package that was taken from the lockfile alone. */
export interface LockedPackage {
  readonly name: string
  readonly version: string
  /** Of the lockfile. */
  readonly file: string
}

const packageName = /^(?:@[^/]+\/)?[^@./#][^/]*/

/**
 * The resolver of the core, which answers by the lockfile below `root` where a package is not installed; `found` is called
 * with what it took from there.
 */
export const layer = (
  root: string,
  found: (locked: LockedPackage) => void
): Layer.Layer<ModuleResolver, never, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(
    ModuleResolver,
    Effect.gen(function*() {
      const resolver = yield* ModuleResolver
      const services = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
      const graphs = new Map<string, LockGraph>()

      const graphOf = (location: LockfileLocation) =>
        Effect.gen(function*() {
          const known = graphs.get(location.path)
          if (known !== undefined) return known
          const graph = yield* readLockfile(location)
          graphs.set(location.path, graph)
          return graph
        })

      const isInstalled = (name: string, directory: string) =>
        Effect.gen(function*() {
          const [fs, path] = [yield* FileSystem.FileSystem, yield* Path.Path]
          for (let at = directory; at.startsWith(root); at = path.dirname(at)) {
            if (yield* fs.exists(path.join(at, "node_modules", name))) return true
          }
          return false
        })

      const locked = (specifier: string, referrer: string) =>
        Effect.gen(function*() {
          const path = yield* Path.Path
          const name = packageName.exec(specifier)?.[0]
          const directory = path.dirname(referrer)
          if (name === undefined || (yield* isInstalled(name, directory))) return undefined
          const location = yield* findLockfile(directory, root)
          if (location === undefined) return undefined
          const graph = yield* graphOf(location)
          const node = graph.nodes.get(graph.resolve(path.relative(location.directory, directory), name) ?? "")
          if (node === undefined) return undefined
          found({ name, version: node.version, file: location.name })
          return {
            _tag: "Package",
            name,
            specifier,
            directory: undefined,
            version: node.version,
            path: undefined
          } satisfies Resolution
        })

      return {
        ...resolver,
        resolve: (specifier, referrer, kind) =>
          resolver.resolve(specifier, referrer, kind).pipe(
            Effect.catchIf(({ reason }) => reason === "NotFound", (error) =>
              // Whatever is wrong with the lockfile is told where its graph is needed
              Effect.option(locked(specifier, referrer)).pipe(
                Effect.provide(services),
                Effect.flatMap((answer) =>
                  answer._tag === "Some" && answer.value !== undefined ? Effect.succeed(answer.value)
                    : Effect.fail(error)
                )
              ))
          )
      }
    })
  ).pipe(Layer.provide(Resolver.layer))
