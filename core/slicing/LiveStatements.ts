/**
 * Which statements of a program may change something that the code which is kept reads when it runs.
 *
 * Two sets grow together: the codes that may run, and what they read; whatever may write to that is kept, and runs, too.
 */
import { type Caller, type Effects, effectsOf, Origin } from "../dataflow/Effects.ts"
import { isBound, type ProgramCall, type Region, type Solution, solve } from "../dataflow/PointsTo.ts"
import { link, type Program, type ProgramModule } from "../dataflow/Program.ts"
import { external } from "../dataflow/Reads.ts"
import * as Builtins from "../language/Builtins.ts"
import { lazy } from "../language/lazy.ts"
import { CallFlag, Field, Hidden, none, type Variable } from "../modules/Constraints.ts"
import { driversOf, type ItemPlace, itemsByCode } from "./driversOf.ts"
import { pendingCodes } from "./pendingCodes.ts"

/** Why a statement is kept: the write, and the read that makes it matter. */
export interface Because {
  /** What is changed, for people: a name, or a field. */
  readonly what: string
  /** The code that reads it, as an item; `undefined` where it is always kept. */
  readonly reader: ItemPlace | undefined
}

export interface LiveStatements {
  readonly program: Program
  readonly solution: Solution
  readonly effects: Effects
  /** Takes note that an item of a module is kept. */
  readonly keep: (module: number, item: number) => void
  /** Takes note that somebody wants all that the names of an item hold. */
  readonly keepWhole: (module: number, item: number) => void
  /** Takes note that a function that stands in a top-level binding may be called from outside, with plain data. */
  readonly enter: (module: number, local: string, path: ReadonlyArray<string>) => void
  /** Items that have to be kept because of what is kept, each once. */
  readonly next: () => ReadonlyArray<{ readonly module: number; readonly item: number; readonly because: Because }>
  /** Whether a module is evaluated when the program is loaded. */
  readonly isStatic: (path: string) => boolean
  /** Whether an item runs the entry or Clustrix, or uses what that gave. */
  readonly drives: (module: number, item: number) => boolean
}

const slots = 64
/** Of functions that a call may mean: more say that the analysis does not tell them apart. */
const mostPrinters = 8

