/**
 * What a function of the library does with the values it is given, in terms of places.
 */

/**
 * Where a value stands at a call: the receiver (`this`), an argument (`0`), all arguments from an index on (`0+`), the
 * `result`, what the n-th callback of `calls` returned (`call0`) or the n-th of `invokes` (`invoke0`), or an object that
 * the operation makes and that stands nowhere else (`fresh`). A suffix `[]` means what it contains (elements, entries,
 * properties, its prototype), `[][]` what these contain. `deep:0` is `0` and everything that can be reached from it.
 */
export type Place = string

/** A call that the operation makes. A place with `+` at the end of `args` stands for all further parameters too. */
export interface Callback {
  readonly fn: Place
  /** `undefined`: a primitive. */
  readonly args: ReadonlyArray<Place | undefined>
  readonly self?: Place
  /** After the call has returned: timers, promises, listeners, what an iterator does when it is asked. */
  readonly later?: boolean
}

/**
 * An over-approximation: the call does nothing that is not here. It may throw, and throws nothing but new errors or what
 * it was given. A store to an object that was there before may run its setters, a read its getters.
 *
 * Assumed: an array-like's `length` and a set-like's `size` are numbers, `new String("a")` and its kind convert as they did
 * when they were made.
 */
export interface Behaviour {
  /**
   * `primitive`: no object; `fresh`: made by this call (its contents are what `stores` puts in); else the places whose
   * value it may be, among them `fresh`. Where a user's own `Symbol.*` method of `invokes` runs, it may also be what that
   * method returned.
   */
  readonly result: "primitive" | "fresh" | ReadonlyArray<Place>
  /**
   * Each `[into, from]`: afterwards what stands at `into` contains (as element or property) the value at `from`.
   * `["result", "result"]`: a tree of new objects. `["result[]", ...]`: the result contains new objects which contain it.
   */
  readonly stores?: ReadonlyArray<readonly [into: Place, from: Place]>
  /** Iterating the result gives pairs of what it contains. */
  readonly pairs?: boolean
  /** What the result contains stands under names that are values of the program. */
  readonly keyed?: boolean
  /** Each `[view, base]`: what reads `view` later reads the contents that `base` has by then, as an iterator does. */
  readonly shows?: ReadonlyArray<readonly [view: Place, base: Place]>
  /** Objects whose own contents are changed (elements, properties, internal state). */
  readonly mutates?: ReadonlyArray<Place>
  /** Objects whose contents are looked at (`0`: its own contents; `0[]`: those of its contents). */
  readonly reads?: ReadonlyArray<Place>
  /** Places that are converted to a primitive: may run `valueOf`, `toString`, `Symbol.toPrimitive`, of an array also those of its elements. */
  readonly converts?: ReadonlyArray<Place>
  /** Places that are iterated: may run a user's iterator. Their `[]` is then what it yields, of a map new pairs of its contents. */
  readonly iterates?: ReadonlyArray<Place>
  readonly calls?: ReadonlyArray<Callback>
  /** Methods that the operation invokes on a place by name. `constructor` is constructed, not called. */
  readonly invokes?: ReadonlyArray<readonly [place: Place, method: string]>
  /** State outside of values that it reads: "cwd", "time", "timezone", "locale", "random", "fs", "timers", "module:NAME", ... */
  readonly readsState?: ReadonlyArray<string>
  /** State outside of values that it changes. */
  readonly changesState?: ReadonlyArray<string>
  /** The library's types whose method this is. Not given for functions that are no methods. */
  readonly on?: ReadonlyArray<string>
}

/** Names, separated by spaces, and what each of them does. */
export type Rules = Readonly<Record<string, Behaviour>>

/** By type (of methods) or by namespace (of functions; "" for globals). */
export type Table = Readonly<Record<string, Rules>>

type Rest = Omit<Behaviour, "result" | "on">

/** Describes what returns no object. */
export const primitive = (rest: Rest = {}): Behaviour => ({ result: "primitive", ...rest })

/** Describes what returns a new object. */
export const fresh = (rest: Rest = {}): Behaviour => ({ result: "fresh", ...rest })

/** Describes what returns the value at one of `places`. */
export const from = (places: string, rest: Rest = {}): Behaviour => ({ result: words(places), ...rest })

/** Splits names at spaces. */
export const words = (text: string): ReadonlyArray<string> => text.split(/\s+/).filter((word) => word !== "")

/** Puts a value at each of `places` into the result. */
export const holds = (places: string): ReadonlyArray<readonly [Place, Place]> =>
  words(places).map((place) => ["result", place] as const)

/** The objects whose contents must be looked at to get at `place`. */
const containers = (place: Place): ReadonlyArray<Place> =>
  place.endsWith("[]") ? [place.slice(0, -2), ...containers(place.slice(0, -2))] : []

/** Adds to `reads` what follows from the other parts: contents are handed on only by looking at what has them. */
const withReads = (self: Behaviour): Behaviour => {
  const used = [
    ...(typeof self.result === "string" ? [] : self.result),
    ...(self.stores ?? []).flatMap(([into, value]) => [into, value]),
    ...(self.calls ?? []).flatMap(({ fn, args, self: receiver }) => [fn, ...args, receiver]),
    ...(self.converts ?? []),
    ...(self.invokes ?? []).map(([place]) => `${place}[]`),
    ...(self.iterates ?? []).map((place) => `${place}[]`)
  ].filter((place) => place !== undefined)
  const implied = used.flatMap(containers).filter((place) => !/^(result|fresh)/.test(place))
  const reads = new Set([...(self.reads ?? []), ...implied])
  return reads.size === 0 ? self : { ...self, reads: [...reads] }
}

/** The method by which an object says how it is printed. */
export const custom = "nodejs.util.inspect.custom"

/** Stands in {@link Rules} for the module itself where it can be called. */
export const defaultExport = "()"

/** Lists the names of `rules` one by one. */
export const each = (rules: Rules): ReadonlyArray<readonly [name: string, behaviour: Behaviour]> =>
  Object.entries(rules).flatMap(([names, behaviour]) => {
    const complete = withReads(behaviour)
    return words(names).map((name) => [name === defaultExport ? "" : name, complete] as const)
  })
