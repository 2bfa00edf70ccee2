/**
 * Which objects a variable may hold: unification of regions with fields (Steensgaard 1996), over a whole program.
 *
 * A *region* stands for objects that the analysis does not tell apart. Each variable has one; a region has one region for
 * each field. What a function takes and gives are fields of the region that holds it, once something calls what that
 * region holds; a call by the name of a function goes to it directly. Near-linear in the size of the program.
 */
import type { Behaviour, Callback } from "../language/Builtins.ts"
import * as Builtins from "../language/Builtins.ts"
import { CallFlag, callSize, Field, Hidden, isOwnField, Kind, none, type Variable } from "../modules/Constraints.ts"
import type { Program } from "./Program.ts"

/** Index of a region; only {@link Solution.regionOf} gives roots. */
export type Region = number

/** Field of a function that settles a promise: the promise. */
export const settled = "(settled)"

/** A call with the program's numbers. */
export interface ProgramCall {
  /** Its place in {@link Solution.calls}. */
  readonly index: number
  readonly code: number
  readonly callee: Variable
  readonly receiver: Variable
  readonly args: ReadonlyArray<Variable>
  /** The index from which on arguments are spread, or -1. */
  readonly spread: number
  readonly result: Variable
  /** Field of the method, or -1. */
  readonly method: number
  /** Bits of {@link CallFlag}. */
  readonly flags: number
  /** Field that the second argument names, or -1. */
  readonly key: number
  /** The function that the callee's name stands for, or -1. */
  readonly direct: number
}

/** A function of the library that a call may run. */
export interface CalledBehaviour {
  readonly behaviour: Behaviour
  /** It is one of `Object` or `Reflect`, which look at all fields of what they are given. */
  readonly isObjectStatic: boolean
  /** It is a method: options that it is given hold no objects of the program. */
  readonly isMethod: boolean
}

/** What a call may run. */
export interface Callees {
  readonly functions: ReadonlyArray<number>
  readonly behaviours: ReadonlyArray<CalledBehaviour>
  /** The region of unknown code that is called, or -1. */
  readonly unknown: Region
  /** `call`, `apply` or `bind` of a function, or `Reflect.apply` and `Reflect.construct`. */
  readonly special: "call" | "apply" | "bind" | "reflect" | undefined
}

export interface Solution {
  readonly program: Program
  /** Whether all constraints hold; else nothing that is not found can be relied on. */
  readonly isSettled: boolean
  readonly calls: ReadonlyArray<ProgramCall>
  /** The calls of a code. */
  readonly callsOf: (code: number) => ReadonlyArray<ProgramCall>
  readonly regionOf: (variable: Variable) => Region
  readonly find: (region: Region) => Region
  /** Regions of all fields. */
  readonly contents: (region: Region) => ReadonlyArray<Region>
  /** Whether a variable can hold an object at all. */
  readonly isFilled: (variable: Variable) => boolean
  /** The region of a field if it is known, or -1. */
  readonly fieldOf: (region: Region, field: number) => Region
  readonly functionsIn: (region: Region) => ReadonlyArray<number>
  readonly flags: (region: Region) => number
  readonly nativesIn: (region: Region) => ReadonlyArray<string>
  readonly callees: (call: ProgramCall) => Callees
  /** Regions of the functions that reading or writing the field of the region runs. */
  readonly accessors: (region: Region, field: number, kind: "get" | "set") => ReadonlyArray<Region>
  /** The region and, if it is a container of the library, those of its elements: what converting it converts. */
  readonly converted: (region: Region) => ReadonlyArray<Region>
  /** What a method of the library that stands for itself was bound to, or -1. */
  readonly boundReceiver: (call: ProgramCall) => Region
  /** Regions of the functions that the language looks up under a name and calls. */
  readonly implicit: (region: Region, name: string) => ReadonlyArray<Region>
  /** What a function of the library, by its path, may do; none is known of unknown code. */
  readonly behavioursOf: (path: string) => ReadonlyArray<Behaviour>
  /** Whether a function of the library, by its path, may change something that it is given or that is there. */
  readonly mayChange: (path: string) => boolean
  /** The prototypes of the language's own objects. */
  readonly prototypes: Region
  /** Whether a variable may hold one of them beside what its region says. */
  readonly holdsPrototype: (variable: Variable) => boolean
  /** Whether the program may set a field of {@link prototypes}. */
  readonly isPatched: (field: number) => boolean
}

/** Flags beside {@link Kind}. */
const called = 64
const fromBind = 128
/** Iterating it gives pairs of what it contains. */
const ofPairs = 256
/** Objects of the library beside its functions and namespaces. */
const values = 512
export const isBound = fromBind

const ofMade = (kind: number): number => (kind & Kind.library) === 0 ? kind : kind | values

const resultField = -1
const selfField = -2
const restField = -3
const parameterField = (index: number): number => -10 - index

const maxNatives = 12
const maxDepth = 4

interface Place {
  readonly base: "this" | "result" | "argument" | "callback" | "none"
  readonly index: number
  /** Arguments from `index` on. */
  readonly open: boolean
  /** How often `[]` follows. */
  readonly depth: number
}

const places = new Map<string, Place>()
export const placeOf = (text: string): Place => {
  let place = places.get(text)
  if (place !== undefined) return place
  const depth = text.split("[]").length - 1
  const base = text.replaceAll("[]", "").replace(/^deep:/, "")
  if (base === "this" || base === "result") place = { base, index: 0, open: false, depth }
  else if (base === "fresh" || base.startsWith("invoke")) place = { base: "none", index: 0, open: false, depth }
  else if (base.startsWith("call")) place = { base: "callback", index: Number(base.slice(4)), open: false, depth }
  else place = { base: "argument", index: Number.parseInt(base, 10), open: base.endsWith("+"), depth }
  places.set(text, place)
  return place
}

/** Rounds over all constraints after which the solver gives up: real programs need fewer than ten. */
const maxRounds = 40

