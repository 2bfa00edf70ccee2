/**
 * The packager over its services: prepare, seal, and what lies beside the ZIP.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { AnalysisCache } from "../AnalysisCache.ts"
import type { Json } from "../archive/CanonicalJson.ts"
import { sealPackage } from "../archive/SealPackage.ts"
import * as ClusterConfig from "../ClusterConfig.ts"
import { createExecutionContext, type ExecutionContext, ExecutionHost } from "../ExecutionContext.ts"
import { FilePackager, type FunctionLike, type Packaged, type PackagingError } from "../FilePackager.ts"
import * as FunctionReference from "../FunctionReference.ts"
import type { Hasher } from "../Hasher.ts"
import * as Metadata from "../Metadata.ts"
import { PackageInfo } from "../PackageInfo.ts"
import { PackageStore } from "../PackageStore.ts"
import * as Resolver from "../resolve/Resolver.ts"
import * as Invocation from "../runtime/Invocation.ts"
import * as SourceMapDocument from "../runtime/SourceMapDocument.ts"
import type { SourceParser } from "../SourceParser.ts"
import { debugPackaging } from "./debugPackaging.ts"
import { decodeOptions, type PackageOptionsInput } from "./PackageOptions.ts"
import { preparePackage } from "./preparePackage.ts"

interface JsonObject {
  readonly [key: string]: Json
}

type Requirements =
  | AnalysisCache
  | ExecutionHost
  | FileSystem.FileSystem
  | Hasher
  | PackageStore
  | Path.Path
  | SourceParser

const referenceOf = (fn: FunctionLike) => typeof fn === "string" ? FunctionReference.parse(fn) : Effect.succeed(fn)

/** The resolver remembers what it saw of the file system, so each packaging has a new one. */
const prepare = (fn: FunctionLike, options: PackageOptionsInput | undefined, from: string) =>
  Effect.gen(function*() {
    return yield* preparePackage(yield* referenceOf(fn), from, yield* decodeOptions(options ?? {}))
  }).pipe(Effect.provide(Resolver.layer))

const packageFunction = (
  fn: FunctionLike,
  context: ExecutionContext,
  options: PackageOptionsInput | undefined
): Effect.Effect<Packaged, PackagingError, Requirements> =>
  Effect.gen(function*() {
    const prepared = yield* prepare(fn, options, context.workingDirectory)
    const sealed = yield* sealPackage(prepared)
    yield* debugPackaging(prepared, sealed)
    // Without the members that are not set, the document is plain JSON
    const metadata = JSON.parse(Metadata.encode(sealed.metadata)) as JsonObject & { readonly dependencies: JsonObject }
    const { requires_cluster_filesystem, requires_dependencies } = sealed.metadata.dependencies
    const info = new PackageInfo({
      packageId: sealed.packageId,
      digest: sealed.digest,
      packagePath: sealed.path,
      functionName: prepared.functionName,
      dependencies: metadata.dependencies,
      sizeBytes: sealed.sizeBytes,
      createdAt: new Date(yield* Clock.currentTimeMillis),
      configHash: yield* ClusterConfig.hash(context.clusterConfig),
      metadata: {
        has_dependencies: requires_dependencies,
        has_filesystem_ops: requires_cluster_filesystem,
        ...metadata
      }
    })
    return { info, prepared }
  }).pipe(Effect.withSpan("clustrix.package"))

/** Writes `text` beside the packages, under `name`. */
const writeBeside = (name: string, text: string) =>
  Effect.scoped(Effect.gen(function*() {
    const store = yield* PackageStore
    const staged = yield* store.stage
    yield* staged.write(new TextEncoder().encode(text))
    return yield* staged.commit(name)
  }))

const packageForExecution = (
  fn: FunctionLike,
  context: ExecutionContext,
  options: PackageOptionsInput | undefined
): Effect.Effect<Packaged, PackagingError, Requirements> =>
  Effect.gen(function*() {
    const packaged = yield* packageFunction(fn, context, options)
    const { info, prepared } = packaged
    const document = SourceMapDocument.make(
      { packageId: info.packageId, digest: info.digest },
      yield* prepared.sourceMaps
    )
    const sourceMapPath = yield* writeBeside(
      yield* SourceMapDocument.fileName(document),
      SourceMapDocument.encode(document)
    )
    const invocation = yield* Invocation.make({
      package: { packageId: info.packageId, digest: info.digest, functionName: info.functionName },
      arguments: context.functionArgs,
      options: context.functionKwargs,
      cluster: context.clusterConfig,
      filesystemRoot: context.clusterConfig.remoteWorkDir ??
        (context.clusterConfig.clusterType === "local" ? prepared.root.directory : undefined),
      runtimeVersion: context.runtimeVersion,
      sourceMap: yield* SourceMapDocument.digest(document)
    })
    const invocationPath = yield* writeBeside(yield* Invocation.fileName(invocation), Invocation.encode(invocation))
    return { prepared, info: new PackageInfo({ ...info, invocationPath, sourceMapPath }) }
  })

/** The packager. */
export const layer: Layer.Layer<FilePackager, never, Requirements> = Layer.effect(
  FilePackager,
  Effect.gen(function*() {
    const services = yield* Effect.context<Requirements>()
    const host = yield* ExecutionHost
    return FilePackager.of({
      prepare: (fn, options, from) => Effect.provide(prepare(fn, options, from ?? host.workingDirectory), services),
      packageFunction: (fn, context, options) => Effect.provide(packageFunction(fn, context, options), services),
      packageFunctionForExecution: (fn, config, args, kwargs, options) =>
        createExecutionContext(config, args, kwargs).pipe(
          Effect.flatMap((context) => packageForExecution(fn, context, options)),
          Effect.provide(services)
        )
    })
  })
)
