/**
 * What the analysis keeps of one module: plain JSON, a pure function of the module's text, cached by content digest.
 * The syntax tree itself is not kept.
 *
 * All offsets are UTF-16 code units into the module's text.
 */
import type { AssetReference, ModuleFolds } from "../data-files/AssetReference.ts"
import type { Constraints } from "./Constraints.ts"
import type { InnerFunction } from "./InnerFunction.ts"

/** `[start, end)` in the module's text. */
export type Range = readonly [start: number, end: number]

/** A use of a top-level binding (or import) of the module in value position. */
export interface Reference {
  readonly name: string
  /** The property when the binding is used as `name.member` and nothing else. */
  readonly member: string | undefined
  readonly offset: number
  /** Whether evaluating the module runs this use; else a call does. */
  readonly eager: boolean
}

/** A use of a name that the module does not declare. */
export interface GlobalReference {
  readonly name: string
  readonly offset: number
  /** The code asks for `typeof name` somewhere: it is prepared for an undeclared name. */
  readonly guarded: boolean
}

/** A request for another module from inside code. */
export interface CodeRequest {
  readonly kind: "dynamic-import" | "require" | "require-resolve" | "import-meta-resolve" | "worker"
  /** `undefined` when it is not a constant. */
  readonly specifier: string | undefined
  /** Of the specifier's expression. */
  readonly range: Range
  /** Where the call begins. */
  readonly offset: number
  /** Of the second argument of a dynamic import, and the comma before it. */
  readonly attributes?: Range | undefined
  /** The code is prepared for a module that is not there: the call stands in a `try`. */
  readonly optional: boolean
  /** The text of the specifier has other uses, too, and must stay as it is. */
  readonly isFixed?: boolean | undefined
  /** It is asked for by a `require` that the module makes for itself. */
  readonly isCreated?: boolean | undefined
  /** `require` itself is handed on to where its calls cannot be seen. */
  readonly escapes?: boolean | undefined
}

/** `import.meta.url` and kin; replaced so that they name the place under the original file name. */
export interface PlaceReference {
  readonly kind: "url" | "dirname" | "filename" | "__dirname" | "__filename"
  readonly range: Range
  /** It is a property as well: `{ __dirname }`. */
  readonly shorthand?: boolean | undefined
}

/** Text that never enters the package: a peeled wrapper's options, a dropped decorator. */
export interface Cut {
  readonly range: Range
  /** What stands there instead. */
  readonly replacement: string
}

/** What a declaration is, as far as the question "can it be the entry?" needs it. */
export type Callable = "function" | "class" | "value" | "unknown"

/** A function that hangs on a class or a constant object. */
export interface Method {
  readonly name: string
  readonly range: Range
  readonly signature: Signature
}

/** What a function's own text says about calling it. */
export interface Signature {
  readonly isAsync: boolean
  readonly isGenerator: boolean
  /** Names of the parameters; a pattern gives `{}` or `[]`, a rest parameter `...name`. */
  readonly parameters: ReadonlyArray<string>
}

