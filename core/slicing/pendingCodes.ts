/**
 * Code that leaves something to go on after it has returned.
 */
import { type Effects, leadingTo } from "../dataflow/Effects.ts"
import type { ProgramCall } from "../dataflow/PointsTo.ts"

/** Codes that leave something to go on after them: an async function, a timer, a reaction of a promise. */
export const pendingCodes = (effects: Effects): ReadonlySet<number> => {
  const { solution } = effects
  const { codes } = solution.program
  const isLater = (call: ProgramCall): boolean =>
    call.direct < 0 &&
    solution.callees(call).behaviours.some(({ behaviour }) =>
      behaviour.calls?.some(({ later }) => later === true) === true
    )
  return leadingTo(effects, [
    ...codes.flatMap(({ code }, index) => code.awaits.length > 0 ? [index] : []),
    ...solution.calls.filter(isLater).map(({ code }) => code)
  ])
}
