/**
 * A captured value that no package can carry, and what holds it.
 */
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"
import type { AnyFunction } from "./FunctionLocator.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"

export class CapturedValueError extends Schema.TaggedError<CapturedValueError>()("CapturedValueError", {
  /** What holds it, from the function that was asked for: `["main captures query", "query captures db"]`. */
  chain: Schema.Array(Schema.String),
  /** What it is: `a Socket`. */
  kind: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** Who holds a value, from the outside in. */
export interface Holder {
  readonly outer: Holder | undefined
  /** `main captures query`. */
  readonly says: string
  readonly fn: AnyFunction | undefined
}

/** A value, how people reach it from a variable, and who holds it. */
export interface HeldValue {
  readonly value: unknown
  readonly path: string
  readonly holder: Holder | undefined
}

/** Why a value cannot be carried. */
export interface Refusal {
  readonly description: string
  readonly why: string
  readonly remedy: string
}

const chainOf = (holder: Holder | undefined): ReadonlyArray<string> => {
  const chain: Array<string> = []
  for (let at = holder; at !== undefined; at = at.outer) if (at.says !== "") chain.push(at.says)
  return chain.reverse()
}

export const labelOf = (fn: object): string => {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, "name")?.value
  return typeof name === "string" && name !== "" ? name : "the function"
}

/** The error for a value that is held there. An empty path is the function itself that was asked for. */
export const refuse = (
  { holder, path, value }: HeldValue,
  { description, remedy, why }: Refusal,
  location?: SourceLocation
): CapturedValueError => {
  const chain = chainOf(holder)
  return new CapturedValueError({
    chain,
    kind: description,
    what: path === "" ? `${labelOf(Object(value))} is ${description}`
      : `${path} is ${description}, which cannot be carried`,
    location,
    why: chain.length === 0 ? why : `${chain.join("; ")}. ${why}`,
    remedy
  })
}
