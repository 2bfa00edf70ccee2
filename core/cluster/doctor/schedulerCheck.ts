/**
 * Whether the commands of a site's scheduler answer.
 */
import * as Effect from "effect/Effect"
import type { ClusterType } from "../../config/ClusterConfig.ts"
import * as SchedulerShell from "../execute/SchedulerShell.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import type { Transport } from "../Transport.ts"
import { type Check, CheckFailedError, type Observation } from "./Check.ts"

interface Commands extends SchedulerShell.Names {
  /** What jobs need beside the command that submits. */
  readonly others: ReadonlyArray<string>
  /** Prints the version in its first line. */
  readonly version: string
  /** Fails when the scheduler itself does not answer. */
  readonly ask: string
  readonly warning?: Observation["warning"]
}

const commandsOf: Readonly<Partial<Record<ClusterType, Commands>>> = {
  slurm: {
    scheduler: "Slurm",
    submit: "sbatch",
    others: ["squeue", "scancel"],
    version: "sbatch --version",
    ask: "squeue -h -o %i"
  },
  sge: {
    scheduler: "Grid Engine",
    submit: "qsub",
    others: ["qstat", "qdel"],
    version: "qstat -help",
    ask: "qstat"
  },
  pbs: {
    scheduler: "PBS",
    submit: "qsub",
    others: ["qstat", "qdel"],
    version: "qstat --version",
    ask: "qstat",
    warning: {
      why: "Clustrix has not been tried with a real PBS.",
      remedy: "Tell its authors what works and what does not."
    }
  }
}

/** None for a cluster without a scheduler of its own. */
export const scheduler = (transport: typeof Transport.Service, clusterType: ClusterType): Check | undefined => {
  const commands = commandsOf[clusterType]
  if (commands === undefined) return undefined
  const { ask, others, version, warning } = commands
  return {
    name: "scheduler",
    title: commands.scheduler,
    run: Effect.gen(function*() {
      const ran = yield* transport.exec(
        [
          ...SchedulerShell.preamble(commands),
          ...others.map((each) => `command -v ${each} >/dev/null 2>&1 || { echo '${each}: not found' >&2; exit 127; }`),
          // Some of them end with 1 after they have told their version
          `${version} 2>&1 </dev/null | head -n 1`,
          `${ask} >/dev/null </dev/null`
        ].join("\n"),
        { idempotent: true }
      )
      const [told = ""] = SchedulerShell.answerOf(ran)
      if (ran.exitCode !== 0) {
        const isMissing = ran.exitCode === 127
        return yield* new CheckFailedError({
          what: isMissing
            ? `The commands of ${commands.scheduler} are not on ${transport.location}`
            : `${commands.scheduler} on ${transport.location} does not answer`,
          why: Quotation.lastLines(ran.stderr, 3) || `\`${ask}\` ended with exit code ${ran.exitCode}.`,
          remedy: isMissing
            ? "Name the host from which jobs are submitted in cluster_host, and the right cluster_type."
            : `Try \`${ask}\` there by hand; if it fails too, ask the cluster's administrator.`
        })
      }
      return { detail: `${told.trim()}, answers`, ...(warning === undefined ? {} : { warning }) }
    })
  }
}
