/**
 * A text on its way from the slice to the canonical text, and what leads back.
 */
import remapping from "@jridgewell/remapping"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Ast from "../../language/Ast.ts"
import { type Source, SourceParser } from "../../language/SourceParser.ts"

/** A text and the maps that lead from it to the text before each step, the last step first. */
export interface Step {
  readonly source: Source
  readonly maps: ReadonlyArray<string>
}

/** A text and its tree. */
export interface Parsed {
  readonly step: Step
  readonly module: Ast.Module
}

/** A construct whose text reads as another one after a step. */
export class Unfaithful extends Data.TaggedError("Unfaithful")<{
  /** The text before the step. */
  readonly step: Step
  readonly offset: number
  /** The type of the node, where it is known. */
  readonly construct?: string
  readonly why: string
}> {}

/** Parses what `step` has led to: its syntax errors are no faults of the source. */
export const parse = (step: Step): Effect.Effect<Parsed, Unfaithful, SourceParser> =>
  Effect.flatMap(SourceParser, (parser) => parser.parse(step.source)).pipe(
    Effect.map((module) => ({ step, module })),
    Effect.mapError((error) => {
      const { column = 1, line = 1 } = error.location ?? {}
      const lines = step.source.text.split("\n")
      const offset = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1
      return new Unfaithful({ step, offset, why: `Its text is no longer valid: ${error.what}.` })
    })
  )

/** JavaScript that `before` has become. */
export const become = (before: Step, text: string, map: string | undefined): Step => ({
  source: {
    file: before.source.file,
    text,
    language: "javascript",
    jsx: false,
    moduleSystem: before.source.moduleSystem
  },
  maps: map === undefined ? before.maps : [map, ...before.maps]
})

/** JSON of the map from the last text to the first, which is called `file`. */
export const composed = (file: string, maps: ReadonlyArray<string>): string => {
  const { mappings, names } = remapping([...maps], () => null)
  return JSON.stringify({ version: 3, sources: [file], names, mappings })
}