/** `rounds`: after how many the solver gives up, and every statement is kept. */
export const liveStatements = (modules: ReadonlyArray<ProgramModule>, rounds?: number): LiveStatements => {
  const program = link(modules)
  const solution = solve(program, rounds)
  const effects = effectsOf(solution)
  const { codes, find } = program
  const { regionOf } = solution
  const anyField = program.fieldIndex(Field.any)
  const externalField = program.fieldIndex(external)
  const { reads } = effects

  const statics = new Set(modules.flatMap(({ isStatic, path }) => isStatic ? [path] : []))
  const itemOfCode = itemsByCode(program)
  const nestedCodes = new Map<number, Array<number>>()
  for (const [index, { code, module }] of codes.entries()) {
    const key = module * 1e6 + code.item
    const list = nestedCodes.get(key)
    if (list === undefined) nestedCodes.set(key, [index])
    else list.push(index)
  }
  const readerOf = (code: number): Because["reader"] => {
    const found = codes[code]
    return found === undefined ? undefined : { module: found.module, item: found.code.item }
  }

  // Writes that matter

  const wanted: Array<{ readonly module: number; readonly item: number; readonly because: Because }> = []
  const keptItems = new Set<number>()
  const hotNodes = new Set<number>()
  const printNodes = new Set<number>()
  const hotCaptured = new Set<string>()
  const entries = new Set<number>()

  type Step = readonly [code: number, slot: number, captured: number]
  /** Follows a write at `code` up to the statements that make it happen. */
  const hot = (code: number, slot: number, captured: number, because: Because): void => {
    const stack: Array<Step> = [[code, slot, captured]]
    for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
      const [at, via, owner] = step
      if (owner >= 0) {
        const key = `${at}:${owner}`
        if (hotCaptured.has(key)) continue
        hotCaptured.add(key)
      } else {
        const key = at * slots + via
        if (hotNodes.has(key)) continue
        hotNodes.add(key)
        const item = via === 0 ? itemOfCode.get(at) : undefined
        if (item !== undefined && modules[item.module]?.isStatic === true) want(item, because)
      }
      // Running the entry is what drivers do
      if (entries.has(at)) continue
      for (const caller of effects.callers(at)) up(caller, via, owner, stack)
    }
  }
  /** How many functions a call of what a region holds may run. */
  const groupSizes = lazy(() => {
    const sizes = new Map<number, number>()
    for (const callers of effects.calls.values()) {
      for (const { code } of callers) if (effects.isGroup(code)) sizes.set(code, (sizes.get(code) ?? 0) + 1)
    }
    return sizes
  })
  /**
   * Follows what is printed up to the statements that print it, but for those that run the entry, and through calls that
   * may mean one of many functions: most of them do not print.
   */
  const prints = (code: number, driving: ReadonlySet<number>): void => {
    const stack = [code]
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      if (printNodes.has(at) || driving.has(at)) continue
      printNodes.add(at)
      const item = itemOfCode.get(at)
      if (item !== undefined && modules[item.module]?.isStatic === true) {
        want(item, { what: "what is printed while modules are loaded", reader: undefined })
      }
      for (const caller of effects.callers(at)) {
        if ((groupSizes().get(caller.code) ?? 0) <= mostPrinters) stack.push(caller.code)
      }
    }
  }
  const up = (caller: Caller, via: number, owner: number, stack: Array<Step>): void => {
    const { call, code, passing } = caller
    if (owner >= 0) {
      if (effects.isGroup(code)) stack.push([code, 0, owner])
      else if (effects.isWithin(code, owner)) {
        if (code !== owner) stack.push([code, 0, owner])
        // A closure of another activation may come from anywhere
        else if (call !== undefined && !isMadeHere(call, code)) stack.push([code, 0, -1])
      } else stack.push([code, 0, -1])
      return
    }
    if (via === Origin.elsewhere || passing === "unknown") {
      stack.push([code, 0, -1])
      return
    }
    if (passing === "group") {
      stack.push([code, via, -1])
      return
    }
    if (call === undefined) return
    const push = (variable: Variable): void => {
      if (effects.isGroup(code)) {
        stack.push([code, 0, -1])
        return
      }
      const origin = effects.origin(variable, code)
      if (origin !== Origin.fresh) stack.push([code, origin >= slots ? 0 : origin, -1])
    }
    if (via === Origin.self) {
      if ((call.flags & CallFlag.constructs) !== 0) return
      if (call.receiver !== none) push(call.receiver)
      if ((solution.flags(regionOf(call.callee)) & isBound) !== 0) stack.push([code, 0, -1])
      return
    }
    const index = via - Origin.parameter
    const { spread } = call
    if (spread >= 0 && index >= spread) stack.push([code, 0, -1])
    else {
      const argument = call.args[index]
      if (argument !== undefined && argument !== none) push(argument)
      if ((solution.flags(regionOf(call.callee)) & isBound) !== 0) stack.push([code, 0, -1])
    }
  }
  const isMadeHere = (call: ProgramCall, code: number): boolean => {
    if (call.direct >= 0) return true
    const used = [call.callee, ...call.args].filter((each) =>
      each !== none && solution.functionsIn(regionOf(each)).length > 0
    )
    return used.every((each) => effects.origin(each, code) === Origin.fresh || effects.owner(each) === code)
  }

  const want = (item: ItemPlace, because: Because): void => {
    const key = item.module * 1e6 + item.item
    if (keptItems.has(key)) return
    keptItems.add(key)
    wanted.push({ ...item, because })
    activateItem(item.module, item.item)
  }

  // Reads

  const live = new Map<Region, Set<number>>()
  const liveStates = new Set<string>()
  const named = new Set<Variable>()
  const deepSeen = new Set<Region>()
  let holders: Map<Region, string> | undefined
  /** Top-level variables by the region that they hold; of several the first. */
  const holderOf = (region: Region): string | undefined => {
    if (holders === undefined) {
      holders = new Map()
      for (const [module, { record }] of modules.entries()) {
        for (const { declares } of record.items) {
          for (const each of declares) {
            const variable = program.named(module, each)
            const held = variable === undefined || !solution.isFilled(variable) ? -1 : regionOf(variable)
            if (held >= 0 && !holders.has(held)) holders.set(held, each)
          }
        }
      }
    }
    return holders.get(region)
  }
  const describe = (region: Region, field: number): string => {
    const text = program.fieldNames[field] ?? ""
    const name = text.startsWith(".") ? text.slice(1) : text.startsWith("#") ? text : undefined
    const holder = holderOf(region)
    if (holder === undefined) return name === undefined ? "an element" : `\`${name}\``
    return name === undefined ? `\`${holder}\`` : `\`${holder}.${name}\``
  }
  let given: ReadonlySet<Variable> | undefined
  /** Variables that hold nothing but what calls of the entry gave: whoever uses that uses another result than ours. */
  const entryResults = (): ReadonlySet<Variable> => {
    if (given !== undefined) return given
    const found = new Set<Variable>()
    for (const { direct, result } of solution.calls) {
      if (direct >= 0 && result !== none && entries.has(program.functions[direct]?.code ?? -1)) found.add(find(result))
    }
    const incoming = new Map<Variable, Array<Variable>>()
    if (found.size > 0) {
      for (const { code, offset } of codes) {
        for (const list of [code.copies, code.awaits]) {
          for (let at = 0; at < list.length; at += 2) {
            const to = find((list[at] ?? 0) + offset)
            const known = incoming.get(to)
            if (known === undefined) incoming.set(to, [find((list[at + 1] ?? 0) + offset)])
            else known.push(find((list[at + 1] ?? 0) + offset))
          }
        }
      }
    }
    for (let again = true; again;) {
      again = false
      for (const [to, from] of incoming) {
        if (found.has(to) || !from.every((each) => found.has(each))) continue
        found.add(to)
        again = true
      }
    }
    given = found
    return found
  }
  const writer = (
    write: { readonly code: number; readonly base: Variable },
    region: Region,
    field: number,
    reader: number
  ): void => {
    if (write.base !== none && entryResults().has(find(write.base))) return
    const origin = write.base === none ? Origin.elsewhere : effects.origin(write.base, write.code)
    if (origin === Origin.fresh) return
    hot(write.code, origin >= slots ? 0 : origin, -1, { what: describe(region, field), reader: readerOf(reader) })
  }
  const read = (region: Region, field: number, reader: number): void => {
    if (region < 0) return
    const at = solution.find(region)
    let fields = live.get(at)
    if (fields === undefined) live.set(at, fields = new Set())
    if (fields.has(anyField) || fields.has(field)) return
    fields.add(field)
    // Unknown code may have set what no host has by itself
    if (isForeign(at, field)) read(at, externalField, reader)
    const writes = effects.writes.get(at)
    if (writes === undefined) return
    if (field === anyField) {
      for (const [name, list] of writes) for (const write of list) writer(write, at, name, reader)
      return
    }
    for (const name of [field, anyField, ...accessorFields(field)]) {
      for (const write of writes.get(name) ?? []) writer(write, at, field, reader)
    }
  }
  const globalRegion = regionOf(program.global(Hidden.globalObject))
  const isForeign = (region: Region, field: number): boolean => {
    if (field === externalField) return false
    if (region !== solution.find(globalRegion)) return solution.nativesIn(region).includes("process.env")
    const text = program.fieldNames[field] ?? ""
    return text.startsWith(".") && Builtins.globalValue(text.slice(1)) !== "library" &&
      Builtins.globalValue(text.slice(1)) !== "primitive"
  }
  const accessorFields = (field: number): ReadonlyArray<number> => {
    const text = program.fieldNames[field] ?? ""
    return [Field.getter(text), Field.setter(text), Field.getter(Field.any), Field.setter(Field.any)].map(
      program.fieldIndex
    )
  }
  const deep = (region: Region, reader: number): void => {
    const stack = [region]
    for (let each = stack.pop(); each !== undefined; each = stack.pop()) {
      if (each < 0) continue
      const at = solution.find(each)
      if (deepSeen.has(at)) continue
      deepSeen.add(at)
      read(at, anyField, reader)
      activateFunctions(reads.implicit(at).functions)
      for (const inner of solution.contents(at)) stack.push(inner)
    }
  }
  const readState = (state: string, reader: number): void => {
    if (liveStates.has(state)) return
    liveStates.add(state)
    for (const code of effects.stateWrites.get(state) ?? []) hot(code, 0, -1, { what: state, reader: readerOf(reader) })
  }
  const name = (variable: Variable, reader: number): void => {
    const at = find(variable)
    if (named.has(at)) return
    named.add(at)
    for (const code of effects.assigners.get(at) ?? []) {
      const owner = effects.owner(at)
      if (owner === code) continue
      hot(code, 0, owner >= 0 ? owner : -1, { what: "a variable", reader: readerOf(reader) })
    }
  }

  // Code that may run

  const active = new Set<number>()
  const invoked = new Set<Region>()
  const converted = new Set<Region>()
  const work: Array<number> = []
  const activate = (code: number): void => {
    if (active.has(code)) return
    active.add(code)
    work.push(code)
  }
  const activateFunctions = (functions: ReadonlyArray<number>): void => {
    for (const fn of functions) {
      const code = program.functions[fn]?.code
      if (code !== undefined) activate(code)
    }
  }
  const thrown = find(program.global(Hidden.thrown))
  const run = (index: number): void => {
    reads.of(index, {
      read: (region, field) => read(region, field, index),
      deep: (region) => deep(region, index),
      state: (state) => readState(state, index),
      implicit: (region) => {
        if (region < 0 || converted.has(solution.find(region))) return
        converted.add(solution.find(region))
        const { functions, places } = reads.implicit(region)
        for (const [at, field] of places) read(at, field, index)
        activateFunctions(functions)
      },
      direct: ({ direct }) => activateFunctions([direct]),
      invoke: (region) => {
        if (region < 0 || invoked.has(solution.find(region))) return
        invoked.add(solution.find(region))
        activateFunctions(solution.functionsIn(region))
      }
    })
    const found = codes[index]
    if (found === undefined) return
    const { code, offset } = found
    for (let at = 0; at < code.stores.length; at += 3) {
      const from = code.stores[at + 2] ?? none
      if (from !== none && find((code.stores[at] ?? 0) + offset) === thrown) deep(regionOf(from + offset), index)
    }
  }

  const activateItem = (module: number, item: number): void => {
    const own = program.codeOf(module, item)
    activate(own)
    const found = modules[module]?.record.items[item]
    for (const { name: each } of found?.references ?? []) {
      const variable = program.named(module, each)
      if (variable !== undefined) name(variable, own)
    }
    for (const each of found?.declares ?? []) {
      const variable = program.named(module, each)
      if (variable !== undefined) name(variable, own)
    }
    // Variables of its functions that others of its functions change
    for (const code of nestedCodes.get(module * 1e6 + item) ?? []) {
      for (const variable of capturedOf.get(code) ?? []) name(variable, own)
    }
  }
  const capturedOf = new Map<number, Array<Variable>>()
  for (const variable of effects.assigners.keys()) {
    const owner = effects.owner(variable)
    if (owner < 0) continue
    const list = capturedOf.get(owner)
    if (list === undefined) capturedOf.set(owner, [variable])
    else list.push(variable)
  }

  /** Items that run the entry or Clustrix, or use what that gave. */
  const drivers = lazy(() => driversOf(effects, itemOfCode, entries))

  let begun = false
  /** What matters whatever is read: asked once it is known what runs the entry. */
  const begin = (): void => {
    if (begun) return
    begun = true
    for (const { base, code } of effects.globalWrites) {
      const origin = base === none ? Origin.elsewhere : effects.origin(base, code)
      if (origin !== Origin.fresh) hot(code, origin >= slots ? 0 : origin, -1, { what: "a global", reader: undefined })
    }
    for (const code of codes.keys()) {
      if (program.requiresUnseen(code)) hot(code, 0, -1, { what: "a module that is not known", reader: undefined })
    }
    for (const state of ["cwd", "process.env"]) {
      for (const code of effects.stateWrites.get(state) ?? []) hot(code, 0, -1, { what: state, reader: undefined })
    }
    const throwing = [...itemOfCode].filter(([code, { module }]) =>
      codes[code]?.code.throws === true && modules[module]?.isStatic === true
    )
    const printing = effects.stateWrites.get("console") ?? []
    const driving = throwing.length === 0 && printing.length === 0 && solution.isSettled ? new Set<number>() : drivers()
    for (const code of printing) prints(code, driving)
    if (!solution.isSettled) {
      for (const [code, item] of itemOfCode) {
        if (modules[item.module]?.isStatic !== true || driving.has(code)) continue
        want(item, { what: "anything, for the program is too large to tell", reader: undefined })
      }
    }
    for (const [code] of throwing) {
      if (!driving.has(code)) {
        hot(code, 0, -1, { what: "whether the module can be loaded", reader: undefined })
      }
    }
  }

  let awaiting: Map<number, ItemPlace> | undefined
  const pending = lazy(() => pendingCodes(effects))
  /** While a statement awaits, what kept ones have begun goes on: it is part of what they do. */
  const awaitPending = (): void => {
    if (awaiting === undefined) {
      awaiting = new Map()
      for (const [code, at] of itemOfCode) {
        const { isStatic, record } = modules[at.module] as ProgramModule
        if (isStatic && record.items[at.item]?.awaits === true) awaiting.set(code, at)
      }
      if (awaiting.size > 0) { for (const code of drivers()) awaiting.delete(code) }
    }
    for (const [code, { item, module }] of awaiting) if (keptItems.has(module * 1e6 + item)) awaiting.delete(code)
    if (awaiting.size === 0) return
    for (const key of keptItems) {
      const reader = { module: Math.floor(key / 1e6), item: key % 1e6 }
      if (
        !statics.has(modules[reader.module]?.path ?? "") || !pending().has(program.codeOf(reader.module, reader.item))
      ) continue
      for (const at of awaiting.values()) want(at, { what: "when that goes on", reader })
      return
    }
  }

  return {
    program,
    solution,
    effects,
    keep: (module, item) => {
      const key = module * 1e6 + item
      if (keptItems.has(key)) return
      keptItems.add(key)
      activateItem(module, item)
    },
    keepWhole: (module, item) => {
      const own = program.codeOf(module, item)
      for (const each of modules[module]?.record.items[item]?.declares ?? []) {
        const variable = program.named(module, each)
        if (variable !== undefined) deep(regionOf(variable), own)
      }
    },
    enter: (module, local, path) => {
      const variable = program.named(module, local)
      if (variable === undefined) return
      let region = regionOf(variable)
      let functions: ReadonlyArray<number> = []
      const direct = path.length === 0 ? program.bound.get(find(variable)) : undefined
      if (direct !== undefined) functions = [direct]
      else {
        for (const part of path) {
          region = region < 0 ? region : solution.fieldOf(region, program.fieldIndex(Field.named(part)))
        }
        functions = region < 0 ? [] : solution.functionsIn(region)
      }
      activateFunctions(functions)
      for (const fn of functions) {
        const shape = program.functions[fn]
        if (shape === undefined) continue
        entries.add(shape.code)
        if (shape.result !== none) deep(regionOf(shape.result), shape.code)
      }
    },
    isStatic: (path) => statics.has(path),
    drives: (module, item) => drivers().has(program.codeOf(module, item)),
    next: () => {
      begin()
      for (let code = work.pop(); code !== undefined; code = work.pop()) run(code)
      if (wanted.length === 0) awaitPending()
      return wanted.splice(0)
    }
  }
}
