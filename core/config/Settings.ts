/**
 * Values from one place, checked key by key.
 */
import * as Either from "effect/Either"
import * as NearName from "../diagnostics/NearName.ts"
import type { Problem } from "./ConfigurationError.ts"
import * as ConfigurationKey from "./ConfigurationKey.ts"
import { describe, type Origin, type Sourced } from "./Sourced.ts"

/** What a place says. A value that is `undefined` counts as not said. */
export interface Settings {
  /** The profile that it selects. */
  readonly profile: Sourced<string | undefined> | undefined
  readonly values: ReadonlyMap<ConfigurationKey.KeyName, Sourced<unknown>>
}

export const none: Settings = { profile: undefined, values: new Map() }

/** `later` laid over `earlier`. */
export const overlay = (earlier: Settings, later: Settings): Settings => ({
  profile: later.profile ?? earlier.profile,
  values: new Map([...earlier.values, ...later.values])
})

/** A key as it is spelt in some place, with its value. */
export interface Entry {
  readonly spelling: string
  readonly origin: Origin
  /** As the key wants it; `undefined` or `null` when it is not set. */
  readonly value: (key: ConfigurationKey.ConfigurationKey) => unknown
}

/** An environment variable by its name, everything else by its key. */
const subject = ({ origin, spelling }: Entry): string =>
  origin._tag === "Environment"
    ? `The environment variable ${origin.variable}`
    : `The value of \`${spelling}\`${origin._tag === "Configure" ? " that configure() was given" : ""}`

export const locationOf = (origin: Origin): Pick<Problem, "location"> =>
  origin._tag === "File" ? { location: origin.location } : {}

/** A name of the user's own as far as it looks like one: what follows a forgotten space or quote may be a secret. */
export const shownName = (text: string): string => {
  const [name = ""] = /^[\w.-]*/.exec(text) ?? []
  return name === text ? text : `${name}…`
}

const unknownKey = ({ origin, spelling }: Entry): Problem => {
  const near = ConfigurationKey.near(spelling)
  return {
    reason: "UnknownKey",
    what: `There is no key \`${shownName(spelling)}\`${origin._tag === "File" ? "" : ` (${describe(origin)})`}`,
    ...locationOf(origin),
    remedy: near === undefined
      ? `The keys are ${ConfigurationKey.keys.map(({ snakeCase }) => snakeCase).join(", ")}.`
      : `Did you mean \`${near}\`?`
  }
}

const duplicateKey = ({ origin, spelling }: Entry, first: Entry): Problem => ({
  reason: "DuplicateKey",
  what: spelling === first.spelling
    ? `\`${spelling}\` is given twice`
    : `\`${spelling}\` and \`${first.spelling}\` are the same key`,
  ...locationOf(origin),
  ...(first.origin._tag === "File" ? { why: `The first stands at ${first.origin.location}.` } : {}),
  remedy: "Keep one of them."
})

const invalidValue = (
  entry: Entry,
  value: unknown,
  why: string,
  { choices }: ConfigurationKey.ConfigurationKey
): Problem => {
  const [near] = typeof value === "string" ? NearName.near(value, choices) : []
  return {
    reason: "InvalidValue",
    what: `${subject(entry)} cannot be used`,
    ...locationOf(entry.origin),
    why,
    remedy: near === undefined ? "Correct the value." : `Did you mean \`${near}\`?`
  }
}

/** Checks `entries`, which come from one place. Values with problems are left out. */
export const check = (
  entries: Iterable<Entry>
): { readonly values: Settings["values"]; readonly problems: ReadonlyArray<Problem> } => {
  const values = new Map<ConfigurationKey.KeyName, Sourced<unknown>>()
  const problems: Array<Problem> = []
  const seen = new Map<ConfigurationKey.KeyName, Entry>()
  for (const entry of entries) {
    const key = ConfigurationKey.bySpelling(entry.spelling)
    if (key === undefined) {
      problems.push(unknownKey(entry))
      continue
    }
    const first = seen.get(key.name)
    if (first !== undefined) {
      problems.push(duplicateKey(entry, first))
      continue
    }
    seen.set(key.name, entry)
    const { origin } = entry
    const value = entry.value(key) ?? undefined
    if (value === undefined) values.set(key.name, { value, origin })
    else {
      Either.match(key.decode(value), {
        onLeft: (why) => problems.push(invalidValue(entry, value, why, key)),
        onRight: (decoded) => values.set(key.name, { value: decoded, origin })
      })
    }
  }
  return { values, problems }
}
