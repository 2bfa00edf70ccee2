/**
 * Runs packaged functions: submit, status, logs, result, cancel, list, attach. Everything that it knows of a job is in
 * the job's directory on the cluster, so any client can ask for it, now or later.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"
import * as Hasher from "../archive/Hasher.ts"
import * as DiagnosticLog from "../diagnostics/DiagnosticLog.ts"
import * as Counters from "../diagnostics/Counters.ts"
import * as CanonicalJson from "../archive/CanonicalJson.ts"
import * as BoundedMap from "./execute/BoundedMap.ts"
import type { RandomAccess } from "../archive/RandomAccess.ts"
import * as ClusterConfig from "../config/ClusterConfig.ts"
import type { ConfigurationError } from "../config/ConfigurationError.ts"
import { Cluster, configOf, type JobSettings } from "../config/Cluster.ts"
import * as JobContents from "./execute/JobContents.ts"
import * as JobDirectory from "./execute/JobDirectory.ts"
import * as JobError from "./execute/JobError.ts"
import * as JobLogs from "./execute/JobLogs.ts"
import * as JobName from "./execute/JobName.ts"
import * as JobProgress from "./execute/JobProgress.ts"
import * as JobOutcome from "./execute/JobOutcome.ts"
import * as JobResultFile from "./execute/JobResultFile.ts"
import * as JobSnapshot from "./execute/JobSnapshot.ts"
import * as JobScript from "./execute/JobScript.ts"
import * as JobStatus from "./execute/JobStatus.ts"
import * as JobTrust from "./execute/JobTrust.ts"
import * as JobWatch from "./execute/JobWatch.ts"
import * as MapDirectory from "./execute/MapDirectory.ts"
import * as ReusableResult from "./execute/ReusableResult.ts"
import * as SchedulerShell from "./execute/SchedulerShell.ts"
import * as SchedulerPoller from "./execute/SchedulerPoller.ts"
import * as TaskFiles from "./execute/TaskFiles.ts"
import { taskPlan } from "./execute/taskPlan.ts"
import * as TaskStream from "./execute/TaskStream.ts"
import { type DeployedPackage, type DeployError, type DeployRequest,
  PackageDeployer } from "./deploy/PackageDeployer.ts"
import * as Invocation from "../runtime/Invocation.ts"
import type * as ResultEnvelope from "../runtime/ResultEnvelope.ts"
import * as SourceMapDocument from "../runtime/SourceMapDocument.ts"
import * as Scheduling from "./Scheduler.ts"
import { type JobLimits, type JobToSubmit, Scheduler, type SchedulerError, type SchedulerState,
  type SubmittedJob } from "./Scheduler.ts"
import { Transport, TransportError } from "./Transport.ts"

export { type Reason as NotReusedReason, reasons as notReusedReasons } from "./execute/ReusableResult.ts"
export type { LogChunk, LogPosition } from "./execute/JobLogs.ts"
export type { JobProgress } from "./execute/JobProgress.ts"
export type { JobResult } from "./execute/JobOutcome.ts"
export type { TaskCounts } from "./execute/TaskFiles.ts"
export type { ResultsOptions, TaskResult } from "./execute/TaskStream.ts"

/** A package that is to be on the cluster. */
export interface DeploymentRequest {
  readonly package: RandomAccess
  /** The digest that the package must have. */
  readonly digest: string
  /** The directory in which the package's npm packages are installed, for `local`. */
  readonly nodeModules?: string | undefined
  /** Hears how much of what has to be sent is there. */
  readonly progress?: DeployRequest["progress"]
}

export interface SubmitRequest extends Omit<DeploymentRequest, "digest"> {
  readonly invocation: Invocation.Invocation
  /** What this job may have besides the cluster's own settings. */
  readonly job?: JobSettings | undefined
  /** Turns the stacks of the job's errors into the user's own lines. */
  readonly sourceMap?: SourceMapDocument.SourceMapDocument | undefined
  /** Where the cluster file functions start, unless the invocation or `remoteWorkDir` says. */
  readonly filesystemRoot?: string | undefined
  /** For whom it is submitted, where a server does that for others. */
  readonly owner?: string | undefined
  /** What that server knows the call by, so that it finds the job again. */
  readonly callKey?: string | undefined
}

/** One function called many times: one job, one array of the scheduler. */
export interface SubmitMapRequest extends SubmitRequest {
  /** Value texts of the arrays of arguments, one for each task; those of `invocation` do not count. */
  readonly inputs: ReadonlyArray<string>
  /** Tasks that an element of the array runs, one after the other; by default so few that there are at most 1,000 elements. */
  readonly chunk?: number | undefined
  /** The most elements that run at once; without it the scheduler decides. */
  readonly concurrency?: number | undefined
  /** How often a task that failed is run again, at once and where it ran; 0 by default. */
  readonly retry?: number | undefined
}

export interface ResumeOptions {
  /** Names of environment variables that the job may get besides those of the cluster, if its invocation names them. */
  readonly environmentVariables?: ReadonlyArray<string> | undefined
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
  /** For whom a server submitted it. */
  readonly owner?: string
  /** What that server knows the call by. */
  readonly callKey?: string
  /** How many tasks it has, if it is many calls. */
  readonly tasks?: number
  /** It made the same call before, and its result is taken again: nothing was submitted. */
  readonly reused?: true
  /** Its package was deployed a moment ago, and not checked file by file again. */
  readonly packageNotChecked?: true
  /** Why it is another job although results were to be reused. */
  readonly notReused?: ReusableResult.Reason
}

export type SubmitError =
  | ClusterConfig.ClusterConfigError
  | DeployError
  | JobError.JobEnvironmentError
  | SchedulerError
  | TransportError
export type AskError = JobError.JobNotFoundError | TransportError | SchedulerError | ResultEnvelope.ResultEnvelopeError
export type ResultError = AskError | JobError.JobError | SourceMapDocument.SourceMapDocumentError

