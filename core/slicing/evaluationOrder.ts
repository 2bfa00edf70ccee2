/**
 * Which modules' place in the order of evaluation can be observed: those that, while they are loaded, change or look at
 * something that another one changes while it is loaded.
 */
import { Origin } from "../dataflow/Effects.ts"
import type { Region } from "../dataflow/PointsTo.ts"
import { Field } from "../modules/Constraints.ts"
import type { LiveStatements } from "./LiveStatements.ts"

/** Something that modules share: a field of a region, a variable, a state of the host. */
type Shared = string

/** What a code looks at. */
interface Looks {
  readonly shared: ReadonlyArray<readonly [Shared, string]>
  /** Regions that it looks at with all that they contain. */
  readonly whole: ReadonlySet<Region>
}

/** What the kept statements of one module do while it is loaded. */
interface Loading {
  readonly changes: Map<string, Set<string>>
  readonly looks: Map<string, Set<string>>
}

/** Indices of the modules whose order matters; `kept` are the kept items of each module. */
export const orderedModules = (
  live: LiveStatements,
  kept: ReadonlyMap<number, ReadonlySet<number>>
): ReadonlySet<number> => {
  const { effects, program, solution } = live
  const { reads } = effects
  const anyName = String(program.fieldIndex(Field.any))
  const callees = new Map<number, Set<number>>()
  for (const [callee, callers] of effects.calls) {
    for (const { code } of callers) {
      const set = callees.get(code)
      if (set === undefined) callees.set(code, new Set([callee]))
      else set.add(callee)
    }
  }
  const changesOf = new Map<number, Array<readonly [Shared, string]>>()
  /** What is changed by any code: nothing else has to be compared. */
  const changed = new Set<Shared>()
  const change = (code: number, what: Shared, field: string): void => {
    changed.add(what)
    const list = changesOf.get(code)
    if (list === undefined) changesOf.set(code, [[what, field]])
    else list.push([what, field])
  }
  for (const [region, fields] of effects.writes) {
    for (const [field, list] of fields) {
      for (const { base, code } of list) {
        if (base >= 0 && effects.origin(base, code) === Origin.fresh) continue
        change(code, `r${region}`, String(field))
      }
    }
  }
  for (const [variable, codes] of effects.assigners) {
    if (effects.owner(variable) >= 0) continue
    for (const code of codes) change(code, `v${variable}`, "")
  }
  for (const [state, codes] of effects.stateWrites) for (const code of codes) change(code, `s${state}`, "")

  const known = new Map<number, Looks>()
  const looksOf = (code: number): Looks => {
    let found = known.get(code)
    if (found === undefined) known.set(code, found = findLooks(code))
    return found
  }
  const findLooks = (code: number): Looks => {
    const shared: Array<readonly [Shared, string]> = []
    const whole = new Set<Region>()
    reads.of(code, {
      read: (region, field) => {
        if (region >= 0) shared.push([`r${solution.find(region)}`, String(field)])
      },
      deep: (region) => {
        if (region >= 0) whole.add(solution.find(region))
      },
      state: (name) => shared.push([`s${name}`, ""]),
      implicit: () => undefined,
      direct: () => undefined,
      invoke: () => undefined
    })
    return { shared, whole }
  }

  const loadings = new Map<number, Loading>()
  for (const [module, items] of kept) {
    const changes = new Map<string, Set<string>>()
    const looks = new Map<string, Set<string>>()
    const put = (map: Map<string, Set<string>>, what: Shared, field: string): void => {
      if (!changed.has(what)) return
      const set = map.get(what)
      if (set === undefined) map.set(what, new Set([field]))
      else set.add(field)
    }
    const wholes = new Set<Region>()
    const lookInto = (region: Region): void => {
      const pending = [region]
      for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
        if (wholes.has(at)) continue
        wholes.add(at)
        put(looks, `r${at}`, anyName)
        for (const content of solution.contents(at)) pending.push(solution.find(content))
      }
    }
    const seen = new Set<number>()
    const record = program.modules[module]?.record
    const stack = [...items].map((item) => program.codeOf(module, item))
    for (let code = stack.pop(); code !== undefined; code = stack.pop()) {
      if (seen.has(code)) continue
      seen.add(code)
      for (const [what, field] of changesOf.get(code) ?? []) put(changes, what, field)
      const { shared, whole } = looksOf(code)
      for (const [what, field] of shared) put(looks, what, field)
      for (const region of whole) lookInto(region)
      for (const callee of callees.get(code) ?? []) stack.push(callee)
    }
    for (const item of items) {
      for (const { name } of record?.items[item]?.references ?? []) {
        const variable = program.named(module, name)
        if (variable !== undefined) put(looks, `v${program.find(variable)}`, "")
      }
    }
    loadings.set(module, { changes, looks })
  }

  const changers = new Map<Shared, Array<number>>()
  for (const [module, { changes }] of loadings) {
    for (const what of changes.keys()) {
      const list = changers.get(what)
      if (list === undefined) changers.set(what, [module])
      else list.push(module)
    }
  }
  const meets = (a: ReadonlySet<string> | undefined, b: ReadonlySet<string> | undefined): boolean => {
    if (a === undefined || b === undefined || a.size === 0 || b.size === 0) return false
    if (a.has(anyName) || b.has(anyName)) return true
    for (const each of a) if (b.has(each)) return true
    return false
  }
  const ordered = new Set<number>()
  for (const [module, { changes, looks }] of loadings) {
    for (const map of [changes, looks]) {
      for (const [what, fields] of map) {
        for (const other of changers.get(what) ?? []) {
          if (other === module || (ordered.has(module) && ordered.has(other))) continue
          if (!meets(fields, loadings.get(other)?.changes.get(what))) continue
          ordered.add(module)
          ordered.add(other)
        }
      }
    }
  }
  return ordered
}
