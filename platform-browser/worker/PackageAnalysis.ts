/**
 * What the packaging worker tells of a function: plain data that can be posted. Lines and columns count from 1, columns
 * in UTF-16 code units; sizes are bytes.
 */
import type { PackageDiff } from "../../core/archive/DiffPackages.ts"
import type { Reason } from "../../core/modules/Reason.ts"
import type { EntryPoint, Manifest } from "../../core/archive/Manifest.ts"
import type { Metadata } from "../../core/archive/Metadata.ts"
import type { SourceMap } from "../../core/runtime/SourceMapDocument.ts"

/** A place in one of the files that were given. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** From `start` up to `end`, which is not part of it. */
export interface PlaceRange {
  readonly file: string
  readonly start: Omit<Place, "file">
  readonly end: Omit<Place, "file">
}

/** A remark of the analysis, or with `error` why there is no package. */
export interface Remark {
  readonly severity: "error" | "warning" | "info"
  /** Stable and meant for machines; of an error its tag (`SourceSyntaxError`). */
  readonly code: string
  readonly what: string
  readonly why: string | undefined
  readonly remedy: string | undefined
  readonly location: Place | undefined
}

/** One step of a chain of reasons, from the function towards the thing. */
export interface WhyStep {
  /** A node of the graph. */
  readonly node: string
  readonly kind: Reason["kind"] | "npm"
  /** The end of "it is here because ...". */
  readonly because: string
  readonly location: Place | undefined
}

/** A file of the package. */
export interface PackagedFile {
  readonly path: string
  readonly mode: string
  readonly sizeBytes: number
  /** In the ZIP, without headers. */
  readonly compressedBytes: number
  readonly sha256: string
  /** The file that it is made of; `undefined` for what Clustrix puts in. */
  readonly source: string | undefined
  /** Its node in the graph; `undefined` for manifest.json and metadata.json. */
  readonly node: string | undefined
  /** Nodes of the declarations and statements that go along in it. */
  readonly declarations: ReadonlyArray<string>
  /** From the function to the file. */
  readonly why: ReadonlyArray<WhyStep>
}

/** A module's canonical text. */
export interface CanonicalModule {
  /** In the package. */
  readonly path: string
  /** The source file. */
  readonly file: string
  readonly text: string
}

/** A declaration or statement that goes along, and where its source stands. */
export interface KeptDeclaration {
  /** `src/a.ts#name`, `src/a.ts:12`. */
  readonly node: string
  readonly range: PlaceRange
  /** The same in the canonical text of the package's module; `undefined` when all of it was lowered away. */
  readonly canonical: PlaceRange | undefined
}

export interface GraphNode {
  /** `src/a.ts#name`, `src/a.ts`, `npm:picomatch`, a path in the package. */
  readonly id: string
  readonly kind: "declaration" | "statement" | "module" | "data" | "npm" | "clustrix"
  /** In short, for pictures. */
  readonly label: string
  /** Whether it is the function that was asked for. */
  readonly isEntry: boolean
  /** The module (a node) that a declaration stands in. */
  readonly parent: string | undefined
  /** Text or data that it adds; 0 where nothing tells. */
  readonly sizeBytes: number
}

/** `to` is in the package because `from` needs it. */
export interface GraphEdge {
  readonly from: string
  readonly to: string
  readonly kind: WhyStep["kind"]
  readonly because: string
  readonly location: Place | undefined
}

export interface Graph {
  readonly nodes: ReadonlyArray<GraphNode>
  readonly edges: ReadonlyArray<GraphEdge>
}

/** What the analysis kept or dropped by a decision that is not a plain reference. */
export interface DecisionRemark {
  readonly node: string
  readonly verdict: "kept" | "dropped"
  readonly doubt: boolean
  readonly why: string
  readonly location: Place
}

/** A finished package, and everything that is known of it. */
export interface PackageAnalysis {
  readonly functionName: string
  /** First 16 digits of the digest. */
  readonly packageId: string
  /** SHA-256 of the manifest. */
  readonly digest: string
  /** The ZIP, byte for byte what Node makes of these files. */
  readonly zip: Uint8Array<ArrayBuffer>
  /** `clustrix_package_<packageId>.zip`. */
  readonly fileName: string
  readonly entry: EntryPoint
  readonly manifest: Manifest
  readonly manifestText: string
  readonly metadata: Metadata
  readonly metadataText: string
  /** By path. */
  readonly files: ReadonlyArray<PackagedFile>
  readonly modules: ReadonlyArray<CanonicalModule>
  readonly declarations: ReadonlyArray<KeptDeclaration>
  readonly graph: Graph
  readonly decisions: ReadonlyArray<DecisionRemark>
  /** npm packages; `requiredBy` is empty for those that the code itself imports. */
  readonly dependencies: ReadonlyArray<
    { readonly name: string; readonly version: string; readonly requiredBy: string }
  >
  readonly diagnostics: ReadonlyArray<Remark>
  /** What the worker needed, in milliseconds. */
  readonly elapsedMillis: number
}

/** Source maps of canonical texts, version 3, by path in the package. */
export type SourceMaps = Readonly<Record<string, SourceMap>>

/** A function that can be packaged. */
export interface PackageableFunction {
  /** For `entry`: `src/a.ts#main`, `src/a.ts#Class.method`, `src/a.ts#default`. */
  readonly reference: string
  readonly file: string
  readonly name: string
  readonly exported: boolean
  readonly isAsync: boolean
  readonly isGenerator: boolean
  readonly parameters: ReadonlyArray<string>
  readonly range: PlaceRange
}

/** The functions of all modules, by file and place; a file that cannot be read has a remark instead. */
export interface FunctionList {
  readonly functions: ReadonlyArray<PackageableFunction>
  readonly diagnostics: ReadonlyArray<Remark>
}

/** A file of a package that was opened. */
export interface InspectedFile {
  readonly path: string
  readonly mode: string
  readonly sizeBytes: number
  readonly compressedBytes: number
  readonly sha256: string
  /** The text of a file that is UTF-8 of at most 1 MiB. */
  readonly text: string | undefined
}

/** A package that was opened; every byte of it is verified. */
export interface Inspection {
  readonly packageId: string
  readonly digest: string
  readonly sizeBytes: number
  readonly manifest: Manifest
  readonly manifestText: string
  readonly metadata: Metadata
  readonly files: ReadonlyArray<InspectedFile>
}

/** What makes two IDs differ, and the same as text in the manner of `diff -u`. */
export interface Comparison extends PackageDiff {
  readonly text: string
}

/** Why something is in the package, or why not. */
export interface Explained {
  readonly subject: string
  readonly kind: "file" | "declaration" | "package"
  readonly inPackage: boolean
  /** From the function to the subject. */
  readonly steps: ReadonlyArray<WhyStep>
  readonly decisions: ReadonlyArray<DecisionRemark>
  readonly declarations: ReadonlyArray<WhyStep>
}
