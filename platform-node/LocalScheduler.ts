/**
 * Runs jobs on this machine, at once, each under its own supervisor (`execute.mjs --supervise`), which outlives this
 * process, keeps the time limit and leaves a result.
 */
import * as Layer from "effect/Layer"
import * as ProcessScheduler from "../core/cluster/execute/ProcessScheduler.ts"
import type { Scheduler } from "../core/cluster/Scheduler.ts"
import * as LocalTransport from "./LocalTransport.ts"

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

export const layer: Layer.Layer<Scheduler> = Layer.provide(
  ProcessScheduler.layerWith({ clusterType: "local", inherited }),
  LocalTransport.layer
)
