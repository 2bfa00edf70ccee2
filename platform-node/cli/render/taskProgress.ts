/**
 * How far the tasks of a job are.
 */
import type { TaskCounts } from "../../../core/cluster/ClusterExecutor.ts"
import * as Progress from "../../../core/runtime/Progress.ts"
import type { Style } from "./Style.ts"

/**
 * `412 of 1000 done, 3 failed, 8 running (42%), 577 queued`; what is none is left out. The percentage is of those that run, by what
 * they say with `progress`.
 */
export const progressLine = (
  { failed, queued, running, runningDone, succeeded, total }: TaskCounts,
  style: Style
): string =>
  [
    `${succeeded + failed} of ${total} done`,
    ...failed === 0 ? [] : [style.red(`${failed} failed`)],
    ...running === 0 ? [] : [style.cyan(
      `${running} running${runningDone === undefined ? "" : ` (${Progress.percent(runningDone / running)})`}`
    )],
    ...queued === 0 ? [] : [`${queued} queued`]
  ].join(", ")
