/**
 * From a specifier in a module to what it names, as TypeScript and Node resolve it.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"

/** How the module asks: `import` (static, dynamic, re-export) or `require`. They resolve under different conditions. */
export type RequestKind = "import" | "require"

/** The compiler options of the tsconfig.json that governs a file, as far as they change what its code does. */
export interface CompilerOptions {
  readonly jsx?: "preserve" | "react" | "react-jsx" | "react-jsxdev" | "react-native"
  readonly jsxFactory?: string
  readonly jsxFragmentFactory?: string
  readonly jsxImportSource?: string
  readonly experimentalDecorators: boolean
  readonly emitDecoratorMetadata: boolean
  readonly useDefineForClassFields: boolean
  readonly verbatimModuleSyntax: boolean
}

/** The syntax and module system of a source file, from its extension and the nearest package.json. */
export interface SourceKind {
  readonly language: "typescript" | "javascript" | "json"
  readonly jsx: boolean
  /** What extension and package.json say; `undefined` where they leave it to the syntax (a `.js` or `.ts` without `"type"`). */
  readonly moduleSystem: "esm" | "commonjs" | undefined
}

/** A package.json and the directory it governs. */
export interface PackageScope {
  /** Absolute real path of the directory. */
  readonly directory: string
  readonly name: string | undefined
  readonly version: string | undefined
  readonly type: "module" | "commonjs" | undefined
}

export type Resolution =
  /** A file of the project, or of another workspace package; `path` is its absolute real path. */
  | { readonly _tag: "Source"; readonly path: string }
  /** A module of an installed npm package. `name` is the key under which it is installed (an alias keeps its alias). */
  | {
    readonly _tag: "Package"
    readonly name: string
    /**
     * The bare specifier that names the module in a package: as written, or what an `imports` key or tsconfig path that
     * leads there stands for (`name`, `name/sub/path`). For an import that leaves out what Node's loader of ES modules
     * wants to read, completed: `lodash/fp` of a package without `exports` is `lodash/fp.js`.
     */
    readonly specifier: string
    /** Absolute real path of the installed package's directory, where it is installed. */
    readonly directory: string | undefined
    /** From the installed package.json. */
    readonly version: string | undefined
    /** Absolute real path of the file that Node would load. */
    readonly path: string | undefined
  }
  /** A module of Node itself; `name` always begins with `node:`. */
  | { readonly _tag: "Builtin"; readonly name: string }

export class ResolutionError extends Schema.TaggedError<ResolutionError>()("ResolutionError", {
  reason: Schema.Literal("NotFound", "NotExported", "InvalidSpecifier", "InvalidConfiguration", "Unreadable"),
  specifier: Schema.String,
  referrer: Schema.String,
  /** Files that were looked for, in order, as a person names them. */
  tried: Schema.optional(Schema.Array(Schema.String)),
  /** Names that would have been answered: near ones for `NotFound`, all for `NotExported`. */
  available: Schema.optional(Schema.Array(Schema.String)),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export class ModuleResolver extends Context.Tag("clustrix/ModuleResolver")<ModuleResolver, {
  /** Resolves `specifier` as written in the module at absolute real path `referrer`. */
  readonly resolve: (
    specifier: string,
    referrer: string,
    kind: RequestKind
  ) => Effect.Effect<Resolution, ResolutionError>
  /** What kind of source the file at `path` is. */
  readonly sourceKind: (path: string) => Effect.Effect<SourceKind, ResolutionError>
  /** The compiler options that hold for the file at `path` (nearest tsconfig.json, `extends` and references followed). */
  readonly compilerOptions: (path: string) => Effect.Effect<CompilerOptions, ResolutionError>
  /** The nearest package.json *with a name* above `path`, inside the enclosing workspace or repository. */
  readonly namedScope: (path: string) => Effect.Effect<PackageScope | undefined, ResolutionError>
  /** Whether the `sideEffects` field of package.json says that the file may be left out where none of its names is used. */
  readonly isFreeOfSideEffects: (path: string) => Effect.Effect<boolean, ResolutionError>
  /** The top of the workspace or repository that encloses the file at `path`, else of its outermost package. */
  readonly projectRoot: (path: string) => Effect.Effect<string | undefined, ResolutionError>
}>() {}
