/**
 * Objects that write down what is done with them, put in the place of a sample's values.
 */
import { EventEmitter } from "node:events"
import { inspect } from "node:util"
import { containing, contents, ignore, isIntrinsic, isObject } from "./Places.ts"
import { convertible, type Instrument, type Recorder, type Sample } from "./Observation.ts"

/** A position in a sample: `this` or an argument, then the keys inside it. */
export type Position = readonly [root: "this" | number, ...keys: ReadonlyArray<string>]

const inner = (value: unknown, key: string): unknown =>
  value instanceof Map
    ? [...value.entries()].flat()[Number(key)]
    : value instanceof Set
    ? [...value][Number(key)]
    : isObject(value)
    ? Reflect.get(value, key)
    : undefined

/** Objects whose properties are data. The library's own keep their state there. */
const plainPrototypes: ReadonlyArray<unknown> = [Object.prototype, Array.prototype, Error.prototype, RegExp.prototype]

const keysOf = (value: unknown): ReadonlyArray<string> =>
  value instanceof Map || value instanceof Set
    ? [...value.values()].map((_, index) => `${index}`)
    : isObject(value) && !isIntrinsic(value) && plainPrototypes.includes(Object.getPrototypeOf(value))
    ? Object.keys(value)
    : []

const at = (sample: Sample, position: Position): unknown => {
  const [root, ...keys] = position
  return keys.reduce(inner, root === "this" ? sample.self : sample.args[root])
}

/** The positions of a sample, three levels deep, at most two of each object. */
export const positions = (sample: Sample): ReadonlyArray<Position> => {
  const roots: ReadonlyArray<Position> = [...(sample.self === undefined ? [] : [["this"] as const]),
    ...sample.args.map((_, index): Position => [index])]
  const below = (position: Position): ReadonlyArray<Position> =>
    position.length > 3 ? [] : keysOf(at(sample, position)).slice(0, 2).map((key): Position => [...position, key])
      .flatMap((next) => [next, ...below(next)])
  return roots.flatMap((root) => [root, ...below(root)])
}

const replaceIn = (parent: unknown, key: string, value: unknown): boolean => {
  if (parent instanceof Map) {
    const flat = [...parent.entries()].flat()
    flat[Number(key)] = value
    parent.clear()
    for (let index = 0; index < flat.length; index += 2) parent.set(flat[index], flat[index + 1])
    return true
  }
  if (parent instanceof Set) {
    const values = [...parent]
    values[Number(key)] = value
    parent.clear()
    for (const each of values) parent.add(each)
    return true
  }
  return isObject(parent) && Reflect.set(parent, key, value)
}

/** A sample with another value at a position. */
const replaced = (sample: Sample, position: Position, value: unknown): Sample | undefined => {
  const [root, ...keys] = position
  const last = keys.at(-1)
  if (last === undefined) {
    return root === "this" ? { ...sample, self: value } : { ...sample, args: sample.args.with(root, value) }
  }
  return replaceIn(at(sample, [root, ...keys.slice(0, -1)]), last, value) ? sample : undefined
}

/** A proxy that writes down every look and every change. */
const watched = (recorder: Recorder, target: object): object => {
  const reading = <Args extends ReadonlyArray<unknown>, A>(operation: (...args: Args) => A) => (...args: Args): A => {
    recorder.note("Read", proxy)
    return operation(...args)
  }
  const writing = <Args extends ReadonlyArray<unknown>, A>(operation: (...args: Args) => A) => (...args: Args): A => {
    recorder.note("Mutated", proxy)
    return operation(...args)
  }
  const proxy: object = new Proxy(target, {
    get: reading(Reflect.get),
    has: reading(Reflect.has),
    ownKeys: reading(Reflect.ownKeys),
    getOwnPropertyDescriptor: reading(Reflect.getOwnPropertyDescriptor),
    getPrototypeOf: reading(Reflect.getPrototypeOf),
    isExtensible: reading(Reflect.isExtensible),
    set: writing(Reflect.set),
    defineProperty: writing(Reflect.defineProperty),
    deleteProperty: writing(Reflect.deleteProperty),
    setPrototypeOf: writing(Reflect.setPrototypeOf),
    preventExtensions: writing(Reflect.preventExtensions)
  })
  return proxy
}

/** Methods that operations invoke by name. */
const hooks = [
  "toJSON",
  "then",
  "next",
  "return",
  "has",
  "keys",
  "exec",
  "test",
  "set",
  "add",
  "get",
  "join",
  "toISOString",
  "toLocaleString",
  "handleEvent",
  "listeners",
  "listenerCount",
  "compare",
  "Symbol.match",
  "Symbol.matchAll",
  "Symbol.replace",
  "Symbol.search",
  "Symbol.split",
  "Symbol.hasInstance"
]

