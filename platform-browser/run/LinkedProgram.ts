/**
 * A package made ready for a place that has no files and no network: what the sandbox of a run gets.
 */

/** What a specifier of a module leads to. */
export type LinkTarget =
  | { readonly kind: "module"; readonly path: string }
  /** `name` begins with `node:`. */
  | { readonly kind: "builtin"; readonly name: string }
  /** Nothing that a page has: `message` says so to whoever imports it. */
  | { readonly kind: "refused"; readonly message: string }

/** A name that an ES module imports, for the check before anything runs; `"*"` is the namespace. */
export interface LinkedImport {
  /** Index into `requests`. */
  readonly request: number
  readonly imported: string
}

export interface EsModule {
  readonly kind: "esm"
  /** In the package. */
  readonly path: string
  /**
   * An expression: a generator function of `(imports, export, meta, import)`, asynchronous where the module awaits at its
   * top. Up to its first `yield` it declares what it exports, after that it is the module.
   */
  readonly code: string
  readonly isAsync: boolean
  /** Specifiers in the order of the text. */
  readonly requests: ReadonlyArray<string>
  readonly imports: ReadonlyArray<LinkedImport>
  /** Names that are exports of another module. */
  readonly indirect: ReadonlyArray<LinkedImport & { readonly exported: string }>
  /** `export * from`, as indices into `requests`. */
  readonly stars: ReadonlyArray<number>
  readonly targets: Readonly<Record<string, LinkTarget>>
}

export interface CommonJsModule {
  readonly kind: "commonjs"
  readonly path: string
  /** An expression: a function of `(exports, require, module, __filename, __dirname, import)`. */
  readonly code: string
  readonly targets: Readonly<Record<string, LinkTarget>>
}

export interface JsonFile {
  readonly kind: "json"
  readonly path: string
}

export type LinkedModule = EsModule | CommonJsModule | JsonFile

export interface LinkedProgram {
  readonly packageId: string
  readonly digest: string
  readonly functionName: string
  /** `export` may be `Class.method`. */
  readonly entry: { readonly module: string; readonly export: string }
  readonly modules: ReadonlyArray<LinkedModule>
  /** All files of the package, by path. */
  readonly files: Readonly<Record<string, Uint8Array<ArrayBuffer>>>
}
