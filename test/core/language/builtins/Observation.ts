/**
 * Runs a function of the library and writes down what it did with the values that it was given.
 */
import { EventEmitter, getEventListeners } from "node:events"
import { setImmediate as turn, setTimeout as later } from "node:timers/promises"
import { inspect, types } from "node:util"
import * as State from "./State.ts"
import { containing, contents, isInternal, isIntrinsic, isObject, isTarget, tag, type Tags } from "./Places.ts"

/** A call: what it is made with. Each run makes a new one. */
export interface Sample {
  readonly self?: unknown
  readonly args: ReadonlyArray<unknown>
}

/** What was seen. Objects are named by their places; those that nobody gave are `fresh`. */
export type Event =
  | { readonly _tag: "Result"; readonly places: Places | "primitive" | "fresh" | "library" }
  | { readonly _tag: "Stored"; readonly into: Places; readonly value: Places }
  | { readonly _tag: "Mutated" | "Read" | "Converted" | "Iterated"; readonly places: Places }
  | { readonly _tag: "Changed"; readonly state: string }
  | { readonly _tag: "Invoked"; readonly places: Places; readonly method: string }
  | {
    readonly _tag: "Called"
    readonly places: Places
    readonly args: ReadonlyArray<Places | "primitive" | "fresh">
    readonly self: Places | "primitive" | "fresh"
    readonly later: boolean
  }

type Places = ReadonlySet<string>

export interface Observation {
  readonly events: ReadonlyArray<Event>
  readonly result: unknown
  /** Or what a promise was rejected with, or an iterator threw. */
  readonly thrown: unknown
}

/** What is written down while the function runs. */
export class Recorder {
  readonly events: Array<Event> = []
  readonly tags: Tags = new Map()
  later = false
  recording = false
  failure: unknown

  placesOf(value: object): Places | "fresh" {
    return this.tags.get(value) ?? "fresh"
  }

  nameOf(value: unknown): Places | "primitive" | "fresh" {
    return isObject(value) && value !== globalThis ? isIntrinsic(value) ? "primitive" : this.placesOf(value)
      : "primitive"
  }

  /** Notes something that happened to an object. Of objects that nobody gave there is nothing to say. */
  note(kind: "Mutated" | "Read" | "Converted" | "Iterated", value: object): void {
    const places = this.tags.get(value)
    if (this.recording && places !== undefined) this.events.push({ _tag: kind, places })
  }

  invoked(value: object, method: string): void {
    const places = this.tags.get(value)
    if (this.recording && places !== undefined) this.events.push({ _tag: "Invoked", places, method })
  }
}

let current: Recorder | undefined

/** Makes a function that writes down its calls. What it returns can be told apart in the result. */
export const callback = (
  fn: (...args: Array<never>) => unknown = () => undefined
): (...args: Array<unknown>) => unknown => {
  const run = (self: unknown, args: ReadonlyArray<unknown>, value: () => unknown): unknown => {
    const recorder = current
    const places = recorder?.tags.get(recordedFn)
    if (recorder === undefined || places === undefined || !recorder.recording) return value()
    recorder.events.push({
      _tag: "Called",
      places,
      args: args.map((arg) => recorder.nameOf(arg)),
      self: recorder.nameOf(self),
      later: recorder.later
    })
    const returned = value()
    recorder.recording = false
    for (const [object, at] of tag([...places].map((place) => [`call:${place}`, returned] as const))) {
      recorder.tags.set(object, new Set([...recorder.tags.get(object) ?? [], ...at]))
    }
    recorder.recording = true
    return returned
  }
  const recordedFn = new Proxy(fn as (...args: Array<unknown>) => unknown, {
    apply: (target, self, args) => run(self, args, () => Reflect.apply(target, self, args)),
    construct: (target, args, newTarget) =>
      run(undefined, args, () => Reflect.construct(target, args, newTarget)) as object
  })
  return recordedFn
}

/** An object that writes down its conversion. */
export const convertible = (value: unknown): object => {
  const convert = (): unknown => {
    current?.note("Converted", self)
    return value
  }
  const self: object = { valueOf: convert, toString: convert }
  return self
}

/** An object that writes down that it was waited for. */
export const thenable = (): object => {
  const self: object = {
    then: (settle: () => void) => {
      current?.invoked(self, "then")
      settle()
    }
  }
  return self
}

