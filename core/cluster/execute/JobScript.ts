/**
 * `job.sh`: what the scheduler runs. POSIX `sh`, no secret in it.
 */
import * as Shell from "../deploy/Shell.ts"
import { debuggerGuard } from "../../runtime/DebuggerGuard.ts"
import type { JobLimits } from "../Scheduler.ts"

export interface JobScriptInput {
  readonly jobId: string
  /** Absolute directories on the cluster. Without `jobDirectory` it is the script's first argument. */
  readonly jobDirectory: string | undefined
  readonly packageDirectory: string
  /** Where the cluster file functions start. */
  readonly filesystemRoot: string | undefined
  /** A command or an absolute path. */
  readonly runtimePath: string
  readonly directives: ReadonlyArray<string>
  readonly moduleLoads: ReadonlyArray<string>
  readonly preExecutionCommands: ReadonlyArray<string>
  readonly limits: JobLimits
}

/**
 * The script. It always leaves a result: when a line before the function fails, it writes one that says so, for the
 * runtime may be what could not be loaded.
 */
export const render = (input: JobScriptInput): string => {
  const { limits } = input
  // A command before the function may go elsewhere
  const place = input.jobDirectory === undefined ? "\"$job\"" : Shell.quote(input.jobDirectory)
  const runner = [
    Shell.quote(input.runtimePath),
    Shell.quote(`${input.packageDirectory}/execute.mjs`),
    "--job",
    place
  ].join(" ")
  const supervision = [
    "--supervise",
    ...(limits.timeSeconds === undefined ? [] : [`--time-limit ${limits.timeSeconds}`]),
    ...(limits.memoryBytes === undefined ? [] : [`--memory ${limits.memoryBytes}`])
  ].join(" ")
  const invocation = `--invocation ${place}/invocation.json`
  return [
    "#!/bin/sh",
    ...input.directives,
    `# Clustrix job ${input.jobId}`,
    "umask 077",
    `cd ${input.jobDirectory === undefined ? "\"$1\"" : place} || exit 3`,
    ...(input.jobDirectory === undefined ? ["job=$PWD"] : []),
    "started=$(date +%s)",
    "not_started() {",
    "  code=$?",
    "  status=not-loaded",
    "  message=\"The job script ended with exit code $code before the function was called; stderr.log says why\"",
    "  if [ \"$code\" = 143 ]; then status=cancelled message=\"The job was cancelled\"; fi",
    `  printf '{"format":"clustrix-result","formatVersion":1,"status":"%s","message":"%s","startedAt":%s000,"finishedAt":%s000,"host":"%s","exitCode":%s,"runtime":{"name":"sh","version":""}}\\n' "$status" "$message" "$started" "$(date +%s)" "$(uname -n)" "$code" > result.sh.tmp && mv result.sh.tmp result`,
    "}",
    "trap not_started EXIT",
    "trap 'exit 143' TERM INT HUP",
    // A scheduler's warning that comes before the function is there ends nothing
    "trap : USR1 USR2",
    "set -e",
    ...(input.filesystemRoot === undefined
      ? []
      : [`CLUSTRIX_FILESYSTEM_ROOT=${Shell.quote(input.filesystemRoot)}`, "export CLUSTRIX_FILESYSTEM_ROOT"]),
    ...Shell.moduleLoads(input.moduleLoads),
    ...input.preExecutionCommands,
    // Without it the runtime would end without a result
    `[ -s ${
      Shell.quote(`${input.packageDirectory}/execute.mjs`)
    } ] || { echo "The package is not there, or not whole" >&2; exit 3; }`,
    `NODE_OPTIONS="\${NODE_OPTIONS:+$NODE_OPTIONS }${debuggerGuard}"`,
    "export NODE_OPTIONS",
    // Ignored until the runtime has started
    "trap '' USR1 USR2",
    `exec ${runner} ${supervision} ${invocation}`,
    ""
  ].join("\n")
}
