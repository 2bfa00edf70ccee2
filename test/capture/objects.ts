/**
 * Functions that show what they hold, down to the attributes of properties: each case makes a value, and the function
 * describes it.
 */
import type { Closure } from "./closures.ts"
import { describeValue } from "./describeValue.ts"

const define = (value: object, key: PropertyKey, descriptor: PropertyDescriptor): object =>
  Object.defineProperty(value, key, descriptor)

const having = (value: object, properties: object): object => Object.assign(value, properties)

/** What `attempt` gives, or the name of the error that it throws. */
export const attempted = (attempt: () => unknown): unknown => {
  try {
    return attempt()
  } catch (error) {
    return (error as Error).constructor.name
  }
}

const values: Readonly<Record<string, () => unknown>> = {
  "a read-only property": () => define({}, "a", { value: 1, enumerable: true, configurable: true }),
  "a property that cannot be deleted": () => define({}, "a", { value: 1, writable: true, enumerable: true }),
  "a hidden property": () => define({ b: 2 }, "a", { value: 1, writable: true, configurable: true }),
  "an array with a read-only length": () => define([1, , 3], "length", { writable: false }), // oxlint-disable-line no-sparse-arrays
  "an array with a read-only element": () => define([1, 2], "0", { writable: false, configurable: false }),
  "a sparse array that ends in holes": () => having([, 1], { length: 7 }), // oxlint-disable-line no-sparse-arrays
  "frozen, sealed and closed objects": () => [
    Object.freeze({ a: 1, b: { c: 2 } }),
    Object.seal({ a: 1 }),
    Object.preventExtensions({ a: 1 }),
    Object.freeze([1, 2]),
    Object.seal([1, {}]),
    Object.freeze(new Date(0)),
    Object.freeze(/a/g),
    Object.freeze(new Map([[1, 2]])),
    Object.preventExtensions(new Uint8Array(2)),
    Object.freeze(new Error("e")),
    Object.freeze(Object.create(null))
  ],
  "own properties of a Date": () => having(new Date(5), { extra: { deep: 1 } }),
  "own properties of a RegExp": () => having(/a/y, { extra: 1, lastIndex: 4 }),
  "a RegExp whose lastIndex is no number": () => having(/a/y, { lastIndex: "3" }),
  "a RegExp whose lastIndex is read-only": () => define(/a/g, "lastIndex", { value: 2, writable: false }),
  "own properties of typed arrays": () => [
    having(new Float64Array([1, NaN]), { extra: 1 }),
    having(new DataView(new ArrayBuffer(3), 1), { extra: 1 }),
    having(Buffer.from("text"), { extra: 1 })
  ],
  "own properties of an ArrayBuffer": () => having(new ArrayBuffer(2), { extra: 1 }),
  "own properties of boxed primitives": () => [
    having(Object(1), { extra: 1 }),
    having(Object("ab"), { extra: 1 }),
    having(Object(true), { extra: 1 }),
    having(Object(1n), { extra: 1 }),
    having(Object(Symbol.iterator), { extra: 1 })
  ],
  "own properties of URL and URLSearchParams": () => [
    having(new URL("http://a/?b=c"), { extra: 1 }),
    having(new URLSearchParams("a=1&a=2"), { extra: 1 })
  ],
  "own properties of Map, Set and Error": () => [
    having(new Map([["a", 1]]), { extra: 1 }),
    having(new Set(["a"]), { extra: 1 }),
    having(new RangeError("far", { cause: 1 }), { extra: 1 }),
    having(new AggregateError([1, new Error("in")], "all"), { extra: 1 }),
    new Error(),
    new Error("") // oxlint-disable-line unicorn/error-message
  ],
  "an error whose message and name were changed": () =>
    having(define(new Error("before"), "message", { value: "after", enumerable: true }), { name: "Odd" }),
  "an error without a stack": () => {
    const error = new Error("bare")
    delete error.stack
    return error
  },
  "views onto one buffer": () => {
    const buffer = new ArrayBuffer(16)
    const bytes = new Uint8Array(buffer, 4, 8)
    bytes[1] = 7
    return { bytes, view: new DataView(buffer), whole: new Float32Array(buffer), buffer }
  },
  "views that follow the length of their buffer, and views that do not": () => {
    const buffer = Reflect.construct(ArrayBuffer, [8, { maxByteLength: 16 }])
    const full = Reflect.construct(ArrayBuffer, [4, { maxByteLength: 4 }])
    return {
      buffer,
      full,
      views: [
        new Uint8Array(buffer),
        new Uint8Array(buffer, 0, 8),
        new Uint16Array(buffer, 2),
        new Uint16Array(buffer, 2, 1),
        new DataView(buffer, 4),
        new DataView(buffer, 4, 4),
        new Uint8Array(full),
        new Uint8Array(full, 0, 4),
        new Uint8Array(buffer, 8),
        new Uint8Array(buffer, 8, 0)
      ]
    }
  },
  "symbols as keys": () => ({
    [Symbol.for("registered")]: 1,
    [Symbol.toPrimitive]: undefined,
    b: 1,
    [Symbol.iterator]: 2
  }),
  "objects without a prototype": () => Object.assign(Object.create(null), { a: 1, __proto__: 2 }),
  "an own property that is called __proto__": () =>
    define({ a: 1 }, "__proto__", {
      value: 1,
      writable: true,
      enumerable: true,
      configurable: true
    }),
  "numbers that are not equal to themselves, or less than nothing":
    () => [NaN, -0, 0, -Infinity, { a: -0 }, new Map([[NaN, -0]])],
  "texts that are no text": () => ["\ud800", "\u2028\0", { "\udfff": 1 }],
  "a prototype that is an object": () => Object.create({ inherited: 1, deeper: { a: 1 } }, { own: { value: 2 } }),
  "a chain of prototypes": () =>
    Object.create(Object.create(Object.create(null, { a: { value: 1 } }), { b: { value: 2 } })),
  "an array with another prototype": () => Object.setPrototypeOf([1], { a: 1, __proto__: Array.prototype }),
  "a Map without a prototype": () => Object.setPrototypeOf(new Map([[1, 2]]), null),
  "objects with prototypes of the language": () => [
    Object.create(Number.prototype),
    Object.create(Array.prototype),
    Object.create(Error.prototype),
    Object.create(Date.prototype)
  ],
  "cycles through prototypes, keys and values": () => {
    const base: Record<string, unknown> = {}
    const object = Object.create(base, { self: { value: base, enumerable: true } })
    base["child"] = object
    return new Map([[object, new Set([base, object])]])
  },
  "an order of keys in which one was deleted and put back": () => {
    const object: Record<string, unknown> = { a: 1, b: 2, c: 3 }
    delete object["a"]
    object["a"] = 4
    object["1"] = 5
    return object
  },
  "properties of the language's objects in another order": () => {
    const expression = having(/a/, { x: 1 })
    const error = new Error("m")
    const { message } = error
    Reflect.deleteProperty(error, "message")
    return [expression, having(error, { first: 1, message })]
  },
  "keys that inherited setters would catch": () => {
    const caught: Array<unknown> = []
    const proto = define({}, "a", { set: () => caught.push(1), configurable: true })
    return define(Object.create(proto), "a", { value: 1, writable: true, enumerable: true, configurable: true })
  },
  "the arguments of a call": () =>
    (function(..._: ReadonlyArray<unknown>) {
      return arguments // oxlint-disable-line prefer-rest-params
    })(1, { a: 2 }),
  "natives and what hangs on them": () => [
    Math.max,
    Object.prototype,
    Array.prototype[Symbol.iterator],
    Object.getOwnPropertyDescriptor(Map.prototype, "size")?.get,
    Math,
    JSON,
    globalThis,
    Object.getPrototypeOf(Int8Array),
    Object.getPrototypeOf(function*() {}),
    Reflect.ownKeys
  ]
}

/** The lengths of views while the buffers below them change. */
const resized = (value: unknown): ReadonlyArray<string> => {
  const views: unknown = Reflect.get(Object(value), "views")
  if (!Array.isArray(views)) return []
  return [16, 4, 0, 8].map((length) =>
    views.map((view: ArrayBufferView) =>
      attempted(() => {
        Reflect.get(view.buffer, "resize").call(
          view.buffer,
          Math.min(length, Reflect.get(view.buffer, "maxByteLength"))
        )
        return view.byteLength
      })
    ).join()
  )
}

/** The description of each value, as the function that holds it sees it. */
export const objects: Readonly<Record<string, () => Closure>> = Object.fromEntries(
  Object.entries(values).map(([title, make]) => [title, () => {
    const value = make()
    return { fn: () => [...describeValue(value), ...resized(value)] }
  }])
)