/** The unit of the slice: one declaration, one declarator, or one statement of a module's top level. */
export interface Item {
  readonly index: number
  readonly kind:
    | "function"
    | "class"
    | "variable"
    | "enum"
    | "namespace"
    | "default"
    | "import-equals"
    | "statement"
    | "captured"
  /** The whole text of the item, for locations. */
  readonly range: Range
  /** The text that goes along: without `export`, with decorators written before it. */
  readonly keep: ReadonlyArray<Range>
  /** Text to put before and after the kept text (a declarator of `const a = 1, b = 2` becomes a statement of its own). */
  readonly prefix: string
  readonly suffix: string
  readonly declares: ReadonlyArray<string>
  readonly callable: Callable
  /** What a value is, for messages: "a number", "an object". */
  readonly describes: string
  /** Static methods of a class, methods of a constant object. */
  readonly methods: ReadonlyArray<Method>
  /** The binding that `cluster(options)(binding)` wraps: it is the entry, not this one. */
  readonly wraps: string | undefined
  /** How the function is written, for inspection. */
  readonly signature: Signature | undefined
  readonly references: ReadonlyArray<Reference>
  readonly globals: ReadonlyArray<GlobalReference>
  readonly requests: ReadonlyArray<CodeRequest>
  readonly places: ReadonlyArray<PlaceReference>
  readonly cuts: ReadonlyArray<Cut>
  readonly assets: ReadonlyArray<AssetReference>
  readonly jsx: boolean
  /** Names used only in type annotations of decorated members; values under `emitDecoratorMetadata`. */
  readonly metadataTypes: ReadonlyArray<string>
  /** `eval(...)`: what it names cannot be seen. */
  readonly evaluates: ReadonlyArray<number>
  /** Calls that change how Node finds and reads modules. */
  readonly loaderHooks: ReadonlyArray<number>
  /** Whether evaluating it awaits something: meanwhile other modules are evaluated. */
  readonly awaits: boolean
  /** Of an item of kind `captured`, a function that stands somewhere inside the module's others. */
  readonly inner?: InnerFunction | undefined
  /** Of a default export that has the value of a binding at one moment, the name of the binding. */
  readonly snapshotOf?: string | undefined
}

/** One name that an import declaration binds. */
export interface ImportBinding {
  readonly local: string
  /** `"*"` for a namespace, `"default"` for a default import. */
  readonly imported: string
}

export interface ImportRequest {
  readonly specifier: string
  readonly offset: number
  /** Value bindings only. */
  readonly bindings: ReadonlyArray<ImportBinding>
  /** `import "x"`: for its effects alone. */
  readonly bare: boolean
  /** `import x = require("y")`. */
  readonly require: boolean
}

/** One exported name. `from` is the specifier of a re-export. */
export interface ExportRecord {
  readonly exported: string
  /** The local binding, or with `from` the name there; `"*"` for `export * as ns from`. */
  readonly local: string
  readonly from: string | undefined
  readonly offset: number
}

/** `export * from "x"`. */
export interface StarExport {
  readonly specifier: string
  readonly offset: number
}

/** JSX pragmas of the leading comments, which the canonical text keeps. */
export interface Pragmas {
  readonly runtime: string | undefined
  readonly importSource: string | undefined
  readonly factory: string | undefined
  readonly fragment: string | undefined
}

/** A name that vanishes: an interface, a type alias, an ambient declaration, an import or export marked `type`. */
export interface TypeName {
  readonly name: string
  /** Where the statement that introduces it begins. */
  readonly offset: number
  /** Said with `declare`: a value, which something else has to bring. */
  readonly ambient: boolean
}

/** A name that a CommonJS module gives a value; `default` is `module.exports` itself. */
export interface CommonJsExport {
  readonly name: string
  /** The variable that it is given, if it is one. */
  readonly local: string | undefined
  /** Where the function begins that stands there, if one does. */
  readonly functionOffset: number | undefined
}

export interface ModuleRecord {
  readonly system: "esm" | "commonjs"
  /** Empty for ES modules. */
  readonly commonJsExports: ReadonlyArray<CommonJsExport>
  /** What a CommonJS module declares at its top level; empty for ES modules. */
  readonly commonJsNames: ReadonlyArray<string>
  readonly items: ReadonlyArray<Item>
  readonly imports: ReadonlyArray<ImportRequest>
  readonly exports: ReadonlyArray<ExportRecord>
  readonly stars: ReadonlyArray<StarExport>
  readonly types: ReadonlyArray<TypeName>
  readonly pragmas: Pragmas
  /** What the top-level bindings may be, as far as paths go. */
  readonly folds: ModuleFolds
  /** What the code does with values. */
  readonly constraints: Constraints
}

/** The local name under which an anonymous default export is known. */
export const anonymousDefault = "*default*"
