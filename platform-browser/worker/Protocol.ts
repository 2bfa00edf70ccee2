/**
 * What page and packaging worker say to each other: plain data over `postMessage`.
 *
 * A page asks with a `Request` that has a number, and may `Cancel` it; the worker answers with one `Answer` of that number.
 * Files are sent as what changed since the last message: a keystroke sends one file.
 */
import type { PackageOptionsInput } from "../../core/packaging/PackageOptions.ts"
import type { LinkedProgram } from "../run/LinkedProgram.ts"
import type * as PackageAnalysis from "./PackageAnalysis.ts"

/** How far the parser is, in bytes as they are counted after decompression; `totalBytes` where it is known. */
export interface LoadProgress {
  readonly receivedBytes: number
  readonly totalBytes: number | undefined
  /** What the network carries in all, where the answer is compressed and says it. */
  readonly transferBytes: number | undefined
  /** Whether the bytes came from this page's own cache. */
  readonly cached: boolean
}

/** A function of the files that were sent. */
export interface FunctionRequest {
  /** `src/a.ts#main`, `src/a.ts:12:3`; relative to the root of the files. */
  readonly entry: string
  readonly options: PackageOptionsInput
}

/** What can be asked, and what is answered. */
export interface Methods {
  readonly load: {
    readonly input: { readonly wasmUrl: string; readonly wasmBytes: number | undefined }
    readonly output: undefined
  }
  readonly package: { readonly input: FunctionRequest; readonly output: PackageAnalysis.PackageAnalysis }
  readonly sourceMaps: { readonly input: FunctionRequest; readonly output: PackageAnalysis.SourceMaps }
  readonly mapStacks: {
    readonly input: FunctionRequest & { readonly stacks: ReadonlyArray<string> }
    readonly output: ReadonlyArray<string>
  }
  readonly explain: {
    readonly input: FunctionRequest & { readonly what: string }
    readonly output: PackageAnalysis.Explained
  }
  readonly functionsOf: { readonly input: undefined; readonly output: PackageAnalysis.FunctionList }
  readonly inspect: { readonly input: { readonly zip: Uint8Array }; readonly output: PackageAnalysis.Inspection }
  readonly read: {
    readonly input: { readonly zip: Uint8Array; readonly path: string }
    readonly output: Uint8Array<ArrayBuffer>
  }
  readonly diff: {
    readonly input: { readonly before: Uint8Array; readonly after: Uint8Array }
    readonly output: PackageAnalysis.Comparison
  }
  readonly link: { readonly input: { readonly zip: Uint8Array }; readonly output: LinkedProgram }
}

export type Method = keyof Methods

/** What changed in the files; `undefined` is a file that is gone. */
export type FileChanges = Readonly<Record<string, string | Uint8Array | undefined>>

export type Request = {
  readonly [M in Method]: {
    readonly type: "request"
    readonly id: number
    readonly method: M
    readonly input: Methods[M]["input"]
    /** Holds from this request on; `undefined` when nothing changed. */
    readonly changes: FileChanges | undefined
  }
}[Method]

export interface Cancel {
  readonly type: "cancel"
  readonly id: number
}

export type ToWorker = Request | Cancel

export type FromWorker =
  /** The first message: the worker's script has been loaded. */
  | { readonly type: "ready" }
  | { readonly type: "success"; readonly id: number; readonly output: Methods[Method]["output"] }
  | { readonly type: "failure"; readonly id: number; readonly remark: PackageAnalysis.Remark }
  | { readonly type: "progress"; readonly id: number; readonly progress: LoadProgress }
