/**
 * The one reader of JSON documents that others wrote: bounded before anything is built, checked by a schema, and with a message
 * that quotes little of what it was given.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import type { ParseOptions } from "effect/SchemaAST"
import * as Quotation from "../diagnostics/Quotation.ts"
import * as BoundedJson from "./BoundedJson.ts"

/** `TooLarge`: beyond a limit. `NotJson`: cannot be parsed. `Unexpected`: JSON of another shape. */
export class ForeignJsonError extends Schema.TaggedError<ForeignJsonError>()("ForeignJsonError", {
  reason: Schema.Literal("TooLarge", "NotJson", "Unexpected"),
  why: Schema.String
}) {
  override get message(): string {
    return this.why
  }
}

/** Flaws that are told of one document. */
const mostFlaws = 3

/**
 * Flaws of one place, each "Expected A, actual V": the alternatives of a union are one flaw, and that an optional value may be left
 * out is nobody's news.
 */
const merged = (messages: ReadonlyArray<string>): ReadonlyArray<string> => {
  const alternatives = new Map<string, Array<string>>()
  const others: Array<string> = []
  for (const message of messages) {
    const [, expected, actual] = /^Expected (.*?), actual (.*)$/s.exec(message) ?? []
    if (expected === undefined || actual === undefined) others.push(message)
    else alternatives.set(actual, [...alternatives.get(actual) ?? [], expected])
  }
  const told = [...alternatives].flatMap(([actual, expected]) => {
    const asked = expected.filter((each) => each !== "undefined")
    if (asked.length === 0) return others.length > 0 ? [] : [`Expected undefined, actual ${actual}`]
    return [`Expected ${asked.join(" | ")}, actual ${actual}`]
  })
  return [...others, ...told]
}

/** What is wrong with a value, one place on each line. */
export const flaws = (error: ParseResult.ParseError): string => {
  const places = new Map<string, Array<string>>()
  for (const { message, path } of ParseResult.ArrayFormatter.formatErrorSync(error)) {
    const place = path.slice(0, 20).map(String).join(".")
    places.set(place, [...places.get(place) ?? [], message])
  }
  const found = [...places].flatMap(([place, messages]) =>
    merged(messages).map((message) =>
      `${place === "" ? "" : `${Quotation.plain(place, 100)}: `}${Quotation.plain(message)}`
    )
  )
  const told = found.slice(0, mostFlaws)
  return [...told, ...(found.length > mostFlaws ? [`and ${found.length - mostFlaws} more`] : [])].join("\n")
}

/** {@link flaws} as an error. */
export const unexpected = (error: ParseResult.ParseError): ForeignJsonError =>
  new ForeignJsonError({ reason: "Unexpected", why: flaws(error) })

const notTaken = (error: unknown): ForeignJsonError =>
  error instanceof BoundedJson.BoundedJsonError
    ? new ForeignJsonError({ reason: error.reason, why: error.message })
    : new ForeignJsonError({ reason: "NotJson", why: Quotation.plain(String(error)) })

/** The value of `text`. */
export const parse = (text: string, limits: BoundedJson.Limits): Effect.Effect<unknown, ForeignJsonError> =>
  Effect.try({ try: () => BoundedJson.parse(text, limits), catch: notTaken })

/** The value of a text that was counted while it came; see {@link BoundedJson.counter}. */
export const parseCounted = (text: string): Effect.Effect<unknown, ForeignJsonError> =>
  Effect.try({ try: () => BoundedJson.parseCounted(text), catch: notTaken })

/** Reads a text as a document of `schema`. */
export const decoder = <A, I>(
  schema: Schema.Schema<A, I>,
  limits: BoundedJson.Limits,
  options?: ParseOptions
): (text: string) => Effect.Effect<A, ForeignJsonError> => {
  const decode = Schema.decodeUnknownEither(schema, options)
  return (text) => Effect.flatMap(parse(text, limits), (json) => Either.mapLeft(decode(json), unexpected))
}
