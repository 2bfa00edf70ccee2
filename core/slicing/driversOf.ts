/**
 * Lines that drive: they run the entry or Clustrix, or use what that gave. In a package they have nothing to do.
 */
import { type Effects, leadingTo } from "../dataflow/Effects.ts"
import type { Region } from "../dataflow/PointsTo.ts"
import type { Program } from "../dataflow/Program.ts"
import { jobApi } from "./jobApi.ts"
import type { Variable } from "../modules/Constraints.ts"

/** A top-level statement or declaration, by the indices of its module and in it. */
export interface ItemPlace {
  readonly module: number
  readonly item: number
}

/** The items of all modules by the code that evaluates them. */
export const itemsByCode = (program: Program): ReadonlyMap<number, ItemPlace> => {
  const items = new Map<number, ItemPlace>()
  for (const [module, { record }] of program.modules.entries()) {
    for (const item of record.constraints.itemCodes.keys()) items.set(program.codeOf(module, item), { module, item })
  }
  return items
}

/** Codes that drive, those of items among them; `entries` are the codes of the functions that were asked for. */
export const driversOf = (
  effects: Effects,
  itemOfCode: ReadonlyMap<number, ItemPlace>,
  entries: ReadonlySet<number>
): ReadonlySet<number> => {
  const { solution } = effects
  const { program, regionOf } = solution
  const { codes, find, modules } = program
  const clustrixIn = (region: Region): ReadonlyArray<string> =>
    solution.nativesIn(region).filter((path) => path.startsWith("node:clustrix"))
  const callers = (is: (path: string) => boolean): ReadonlyArray<number> =>
    solution.calls.flatMap((call) => clustrixIn(regionOf(call.callee)).some(is) ? [call.code] : [])
  const driving = leadingTo(effects, [...entries, ...callers(() => true)])
  // What calls for something that no job has runs outside of jobs only, wherever it is called from
  const outside = leadingTo(effects, callers((path) => !jobApi.has(path.slice(path.lastIndexOf(".") + 1))))
  const ofDriver = (code: number): boolean => {
    const found = codes[code]
    return found !== undefined &&
      (outside.has(code) || driving.has(program.codeOf(found.module, found.code.item)))
  }
  for (let again = true; again;) {
    again = false
    const given = new Set<Variable>()
    const changed = new Set<Region>()
    for (const [code, { item, module }] of itemOfCode) {
      if (!driving.has(code)) continue
      for (const each of modules[module]?.record.items[item]?.declares ?? []) {
        const variable = program.named(module, each)
        if (variable !== undefined) given.add(find(variable))
      }
    }
    for (const [variable, assigning] of effects.assigners) if (assigning.some(ofDriver)) given.add(variable)
    for (const [region, fields] of effects.writes) {
      if ([...fields.values()].some((writes) => writes.some(({ code }) => ofDriver(code)))) changed.add(region)
    }
    const isOfDriver = (variable: Variable): boolean =>
      given.has(find(variable)) || (solution.isFilled(variable) && changed.has(regionOf(variable)))
    for (const [code, { item, module }] of itemOfCode) {
      if (driving.has(code)) continue
      const { declares = [], references = [] } = modules[module]?.record.items[item] ?? {}
      // A declaration of what a driver fills is not made by it
      const uses = references.some(({ eager, name: each }) => {
        const variable = eager && !declares.includes(each) ? program.named(module, each) : undefined
        return variable !== undefined && isOfDriver(variable)
      })
      if (!uses) continue
      driving.add(code)
      again = true
    }
  }
  return driving
}
