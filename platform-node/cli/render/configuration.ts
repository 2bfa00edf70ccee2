/**
 * The configuration, key by key. Secrets print themselves as `<redacted>`.
 */
import * as ConfigurationKey from "../../../core/config/ConfigurationKey.ts"
import type { ResolvedConfiguration } from "../../../core/config/resolveConfiguration.ts"
import { describe, type Sourced } from "../../../core/config/Sourced.ts"
import type { Style } from "./Style.ts"
import { table, visible, wrap } from "./Text.ts"

const textColumns = 100

/** All that the command line can say here is the profile. */
const originOf = ({ origin }: Sourced<unknown>): string => origin._tag === "Call" ? "--cluster" : describe(origin)

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.length === 0 ? "none" : value.map(String).join(", ") : String(value)

/** What `clustrix config show` prints: keys as files have them. */
export const configurationLines = (
  { files, profile, profiles, values }: ResolvedConfiguration,
  style: Style
): ReadonlyArray<string> => {
  const row = (key: string, sourced: Sourced<unknown>): ReadonlyArray<string> => [
    style.cyan(key),
    visible(textOf(sourced.value)),
    style.dim(visible(originOf(sourced)))
  ]
  const rows = ConfigurationKey.keys.flatMap(({ name, snakeCase }) => {
    const sourced = values.get(name)
    return sourced === undefined ? [] : [row(snakeCase, sourced)]
  })
  const unset = ConfigurationKey.keys.filter(({ name }) => !values.has(name)).map(({ snakeCase }) => snakeCase)
  const remark = (text: string): ReadonlyArray<string> => wrap(visible(text), textColumns).map(style.dim)
  return [
    ...table([...(profile === undefined ? [] : [row("profile", profile)]), ...rows], { indent: 0 }),
    "",
    ...(unset.length === 0 ? [] : remark(`Not set: ${unset.join(", ")}`)),
    ...(profiles.length === 0 ? [] : remark(`Profiles: ${profiles.join(", ")}`)),
    ...remark(`Files: ${files.length === 0 ? "none" : files.join(", ")}`)
  ]
}

/** The same as JSON: keys as programs have them. */
export const configurationJson = ({ files, profile, profiles, values }: ResolvedConfiguration) => {
  const entry = (sourced: Sourced<unknown>) => ({
    value: sourced.value,
    origin: originOf(sourced),
    ...(sourced.origin._tag === "File"
      ? {
        location: {
          file: sourced.origin.location.file,
          line: sourced.origin.location.line,
          column: sourced.origin.location.column
        }
      }
      : {})
  })
  return {
    ...(profile === undefined ? {} : { profile: entry(profile) }),
    profiles,
    files,
    values: Object.fromEntries([...values].map(([name, sourced]) => [name, entry(sourced)]))
  }
}
