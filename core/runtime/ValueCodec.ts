/**
 * Structured-clone values as text, for Effect programs. What is carried: {@link file://./ValueText.ts}.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as BoundedJson from "../archive/BoundedJson.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import * as Quotation from "../diagnostics/Quotation.ts"
import * as ValueNotation from "./ValueNotation.ts"
import * as ValueText from "./ValueText.ts"

/** A value that cannot cross between machines. `path` names the part: `$.a.b[2]`. */
export class ValueNotCarriedError extends Schema.TaggedError<ValueNotCarriedError>()("ValueNotCarriedError", {
  path: Schema.String,
  kind: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** A text that is no value text. */
export class ValueTextError extends Schema.TaggedError<ValueTextError>()("ValueTextError", Explanation.fields) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** What only the host can say of a value. By default nothing is a proxy; `clustrix/node` knows better. */
export class ValueInspection extends Context.Reference<ValueInspection>()("clustrix/ValueInspection", {
  defaultValue: (): { readonly isProxy: (value: object) => boolean } => ({ isProxy: () => false })
}) {}

export const refused = (subject: string, refusal: ValueText.Refusal): ValueNotCarriedError =>
  new ValueNotCarriedError({
    path: refusal.path,
    kind: refusal.kind,
    what: `${subject} cannot be carried: ${Quotation.plain(refusal.path)} is ${Quotation.plain(refusal.description)}`,
    why: `What structured clone takes crosses between machines; this is a ${Quotation.plain(refusal.kind)}.`,
    remedy: refusal.kind === "class instance"
      ? "Pass a plain object with its data, and make the instance on the other side."
      : refusal.kind === "promise"
      ? "Await it first."
      : "Leave it out, or pass the data that it is made of."
  })

/** The text of `value`. `subject` names it in the error: "The arguments". */
export const encode = (
  value: unknown,
  options: { readonly subject?: string; readonly errorStacks?: boolean } = {}
): Effect.Effect<string, ValueNotCarriedError> =>
  Effect.flatMap(ValueInspection, ({ isProxy }) => {
    const encoded = ValueText.encode(value, { isProxy, errorStacks: options.errorStacks })
    return encoded.ok
      ? Effect.succeed(encoded.text)
      : Effect.fail(refused(options.subject ?? "The value", encoded.refusal))
  })

/** No notation of a value is nested deeper: its parts refer to each other by their numbers. */
const textLimits: BoundedJson.Limits = { bytes: Infinity, depth: 2, elements: Infinity, stringBytes: Infinity }

const unreadable = (why: string, cause?: unknown): ValueTextError =>
  new ValueTextError({
    what: "The text is not a carried value",
    why: Quotation.plain(why),
    remedy: "It was written by another version of Clustrix, or it was changed.",
    ...(cause === undefined ? {} : { cause })
  })

/** The value of a text that {@link encode} wrote. */
export const decode = (text: string): Effect.Effect<unknown, ValueTextError> =>
  Effect.suspend(() => {
    const excess = BoundedJson.excess(text, textLimits)
    return excess === undefined
      ? Effect.try({
        try: () => ValueText.decode(text),
        catch: (cause) => unreadable(cause instanceof Error ? cause.message : String(cause), cause)
      })
      : Effect.fail(unreadable(excess))
  })

/** What is wrong with a text that somebody else says is a value's; `undefined`: nothing. No value is made of it. */
export const textFlaw = (text: string): string | undefined => {
  const excess = BoundedJson.excess(text, textLimits)
  if (excess !== undefined) return excess.replace(/^I/, "i").replace(/\.$/, "")
  try {
    return ValueNotation.flaw(JSON.parse(text))
  } catch {
    // JSON.parse throws for nothing else, and its message quotes the text
    return "it is not JSON"
  }
}
