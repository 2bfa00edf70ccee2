/**
 * The data files of an analysed function.
 */
import * as Effect from "effect/Effect"
import type * as PackageEntry from "../archive/PackageEntry.ts"
import type { Diagnostic } from "../Diagnostic.ts"
import type { NodeId, Reason } from "../graph/Reason.ts"
import type { AnalysedFunction } from "./analyseFunction.ts"
import type { PackageOptions } from "./PackageOptions.ts"
import type { PreparedFile } from "./PreparedPackage.ts"

export interface CollectedFile extends Omit<PreparedFile, "sizeBytes"> {
  readonly entry: PackageEntry.PackageEntry
  readonly relativeTo: "module" | "workingDirectory"
}

export interface CollectedData {
  readonly files: ReadonlyArray<CollectedFile>
  readonly reasons: ReadonlyMap<NodeId, Reason>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

export const collectData = (
  _analysed: AnalysedFunction,
  _options: PackageOptions
): Effect.Effect<CollectedData> => Effect.succeed({ files: [], reasons: new Map(), diagnostics: [] })
