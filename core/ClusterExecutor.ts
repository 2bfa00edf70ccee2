/**
 * Runs packaged functions: submit, status, logs, result, cancel, list, attach. Everything that it knows of a job is in
 * the job's directory on the cluster, so any client can ask for it, now or later.
 */
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as CanonicalJson from "./archive/CanonicalJson.ts"
import type { RandomAccess } from "./archive/RandomAccess.ts"
import * as ClusterConfig from "./ClusterConfig.ts"
import * as JobDirectory from "./execute/JobDirectory.ts"
import * as JobError from "./execute/JobError.ts"
import * as JobLogs from "./execute/JobLogs.ts"
import * as JobName from "./execute/JobName.ts"
import * as JobOutcome from "./execute/JobOutcome.ts"
import * as JobScript from "./execute/JobScript.ts"
import * as JobStatus from "./execute/JobStatus.ts"
import { type DeployedPackage, type DeployError, type DeployRequest,
  PackageDeployer } from "./deploy/PackageDeployer.ts"
import * as Invocation from "./runtime/Invocation.ts"
import * as ResultEnvelope from "./runtime/ResultEnvelope.ts"
import * as SourceMapDocument from "./runtime/SourceMapDocument.ts"
import * as Scheduling from "./Scheduler.ts"
import { type JobLimits, Scheduler, type SchedulerError, type SchedulerState } from "./Scheduler.ts"
import { Transport, type TransportError } from "./Transport.ts"

export type { LogChunk } from "./execute/JobLogs.ts"
export type { JobResult } from "./execute/JobOutcome.ts"

/** A package that is to be on the cluster. */
export interface DeploymentRequest {
  readonly package: RandomAccess
  /** The digest that the package must have. */
  readonly digest: string
  readonly config: ClusterConfig.ClusterConfig
  /** The directory in which the package's npm packages are installed, for `local`. */
  readonly nodeModules?: string | undefined
  /** Hears how much of what has to be sent is there. */
  readonly progress?: DeployRequest["progress"]
}

export interface SubmitRequest extends Omit<DeploymentRequest, "digest"> {
  readonly invocation: Invocation.Invocation
  /** Turns the stacks of the job's errors into the user's own lines. */
  readonly sourceMap?: SourceMapDocument.SourceMapDocument | undefined
  /** Where the cluster file functions start, unless the invocation or `remoteWorkDir` says. */
  readonly filesystemRoot?: string | undefined
}

