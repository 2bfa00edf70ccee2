/**
 * A cluster, and how jobs run on it.
 */
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as CanonicalJson from "../archive/CanonicalJson.ts"
import * as ForeignJson from "../archive/ForeignJson.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import * as Hasher from "../archive/Hasher.ts"

/** `local` is this machine; the others are schedulers, or a plain machine over SSH. */
export const ClusterType = Schema.Literal("local", "ssh", "slurm", "sge", "pbs")
export type ClusterType = typeof ClusterType.Type

/** Schedulers do not agree on what a number alone means. */
const bareNumber = /^\d{1,15}(?:\.\d{1,9})?$/

const isNothing = (text: string): boolean => !/[1-9]/.test(text)

/** Why `text` is no {@link TimeLimit}; `undefined` if it is one. */
export const timeFlaw = (text: string): string | undefined =>
  isNothing(text) && /^[\d.:-]+[smhd]?$/.test(text)
    ? "Expected a time above zero; leave the key out for no limit"
    : bareNumber.test(text)
    ? `Expected a unit: ${text}s for seconds or ${text}m for minutes`
    : /^(?:\d{1,9}-\d{1,9}(?::[0-5]?\d){0,2}|\d{1,9}(?::[0-5]?\d){1,2}|\d{1,9}(?:\.\d{1,9})?[smhd])$/.test(text)
    ? undefined
    : "Expected a time such as 01:30:00, 2-12:00:00, 90m or 36h"

/** Why `text` is no {@link Memory}; `undefined` if it is one. */
export const memoryFlaw = (text: string): string | undefined =>
  isNothing(text) && /^[\d.]+\s*[a-z]*$/i.test(text)
    ? "Expected an amount above zero; leave the key out for no limit"
    : bareNumber.test(text)
    ? `Expected a unit: ${text}MB or ${text}GB`
    : /^\d{1,15}(?:\.\d{1,9})?\s*(?:[KMGT]i?B?|B)$/i.test(text)
    ? undefined
    : "Expected an amount such as 8GB or 512M"

/** A wall-clock limit: `MM:SS`, `HH:MM:SS`, `D-HH:MM:SS`, or a number with `s`, `m`, `h`, `d`; more than nothing. */
export const TimeLimit = Schema.String.pipe(Schema.filter((text) => timeFlaw(text) ?? true))

/** An amount of memory: a number with `B`, `K`, `M`, `G`, `T` (powers of 1024; `GB` and `GiB` mean the same); more than nothing. */
export const Memory = Schema.String.pipe(Schema.filter((text) => memoryFlaw(text) ?? true))

/** Processor cores of one job. */
export const Cores = Schema.Int.pipe(Schema.between(1, 1_000_000))

const EnvironmentName = Schema.String.pipe(
  Schema.pattern(/^[A-Za-z_][A-Za-z0-9_]*$/, { message: () => "Expected the name of an environment variable" })
)

/** A name as package.json has it under `dependencies`. */
const PackageName = Schema.String.pipe(
  Schema.pattern(/^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*$/, { message: () => "Expected the name of an npm package" })
)

/** One line of the job script's head: a line break in it would begin another line of the script. */
const SchedulerOption = Schema.String.pipe(
  Schema.pattern(/^[^\s\p{Cc}][^\p{Cc}\u2028\u2029]*$/u, {
    message: () => "Expected one option of the scheduler in one line, such as --gres=gpu:1"
  })
)

const SchedulerWord = Schema.String.pipe(
  Schema.pattern(/^[^\p{Cc}]*$/u, { message: () => "Expected a name in one line" })
)

const listOf = <A extends string, I extends string>(item: Schema.Schema<A, I>): Schema.Array$<Schema.Schema<A, I>> =>
  Schema.Array(item).annotations({ message: () => "Expected a list of texts" })

/** What is refused is not repeated: it may be a secret in the wrong place. */
const Secret = Schema.optionalWith(
  Schema.Redacted(Schema.String).annotations({ message: () => ({ message: "Expected a text", override: true }) }),
  { exact: true }
)

