/**
 * npm as a program: run with the words that let nobody wait, and its failures understood.
 */
import * as Effect from "effect/Effect"
import * as ChildProcess from "node:child_process"

export interface NpmOutcome {
  readonly failed: boolean
  /** Whether it got no answer from the registry. */
  readonly unreachable: boolean
  /** Its own words on what went wrong. */
  readonly why: string
}

const quiet = ["--no-audit", "--no-fund", "--no-progress", "--no-update-notifier", "--loglevel=error"]
/** A registry that does not answer twice will not answer. */
const patience = [
  "--fetch-retries=1",
  "--fetch-retry-mintimeout=500",
  "--fetch-retry-maxtimeout=2000",
  "--fetch-timeout=60000"
]

/** Codes with which npm says that it did not get an answer. */
const unreachable =
  /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b/

const longestOutput = 16_384

const prefix = /^npm (?:error|ERR!) ?/

const explain = (output: string): string => {
  const lines = output.split("\n").filter((line) => prefix.test(line)).map((line) => line.replace(prefix, ""))
    .filter((line) => line !== "" && !/^A complete log|_logs\//.test(line))
  return lines.slice(0, 4).join(" ") || output.trim().split("\n").slice(-3).join(" ")
}

/** Installs what package-lock.json in `directory` says; no package's script runs. */
export const ci = (
  command: readonly [string, ...ReadonlyArray<string>],
  directory: string,
  environment: NodeJS.ProcessEnv,
  more: ReadonlyArray<string> = []
): Effect.Effect<NpmOutcome> =>
  run(command, directory, environment, ["ci", "--omit=dev", "--ignore-scripts", ...patience, ...more])

/** Runs the install scripts of `packages` in `directory`. */
export const rebuild = (
  command: readonly [string, ...ReadonlyArray<string>],
  directory: string,
  environment: NodeJS.ProcessEnv,
  packages: ReadonlyArray<string>
): Effect.Effect<NpmOutcome> => run(command, directory, environment, ["rebuild", ...packages])

const run = (
  [program, ...first]: readonly [string, ...ReadonlyArray<string>],
  directory: string,
  env: NodeJS.ProcessEnv,
  words: ReadonlyArray<string>
): Effect.Effect<NpmOutcome> =>
  Effect.async<NpmOutcome>((resume) => {
    const child = ChildProcess.spawn(program, [...first, ...words, ...quiet], {
      cwd: directory,
      env,
      stdio: ["ignore", "pipe", "pipe"]
    })
    let output = ""
    const take = (text: Buffer): void => {
      output = (output + text.toString("utf8")).slice(-longestOutput)
    }
    child.stdout.on("data", take)
    child.stderr.on("data", take)
    const end = (failed: boolean): void =>
      resume(Effect.succeed({ failed, unreachable: unreachable.test(output), why: explain(output) }))
    child.once("error", (cause) => {
      output = cause.message
      end(true)
    })
    child.once("close", (code) => end(code !== 0))
    return Effect.sync(() => child.kill("SIGKILL"))
  })