export const solve = (program: Program, rounds = maxRounds): Solution => {
  const { find: variableOf } = program
  const up: Array<number> = []
  const rank: Array<number> = []
  const flag: Array<number> = []
  const fields: Array<Map<number, number> | undefined> = []
  const functions: Array<Set<number> | undefined> = []
  const natives: Array<Array<string> | undefined> = []
  /** Of a region its fields that are accessors. */
  const accessors: Array<Set<number> | undefined> = []
  /** Of a class the library's classes that it extends. */
  const inherited = new Map<number, ReadonlyArray<string>>()
  /** The index from which on parameters are one region. */
  const restFrom: Array<number> = []
  const make = (): number => {
    up.push(up.length)
    rank.push(0)
    flag.push(0)
    fields.push(undefined)
    functions.push(undefined)
    natives.push(undefined)
    accessors.push(undefined)
    restFrom.push(Infinity)
    return up.length - 1
  }
  for (let each = 0; each < program.variables; each++) make()
  const find = (region: number): number => {
    let at = region
    for (let next = up[at]; next !== undefined && next !== at; next = up[at]) {
      up[at] = up[next] ?? next
      at = next
    }
    return at
  }
  const node = (variable: Variable): number => find(variableOf(variable))

  const flagsAt = (region: number): number => flag[region] ?? 0
  const anyField = program.fieldIndex(Field.any)
  const elementField = program.fieldIndex(Field.element)
  const settledField = program.fieldIndex(settled)
  const prototypeField = program.fieldIndex(".prototype")
  const constructorField = program.fieldIndex(".constructor")
  const protoField = program.fieldIndex(".__proto__")
  const own: Array<boolean> = []
  const isOwn = (field: number): boolean => field >= 0 && (own[field] ??= isOwnField(program.fieldNames[field] ?? ""))

  const listed = new Map<number, ReadonlyArray<number>>()
  /** The functions of a region as a list, which is made again when there are more. */
  const functionsAt = (region: number): ReadonlyArray<number> => {
    const at = find(region)
    const own = functions[at]
    if (own === undefined) return []
    let list = listed.get(at)
    if (list === undefined || list.length !== own.size) listed.set(at, list = [...own])
    return list
  }

  let changed = false
  let isSettled = false
  /** Fields of the library's prototypes that the program sets. */
  const patched = new Set<number>()
  const isPatched = (name: number): boolean =>
    patched.size > 0 && (name === anyField || patched.has(name) || patched.has(anyField))
  const pending: Array<number> = []
  const drain = (): void => {
    while (pending.length > 0) {
      let b = find(pending.pop() ?? 0)
      let a = find(pending.pop() ?? 0)
      if (a === b) continue
      if ((rank[a] ?? 0) < (rank[b] ?? 0)) [a, b] = [b, a]
      if (rank[a] === rank[b]) rank[a] = (rank[a] ?? 0) + 1
      changed = true
      up[b] = a
      const flagsA = flag[a] ?? 0
      const flagsB = flag[b] ?? 0
      flag[a] = flagsA | flagsB
      const functionsA = functions[a]
      const functionsB = functions[b]
      restFrom[a] = Math.min(restFrom[a] ?? Infinity, restFrom[b] ?? Infinity)
      const [more, less] = bySize(fields[a], fields[b])
      fields[b] = undefined
      fields[a] = more
      for (const [field, region] of less ?? []) {
        const known = more?.get(field)
        if (known === undefined) more?.set(field, region)
        else pending.push(known, region)
      }
      const inheritedB = inherited.get(b)
      if (inheritedB !== undefined) {
        inherited.delete(b)
        inherited.set(a, [...new Set([...inherited.get(a) ?? [], ...inheritedB])])
      }
      accessors[a] = united(accessors[a], accessors[b])
      accessors[b] = undefined
      const nativesB = natives[b]
      natives[b] = undefined
      if (nativesB !== undefined) { for (const path of nativesB) addNative(a, path) }
      // Functions whose callers are known only now
      const connected = ((flagsA ^ flagsB) & called) === 0
        ? []
        : [...((flagsA & called) !== 0 ? functionsB : functionsA) ?? []]
      functions[b] = undefined
      functions[a] = united(functionsA, functionsB)
      settle(a)
      for (const fn of connected) connect(a, fn)
      // One of the two has all that unknown code has
      if ((flagsAt(a) & Kind.unknown) !== 0) absorb(a)
    }
  }
  const join = (a: number, b: number): void => {
    if (a < 0 || b < 0) return
    const left = find(a)
    const right = find(b)
    if (left === right) return
    pending.push(left, right)
    drain()
  }

  /** A computed name may mean any field; parameters behind a spread are one. */
  const settle = (region: number): void => {
    const map = fields[region]
    if (map === undefined) return
    const any = map.get(anyField)
    if (any !== undefined) {
      for (const [field, value] of map) {
        if (field !== anyField && isOwn(field)) {
          pending.push(any, value)
          map.delete(field)
        }
      }
    }
    const from = restFrom[region] ?? Infinity
    if (from !== Infinity) {
      const rest = map.get(restField)
      if (rest !== undefined) {
        for (const [field, value] of map) {
          if (field <= -10 && -10 - field >= from) {
            pending.push(rest, value)
            map.delete(field)
          }
        }
      }
    }
  }

  const addField = (at: number, map: Map<number, number>, key: number): number => {
    const value = make()
    map.set(key, value)
    if (key >= 0 && Field.isAccessor(program.fieldNames[key] ?? "")) (accessors[at] ??= new Set()).add(key)
    return value
  }
  const field = (region: number, name: number): number => {
    const at = find(region)
    let map = fields[at]
    if (map === undefined) fields[at] = map = new Map()
    let key = name
    if (name <= -10 && -10 - name >= (restFrom[at] ?? Infinity)) key = restField
    const known = map.get(key)
    if (known !== undefined) return find(known)
    if (key !== anyField && isOwn(key)) {
      const any = map.get(anyField)
      if (any !== undefined) return find(any)
    }
    const value = addField(at, map, key)
    if (key === anyField) {
      settle(at)
      drain()
    }
    return find(value)
  }
  const peek = (region: number, name: number): number => {
    const map = fields[find(region)]
    if (map === undefined) return -1
    const known = map.get(name) ?? (isOwn(name) ? map.get(anyField) : undefined)
    return known === undefined ? -1 : find(known)
  }
  const restParameter = (region: number, from: number): number => {
    const at = find(region)
    if (from < (restFrom[at] ?? Infinity)) restFrom[at] = from
    const rest = field(at, restField)
    settle(find(at))
    drain()
    return find(rest)
  }

  const mark = (region: number, bits: number): void => {
    const at = find(region)
    const before = flag[at] ?? 0
    if ((before & bits) === bits) return
    flag[at] = before | bits
    changed = true
    if ((bits & Kind.unknown) !== 0 && (before & Kind.unknown) === 0) {
      becomeUnknown(at)
      drain()
    }
  }
  /** It has objects that the library made. */
  const markValue = (region: number, bits = 0): void => mark(region, Kind.library | values | bits)
  /** Unknown code may put anything that it knows anywhere in what it knows, and call it. */
  const becomeUnknown = (region: number): void => {
    const map = fields[region] ??= new Map()
    if (map.get(anyField) === undefined) map.set(anyField, region)
    else pending.push(map.get(anyField) ?? region, region)
    settle(region)
    flag[region] = (flag[region] ?? 0) | called
    restFrom[region] = 0
    for (const name of [restField, resultField, selfField]) {
      const known = map.get(name)
      if (known === undefined) map.set(name, region)
      else pending.push(known, region)
    }
    settle(region)
    for (const fn of functions[region] ?? []) connect(region, fn)
    absorb(region)
  }
  const absorb = (region: number): void => {
    for (const [name, value] of fields[region] ?? []) {
      if (name < 0 || !isOwn(name)) continue
      if (find(value) !== region) pending.push(value, region)
    }
  }

  const addNative = (region: number, path: string): void => {
    const at = find(region)
    const list = natives[at] ??= []
    if (list.includes(path)) return
    if (list.length >= maxNatives) {
      if ((flagsAt(at) & Kind.unknown) === 0) {
        changed = true
        flag[at] = (flag[at] ?? 0) | Kind.unknown
        becomeUnknown(at)
      }
      return
    }
    changed = true
    list.push(path)
  }

  /** Ties what the functions of a region take and give to what its callers give and take. */
  const connect = (region: number, index: number): void => {
    const fn = program.functions[index]
    if (fn === undefined) return
    for (const [at, parameter] of fn.parameters.entries()) {
      if (at === fn.rest) pendingJoin(restParameterLater(region, at), node(parameter))
      else pendingJoin(fieldLater(region, parameterField(at)), node(parameter))
    }
    if (fn.args !== none) pendingJoin(restParameterLater(region, 0), fieldLater(node(fn.args), elementField))
    if (fn.result !== none && filled[variableOf(fn.result)] === 1) {
      pendingJoin(fieldLater(region, resultField), node(fn.result))
    }
    if (fn.self !== none && !isArrow(fn.index)) pendingJoin(fieldLater(region, selfField), node(fn.self))
  }
  const pendingJoin = (a: number, b: number): void => {
    if (find(a) !== find(b)) pending.push(a, b)
  }
  /** As {@link field}, for use while regions are being joined. */
  const fieldLater = (region: number, name: number): number => {
    const at = find(region)
    const map = fields[at] ??= new Map()
    const key = name <= -10 && -10 - name >= (restFrom[at] ?? Infinity) ? restField : name
    const known = map.get(key) ?? (key >= 0 && key !== anyField && isOwn(key) ? map.get(anyField) : undefined)
    if (known !== undefined) return known
    const value = addField(at, map, key)
    if (key === anyField) settle(at)
    return value
  }
  const restParameterLater = (region: number, from: number): number => {
    const at = find(region)
    const isLonger = from < (restFrom[at] ?? Infinity)
    if (isLonger) restFrom[at] = from
    const rest = fieldLater(at, restField)
    if (isLonger) settle(at)
    return rest
  }
  const isArrow = (index: number): boolean => {
    const fn = program.functions[index]
    return fn !== undefined && fn.self !== none && program.owners[variableOf(fn.self)] !== fn.code
  }
  const addFunction = (region: number, index: number): void => {
    const at = find(region)
    const known = functions[at] ??= new Set()
    if (known.has(index)) return
    known.add(index)
    changed = true
    flag[at] = (flag[at] ?? 0) | Kind.function
    const fn = program.functions[index]
    // An object that `new` makes is its prototype's region
    if (fn !== undefined && fn.constructs && fn.self !== none) {
      pendingJoin(fieldLater(at, prototypeField), node(fn.self))
      pendingJoin(fieldLater(node(fn.self), constructorField), at)
      flag[node(fn.self)] = (flag[node(fn.self)] ?? 0) | Kind.instance
    }
    if ((flagsAt(at) & called) !== 0) connect(at, index)
    drain()
  }
  const callRegion = (region: number): number => {
    const at = find(region)
    if ((flagsAt(at) & called) === 0) {
      flag[at] = (flag[at] ?? 0) | called
      for (const fn of functions[at] ?? []) connect(at, fn)
      drain()
    }
    return find(at)
  }

  // Which variables can hold an object at all

  const calls: Array<ProgramCall> = []
  const callsOf: Array<ReadonlyArray<ProgramCall>> = []
  const shift = (variable: Variable, by: number): Variable => variable === none ? none : variable + by
  for (const [code, { code: { calls: list }, fields: names, offset }] of program.codes.entries()) {
    const own: Array<ProgramCall> = []
    for (let at = 0; at < list.length;) {
      const [callee = none, receiver = none, result = none, method = -1, flags = 0, spread = -1, key = -1, count = 0] =
        list.slice(at, at + callSize)
      const end = at + callSize + count
      const variable = shift(callee, offset)
      own.push({
        index: calls.length + own.length,
        code,
        callee: variable,
        receiver: shift(receiver, offset),
        args: list.slice(at + callSize, end).map((each) => shift(each, offset)),
        spread,
        result: shift(result, offset),
        method: method < 0 ? -1 : names[method] ?? -1,
        flags,
        key: key < 0 ? -1 : names[key] ?? -1,
        direct: (flags & CallFlag.method) === 0 ? program.bound.get(variableOf(variable)) ?? -1 : -1
      })
      at = end
    }
    for (const each of own) calls.push(each)
    callsOf.push(own)
  }

  const filled = new Uint8Array(program.variables)
  const fill = (variable: Variable): boolean => {
    if (variable === none) return false
    const at = variableOf(variable)
    if (filled[at] === 1) return false
    filled[at] = 1
    return true
  }
  const storedNames = new Set<number>()
  for (const { code, fields: names, offset } of program.codes) {
    for (let at = 0; at < code.makes.length; at += 3) fill((code.makes[at] ?? 0) + offset)
    for (let at = 0; at < code.loads.length; at += 3) fill((code.loads[at] ?? 0) + offset)
    for (let at = 0; at < code.iterations.length; at += 2) fill((code.iterations[at] ?? 0) + offset)
    for (let at = 0; at < code.awaits.length; at += 2) fill((code.awaits[at] ?? 0) + offset)
    for (let at = 1; at < code.stores.length; at += 3) storedNames.add(names[code.stores[at] ?? 0] ?? -1)
  }
  for (const fn of program.functions) {
    for (const parameter of fn.parameters) fill(parameter)
    fill(fn.self)
    fill(fn.args)
  }
  for (const [variable] of program.links.makes) fill(variable)
  for (const [variable] of program.links.loads) fill(variable)
  for (const [variable] of program.links.natives) fill(variable)
  for (const variable of program.globals.values()) fill(variable)
  const anyStored = storedNames.has(anyField)
  const external = new Set<Variable>()
  for (const [variable, kind] of program.links.makes) if (kind === Kind.unknown) external.add(variableOf(variable))
  const givesPrimitive = (each: ProgramCall): boolean => {
    if (
      each.method < 0 || (each.receiver !== none && external.has(variableOf(each.receiver))) ||
      (each.flags & CallFlag.constructs) !== 0
    ) return false
    const name = program.fieldNames[each.method] ?? ""
    return name.startsWith(".") && !storedNames.has(each.method) && !anyStored &&
      Builtins.returnsPrimitive(name.slice(1))
  }
  for (const each of calls) {
    if (each.direct >= 0 && (each.flags & CallFlag.constructs) === 0) continue
    if (!givesPrimitive(each)) fill(each.result)
  }
  for (let again = true; again;) {
    again = false
    for (const { code, offset } of program.codes) {
      for (let at = 0; at < code.copies.length; at += 2) {
        if (filled[variableOf((code.copies[at + 1] ?? 0) + offset)] === 1) {
          again = fill((code.copies[at] ?? 0) + offset) || again
        }
      }
    }
    for (const each of calls) {
      if (each.direct < 0) continue
      const fn = program.functions[each.direct]
      if (fn !== undefined && fn.result !== none && filled[variableOf(fn.result)] === 1) {
        again = fill(each.result) || again
      }
    }
  }
  const isFilled = (variable: Variable): boolean => variable !== none && filled[variableOf(variable)] === 1

  // What holds whatever is called

  const primitive = program.global(Hidden.primitive)
  const prototypes = primitive === none ? make() : node(primitive)
  const globalObject = program.global(Hidden.globalObject)
  for (const [variable, kind] of program.links.makes) mark(node(variable), ofMade(kind))
  for (const [variable, path] of program.links.natives) {
    mark(node(variable), Kind.library)
    addNative(node(variable), path)
  }
  for (const [name, variable] of program.globals) {
    if (name === Hidden.thrown || name === Hidden.primitive) markValue(node(variable))
    else if (name === Hidden.unknown) mark(node(variable), Kind.unknown)
    else if (Builtins.globalValue(name) !== undefined || name === "globalThis" || name === "global") {
      mark(node(variable), Kind.library)
      addNative(node(variable), name === "global" ? "globalThis" : name)
    } else mark(node(variable), Kind.unknown)
    if (!name.includes(" ") && name !== "globalThis" && name !== "global") {
      join(field(node(globalObject), program.fieldIndex(Field.named(name))), node(variable))
    }
  }
  if (program.globals.has("global")) join(node(globalObject), node(program.global("global")))
  for (const [base, name, from] of program.links.stores) join(field(node(base), name), node(from))
  for (const [to, base, name] of program.links.loads) join(node(to), field(node(base), name))

  interface Load {
    readonly code: number
    readonly to: Variable
    readonly base: Variable
    readonly field: number
  }
  const loads: Array<Load> = program.links.loads.map(([to, base, name]) => ({ code: -1, to, base, field: name }))
  const stores: Array<Load> = []
  const spreads: Array<readonly [Variable, Variable]> = [...program.links.spreads]
  const iterations: Array<readonly [Variable, Variable]> = []
  const awaits: Array<readonly [Variable, Variable]> = []
  const converts: Array<Variable> = []
  const inherits: Array<readonly [value: Variable, instance: Variable, superclass: Variable]> = []
  const looked: Array<readonly [Variable, number]> = []
  for (const [index, { code, fields: names, functions: first, offset }] of program.codes.entries()) {
    const { makes, copies } = code
    for (let at = 0; at < makes.length; at += 3) {
      const variable = (makes[at] ?? 0) + offset
      mark(node(variable), ofMade(makes[at + 1] ?? 0))
      const fn = makes[at + 2] ?? -1
      if (fn >= 0) addFunction(node(variable), fn + first)
    }
    for (let at = 0; at < copies.length; at += 2) {
      const from = (copies[at + 1] ?? 0) + offset
      if (isFilled(from)) join(node((copies[at] ?? 0) + offset), node(from))
    }
    for (let at = 0; at < code.loads.length; at += 3) {
      const to = (code.loads[at] ?? 0) + offset
      const base = (code.loads[at + 1] ?? 0) + offset
      const name = names[code.loads[at + 2] ?? 0] ?? anyField
      join(node(to), field(node(base), name))
      loads.push({ code: index, to, base, field: name })
    }
    for (let at = 0; at < code.stores.length; at += 3) {
      const base = (code.stores[at] ?? 0) + offset
      const name = names[code.stores[at + 1] ?? 0] ?? anyField
      const from = shift(code.stores[at + 2] ?? none, offset)
      const into = field(node(base), name)
      if (isFilled(from)) join(into, node(from))
      stores.push({ code: index, to: from, base, field: name })
    }
    for (let at = 0; at < code.spreads.length; at += 2) {
      spreads.push([(code.spreads[at] ?? 0) + offset, (code.spreads[at + 1] ?? 0) + offset])
    }
    for (let at = 0; at < code.iterations.length; at += 2) {
      const to = (code.iterations[at] ?? 0) + offset
      const from = (code.iterations[at + 1] ?? 0) + offset
      join(node(to), field(node(from), elementField))
      iterations.push([to, from])
    }
    for (let at = 0; at < code.awaits.length; at += 2) {
      const to = (code.awaits[at] ?? 0) + offset
      const from = (code.awaits[at + 1] ?? 0) + offset
      join(node(to), node(from))
      join(node(to), field(node(from), elementField))
      awaits.push([to, from])
    }
    for (const variable of code.converts) converts.push(variable + offset)
    for (let at = 0; at < code.inherits.length; at += 3) {
      inherits.push([(code.inherits[at] ?? 0) + offset, (code.inherits[at + 1] ?? 0) + offset,
        (code.inherits[at + 2] ?? 0) + offset])
    }
    for (let at = 0; at < code.reads.length; at += 2) {
      looked.push([(code.reads[at] ?? 0) + offset, names[code.reads[at + 1] ?? 0] ?? anyField])
    }
  }

  // Calls

  /** Calls what a region holds. */
  const invoke = (
    callee: number,
    receiver: number,
    args: ReadonlyArray<number>,
    spread: number,
    result: number,
    constructs: boolean
  ): void => {
    const region = callRegion(callee)
    for (const [at, argument] of args.entries()) {
      if (argument < 0) continue
      join(spread >= 0 && at >= spread ? restParameter(region, spread) : field(region, parameterField(at)), argument)
    }
    if (receiver >= 0) join(field(region, selfField), receiver)
    if (result < 0) return
    join(field(region, resultField), result)
    if (constructs) join(field(region, prototypeField), result)
  }

  const invokeDirectly = (each: ProgramCall): void => {
    const fn = program.functions[each.direct]
    if (fn === undefined) return
    const { flags, spread } = each
    for (const [at, argument] of each.args.entries()) {
      if (!isFilled(argument)) continue
      const last = spread >= 0 && at >= spread
      for (const [index, parameter] of fn.parameters.entries()) {
        if (last ? index >= spread || index === fn.rest : index === at || (index === fn.rest && at >= index)) {
          join(node(parameter), node(argument))
        }
      }
      if (fn.args !== none) join(field(node(fn.args), elementField), node(argument))
    }
    if (each.result === none || !isFilled(each.result)) return
    if (fn.result !== none && isFilled(fn.result)) join(node(each.result), node(fn.result))
    if ((flags & CallFlag.constructs) !== 0 && fn.self !== none) join(node(each.result), node(fn.self))
  }

  const unknownRegions = new Map<string, number>()
  const unknownRegion = (name: string): number => {
    let region = unknownRegions.get(name)
    if (region === undefined) {
      unknownRegions.set(name, region = make())
      mark(region, Kind.unknown)
    }
    return find(region)
  }
  /** The name that unknown functions of the same part of the library share. */
  const partOf = (path: string): string => path.startsWith("node:") ? path.split(/[.|]/)[0] ?? path : "library"

  const lookupNative = (path: string): Behaviour | undefined => {
    if (path.startsWith("%")) return undefined
    if (path.startsWith("node:")) {
      const dot = path.indexOf(".")
      return dot < 0 ? Builtins.nodeCall(path.slice(5), "") : Builtins.nodeCall(path.slice(5, dot), path.slice(dot + 1))
    }
    return Builtins.globalCall(path.startsWith("globalThis.") ? path.slice(11) : path)
  }
  /** The method that a path means: `%push`, `Array.prototype.push`. */
  const methodOf = (path: string): string | undefined =>
    path.startsWith("%") ? path.slice(1) : /(?:^|\.)prototype\.(\w+)$/.exec(path)?.[1]
  const behavioursOf = (path: string): ReadonlyArray<Behaviour> => {
    const method = methodOf(path)
    if (method !== undefined) return Builtins.methodCalls(method)
    const own = lookupNative(path)
    return own === undefined ? [] : [own]
  }
  const isObjectStatic = (path: string): boolean => /^(?:globalThis\.)?(?:Object|Reflect)(?:\.|$)/.test(path)

  const callees = (each: ProgramCall): Callees => {
    const implicit = (each.flags & CallFlag.implicit) !== 0
    if (each.direct >= 0) return { functions: [each.direct], behaviours: [], unknown: -1, special: undefined }
    const region = node(each.callee)
    const found = functionsAt(region)
    if (implicit) return { functions: found, behaviours: [], unknown: -1, special: undefined }
    const behaviours: Array<CalledBehaviour> = []
    let unknown = (flagsAt(region) & Kind.unknown) !== 0 ? region : -1
    let special: Callees["special"]
    for (const path of natives[region] ?? []) {
      const method = methodOf(path)
      if (method !== undefined) {
        const list = Builtins.methodCalls(method)
        for (const behaviour of list) behaviours.push({ behaviour, isObjectStatic: false, isMethod: true })
        if (list.length === 0 && method !== "call" && method !== "apply" && method !== "bind") {
          unknown = unknownRegion("library")
        }
        continue
      }
      // Packaging and running functions changes nothing that they can see
      if (path.startsWith("node:clustrix")) {
        behaviours.push({ behaviour: { result: "fresh" }, isObjectStatic: false, isMethod: false })
        continue
      }
      const bare = path.startsWith("globalThis.") ? path.slice(11) : path
      if (bare === "Reflect.apply" || bare === "Reflect.construct") {
        special = "reflect"
        continue
      }
      const behaviour = lookupNative(path)
      if (behaviour === undefined) unknown = unknown < 0 ? unknownRegion(partOf(path)) : unknown
      else behaviours.push({ behaviour, isObjectStatic: isObjectStatic(path), isMethod: false })
    }
    if (each.method >= 0) {
      const name = program.fieldNames[each.method] ?? ""
      const receiver = node(each.receiver)
      const flags = flag[receiver] ?? 0
      if (name.startsWith(".")) {
        const method = name.slice(1)
        if (special === undefined && (method === "call" || method === "apply" || method === "bind")) {
          if ((flags & Kind.function) !== 0 || (natives[receiver]?.length ?? 0) > 0 || (flags & Kind.unknown) !== 0) {
            special = method
          }
        }
        const mayBeLibrary = (flags & (Kind.library | Kind.unknown)) !== 0 ||
          (flags & (Kind.object | Kind.instance | Kind.function)) === 0 ||
          find(receiver) === find(prototypes)
        const isStatic = (flags & (Kind.unknown | values)) === 0 &&
          (natives[receiver] ?? []).some((path) => lookupNative(`${path}.${method}`) !== undefined)
        const list = special !== undefined || isStatic ? [] : Builtins.methodCalls(method)
        if (list.length > 0 && (mayBeLibrary || found.length === 0 || isTextMethod.has(method))) {
          for (const behaviour of list) behaviours.push({ behaviour, isObjectStatic: false, isMethod: true })
        } else if (
          list.length === 0 && special === undefined && unknown < 0 && found.length === 0 && behaviours.length === 0 &&
          (flags & Kind.library) !== 0
        ) unknown = unknownRegion("library")
      } else if (name.startsWith("@") && mayBe(flags)) {
        for (const behaviour of Builtins.methodCalls(`Symbol.${name.slice(1)}`)) {
          behaviours.push({ behaviour, isObjectStatic: false, isMethod: true })
        }
      } else if (name === Field.any && mayBe(flags)) unknown = unknown < 0 ? unknownRegion("library") : unknown
    }
    return { functions: found, behaviours, unknown, special }
  }
  const mayBe = (flags: number): boolean => (flags & (Kind.library | Kind.unknown)) !== 0

  const boundReceiver = (each: ProgramCall): number => {
    if (each.receiver !== none) return -1
    const region = node(each.callee)
    if ((natives[region]?.length ?? 0) === 0) return -1
    const self = fields[region]?.get(selfField)
    return self === undefined ? -1 : find(self)
  }
  const returned = new Map<string, number>()
  const placeNodes = (each: ProgramCall, id: number, text: string, anyContents: boolean): ReadonlyArray<number> => {
    const place = placeOf(text)
    let nodes: Array<number> = []
    if (place.base === "this") {
      const receiver = each.receiver === none ? boundReceiver(each) : node(each.receiver)
      if (receiver >= 0) nodes = [receiver]
    } else if (place.base === "result") { if (each.result !== none) nodes = [node(each.result)] }
    else if (place.base === "none") return []
    else if (place.base === "callback") {
      const known = returned.get(`${id}:${place.index}`)
      if (known !== undefined) nodes = [find(known)]
    } else {
      const { spread } = each
      for (const [at, argument] of each.args.entries()) {
        if (argument === none) continue
        const isHere = place.open ? at >= place.index || (spread >= 0 && at >= spread)
          : at === place.index || (spread >= 0 && at >= spread && spread <= place.index)
        if (isHere) nodes.push(node(argument))
      }
    }
    for (let depth = 0; depth < place.depth; depth++) {
      nodes = nodes.map((each) => contentsOf(each, anyContents && place.base !== "this"))
    }
    return nodes
  }
  const contentsOf = (region: number, any: boolean): number => {
    const at = find(region)
    return field(
      at,
      any && (flagsAt(at) & (Kind.object | Kind.function | Kind.instance | Kind.unknown)) !== 0 ? anyField
        : elementField
    )
  }

  const apply = (each: ProgramCall, id: number, called: CalledBehaviour): void => {
    const { behaviour, isMethod, isObjectStatic: objectStatic } = called
    for (const [index, callback] of (behaviour.calls ?? []).entries()) {
      for (const callee of placeNodes(each, id, callback.fn, !isMethod)) {
        applyCallback(each, id, index, callee, callback, !isMethod)
      }
    }
    if (behaviour.pairs === true && each.result !== none) mark(node(each.result), ofPairs)
    if (behaviour.keyed === true && each.result !== none) field(node(each.result), anyField)
    if (behaviour.result === "fresh") {
      if (each.result !== none && isFilled(each.result)) {
        markValue(node(each.result))
        ofSameClass(each)
      }
    } else if (behaviour.result !== "primitive" && each.result !== none) {
      for (const text of behaviour.result) {
        if (text === "fresh") {
          markValue(node(each.result))
          ofSameClass(each)
        } else for (const place of placeNodes(each, id, text, !isMethod)) join(node(each.result), place)
      }
    }
    for (const [into, from] of behaviour.stores ?? []) {
      const sources = placeNodes(each, id, from, !isMethod)
      if (sources.length === 0) continue
      for (const target of placeNodes(each, id, into, !isMethod)) {
        const inside = objectStatic && placeOf(into).base !== "result" ? contentsOf(target, true)
          : field(target, elementField)
        for (const source of sources) join(inside, source)
        if (placeOf(into).base === "result" && placeOf(into).depth > 0) markValue(target)
      }
    }
    for (const [view, base] of behaviour.shows ?? []) {
      for (const source of placeNodes(each, id, base, !isMethod)) {
        for (const target of placeNodes(each, id, view, !isMethod)) {
          join(field(target, elementField), contentsOf(source, !isMethod))
        }
      }
    }
    if (objectStatic) setByStatic(each)
    else {
      for (const place of behaviour.reads ?? []) {
        for (const region of placeNodes(each, id, place, false)) getAll(region)
      }
    }
    for (const place of behaviour.iterates ?? []) {
      for (const region of placeNodes(each, id, place, false)) iterateNode(region)
    }
    for (const place of behaviour.converts ?? []) {
      for (const region of placeNodes(each, id, place, false)) convertNode(region)
    }
    for (const [place, method] of behaviour.invokes ?? []) {
      for (const region of placeNodes(each, id, place, false)) {
        const result = scratch(`invoke ${id} ${method}`)
        implicitCall(
          region,
          methodField(method),
          each.args.map((argument) => isFilled(argument) ? node(argument) : -1),
          result
        )
        if (
          each.result !== none && isFilled(each.result) && peek(region, program.fieldIndex(methodField(method))) >= 0
        ) {
          join(node(each.result), result)
        }
      }
    }
  }
  /** Regions whose getters were run in this round, and those of whose contents they were. */
  const lookedAt = new Set<number>()
  const lookedInto = new Set<number>()
  /** The library reads every field of an object: its getters run. */
  const getAll = (region: number): void => {
    const root = find(region)
    if (lookedAt.has(root)) return
    lookedAt.add(root)
    for (const accessor of accessorRegions(root, anyField, "get")) {
      if ((functions[accessor]?.size ?? 0) > 0) {
        invoke(accessor, find(region), [], -1, field(region, elementField), false)
      }
    }
  }
  /** What the library makes of an instance of a class of the program, or by a static of the class, is of that class. */
  const ofSameClass = (each: ProgramCall): void => {
    if (each.receiver === none) return
    const receiver = node(each.receiver)
    if (inherited.has(receiver)) join(node(each.result), field(receiver, prototypeField))
    else if ((flagsAt(receiver) & Kind.library) !== 0 && (flagsAt(receiver) & Kind.instance) !== 0) {
      join(node(each.result), receiver)
    }
  }
  const applyCallback = (
    each: ProgramCall,
    id: number,
    index: number,
    callee: number,
    callback: Callback,
    anyContents: boolean
  ): void => {
    const args = callback.args.map((place) => {
      if (place === undefined) return -1
      const nodes = placeNodes(each, id, place, anyContents)
      const [first, ...others] = nodes
      if (first === undefined) return -1
      for (const other of others) join(first, other)
      return find(first)
    })
    const last = callback.args[callback.args.length - 1]
    if (last?.endsWith("+") === true) {
      const open = args.pop() ?? -1
      if (open >= 0) join(restParameter(callRegion(callee), args.length), open)
    }
    const self = callback.self === undefined ? -1 : placeNodes(each, id, callback.self, anyContents)[0] ?? -1
    const key = `${id}:${index}`
    let result = returned.get(key)
    if (result === undefined) returned.set(key, result = make())
    invoke(callee, self, args, -1, result, false)
    if ((flagsAt(find(callee)) & Kind.unknown) !== 0) {
      for (const argument of [...args, self]) join(find(callee), argument)
    }
  }

  /** Calls the functions of the program that stand in a region under a name, if there are any. */
  const implicitCall = (region: number, name: string, args: ReadonlyArray<number>, result = -1): void => {
    // A getter may give it
    for (const accessor of accessorRegions(region, program.fieldIndex(name), "get")) {
      if ((functions[accessor]?.size ?? 0) === 0) continue
      const given = scratch(`given ${name} ${accessor}`)
      invoke(accessor, find(region), [], -1, given, false)
      if ((functions[find(given)]?.size ?? 0) > 0) invoke(given, find(region), args, -1, result, false)
    }
    const callee = peek(region, program.fieldIndex(name))
    if (callee < 0 || (functions[callee]?.size ?? 0) === 0) return
    invoke(callee, find(region), args, -1, result, false)
  }
  const iterators = new Map<string, number>()
  const scratch = (key: string): number => {
    let region = iterators.get(key)
    if (region === undefined) iterators.set(key, region = make())
    return find(region)
  }
  const iterateNode = (region: number, to = -1): void => {
    const at = find(region)
    if ((flagsAt(at) & ofPairs) !== 0) {
      // A pair stands for what it contains
      const element = field(at, elementField)
      join(element, field(element, elementField))
    }
    for (const symbol of ["iterator", "asyncIterator"]) {
      const callee = peek(at, program.fieldIndex(Field.symbol(symbol)))
      if (callee < 0 || (functions[callee]?.size ?? 0) === 0) continue
      const iterator = scratch(`${symbol} ${callee}`)
      invoke(callee, at, [], -1, iterator, false)
      nextOf(iterator, to, at)
    }
    nextOf(at, to, at)
  }
  const nextOf = (iterator: number, to: number, from: number): void => {
    const next = peek(iterator, program.fieldIndex(".next"))
    if (next < 0 || (functions[next]?.size ?? 0) === 0) {
      if (to >= 0 && iterator !== from) join(to, field(iterator, elementField))
      return
    }
    const step = scratch(`next ${next}`)
    invoke(next, find(iterator), [], -1, step, false)
    implicitCall(iterator, ".return", [])
    const value = field(step, program.fieldIndex(".value"))
    const awaited = field(field(step, elementField), program.fieldIndex(".value"))
    if (to >= 0) {
      join(to, value)
      join(to, awaited)
    }
    join(field(from, elementField), value)
  }
  const conversions = [Field.symbol("toPrimitive"), ".valueOf", ".toString"]
  const converted = (region: number): ReadonlyArray<number> => {
    const found = [find(region)]
    for (let at = 0; at < found.length && at < 8; at++) {
      const each = found[at] ?? 0
      if ((flagsAt(each) & Kind.library) === 0) continue
      const element = peek(each, elementField)
      if (element >= 0 && !found.includes(element)) found.push(element)
    }
    return found
  }
  const convertNode = (region: number): void => {
    for (const each of converted(region)) for (const name of conversions) implicitCall(each, name, [])
  }
  /** A function that settles a promise, which may be -1. */
  const resolver = (name: string, promise: number): number => {
    const resolve = scratch(name)
    addNative(resolve, "%resolve")
    mark(resolve, Kind.library)
    if (promise >= 0) join(field(resolve, settledField), promise)
    return resolve
  }
  const thenNode = (region: number, to: number): void => {
    const then = program.fieldIndex(".then")
    const known = peek(region, then)
    if ((known < 0 || (functions[known]?.size ?? 0) === 0) && accessorRegions(region, then, "get").length === 0) {
      return
    }
    const resolve = resolver(`resolve ${find(region)}`, region)
    implicitCall(region, ".then", [resolve, resolve])
    join(to, field(resolve, elementField))
  }

  const applyUnknown = (each: ProgramCall, unknown: number): void => {
    let region = find(unknown)
    for (const part of [each.receiver, ...each.args]) {
      if (!isFilled(part)) continue
      // A namespace of the library is no object of the program
      if (part === each.receiver && (natives[node(part)]?.length ?? 0) > 0) continue
      join(region, node(part))
      region = find(region)
    }
    if (each.result !== none) join(region, node(each.result))
  }

  const applySpecial = (each: ProgramCall, special: NonNullable<Callees["special"]>): void => {
    const { spread } = each
    const [first, second] = each.args
    const given = (variable: Variable | undefined): number =>
      variable === undefined || !isFilled(variable) ? -1 : node(variable)
    const result = each.result === none ? -1 : node(each.result)
    const target = special === "reflect" ? given(first) : node(each.receiver)
    if (target < 0) return
    for (const argument of each.args) if (isFilled(argument)) getAll(node(argument))
    if (special === "reflect") {
      const list = each.args[each.args.length === 2 ? 1 : 2]
      const from = each.args.length === 2 ? -1 : given(second)
      const elements = given(list)
      runThrough(each, target, from, elements < 0 ? [] : [field(elements, elementField)], 0, result, true)
    } else if (special === "apply") {
      const elements = given(second)
      runThrough(each, target, given(first), elements < 0 ? [] : [field(elements, elementField)], 0, result, false)
    } else if (special === "call") {
      const rest = each.args.slice(1).map(given)
      runThrough(each, target, given(first), rest, spread < 0 ? -1 : Math.max(0, spread - 1), result, false)
    } else {
      const rest = each.args.slice(1).map(given)
      runThrough(each, target, given(first), rest, 0, -1, false)
      mark(target, fromBind)
      if (result >= 0) join(result, target)
      const from = find(target)
      for (const argument of rest) if (argument >= 0) join(restParameter(from, 0), argument)
    }
  }
  /** A call of what `target` holds through `call`, `apply` or `bind`. */
  const runThrough = (
    each: ProgramCall,
    target: number,
    receiver: number,
    args: ReadonlyArray<number>,
    spread: number,
    result: number,
    constructs: boolean
  ): void => {
    invoke(target, receiver, args, spread, result, constructs)
    const list = natives[find(target)]
    if (list !== undefined) {
      // A method of the library that was borrowed: as if it were called on its receiver
      for (const path of list) {
        if (path === "Promise" && constructs) {
          construct(each, args[0] ?? -1, result)
          continue
        }
        const behaviours = behavioursOf(path)
        for (const behaviour of behaviours) applyBorrowed(each, behaviour, receiver, args, result)
        if (behaviours.length === 0) applyUnknown(each, unknownRegion(partOf(path)))
      }
    }
    if ((flagsAt(find(target)) & Kind.unknown) !== 0) applyUnknown(each, find(target))
  }
  /** `new Promise(executor)`. */
  const construct = (each: ProgramCall, executor: number, promise: number): void => {
    if (promise >= 0) markValue(promise)
    if (executor < 0) return
    const resolve = resolver(`executor ${each.index}`, promise)
    if (promise >= 0) join(field(resolve, elementField), field(promise, elementField))
    invoke(executor, -1, [resolve, resolve], -1, -1, false)
  }
  /** By doubt: what a borrowed method is given may all be put into its receiver, and be given back. */
  const applyBorrowed = (
    each: ProgramCall,
    behaviour: Behaviour,
    receiver: number,
    args: ReadonlyArray<number>,
    result: number
  ): void => {
    if (receiver >= 0) {
      for (const argument of args) {
        if (argument < 0) continue
        join(field(receiver, elementField), argument)
        if ((flagsAt(find(argument)) & Kind.function) !== 0) {
          invoke(
            argument,
            -1,
            [field(receiver, elementField), field(receiver, elementField), find(receiver)],
            -1,
            scratch(`borrowed ${each.index}`),
            false
          )
        }
      }
    }
    for (const part of [receiver, ...args]) {
      if (part < 0) continue
      if ((behaviour.iterates ?? []).length > 0) iterateNode(part)
      if ((behaviour.converts ?? []).length > 0) convertNode(part)
      for (const [, method] of behaviour.invokes ?? []) {
        implicitCall(part, methodField(method), args, result)
      }
    }
    if (result >= 0 && behaviour.result !== "primitive") {
      if (receiver >= 0) join(result, field(receiver, elementField))
      for (const argument of args) join(result, argument)
      if (receiver >= 0) join(result, receiver)
      markValue(result)
    }
  }

  const definers: ReadonlyMap<string, "one" | "many"> = new Map([
    ["Object.defineProperty", "one"],
    ["Reflect.defineProperty", "one"],
    ["Object.defineProperties", "many"],
    ["Object.create", "many"]
  ])
  const applyObject = (each: ProgramCall, path: string): boolean => {
    const at = (index: number): number => {
      const argument = each.args[index]
      return argument === undefined || !isFilled(argument) ? -1 : node(argument)
    }
    const [first, second] = [at(0), at(1)]
    const result = each.result === none || !isFilled(each.result) ? -1 : node(each.result)
    const define = (target: number, key: string, descriptor: number): void => {
      const part = (name: string): number => field(descriptor, program.fieldIndex(name))
      if (find(target) === find(prototypes)) patch(program.fieldIndex(key))
      join(field(target, program.fieldIndex(key)), part(".value"))
      join(field(target, program.fieldIndex(Field.getter(key))), part(".get"))
      join(field(target, program.fieldIndex(Field.setter(key))), part(".set"))
    }
    const kind = definers.get(path)
    if (kind !== undefined && each.spread < 0) {
      if (path === "Object.create" && result >= 0) {
        mark(result, Kind.object)
        join(result, first)
      }
      const target = path === "Object.create" ? result : first
      if (target >= 0) {
        const descriptor = at(2)
        if (kind === "one" && descriptor >= 0) {
          const key = each.key < 0 ? Field.any : program.fieldNames[each.key] ?? Field.any
          define(target, key, descriptor)
          if (each.args[0] !== undefined && holders.has(variableOf(each.args[0]))) define(prototypes, key, descriptor)
        } else if (kind === "many" && second >= 0) {
          for (const [name, descriptor] of [...fields[find(second)] ?? []]) {
            if (name === anyField || isOwn(name)) define(target, program.fieldNames[name] ?? Field.any, descriptor)
          }
        }
        if (path !== "Object.create") join(result, target)
      }
      return true
    }
    if (path === "Object.setPrototypeOf" || path === "Reflect.setPrototypeOf") {
      join(first, second)
      join(result, first)
      return true
    }
    if (path === "Object.getPrototypeOf" || path === "Reflect.getPrototypeOf") {
      if (result >= 0) join(result, first)
      hold(each.result)
      return true
    }
    if (path === "Object.assign" && each.spread < 0) {
      for (let index = 1; index < each.args.length; index++) {
        const from = at(index)
        if (from >= 0 && first >= 0) spreadInto(first, from)
        if (from >= 0 && each.args[0] !== undefined && holders.has(variableOf(each.args[0]))) {
          for (const name of fields[find(from)]?.keys() ?? []) if (name === anyField || isOwn(name)) patch(name)
          spreadInto(prototypes, from)
        }
      }
      join(result, first)
      setByStatic(each)
      return true
    }
    if (
      path === "Object.getOwnPropertyDescriptor" || path === "Object.getOwnPropertyDescriptors" ||
      path === "Reflect.getOwnPropertyDescriptor"
    ) {
      if (first >= 0 && result >= 0) {
        mark(result, Kind.object)
        const descriptor = path.endsWith("s") ? field(result, anyField) : result
        const map = fields[find(first)]
        for (const [name, value] of [...map ?? []]) if (name >= 0) join(field(descriptor, anyField), value)
      }
      return true
    }
    if (path === "Proxy") {
      if (result >= 0) {
        join(result, first)
        mark(result, Kind.object)
        if (second >= 0) {
          for (const kind of [Field.getter(Field.any), Field.setter(Field.any)]) {
            join(field(result, program.fieldIndex(kind)), field(second, anyField))
          }
          for (const name of [".apply", ".construct"]) {
            // Whoever calls the proxy runs the trap, with its arguments in a list
            const called = peek(second, program.fieldIndex(name))
            if (called < 0 || (functions[called]?.size ?? 0) === 0) continue
            join(result, called)
            const given = restParameter(callRegion(result), 0)
            join(given, field(given, elementField))
            join(given, first)
          }
          const trap = callRegion(field(second, anyField))
          join(field(trap, parameterField(0)), result)
          join(field(trap, parameterField(1)), result)
          join(field(trap, parameterField(2)), result)
          join(field(trap, parameterField(3)), result)
          join(field(trap, resultField), field(result, anyField))
        }
      }
      return true
    }
    if (path === "Promise") {
      // `super(executor)` makes of `this` a promise
      if (result >= 0 && each.receiver !== none) join(result, node(each.receiver))
      construct(each, first, result)
      return true
    }
    if (path === "Promise.withResolvers") {
      if (result >= 0) {
        mark(result, Kind.object)
        const promise = field(result, program.fieldIndex(".promise"))
        markValue(promise)
        const resolve = resolver(`executor ${each.result}`, promise)
        join(field(resolve, elementField), field(promise, elementField))
        join(field(result, program.fieldIndex(".resolve")), resolve)
        join(field(result, program.fieldIndex(".reject")), resolve)
      }
      return true
    }
    return false
  }
  /** `Object.assign` and `Reflect.set` run the setters of what they change. */
  const setByStatic = (each: ProgramCall): void => {
    const [first, ...others] = each.args
    for (const argument of each.args) {
      if (!isFilled(argument) || lookedInto.has(node(argument))) continue
      lookedInto.add(node(argument))
      const inner = new Set<number>()
      for (const [name, region] of fields[node(argument)] ?? []) if (name >= 0) inner.add(find(region))
      for (const region of inner) getAll(region)
    }
    if (first === undefined || !isFilled(first)) return
    for (const accessor of accessorRegions(node(first), anyField, "set")) {
      if ((functions[accessor]?.size ?? 0) === 0) continue
      invoke(accessor, node(first), [], -1, -1, false)
      const value = field(callRegion(accessor), parameterField(0))
      for (const other of others) {
        if (!isFilled(other)) continue
        join(value, node(other))
        for (const [name, inner] of [...fields[node(other)] ?? []]) if (name >= 0) join(value, inner)
      }
    }
    for (const other of each.args) {
      if (!isFilled(other)) continue
      for (const accessor of accessorRegions(node(other), anyField, "get")) {
        if ((functions[accessor]?.size ?? 0) > 0) {
          invoke(accessor, node(other), [], -1, each.result === none ? -1 : node(each.result), false)
        }
      }
    }
  }
  const spreadInto = (to: number, from: number): void => {
    for (const [name, value] of [...fields[find(from)] ?? []]) {
      if (name < 0) continue
      const text = program.fieldNames[name] ?? ""
      if (name === anyField || isOwn(name)) join(field(to, name), value)
      // A getter is called; its value is put down
      else if (text.startsWith("get")) {
        invoke(value, find(from), [], -1, field(to, program.fieldIndex(text.slice(3))), false)
      }
    }
    if ((flagsAt(find(from)) & Kind.unknown) !== 0) join(field(to, anyField), from)
  }

  // Fields of the prototypes that the program sets hold for every object

  const isMixed = (): boolean => (flagsAt(find(prototypes)) & (Kind.object | Kind.instance | Kind.function)) !== 0
  const findPatches = (): void => {
    for (const { base, field: name, to } of stores) {
      // Where the region has objects of the program, too, a computed name is rather one of theirs
      if (find(node(base)) === find(prototypes) && (name !== anyField || !isMixed())) patch(name)
      else if (holders.has(variableOf(base))) {
        patch(name)
        if (isFilled(to)) join(field(prototypes, name), node(to))
      }
    }
  }
  /** Variables that may hold a prototype that the program did not write: what `Object.getPrototypeOf` gave. */
  const holders = new Set<Variable>()
  const hold = (variable: Variable): void => {
    if (variable === none || holders.has(variableOf(variable))) return
    holders.add(variableOf(variable))
    changed = true
  }
  const spreadHolders = (): void => {
    if (holders.size === 0) return
    for (const { code, offset } of program.codes) {
      for (let at = 0; at < code.copies.length; at += 2) {
        if (holders.has(variableOf((code.copies[at + 1] ?? 0) + offset))) hold((code.copies[at] ?? 0) + offset)
      }
    }
    for (const each of calls) {
      const fn = program.functions[each.direct]
      if (fn !== undefined && fn.result !== none && holders.has(variableOf(fn.result))) hold(each.result)
    }
  }
  const patch = (name: number): void => {
    if (name < 0 || patched.has(name)) return
    patched.add(name)
    changed = true
  }

  const accessorRegions = (region: number, name: number, kind: "get" | "set"): ReadonlyArray<number> => {
    const own = accessorsIn(region, name, kind)
    return isPatched(name) && find(region) !== find(prototypes) ?
      [...own, ...accessorsIn(prototypes, name, kind)]
      : own
  }
  const noRegions: ReadonlyArray<number> = []
  const accessorFields = { get: new Array<number>(), set: new Array<number>() }
  const accessorField = (name: number, kind: "get" | "set"): number =>
    accessorFields[kind][name] ??= program.fieldIndex(`${kind}${program.fieldNames[name] ?? ""}`)
  const accessorsIn = (region: number, name: number, kind: "get" | "set"): ReadonlyArray<number> => {
    const at = find(region)
    const own = accessors[at]
    const map = fields[at]
    if (own === undefined || map === undefined) return noRegions
    if (name === anyField) {
      return [...own].flatMap((key) => {
        const value = (program.fieldNames[key] ?? "").startsWith(kind) ? map.get(key) : undefined
        return value === undefined ? [] : [find(value)]
      })
    }
    const one = map.get(accessorField(name, kind))
    const any = map.get(accessorField(anyField, kind))
    if (one === undefined) return any === undefined ? noRegions : [find(any)]
    return any === undefined ? [find(one)] : [find(one), find(any)]
  }

  /** A class of the program that extends one of the library has its statics, and its instances are the library's. */
  const inheritNative = (value: number, instance: number, path: string): void => {
    markValue(instance, lookupNative(path)?.pairs === true ? ofPairs : 0)
    const list = inherited.get(find(value)) ?? []
    if (list.includes(path)) return
    inherited.set(find(value), [...list, path])
    changed = true
  }
  const nativeChild = (to: Variable, base: number, name: number): void => {
    const text = program.fieldNames[name] ?? ""
    const parents = inherited.get(base)
    const list = parents === undefined ? natives[base] : [...natives[base] ?? [], ...parents]
    if (!text.startsWith(".")) {
      if (list !== undefined && text === Field.any) {
        // One of them
        markValue(node(to))
        join(node(to), unknownRegion("library"))
      }
      return
    }
    const member = text.slice(1)
    let isStatic = member === "prototype"
    for (const path of list === undefined ? [] : [...list]) {
      if (path === "%constructor" && member === "prototype") join(node(to), prototypes)
      if (path.startsWith("%")) continue
      const child = path.startsWith("node:") && path.indexOf(".") < 0 && member === "default" ? path
        : `${path}.${member}`
      if (child.split(".").length > maxDepth + 1) continue
      if (member === "prototype") {
        // Only classes have one
        if (/(?:^|[.:])[A-Z]\w*$/.test(path)) {
          join(node(to), prototypes)
          hold(to)
        }
        continue
      }
      if (Builtins.isPrimitiveMember(child)) {
        isStatic = true
        continue
      }
      isStatic ||= lookupNative(child) !== undefined
      mark(node(to), Kind.library)
      // What a function of the library does not have is a method of something that shares its region
      const isMethod = lookupNative(path) !== undefined && lookupNative(child) === undefined &&
        Builtins.methodCalls(member).length > 0
      addNative(node(to), isMethod ? `%${member}` : child)
    }
    const flags = flag[base] ?? 0
    if (
      ((flags & Kind.library) !== 0 || base === find(prototypes)) &&
      ((flags & values) !== 0 || (list ?? []).every((path) => path.startsWith("%"))) &&
      (Builtins.methodCalls(member).length > 0 || member === "call" || member === "apply" || member === "bind")
    ) {
      mark(node(to), Kind.library)
      addNative(node(to), `%${member}`)
    }
    if (member === "__proto__") {
      join(node(to), base)
      hold(to)
    }
    if (member === "constructor" && (flags & Kind.library) !== 0 && (flags & Kind.instance) === 0) {
      mark(node(to), Kind.library)
      addNative(node(to), "%constructor")
    }
    if ((flags & Kind.library) !== 0 && !isStatic && (handsOut.has(member) || isContent(flags, member))) {
      join(node(to), field(base, elementField))
    }
  }

  /** `f.call`, taken out of a function of the program: whoever calls it calls what it is given as `this`. */
  const takeCaller = (to: Variable, base: number, name: number): void => {
    const text = program.fieldNames[name]
    if (((flag[base] ?? 0) & Kind.function) === 0 || (text !== ".call" && text !== ".apply" && text !== ".bind")) return
    mark(node(to), Kind.library)
    addNative(node(to), `%${text.slice(1)}`)
  }

  /** Whether a name that no type of the library has can only mean what the library has put there. */
  const isContent = (flags: number, member: string): boolean =>
    (flags & (Kind.object | Kind.instance | Kind.function | Kind.unknown)) === 0 &&
    Builtins.methodCalls(member).length === 0 && !Builtins.primitiveFields.has(member)

  for (let round = 0; round < rounds && !isSettled; round++) {
    changed = false
    lookedAt.clear()
    lookedInto.clear()
    spreadHolders()
    findPatches()
    for (const [value, instance, superclass] of inherits) {
      const base = node(superclass)
      for (const path of natives[base] ?? []) inheritNative(node(value), node(instance), path)
      if ((functions[base]?.size ?? 0) > 0 || (flagsAt(base) & Kind.unknown) !== 0) {
        join(node(value), base)
        join(node(instance), field(node(superclass), prototypeField))
      }
    }
    for (const [to, from] of spreads) spreadInto(node(to), node(from))
    for (const [to, from] of iterations) iterateNode(node(from), node(to))
    for (const [to, from] of awaits) {
      thenNode(node(from), node(to))
      join(node(to), field(node(from), elementField))
    }
    for (const variable of converts) convertNode(node(variable))
    for (const load of loads) {
      const base = node(load.base)
      nativeChild(load.to, base, load.field)
      takeCaller(load.to, base, load.field)
      if (isPatched(load.field)) join(node(load.to), field(prototypes, load.field))
      for (const accessor of accessorRegions(base, load.field, "get")) {
        if ((functions[accessor]?.size ?? 0) > 0) invoke(accessor, find(base), [], -1, node(load.to), false)
      }
    }
    for (const [base, name] of looked) {
      for (const accessor of accessorRegions(node(base), name, "get")) {
        if ((functions[accessor]?.size ?? 0) > 0) invoke(accessor, node(base), [], -1, -1, false)
      }
    }
    for (const store of stores) {
      const base = node(store.base)
      if (store.field === protoField && isFilled(store.to)) join(base, node(store.to))
      for (const accessor of accessorRegions(base, store.field, "set")) {
        if ((functions[accessor]?.size ?? 0) > 0) {
          invoke(accessor, find(base), [isFilled(store.to) ? node(store.to) : -1], -1, -1, false)
        }
      }
    }
    for (const [id, each] of calls.entries()) {
      if (each.direct >= 0) {
        invokeDirectly(each)
        continue
      }
      if (each.method >= 0) {
        const receiver = node(each.receiver)
        join(node(each.callee), field(receiver, each.method))
        nativeChild(each.callee, node(each.receiver), each.method)
        const accessor = accessorDefiners.get(program.fieldNames[each.method] ?? "")
        const given = each.args[1]
        if (accessor !== undefined && given !== undefined && isFilled(given)) {
          join(field(node(each.receiver), program.fieldIndex(accessor)), node(given))
        }
        if (isPatched(each.method)) join(node(each.callee), field(prototypes, each.method))
        for (const accessor of accessorRegions(node(each.receiver), each.method, "get")) {
          if ((functions[accessor]?.size ?? 0) > 0) {
            invoke(accessor, node(each.receiver), [], -1, node(each.callee), false)
          }
        }
      }
      const { behaviours, functions: found, special, unknown } = callees(each)
      if (found.length > 0) {
        invoke(
          node(each.callee),
          each.receiver === none ? -1 : node(each.receiver),
          each.args.map((argument) => isFilled(argument) ? node(argument) : -1),
          each.spread,
          isFilled(each.result) ? node(each.result) : -1,
          (each.flags & CallFlag.constructs) !== 0
        )
      }
      if ((each.flags & CallFlag.implicit) !== 0) continue
      const paths = natives[node(each.callee)] ?? []
      let handled = false
      for (const path of [...paths]) {
        if (path === "%resolve") {
          const [argument] = each.args
          if (argument !== undefined && isFilled(argument)) {
            const contents = field(node(each.callee), elementField)
            join(contents, node(argument))
            join(contents, field(node(argument), elementField))
          }
          handled = true
        } else if (applyObject(each, path.startsWith("globalThis.") ? path.slice(11) : path)) handled = true
      }
      if (special !== undefined) applySpecial(each, special)
      if (!(handled && paths.length === 1)) {
        for (const behaviour of behaviours) apply(each, id, behaviour)
      }
      if (unknown >= 0 && !(handled && paths.length === 1)) applyUnknown(each, unknown)
    }
    isSettled = !changed
  }

  const found: Array<Callees | undefined> = []
  const implicitly = new Map<number, ReadonlyArray<number>>()
  return {
    program,
    isSettled,
    calls,
    callsOf: (code) => callsOf[code] ?? [],
    regionOf: (variable) => variable === none ? -1 : node(variable),
    find,
    contents: (region) => {
      const found: Array<number> = []
      for (const [name, value] of fields[find(region)] ?? []) if (name >= 0) found.push(find(value))
      return found
    },
    fieldOf: peek,
    isFilled,
    functionsIn: functionsAt,
    flags: (region) => flag[find(region)] ?? 0,
    nativesIn: (region) => natives[find(region)] ?? [],
    callees: (call) => found[call.index] ??= callees(call),
    accessors: accessorRegions,
    implicit: (region, name) => {
      const field = program.fieldIndex(name)
      const key = find(region) * 2 ** 20 + field
      const before = implicitly.get(key)
      if (before !== undefined) return before
      const known = peek(region, field)
      const found = new Set(known < 0 ? [] : [known])
      for (const getter of accessorRegions(region, field, "get")) {
        // What a getter gives is called in its place
        found.add(getter)
        for (const fn of functionsAt(getter)) {
          const result = program.functions[fn]?.result ?? none
          if (result !== none) found.add(node(result))
        }
      }
      const regions = [...found].filter((each) => functionsAt(each).length > 0)
      implicitly.set(key, regions)
      return regions
    },
    prototypes: find(prototypes),
    holdsPrototype: (variable) => variable !== none && holders.has(variableOf(variable)),
    converted,
    behavioursOf,
    mayChange: (path) => {
      const behaviours = behavioursOf(path)
      return behaviours.length === 0 ||
        behaviours.some(({ calls, changesState, converts, invokes, iterates, mutates, stores }) =>
          [calls, changesState, invokes, iterates, mutates].some((each) => (each ?? []).length > 0) ||
          (converts ?? []).length > 1 || (stores ?? []).some(([into]) => !into.startsWith("result"))
        )
    },
    boundReceiver: (call) => boundReceiver(call),
    isPatched
  }
}

