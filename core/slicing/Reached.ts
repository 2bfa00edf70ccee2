/**
 * What the analysis found a function to need: the result of the graph stage, the input of the slices.
 */
import type { Diagnostic } from "../diagnostics/Diagnostic.ts"
import type { Resolution } from "../resolution/ModuleResolver.ts"
import type { Provision } from "./Exports.ts"
import type { CodeModule, JsonModule } from "../modules/Module.ts"
import type { Decision, NodeId, Reason } from "../modules/Reason.ts"

/** The function that was asked for, as a place in a module. */
export type Entry = /** A top-level name, or a function under it (`Class.method`, `table.run`). */
  {
    readonly _tag: "Binding"
    readonly module: CodeModule
    readonly local: string
    readonly path: ReadonlyArray<string>
  }

/** A code module of which something is reached. */
export interface ReachedModule {
  readonly module: CodeModule
  /** Indices of the items that go along. */
  readonly items: Set<number>
  /** Local names of the imports that go along. */
  readonly imports: Set<string>
  /** Offsets of the imports that go along for what evaluating their modules does. */
  readonly effects: Set<number>
  /** Local names that other modules link to (and the entry). */
  readonly links: Set<string>
  /** Exported names that other modules ask for under just this name. */
  readonly exports: Map<string, Provision>
  /** `export * from` declarations that stay, by index: nothing tells which names they provide. */
  readonly stars: Set<number>
  /** Whether code sees the namespace object of the module, with the names that it has. */
  hasNamespace: boolean
  whole: boolean
}

/** A JSON module and how it is asked for: as a module, by `require` (then its file goes along as it is), or both. */
export interface ReachedJson {
  readonly module: JsonModule
  imported: boolean
  required: boolean
  /** Whether something imports names of it beside the default. */
  named: boolean
}

/** A module of another package that the kept code asks for. */
export interface ExternalRequest {
  readonly resolution: Extract<Resolution, { readonly _tag: "Package" | "Builtin" }>
  readonly specifier: string
  readonly kind: "import" | "require"
  readonly module: CodeModule
  readonly offset: number
  /** The names that are used: `"*"` for the namespace, none for a bare import. */
  readonly names: ReadonlySet<string>
}

/** A cluster file system function that the kept code uses. */
export interface ClustrixUse {
  readonly module: CodeModule
  readonly name: string
  readonly offset: number
}

/** A specifier of a module that is resolved when the module is loaded. */
export interface StaticRequest {
  readonly specifier: string
  readonly offset: number
  readonly bare: boolean
}

/** A module that another one imports when it is loaded. */
export interface StaticEdge {
  readonly request: StaticRequest
  readonly path: string
}

/** Which modules have to be loaded although nothing of them may be named. */
export interface Evaluation {
  /** Paths of the modules whose imports keep the program's order. */
  readonly ordered: ReadonlySet<string>
  /** For each of them the imports that have to stay. */
  readonly requests: ReadonlyMap<string, ReadonlyArray<StaticEdge>>
}

export interface Reached {
  readonly entry: Entry
  /** By absolute path, in the order in which they were reached. */
  readonly modules: ReadonlyMap<string, ReachedModule>
  /** Which modules have to be loaded, in which order. */
  readonly evaluation: Evaluation
  readonly json: ReadonlyMap<string, ReachedJson>
  readonly externals: ReadonlyArray<ExternalRequest>
  readonly clustrix: ReadonlyArray<ClustrixUse>
  readonly reasons: ReadonlyMap<NodeId, Reason>
  readonly decisions: ReadonlyArray<Decision>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}
