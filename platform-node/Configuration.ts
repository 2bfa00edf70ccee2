/**
 * The configuration of clusters on Node: files from the working directory upwards and in the user's own directory,
 * environment variables, and what the program says with {@link configure}.
 */
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as ConfigurationFile from "../core/config/ConfigurationFile.ts"
import { ConfigurationError } from "../core/config/ConfigurationError.ts"
import * as GivenSettings from "../core/config/GivenSettings.ts"
import { resolveConfiguration, type ResolvedConfiguration } from "../core/config/resolveConfiguration.ts"
import * as Settings from "../core/config/Settings.ts"
import type { Origin } from "../core/config/Sourced.ts"
import { answerOfFailure, type Observation } from "../core/packaging/memory/Observation.ts"
import { answerOfBytes, answerOfInfo, reasonOf } from "./recall/answers.ts"

/** What {@link configure} takes: any keys of a `ClusterConfig`, and the profile to select. */
export type Configuration = GivenSettings.GivenConfiguration & { readonly profile?: string | undefined }

let configured = Settings.none

/**
 * Configures all calls of this process that bring no configuration of their own. What earlier calls said of other keys
 * holds on; `undefined` takes a key back. Throws a `ConfigurationError`.
 */
export const configure = (configuration: Configuration): void => {
  const settings = GivenSettings.read(configuration, { _tag: "Configure" })
  if (Either.isLeft(settings)) throw settings.left
  configured = Settings.overlay(configured, settings.right)
}

/** A file that was found. */
interface FoundFile extends ConfigurationFile.ConfigurationText {
  readonly directory: string
}

const unreadable = (file: string, why: string, cause?: unknown): ConfigurationError =>
  new ConfigurationError({
    reason: "Unreadable",
    what: `${file} cannot be read`,
    why,
    remedy: "Make it a file that this user may read, or remove it.",
    cause
  })

/** Is told what was asked of the file system, and what it answered. */
type Observe = (observation: Observation) => void

/** What lies at `path`. Where nobody may look there is nothing for us. */
const statOf = (path: string, observe: Observe): Fs.Stats | undefined => {
  try {
    const info = Fs.statSync(path)
    observe({ question: "stat", path, answer: answerOfInfo(info) })
    return info
  } catch (cause) {
    observe({ question: "stat", path, answer: answerOfFailure(reasonOf(cause)) })
    return undefined
  }
}

const readText = (path: string, observe: Observe): string => {
  const bytes = Fs.readFileSync(path)
  observe({ question: "content", path, answer: answerOfBytes(bytes) })
  return bytes.toString()
}

/** The file of configuration in `directory`; `nameOf` gives the name of a path for people. */
const inDirectory = (
  directory: string,
  observe: Observe,
  nameOf: (path: string) => string
): Either.Either<FoundFile | undefined, ConfigurationError> => {
  const found = ConfigurationFile.names.flatMap((name) => {
    const path = Path.join(directory, name)
    const stat = statOf(path, observe)
    return stat === undefined ? [] : [{ path, file: nameOf(path), stat }]
  })
  const [first, second] = found
  if (first === undefined) return Either.right(undefined)
  const { file, path, stat } = first
  if (second !== undefined) {
    return Either.left(ConfigurationFile.severalFiles(directory, found.map((each) => each.file)))
  }
  // Asked first: a named pipe would wait for its writer.
  if (!stat.isFile()) return Either.left(unreadable(file, "It is not a file."))
  if (stat.size > ConfigurationFile.mostBytes) {
    return Either.left(unreadable(file, `It has more than ${ConfigurationFile.mostBytes} bytes.`))
  }
  return Either.try({
    try: () => ({ directory, file, text: readText(path, observe) }),
    catch: (cause) => unreadable(file, cause instanceof Error ? cause.message : String(cause), cause)
  })
}

/** The nearest file from `directory` upwards, but none of the user's own directory. */
const upwards = (
  directory: string,
  userDirectory: string,
  observe: Observe
): Either.Either<FoundFile | undefined, ConfigurationError> => {
  for (let at = directory;; at = Path.dirname(at)) {
    const found = at === userDirectory
      ? Either.right(undefined)
      : inDirectory(at, observe, (path) => Path.relative(directory, path))
    if (Either.isLeft(found) || found.right !== undefined || Path.dirname(at) === at) return found
  }
}

/** `$XDG_CONFIG_HOME/clustrix`, else `~/.config/clustrix`. */
const userDirectory: Effect.Effect<string> = Config.option(Config.nonEmptyString("XDG_CONFIG_HOME")).pipe(
  Effect.map(Option.getOrUndefined),
  Effect.orElseSucceed(() => undefined),
  // The specification tells to ignore relative paths.
  Effect.map((xdg) => xdg !== undefined && Path.isAbsolute(xdg) ? xdg : Path.join(Os.homedir(), ".config")),
  Effect.map((directory) => Path.join(directory, "clustrix"))
)

/** `~` is the user's home; in a file, relative paths start at the file. `none` is no path, but says that there is none. */
const localPath = (files: ReadonlyArray<FoundFile | undefined>) => (path: string, origin: Origin): string => {
  if (path === "~" || path.startsWith("~/")) return Path.join(Os.homedir(), path.slice(1))
  const file = origin._tag === "File" ? files.find((each) => each?.file === origin.location.file) : undefined
  return file === undefined || path === "none" ? path : Path.resolve(file.directory, path)
}

export interface LoadOptions {
  /** Where the search for files begins. Default: the process's own. */
  readonly workingDirectory?: string | undefined
  /** The profile to select. */
  readonly profile?: string | undefined
  /** The call's own options. */
  readonly overrides?: GivenSettings.GivenConfiguration | undefined
  /** Is told what was asked of the file system, and what it answered. */
  readonly observe?: Observe | undefined
}

/** Reads the configuration as it stands now. Nothing in it waits, so that it can be run synchronously. */
export const load = (options: LoadOptions = {}): Effect.Effect<ResolvedConfiguration, ConfigurationError> =>
  Effect.gen(function*() {
    const { observe = () => {}, overrides, profile, workingDirectory = "." } = options
    const given = profile === undefined ? { ...overrides } : { ...overrides, profile }
    const own = yield* userDirectory
    const nearestFile = yield* upwards(Path.resolve(workingDirectory), own, observe)
    const userFile = yield* inDirectory(own, observe, (path) => path)
    return yield* resolveConfiguration({
      call: yield* GivenSettings.read(given, { _tag: "Call" }),
      configured,
      nearestFile,
      userFile,
      localPath: localPath([nearestFile, userFile])
    })
  }).pipe(Effect.withSpan("Configuration.load"))
