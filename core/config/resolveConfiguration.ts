/**
 * One configuration from all the places that say something of it. The first of these that has a key decides:
 *
 *     the call's own options > configure() > environment variables
 *     > selected profile of the nearest file > its common keys > the same of the user's own file > defaults
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as ClusterConfig from "./ClusterConfig.ts"
import * as NearName from "../diagnostics/NearName.ts"
import * as ConfigurationFile from "./ConfigurationFile.ts"
import { ConfigurationError } from "./ConfigurationError.ts"
import * as ConfigurationKey from "./ConfigurationKey.ts"
import * as EnvironmentSettings from "./EnvironmentSettings.ts"
import * as Settings from "./Settings.ts"
import { describe, type Origin, type Sourced } from "./Sourced.ts"

/** The places. Environment variables are read through Effect's `Config`. */
export interface ConfigurationSources {
  readonly call?: Settings.Settings | undefined
  readonly configured?: Settings.Settings | undefined
  readonly nearestFile?: ConfigurationFile.ConfigurationText | undefined
  readonly userFile?: ConfigurationFile.ConfigurationText | undefined
  /** What a path of this machine means that comes from `origin`. By default itself. */
  readonly localPath?: ((path: string, origin: Origin) => string) | undefined
}

export interface ResolvedConfiguration {
  readonly config: ClusterConfig.ClusterConfig
  /** The keys that are set, in the order of the Schema. */
  readonly values: ReadonlyMap<ConfigurationKey.KeyName, Sourced<unknown>>
  /** The profile that is selected. */
  readonly profile: Sourced<string> | undefined
  /** The names of all profiles, sorted. */
  readonly profiles: ReadonlyArray<string>
  /** The files that were read, the nearest first. */
  readonly files: ReadonlyArray<string>
}

const defaults: Settings.Settings = {
  profile: undefined,
  values: new Map([["clusterType", { value: ClusterConfig.local.clusterType, origin: { _tag: "Default" } }]])
}

const unknownProfile = (
  { origin, value }: Sourced<string>,
  profiles: ReadonlyArray<string>,
  files: ReadonlyArray<string>
): ConfigurationError => {
  const [near] = NearName.near(value, profiles)
  const known = profiles.length > 0
    ? `The profiles are ${profiles.join(", ")}.`
    : files.length > 0
    ? `No profiles are in ${files.join(" and ")}.`
    : `There is no file of configuration (${ConfigurationFile.names.join(", ")}).`
  return new ConfigurationError({
    reason: "UnknownProfile",
    what: `There is no profile ${JSON.stringify(Settings.shownName(value))}`,
    ...Settings.locationOf(origin),
    why: origin._tag === "File" || origin._tag === "Call" ? known : `It is selected by: ${describe(origin)}. ${known}`,
    remedy: near === undefined ? "Name a profile that stands under `profiles`." : `Did you mean \`${near}\`?`
  })
}

const readFile = (text: ConfigurationFile.ConfigurationText | undefined) =>
  text === undefined ? Effect.succeed([]) : Effect.map(ConfigurationFile.read(text), (file) => [file])

export const resolveConfiguration = (
  sources: ConfigurationSources
): Effect.Effect<ResolvedConfiguration, ConfigurationError> =>
  Effect.gen(function*() {
    const { call = Settings.none, configured = Settings.none, localPath = (path) => path } = sources
    const environment = yield* EnvironmentSettings.read
    const files = [...yield* readFile(sources.nearestFile), ...yield* readFile(sources.userFile)]
    const names = files.map(({ file }) => file)
    const profiles = [...new Set(files.flatMap((file) => [...file.profiles.keys()]))].sort(Order.string)

    const selected = [call, configured, environment, ...files].map(({ profile }) => profile).find((profile) =>
      profile?.value !== undefined
    )
    const profile = selected?.value === undefined ? undefined : { value: selected.value, origin: selected.origin }
    if (profile !== undefined && !profiles.includes(profile.value)) {
      return yield* unknownProfile(profile, profiles, names)
    }

    const places = [
      call,
      configured,
      environment,
      ...files.flatMap((file) => [
        profile === undefined ? Settings.none : file.profiles.get(profile.value) ?? Settings.none,
        file.common
      ]),
      defaults
    ]
    const values = new Map(ConfigurationKey.keys.flatMap(({ name }) => {
      const found = places.map((place) => place.values.get(name)).find((sourced) => sourced?.value !== undefined)
      if (found === undefined) return []
      const { origin, value } = found
      const isPath = typeof value === "string" && ClusterConfig.localPaths.has(name)
      return [[name, isPath ? { value: localPath(value, origin), origin } : found] as const]
    }))
    const config = Object.fromEntries([...values].map(([name, { value }]) => [name, value]))
    return {
      // Each value was decoded with the Schema of its own key, and none of the required ones is without a default.
      config: config as unknown as ClusterConfig.ClusterConfig,
      values,
      profile,
      profiles,
      files: names
    }
  })
