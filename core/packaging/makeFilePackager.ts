/**
 * The packager over its services: prepare, seal, and what lies beside the ZIP.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import type { AnalysisCache } from "../modules/AnalysisCache.ts"
import type { Json } from "../archive/CanonicalJson.ts"
import { type SealedPackage, sealPackage } from "../archive/SealPackage.ts"
import { Cluster, configOf } from "../config/Cluster.ts"
import * as ClusterConfig from "../config/ClusterConfig.ts"
import * as Counters from "../diagnostics/Counters.ts"
import * as DiagnosticLog from "../diagnostics/DiagnosticLog.ts"
import { createExecutionContext, type ExecutionContext, ExecutionHost } from "./ExecutionContext.ts"
import { FilePackager, type FunctionLike, type Packaged, type PackagedCall,
  type PackagingError } from "./FilePackager.ts"
import type { AnyFunction } from "../closures/FunctionLocator.ts"
import * as FunctionReference from "../slicing/FunctionReference.ts"
import * as Hasher from "../archive/Hasher.ts"
import type { Observation } from "./memory/Observation.ts"
import * as Metadata from "../archive/Metadata.ts"
import { PackageInfo } from "./PackageInfo.ts"
import { PackageStore, verified } from "../archive/PackageStore.ts"
import * as Resolver from "../resolution/Resolver.ts"
import * as Invocation from "../runtime/Invocation.ts"
import * as SourceMapDocument from "../runtime/SourceMapDocument.ts"
import type { SourceParser } from "../language/SourceParser.ts"
import { debugPackaging, isDebugging } from "./debugPackaging.ts"
import { decodeOptions, type PackageOptions, type PackageOptionsInput } from "./PackageOptions.ts"
import type { PreparedPackage } from "./PreparedPackage.ts"
import { preparePackage } from "./preparePackage.ts"
import * as Recollection from "./Recollection.ts"
import type { RememberedPackage, StoredFile } from "./RememberedPackage.ts"

interface JsonObject {
  readonly [key: string]: Json
}

type Requirements =
  | AnalysisCache
  | ExecutionHost
  | FileSystem.FileSystem
  | Hasher.Hasher
  | PackageStore
  | Path.Path
  | SourceParser

const wantedOf = (fn: FunctionLike) => typeof fn === "string" ? FunctionReference.parse(fn) : Effect.succeed(fn)

/** The resolver remembers what it saw of the file system, so each packaging has a new one. */
const prepare = (fn: FunctionLike, options: PackageOptionsInput | undefined, from: string) =>
  Effect.gen(function*() {
    return yield* preparePackage(yield* wantedOf(fn), from, yield* decodeOptions(options ?? {}))
  }).pipe(Effect.provide(Resolver.layer))

/** Text of a file that lies beside a package. */
interface Beside {
  readonly fileName: string
  readonly text: string
}

/** Writes `text` beside the packages, under `fileName`, if that is not what lies there. */
const writeBeside = ({ fileName, text }: Beside) =>
  Effect.scoped(Effect.gen(function*() {
    const known = yield* verified(fileName, yield* Hasher.digest(text))
    if (known !== undefined) return known
    const store = yield* PackageStore
    const staged = yield* store.stage
    yield* staged.write(new TextEncoder().encode(text))
    return yield* staged.commit(fileName)
  }))

/** A package in the store. */
interface Finished {
  /** All that the packaging saw, if that tells whether it would be the same again. */
  readonly observations: ReadonlyArray<Observation> | undefined
  readonly remembered: Omit<RememberedPackage, "observations">
  readonly packagePath: string
  readonly sourceMapPath: string | undefined
  /** Where it was just made; a package that is taken again has it in the store. */
  readonly sourceMap?: SourceMapDocument.SourceMapDocument
}

