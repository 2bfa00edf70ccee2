/**
 * Packages functions: the service that the original calls `FilePackager`.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { PackageStoreError } from "../archive/PackageStore.ts"
import type { PackageReadError, RandomAccess } from "../archive/RandomAccess.ts"
import type { SealError } from "../archive/SealPackage.ts"
import type { Cluster, JobSettings } from "../config/Cluster.ts"
import type { ClusterConfigError } from "../config/ClusterConfig.ts"
import type { ExecutionContext } from "./ExecutionContext.ts"
import type { AnyFunction } from "../closures/FunctionLocator.ts"
import type { FunctionReference } from "../slicing/FunctionReference.ts"
import type { Observation } from "./memory/Observation.ts"
import type { PackageInfo } from "./PackageInfo.ts"
import type { PackageOptionsError, PackageOptionsInput } from "./PackageOptions.ts"
import type { PrepareError } from "./preparePackage.ts"
import type { PackageReport, PreparedPackage } from "./PreparedPackage.ts"
import type { Invocation } from "../runtime/Invocation.ts"
import type { SourceMapDocument, SourceMapDocumentError } from "../runtime/SourceMapDocument.ts"
import type { ValueNotCarriedError } from "../runtime/ValueCodec.ts"

/** Everything that can go wrong between a reference and a finished package. */
export type PackagingError =
  | PrepareError
  | SealError
  | PackageOptionsError
  | PackageReadError
  | SourceMapDocumentError
  | ValueNotCarriedError

/**
 * A function by reference (`"src/analysis.ts#mainAnalysis"`, or the parsed form), or the function itself where the host
 * can find its source ({@link FunctionLocator}).
 */
export type FunctionLike = FunctionReference | string | AnyFunction

/** A finished package, and what is known of how it came about. */
export interface Packaged {
  readonly info: PackageInfo
  readonly report: PackageReport
  /**
   * What the packaging saw of the file system: it would be the same again while all of that is so. `undefined` where that cannot be
   * told, or where nothing is remembered.
   */
  readonly observations: ReadonlyArray<Observation> | undefined
}

/** A finished package, with one call of it. All of it is in memory but the ZIP's bytes, which the store has. */
export interface PackagedCall extends Packaged {
  readonly invocation: Invocation
  readonly sourceMap: SourceMapDocument
  /** The ZIP in the store that it was written to, while the scope lasts. */
  readonly open: Effect.Effect<RandomAccess, PackageStoreError, Scope.Scope>
}

export class FilePackager extends Context.Tag("clustrix/FilePackager")<FilePackager, {
  /**
   * Finds what the function needs and says why, without writing anything. A relative file is read from `from`, by
   * default the working directory of the host.
   */
  readonly prepare: (
    fn: FunctionLike,
    options?: PackageOptionsInput,
    from?: string
  ) => Effect.Effect<PreparedPackage, PackagingError>
  /** Writes the package into the store. A relative file is read from the context's working directory. */
  readonly packageFunction: (
    fn: FunctionLike,
    context: ExecutionContext,
    options?: PackageOptionsInput
  ) => Effect.Effect<Packaged, PackagingError>
  /**
   * Packages the function and writes invocation and source map beside it. The cluster of the invocation is that of the program's
   * layer; `job` is what this one job may have besides.
   */
  readonly packageFunctionForExecution: (
    fn: FunctionLike,
    args?: ReadonlyArray<unknown>,
    kwargs?: Readonly<Record<string, unknown>>,
    options?: PackageOptionsInput,
    job?: JobSettings
  ) => Effect.Effect<PackagedCall, PackagingError | ClusterConfigError, Cluster>
}>() {}