/** A job of the cluster. */
export interface Job {
  readonly jobId: string
  /** Absolute, on the cluster. */
  readonly directory: string
  readonly functionName: string
  readonly packageId: string
  /** Absolute, on the cluster. Removed by a clean-up once the job has ended. */
  readonly packageDirectory: string
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

export type SubmitError = DeployError | SchedulerError | TransportError | JobError.JobEnvironmentError
export type AskError = JobError.JobNotFoundError | TransportError | SchedulerError | ResultEnvelope.ResultEnvelopeError
export type ResultError = AskError | JobError.JobError | SourceMapDocument.SourceMapDocumentError

export class ClusterExecutor extends Context.Tag("clustrix/ClusterExecutor")<ClusterExecutor, {
  /** Absolute, on the cluster: jobs and packages lie under it. */
  readonly stateDirectory: string
  /** Sees to it that the package is there, and all that its jobs need. */
  readonly deploy: (request: DeploymentRequest) => Effect.Effect<DeployedPackage, DeployError>
  /** Deploys the package if need be, makes the job's directory, and hands the job to the scheduler. */
  readonly submit: (request: SubmitRequest) => Effect.Effect<Job, SubmitError>
  /** A job that somebody submitted, perhaps another process, perhaps long ago. */
  readonly attach: (jobId: string) => Effect.Effect<Job, JobError.JobNotFoundError | TransportError>
  /** The job that `name` means: its ID, the beginning or the end of it that no other job has, or `latest`. */
  readonly find: (
    name: string
  ) => Effect.Effect<Job, JobError.JobNotFoundError | JobError.JobAmbiguousError | TransportError>
  readonly status: (jobId: string) => Effect.Effect<JobStatus.JobStatus, AskError>
  /**
   * The same of many jobs, in their order; the scheduler is asked once. A job whose files cannot be understood has an error of
   * its own.
   */
  readonly statuses: (
    jobIds: ReadonlyArray<string>
  ) => Effect.Effect<
    ReadonlyArray<Either.Either<JobStatus.JobStatus, TransportError | ResultEnvelope.ResultEnvelopeError>>,
    TransportError | SchedulerError
  >
  /** What the job printed; with `follow` (the default) until it ends. */
  readonly logs: (
    jobId: string,
    options?: { readonly follow?: boolean }
  ) => Stream.Stream<JobLogs.LogChunk, AskError>
  /** Waits for the job's end. */
  readonly result: (jobId: string) => Effect.Effect<JobOutcome.JobResult, ResultError>
  /** Ends the job. One that has ended already is fine. */
  readonly cancel: (jobId: string) => Effect.Effect<void, AskError>
  /** All jobs, oldest first. */
  readonly list: Effect.Effect<ReadonlyArray<Job>, TransportError>
}>() {}

export interface LayerOptions {
  /** Absolute, on the cluster: jobs and packages lie under it. */
  readonly stateDirectory: string
  /** Where the cluster file functions start, unless the invocation or the configuration says. */
  readonly filesystemRoot?: string | undefined
}

const shortestWaitMillis = 15
const longestWaitMillis = 1000

/** How long a scheduler that does not answer is asked again: half an hour, at growing distances. */
const patience = Schedule.exponential("1 second", 1.5).pipe(
  Schedule.union(Schedule.spaced("1 minute")),
  Schedule.upTo("30 minutes")
)

/** Names sort by time, to the millisecond: `20260131T235959123-0123abcd`. */
const makeJobId: Effect.Effect<string> = Effect.gen(function*() {
  const now = new Date(yield* Clock.currentTimeMillis)
  const random = yield* Random.nextIntBetween(0, 2 ** 31 - 1)
  return `${now.toISOString().replaceAll(/[-:.Z]/g, "")}-${random.toString(16).padStart(8, "0")}`
})

/** Jobs that are asked about at once. */
const atOnce = 16

/** What is wrong with one job's files, and not with the way to them. */
const notUnderstood: ReadonlySet<TransportError["reason"]> = new Set(["Unavailable", "PermissionDenied", "NotFound"])

const validJobId = /^[0-9A-Za-z][0-9A-Za-z._-]*$/

const limitsOf = (config: ClusterConfig.ClusterConfig): JobLimits => ({
  cores: config.cores,
  memoryBytes: config.memory === undefined ? undefined : ClusterConfig.memoryBytes(config.memory),
  timeSeconds: config.time === undefined ? undefined : ClusterConfig.timeSeconds(config.time),
  partition: config.partition,
  queue: config.queue,
  schedulerOptions: config.schedulerOptions
})

/** The values of the variables that go along, from this process's configuration. */
const readEnvironment = (
  names: ReadonlyArray<string>
): Effect.Effect<ReadonlyMap<string, Redacted.Redacted>, JobError.JobEnvironmentError> =>
  Effect.map(
    Effect.forEach(names, (name) =>
      Effect.flatMap(Effect.orElseSucceed(Config.option(Config.string(name)), Option.none), (value) =>
        Option.isSome(value)
          ? Effect.succeed([name, Redacted.make(value.value)] as const)
          : new JobError.JobEnvironmentError({
            variable: name,
            what: `The environment variable ${name} is to go along with the job, and it is not set here`,
            remedy: `Set it, or do not name it (\`environmentVariables\`, --env).`
          }))),
    (entries) =>
      new Map(entries)
  )

// A variable that is set to nothing counts as not set
const remoteNodePath = Effect.orElseSucceed(
  Config.option(Config.nonEmptyString("CLUSTRIX_REMOTE_NODE_PATH")),
  Option.none
)

const make = (options: LayerOptions) =>
  Effect.gen(function*() {
    const transport = yield* Transport
    const scheduler = yield* Scheduler
    const deployer = yield* PackageDeployer
    const jobs = `${options.stateDirectory}/jobs`
    const directoryOf = (jobId: string): string => `${jobs}/${jobId}`

    const notFound = (jobId: string) =>
      new JobError.JobNotFoundError({
        jobId,
        directory: directoryOf(jobId),
        what: `There is no job ${jobId} on ${transport.location}`,
        remedy: `Check the ID: each job has a folder of its name in ${jobs}, until it is removed.`
      })

    const describe = (jobId: string) =>
      Effect.gen(function*() {
        const description = validJobId.test(jobId)
          ? yield* JobDirectory.readJson(
            transport,
            directoryOf(jobId),
            JobDirectory.files.description,
            JobDirectory.JobDescription
          )
          : undefined
        return description ?? (yield* notFound(jobId))
      })

    const toJob = (description: JobDirectory.JobDescription): Job => ({
      jobId: description.jobId,
      directory: directoryOf(description.jobId),
      functionName: description.functionName,
      packageId: description.packageId,
      packageDirectory: description.packageDirectory,
      createdAt: description.createdAt
    })

    const attach = (jobId: string) => Effect.map(describe(jobId), toJob)

    /** Names in the directory of jobs; not all of them need be jobs. */
    const names = transport.list(jobs).pipe(
      Effect.catchIf((error) => error.reason === "NotFound", () => Effect.succeed<ReadonlyArray<string>>([])),
      Effect.map((all) => all.filter((name) => validJobId.test(name)))
    )

    /** A directory that is being made, or that something else made, is no job. */
    const attachIfJob = (jobId: string) =>
      Effect.asSome(attach(jobId)).pipe(
        Effect.catchTag("JobNotFoundError", () => Effect.succeedNone),
        Effect.catchIf((error) => notUnderstood.has(error.reason), () => Effect.succeedNone)
      )

    const attachAll = (ids: ReadonlyArray<string>) =>
      Effect.map(
        Effect.forEach(ids, attachIfJob, { concurrency: atOnce }),
        (found) => found.flatMap((job) => Option.isSome(job) ? [job.value] : [])
      )

    const noJobs = new JobError.JobNotFoundError({
      jobId: JobName.latest,
      directory: jobs,
      what: `There are no jobs on ${transport.location}`,
      remedy: "`clustrix run` starts one."
    })

    const find = (name: string) =>
      Effect.gen(function*() {
        const ids = JobName.candidates(name, yield* names)
        if (name === JobName.latest) {
          for (const id of ids) {
            const job = yield* attachIfJob(id)
            if (Option.isSome(job)) return job.value
          }
          return yield* noJobs
        }
        const found = yield* attachAll(ids)
        const [first] = found
        if (found.length > 1) return yield* JobName.ambiguous(name, found)
        return first ?? (yield* attach(name))
      })

    /** Makes a directory that no other job has, with a name that is free. */
    const newDirectory: Effect.Effect<string, TransportError> = Effect.flatMap(makeJobId, (jobId) =>
      Effect.as(transport.makeNewDirectory(directoryOf(jobId)), jobId)).pipe(
        Effect.retry({
          times: 5,
          while: (error) =>
            error.reason === "AlreadyExists"
        })
      )

    const deploy = ({ config, digest, nodeModules, package: access, progress }: DeploymentRequest) =>
      Effect.flatMap(remoteNodePath, (configuredRuntime) =>
        deployer.deploy({
          package: access,
          digest,
          stateDirectory: options.stateDirectory,
          nodeModules,
          workDirectory: config.remoteWorkDir,
          allowScripts: config.allowScripts,
          runtime: config.remoteNodePath ?? Option.getOrUndefined(configuredRuntime),
          moduleLoads: config.moduleLoads,
          progress
        }))

    const submit = (request: SubmitRequest) =>
      Effect.gen(function*() {
        const { config, invocation } = request
        const environment = yield* readEnvironment(invocation.environmentVariables)
        // No job is there yet: whoever sends for minutes may give up
        const deployed = yield* Effect.interruptible(deploy({ ...request, digest: invocation.package.digest }))
        yield* transport.makeDirectory(jobs)
        const jobId = yield* newDirectory
        const directory = directoryOf(jobId)
        const limits = limitsOf(config)
        const createdAt = yield* Clock.currentTimeMillis
        const write = (name: string, text: string, mode?: number) =>
          transport.writeFile(`${directory}/${name}`, text, mode)
        const description: JobDirectory.JobDescription = {
          format: "clustrix-job",
          formatVersion: 1,
          jobId,
          packageId: invocation.package.packageId,
          digest: invocation.package.digest,
          functionName: invocation.package.functionName,
          clusterType: scheduler.clusterType,
          packageDirectory: deployed.directory,
          createdAt
        }
        const prepare = Effect.gen(function*() {
          yield* transport.makeDirectory(`${directory}/${JobDirectory.files.work}`)
          yield* write(JobDirectory.files.invocation, Invocation.encode(invocation))
          if (request.sourceMap !== undefined) {
            yield* write(JobDirectory.files.sourceMap, SourceMapDocument.encode(request.sourceMap))
          }
          yield* write(
            JobDirectory.files.script,
            JobScript.render({
              jobId,
              jobDirectory: directory,
              packageDirectory: deployed.directory,
              filesystemRoot: invocation.filesystemRoot ?? options.filesystemRoot ?? config.remoteWorkDir ??
                request.filesystemRoot,
              runtimePath: deployed.runtimePath,
              directives: scheduler.directives(jobId, limits),
              moduleLoads: config.moduleLoads ?? [],
              preExecutionCommands: config.preExecutionCommands ?? [],
              limits,
              supervised: true
            }),
            0o700
          )
          yield* write(JobDirectory.files.description, CanonicalJson.encode(description))
        })
        // A directory without a job in it would be found by `list` for ever.
        yield* Effect.onError(prepare, () => Effect.ignore(transport.remove(directory)))
        // Not to be torn apart: a job that runs must be known by its scheduler's name for it.
        yield* Effect.uninterruptible(
          scheduler.submit({ jobId, directory, limits, environment }).pipe(
            Effect.onError(() => Effect.ignore(transport.remove(directory))),
            Effect.flatMap((schedulerId) =>
              write(JobDirectory.files.submitted, CanonicalJson.encode({ schedulerId, submittedAt: createdAt }))
            )
          )
        )
        return toJob(description)
      }).pipe(Effect.withSpan("ClusterExecutor.submit"))

    const readResult = (jobId: string) =>
      Effect.flatMap(
        JobDirectory.readText(transport, directoryOf(jobId), JobDirectory.files.result),
        (text): Effect.Effect<ResultEnvelope.ResultEnvelope | undefined, ResultEnvelope.ResultEnvelopeError> =>
          text === undefined
            ? Effect.succeed(undefined)
            : ResultEnvelope.decode(text, `${directoryOf(jobId)}/${JobDirectory.files.result}`)
      )

    const submissionOf = (jobId: string) =>
      JobDirectory.readJson(transport, directoryOf(jobId), JobDirectory.files.submitted, JobDirectory.Submission)

    const runningOf = (jobId: string) =>
      JobDirectory.readJson(transport, directoryOf(jobId), JobDirectory.files.state, JobDirectory.RunningState)

    /** What the job's directory says; where that is not the end of it, the scheduler has to be asked under `schedulerId`. */
    const read = (jobId: string) =>
      Effect.gen(function*() {
        const envelope = yield* readResult(jobId)
        if (envelope !== undefined && !(scheduler.endsJobs && JobStatus.isDoubtful(envelope))) {
          return { jobId, envelope, schedulerId: undefined, running: undefined, submitted: true }
        }
        const submission = yield* submissionOf(jobId)
        const running = yield* runningOf(jobId)
        // Whoever submitted it was killed before the scheduler's name for it was written: it still runs.
        const schedulerId = submission?.schedulerId ?? (running === undefined ? undefined : "")
        return { jobId, envelope, schedulerId, running, submitted: submission !== undefined }
      })
    type Known = Effect.Effect.Success<ReturnType<typeof read>>

    const poll = (known: ReadonlyArray<Known>): Effect.Effect<ReadonlyMap<string, SchedulerState>, SchedulerError> => {
      const asked = known.flatMap(({ jobId, schedulerId }) =>
        schedulerId === undefined ? [] : [{ directory: directoryOf(jobId), schedulerId }]
      )
      return asked.length === 0
        ? Effect.succeed(new Map())
        : Effect.map(scheduler.poll(asked), (answers) =>
          new Map([...answers].map(([id, answer]) => [id, Scheduling.overall(answer)])))
    }

    const conclude = (known: Known, polled: ReadonlyMap<string, SchedulerState>) =>
      Effect.gen(function*() {
        const { jobId, running, schedulerId, submitted } = known
        const state: SchedulerState = (schedulerId === undefined ? undefined : polled.get(schedulerId)) ??
          { _tag: "Unknown" }
        const over = known.envelope === undefined && (state._tag === "Ended" || state._tag === "Unknown")
        // It may have ended between the two questions; and on a shared file system its files may still be on their way.
        if (over && scheduler.settleMillis > 0) {
          yield* Effect.sleep(scheduler.settleMillis)
        }
        const found = over ? yield* readResult(jobId) : known.envelope
        const doubtful = scheduler.endsJobs && JobStatus.isDoubtful(found)
        const cancelled = (over && found === undefined || doubtful) &&
          (yield* transport.exists(`${directoryOf(jobId)}/${JobDirectory.files.cancelled}`))
        const envelope = doubtful && !cancelled && JobStatus.knowsBetter(state) ? undefined : found
        return {
          envelope,
          status: JobStatus.derive({
            jobId,
            envelope,
            scheduler: cancelled ? { _tag: "Ended", outcome: "cancelled", exitCode: undefined } : state,
            running,
            submitted
          })
        }
      })

    /** Status of a job that exists, and its result if there is one. */
    const look = (jobId: string) =>
      Effect.flatMap(read(jobId), (known) =>
        Effect.flatMap(poll([known]), (polled) =>
          conclude(known, polled)))

    /** The same of many: the scheduler is asked once. A job whose files cannot be understood has its own error. */
    const statuses = (jobIds: ReadonlyArray<string>) =>
      Effect.gen(function*() {
        const single = <A>(effect: Effect.Effect<A, TransportError | ResultEnvelope.ResultEnvelopeError>) =>
          Effect.flatMap(Effect.either(effect), (outcome) =>
            Either.isLeft(outcome) && outcome.left._tag === "TransportError" && !notUnderstood.has(outcome.left.reason)
              ? Effect.fail(outcome.left)
              : Effect.succeed(outcome))
        const known = yield* Effect.forEach(jobIds, (jobId) =>
          single(read(jobId)), { concurrency: atOnce })
        const all = known.flatMap((each) =>
          Either.isRight(each) ? [each.right] : []
        )
        const polled = yield* poll(all.filter(({ schedulerId }) => schedulerId !== ""))
        const statusOf = (each: Known) =>
          // What has no name of its own has no place among the answers
          Effect.flatMap(each.schedulerId === "" ? poll([each]) : Effect.succeed(polled), (states) =>
            single(Effect.map(conclude(each, states), ({ status }) =>
              status)))
        return yield* Effect.forEach(
          known,
          Either.match({
            onLeft: (error) =>
              Effect.succeed(Either.left(error)),
            onRight: statusOf
          }),
          { concurrency: atOnce }
        )
      }).pipe(Effect.withSpan("ClusterExecutor.statuses"))

    const status = (jobId: string) =>
      Effect.zipRight(describe(jobId), Effect.map(look(jobId), ({ status }) => status)).pipe(
        Effect.withSpan("ClusterExecutor.status")
      )

    /** A scheduler that does not answer says nothing of the job: it is asked again, for a while. */
    const lookPatiently = (jobId: string) =>
      Effect.retry(look(jobId), {
        while: (error) => error._tag === "SchedulerError" && error.reason === "Unavailable",
        schedule: patience
      })

    /** Looks until the job is over: quickly at first, then once a second. */
    const untilOver = (
      jobId: string,
      waitMillis = Math.max(shortestWaitMillis, scheduler.pollMillis)
    ): ReturnType<typeof lookPatiently> =>
      Effect.flatMap(lookPatiently(jobId), (seen) =>
        JobStatus.isFinal(seen.status.state)
          ? Effect.succeed(seen)
          : Effect.zipRight(
            Effect.sleep(waitMillis),
            Effect.suspend(() => untilOver(jobId, Math.min(longestWaitMillis, waitMillis * 1.2)))
          ))

    const result = (jobId: string) =>
      Effect.gen(function*() {
        const { functionName } = yield* describe(jobId)
        const { envelope, status } = yield* untilOver(jobId)
        const place = { jobId, directory: directoryOf(jobId), functionName }
        if (envelope === undefined) return yield* JobOutcome.withoutResult(place, status)
        const text = envelope.error === undefined
          ? undefined
          : yield* JobDirectory.readText(transport, place.directory, JobDirectory.files.sourceMap)
        const document = text === undefined
          ? undefined
          : yield* SourceMapDocument.decode(text, `${place.directory}/${JobDirectory.files.sourceMap}`)
        return yield* JobOutcome.fromEnvelope(place, envelope, document)
      }).pipe(Effect.withSpan("ClusterExecutor.result"))

    return {
      stateDirectory: options.stateDirectory,
      deploy,
      submit,
      attach,
      find,
      status,
      statuses,
      logs: (jobId: string, { follow = true }: { readonly follow?: boolean } = {}) =>
        Stream.unwrap(Effect.as(
          describe(jobId),
          JobLogs.read(transport, directoryOf(jobId), {
            follow,
            isOver: Effect.map(lookPatiently(jobId), ({ status }) => JobStatus.isFinal(status.state))
          })
        )),
      result,
      cancel: (jobId: string) =>
        Effect.gen(function*() {
          yield* describe(jobId)
          if ((yield* readResult(jobId)) !== undefined) return
          const submission = yield* submissionOf(jobId)
          // First, so that a job which is killed before it can say so is known to be cancelled.
          yield* transport.writeFile(`${directoryOf(jobId)}/${JobDirectory.files.cancelled}`, "")
          yield* scheduler.cancel({ directory: directoryOf(jobId), schedulerId: submission?.schedulerId ?? "" })
        }).pipe(Effect.withSpan("ClusterExecutor.cancel")),
      list: Effect.flatMap(names, attachAll).pipe(Effect.withSpan("ClusterExecutor.list"))
    }
  })

export const layer = (
  options: LayerOptions
): Layer.Layer<ClusterExecutor, never, Transport | Scheduler | PackageDeployer> =>
  Layer.effect(ClusterExecutor, make(options))