/** Data files, which are read only when the package is sealed, with the digests that they had then. */
const contentsOf = (prepared: PreparedPackage, sealed: SealedPackage): ReadonlyArray<Observation> => {
  const manifest = new Map(sealed.manifest.entries.map((entry) => [entry.path, entry]))
  return prepared.entries.flatMap(({ content, path }) => {
    const entry = manifest.get(path)
    return content._tag === "Bytes" || entry === undefined
      ? []
      : [{ question: "content", path: content.file, answer: `${entry.size}:${entry.sha256}` } as const]
  })
}

/** Packages from the sources, and remembers that where there is a memory. */
const finish = (
  fn: FunctionReference.FunctionReference | AnyFunction,
  options: PackageOptions,
  from: string,
  recollection: Recollection.Recollection | undefined,
  wanted: Recollection.Wanted
): Effect.Effect<Finished, PackagingError, Requirements> =>
  Effect.gen(function*() {
    const preparing = Effect.provide(preparePackage(fn, from, options), Resolver.layer)
    const prepared = yield* recollection?.watch(preparing) ?? preparing
    const sealed = yield* sealPackage(prepared)
    yield* debugPackaging(prepared, sealed)
    let sourceMapPath: string | undefined
    let sourceMap: StoredFile | undefined
    let document: SourceMapDocument.SourceMapDocument | undefined
    if (wanted.sourceMap) {
      document = SourceMapDocument.make(
        { packageId: sealed.packageId, digest: sealed.digest },
        yield* prepared.sourceMaps
      )
      sourceMap = {
        fileName: yield* SourceMapDocument.fileName(document),
        sha256: yield* SourceMapDocument.digest(document)
      }
      sourceMapPath = yield* writeBeside({ fileName: sourceMap.fileName, text: SourceMapDocument.encode(document) })
    }
    const { decisions, dependencies, diagnostics, files, functionName, nodeModules, reasons, root } = prepared
    const remembered = {
      digest: sealed.digest,
      packageId: sealed.packageId,
      zip: { fileName: sealed.fileName, sha256: sealed.sha256 },
      sizeBytes: sealed.sizeBytes,
      metadata: Metadata.encode(sealed.metadata),
      sourceMap,
      report: { decisions, dependencies, diagnostics, files, functionName, nodeModules, reasons, root }
    }
    const observations = yield* recollection?.keep(remembered, contentsOf(prepared, sealed)) ??
      Effect.succeed(undefined)
    return {
      observations,
      remembered,
      packagePath: sealed.path,
      sourceMapPath,
      ...(document === undefined ? {} : { sourceMap: document })
    }
  })

interface PackagedFiles extends Packaged {
  /** The name of the ZIP in the store. */
  readonly fileName: string
  /** What was asked for beside the package. */
  readonly sourceMap: StoredFile | undefined
  readonly document: SourceMapDocument.SourceMapDocument | undefined
}

