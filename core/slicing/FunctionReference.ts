/**
 * How a function is named without running its module.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Quotation from "../diagnostics/Quotation.ts"
import { FunctionNotPackageableError } from "./NotPackageable.ts"

/** A function in a file, by name: `default`, a top-level name, `Class.staticMethod`. */
export class NamedReference extends Schema.TaggedClass<NamedReference>()("NamedReference", {
  /** Path of the file, absolute or relative to where the caller stands. */
  file: Schema.String,
  name: Schema.NonEmptyString
}) {
  override toString(): string {
    return `${this.file}#${this.name}`
  }
}

/** The function at a position of a file; line and column count from 1. */
export class PositionReference extends Schema.TaggedClass<PositionReference>()("PositionReference", {
  file: Schema.String,
  line: Schema.Int.pipe(Schema.positive()),
  column: Schema.optional(Schema.Int.pipe(Schema.positive()))
}) {
  override toString(): string {
    return `${this.file}:${this.line}${this.column === undefined ? "" : `:${this.column}`}`
  }
}

/** Any way of naming a function by reference. */
export const FunctionReference = Schema.Union(NamedReference, PositionReference)
export type FunctionReference = typeof FunctionReference.Type

/**
 * Reads `FILE#NAME`, `FILE:LINE` or `FILE:LINE:COLUMN`.
 *
 * @example
 * parse("src/analysis.ts#mainAnalysis")
 */
export const parse = (text: string): Effect.Effect<FunctionReference, FunctionNotPackageableError> =>
  Effect.suspend((): Effect.Effect<FunctionReference, FunctionNotPackageableError> => {
    const hash = text.lastIndexOf("#")
    const file = text.slice(0, hash)
    const name = text.slice(hash + 1)
    if (hash > 0 && name !== "") {
      return file.startsWith("node:")
        ? new FunctionNotPackageableError({
          reason: "Native",
          reference: text,
          what: `Cannot get source of ${text}`,
          why: `\`${name}\` is a function of the runtime itself; it has no TypeScript or JavaScript source to package.`,
          remedy: "Wrap the call in a function of your own and package that."
        })
        : Effect.succeed(new NamedReference({ file, name }))
    }
    const position = /^(.+?):(\d+)(?::(\d+))?$/.exec(text)
    const line = Number(position?.[2] ?? 0)
    const column = position?.[3] === undefined ? undefined : Number(position[3])
    if (position?.[1] !== undefined && line > 0 && column !== 0) {
      return Effect.succeed(
        new PositionReference({ file: position[1], line, ...(column === undefined ? {} : { column }) })
      )
    }
    return new FunctionNotPackageableError({
      reason: "InvalidReference",
      reference: text,
      what: `${Quotation.quoted(text)} names no function`,
      why: "A function is named by its file and its name, or by a position in the file.",
      remedy:
        "Write FILE#NAME (src/analysis.ts#mainAnalysis, src/a.ts#default, src/a.ts#Class.method) or FILE:LINE:COLUMN."
    })
  })
