/**
 * The npm packages of an analysed function.
 */
import * as Effect from "effect/Effect"
import type { Diagnostic } from "../Diagnostic.ts"
import type { NodeId, Reason } from "../graph/Reason.ts"
import type { AnalysedFunction } from "./analyseFunction.ts"
import type { PackageOptions } from "./PackageOptions.ts"
import type { PreparedDependency } from "./PreparedPackage.ts"

export interface CollectedDependencies {
  readonly files: ReadonlyArray<{ readonly path: string; readonly text: string; readonly because: string }>
  readonly packages: ReadonlyArray<PreparedDependency>
  readonly nodeModules: string | undefined
  readonly reasons: ReadonlyMap<NodeId, Reason>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

export const collectDependencies = (
  _analysed: AnalysedFunction,
  _options: PackageOptions
): Effect.Effect<CollectedDependencies> =>
  Effect.succeed({ files: [], packages: [], nodeModules: undefined, reasons: new Map(), diagnostics: [] })
