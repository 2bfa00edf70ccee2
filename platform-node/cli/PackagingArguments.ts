/**
 * From the words of the command line to packaging options, arguments and cluster.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as ClusterConfig from "../../core/config/ClusterConfig.ts"
import type { ConfigurationError } from "../../core/config/ConfigurationError.ts"
import type { GivenConfiguration } from "../../core/config/GivenSettings.ts"
import type { PackageOptionsInput } from "../../core/packaging/PackageOptions.ts"
import * as Configuration from "../Configuration.ts"
import { type Call, type UsageError, usageError, valueOf } from "./CommandLine.ts"

const choice = <A extends string>(call: Call, name: string, choices: ReadonlyArray<A>): A | undefined =>
  choices.find((each) => each === valueOf(call, name))

/** The packaging options of the command line. */
export const packageOptions = (call: Call): PackageOptionsInput => {
  const dependencies = choice(call, "dependencies", ["install", "vendor", "assume"])
  const unknownPaths = choice(call, "unknown-paths", ["report", "directory"])
  return {
    include: [...call.values.get("include") ?? []],
    keep: [...call.values.get("keep") ?? []],
    drop: [...call.values.get("drop") ?? []],
    ...(dependencies === undefined ? {} : { dependencies }),
    ...(unknownPaths === undefined ? {} : { unknownPaths })
  }
}

/** The value of option `name`; `example` shows how one is written. */
const json = (call: Call, name: string, example: string): Effect.Effect<unknown, UsageError> => {
  const text = valueOf(call, name)
  return text === undefined ? Effect.succeed(undefined) : Effect.try({
    try: (): unknown => JSON.parse(text),
    catch: (cause) =>
      usageError(
        `The value of \`--${name}\` is not JSON`,
        `Quote it for the shell: --${name} '${example}'.`,
        cause instanceof Error ? cause.message : String(cause)
      )
  })
}

/** `--args`. */
export const callArguments = (call: Call): Effect.Effect<ReadonlyArray<unknown>, UsageError> =>
  Effect.flatMap(json(call, "args", "[1, \"two\"]"), (value) =>
    value === undefined ? Effect.succeed([])
      : Array.isArray(value) ? Effect.succeed(value)
      : Effect.fail(usageError(
        "The value of `--args` is not an array",
        `It lists the arguments: write --args '[${JSON.stringify(value)}]' for one argument.`
      )))

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** `--kwargs`. */
export const callOptions = (call: Call): Effect.Effect<Readonly<Record<string, unknown>>, UsageError> =>
  Effect.flatMap(json(call, "kwargs", "{\"bins\": 5}"), (value) =>
    value === undefined ? Effect.succeed({})
      : isRecord(value) && Object.hasOwn(value, "__proto__")
      ? Effect.fail(usageError(
        "`--kwargs` cannot hold an option `__proto__`",
        "Choose another name for the option.",
        "Objects that are copied would change their prototype by it."
      ))
      : isRecord(value) ? Effect.succeed(value)
      : Effect.fail(usageError(
        "The value of `--kwargs` is not an object",
        "It is passed to the function as its last argument: write --kwargs '{\"name\": 1}'."
      )))

/** What the command line says of the job: all but `--cluster` and `--env`. */
const clusterOptions = (call: Call): Effect.Effect<GivenConfiguration, UsageError> => {
  const time = valueOf(call, "time")
  const cores = valueOf(call, "cores")
  const memory = valueOf(call, "memory")
  const timeFlaw = time === undefined ? undefined : ClusterConfig.timeFlaw(time)
  if (timeFlaw !== undefined) {
    return Effect.fail(usageError(
      `\`--time\` cannot be ${JSON.stringify(time)}`,
      "Write 90s, 15m, 36h, 01:30:00 or 2-12:00:00.",
      `${timeFlaw}.`
    ))
  }
  if (cores !== undefined && !/^0*[1-9]\d*$/.test(cores)) {
    return Effect.fail(usageError(`${JSON.stringify(cores)} is not a number of cores`, "Write a whole number: 8."))
  }
  const memoryFlaw = memory === undefined ? undefined : ClusterConfig.memoryFlaw(memory)
  if (memoryFlaw !== undefined) {
    return Effect.fail(usageError(
      `\`--memory\` cannot be ${JSON.stringify(memory)}`,
      "Write 8GB or 512M.",
      `${memoryFlaw}.`
    ))
  }
  return Effect.succeed({
    time,
    cores: cores === undefined ? undefined : Number(cores),
    reuse: call.switches.has("no-reuse") ? false : call.switches.has("reuse") ? true : undefined,
    parallel: call.values.has("parallel") ? valueOf(call, "parallel") === "yes" : undefined,
    memory,
    partition: valueOf(call, "partition"),
    queue: valueOf(call, "queue")
  })
}

/**
 * The cluster of `--cluster NAME`, or the one that is configured, with `--time`, `--cores`, `--parallel`, `--memory`,
 * `--partition` and `--queue` laid over it, and the names of `--env` added. `observe` is told which files were read.
 */
export const clusterOf = (
  call: Call,
  observe?: Configuration.LoadOptions["observe"]
): Effect.Effect<ClusterConfig.ClusterConfig, UsageError | ConfigurationError> =>
  Effect.gen(function*() {
    const names = call.values.get("env")
    const odd = names?.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    if (odd !== undefined) {
      return yield* Effect.fail(usageError(
        `${JSON.stringify(odd)} is not the name of an environment variable`,
        "Give names only: the values are read here when the job is submitted."
      ))
    }
    const overrides = yield* clusterOptions(call)
    const { config } = yield* Configuration.load({ profile: valueOf(call, "cluster"), overrides, observe })
    return names === undefined
      ? config
      : { ...config, environmentVariables: [...new Set([...config.environmentVariables ?? [], ...names])] }
  })

const units: Readonly<Record<string, Duration.Duration>> = {
  s: Duration.seconds(1),
  m: Duration.minutes(1),
  h: Duration.hours(1),
  d: Duration.days(1),
  w: Duration.weeks(1)
}

/** An age such as `90s`, `1.5h`, `7d`, `0`. */
export const age = (text: string): Effect.Effect<Duration.Duration, UsageError> => {
  const [, number, unit = "s"] = /^(\d+(?:\.\d+)?)\s*([smhdw])?$/.exec(text.trim()) ?? []
  const one = units[unit]
  // A number without a unit could be anything, except for nothing at all.
  return number === undefined || one === undefined || (Number(number) !== 0 && !/[smhdw]$/.test(text.trim()))
    ? Effect.fail(
      usageError(`${JSON.stringify(text)} is not an age`, "Write a number with s, m, h, d or w: 30m, 1h, 7d.")
    )
    : Effect.succeed(Duration.times(one, Number(number)))
}
