/**
 * `clustrix run`.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { existsSync } from "node:fs"
import { homedir } from "node:os"
import * as Path from "node:path"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import * as ClusterConfig from "../../../core/config/ClusterConfig.ts"
import { ClusterExecutor, type Job, notReusedReasons } from "../../../core/cluster/ClusterExecutor.ts"
import { awaitJob, type FileError, submitCall, type SubmitError } from "../../../core/Pipeline.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as Invocation from "../../../core/runtime/Invocation.ts"
import * as SourceMapDocument from "../../../core/runtime/SourceMapDocument.ts"
import * as NodeHost from "../../NodeHost.ts"
import { type Call, usageError, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import { makeLog, showResult } from "../jobOutput.ts"
import { onCluster } from "../onCluster.ts"
import { nearestModules, packageCall } from "../packaging.ts"
import * as PackagingArguments from "../PackagingArguments.ts"
import { visible } from "../render/Text.ts"
import { runCommand, type TransferProgress, withProgress, withTransfer } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

/** What submits the job, once there is everything that it needs. */
type Submission = (
  progress: TransferProgress
) => Effect.Effect<Job, FileError | SubmitError, ClusterExecutor | FileSystem.FileSystem>

/** Packages the function that the command line names, and submits the call. */
const submitFunction = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    const args = yield* PackagingArguments.callArguments(call)
    const kwargs = yield* PackagingArguments.callOptions(call)
    const packaged = yield* packageCall(call, terminal, args, kwargs)
    const submission: Submission = (progress) => submitCall(packaged, { progress })
    return submission
  })

const unreadable = (file: string, why: string, cause?: unknown): Invocation.InvocationError =>
  new Invocation.InvocationError({
    file,
    what: `${file} cannot be read`,
    why,
    remedy: "`clustrix package` prints where it wrote the invocation (\"Call\").",
    cause
  })

const readFile = (file: string) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const failed = Effect.mapError((cause: PlatformError) => unreadable(file, cause.message, cause))
    // Asked first: a named pipe would wait for its writer, and not even Ctrl-C ends a process that opens one
    const { type } = yield* failed(fs.stat(file))
    if (type !== "File") return yield* unreadable(file, `It is a ${type}.`)
    return yield* failed(fs.readFileString(file))
  })

/** The source map beside the invocation, if it is still there: without it, stacks name lines of the package. */
const readSourceMap = (invocation: Invocation.Invocation, file: string) =>
  Effect.gen(function*() {
    const digest = invocation.sourceMap?.slice(0, 16)
    const name = `clustrix_package_${invocation.package.packageId}.${digest}.sourcemap.json`
    const path = Path.join(Path.dirname(file), name)
    return digest === undefined || !existsSync(path)
      ? undefined
      : yield* SourceMapDocument.decode(yield* readFile(path), path)
  })

/** Submits a ZIP with the invocation that was written beside it. */
const submitZip = (call: Call, file: string, own: ClusterConfig.ClusterConfig) =>
  Effect.gen(function*() {
    const [zip = ""] = call.positionals
    const taken = ["args", "kwargs"].find((name) => call.values.has(name))
    if (taken !== undefined) {
      return yield* Effect.fail(
        usageError(
          `\`--${taken}\` cannot change what the invocation says`,
          "Package the function with other arguments."
        )
      )
    }
    const stored = yield* Invocation.decode(yield* readFile(file), file)
    const names = new Set([...stored.environmentVariables, ...own.environmentVariables ?? []])
    const invocation = { ...stored, environmentVariables: [...names].sort(Order.string) }
    // What the call asked for; where it runs is said here and now
    const { cores, memory, partition, queue, time } = yield* ClusterConfig.decode(stored.cluster)
    const job = {
      cores: own.cores ?? cores,
      memory: own.memory ?? memory,
      partition: own.partition ?? partition,
      queue: own.queue ?? queue,
      time: own.time ?? time
    }
    const sourceMap = yield* readSourceMap(stored, file)
    const nodeModules = valueOf(call, "node-modules") ?? nearestModules()
    const submission: Submission = (progress) =>
      Effect.scoped(Effect.gen(function*() {
        const executor = yield* ClusterExecutor
        const access = yield* RandomAccess.fromFile(zip)
        return yield* executor.submit({ package: access, invocation, job, sourceMap, nodeModules, progress })
      }))
    return submission
  })

const preparation = (call: Call, terminal: Terminal, config: ClusterConfig.ClusterConfig) =>
  Effect.gen(function*() {
    const [subject = ""] = call.positionals
    const invocation = valueOf(call, "invocation")
    if (invocation !== undefined) return yield* submitZip(call, invocation, config)
    if (/\.zip$/i.test(subject)) {
      return yield* Effect.fail(usageError(
        `Running ${subject} needs the call too`,
        "Name the file that `clustrix package` wrote beside it: --invocation FILE."
      ))
    }
    return yield* submitFunction(call, terminal)
  })

/** The job's ID for whoever asks for it later. */
const showJob = (call: Call, terminal: Terminal, { directory, jobId, packageId }: Job): void =>
  terminal.print([
    call.switches.has("json") ? Quotation.json({ jobId, packageId, directory }, 2) : jobId
  ])

/** The directory that the job's own lies in. */
const parentOf = ({ directory }: Job, { clusterHost }: ClusterConfig.ClusterConfig): string => {
  const parent = Path.posix.dirname(directory)
  const home = homedir()
  return clusterHost === undefined && parent.startsWith(`${home}/`) ? `~${parent.slice(home.length)}` : parent
}

const program = (call: Call, terminal: Terminal, config: ClusterConfig.ClusterConfig) =>
  Effect.gen(function*() {
    const executor = yield* ClusterExecutor
    const style = terminal.errorStyle
    const submission = yield* preparation(call, terminal, config)
    const log = makeLog(call, terminal)
    // From the moment at which the job is there until somebody waits for it, nothing may come in between.
    return yield* Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        const job = yield* withTransfer(terminal, "Submitting", "Sending", submission)
        const place = style.dim(`in ${visible(parentOf(job, config))}`)
        terminal.note(
          job.reused === true
            ? [`${style.green("✓")} Reused the result of job ${style.bold(job.jobId)}  ${place}`,
              "  --no-reuse runs it again"]
            : [
              ...(job.notReused === undefined ? []
                : [`  ${style.dim(`Not reused: ${notReusedReasons[job.notReused]}`)}`]),
              `${style.green("✓")} Started job ${style.bold(job.jobId)}  ${place}`
            ]
        )
        if (call.switches.has("detach")) {
          showJob(call, terminal, job)
          return ExitCode.done
        }
        const cancelled = Effect.zipRight(
          Effect.ignore(executor.cancel(job.jobId)),
          Effect.sync(() => terminal.note([`${style.yellow("✗")} Cancelled job ${job.jobId}`]))
        )
        const waiting = awaitJob(job, { log: log.show }).pipe(Effect.ensuring(Effect.sync(log.end)))
        const result = yield* restore(withProgress(terminal, "Running", waiting)).pipe(
          Effect.onInterrupt(() => cancelled)
        )
        showResult(call, terminal, job, result)
        return ExitCode.done
      })
    )
  })

export const main = (call: Call, terminal: Terminal): Promise<number> =>
  runCommand(
    call,
    terminal,
    onCluster(call, terminal, (config) => program(call, terminal, config)),
    NodeHost.layer
  )