export const ClusterConfig = Schema.Struct({
  clusterType: ClusterType,
  /** Host name or address; not needed for `local`. */
  clusterHost: Schema.optional(Schema.String),
  clusterPort: Schema.optional(Schema.Int.pipe(Schema.between(1, 65535))),
  username: Schema.optional(Schema.String),
  password: Secret,
  /** Path of the private key on this machine. */
  keyFile: Schema.optional(Schema.String),
  keyPassphrase: Secret,
  /** The SSH agent's socket on this machine, or `false` for none. Default: the one of `SSH_AUTH_SOCK`. */
  agent: Schema.optional(
    Schema.Union(Schema.NonEmptyString, Schema.Literal(false)).annotations({
      message: () => ({ message: "Expected the path of an agent's socket, or false", override: true })
    })
  ),
  /** Hosts to go through, as `ssh -J` takes them: `user@host:port`, several separated by commas. */
  proxyJump: Schema.optional(Schema.String),
  /** Whether a host that `knownHostsFile` does not know is refused (`yes`), learnt (`accept-new`) or not checked (`no`). */
  strictHostKeyChecking: Schema.optional(Schema.Literal("yes", "accept-new", "no")),
  /** Paths on this machine; `none` for no file. Default: the user's own, then the system's. */
  knownHostsFile: Schema.optional(Schema.String),
  sshConfigFile: Schema.optional(Schema.String),
  /** Seconds until a connection must stand. */
  connectTimeout: Schema.optional(Schema.Int.pipe(Schema.between(1, 86_400))),
  /** Absolute directory on the cluster; relative paths of the cluster file functions start there. */
  remoteWorkDir: Schema.optional(Schema.String),
  /** Processor cores of one job. */
  cores: Schema.optional(Cores),
  /** Whether a call that was made before, with the same package and arguments, gives that result instead of running again. Default: no. */
  reuse: Schema.optional(Schema.Boolean),
  /** Whether proven loops may use all `cores` of their job. Default: no. */
  parallel: Schema.optional(Schema.Boolean),
  memory: Schema.optional(Memory),
  time: Schema.optional(TimeLimit),
  partition: Schema.optional(SchedulerWord),
  queue: Schema.optional(SchedulerWord),
  /** Further options for the scheduler in its own words, one each: `--gres=gpu:1`, `-l gpu=1`. */
  schedulerOptions: Schema.optional(listOf(SchedulerOption)),
  /** The parallel environment of Grid Engine that gives a job several cores of one host; `smp` without it. */
  parallelEnvironment: Schema.optional(
    Schema.String.pipe(Schema.pattern(/^[\w.-]+$/, { message: () => "Expected the name of a parallel environment" }))
  ),
  /** `module load` lines of the job script. */
  moduleLoads: Schema.optional(listOf(Schema.String)),
  /** Shell lines that run before the function. */
  preExecutionCommands: Schema.optional(listOf(Schema.String)),
  /** Names of the variables whose values go along, read when the job is submitted. */
  environmentVariables: Schema.optional(listOf(EnvironmentName)),
  /** npm packages whose install scripts may run on the cluster. */
  allowScripts: Schema.optional(listOf(PackageName)),
  /** The runtime to use there: an absolute path, or a command. */
  remoteNodePath: Schema.optional(Schema.String),
  /** For hosts without Node: a distribution of it on this machine, a directory, a `.tar.gz` or a `.tar.xz`. */
  runtimeArchive: Schema.optional(Schema.String)
})
export type ClusterConfig = typeof ClusterConfig.Type

/** A configuration that does not fit; `why` names the key. */
export class ClusterConfigError
  extends Schema.TaggedError<ClusterConfigError>()("ClusterConfigError", Explanation.fields)
{
  override get message(): string {
    return Explanation.render(this)
  }
}

/** This machine. */
export const local: ClusterConfig = { clusterType: "local" }

const decodeUnknown = Schema.decodeUnknown(ClusterConfig, { onExcessProperty: "error", errors: "all" })

/** The most that a job's limits can be, for whoever is not trusted with more: 1 EiB and 10 years. */
export const mostMemoryBytes = 2 ** 60
export const mostTimeSeconds = 315_360_000

/** Checks a configuration from outside. Secrets are plain strings there, and never appear in the error. */
export const decode = (input: unknown): Effect.Effect<ClusterConfig, ClusterConfigError> =>
  Effect.mapError(decodeUnknown(input), (cause) =>
    new ClusterConfigError({
      what: "The cluster configuration cannot be used",
      why: ForeignJson.flaws(cause),
      remedy: "Correct the key that is named."
    }))

/** Keys whose values are Redacted. */
export const secrets: ReadonlySet<string> = new Set(["password", "keyPassphrase"])

/** Keys that hold paths on this machine. */
export const localPaths: ReadonlySet<string> = new Set([
  "keyFile",
  "agent",
  "knownHostsFile",
  "sshConfigFile",
  "runtimeArchive"
])

/** The configuration as JSON, without secrets and without keys that are not set. */
export const withoutSecrets = (config: ClusterConfig): { readonly [key: string]: CanonicalJson.Json } => {
  const entries = Object.entries(config).filter(([key, value]) => !secrets.has(key) && value !== undefined)
  // What is left after the Redacted fields are strings, numbers, booleans and arrays of strings.
  return Object.fromEntries(entries) as { readonly [key: string]: CanonicalJson.Json }
}

/** SHA-256 of the configuration without secrets, as `PackageInfo.configHash` has it. No part of a package's identity. */
export const hash = (config: ClusterConfig): Effect.Effect<string, never, Hasher.Hasher> =>
  Hasher.digest(CanonicalJson.encode(withoutSecrets(config)))

/** Every secret of the configuration, to be scrubbed from what we print. */
export const secretsOf = (config: ClusterConfig): ReadonlyArray<Redacted.Redacted> =>
  [config.password, config.keyPassphrase].filter((secret) => secret !== undefined)

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 }

/** A {@link TimeLimit} in seconds. */
export const timeSeconds = (time: string): number => {
  const unit = /^([\d.]+)([smhd])$/.exec(time)
  if (unit !== null) return Number(unit[1]) * (units[unit[2] ?? "s"] ?? 1)
  const [days, clock] = time.includes("-") ? time.split("-") : ["0", time]
  const parts = (clock ?? "0").split(":").map(Number)
  // With days, Slurm counts from the hours (`D-HH`, `D-HH:MM`); without, from the seconds.
  const [hours, minutes, seconds] = time.includes("-")
    ? [parts[0], parts[1], parts[2]]
    : [parts.at(-3), parts.at(-2), parts.at(-1)]
  return Number(days) * 86400 + (hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)
}

const powers: Readonly<Record<string, number>> = { K: 1, M: 2, G: 3, T: 4 }

/** A {@link Memory} in bytes. */
export const memoryBytes = (memory: string): number => {
  const parts = /^([\d.]+)\s*([KMGT])?/i.exec(memory)
  return Math.round(Number(parts?.[1] ?? 0) * 1024 ** (powers[(parts?.[2] ?? "").toUpperCase()] ?? 0))
}
