/**
 * Settings that a program gives: to `configure()`, or with a call.
 */
import * as Either from "effect/Either"
import type * as ClusterConfig from "./ClusterConfig.ts"
import { ConfigurationError, fromProblems } from "./ConfigurationError.ts"
import * as Settings from "./Settings.ts"
import type { Origin } from "./Sourced.ts"

type Config = ClusterConfig.ClusterConfig
type Encoded = typeof ClusterConfig.ClusterConfig.Encoded

/** Any keys of a {@link Config}; secrets may be plain strings. A key that is `undefined` is as if it were not there. */
export type GivenConfiguration = {
  readonly [Key in keyof Config]?: Config[Key] | Encoded[Key] | undefined
}

/** Checks what a program gives. `undefined` for a key takes back what was said earlier in the same place. */
export const read = (
  given: GivenConfiguration & { readonly profile?: string | undefined },
  origin: Origin
): Either.Either<Settings.Settings, ConfigurationError> => {
  const { profile, ...keys } = given
  if (profile !== undefined && typeof profile !== "string") {
    return Either.left(
      new ConfigurationError({
        reason: "InvalidValue",
        what: "The profile is not named by a text",
        remedy: "Give the name of a profile."
      })
    )
  }
  const { problems, values } = Settings.check(
    Object.entries(keys).map(([spelling, value]) => ({ spelling, origin, value: () => value }))
  )
  const error = fromProblems(problems)
  return error === undefined
    ? Either.right({ profile: "profile" in given ? { value: profile, origin } : undefined, values })
    : Either.left(error)
}
