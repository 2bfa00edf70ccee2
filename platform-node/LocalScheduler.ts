/**
 * Runs jobs on this machine, at once, each under its own supervisor (`execute.mjs --supervise`), which outlives this
 * process, keeps the time limit and leaves a result.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as ChildProcess from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { Scheduler, SchedulerError, type SchedulerState, type SubmittedJob } from "../core/Scheduler.ts"

/** What every job gets of this process's environment; everything else goes along by name only. */
const inherited = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "TMPDIR",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TZ",
  "BASH_ENV",
  "MODULEPATH",
  "MODULESHOME"
]

/** From SIGTERM to the moment at which we end the processes ourselves. */
const graceMillis = 6000
const pollMillis = 50

/** When a process started (in the kernel's ticks, where there is /proc), if it is there and no zombie. */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = Fs.readFileSync(`/proc/${pid}/stat`, "utf8")
    const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return state === "Z" || state === "X" ? undefined : fields[18]
  } catch {
    if (Fs.existsSync("/proc/self/stat")) return undefined
    try {
      process.kill(pid, 0)
      return ""
    } catch {
      return undefined
    }
  }
}

/** `pid:start`: a number that the kernel gave to another process meanwhile is not ours. */
const isAlive = (pid: number, start: string): boolean => {
  // No number: whoever submitted the job could not write it down.
  const now = pid > 0 ? startOf(pid) : undefined
  return now !== undefined && (start === "" || now === "" || now === start)
}

const parse = (schedulerId: string): { readonly pid: number; readonly start: string } => {
  const [pid, start = ""] = schedulerId.split(":")
  return { pid: Number(pid), start }
}

/** The function's own process group, from the `state` file that the supervisor wrote. */
const groupOf = (directory: string): { readonly pid: number; readonly start: string } | undefined => {
  try {
    const state: unknown = JSON.parse(Fs.readFileSync(Path.join(directory, "state"), "utf8"))
    if (typeof state !== "object" || state === null) return undefined
    const pid: unknown = Reflect.get(state, "group")
    const start: unknown = Reflect.get(state, "groupStart")
    return typeof pid === "number" ? { pid, start: typeof start === "string" ? start : "" } : undefined
  } catch {
    return undefined
  }
}

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name)
  } catch {
    // It ended meanwhile.
  }
}

const lives = (job: SubmittedJob): boolean => {
  const supervisor = parse(job.schedulerId)
  if (isAlive(supervisor.pid, supervisor.start)) return true
  // Somebody killed the supervisor; the function runs on, and will still leave its result.
  const group = groupOf(job.directory)
  return group !== undefined && isAlive(group.pid, group.start)
}

const rejected = (cause: unknown): SchedulerError =>
  new SchedulerError({
    reason: "Rejected",
    what: "The job cannot be started on this machine",
    why: cause instanceof Error ? cause.message : String(cause),
    remedy: "Check that /bin/sh can be run and that the state directory can be written.",
    cause
  })

export const make: typeof Scheduler.Service = {
  clusterType: "local",
  endsJobs: false,
  settleMillis: 0,
  pollMillis: 0,
  elementIndex: "\"$CLUSTRIX_ELEMENT\"",
  directives: () => [],
  submit: ({ directory, environment }) =>
    Effect.async<string, SchedulerError>((resume) => {
      const variables: Record<string, string> = {}
      for (const name of inherited) {
        const value = process.env[name]
        if (value !== undefined) variables[name] = value
      }
      for (const [name, value] of environment) variables[name] = Redacted.value(value)
      const handles: Array<number> = []
      try {
        for (const name of ["stdout.log", "stderr.log"]) {
          handles.push(Fs.openSync(Path.join(directory, name), "a", 0o600))
        }
        const child = ChildProcess.spawn("/bin/sh", [Path.join(directory, "job.sh")], {
          cwd: directory,
          env: variables,
          detached: true,
          stdio: ["ignore", ...handles]
        })
        child.once("error", (cause) => resume(Effect.fail(rejected(cause))))
        child.once("spawn", () => {
          const { pid } = child
          // This process may end before the job does.
          child.unref()
          if (pid !== undefined) resume(Effect.succeed(`${pid}:${startOf(pid) ?? ""}`))
        })
      } catch (cause) {
        resume(Effect.fail(rejected(cause)))
      } finally {
        // The child has its own.
        for (const handle of handles) Fs.closeSync(handle)
      }
    }),
  poll: (jobs) =>
    Effect.sync(() =>
      new Map(jobs.map((job): readonly [string, SchedulerState] => [
        job.schedulerId,
        lives(job) ? { _tag: "Running", node: undefined } : { _tag: "Unknown" }
      ]))
    ),
  cancel: (job) =>
    Effect.gen(function*() {
      const supervisor = parse(job.schedulerId)
      // The group of the job's script: before the supervisor takes its place, a command of it may be running.
      if (isAlive(supervisor.pid, supervisor.start)) signal(-supervisor.pid, "SIGTERM")
      else {
        const group = groupOf(job.directory)
        if (group !== undefined && isAlive(group.pid, group.start)) signal(-group.pid, "SIGTERM")
      }
      for (let waited = 0; waited < graceMillis && lives(job); waited += pollMillis) yield* Effect.sleep(pollMillis)
      if (!lives(job)) return
      const group = groupOf(job.directory)
      if (group !== undefined && isAlive(group.pid, group.start)) signal(-group.pid, "SIGKILL")
      if (isAlive(supervisor.pid, supervisor.start)) signal(-supervisor.pid, "SIGKILL")
    })
}

export const layer: Layer.Layer<Scheduler> = Layer.succeed(Scheduler, make)
