/**
 * Variables that several captured functions may share: each of them would have its own in the package.
 */
import type { CapturedFunction } from "./CaptureGraph.ts"
import { type CapturedValueError, refuse } from "./NotCaptured.ts"

const nameOf = ({ inner, location, value }: CapturedFunction): string =>
  inner.name || value.name || `the function at ${location}`

/**
 * The error for a variable that one of the functions assigns and others may see: the same declaration, with the same
 * value now. Which call of the function around them made them, nothing tells.
 */
export const refuseShared = (functions: Iterable<CapturedFunction>): CapturedValueError | undefined => {
  const users = new Map<string, Array<CapturedFunction>>()
  for (const each of functions) {
    for (const { declaration } of each.inner.captures) {
      const key = `${each.path}\0${declaration}`
      const known = users.get(key)
      if (known === undefined) users.set(key, [each])
      else known.push(each)
    }
  }
  for (const all of users.values()) {
    for (const by of all) {
      const name = by.inner.captures.find(({ declaration, isAssigned }) =>
        isAssigned && users.get(`${by.path}\0${declaration}`) === all
      )?.name
      if (name === undefined) continue
      const others = all.filter((each) => each !== by && Object.is(each.variables.get(name), by.variables.get(name)))
      if (others.length === 0) continue
      const says = by.because === "" ? `${nameOf(by)} was asked for` : by.because
      return refuse({ value: by.value, path: `\`${name}\``, holder: { outer: undefined, says, fn: undefined } }, {
        description: "a variable that functions may share and change",
        why: `${nameOf(by)} assigns it, and ${others.map(nameOf).join(" and ")} ${
          others.length === 1 ? "uses" : "use"
        } it, too; in the package each would have its own.`,
        remedy: `Keep it in an object: const state = { ${name}: ... }. Objects stay shared.`
      }, by.location)
    }
  }
  return undefined
}
