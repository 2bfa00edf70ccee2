/**
 * The runner: `execute.mjs` of every package. Loads the package's function, calls it with the arguments of an
 * invocation in a directory of its own, and writes how it ended. Runs on Node >= 18.18, Bun and Deno.
 *
 * - Output of the function goes to stdout and stderr as it is; with `--job` the runner adds nothing to them.
 * - When the function has returned and its promise is settled, the result is written and the process ends: work that it
 *   started and did not await is not waited for.
 * - A generator is run to its end, and its result is the array of what it yields. One that also returns a value is
 *   refused by name: the value would be lost.
 */
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { inspect, types } from "node:util"
import * as ErrorDescription from "../../core/runtime/ErrorDescription.ts"
import * as ExitCode from "../../core/runtime/ExitCode.ts"
import { fitsJson } from "../../core/runtime/fitsJson.ts"
import * as ValueText from "../../core/runtime/ValueText.ts"
import * as JobInvocation from "./JobInvocation.ts"
import * as PackageFunction from "./PackageFunction.ts"
import * as Progress from "./Progress.ts"
import * as ResultFile from "./ResultFile.ts"
import { parseArguments, usage } from "./RunnerArguments.ts"
import * as RunningJob from "./RunningJob.ts"
import * as Signals from "./Signals.ts"
import * as Supervisor from "./Supervisor.ts"
import * as WorkDirectory from "./WorkDirectory.ts"

const carry: ValueText.EncodeOptions = { isProxy: types.isProxy, errorStacks: true }

const threw = (status: ResultFile.Ending["status"], exitCode: number, thrown: unknown): ResultFile.Ending => ({
  status,
  exitCode,
  error: ErrorDescription.describe(thrown, carry)
})

/** A generator's values, or anything else as it is. */
const collect = async (value: unknown): Promise<{ readonly value: unknown } | { readonly returned: unknown }> => {
  const tag = Object.prototype.toString.call(value)
  if (tag !== "[object Generator]" && tag !== "[object AsyncGenerator]") return { value }
  const generator = value as Generator<unknown, unknown> | AsyncGenerator<unknown, unknown> // its tag says so
  const values: Array<unknown> = []
  for (;;) {
    const step = await generator.next()
    if (step.done === true) return step.value === undefined ? { value: values } : { returned: step.value }
    values.push(await step.value)
  }
}

/** Calls the function and says how that ended, with what it returned. */
const call = async (
  manifest: PackageFunction.PackageManifest,
  args: ReadonlyArray<unknown>
): Promise<{ readonly ending: ResultFile.Ending; readonly value?: unknown; readonly thrown?: unknown }> => {
  let loaded: PackageFunction.PackageFunction
  try {
    loaded = await PackageFunction.loadFunction(manifest)
  } catch (thrown) {
    return { ending: threw("not-loaded", ExitCode.notLoaded, thrown), thrown }
  }
  let collected: Awaited<ReturnType<typeof collect>>
  try {
    collected = await collect(await loaded.call(...args))
  } catch (thrown) {
    return { ending: threw("threw", ExitCode.threw, thrown), thrown }
  }
  if ("returned" in collected) {
    const refusal: ValueText.Refusal = {
      path: "$",
      kind: "generator with a return value",
      description: "a generator that returns a value besides those that it yields"
    }
    return { ending: { status: "not-carried", exitCode: ExitCode.notCarried, refusal } }
  }
  const { value } = collected
  const encoded = ValueText.encode(value, carry)
  return encoded.ok
    ? { ending: { status: "returned", exitCode: ExitCode.returned, value: encoded.text }, value }
    : { ending: { status: "not-carried", exitCode: ExitCode.notCarried, refusal: encoded.refusal }, value }
}

/** JSON where the value is JSON, else the way the console shows it. */
const print = (value: unknown): string => {
  try {
    if (fitsJson(value)) return JSON.stringify(value, null, 2)
  } catch {
    // Too deep: the console can show it.
  }
  return inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null })
}

