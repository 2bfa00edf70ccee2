/**
 * What can be wrong with a configuration.
 */
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"

/**
 * - `Unreadable`: the file system would not give a file.
 * - `SeveralFiles`: one directory holds several files of configuration.
 * - `InvalidSyntax`: a file is not in the language that its name tells.
 * - `UnknownKey`, `DuplicateKey`: a key that does not exist, or that is given twice, perhaps in another spelling.
 * - `InvalidValue`: the value of a key does not fit.
 * - `UnknownProfile`: the profile that is selected does not exist.
 */
export const Reason = Schema.Literal(
  "Unreadable",
  "SeveralFiles",
  "InvalidSyntax",
  "UnknownKey",
  "DuplicateKey",
  "InvalidValue",
  "UnknownProfile"
)
export type Reason = typeof Reason.Type

/** A configuration that cannot be used. No value of a secret is in it. */
export class ConfigurationError extends Schema.TaggedError<ConfigurationError>()("ConfigurationError", {
  reason: Reason,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** One mistake of several. */
export interface Problem extends Explanation.Explanation {
  readonly reason: Reason
}

const ended = (text: string): string => /[.?!:]$/.test(text) ? text : `${text}.`

const inOneLine = ({ location, remedy, what, why }: Problem): string =>
  `${location === undefined ? "" : `${location}: `}${
    [what, why, remedy].filter((part) => part !== undefined).map(ended).join(" ")
  }`

const inOrder = Order.combine(
  Order.mapInput(Order.number, ({ location }: Problem) => location?.line ?? 0),
  Order.mapInput(Order.number, ({ location }: Problem) => location?.column ?? 0)
)

/** One error that tells of all of them, in the order of the file; `undefined` if there are none. */
export const fromProblems = (problems: ReadonlyArray<Problem>): ConfigurationError | undefined => {
  const [first, ...others] = [...problems].sort(inOrder)
  return first === undefined ? undefined : new ConfigurationError(
    others.length === 0 ? first : {
      ...first,
      why: [...first.why === undefined ? [] : [first.why], "It is not the only mistake:", ...others.map(inOneLine)]
        .join("\n")
    }
  )
}

/**
 * `why` is in our own words: those of parsers repeat the text, which may hold a secret. For the same reason the error has
 * no cause.
 */
export const invalidSyntax = (language: string, location: SourceLocation, why: string): ConfigurationError =>
  new ConfigurationError({
    reason: "InvalidSyntax",
    what: `${location.file} is not valid ${language}`,
    location,
    why,
    remedy: "Correct the file."
  })
