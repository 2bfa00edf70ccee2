/**
 * What running a piece of code may change, through everything that it calls: an index of writes and of callers, made for
 * the question "which statements may change this?". A write to an object that was made in the same activation is nobody's
 * business; one to a parameter or to `this` counts where the call is made, if what is handed over is not new there.
 */
import { CallFlag, Field, Hidden, Kind, none, type Variable } from "../modules/Constraints.ts"
import { type Callees, placeOf, type ProgramCall, type Region, settled, type Solution } from "./PointsTo.ts"
import { external, placed, type Reads, readsOf, unknownState } from "./Reads.ts"

/** Where the object in a variable comes from, seen from one activation of the code that uses it. */
export const Origin = { fresh: -1, elsewhere: 0, self: 1, parameter: 2 } as const

/** A write: the code that makes it, and the variable that holds what is written to (`none`: something elsewhere). */
export interface Write {
  readonly code: number
  readonly base: Variable
}

/** How a code comes to run: a call, or something that nothing is known about. */
export interface Caller {
  /** The code that makes the call, or a group of callers (see {@link Effects.group}). */
  readonly code: number
  readonly call: ProgramCall | undefined
  /** How the arguments get to the parameters. */
  readonly passing: "arguments" | "group" | "unknown"
}

export interface Effects {
  readonly solution: Solution
  readonly reads: Reads
  /** Writes to a region by field. */
  readonly writes: ReadonlyMap<Region, ReadonlyMap<number, ReadonlyArray<Write>>>
  /** Codes that give a variable another value. */
  readonly assigners: ReadonlyMap<Variable, ReadonlyArray<number>>
  /** Codes that change a state of the host, by its name. */
  readonly stateWrites: ReadonlyMap<string, ReadonlyArray<number>>
  /** Writes to globals, to the library's own objects and to its prototypes. */
  readonly globalWrites: ReadonlyArray<Write>
  readonly callers: (code: number) => ReadonlyArray<Caller>
  /** All callers, by what they call. */
  readonly calls: ReadonlyMap<number, ReadonlyArray<Caller>>
  /** What an object in `variable`, used by `code`, comes from: an {@link Origin}, or `Origin.parameter + index`. */
  readonly origin: (variable: Variable, code: number) => number
  /** Functions that run when something unknown about a region is called. */
  readonly isGroup: (code: number) => boolean
  /** The code whose activations own `variable`, or -1. */
  readonly owner: (variable: Variable) => number
  /** Whether a code runs within an activation of another. */
  readonly isWithin: (code: number, outer: number) => boolean
}

/** `codes`, and all that lead to one of them by calls. */
export const leadingTo = ({ callers }: Effects, codes: Iterable<number>): Set<number> => {
  const found = new Set(codes)
  for (const code of found) for (const caller of callers(code)) found.add(caller.code)
  return found
}

