/**
 * A package before a byte of it is written: its files, and why each of them is there.
 */
import type * as Effect from "effect/Effect"
import type { AnalysisCache } from "../modules/AnalysisCache.ts"
import type { PackageEntry } from "../archive/PackageEntry.ts"
import type { Diagnostic } from "../diagnostics/Diagnostic.ts"
import type { Decision, NodeId, Reason } from "../modules/Reason.ts"
import type { Hasher } from "../archive/Hasher.ts"
import type { LoopReport } from "../parallel/LoopReport.ts"
import type * as Manifest from "../archive/Manifest.ts"
import type * as Metadata from "../archive/Metadata.ts"
import type { SourceMap } from "../runtime/SourceMapDocument.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { SourceParser, SourceSyntaxError } from "../language/SourceParser.ts"
import type { PackageRoot } from "./PackageRoot.ts"

/** A file of the package and where it comes from. */
export interface PreparedFile {
  /** In the package. */
  readonly path: string
  readonly sizeBytes: number
  /** What it is made of, as people name it; `undefined` for what Clustrix itself puts in. */
  readonly source: string | undefined
  /** Names in it that go along, in their order; empty for data. */
  readonly declarations: ReadonlyArray<NodeId>
  /** The node whose chain of reasons leads to the function. */
  readonly node: NodeId
}

/** An npm package that the kept code imports, directly (`requiredBy` empty) or through others. */
export interface PreparedDependency {
  readonly name: string
  readonly version: string
  readonly requiredBy: string
}

/** A declaration or statement that goes along, and where it stands in its source. */
export interface KeptItem {
  readonly node: NodeId
  /** The module's path in the package. */
  readonly module: string
  readonly start: SourceLocation
  /** Behind its last character. */
  readonly end: SourceLocation
}

/** What went into a package, and why. */
export interface PackageReport {
  readonly functionName: string
  readonly root: PackageRoot
  readonly files: ReadonlyArray<PreparedFile>
  readonly dependencies: ReadonlyArray<PreparedDependency>
  /** The project's own `node_modules`, absolute, when npm packages are needed and it is there. */
  readonly nodeModules: string | undefined
  readonly reasons: ReadonlyMap<NodeId, Reason>
  readonly decisions: ReadonlyArray<Decision>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

export interface PreparedPackage extends PackageReport {
  readonly entries: ReadonlyArray<PackageEntry>
  readonly entry: Manifest.EntryPoint
  readonly options: Manifest.Options
  readonly metadata: Metadata.Metadata
  /** By module and place; made when asked for. */
  readonly kept: Effect.Effect<ReadonlyArray<KeptItem>>
  /** Source maps by path in the package; made when asked for. */
  readonly sourceMaps: Effect.Effect<
    Readonly<Record<string, SourceMap>>,
    SourceSyntaxError,
    SourceParser | AnalysisCache | Hasher
  >
  /** Every loop, and whether it can run on threads; located when asked for. */
  readonly loops: Effect.Effect<
    ReadonlyArray<LoopReport>,
    SourceSyntaxError,
    SourceParser | AnalysisCache | Hasher
  >
}
