/**
 * metadata.json: the inspection document of the original system, under its own keys, so that its `inspect_package`
 * (Python) reads our packages. It says only what follows from the packaged code: no date, host, argument or path of a
 * machine.
 */
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import type * as BoundedJson from "./BoundedJson.ts"
import * as CanonicalJson from "./CanonicalJson.ts"
import { Name } from "./Manifest.ts"

/** The name of the document in the package. */
export const path = "metadata.json"

/** What its text may be. */
export const limits: BoundedJson.Limits = { bytes: 8_388_608, depth: 32, elements: 200_000, stringBytes: 1_048_576 }

const Lineno = Schema.Int.pipe(Schema.positive())

/** One imported module. `is_from_import` is false for `import * as x`, `import "x"`, `require("x")` and `import("x")`. */
const Import = Schema.Struct({
  module: Schema.String,
  is_from_import: Schema.Boolean,
  names: Schema.Array(Schema.String),
  alias: Schema.NullOr(Schema.String),
  lineno: Schema.optional(Lineno)
})

const FilesystemCall = Schema.Struct({ function: Schema.String, lineno: Lineno, args: Schema.Array(Schema.String) })

const LocalDeclaration = Schema.Struct({
  name: Schema.String,
  kind: Schema.String,
  module: Schema.String,
  lineno: Schema.optional(Lineno)
})

const DataFile = Schema.Struct({
  path: Schema.String,
  size: Schema.Int.pipe(Schema.nonNegative()),
  relative_to: Schema.Literal("module", "working_directory", "package")
})

/** The document. Line numbers count from 1 in the canonical text of the module that holds them. */
export const Metadata = Schema.Struct({
  function_info: Schema.Struct({
    name: Name,
    module: Schema.String.pipe(Schema.maxLength(4096)),
    export: Name,
    kind: Name,
    is_async: Schema.Boolean,
    is_generator: Schema.Boolean,
    parameters: Schema.Array(Schema.String),
    lineno: Schema.optional(Lineno)
  }),
  dependencies: Schema.Struct({
    /** Anything beyond the function's own text: local declarations, data files, npm packages. */
    requires_dependencies: Schema.Boolean,
    /** A cluster file system function is reached. */
    requires_cluster_filesystem: Schema.Boolean,
    imports: Schema.Array(Import),
    filesystem_calls: Schema.Array(FilesystemCall),
    /** Functions and classes that go along; the other declarations are in `local_declarations`. */
    local_functions: Schema.Array(LocalDeclaration),
    local_declarations: Schema.Array(LocalDeclaration),
    data_files: Schema.Array(DataFile),
    external_packages: Schema.Array(Schema.Struct({ name: Schema.String, version: Schema.String }))
  })
})
export type Metadata = typeof Metadata.Type

/** What the analysis knows, in the words of this code base. The order of the lists does not matter. */
export interface MetadataInput {
  readonly function: {
    /** As the user calls it. */
    readonly name: string
    /** Path of its module in the package. */
    readonly module: string
    /** The name under which that module exports it. */
    readonly export: string
    /** `function`, `method`, ...: the manifest's entry kind. */
    readonly kind: string
    readonly isAsync: boolean
    readonly isGenerator?: boolean
    readonly parameters?: ReadonlyArray<string>
    readonly lineno?: number
  }
  readonly imports: ReadonlyArray<{
    /** `csv-parse`, `node:fs`, or the local module's path in the package. */
    readonly module: string
    /** Named or default bindings (`import { a } from`, `import a from`). */
    readonly isFromImport: boolean
    /** Imported names as the module exports them, `default` for the default. */
    readonly names: ReadonlyArray<string>
    /** The local name of a namespace or single binding that is called otherwise here. */
    readonly alias?: string
    readonly lineno?: number
  }>
  readonly filesystemCalls: ReadonlyArray<{
    /** `clusterFind`, ... */
    readonly function: string
    readonly lineno: number
    /** The arguments' texts. */
    readonly arguments?: ReadonlyArray<string>
  }>
  /** Reaching one without calling it by name (passing `clusterStat` on) counts too: then say so here. */
  readonly usesClusterFilesystem?: boolean
  /** Every declaration that goes along, without the function itself. */
  readonly declarations: ReadonlyArray<{
    readonly name: string
    readonly kind: "function" | "class" | "variable" | "enum" | "namespace" | "import" | "statement" | "module"
    readonly module: string
    readonly lineno?: number
  }>
  readonly dataFiles: ReadonlyArray<{
    /** In the package. */
    readonly path: string
    readonly sizeBytes: number
    readonly relativeTo: "module" | "workingDirectory" | "package"
  }>
  readonly npmPackages: ReadonlyArray<{ readonly name: string; readonly version: string }>
}

/** `items` without repetitions, ordered by their canonical text after `key`. */
const sorted = <A extends CanonicalJson.Source>(
  items: ReadonlyArray<A>,
  key: (item: A) => string | number
): ReadonlyArray<A> => {
  const unique = new Map(items.map((item) => [CanonicalJson.encode(item), item]))
  return [...unique].sort(([textA, a], [textB, b]) => {
    const [keyA, keyB] = [key(a), key(b)]
    return keyA < keyB ? -1 : keyA > keyB ? 1 : Order.string(textA, textB)
  }).map(([, item]) => item)
}

const lineno = (line: number | undefined): { readonly lineno?: number } => line === undefined ? {} : { lineno: line }

/** The document for `input`; equal whatever the order of its lists. */
export const make = (input: MetadataInput): Metadata => {
  const declarations = sorted(
    input.declarations.map(({ kind, lineno: line, module, name }) => ({ name, kind, module, ...lineno(line) })),
    (declaration) => declaration.module
  )
  const isFunction = (declaration: { readonly kind: string }): boolean =>
    declaration.kind === "function" || declaration.kind === "class"
  return {
    function_info: {
      name: input.function.name,
      module: input.function.module,
      export: input.function.export,
      kind: input.function.kind,
      is_async: input.function.isAsync,
      is_generator: input.function.isGenerator ?? false,
      parameters: input.function.parameters ?? [],
      ...lineno(input.function.lineno)
    },
    dependencies: {
      requires_dependencies: input.declarations.length + input.dataFiles.length + input.npmPackages.length > 0,
      requires_cluster_filesystem: input.filesystemCalls.length > 0 || input.usesClusterFilesystem === true,
      imports: sorted(
        input.imports.map(({ alias, isFromImport, lineno: line, module, names }) => ({
          module,
          is_from_import: isFromImport,
          names: [...names].sort(Order.string),
          alias: alias ?? null,
          ...lineno(line)
        })),
        (imported) => imported.module
      ),
      filesystem_calls: sorted(
        input.filesystemCalls.map((call) => ({
          function: call.function,
          lineno: call.lineno,
          args: call.arguments ?? []
        })),
        (call) => call.lineno
      ),
      local_functions: declarations.filter(isFunction),
      local_declarations: declarations.filter((declaration) => !isFunction(declaration)),
      data_files: sorted(
        input.dataFiles.map((file) => ({
          path: file.path,
          size: file.sizeBytes,
          relative_to: file.relativeTo === "workingDirectory" ? "working_directory" as const : file.relativeTo
        })),
        (file) => file.path
      ),
      external_packages: sorted(
        input.npmPackages.map(({ name, version }) => ({ name, version })),
        (installed) => installed.name
      )
    }
  }
}

/** The canonical text. */
export const encode = (metadata: Metadata): string => CanonicalJson.encode(metadata)