export const effectsOf = (solution: Solution): Effects => {
  const { program, regionOf } = solution
  const { codes, find, owners } = program
  const reads = readsOf(solution)
  const anyField = program.fieldIndex(Field.any)
  const elementField = program.fieldIndex(Field.element)
  const protoField = program.fieldIndex(".__proto__")
  const settledField = program.fieldIndex(settled)
  const stateField = program.fieldIndex(unknownState)
  const externalField = program.fieldIndex(external)
  const globalRegion = regionOf(program.global(Hidden.globalObject))
  const processVariable = program.global("process")
  const environment = processVariable === none ? -1
    : solution.fieldOf(regionOf(processVariable), program.fieldIndex(".env"))
  const hostRegions = [globalRegion, environment].filter((region) => region >= 0)

  const writes = new Map<Region, Map<number, Array<Write>>>()
  const write = (region: Region, field: number, code: number, base: Variable): void => {
    if (region < 0) return
    const at = solution.find(region)
    let map = writes.get(at)
    if (map === undefined) writes.set(at, map = new Map())
    const list = map.get(field)
    if (list === undefined) map.set(field, [{ code, base }])
    else list.push({ code, base })
  }
  const assigners = new Map<Variable, Array<number>>()
  const stateWrites = new Map<string, Array<number>>()
  const globalWrites: Array<Write> = []
  const callers = new Map<number, Array<Caller>>()
  const unknownCallers = new Set<number>()
  const addCaller = (code: number, caller: Caller): void => {
    if (caller.call === undefined && caller.passing === "unknown") {
      const key = code * 2 ** 26 + caller.code
      if (unknownCallers.has(key)) return
      unknownCallers.add(key)
    }
    const list = callers.get(code)
    if (list === undefined) callers.set(code, [caller])
    else list.push(caller)
  }
  const groups = new Map<Region, number>()
  let next = codes.length
  /** All that a region holds is called by the same calls: one stands for all. */
  const group = (region: Region): number => {
    const at = solution.find(region)
    let code = groups.get(at)
    if (code === undefined) {
      groups.set(at, code = next++)
      for (const fn of solution.functionsIn(at)) {
        const target = program.functions[fn]?.code
        if (target !== undefined) {
          addCaller(target, { code, call: undefined, passing: isGenerator(fn) ? "unknown" : "group" })
        }
      }
    }
    return code
  }
  /** Whether the function resumes the body of another. */
  const isGenerator = (fn: number): boolean => {
    const shape = program.functions[fn]
    return shape !== undefined && (program.functions[bodyOf.get(shape.code) ?? fn]?.index ?? fn) !== fn
  }
  const bodyOf = new Map<number, number>()
  for (const { code, index } of program.functions) if (!bodyOf.has(code)) bodyOf.set(code, index)

  const isLibraryState = (region: Region): boolean => {
    if (region < 0) return false
    if (solution.find(region) === solution.prototypes) return true
    const natives = solution.nativesIn(region)
    if (natives.every((path) => path.startsWith("%"))) return false
    return (solution.flags(region) & (Kind.object | Kind.instance | Kind.function)) === 0 ||
      natives.some((path) => path === "process.env" || path === "globalThis")
  }

  const runAll = (functions: ReadonlyArray<number>, caller: Caller): void => {
    for (const fn of functions) {
      const target = program.functions[fn]?.code
      if (target !== undefined) addCaller(target, isGenerator(fn) ? { ...caller, passing: "unknown" } : caller)
    }
  }

  const callEffects = (call: ProgramCall, found: Callees): void => {
    const { code } = call
    const bound = found.behaviours.length === 0 ? -1 : solution.boundReceiver(call)
    if (bound >= 0) write(bound, anyField, code, none)
    for (const { behaviour, isMethod } of found.behaviours) {
      // Methods of every object change any field of it
      const field = isMethod && behaviour.on?.includes("Object") !== true ? elementField : anyField
      for (const text of [...behaviour.mutates ?? [], ...(behaviour.stores ?? []).map(([into]) => into)]) {
        const { base, depth } = placeOf(text)
        if (base === "result") continue
        for (const variable of placed(call, text)) {
          for (const region of reads.inside(regionOf(variable), depth)) {
            write(region, field, code, depth === 0 ? variable : none)
            if (isLibraryState(region) || solution.holdsPrototype(variable)) globalWrites.push({ code, base: none })
          }
        }
      }
      for (const { fn } of behaviour.calls ?? []) {
        const { depth } = placeOf(fn)
        for (const variable of placed(call, fn)) {
          for (const region of reads.inside(regionOf(variable), depth)) borrowed(call, region, none)
        }
      }
      for (const state of behaviour.changesState ?? []) {
        const list = stateWrites.get(state)
        if (list === undefined) stateWrites.set(state, [code])
        else list.push(code)
      }
    }
    if (found.special !== undefined) specialEffects(call, found.special)
    settle(regionOf(call.callee), code)
    if (found.unknown >= 0) unknownEffects(call, found.unknown)
  }

  const specialEffects = (call: ProgramCall, special: NonNullable<Callees["special"]>): void => {
    const target = special === "reflect" ? call.args[0] : call.receiver
    if (target === undefined || target === none) return
    const region = regionOf(target)
    const receiver = special === "reflect" ? call.args[1] : call.args[0]
    borrowed(call, region, receiver ?? none)
    if ((solution.flags(region) & Kind.unknown) !== 0) unknownEffects(call, region)
  }
  /** A call of what a promise's executor was given has the promise's reactions run. */
  const settle = (region: Region, code: number): void => {
    if (region >= 0) write(solution.fieldOf(region, settledField), elementField, code, none)
  }
  /** A function of the library that is called through `call`, `apply`, `bind` or as a callback may change what it is given. */
  const borrowed = (call: ProgramCall, region: Region, receiver: Variable): void => {
    settle(region, call.code)
    if (!solution.nativesIn(region).some((path) => solution.mayChange(path))) return
    for (const variable of [receiver, ...call.args]) {
      if (variable === none) continue
      write(regionOf(variable), anyField, call.code, variable)
    }
  }

  const unknownEffects = (call: ProgramCall, unknown: Region): void => {
    const { code } = call
    const discarded = (call.flags & CallFlag.discarded) !== 0
    for (const variable of [call.receiver, ...call.args]) {
      if (variable === none || isNamespace(variable)) continue
      write(regionOf(variable), anyField, code, variable)
      for (const region of solution.contents(regionOf(variable))) write(region, anyField, code, none)
    }
    // A call whose result nobody takes is made for what it changes
    if (!discarded) return
    write(unknown, stateField, code, none)
    for (const region of hostRegions) write(region, externalField, code, none)
  }
  /** Whether a variable is an import of another package. */
  const isNamespace = (variable: Variable): boolean => owners[find(variable)] === -1 && externals.has(find(variable))
  const externals = new Set<Variable>()
  for (const [variable, kind] of program.links.makes) if (kind === Kind.unknown) externals.add(find(variable))

  /** Stands for converting or iterating what a region holds. */
  const implicitGroups = new Map<Region, number>()
  const implicitGroup = (region: Region): number => {
    const root = solution.find(region)
    let code = implicitGroups.get(root)
    if (code === undefined) {
      implicitGroups.set(root, code = next++)
      runAll(reads.implicit(root).functions, { code, call: undefined, passing: "unknown" })
    }
    return code
  }
  /** Stands for looking at everything in a region: it runs what that runs, and looks at what the region contains. */
  const deepGroups = new Map<Region, number>()
  const deepGroup = (region: Region): number => {
    const root = solution.find(region)
    const known = deepGroups.get(root)
    if (known !== undefined) return known
    const first = next++
    deepGroups.set(root, first)
    const pending: Array<readonly [Region, number]> = [[root, first]]
    for (let each = pending.pop(); each !== undefined; each = pending.pop()) {
      const [at, code] = each
      const caller: Caller = { code, call: undefined, passing: "unknown" }
      addCaller(implicitGroup(at), caller)
      for (const content of solution.contents(at)) {
        const inner = solution.find(content)
        let group = deepGroups.get(inner)
        if (group === undefined) {
          group = next++
          deepGroups.set(inner, group)
          pending.push([inner, group])
        }
        addCaller(group, caller)
      }
    }
    return first
  }

  for (const [index, { code, fields, offset }] of codes.entries()) {
    const caller: Caller = { code: index, call: undefined, passing: "unknown" }
    for (const variable of code.assigns) {
      const at = find(variable + offset)
      const list = assigners.get(at)
      if (list === undefined) assigners.set(at, [index])
      else list.push(index)
    }
    for (let at = 0; at < code.stores.length; at += 3) {
      const base = (code.stores[at] ?? 0) + offset
      const field = fields[code.stores[at + 1] ?? 0] ?? anyField
      const region = regionOf(base)
      // Another prototype gives the object other fields
      write(region, field === protoField ? anyField : field, index, base)
      if (solution.holdsPrototype(base)) {
        write(solution.prototypes, field, index, none)
        globalWrites.push({ code: index, base: none })
      }
      if (isLibraryState(region) && !isExitCode(solution.nativesIn(region), program.fieldNames[field] ?? "")) {
        globalWrites.push({ code: index, base })
      }
    }
    for (let at = 0; at < code.spreads.length; at += 2) {
      const to = (code.spreads[at] ?? 0) + offset
      write(regionOf(to), anyField, index, to)
    }
    // Iterating takes from an iterator
    for (let at = 0; at < code.iterations.length; at += 2) {
      const from = (code.iterations[at + 1] ?? 0) + offset
      if ((solution.flags(regionOf(from)) & Kind.library) !== 0) write(regionOf(from), elementField, index, from)
    }
    for (const call of solution.callsOf(index)) if (call.direct < 0) callEffects(call, solution.callees(call))
    reads.of(index, {
      read: () => undefined,
      state: () => undefined,
      deep: (region) => {
        if (region >= 0) addCaller(deepGroup(region), caller)
      },
      implicit: (region) => {
        if (region >= 0) addCaller(implicitGroup(region), caller)
      },
      direct: (call) => {
        const target = program.functions[call.direct]?.code
        if (target === undefined) return
        addCaller(target, { code: index, call, passing: isGenerator(call.direct) ? "unknown" : "arguments" })
      },
      invoke: (region, call) => {
        if (region < 0 || solution.functionsIn(region).length === 0) return
        addCaller(group(region), call === undefined ? caller : { code: index, call, passing: "arguments" })
      }
    })
    // Modules that are loaded by code run all that they hold
    for (const module of program.requires(index)) {
      const first = program.firstCode[module] ?? 0
      for (const item of program.modules[module]?.record.constraints.itemCodes ?? []) addCaller(first + item, caller)
    }
  }

  const { origin } = originsOf(solution)
  const within = new Map<number, Set<number>>()
  return {
    solution,
    reads,
    writes,
    assigners,
    stateWrites,
    globalWrites,
    callers: (code) => callers.get(code) ?? [],
    calls: callers,
    origin,
    isGroup: (code) => code >= codes.length,
    owner: (variable) => owners[find(variable)] ?? -1,
    isWithin: (code, outer) => {
      let set = within.get(code)
      if (set === undefined) {
        set = new Set()
        for (let at = code; at >= 0; at = codes[at]?.parent ?? -1) set.add(at)
        within.set(code, set)
      }
      return set.has(outer)
    }
  }
}

