/**
 * Where the values of a call stand: each object that can be reached from the receiver or an argument has the places by
 * which a behaviour may name it.
 */
import { EventEmitter, getEventListeners } from "node:events"
import { builtinModules, createRequire } from "node:module"
import { types } from "node:util"
import { globalValue } from "../../../../core/language/Builtins.ts"

type Key = string | symbol

export const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function"

const intrinsics = new WeakSet<object>()
const collect = (value: unknown): void => {
  if (!isObject(value) || intrinsics.has(value)) return
  intrinsics.add(value)
  for (const descriptor of Object.values(Object.getOwnPropertyDescriptors(value))) {
    collect(descriptor.value)
    collect(descriptor.get)
    collect(descriptor.set)
  }
  collect(Object.getPrototypeOf(value))
}
for (const name of Object.getOwnPropertyNames(globalThis)) {
  // What the test runner itself puts there is no matter. Some are loaded when they are first asked for.
  if (globalValue(name) !== undefined) collect(Reflect.get(globalThis, name))
}
const iterators = [[].values(), new Map().values(), new Set().values(), ""[Symbol.iterator](), "".matchAll(/a/g)]
for (const value of [...iterators, (function*() {})(), (async function*() {})(), async () => 1, EventEmitter]) {
  collect(Object.getPrototypeOf(value))
}
const require = createRequire(import.meta.url)
for (const name of builtinModules) if (!name.startsWith("_")) collect(require(name))

/** Whether every program has this object. */
export const isIntrinsic = (value: object): boolean => intrinsics.has(value)

/** Says that a value is no matter. */
export const ignore = (value: unknown): void => {
  if (isObject(value)) intrinsics.add(value)
}

const hidden = new WeakMap<object, ReadonlyArray<unknown>>()

/** Says what a value contains that no property shows: a promise, an iterator, a weak collection. */
export const containing = <A extends object>(value: A, contents: ReadonlyArray<unknown>): A => {
  hidden.set(value, contents)
  return value
}

const listeners = (emitter: EventEmitter): ReadonlyArray<unknown> =>
  emitter.eventNames().flatMap((name) => [...emitter.rawListeners(name), ...emitter.listeners(name)])

/** An own property's value, or the functions that stand for it. */
const values = (value: object, key: Key): ReadonlyArray<unknown> => {
  const descriptor = Object.getOwnPropertyDescriptor(value, key)
  return descriptor === undefined ? [] : "value" in descriptor ? [descriptor.value] : [descriptor.get, descriptor.set]
}

/** Whether it has listeners of its own, not by inheritance alone. */
export const isTarget = (value: object): value is EventTarget =>
  value instanceof EventTarget &&
  Object.getOwnPropertySymbols(value).some(({ description }) => description === "kEvents")

/** What a collection holds. */
const entries = (value: object): ReadonlyArray<unknown> => {
  if (types.isProxy(value)) return []
  if (types.isMap(value)) return [...Map.prototype.entries.call(value)].flat()
  if (types.isSet(value)) return [...Set.prototype.values.call(value)]
  if (value instanceof EventEmitter && Object.hasOwn(value, "_events")) return listeners(value)
  if (isTarget(value)) {
    return [
      ...["a", "b", "abort"].flatMap((name) => getEventListeners(value, name)),
      ...(value instanceof AbortSignal ? [value.reason] : [])
    ]
  }
  if (value instanceof Event && !isIntrinsic(value)) {
    return [value.target, value instanceof CustomEvent ? value.detail : undefined]
  }
  return value instanceof FormData ? [...value.values()] : []
}

const wellKnown = new Set<unknown>(Object.values(Object.getOwnPropertyDescriptors(Symbol)).map(({ value }) => value))

/** How Node's own objects are made is no value that they contain: symbols that nobody else has, lists of timers. */
export const isInternal = (key: Key): boolean =>
  typeof key === "string"
    ? key === "_events" || key === "_idleNext" || key === "_idlePrev"
    : Symbol.keyFor(key) === undefined && !wellKnown.has(key)

/** What an object contains: properties, entries, its prototype, what it is said to contain. */
export const contents = (value: object): ReadonlyArray<unknown> =>
  [
    ...Reflect.ownKeys(value).filter((key) => !isInternal(key)).flatMap((key) => values(value, key)),
    ...entries(value),
    ...hidden.get(value) ?? [],
    Object.getPrototypeOf(value)
  ].filter((inner) => isObject(inner) && !isIntrinsic(inner))

export type Tags = Map<object, Set<string>>

const depth = 5

/** Gives every object that can be reached from `roots` its places. */
export const tag = (roots: ReadonlyArray<readonly [place: string, value: unknown]>): Tags => {
  const tags: Tags = new Map()
  const visit = (place: string, value: unknown, level: number): void => {
    if (!isObject(value) || isIntrinsic(value)) return
    const places = tags.get(value) ?? new Set()
    if (places.has(place)) return
    tags.set(value, places.add(place))
    if (level >= depth) return
    for (const inner of contents(value)) visit(`${place}[]`, inner, level + 1)
    // What iterates a map gets pairs.
    if (types.isMap(value)) { for (const inner of entries(value)) visit(`${place}[][]`, inner, level + 2) }
  }
  for (const [place, value] of roots) visit(place, value, 0)
  return tags
}

/** Whether a behaviour's `place` stands for the object at `actual`: "0+" for "1", "deep:0" for "0[][]". */
export const covers = (place: string, actual: string): boolean => {
  if (place.startsWith("deep:")) {
    const base = place.slice("deep:".length)
    return covers(base, actual) || (actual.endsWith("[]") && covers(place, actual.slice(0, -2)))
  }
  const all = /^(\d+)\+((?:\[\])*)$/.exec(place)
  if (all === null) return place === actual
  const one = /^(\d+)((?:\[\])*)$/.exec(actual)
  return one !== null && one[2] === all[2] && Number(one[1]) >= Number(all[1])
}