const makePackage = (
  fn: FunctionLike,
  context: ExecutionContext,
  input: PackageOptionsInput | undefined,
  wanted: Recollection.Wanted
): Effect.Effect<PackagedFiles, PackagingError, Requirements> =>
  Effect.gen(function*() {
    const reference = yield* wantedOf(fn)
    const options = yield* decodeOptions(input ?? {})
    const from = context.workingDirectory
    // Who wants to see each decision wants them made
    const recollection = (yield* isDebugging) || typeof reference === "function" ? undefined
      : yield* Recollection.make(reference, options, from)
    const recalled = yield* recollection?.find(wanted) ?? Effect.succeed(undefined)
    const { observations, packagePath, remembered, sourceMap, sourceMapPath }: Finished = recalled === undefined
      ? yield* finish(reference, options, from, recollection, wanted)
      : { ...recalled, observations: recalled.remembered.observations }
    yield* Metric.increment(recalled === undefined ? Counters.packagesMade : Counters.packagesRecalled)
    yield* Effect.annotateCurrentSpan({
      packageId: remembered.packageId,
      function: remembered.report.functionName,
      recalled: recalled !== undefined
    })
    yield* DiagnosticLog.logAll(remembered.report.diagnostics)
    // Only `Metadata.encode` wrote it
    const metadata = JSON.parse(remembered.metadata) as JsonObject & { readonly dependencies: JsonObject }
    const { requires_cluster_filesystem, requires_dependencies } = metadata.dependencies
    const { nodeModules } = remembered.report
    const info = new PackageInfo(
      {
        packageId: remembered.packageId,
        digest: remembered.digest,
        packagePath,
        ...(sourceMapPath === undefined ? {} : { sourceMapPath }),
        ...(nodeModules === undefined ? {} : { nodeModules }),
        functionName: remembered.report.functionName,
        dependencies: metadata.dependencies,
        sizeBytes: remembered.sizeBytes,
        createdAt: new Date(yield* Clock.currentTimeMillis),
        configHash: yield* ClusterConfig.hash(context.clusterConfig),
        metadata: {
          has_dependencies: requires_dependencies ?? false,
          has_filesystem_ops: requires_cluster_filesystem ?? false,
          ...metadata
        },
        diagnostics: remembered.report.diagnostics
      },
      // All of it is our own
      { disableValidation: true }
    )
    return {
      info,
      report: remembered.report,
      observations,
      fileName: remembered.zip.fileName,
      sourceMap: remembered.sourceMap,
      document: sourceMap
    }
  }).pipe(Effect.withSpan("clustrix.package"))

const packageFunction = (
  fn: FunctionLike,
  context: ExecutionContext,
  options: PackageOptionsInput | undefined
): Effect.Effect<Packaged, PackagingError, Requirements> =>
  Effect.map(
    makePackage(fn, context, options, { sourceMap: false }),
    ({ info, observations, report }) => ({ info, observations, report })
  )

/** The source map that was written with a package that is taken again. */
const storedSourceMap = (stored: StoredFile | undefined) =>
  Effect.scoped(Effect.gen(function*() {
    const store = yield* PackageStore
    const file = yield* store.open(stored?.fileName ?? "")
    const bytes = yield* file.read(0, file.sizeBytes)
    return yield* SourceMapDocument.decode(new TextDecoder().decode(bytes), file.name)
  }))

const packageForExecution = (
  fn: FunctionLike,
  context: ExecutionContext,
  options: PackageOptionsInput | undefined
): Effect.Effect<PackagedCall, PackagingError, Requirements> =>
  Effect.gen(function*() {
    const store = yield* PackageStore
    // First, for what cannot be carried must not leave a package behind
    yield* Invocation.encodeCall(context.functionArgs, context.functionKwargs)
    const { document, fileName, info, observations, report, sourceMap } = yield* makePackage(fn, context, options, {
      sourceMap: true
    })
    const invocation = yield* Invocation.make({
      package: { packageId: info.packageId, digest: info.digest, functionName: info.functionName },
      arguments: context.functionArgs,
      options: context.functionKwargs,
      cluster: context.clusterConfig,
      filesystemRoot: context.clusterConfig.remoteWorkDir ??
        (context.clusterConfig.clusterType === "local" ? report.root.directory : undefined),
      runtimeVersion: context.runtimeVersion,
      sourceMap: sourceMap?.sha256
    })
    const invocationPath = yield* writeBeside({
      fileName: yield* Invocation.fileName(invocation),
      text: Invocation.encode(invocation)
    })
    return {
      report,
      observations,
      info: new PackageInfo({ ...info, invocationPath }, { disableValidation: true }),
      invocation,
      sourceMap: document ?? (yield* storedSourceMap(sourceMap)),
      open: store.open(fileName)
    }
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
      packageFunctionForExecution: (fn, args, kwargs, options, job) =>
        Effect.gen(function*() {
          const config = yield* configOf(yield* Cluster, job)
          const context = yield* createExecutionContext(config, args, kwargs)
          return yield* packageForExecution(fn, context, options)
        }).pipe(Effect.provide(services))
    })
  })
)