/** Notes that a method of the new object was invoked. */
export const invokedOnResult = (method: string): void => {
  current?.events.push({ _tag: "Invoked", places: new Set(["result"]), method })
}

const bytes = (value: ArrayBufferLike, start: number, length: number): string =>
  // A detached buffer has none.
  length === 0 ? "" : Buffer.from(value, start, length).toString("hex")

/** State that no property shows. */
const internal = (value: object): unknown => {
  if (types.isProxy(value)) return []
  if (types.isMap(value)) return [...Map.prototype.entries.call(value)].flat()
  if (types.isSet(value)) return [...Set.prototype.values.call(value)]
  if (types.isDate(value)) return [Date.prototype.getTime.call(value)]
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) {
    return [value.byteLength, bytes(value, 0, value.byteLength)]
  }
  if (ArrayBuffer.isView(value)) {
    return [value.byteLength, bytes(value.buffer, value.byteOffset, value.byteLength)]
  }
  if (value instanceof URL) return [value.href]
  if (value instanceof URLSearchParams) return [value.toString()]
  if (value instanceof Headers) return [JSON.stringify([...value])]
  if (value instanceof FormData) return [...value].flat()
  if (value instanceof AbortSignal) {
    return [value.aborted, value.reason, getEventListeners(value, "abort").length]
  }
  if (isTarget(value)) return ["a", "b", "abort"].map((name) => getEventListeners(value, name).length)
  if (types.isRegExp(value)) return [value.source, value.flags]
  if (value instanceof Event) return [value.defaultPrevented, value.cancelBubble, value.type, value.target]
  return []
}

/** All of an object's own state; values by identity. */
const state = (value: object): ReadonlyArray<unknown> => [
  Object.getPrototypeOf(value),
  Object.isExtensible(value),
  ...Reflect.ownKeys(value).filter((key) => !isInternal(key)).flatMap((key) => {
    const { value: held, ...rest } = Object.getOwnPropertyDescriptor(value, key) ?? {}
    return [key, held, JSON.stringify(rest), rest.get, rest.set]
  }),
  ...[internal(value)].flat()
]

const same = (left: ReadonlyArray<unknown>, right: ReadonlyArray<unknown>): boolean =>
  left.length === right.length && left.every((value, index) => Object.is(value, right[index]))

interface Snapshot {
  readonly state: ReadonlyArray<unknown>
  readonly contents: ReadonlyArray<unknown>
}

const snapshot = (tags: Tags): ReadonlyMap<object, Snapshot> =>
  new Map([...tags.keys()].map((value) => [value, { state: state(value), contents: contents(value) }]))

const isIterator = (value: object): value is IterableIterator<unknown> =>
  Symbol.iterator in value && "next" in value && typeof value.next === "function"

/** Asks a promise or an iterator for what it has, which it then is said to contain. */
const open = async (recorder: Recorder, value: object): Promise<void> => {
  if (types.isPromise(value)) {
    let settled = false
    const settle = (inner: unknown): void => {
      settled = true
      containing(value, [inner])
    }
    const fail = (reason: unknown): void => {
      settled = true
      containing(value, [reason])
      recorder.failure = reason
    }
    // A promise may never be settled: a few turns, or the time of a short timer, is all it gets.
    value.then(settle, fail)
    recorder.recording = true
    for (let index = 0; index < 3; index += 1) await turn()
    for (const end = performance.now() + 20; !settled && performance.now() < end;) await later(1)
    recorder.recording = false
  } else if (value instanceof WeakRef) containing(value, [value.deref()])
  else if (isIterator(value)) {
    recorder.recording = true
    try {
      containing(value, [...value].slice(0, 20))
    } catch (cause) {
      recorder.failure = cause
    }
    recorder.recording = false
  }
}

const differences = (recorder: Recorder, before: ReadonlyMap<object, Snapshot>): void => {
  for (const [value, { state: old, contents: held }] of before) {
    const places = recorder.tags.get(value)
    if (places === undefined) continue
    if (!same(old, state(value))) recorder.events.push({ _tag: "Mutated", places })
    for (const inner of contents(value)) {
      const stored = isObject(inner) && !held.includes(inner) ? recorder.tags.get(inner) : undefined
      if (stored !== undefined) recorder.events.push({ _tag: "Stored", into: places, value: stored })
    }
  }
}