const isExitCode = (natives: ReadonlyArray<string>, field: string): boolean =>
  field === ".exitCode" && natives.length === 1 && natives[0] === "process"

/** Where what variables hold was made, as far as one activation of a function can tell. */
const originsOf = (solution: Solution): { readonly origin: (variable: Variable, code: number) => number } => {
  const { program } = solution
  const { codes, find, owners } = program
  const unset = -2
  const state = new Int32Array(program.variables).fill(unset)
  const incoming: Array<Array<Variable> | undefined> = []
  const elsewhere = (variable: Variable): void => {
    if (variable !== none) state[find(variable)] = Origin.elsewhere
  }
  const made = new Set<Variable>()
  for (const fn of program.functions) {
    for (const [at, parameter] of fn.parameters.entries()) {
      const variable = find(parameter)
      state[variable] = at === fn.rest || state[variable] !== unset ? Origin.elsewhere : Origin.parameter + at
    }
    if (fn.self !== none && owners[find(fn.self)] === fn.code) {
      const variable = find(fn.self)
      state[variable] = state[variable] === unset || state[variable] === Origin.self ? Origin.self : Origin.elsewhere
    }
    elsewhere(fn.args)
  }
  const superResults = new Set<Variable>()
  for (const call of solution.calls) {
    if (call.result === none) continue
    const { functions, unknown } = solution.callees(call)
    if (unknown < 0 && functions.some((fn) => solution.isFilled(program.functions[fn]?.result ?? none))) {
      superResults.add(find(call.result))
    }
  }
  const selves = new Set(program.functions.flatMap(({ self }) => self === none ? [] : [find(self)]))
  for (const [index, { code, offset }] of codes.entries()) {
    for (let at = 0; at < code.makes.length; at += 3) {
      const variable = find((code.makes[at] ?? 0) + offset)
      if (((code.makes[at + 1] ?? 0) & Kind.unknown) !== 0) elsewhere(variable)
      else made.add(variable)
    }
    for (let at = 0; at < code.copies.length; at += 2) {
      const to = find((code.copies[at] ?? 0) + offset)
      const from = find((code.copies[at + 1] ?? 0) + offset)
      // `this` of a method is its home, or an instance of it: what the call says decides
      if (selves.has(to)) {
        // `super()` may return another object
        if (superResults.has(from)) elsewhere(to)
        continue
      }
      if (owners[to] !== index || owners[from] !== index) elsewhere(to)
      else (incoming[to] ??= []).push(from)
    }
    for (const list of [code.loads]) for (let at = 0; at < list.length; at += 3) elsewhere((list[at] ?? 0) + offset)
    for (const list of [code.iterations, code.awaits]) {
      for (let at = 0; at < list.length; at += 2) elsewhere((list[at] ?? 0) + offset)
    }
    for (const variable of code.assigns) if (owners[find(variable + offset)] !== index) elsewhere(variable + offset)
  }
  const meet = (a: number, b: number): number => a === unset ? b : b === unset || a === b ? a : Origin.elsewhere
  /** Functions all of whose results are new objects. */
  let makers = new Set<number>()
  let now = state
  for (let round = 0; round < 4; round++) {
    now = Int32Array.from(state)
    for (const variable of made) {
      const known = now[variable]
      now[variable] = known === unset ? Origin.fresh : Origin.elsewhere
    }
    for (const call of solution.calls) {
      if (call.result === none) continue
      const variable = find(call.result)
      now[variable] = meet(now[variable] ?? unset, gives(solution, call, makers) ? Origin.fresh : Origin.elsewhere)
    }
    for (let again = true; again;) {
      again = false
      for (const [variable, list] of incoming.entries()) {
        if (list === undefined || now[variable] === Origin.elsewhere) continue
        let value = now[variable] ?? unset
        for (const from of list) value = meet(value, now[from] ?? unset)
        if (value !== now[variable]) {
          now[variable] = value
          again = true
        }
      }
    }
    const found = new Set<number>()
    for (const { index, result } of program.functions) {
      if (result !== none && now[find(result)] === Origin.fresh) found.add(index)
    }
    if (found.size === makers.size) break
    makers = found
  }
  return {
    origin: (variable, code) => {
      if (variable === none) return Origin.fresh
      const at = find(variable)
      if (owners[at] !== code) return Origin.elsewhere
      const value = now[at] ?? unset
      return value === unset ? Origin.elsewhere : value
    }
  }
}

/** Whether a call gives an object that nothing else has. */
const gives = (solution: Solution, call: ProgramCall, makers: ReadonlySet<number>): boolean => {
  const { behaviours, functions, special, unknown } = solution.callees(call)
  const constructs = (call.flags & CallFlag.constructs) !== 0
  if (special !== undefined || unknown >= 0) return false
  if (!behaviours.every(({ behaviour }) => behaviour.result === "fresh" || behaviour.result === "primitive")) {
    return false
  }
  if (constructs && functions.length > 0 && behaviours.length === 0) {
    return functions.every((fn) => {
      const result = solution.program.functions[fn]?.result ?? none
      return !solution.isFilled(result) || makers.has(fn)
    })
  }
  if (functions.length > 0) return functions.every((fn) => makers.has(fn))
  const natives = solution.nativesIn(solution.regionOf(call.callee))
  if (natives.some((path) => givesArgument.test(path))) return false
  return behaviours.length > 0
}

const givesArgument =
  /^(?:globalThis\.)?(?:Object\.(?:assign|define\w+|setPrototypeOf|getPrototypeOf)|Reflect\.\w+|Proxy|Promise.*)$/
