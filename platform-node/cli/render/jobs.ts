/**
 * Jobs and their states.
 */
import type { Job } from "../../../core/cluster/ClusterExecutor.ts"
import * as Progress from "../../../core/runtime/Progress.ts"
import type { JobState } from "../../../core/cluster/execute/JobState.ts"
import { isFinal, type JobStatus } from "../../../core/cluster/execute/JobStatus.ts"
import { plain, type Style } from "./Style.ts"
import { progressLine } from "./taskProgress.ts"
import { count, duration, roughDuration, size, table, visible } from "./Text.ts"

/** A job, and its state or why nobody knows it. */
export interface SeenJob {
  readonly job: Job
  readonly status: JobStatus | { readonly unknown: string }
}

const stateText = (state: JobState | "unknown", style: Style): string => {
  switch (state) {
    case "queued":
    case "unknown":
      return style.yellow(state)
    case "running":
      return style.cyan(state)
    case "succeeded":
      return style.green(state)
    default:
      return style.red(state)
  }
}

const time = (millis: number): string => new Date(millis).toISOString().replace(/\.\d+Z$/, "Z")

const age = (millis: number, now: number): string => `${duration(Math.max(0, now - millis))} ago`

const lasted = (status: JobStatus, now: number): number | undefined =>
  status.startedAt === undefined ? undefined
    : status.finishedAt !== undefined ? status.finishedAt - status.startedAt
    : isFinal(status.state) ? undefined
    : Math.max(0, now - status.startedAt)

/** What `clustrix status` prints. `now`: milliseconds since 1970. */
export const statusLines = (job: Job, status: JobStatus, now: number, style: Style): ReadonlyArray<string> => {
  const ran = lasted(status, now)
  const optional = <A>(label: string, value: A | undefined, text: (value: A) => string) =>
    value === undefined ? [] : [[label, visible(text(value))]]
  return [
    `${style.bold(job.jobId)}  ${stateText(status.state, style)}`,
    ...table([
      ["Function", visible(job.functionName)],
      ["Package", job.packageId],
      ["Submitted", `${time(job.createdAt)}  ${style.dim(age(job.createdAt, now))}`],
      ...optional("Tasks", status.tasks, (tasks) => progressLine(tasks, plain)),
      ...optional("Progress", status.progress, Progress.text),
      ...optional("Started", status.startedAt, time),
      ...optional("Finished", status.finishedAt, time),
      ...optional("Ran for", ran, duration),
      ...optional("Host", status.host, String),
      ...optional("Exit code", status.exitCode, String),
      ...optional("Memory", status.peakMemoryBytes, size),
      ...optional("Directory", job.directory, String)
    ]),
    ...(status.reason === undefined ? [] : [`  ${visible(status.reason)}`])
  ]
}

/** What `clustrix jobs` prints, the newest at the end. */
export const jobsLines = (
  jobs: ReadonlyArray<SeenJob>,
  location: string,
  now: number,
  style: Style
): ReadonlyArray<string> =>
  jobs.length === 0 ? [`No jobs on ${visible(location)}`] : [
    `${style.bold(count(jobs.length, "job"))} on ${visible(location)}`,
    ...table(jobs.map(({ job, status }) => [
      job.jobId,
      stateText("unknown" in status ? "unknown" : status.state, style),
      "unknown" in status || status.tasks === undefined
        ? visible(job.functionName)
        : `${visible(job.functionName)} (${progressLine(status.tasks, plain)})`,
      style.dim(`${roughDuration(Math.max(0, now - job.createdAt))} ago`)
    ]))
  ]

const date = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString()

/** The same as JSON; members of which nothing is known are left out. */
export const jobJson = ({ job, status }: SeenJob) => ({
  jobId: job.jobId,
  functionName: job.functionName,
  packageId: job.packageId,
  directory: job.directory,
  submittedAt: date(job.createdAt),
  ...("unknown" in status ? { state: "unknown", reason: status.unknown } : {
    state: status.state,
    startedAt: date(status.startedAt),
    finishedAt: date(status.finishedAt),
    host: status.host,
    exitCode: status.exitCode,
    peakMemoryBytes: status.peakMemoryBytes,
    tasks: status.tasks,
    progress: status.progress === undefined ? undefined : { ...status.progress, at: date(status.progress.at) },
    reason: status.reason
  })
})