/** Notes which given objects are in a new result, and how deep: three levels. */
const resultContents = (recorder: Recorder, result: object): void => {
  const seen = new Set<object>()
  const visit = (place: string, value: object, level: number): void => {
    if (seen.has(value) || level > 3) return
    seen.add(value)
    for (const inner of contents(value)) {
      if (!isObject(inner)) continue
      const stored = recorder.tags.get(inner)
      if (stored === undefined) visit(`${place}[]`, inner, level + 1)
      else recorder.events.push({ _tag: "Stored", into: new Set([place]), value: stored })
    }
  }
  visit("result", result, 1)
}

/** A view has the place of the bytes that it shows. */
const resultPlaces = (recorder: Recorder, result: unknown): Extract<Event, { _tag: "Result" }>["places"] => {
  if (!isObject(result)) return "primitive"
  if (isIntrinsic(result)) return "library"
  if (!ArrayBuffer.isView(result)) return recorder.placesOf(result)
  const end = result.byteOffset + result.byteLength
  const base = [...recorder.tags.keys()].find((value) =>
    value === result.buffer ||
    (ArrayBuffer.isView(value) && value.buffer === result.buffer && value.byteOffset <= result.byteOffset &&
      end <= value.byteOffset + value.byteLength)
  )
  return recorder.placesOf(base ?? result)
}

/** How an object is changed before the call, so that it writes down what is done with it. Nothing: there is none. */
export type Instrument = (recorder: Recorder, sample: Sample) => Sample | undefined

/** Gives what was registered a reason to run. */
const poke = (recorder: Recorder, { self }: Sample, result: unknown): void => {
  recorder.recording = true
  if (types.isProxy(self)) return
  if (self instanceof EventEmitter) self.emit("b")
  else if (isObject(self) && isTarget(self)) self.dispatchEvent(new Event("b"))
  process.emit("clustrix-test" as never)
  if (isObject(result) && !recorder.tags.has(result)) {
    const proxy: unknown = types.isProxy(result) ? result : Object.getOwnPropertyDescriptor(result, "proxy")?.value
    if (isObject(proxy)) Reflect.get(proxy, "a")
  }
  recorder.recording = false
}

/** Leaves the sample as it is. State is looked at, too. */
export const plain: Instrument = (_, sample) => sample

/** Makes the call, and whatever it has started. */
export const observe = async (
  call: (sample: Sample) => unknown,
  make: () => Sample,
  instrument: Instrument,
  { patient = false }: { readonly patient?: boolean } = {}
): Promise<Observation> => {
  const recorder = new Recorder()
  current = recorder
  const sample = instrument(recorder, make())
  if (sample === undefined) return { events: [], result: undefined, thrown: undefined }
  const roots = [["this", sample.self] as const, ...sample.args.map((arg, index) => [`${index}`, arg] as const)]
  for (const [value, places] of tag(roots)) {
    recorder.tags.set(value, new Set([...recorder.tags.get(value) ?? [], ...places]))
  }
  const before = snapshot(recorder.tags)
  const wasCalled = (): boolean => recorder.events.some(({ _tag }) => _tag === "Called")
  let thrown: unknown
  let result: unknown
  recorder.recording = true
  const states = instrument === plain ? State.before() : undefined
  try {
    result = call(sample)
  } catch (cause) {
    thrown = cause ?? new Error(inspect(cause))
  }
  recorder.recording = false
  if (states !== undefined) {
    for (const state of State.changes(states)) recorder.events.push({ _tag: "Changed", state })
    State.restore(states)
  }
  const isNew = isObject(result) && !isIntrinsic(result) && !recorder.tags.has(result)
  if (thrown === undefined) recorder.events.push({ _tag: "Result", places: resultPlaces(recorder, result) })
  differences(recorder, before)
  if (isNew) resultContents(recorder, result as object)
  recorder.later = true
  poke(recorder, sample, result)
  if (isNew) await open(recorder, result as object)
  recorder.recording = true
  if (instrument === plain && sample.args.some((arg) => typeof arg === "function")) {
    const end = performance.now() + (patient ? 5000 : 20)
    while (!wasCalled() && performance.now() < end) await later(1)
  }
  if (roots.some(([, value]) => isObject(value))) await turn()
  recorder.recording = false
  differences(recorder, before)
  if (isNew) resultContents(recorder, result as object)
  return { events: recorder.events, result, thrown: thrown ?? recorder.failure }
}