/** Resolves when everything that was printed has left the process. Bun says so only of a stream that is ended. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    stream.once("error", () => resolve())
    if (ResultFile.runtime().name === "bun") stream.end(() => resolve())
    else stream.write("", () => resolve())
  })

const report = (message: string): void => {
  process.stderr.write(`clustrix: ${message}\n`)
}

const run = async (invocationFile: string | undefined, job: string | undefined): Promise<void> => {
  const startedAt = Date.now()
  const launchedIn = process.cwd()
  let concluded = false
  const conclude = (ending: ResultFile.Ending): void => {
    if (concluded) return
    concluded = true
    if (job !== undefined) ResultFile.writeResult(job, startedAt, ending, true)
    else if (ending.refusal !== undefined) {
      report(`the result cannot be carried: ${ending.refusal.path} is ${ending.refusal.description}`)
    } else if (ending.message !== undefined) report(ending.message)
  }
  const fail = (ending: ResultFile.Ending, thrown: unknown): never => {
    if (job === undefined || ending.status === "bad-invocation") {
      report(thrown instanceof Error ? thrown.message : String(thrown))
    }
    conclude(ending)
    process.exit(ending.exitCode)
  }

  const directory = path.dirname(fileURLToPath(import.meta.url))
  let manifest: PackageFunction.PackageManifest
  try {
    manifest = PackageFunction.readManifest(directory)
  } catch (thrown) {
    return fail(threw("not-loaded", ExitCode.notLoaded, thrown), thrown)
  }
  let invocation: JobInvocation.JobInvocation
  try {
    invocation = invocationFile === undefined
      ? JobInvocation.bare
      : JobInvocation.readInvocation(path.resolve(invocationFile), manifest.digest)
  } catch (thrown) {
    return fail(threw("bad-invocation", ExitCode.badInvocation, thrown), thrown)
  }
  for (const name of invocation.environmentVariables) {
    if (process.env[name] === undefined) {
      report(`the environment variable ${name} is named by the invocation and not set here`)
    }
  }
  const root = path.resolve(process.env["CLUSTRIX_FILESYSTEM_ROOT"] ?? invocation.filesystemRoot ?? launchedIn)
  process.env["CLUSTRIX_FILESYSTEM_ROOT"] = root
  // A job that its scheduler started again begins anew; without a directory, what is inherited is that of another job
  if (job === undefined) delete process.env[Progress.directoryVariable]
  else {
    fs.rmSync(path.join(job, Progress.fileName), { force: true })
    process.env[Progress.directoryVariable] = job
  }
  RunningJob.publish({ directory: job, loopCores: invocation.loopCores })

  let work: string
  try {
    work = job === undefined ? fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-work-")) : path.join(job, "work")
    fs.mkdirSync(work, { recursive: true, mode: 0o700 })
    if (invocation.workingDirectory === "job") WorkDirectory.linkData(directory, work, invocation.copyData)
    process.chdir(invocation.workingDirectory === "job" ? work : root)
  } catch (thrown) {
    return fail(threw("not-loaded", ExitCode.notLoaded, thrown), thrown)
  }

  // However the process ends, there is a result.
  const uncaught = (thrown: unknown): void => {
    if (concluded) return
    process.stderr.write(`${inspect(thrown)}\n`)
    conclude(threw("uncaught", ExitCode.uncaught, thrown))
    process.exit(ExitCode.uncaught)
  }
  process.on("uncaughtException", uncaught)
  process.on("unhandledRejection", uncaught)
  process.on("beforeExit", () => {
    if (concluded) return
    conclude({
      status: "unsettled",
      exitCode: ExitCode.unsettled,
      message: "The function's promise can never settle: nothing is left that could settle it"
    })
    process.exit(ExitCode.unsettled)
  })
  process.on("exit", (code) => {
    if (concluded) return
    const exitCode = code === 0 ? ExitCode.exited : code
    process.exitCode = exitCode
    conclude({ status: "exited", exitCode, message: `The function ended the process with exit code ${code}` })
  })

  const { ending, thrown, value } = await call(manifest, invocation.args)
  if (concluded) return
  if (job === undefined) {
    if (ending.error !== undefined) process.stderr.write(`${inspect(thrown)}\n`)
    if (ending.status === "returned") process.stdout.write(`${print(value)}\n`)
    process.chdir(launchedIn)
    if (WorkDirectory.holdsOnlyLinks(work)) fs.rmSync(work, { recursive: true, force: true })
    else report(`the function left files in ${work}`)
  }
  conclude(ending)
  await Promise.all([flushed(process.stdout), flushed(process.stderr)])
  process.exit(ending.exitCode)
}

const main = async (): Promise<void> => {
  const options = parseArguments(process.argv.slice(2))
  if (typeof options === "string") {
    report(`${options}\n\n${usage}`)
    process.exit(ExitCode.badInvocation)
  }
  if (options.help) {
    process.stdout.write(`${usage}\n`)
    return
  }
  const job = options.job === undefined ? undefined : path.resolve(options.job)
  if (job !== undefined && options.conclude !== undefined) return Supervisor.conclude(job, options.conclude)
  if (job !== undefined && options.supervise) {
    process.exit(await Supervisor.supervise(fileURLToPath(import.meta.url), options, job))
  }
  Signals.ignoreWarnings()
  Signals.removeDebuggerGuard()
  await run(options.invocation, job)
}

main().catch((thrown) => {
  // Only a job directory that cannot be written leads here.
  report(thrown instanceof Error ? thrown.message : String(thrown))
  process.exit(ExitCode.badInvocation)
})
