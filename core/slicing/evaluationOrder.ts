/**
 * Which modules' place in the order of evaluation can be observed: those that, while they are loaded, change or look at
 * something that another one changes while it is loaded.
 */
import { Origin } from "../dataflow/Effects.ts"
import type { Region } from "../dataflow/PointsTo.ts"
import { Field } from "../modules/Constraints.ts"
import type { LiveStatements } from "./LiveStatements.ts"
import { condense, gather } from "./reachability.ts"

/** Something that modules share: a field of a region, a variable, a state of the host. */
type Shared = string

/** What the kept statements of one module do while it is loaded: of what is shared, which fields. */
interface Loading {
  readonly changes: Map<Shared, Set<string>>
  readonly looks: Map<Shared, Set<string>>
}

/** Numbers what modules do. */
class Deeds {
  readonly all: Array<readonly [kind: keyof Loading, what: Shared, field: string]> = []
  readonly #numbers = new Map<string, number>()

  number(kind: keyof Loading, what: Shared, field: string): number {
    const key = `${kind} ${what} ${field}`
    let number = this.#numbers.get(key)
    if (number === undefined) {
      this.#numbers.set(key, number = this.all.length)
      this.all.push([kind, what, field])
    }
    return number
  }
}

/** Indices of the modules whose order matters; `kept` are the kept items of each module. */
export const orderedModules = (
  live: LiveStatements,
  kept: ReadonlyMap<number, ReadonlySet<number>>
): ReadonlySet<number> => {
  const { effects, program, solution } = live
  const { reads } = effects
  const anyName = String(program.fieldIndex(Field.any))
  const callees = new Map<number, Array<number>>()
  for (const [callee, callers] of effects.calls) {
    for (const { code } of callers) {
      const list = callees.get(code)
      if (list === undefined) callees.set(code, [callee])
      else list.push(callee)
    }
  }
  const changesOf = new Map<number, Array<readonly [Shared, string]>>()
  const change = (code: number, what: Shared, field: string): void => {
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

  // The codes that run, and the regions that they look at with all that these contain: a region is a negative number
  const asNode = (region: Region): number => -1 - solution.find(region)
  const looksOf = new Map<number, Array<readonly [Shared, string]>>()
  const successorsOf = (node: number): ReadonlyArray<number> => {
    if (node < 0) return [...solution.contents(-1 - node)].map(asNode)
    const looks: Array<readonly [Shared, string]> = []
    const regions = new Set<number>()
    const seen = new Set<string>()
    const read = (region: Region, field: number): void => {
      if (region < 0) return
      const key = `${solution.find(region)} ${field}`
      if (seen.has(key)) return
      seen.add(key)
      looks.push([`r${solution.find(region)}`, String(field)])
    }
    reads.of(node, {
      read,
      deep: (region) => {
        if (region >= 0) regions.add(asNode(region))
      },
      state: (name) => looks.push([`s${name}`, ""]),
      implicit: (region) => {
        for (const [at, field] of reads.implicit(region).places) read(at, field)
      },
      direct: () => undefined,
      invoke: () => undefined
    })
    looksOf.set(node, looks)
    return [...callees.get(node) ?? [], ...regions]
  }
  const modules = [...kept]
  const groups = modules.map(([module, items]) => [...items].map((item) => program.codeOf(module, item)))
  const condensation = condense(groups.flat(), successorsOf)

  // What is not changed by any of them needs not be compared
  const changed = new Set<Shared>()
  for (const node of condensation.componentOf.keys()) {
    for (const [what] of changesOf.get(node) ?? []) changed.add(what)
  }
  const deeds = new Deeds()
  const deedsOf = (node: number): ReadonlyArray<number> => {
    const looks: ReadonlyArray<readonly [Shared, string]> = node < 0 ? [[`r${-1 - node}`, anyName]]
      : looksOf.get(node) ?? []
    return [
      ...(changesOf.get(node) ?? []).map(([what, field]) => deeds.number("changes", what, field)),
      ...looks.flatMap(([what, field]) => changed.has(what) ? [deeds.number("looks", what, field)] : [])
    ]
  }
  const own = new Map([...condensation.componentOf.keys()].map((node) => [node, deedsOf(node)]))
  const loadings = new Map<number, Loading>()
  for (const [module] of modules) loadings.set(module, { changes: new Map(), looks: new Map() })
  const put = (module: number, kind: keyof Loading, what: Shared, field: string): void => {
    const map = loadings.get(module)?.[kind]
    const set = map?.get(what)
    if (set === undefined) map?.set(what, new Set([field]))
    else set.add(field)
  }
  gather(condensation, (node) => own.get(node) ?? [], deeds.all.length, groups, (group, number) => {
    const [module] = modules[group] ?? []
    const deed = deeds.all[number]
    if (module !== undefined && deed !== undefined) put(module, ...deed)
  })
  for (const [module, items] of modules) {
    for (const item of items) {
      for (const { name } of program.modules[module]?.record.items[item]?.references ?? []) {
        const variable = program.named(module, name)
        const what = variable === undefined ? undefined : `v${program.find(variable)}`
        if (what !== undefined && changed.has(what)) put(module, "looks", what, "")
      }
    }
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
