/**
 * Settings from environment variables: `CLUSTRIX_CLUSTER_HOST` and so on, one for each key, and `CLUSTRIX_PROFILE`. One
 * that is empty counts as not set.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type ConfigurationError, fromProblems } from "./ConfigurationError.ts"
import * as ConfigurationKey from "./ConfigurationKey.ts"
import * as Settings from "./Settings.ts"

export const profileVariable = "CLUSTRIX_PROFILE"

const variable = (name: string): Effect.Effect<string | undefined> =>
  Config.option(Config.nonEmptyString(name)).pipe(
    Effect.map(Option.getOrUndefined),
    Effect.orElseSucceed(() => undefined)
  )

export const read: Effect.Effect<Settings.Settings, ConfigurationError> = Effect.gen(function*() {
  const entries: Array<Settings.Entry> = []
  for (const key of ConfigurationKey.keys) {
    const text = yield* variable(key.variable)
    if (text === undefined) continue
    entries.push({
      spelling: key.name,
      origin: { _tag: "Environment", variable: key.variable },
      value: () => ConfigurationKey.fromText(key, text)
    })
  }
  const { problems, values } = Settings.check(entries)
  const error = fromProblems(problems)
  if (error !== undefined) return yield* error
  const profile = yield* variable(profileVariable)
  return {
    profile: profile === undefined
      ? undefined
      : { value: profile, origin: { _tag: "Environment", variable: profileVariable } },
    values
  }
})
