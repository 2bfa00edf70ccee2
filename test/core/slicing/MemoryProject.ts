/**
 * A project in memory, and the packager over it.
 */
import { layerFilePackager } from "../../../core/index.ts"
import * as AnalysisCache from "../../../core/modules/AnalysisCache.ts"
import { ExecutionHost } from "../../../core/packaging/ExecutionContext.ts"
import * as PackageStore from "../../../core/archive/PackageStore.ts"
import * as Hasher from "../../../platform-browser/Hasher.ts"
import * as MemoryFileSystem from "../../../platform-browser/MemoryFileSystem.ts"
import * as SourceParser from "../../../platform-node/SourceParser.ts"
import * as Path from "@effect/platform/Path"
import * as Layer from "effect/Layer"

/** Where the project lies in memory. */
export const root = "/project"

/** `files` by path in the project; without a package.json it gets one. The parser and the hasher come from outside. */
export const layerOver = (files: Readonly<Record<string, string>>) => {
  const all = { "package.json": `{ "name": "project", "type": "module" }`, ...files }
  const absolute = Object.fromEntries(Object.entries(all).map(([path, text]) => [`${root}/${path}`, text]))
  return layerFilePackager.pipe(Layer.provideMerge(Layer.mergeAll(
    MemoryFileSystem.layerWith(absolute),
    Path.layer,
    AnalysisCache.layerNone,
    PackageStore.layerMemory,
    Layer.succeed(ExecutionHost, { workingDirectory: root, runtimeVersion: "v20.0.0" })
  )))
}

/** One parser and one hasher for many projects: nothing of them holds anything of a project. */
export const layerShared = Layer.merge(Hasher.layer, SourceParser.layer)

/** {@link layerOver} with a parser and a hasher of its own. */
export const layer = (files: Readonly<Record<string, string>>) => layerOver(files).pipe(Layer.provideMerge(layerShared))
