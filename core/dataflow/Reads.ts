/**
 * What a piece of code looks at when it runs, itself and without what it calls.
 */
import type { Behaviour } from "../language/Builtins.ts"
import { Field, Kind, none, type Variable } from "../modules/Constraints.ts"
import { methodField, placeOf, type ProgramCall, type Region, type Solution } from "./PointsTo.ts"

/** What to do with each thing that is looked at. */
export interface ReadVisitor {
  /** A field of a region. */
  readonly read: (region: Region, field: number) => void
  /** Everything that can be reached from a region. */
  readonly deep: (region: Region) => void
  /** A state of the host, by name. */
  readonly state: (name: string) => void
  /** Something is converted or iterated: {@link Reads.implicit} tells what this runs and looks at. */
  readonly implicit: (region: Region) => void
  /** A call of one known function. */
  readonly direct: (call: ProgramCall) => void
  /** A call of what a region holds; without `call` nothing is known of the arguments. */
  readonly invoke: (region: Region, call: ProgramCall | undefined) => void
}

/** Fields by which the language calls functions. */
export const implicitFields: ReadonlyArray<string> = [".valueOf", ".toString", "@toPrimitive", ".toJSON", "@iterator",
  "@asyncIterator", ".next", ".return"]

/** The arguments, or the receiver, that a place of a library function's behaviour means. */
export const placed = (call: ProgramCall, text: string): ReadonlyArray<Variable> => {
  const place = placeOf(text)
  if (place.base === "this") return call.receiver === none ? [] : [call.receiver]
  if (place.base === "result") return call.result === none ? [] : [call.result]
  if (place.base !== "argument") return []
  const { spread } = call
  const isSpread = (at: number): boolean => spread >= 0 && at >= spread
  return call.args.filter((argument, at) =>
    argument !== none &&
    (place.open ? at >= place.index || isSpread(at) : at === place.index || (isSpread(at) && spread <= place.index))
  )
}

export interface Reads {
  readonly of: (code: number, visitor: ReadVisitor) => void
  /** What a region contains, `depth` levels down; 0: the region itself. */
  readonly inside: (region: Region, depth: number) => ReadonlyArray<Region>
  readonly implicit: (region: Region) => Implicit
}

/** What converting or iterating a region may run, and where it is looked up. */
export interface Implicit {
  readonly functions: ReadonlyArray<number>
  /** Regions and fields. */
  readonly places: ReadonlyArray<readonly [Region, number]>
}

const nothing: Implicit = { functions: [], places: [] }

/** A field that stands for what unknown code remembers. */
export const unknownState = "(state)"

/** A field that stands for what unknown code may set in the global object and in `process.env`. */
export const external = "(external)"