const bySize = <A extends { readonly size: number }>(
  a: A | undefined,
  b: A | undefined
): readonly [more: A | undefined, less: A | undefined] => (a?.size ?? 0) < (b?.size ?? 0) ? [b, a] : [a, b]

/** The larger of two sets, with what the other has. */
const united = (a: Set<number> | undefined, b: Set<number> | undefined): Set<number> | undefined => {
  const [more, less] = bySize(a, b)
  for (const each of less ?? []) more?.add(each)
  return more
}

/** Properties by which values of the library hand out what they contain. */
const handsOut: ReadonlySet<string> = new Set(["value", "cause", "errors", "detail", "target", "currentTarget",
  "reason", "groups", "indices", "raw", "buffer", "promise", "searchParams", "signal", "callee"])

/** The field of a method that the table names: `then`, or `Symbol.iterator`. */
export const methodField = (name: string): string =>
  name.startsWith("Symbol.") ? Field.symbol(name.slice(7)) : Field.named(name)

/** Methods that every object has, and that give it an accessor, under any name. */
const accessorDefiners: ReadonlyMap<string, string> = new Map([
  [".__defineGetter__", Field.getter(Field.any)],
  [".__defineSetter__", Field.setter(Field.any)]
])

/** Methods that a string has, too, and that call what they are given. */
const isTextMethod: ReadonlySet<string> = new Set(["replace", "replaceAll", "split", "match", "matchAll", "search"])
