/**
 * A package made ready for a place that has no files and no network: what the frame of a run gets.
 */

/** A module as the body of a function of the module registry, with what it asks for. */
export interface LinkedModule {
  /** In the package. */
  readonly path: string
  readonly kind: "esm" | "commonjs" | "json"
  readonly code: string
}

export interface LinkedProgram {
  readonly packageId: string
  readonly functionName: string
  readonly entry: { readonly module: string; readonly export: string }
  readonly modules: ReadonlyArray<LinkedModule>
  /** All files of the package, by path. */
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>
}
