/**
 * SWC behind one door: text to syntax tree, text to lowered text.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"
import type { CompilerOptions } from "../resolution/ModuleResolver.ts"
import type * as Ast from "./Ast.ts"

/** The text of a module and how to read it. */
export interface Source {
  /** Named in errors only. */
  readonly file: string
  /** Without BOM, lines ended by `\n`. */
  readonly text: string
  readonly language: "typescript" | "javascript"
  readonly jsx: boolean
  /** Where it is known; else a text that is no module is tried as a CommonJS script (sloppy mode, `return` at the top). */
  readonly moduleSystem?: "esm" | "commonjs" | undefined
}

/** What SWC refused to parse, with its code frame in `why`. */
export class SourceSyntaxError extends Schema.TaggedError<SourceSyntaxError>()("SourceSyntaxError", {
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** Lowered text and, when asked for, the JSON of its source map to the text that went in. */
export interface Lowered {
  readonly code: string
  readonly map: string | undefined
}

export class SourceParser extends Context.Tag("clustrix/SourceParser")<SourceParser, {
  /** The syntax tree; spans are UTF-16 offsets into `source.text` (see {@link Ast}). */
  readonly parse: (source: Source) => Effect.Effect<Ast.Module, SourceSyntaxError>
  /**
   * Types away, decorators, JSX, enums, `using` lowered to ES2022; comments away. One line per statement is not promised.
   */
  readonly lower: (
    source: Source,
    compilerOptions: CompilerOptions,
    options: { readonly sourceMap: boolean }
  ) => Effect.Effect<Lowered, SourceSyntaxError>
}>() {}