export const readsOf = (solution: Solution): Reads => {
  const { program, regionOf } = solution
  const anyField = program.fieldIndex(Field.any)
  const elementField = program.fieldIndex(Field.element)
  const stateField = program.fieldIndex(unknownState)

  const known = new Map<Region, Implicit>()
  const implicit = (region: Region): Implicit => {
    if (region < 0) return nothing
    const root = solution.find(region)
    let found = known.get(root)
    if (found === undefined) known.set(root, found = implicitOf(root))
    return found
  }
  const implicitOf = (region: Region): Implicit => {
    const found = new Set<Region>()
    const iterables = new Set<Region>()
    const places: Array<readonly [Region, number]> = []
    // What nothing was stored in is not looked at
    const look = (at: Region, name: number): void => {
      if (solution.fieldOf(at, name) >= 0 || solution.fieldOf(at, anyField) >= 0) places.push([at, name])
    }
    for (const each of solution.converted(region)) {
      for (const field of implicitFields) {
        const name = program.fieldIndex(field)
        look(each, name)
        if (solution.isPatched(name)) places.push([solution.prototypes, name])
        for (const callee of solution.implicit(each, field)) {
          found.add(callee)
          if (!field.startsWith("@") || iterables.has(callee)) continue
          iterables.add(callee)
          // The iterator that it gives
          const iterators = new Set(
            solution.functionsIn(callee).map((fn) => {
              const given = regionOf(program.functions[fn]?.result ?? none)
              return given < 0 ? given : solution.find(given)
            })
          )
          for (const iterator of iterators) {
            if (iterator < 0) continue
            for (const name of [".next", ".return"]) {
              look(iterator, program.fieldIndex(name))
              for (const inner of solution.implicit(iterator, name)) found.add(inner)
            }
          }
        }
      }
    }
    // A proxy takes part in all of it
    const functions = new Set([
      ...[...found].flatMap(solution.functionsIn),
      ...gettersOf(region).flatMap(solution.functionsIn)
    ])
    return { functions: [...functions], places }
  }
  const convert = (region: Region, visitor: ReadVisitor): void => {
    for (const each of solution.converted(region)) visitor.read(each, elementField)
    visitor.implicit(region)
  }
  /** Functions of the program are called, with arguments that nothing is known of. */
  const invokeAll = (regions: ReadonlyArray<Region>, visitor: ReadVisitor): void => {
    for (const region of regions) visitor.invoke(region, undefined)
  }
  const contentsOf = new Map<Region, ReadonlyArray<Region>>()
  /** What a region contains, each once. */
  const contents = (region: Region): ReadonlyArray<Region> => {
    const root = solution.find(region)
    let found = contentsOf.get(root)
    if (found === undefined) contentsOf.set(root, found = [...new Set(solution.contents(root))])
    return found
  }
  const inside = (region: Region, depth: number): ReadonlyArray<Region> => {
    let regions: ReadonlyArray<Region> = [region]
    for (let at = 0; at < depth; at++) {
      const [first] = regions
      regions = first !== undefined && regions.length === 1 ? contents(first)
        : [...new Set(regions.flatMap(contents))]
    }
    return regions
  }
  const at = (call: ProgramCall, place: string, behaviour: Behaviour): ReadonlyArray<Region> => {
    const { base, depth, index } = placeOf(place)
    const regions = base === "callback" ? returnedBy(call, behaviour, index)
      : placed(call, place).map(regionOf)
    return regions.flatMap((region) => inside(region, depth))
  }
  const getters = new Map<Region, ReadonlyArray<Region>>()
  const gettersOf = (region: Region): ReadonlyArray<Region> => {
    const root = solution.find(region)
    let found = getters.get(root)
    if (found === undefined) getters.set(root, found = solution.accessors(root, anyField, "get"))
    return found
  }
  /** Getters of what a region contains. */
  const gettersWithin = (region: Region): ReadonlyArray<Region> => {
    const root = solution.find(region)
    let found = within.get(root)
    if (found === undefined) within.set(root, found = [...new Set(contents(root).flatMap(gettersOf))])
    return found
  }
  const within = new Map<Region, ReadonlyArray<Region>>()
  /** What the functions of the program return that a call of the library calls as its callback number `index`. */
  const returnedBy = (call: ProgramCall, behaviour: Behaviour, index: number): ReadonlyArray<Region> => {
    const callback = behaviour.calls?.[index]
    if (callback === undefined || placeOf(callback.fn).base === "callback") return []
    return [...new Set(at(call, callback.fn, behaviour).flatMap(resultsOf))]
  }
  const results = new Map<Region, ReadonlyArray<Region>>()
  /** What the functions of a region return. */
  const resultsOf = (region: Region): ReadonlyArray<Region> => {
    const root = solution.find(region)
    let found = results.get(root)
    if (found === undefined) {
      const regions = solution.functionsIn(root).map((fn) => regionOf(program.functions[fn]?.result ?? none))
      results.set(root, found = [...new Set(regions)].filter((each) => each >= 0))
    }
    return found
  }

  const unknownCall = (region: Region, call: ProgramCall, visitor: ReadVisitor): void => {
    visitor.deep(region)
    visitor.read(region, stateField)
    visitor.invoke(region, undefined)
    for (const part of [call.receiver, call.callee, ...call.args]) {
      if (part === none) continue
      visitor.deep(regionOf(part))
      for (const inner of [regionOf(part), ...solution.contents(regionOf(part))]) visitor.invoke(inner, undefined)
    }
  }
  /** A function of the library that is called by another name: it may look at all that it is given. */
  const borrowed = (call: ProgramCall, region: Region, visitor: ReadVisitor): void => {
    const natives = solution.nativesIn(region)
    if (natives.length === 0) return
    const invoked = natives.flatMap((path) =>
      solution.behavioursOf(path).flatMap(({ invokes = [] }) => invokes.map(([, method]) => method))
    )
    for (const each of [call.receiver, ...call.args]) {
      if (each === none) continue
      visitor.deep(regionOf(each))
      visitor.invoke(regionOf(each), undefined)
      for (const method of invoked) invokeAll(solution.implicit(regionOf(each), methodField(method)), visitor)
    }
    const bound = solution.boundReceiver(call)
    if (bound >= 0) visitor.deep(bound)
  }

  const call = (self: ProgramCall, visitor: ReadVisitor): void => {
    if (self.method >= 0) {
      const region = regionOf(self.receiver)
      visitor.read(region, self.method)
      if (solution.isPatched(self.method)) visitor.read(solution.prototypes, self.method)
      invokeAll(solution.accessors(region, self.method, "get"), visitor)
    }
    if (self.direct >= 0) return visitor.direct(self)
    const { behaviours, functions, special, unknown } = solution.callees(self)
    if (functions.length > 0) visitor.invoke(regionOf(self.callee), self)
    const bound = behaviours.length === 0 ? -1 : solution.boundReceiver(self)
    if (bound >= 0) visitor.read(bound, anyField)
    for (const { behaviour, isMethod, isObjectStatic } of behaviours) {
      for (const place of behaviour.reads ?? []) {
        for (const region of at(self, place, behaviour)) {
          if (place.startsWith("deep:")) visitor.deep(region)
          else visitor.read(region, isMethod ? elementField : anyField)
          if (!isObjectStatic) invokeAll(gettersOf(region), visitor)
        }
      }
      if (isObjectStatic) {
        for (const region of at(self, "0", behaviour)) {
          visitor.read(region, anyField)
          invokeAll(gettersOf(region), visitor)
          invokeAll(solution.accessors(region, anyField, "set"), visitor)
        }
        for (const region of at(self, "1+", behaviour)) {
          invokeAll(gettersOf(region), visitor)
        }
        for (const region of at(self, "0+", behaviour)) invokeAll(gettersWithin(region), visitor)
      }
      for (const { fn } of behaviour.calls ?? []) {
        for (const region of at(self, fn, behaviour)) {
          visitor.invoke(region, undefined)
          borrowed(self, region, visitor)
        }
      }
      for (const place of [...behaviour.converts ?? [], ...behaviour.iterates ?? []]) {
        for (const region of at(self, place, behaviour)) convert(region, visitor)
      }
      for (const [place, method] of behaviour.invokes ?? []) {
        for (const region of at(self, place, behaviour)) {
          visitor.read(region, program.fieldIndex(methodField(method)))
          invokeAll(solution.implicit(region, methodField(method)), visitor)
          if (method !== "constructor") continue
          const species = program.fieldIndex(Field.symbol("species"))
          const made = solution.fieldOf(region, program.fieldIndex(".constructor"))
          if (made >= 0) invokeAll(solution.accessors(made, species, "get"), visitor)
        }
      }
      for (const state of behaviour.readsState ?? []) visitor.state(state)
    }
    if (special !== undefined) {
      const target = special === "reflect" ? self.args[0] : self.receiver
      if (target !== undefined && target !== none) {
        const region = regionOf(target)
        visitor.invoke(region, undefined)
        for (const each of self.args) {
          if (each === none) continue
          visitor.read(regionOf(each), elementField)
          invokeAll(gettersOf(regionOf(each)), visitor)
        }
        borrowed(self, region, visitor)
        if ((solution.flags(region) & Kind.unknown) !== 0) unknownCall(region, self, visitor)
      }
    }
    if (unknown >= 0) unknownCall(unknown, self, visitor)
  }

  return {
    inside,
    implicit,
    of: (index, visitor) => {
      const found = program.codes[index]
      if (found === undefined) return
      const { code, fields, offset } = found
      const base = (list: ReadonlyArray<number>, position: number): Region => regionOf((list[position] ?? 0) + offset)
      const field = (list: ReadonlyArray<number>, position: number): number => fields[list[position] ?? 0] ?? anyField
      for (let each = 0; each < code.loads.length; each += 3) {
        const region = base(code.loads, each + 1)
        const name = field(code.loads, each + 2)
        visitor.read(region, name)
        if (solution.isPatched(name)) visitor.read(solution.prototypes, name)
        invokeAll(solution.accessors(region, name, "get"), visitor)
      }
      for (let each = 0; each < code.reads.length; each += 2) {
        const region = base(code.reads, each)
        visitor.read(region, field(code.reads, each + 1))
        invokeAll(gettersOf(region), visitor)
      }
      for (let each = 0; each < code.iterations.length; each += 2) {
        const region = base(code.iterations, each + 1)
        visitor.read(region, elementField)
        convert(region, visitor)
      }
      for (let each = 0; each < code.awaits.length; each += 2) {
        const region = base(code.awaits, each + 1)
        visitor.read(region, elementField)
        visitor.read(region, program.fieldIndex(".then"))
        invokeAll(solution.implicit(region, ".then"), visitor)
      }
      for (let each = 0; each < code.spreads.length; each += 2) {
        const region = base(code.spreads, each + 1)
        visitor.read(region, anyField)
        invokeAll(gettersOf(region), visitor)
      }
      for (const variable of code.converts) convert(regionOf(variable + offset), visitor)
      for (let each = 0; each < code.stores.length; each += 3) {
        const region = base(code.stores, each)
        const name = field(code.stores, each + 1)
        const setters = solution.accessors(region, name, "set")
        if (setters.length === 0) continue
        // What defines them is looked at, too
        visitor.read(region, program.fieldIndex(Field.setter(program.fieldNames[name] ?? "")))
        invokeAll(setters, visitor)
      }
      for (const each of solution.callsOf(index)) call(each, visitor)
    }
  }
}