export class ClusterExecutor extends Context.Tag("clustrix/ClusterExecutor")<ClusterExecutor, {
  /** Absolute, on the cluster: jobs and packages lie under it. */
  readonly stateDirectory: string
  /** Sees to it that the package is there, and all that its jobs need. */
  readonly deploy: (request: DeploymentRequest) => Effect.Effect<DeployedPackage, DeployError>
  /** Deploys the package if need be, makes the job's directory, and hands the job to the scheduler. */
  readonly submit: (request: SubmitRequest) => Effect.Effect<Job, SubmitError>
  /** The same for many calls at once: one submission, whatever their number. */
  readonly submitMap: (request: SubmitMapRequest) => Effect.Effect<Job, SubmitError | ConfigurationError>
  /**
   * What the tasks of such a job give, as they end; an error of one is its own. It may be asked for at any time, by anybody, and
   * again.
   */
  readonly results: (
    jobId: string,
    options?: TaskStream.ResultsOptions
  ) => Stream.Stream<TaskStream.TaskResult, AskError | SourceMapDocument.SourceMapDocumentError>
  /** Submits again what has no result and will not get one; what has ended does not run again. Gives how many tasks these are. */
  readonly resume: (
    jobId: string,
    options?: ResumeOptions
  ) => Effect.Effect<number, AskError | JobError.JobEnvironmentError>
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
  /** How far the job's function says it is: one small file, read at once. `undefined` when it says nothing, and for many calls. */
  readonly progress: (jobId: string) => Effect.Effect<JobProgress.JobProgress | undefined, TransportError>
  /**
   * What the job printed, `from` its beginning by default; with `follow` (the default) until it ends. Of many calls, that of one
   * `task`, or of one after the other.
   */
  readonly logs: (
    jobId: string,
    options?: {
      readonly follow?: boolean
      readonly task?: number | undefined
      readonly from?: JobLogs.LogPosition | undefined
      readonly tail?: number | undefined
    }
  ) => Stream.Stream<JobLogs.LogChunk, AskError>
  /**
   * Waits for the job's end. Many calls give the array of their values, or the first error. `limitBytes`: a result that takes more
   * is not read, and fails as {@link JobError.ResultTooLargeError}.
   */
  readonly result: (
    jobId: string,
    options?: { readonly limitBytes?: number | undefined }
  ) => Effect.Effect<JobOutcome.JobResult, ResultError>
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

const longestWaitMillis = 1000

/** While a job has no result, the scheduler is asked after this time, then less and less often. */
const firstAskMillis = 1000
const longestAskMillis = 10_000

/** How long a scheduler that does not answer is asked again: half an hour, at growing distances. */
const patienceMinutes = 30
const patience = Schedule.exponential("1 second", 1.5).pipe(
  Schedule.union(Schedule.spaced("1 minute")),
  Schedule.upTo(`${patienceMinutes} minutes`)
)

/** Names sort by time, to the millisecond: `20260131T235959123-0123abcd`. */
const makeJobId: Effect.Effect<string> = Effect.gen(function*() {
  const now = new Date(yield* Clock.currentTimeMillis)
  const random = yield* Random.nextIntBetween(0, 2 ** 31 - 1)
  return `${now.toISOString().replaceAll(/[-:.Z]/g, "")}-${random.toString(16).padStart(8, "0")}`
})

/** How long two files of an attempt may take; then whoever began it was killed. */
const longestMakingMillis = 5000
const makingMillis = 250

/** Jobs that are asked about at once. */
const atOnce = 16

/** Of so many jobs and packages something is kept in memory, however long a program submits. */
const mostKept = 1024

/**
 * How long a package that was deployed is taken to be whole: calls in a row ask once. Far below the age at which anything is cleaned
 * up.
 */
const deployedMillis = 120_000

/** What is wrong with one job's files, and not with the way to them. */
const notUnderstood: ReadonlySet<TransportError["reason"]> = new Set(["Unavailable", "PermissionDenied", "NotFound"])

const validJobId = /^[0-9A-Za-z][0-9A-Za-z._-]{0,199}$/

const limitsOf = (config: ClusterConfig.ClusterConfig): JobLimits => ({
  cores: config.cores,
  memoryBytes: config.memory === undefined ? undefined : ClusterConfig.memoryBytes(config.memory),
  timeSeconds: config.time === undefined ? undefined : ClusterConfig.timeSeconds(config.time),
  partition: config.partition,
  queue: config.queue,
  schedulerOptions: config.schedulerOptions
})

/**
 * The values of the variables that go along, from this process's configuration. An invocation may come from anybody: it gets only
 * variables that the configuration (`allowed`) names too.
 */
const readEnvironment = (
  names: ReadonlyArray<string>,
  allowed: ReadonlyArray<string> = []
): Effect.Effect<ReadonlyMap<string, Redacted.Redacted>, JobError.JobEnvironmentError> => {
  const [foreign, ...others] = names.filter((name) => !allowed.includes(name))
  if (foreign !== undefined) return Effect.fail(JobError.foreignVariable(foreign, others.length))
  return Effect.map(
    Effect.forEach(
      names,
      (name) =>
        Effect.flatMap(
          Effect.orElseSucceed(Config.option(Config.string(name)), Option.none),
          (value) =>
            Option.isSome(value)
              ? Effect.succeed([name, Redacted.make(value.value)] as const)
              : new JobError.JobEnvironmentError({
                variable: name,
                what: `The environment variable ${name} is to go along with the job, and it is not set here`,
                remedy: `Set it, or do not name it (\`environmentVariables\`, --env).`
              })
        )
    ),
    (entries) => new Map(entries)
  )
}

// A variable that is set to nothing counts as not set
const remoteNodePath = Effect.orElseSucceed(
  Config.option(Config.nonEmptyString("CLUSTRIX_REMOTE_NODE_PATH")),
  Option.none
)

const make = (options: LayerOptions) =>
  Effect.gen(function*() {
    const cluster = yield* Cluster
    const transport = yield* Transport
    const scheduler = yield* Scheduler
    const deployer = yield* PackageDeployer
    const hasher = yield* Hasher.Hasher
    const jobs = `${options.stateDirectory}/jobs`
    const directoryOf = (jobId: string): string => `${jobs}/${jobId}`
    const poller = yield* SchedulerPoller.make(scheduler)
    const watch = yield* JobWatch.make(transport)

    /** What spans and log lines say of where they belong. */
    const placeOf = { cluster: scheduler.clusterType, location: transport.location }

    /** A job that the scheduler took. */
    const tellSubmitted = ({ functionName, jobId, packageId }: Job) =>
      Effect.zipRight(
        Effect.annotateCurrentSpan({ ...placeOf, jobId, packageId, function: functionName }),
        Effect.zipRight(
          Metric.increment(Counters.jobsSubmitted),
          Effect.annotateLogs(Effect.logDebug(`Submitted ${functionName} as job ${jobId}`), {
            ...placeOf,
            jobId,
            packageId
          })
        )
      )

    const notFound = (jobId: string) =>
      new JobError.JobNotFoundError({
        jobId,
        directory: directoryOf(jobId),
        what: `There is no job ${jobId} on ${transport.location}`,
        remedy: `Check the ID: each job has a folder of its name in ${jobs}, until it is removed.`
      })

    /** Of jobs that were submitted here: what they are need not be asked for. */
    const descriptions = BoundedMap.make<string, JobDirectory.JobDescription>(mostKept)

    /** What the scheduler calls jobs that were submitted here: known even where their directory is removed. */
    const schedulerIds = BoundedMap.make<string, string>(mostKept)

    /** How long the logs of jobs were when their ends were seen. */
    const ends = BoundedMap.make<string, JobLogs.LogPosition>(mostKept)

    /** Plans never change; `undefined` for a job that is one call. */
    const plans = BoundedMap.make<string, JobDirectory.TaskPlan | undefined>(mostKept)

    const describe = (jobId: string) =>
      Effect.gen(function*() {
        const [description] = validJobId.test(jobId)
          ? yield* Effect.all([
            JobDirectory.readJson(
              transport,
              directoryOf(jobId),
              JobDirectory.files.description,
              JobDirectory.JobDescription
            ),
            JobTrust.check(transport, jobs, directoryOf(jobId))
          ], { concurrency: 2 })
          : [undefined]
        if (description === undefined) return yield* notFound(jobId)
        if (description.jobId !== jobId) return yield* JobDirectory.otherJob(directoryOf(jobId), description)
        plans.set(jobId, description.tasks)
        return description
      })

    /** The same, without asking for a job that was submitted here. */
    const describeHere = (jobId: string) =>
      Effect.suspend(() => {
        const known = descriptions.get(jobId)
        return known === undefined ? describe(jobId) : Effect.succeed(known)
      })

    const toJob = (description: JobDirectory.JobDescription): Job => ({
      jobId: description.jobId,
      directory: directoryOf(description.jobId),
      functionName: description.functionName,
      packageId: description.packageId,
      packageDirectory: description.packageDirectory,
      createdAt: description.createdAt,
      ...(description.owner === undefined ? {} : { owner: description.owner }),
      ...(description.callKey === undefined ? {} : { callKey: description.callKey }),
      ...(description.tasks === undefined ? {} : { tasks: description.tasks.count })
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

    const deploy = ({ digest, nodeModules, package: access, progress }: DeploymentRequest, config = cluster.config) =>
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

    interface Deployment {
      /** One call of many sends the package, the others wait. */
      readonly one: Effect.Semaphore
      last: { readonly deployed: DeployedPackage; modules: string | undefined; readonly at: number } | undefined
    }
    const deployments = BoundedMap.make<string, Deployment>(mostKept)

    /** By digest, when a job of the package did not start (milliseconds since 1970): what was seen of it before counts no more. */
    const notStarted = BoundedMap.make<string, number>(mostKept)

    const deploymentOf = (request: DeploymentRequest, config: ClusterConfig.ClusterConfig): Deployment => {
      const key = CanonicalJson.encode([request.digest, request.nodeModules ?? null, [...config.moduleLoads ?? []]])
      const known = deployments.get(key)
      if (known !== undefined) return known
      const made: Deployment = { one: Effect.unsafeMakeSemaphore(1), last: undefined }
      deployments.set(key, made)
      return made
    }

    /**
     * The same for a job. On another machine, a package that was deployed a moment ago is taken to be there: the command that submits
     * looks for it and for its npm packages. Here asking costs nothing.
     */
    const deployed = (request: DeploymentRequest, config: ClusterConfig.ClusterConfig) =>
      Effect.suspend(() => {
        const deployment = deploymentOf(request, config)
        return deployment.one.withPermits(1)(Effect.gen(function*() {
          const { last } = deployment
          const now = yield* Clock.currentTimeMillis
          const isHere = cluster.config.clusterType === "local"
          const isTrusted = last !== undefined && !isHere && now - last.at < deployedMillis &&
            last.at >= (notStarted.get(request.digest) ?? 0)
          if (isTrusted) {
            return { ...last.deployed, created: false, isChecked: false }
          }
          const made = yield* deploy(request, config).pipe(
            Effect.withSpan("clustrix.deploy", { attributes: { ...placeOf, packageId: request.digest.slice(0, 16) } })
          )
          yield* Metric.increment(Counters.deployments)
          yield* Effect.annotateLogs(
            Effect.logDebug(`${made.created ? "Deployed" : "Found"} the package in ${made.directory}`),
            placeOf
          )
          deployment.last = { deployed: made, modules: undefined, at: now }
          return { ...made, isChecked: true }
        }))
      })

    type Prepared = Pick<JobContents.JobContents, "directories" | "files">

    /** Files that are too large for the command that submits are uploaded before; it moves them to their places. */
    const sendLarge = (jobId: string, files: ReadonlyArray<JobContents.JobFile>) =>
      Effect.forEach(files, (file): Effect.Effect<JobContents.JobFile, TransportError> => {
        if (!("text" in file) || file.text.length <= JobContents.mostCharacters) return Effect.succeed(file)
        const folder = `${options.stateDirectory}/uploads`
        const from = `${folder}/${jobId}-${file.name.replaceAll("/", "-")}`
        return transport.makeDirectory(folder).pipe(
          Effect.zipRight(transport.writeFile(from, file.text)),
          Effect.as({ name: file.name, from })
        )
      })

    /** Whether the scheduler, and not the way to it, gave no answer. */
    const isUnanswered = (error: SchedulerError | TransportError): boolean =>
      error._tag === "SchedulerError" && error.reason === "Unavailable" && error.cause === undefined

    /**
     * Hands a job to the scheduler, and again while the scheduler does not answer, for half an hour. Not to be torn apart but while it
     * waits: a job that runs must be known by its scheduler's name for it. What is not submitted is removed: `whole`. Gives where the
     * package finds npm packages.
     */
    const handOver = (
      job: Omit<JobToSubmit, "environment">,
      environment: JobToSubmit["environment"],
      whole: string
    ) =>
      Effect.uninterruptible(Effect.gen(function*() {
        const pauses = yield* Schedule.driver(patience)
        const attempt = (
          isFirst: boolean
        ): Effect.Effect<Scheduling.Acceptance, SchedulerError | TransportError> =>
          Effect.catchIf(scheduler.submit({ ...job, environment }), isUnanswered, (error) =>
            Effect.logWarning(
              `${error.what}: ${error.why ?? "no reason given"}\n` +
                `The job is submitted again until it does, for ${patienceMinutes} minutes at most.`
            ).pipe(
              Effect.annotateLogs(placeOf),
              Effect.when(() => isFirst),
              // Nothing is submitted yet: even where the caller protects what is, the wait can be interrupted
              Effect.zipRight(Effect.mapError(Effect.interruptible(pauses.next(undefined)), () => error)),
              Effect.zipRight(attempt(false))
            ))
        /** Where nobody knows whether the scheduler has it, it is told to end what has the job's name. */
        const discard = (cause: Cause.Cause<SchedulerError | TransportError>) => {
          const [error] = [...Cause.failures(cause)]
          if (error?._tag === "TransportError" && error.reason === "AlreadyExists") return Effect.void
          const end = error?._tag === "SchedulerError" && error.reason === "Rejected" ? Effect.void
            : Effect.ignore(scheduler.cancel({ directory: job.directory, schedulerId: "" }))
          return Effect.zipRight(end, Effect.ignore(transport.remove(whole)))
        }
        return yield* attempt(true).pipe(
          Effect.mapError((error) =>
            error._tag === "SchedulerError" && error.reason === "Unavailable"
              ? new Scheduling.SchedulerError({
                reason: error.reason,
                what: error.what,
                ...(error.why === undefined ? {} : { why: error.why }),
                remedy: "Nothing was submitted: run it again.",
                cause: error.cause
              })
              : error
          ),
          Effect.onError(discard),
          Effect.tap(({ schedulerId }) => Effect.sync(() => schedulerIds.set(job.jobId, schedulerId))),
          Effect.map(({ modules }) => modules)
        )
      }))

    /** The directory of a job of which nothing is to run. */
    const makeAlone = (contents: JobContents.JobContents) =>
      Effect.flatMap(
        transport.exec(JobContents.take.join("\n"), {
          idempotent: true,
          stdin: JobContents.input(contents, new Map())
        }),
        (ran) => JobContents.made(transport, contents, ran)
      )

    /**
     * Makes a new job of `request` and hands it to the scheduler: one command. `files` are those beside what every job has. Where the
     * name is taken by another job, or the package has gone meanwhile, it is done once more.
     */
    const submitNew = (
      request: SubmitRequest,
      config: ClusterConfig.ClusterConfig,
      environment: JobToSubmit["environment"],
      tasks: JobDirectory.TaskPlan | undefined,
      make: (
        job: { readonly jobId: string; readonly directory: string },
        script: (own: Pick<JobScript.JobScriptInput, "jobDirectory" | "directives">) => string
      ) => Prepared & {
        /** What is handed to the scheduler; `undefined` for no call at all. */
        readonly submission: Omit<JobToSubmit, "environment" | "contents"> | undefined
      }
    ) => {
      const { invocation } = request
      const deployment = { ...request, digest: invocation.package.digest }
      const once = Effect.gen(function*() {
        // No job is there yet: whoever sends for minutes may give up
        const there = yield* Effect.interruptible(deployed(deployment, config))
        const jobId = yield* makeJobId
        const directory = directoryOf(jobId)
        const description: JobDirectory.JobDescription = {
          format: "clustrix-job",
          formatVersion: 1,
          jobId,
          packageId: invocation.package.packageId,
          digest: invocation.package.digest,
          functionName: invocation.package.functionName,
          clusterType: scheduler.clusterType,
          packageDirectory: there.directory,
          createdAt: yield* Clock.currentTimeMillis,
          ...(request.owner === undefined ? {} : { owner: request.owner }),
          ...(request.callKey === undefined ? {} : { callKey: request.callKey }),
          ...(tasks === undefined ? {} : { tasks })
        }
        const script = (own: Pick<JobScript.JobScriptInput, "jobDirectory" | "directives">): string =>
          JobScript.render({
            ...own,
            jobId,
            packageDirectory: there.directory,
            filesystemRoot: invocation.filesystemRoot ?? options.filesystemRoot ?? config.remoteWorkDir ??
              request.filesystemRoot,
            runtimePath: there.runtimePath,
            moduleLoads: config.moduleLoads ?? [],
            preExecutionCommands: config.preExecutionCommands ?? [],
            limits: limitsOf(config)
          })
        const { directories, files: own, submission } = make({ jobId, directory }, script)
        const known = deploymentOf(deployment, config)
        const all: JobContents.JobContents = {
          root: directory,
          directories,
          files: [
            { name: JobDirectory.files.invocation, text: Invocation.encode(invocation) },
            ...(request.sourceMap === undefined
              ? []
              : [{ name: JobDirectory.files.sourceMap, text: SourceMapDocument.encode(request.sourceMap) }]),
            ...own
          ],
          last: { name: JobDirectory.files.description, text: CanonicalJson.encode(description) },
          needs: { directory: there.directory, modules: known.last?.modules }
        }
        const contents = { ...all, files: yield* sendLarge(jobId, all.files) }
        const modules = submission === undefined
          ? yield* Effect.as(makeAlone(contents), undefined)
          : yield* handOver({ ...submission, contents }, environment, directory)
        if (known.last?.deployed.directory === there.directory) known.last.modules ??= modules
        descriptions.set(jobId, description)
        const job: Job = toJob(description)
        return there.isChecked ? job : { ...job, packageNotChecked: true as const }
      })
      const isGone = (error: { readonly _tag: string }): boolean =>
        error instanceof TransportError && error.reason === "NotFound" && error.path?.startsWith(jobs) === false
      return once.pipe(
        Effect.tapError((error) =>
          Effect.sync(() => {
            if (isGone(error)) deploymentOf(deployment, config).last = undefined
          })
        ),
        Effect.retry({
          times: 5,
          while: (error) => isGone(error) || error._tag === "TransportError" && error.reason === "AlreadyExists"
        })
      )
    }

    /** The job that made the same call before, or why there is none, and where this call is to be found. */
    const reusable = (request: SubmitRequest, config: ClusterConfig.ClusterConfig) =>
      Effect.gen(function*() {
        const { invocation } = request
        const not = (reason: ReusableResult.Reason, pointer?: string) =>
          Effect.as(
            Effect.annotateLogs(Effect.logDebug(`Not reused: ${ReusableResult.reasons[reason]}`), placeOf),
            { reason, pointer }
          )
        if (invocation.environmentVariables.length > 0) return yield* not("environment")
        const there = yield* Effect.interruptible(
          deployed({ ...request, digest: invocation.package.digest }, config)
        )
        const key = yield* Effect.provideService(ReusableResult.keyOf(invocation, there), Hasher.Hasher, hasher)
        const directory = `${options.stateDirectory}/${ReusableResult.folder}`
        const pointer = `${directory}/${key}`
        const jobId = yield* JobDirectory.readText(transport, directory, key, 256)
        if (jobId === undefined) {
          yield* transport.makeDirectory(directory)
          return yield* not("first", pointer)
        }
        const job = yield* attachIfJob(jobId)
        if (Option.isNone(job) || job.value.packageId !== invocation.package.packageId) {
          return yield* not("removed", pointer)
        }
        const envelope = yield* Effect.orElseSucceed(readResult(jobId), () => undefined)
        if (envelope === undefined) return yield* not("unfinished", pointer)
        if (envelope.status !== "returned") return yield* not("failed", pointer)
        yield* Metric.increment(Counters.resultsReused)
        yield* Effect.annotateCurrentSpan({ ...placeOf, jobId, packageId: job.value.packageId, reused: true })
        yield* DiagnosticLog.logNote(
          "reused-result",
          `Reused the result of job ${jobId}, which called ${job.value.functionName} with the same arguments`
        )
        return { job: { ...job.value, reused: true as const } }
      })

    const submit = (request: SubmitRequest) =>
      Effect.gen(function*() {
        const config = yield* configOf(cluster, request.job)
        const environment = yield* readEnvironment(
          request.invocation.environmentVariables,
          config.environmentVariables
        )
        const known = config.reuse === true ? yield* reusable(request, config) : undefined
        if (known !== undefined && "job" in known) return known.job
        const limits = limitsOf(config)
        const job = yield* submitNew(request, config, environment, undefined, ({ directory, jobId }, script) => ({
          directories: [JobDirectory.files.work],
          files: [{
            name: JobDirectory.files.script,
            text: script({ jobDirectory: directory, directives: scheduler.directives(jobId, limits) }),
            isExecutable: true
          }],
          submission: { jobId, directory, limits }
        }))
        yield* tellSubmitted(job)
        if (known === undefined) return job
        if (known.pointer !== undefined) yield* transport.writeFile(known.pointer, job.jobId)
        return { ...job, notReused: known.reason }
      }).pipe(Effect.withSpan("ClusterExecutor.submit"))

    /** One array of the scheduler for `tasks` of a job that is many calls: its files, relative to the job's directory. */
    const attemptOf = (
      jobId: string,
      plan: JobDirectory.TaskPlan,
      attempt: number,
      tasks: ReadonlyArray<number>
    ) => {
      const directory = directoryOf(jobId)
      const name = MapDirectory.attemptName(jobId, attempt)
      const place = `${MapDirectory.files.attempts}/${name}`
      const chunks = MapDirectory.chunked(tasks, plan.chunk)
      const array = { size: chunks.length, concurrency: plan.concurrency }
      const { timeSeconds } = plan.limits
      // Each task keeps its own limit; the element needs time for all of them
      const limits = {
        ...plan.limits,
        timeSeconds: timeSeconds === undefined ? undefined : timeSeconds * plan.chunk * plan.tries
      }
      const attemptDirectory = `${directory}/${place}`
      const script: JobContents.JobFile = {
        name: JobDirectory.files.script,
        text: MapDirectory.attemptScript({
          jobId,
          directory,
          attemptDirectory,
          directives: scheduler.directives(name, limits, array),
          elementIndex: scheduler.elementIndex
        }),
        isExecutable: true
      }
      return {
        place,
        script,
        chunks: { name: MapDirectory.files.chunks, text: MapDirectory.chunksText(chunks) },
        submission: { jobId: name, directory: attemptDirectory, array, limits }
      }
    }

    const submitAttempt = (
      jobId: string,
      plan: JobDirectory.TaskPlan,
      attempt: number,
      tasks: ReadonlyArray<number>,
      environment: JobToSubmit["environment"]
    ) => {
      const { chunks, script, submission } = attemptOf(jobId, plan, attempt, tasks)
      const root = submission.directory
      // Two who resume a job at the same time: one of them does
      const contents = { root, directories: [], files: [script], last: chunks }
      return handOver({ ...submission, contents }, environment, root)
    }

    const submitMap = (request: SubmitMapRequest) =>
      Effect.gen(function*() {
        const config = yield* configOf(cluster, request.job)
        const environment = yield* readEnvironment(
          request.invocation.environmentVariables,
          config.environmentVariables
        )
        const plan = yield* taskPlan({
          count: request.inputs.length,
          chunk: request.chunk,
          concurrency: request.concurrency,
          retry: request.retry,
          limits: limitsOf(config)
        })
        const [head, tail] = MapDirectory.split(request.invocation)
        const all = Array.from({ length: plan.count }, (_, n) => n)
        const job = yield* submitNew(request, config, environment, plan, ({ directory, jobId }, script) => {
          const first = attemptOf(jobId, plan, 1, all)
          return {
            directories: [
              MapDirectory.files.tasks,
              ...(plan.count === 0 ? [] : [MapDirectory.files.attempts, first.place])
            ],
            files: [
              { name: MapDirectory.files.head, text: head },
              { name: MapDirectory.files.tail, text: tail },
              { name: MapDirectory.files.inputs, text: MapDirectory.inputsText(request.inputs) },
              { name: MapDirectory.files.task, text: script({ jobDirectory: undefined, directives: [] }) },
              { name: MapDirectory.files.element, text: MapDirectory.elementScript(directory, plan.tries) },
              ...(plan.count === 0 ? [] : [first.script, first.chunks].map((file) => ({
                ...file,
                name: `${first.place}/${file.name}`
              })))
            ],
            submission: plan.count === 0 ? undefined : first.submission
          }
        })
        plans.set(job.jobId, plan)
        yield* tellSubmitted(job)
        return job
      }).pipe(Effect.withSpan("ClusterExecutor.submitMap"))

    /** What the job's directory says now. */
    const snapshotOf = (jobId: string) =>
      Effect.flatMap(
        JobSnapshot.look(transport, [directoryOf(jobId)]),
        ([snapshot]) => snapshot ?? Effect.dieMessage(`no answer for ${jobId}`)
      )

    /** How the job ended; without its value, if that is large. */
    const readResult = (jobId: string) => Effect.map(snapshotOf(jobId), ({ envelope }) => envelope)

    interface Known {
      readonly jobId: string
      readonly snapshot: JobSnapshot.JobSnapshot
      /** Where the directory does not say the end: under what the scheduler has to be asked. */
      readonly schedulerId: string | undefined
    }

    const knownFrom = (jobId: string, snapshot: JobSnapshot.JobSnapshot): Known => {
      const { envelope, running, submission } = snapshot
      const isOver = envelope !== undefined && !(scheduler.endsJobs && JobStatus.isDoubtful(envelope))
      // Whoever submitted it was killed before the scheduler's name for it was written: it still runs
      const unnamed = running === undefined ? undefined : ""
      return {
        jobId,
        snapshot,
        schedulerId: isOver ? undefined : submission?.schedulerId ?? schedulerIds.get(jobId) ?? unnamed
      }
    }

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
        const { jobId, schedulerId } = known
        const state: SchedulerState = (schedulerId === undefined ? undefined : polled.get(schedulerId)) ??
          { _tag: "Unknown" }
        const over = known.snapshot.isThere && known.snapshot.envelope === undefined &&
          (state._tag === "Ended" || state._tag === "Unknown")
        // It may have begun and ended between the two questions; and on a shared file system its files may still be on their way
        if (over && scheduler.settleMillis > 0) {
          yield* Effect.sleep(scheduler.settleMillis)
        }
        const snapshot = over ? yield* snapshotOf(jobId) : known.snapshot
        const found = snapshot.envelope
        const doubtful = scheduler.endsJobs && JobStatus.isDoubtful(found)
        const cancelled = (over && found === undefined || doubtful) && snapshot.isCancelled
        const envelope = doubtful && !cancelled && JobStatus.knowsBetter(state) ? undefined : found
        if (envelope !== undefined && snapshot.isThere) {
          ends.set(jobId, { stdout: snapshot.stdoutBytes, stderr: snapshot.stderrBytes })
        }
        return {
          envelope,
          status: JobStatus.derive({
            jobId,
            envelope,
            scheduler: cancelled ? { _tag: "Ended", outcome: "cancelled", exitCode: undefined } : state,
            running: snapshot.running,
            submitted: schedulerId !== undefined || snapshot.submission !== undefined,
            removed: snapshot.isThere ? undefined : { schedulerId }
          })
        }
      })

    /** A scheduler that does not answer says nothing of the job: it is asked again, for a while. */
    const patiently = <A, E extends { readonly _tag: string }>(effect: Effect.Effect<A, E | SchedulerError>) =>
      Effect.retry(effect, {
        while: (error) =>
          error instanceof Scheduling.SchedulerError && error.reason === "Unavailable",
        schedule: patience
      })

    /** Many calls: counted in the directory; where some are missing, the scheduler says whether they will come. */
    const lookAtTasks = (jobId: string, plan: JobDirectory.TaskPlan) =>
      Effect.gen(function*() {
        const directory = directoryOf(jobId)
        const counted = TaskFiles.count(transport, directory, plan.count)
        const counts = yield* counted
        if (counts.succeeded + counts.failed === plan.count) {
          return JobStatus.ofTasks(jobId, counts, { _tag: "Unknown" }, true)
        }
        const attempts = yield* MapDirectory.attempts(transport, directory)
        const answers = yield* Effect.forEach(
          attempts,
          (attempt) => poller.ask(TaskStream.submittedAs(attempt, plan)),
          { concurrency: "unbounded" }
        )
        const states = answers.map(Scheduling.overall)
        const state = states.find(({ _tag }) => _tag === "Running") ?? states.find(({ _tag }) => _tag === "Pending") ??
          states.at(-1) ?? { _tag: "Unknown" }
        const submitted = attempts.length > 0
        if (!TaskStream.isOver(state)) return JobStatus.ofTasks(jobId, counts, state, submitted)
        if (scheduler.settleMillis > 0) yield* Effect.sleep(scheduler.settleMillis)
        const cancelled = yield* transport.exists(`${directory}/${JobDirectory.files.cancelled}`)
        return JobStatus.ofTasks(
          jobId,
          yield* counted,
          cancelled ? { _tag: "Ended", outcome: "cancelled", exitCode: undefined } : state,
          submitted
        )
      })

    const planOf = (jobId: string) =>
      plans.has(jobId)
        ? Effect.succeed(plans.get(jobId))
        : describe(jobId).pipe(
          Effect.map(({ tasks }) => tasks),
          Effect.catchTag("JobNotFoundError", () => Effect.succeed(undefined))
        )

    /** Asks the scheduler where the directory does not say the end. */
    const judge = (known: Known) =>
      known.schedulerId === undefined
        ? conclude(known, new Map())
        : Effect.flatMap(
          poller.ask({ directory: directoryOf(known.jobId), schedulerId: known.schedulerId }),
          (answer) => conclude(known, new Map([[known.schedulerId ?? "", Scheduling.overall(answer)]]))
        )

    /** Status of a job that exists, and its result if there is one. */
    const look = (jobId: string) =>
      Effect.flatMap(planOf(jobId), (plan) =>
        plan === undefined
          ? Effect.flatMap(snapshotOf(jobId), (snapshot) => judge(knownFrom(jobId, snapshot)))
          : Effect.map(lookAtTasks(jobId, plan), (status) => ({ envelope: undefined, status })))

    const progress = (jobId: string) => JobProgress.read(transport, directoryOf(jobId))

    /** What the function says of itself while it runs, or said before it came to nothing. */
    const withProgress = (status: JobStatus.JobStatus) =>
      status.tasks !== undefined || status.state === "queued" || status.state === "succeeded"
        ? Effect.succeed(status)
        : Effect.map(progress(status.jobId), (said) => said === undefined ? status : { ...status, progress: said })

    /** The same of many: the scheduler is asked once. A job whose files cannot be understood has its own error. */
    const statuses = (jobIds: ReadonlyArray<string>) =>
      Effect.gen(function*() {
        type Own = TransportError | ResultEnvelope.ResultEnvelopeError
        const single = <A>(effect: Effect.Effect<A, Own | SchedulerError>) =>
          Effect.flatMap(Effect.either(effect), (outcome): Effect.Effect<
            Either.Either<A, Own>,
            TransportError | SchedulerError
          > => {
            if (Either.isRight(outcome)) return Effect.succeed(Either.right(outcome.right))
            const error = outcome.left
            return error._tag === "SchedulerError" ||
                error._tag === "TransportError" && !notUnderstood.has(error.reason)
              ? Effect.fail(error)
              : Effect.succeed(Either.left(error))
          })
        const snapshots = (yield* Effect.forEach(
          SchedulerShell.inParts(jobIds.map(directoryOf), JobSnapshot.mostAtOnce),
          (part) => JobSnapshot.look(transport, part)
        )).flat()
        const known = yield* Effect.forEach(jobIds, (jobId, index) =>
          single(Effect.gen(function*() {
            const plan = yield* planOf(jobId)
            const snapshot = yield* snapshots[index] ?? Effect.dieMessage(`no answer for ${jobId}`)
            return { ...knownFrom(jobId, snapshot), plan }
          })), { concurrency: atOnce })
        const all = known.flatMap((each) => Either.isRight(each) ? [each.right] : [])
        const polled = yield* poll(all.filter(({ schedulerId }) => schedulerId !== ""))
        const statusOf = (each: Known & { readonly plan: JobDirectory.TaskPlan | undefined }) =>
          each.plan !== undefined ? single(lookAtTasks(each.jobId, each.plan)) :
            // What has no name of its own has no place among the answers
            Effect.flatMap(
              each.schedulerId === "" ? poll([each]) : Effect.succeed(polled),
              (states) => single(Effect.flatMap(conclude(each, states), ({ status }) => withProgress(status)))
            )
        return yield* Effect.forEach(
          known,
          Either.match({
            onLeft: (error) => Effect.succeed(Either.left(error)),
            onRight: statusOf
          }),
          { concurrency: atOnce }
        )
      }).pipe(Effect.withSpan("ClusterExecutor.statuses"))

    const status = (jobId: string) =>
      Effect.zipRight(describe(jobId), Effect.flatMap(look(jobId), ({ status }) => withProgress(status))).pipe(
        Effect.withSpan("ClusterExecutor.status")
      )

    const lookPatiently = (jobId: string) => patiently(look(jobId))

    /**
     * Waits until a job of one call is over: for its result on the cluster itself, and asks the scheduler, which has others to serve,
     * less and less often.
     */
    const untilOver = (jobId: string, waitMillis = firstAskMillis): ReturnType<typeof lookPatiently> =>
      Effect.gen(function*() {
        const known = knownFrom(jobId, yield* watch.next(directoryOf(jobId), waitMillis))
        const seen = yield* patiently(judge(known))
        if (JobStatus.isFinal(seen.status.state)) return seen
        // The directory says an end which the scheduler does not confirm
        if (known.snapshot.envelope !== undefined) yield* Effect.sleep(longestWaitMillis)
        return yield* untilOver(jobId, Math.min(longestAskMillis, waitMillis * 1.3))
      })

    const sourceMapOf = (directory: string) =>
      Effect.flatMap(
        JobDirectory.readText(transport, directory, JobDirectory.files.sourceMap),
        (text) =>
          text === undefined
            ? Effect.succeed(undefined)
            : SourceMapDocument.decode(text, `${directory}/${JobDirectory.files.sourceMap}`)
      )

    const circumstances = {
      transport,
      endsJobs: scheduler.endsJobs,
      isHere: scheduler.clusterType === "local",
      settleMillis: scheduler.settleMillis,
      pollMillis: scheduler.pollMillis,
      ask: (job: SubmittedJob) => patiently(poller.ask(job))
    }

    const single = (jobId: string) =>
      new JobError.JobNotFoundError({
        jobId,
        directory: directoryOf(jobId),
        what: `The job ${jobId} is one call, and has no tasks`,
        remedy: "Ask for its result."
      })

    const results = (jobId: string, resultsOptions?: TaskStream.ResultsOptions) =>
      Stream.unwrap(Effect.gen(function*() {
        const { functionName, tasks } = yield* describe(jobId)
        if (tasks === undefined) {
          return yield* single(jobId)
        }
        const directory = directoryOf(jobId)
        const document = yield* sourceMapOf(directory)
        return TaskStream.results(
          circumstances,
          { jobId, directory, functionName, plan: tasks, document },
          resultsOptions
        )
      })).pipe(
        // Its directory was removed while somebody waited
        Stream.mapError((error) =>
          error._tag === "TransportError" && error.reason === "NotFound" ? notFound(jobId) : error
        )
      )

    /** Whether an attempt that somebody has begun to make gets its tasks. */
    const isMade = (directory: string, attempt: string) =>
      Effect.iterate({ made: false, waited: 0 }, {
        while: ({ made, waited }) => !made && waited < longestMakingMillis,
        body: ({ waited }) =>
          Effect.map(
            Effect.delay(
              transport.exists(`${directory}/${MapDirectory.files.attempts}/${attempt}/${MapDirectory.files.chunks}`),
              makingMillis
            ),
            (made) => ({ made, waited: waited + makingMillis })
          )
      }).pipe(Effect.map(({ made }) => made))

    const resume = (
      jobId: string,
      { environmentVariables = [] }: ResumeOptions = {}
    ): Effect.Effect<number, AskError | JobError.JobEnvironmentError> =>
      Effect.gen(function*() {
        const { tasks: plan } = yield* describe(jobId)
        if (plan === undefined) {
          return yield* single(jobId)
        }
        const directory = directoryOf(jobId)
        const { element, head, inputs, tail, task } = MapDirectory.files
        // They run again, or are handed to what runs
        yield* JobTrust.check(transport, jobs, directory, [
          ...[element, head, inputs, tail, task],
          JobDirectory.files.invocation
        ])
        const all: MapDirectory.Ranges = plan.count === 0 ? [] : [[0, plan.count - 1]]
        const attempts = yield* MapDirectory.attempts(transport, directory)
        // The scheduler first: what ends in between has then left its result
        const state = yield* TaskStream.statesOfTasks(circumstances, plan, attempts)
        if (attempts.length > 0 && scheduler.settleMillis > 0) {
          yield* Effect.sleep(scheduler.settleMillis)
        }
        const over = Array.from({ length: plan.count }, (_, task) => task).filter((task) =>
          TaskStream.isOver(state(task))
        )
        yield* TaskFiles.discardCancelled(transport, directory, MapDirectory.toRanges(over))
        const { ended } = yield* TaskFiles.look(transport, directory, all, { results: false, ordered: false })
        const missing = over.filter((task) => !ended.has(task))
        if (missing.length === 0) return 0
        const text = yield* JobDirectory.readText(transport, directory, JobDirectory.files.invocation)
        const invocation = yield* Invocation.decode(text ?? "", `${directory}/${JobDirectory.files.invocation}`).pipe(
          Effect.mapError(() => notFound(jobId))
        )
        const environment = yield* readEnvironment(invocation.environmentVariables, [
          ...cluster.config.environmentVariables ?? [],
          ...environmentVariables
        ])
        yield* transport.remove(`${directory}/${JobDirectory.files.cancelled}`)
        const next = 1 + Math.max(0, ...attempts.map(({ number }) => number))
        const submitNext = (attempt: number): ReturnType<typeof resume> =>
          Effect.as(submitAttempt(jobId, plan, attempt, missing, environment), missing.length).pipe(
            Effect.catchIf(
              (error) => error._tag === "TransportError" && error.reason === "AlreadyExists",
              () =>
                Effect.flatMap(isMade(directory, MapDirectory.attemptName(jobId, attempt)), (made) =>
                  // Another client does it at this moment, or was killed when it had begun to
                  made ? Effect.succeed(0) : submitNext(attempt + 1))
            )
          )
        return yield* submitNext(next)
      }).pipe(Effect.withSpan("ClusterExecutor.resume"))

    const logs = (
      jobId: string,
      { follow = true, from, tail, task }: Parameters<typeof ClusterExecutor.Service["logs"]>[1] = {}
    ) =>
      Stream.unwrap(Effect.map(describeHere(jobId), ({ tasks }) => {
        const directory = directoryOf(jobId)
        const end = ends.get(jobId)
        // All of it was read already
        if (!follow && end !== undefined && from?.stdout === end.stdout && from.stderr === end.stderr) {
          return Stream.empty
        }
        const isOver = Effect.map(lookPatiently(jobId), ({ status }) => JobStatus.isFinal(status.state))
        if (tasks === undefined) return JobLogs.read(transport, directory, { follow, from, tail, isOver })
        const ofTask = (number: number) => {
          const place = MapDirectory.taskDirectory(directory, number)
          const ended = Effect.flatMap(
            Effect.zipWith(
              transport.exists(`${place}/${JobDirectory.files.result}`),
              transport.exists(`${place}/${MapDirectory.files.again}`),
              (result, again) => result && !again
            ),
            (ended) => ended ? Effect.succeed(true) : isOver
          )
          const own = task === undefined ? undefined : from
          return JobLogs.read(transport, place, { follow, from: own, tail, isOver: ended })
        }
        return task === undefined
          ? Stream.flatMap(Stream.range(0, tasks.count - 1), ofTask)
          : ofTask(task)
      }))

    const tooLarge = (jobId: string, limitBytes: number, envelope: ResultEnvelope.ResultEnvelope | undefined) =>
      new JobError.ResultTooLargeError({
        jobId,
        directory: directoryOf(jobId),
        envelope,
        limitBytes,
        what: `The result of ${jobId} is larger than the ${limitBytes} bytes that are taken here`,
        remedy: `Let the function write large data to files, and return their names; this result lies in ${
          directoryOf(jobId)
        } on ${transport.location}.`
      })

    /** The values of many calls, or the first error. */
    const resultOfMap = (jobId: string, limitBytes: number) =>
      Effect.gen(function*() {
        const values: Array<unknown> = []
        let last: JobOutcome.JobResult | undefined
        let characters = 0
        yield* Stream.runForEach(results(jobId, { ordered: true }), ({ outcome }) =>
          Effect.flatMap(outcome, (each) => {
            last = each
            values.push(each.value)
            characters += each.envelope.value?.length ?? 0
            return characters > limitBytes ? tooLarge(jobId, limitBytes, undefined) : Effect.void
          }))
        // Of no call at all nothing is known
        return last === undefined ? yield* notFound(jobId) : { value: values, envelope: last.envelope }
      })

    const resultOfOne = (ofJob: JobOutcome.JobPlace, limitBytes: number) =>
      Effect.gen(function*() {
        const { jobId } = ofJob
        const { envelope: head, status } = yield* untilOver(jobId)
        if (head === undefined) return yield* JobOutcome.withoutResult(ofJob, status)
        const isWhole = head.status !== "returned" || head.value !== undefined
        const file = isWhole ? undefined : yield* JobResultFile.read(transport, ofJob.directory, limitBytes)
        if (file?.isHead === true) return yield* tooLarge(jobId, limitBytes, head)
        const envelope = file?.envelope ?? head
        const document = envelope.error === undefined ? undefined : yield* sourceMapOf(ofJob.directory)
        return yield* JobOutcome.fromEnvelope(ofJob, envelope, document)
      })

    const result: typeof ClusterExecutor.Service["result"] = (jobId, { limitBytes = Infinity } = {}) =>
      Effect.gen(function*() {
        const { digest, functionName, tasks } = yield* describeHere(jobId)
        if (tasks !== undefined) return yield* resultOfMap(jobId, limitBytes)
        return yield* Effect.tapErrorTag(
          resultOfOne({ jobId, directory: directoryOf(jobId), functionName }, limitBytes),
          "JobNotStartedError",
          () => Effect.map(Clock.currentTimeMillis, (now) => notStarted.set(digest, now))
        )
      }).pipe(
        Effect.tapBoth({
          onFailure: ({ _tag }) => Metric.increment(Counters.jobsEnded(_tag)),
          onSuccess: () => Metric.increment(Counters.jobsEnded("returned"))
        }),
        Effect.withSpan("ClusterExecutor.result", { attributes: { ...placeOf, jobId } })
      )

    return {
      stateDirectory: options.stateDirectory,
      deploy: (request: DeploymentRequest) => deploy(request),
      submit,
      submitMap,
      results,
      resume,
      attach,
      find,
      status,
      statuses,
      progress,
      logs,
      result,
      cancel: (jobId: string) =>
        Effect.gen(function*() {
          const { tasks: plan } = yield* describe(jobId)
          if (plan !== undefined) {
            if (JobStatus.isFinal((yield* lookAtTasks(jobId, plan)).state)) return
            yield* transport.writeFile(`${directoryOf(jobId)}/${JobDirectory.files.cancelled}`, "")
            const attempts = yield* MapDirectory.attempts(transport, directoryOf(jobId))
            return yield* Effect.forEach(
              attempts,
              (attempt) => scheduler.cancel(TaskStream.submittedAs(attempt, plan)),
              { discard: true }
            )
          }
          const { envelope, submission } = yield* snapshotOf(jobId)
          if (envelope !== undefined) return
          // First, so that a job which is killed before it can say so is known to be cancelled.
          yield* transport.writeFile(`${directoryOf(jobId)}/${JobDirectory.files.cancelled}`, "")
          yield* scheduler.cancel({ directory: directoryOf(jobId), schedulerId: submission?.schedulerId ?? "" })
        }).pipe(Effect.withSpan("ClusterExecutor.cancel")),
      list: Effect.flatMap(names, attachAll).pipe(Effect.withSpan("ClusterExecutor.list"))
    }
  })

export const layer = (
  options: LayerOptions
): Layer.Layer<ClusterExecutor, never, Cluster | Hasher.Hasher | Transport | Scheduler | PackageDeployer> =>
  Layer.scoped(ClusterExecutor, make(options))
