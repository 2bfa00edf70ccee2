/**
 * Packages projects that exist only in memory, many in a second: one parser and one hasher serve them all.
 */
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as AnalysisCache from "../../core/modules/AnalysisCache.ts"
import * as ClusterConfig from "../../core/config/ClusterConfig.ts"
import { createExecutionContext, ExecutionHost } from "../../core/packaging/ExecutionContext.ts"
import { FilePackager, type PackagingError } from "../../core/packaging/FilePackager.ts"
import type { Hasher } from "../../core/archive/Hasher.ts"
import { layer as layerPackager } from "../../core/packaging/makeFilePackager.ts"
import type { PackageOptionsInput } from "../../core/packaging/PackageOptions.ts"
import type { PreparedPackage } from "../../core/packaging/PreparedPackage.ts"
import * as PackageStore from "../../core/archive/PackageStore.ts"
import type { SourceParser } from "../../core/language/SourceParser.ts"
import * as MemoryFileSystem from "../../platform-browser/MemoryFileSystem.ts"

export type Files = Readonly<Record<string, string>>

/** A function to package, and everything around it that must or must not matter. */
export interface Project {
  /** By path in the project's directory. */
  readonly files: Files
  /** `FILE#NAME`, the file relative to the project's directory. */
  readonly fn: string
  readonly options?: PackageOptionsInput
  readonly args?: ReadonlyArray<unknown>
  readonly config?: ClusterConfig.ClusterConfig
  /** Absolute directory of the project. */
  readonly directory?: string
  readonly runtimeVersion?: string
}

export interface Packed {
  readonly digest: string
  readonly zip: Uint8Array
  readonly prepared: PreparedPackage
}

/** What every packaging may share: nothing of it holds anything of a project. */
export type Shared = SourceParser | Hasher

const defaultDirectory = "/project"

/** Lets the test runner hear from its worker, which otherwise computes for minutes without a pause. */
const breathe = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

/** Packages `project` in a file system of its own. */
export const pack = (project: Project): Effect.Effect<Packed, PackagingError, Shared> => {
  const directory = project.directory ?? defaultDirectory
  const files = Object.fromEntries(
    Object.entries({ "package.json": `{ "name": "project", "type": "module" }`, ...project.files })
      .map(([path, text]) => [`${directory}/${path}`, text])
  )
  const host = { workingDirectory: directory, runtimeVersion: project.runtimeVersion ?? "v20.0.0" }
  return Effect.gen(function*() {
    yield* breathe
    const packager = yield* FilePackager
    const store = yield* PackageStore.PackageStore
    const context = yield* createExecutionContext(project.config ?? ClusterConfig.local, project.args)
    const prepared = yield* packager.prepare(project.fn, project.options)
    const { info } = yield* packager.packageFunction(project.fn, context, project.options)
    const name = info.packagePath.slice(info.packagePath.lastIndexOf("/") + 1)
    const zip = yield* Effect.scoped(Effect.flatMap(store.open(name), (access) => access.read(0, access.sizeBytes)))
      .pipe(Effect.orDie)
    return { digest: info.digest, zip, prepared }
  }).pipe(
    Effect.provide(layerPackager.pipe(Layer.provideMerge(Layer.mergeAll(
      MemoryFileSystem.layerWith(files),
      Path.layer,
      AnalysisCache.layerNone,
      PackageStore.layerMemory,
      Layer.succeed(ExecutionHost, host)
    ))))
  )
}