/** The key that a name such as "Symbol.iterator" stands for. */
export const keyOf = (name: string): string | symbol =>
  name.startsWith("Symbol.") ? Reflect.get(Symbol, name.slice("Symbol.".length)) as symbol : name

const define = (value: object, key: string | symbol, descriptor: PropertyDescriptor): void => {
  // These functions are the instrument's, not the sample's.
  for (const fn of [descriptor.value, descriptor.get]) ignore(fn)
  Reflect.defineProperty(value, key, { configurable: true, enumerable: false, ...descriptor })
}

/** An object with every method by which a program hears of conversions, iteration and the like. */
const hooked = (recorder: Recorder, original: unknown): object => {
  const self: object = containing({}, isObject(original) ? contents(original) : [])
  const primitive = isObject(original) ? "a" : original
  const convert = (): unknown => {
    recorder.note("Converted", self)
    return primitive
  }
  define(self, "valueOf", { value: convert })
  define(self, "toString", { value: convert })
  if (!isObject(original) || Symbol.iterator in original) {
    define(self, Symbol.iterator, {
      value: function*() {
        recorder.note("Iterated", self)
        if (isObject(original)) yield* original as Iterable<unknown>
      }
    })
  }
  for (const hook of hooks) {
    define(self, keyOf(hook), {
      value: (...args: ReadonlyArray<unknown>) => {
        recorder.invoked(self, hook)
        const [settle] = args
        if (hook === "then" && typeof settle === "function") {
          queueMicrotask(() => {
            Promise.resolve(settle()).catch(() => undefined)
          })
        }
        return hook === "keys" ? [].values() : null
      }
    })
  }
  define(self, inspect.custom, {
    value: () => {
      recorder.invoked(self, "nodejs.util.inspect.custom")
      return "hooked"
    }
  })
  const properties = isObject(original) && typeof original !== "function" ? Object.keys(original) : []
  for (const key of [...properties, "probe", "length", "size"]) {
    define(self, key, {
      enumerable: properties.includes(key) || key === "probe",
      get: () => {
        recorder.note("Read", self)
        return isObject(original) ? Reflect.get(original, key) : key === "size" ? 0 : undefined
      }
    })
  }
  return self
}

/** A proxy of an object that the library makes is good for nothing: its methods refuse it, native code ends the process. */
const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === Object.prototype || !isObject(prototype) || !isIntrinsic(prototype)
}

/** The value at a position, watched by a proxy. */
export const watch = (position: Position): Instrument => (recorder, sample) => {
  const value = at(sample, position)
  if (!isObject(value) || isIntrinsic(value) || typeof value === "function" || !isPlain(value)) return undefined
  return replaced(sample, position, watched(recorder, value))
}

/** An object with hooks at a position. Not for a length, which behaviours assume to be a number, nor for a function. */
export const hook = (position: Position): Instrument => (recorder, sample) => {
  const value = at(sample, position)
  return position.at(-1) === "length" || typeof value === "function" || value instanceof EventEmitter
    ? undefined
    : replaced(sample, position, hooked(recorder, value))
}

/** An object that is nothing but converted. */
export const convert = (position: Position): Instrument => (_, sample) => {
  const value = at(sample, position)
  return position.at(-1) === "length" || typeof value === "function"
    ? undefined
    : replaced(sample, position, convertible(isObject(value) ? "a" : value))
}

/** The value at a position keeps its type, and gets methods of its own that write down that they were called. */
export const override = (position: Position): Instrument => (recorder, sample) => {
  const value = at(sample, position)
  if (!isObject(value) || isIntrinsic(value) || typeof value === "function" || !Object.isExtensible(value)) {
    return undefined
  }
  for (const name of [...hooks, "toString", "valueOf"]) {
    const key = keyOf(name)
    const original: unknown = Reflect.get(value, key)
    if (typeof original !== "function") continue
    define(value, key, {
      value: function(this: unknown, ...args: ReadonlyArray<unknown>) {
        recorder.invoked(value, name)
        return Reflect.apply(original, this, args)
      }
    })
  }
  const type: unknown = value.constructor
  if (typeof type === "function" && !Object.hasOwn(value, "constructor") && type !== Object) {
    const constructed = new Proxy(type, {
      get: (target, key) => key === Symbol.species ? constructed : Reflect.get(target, key),
      construct: (target, args, newTarget) => {
        recorder.invoked(value, "constructor")
        return Reflect.construct(target, args, newTarget) as object
      }
    })
    define(value, "constructor", { value: constructed })
  }
  return sample
}
