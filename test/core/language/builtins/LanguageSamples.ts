/** Calls of the functions and methods of the language. */
import { callback, convertible, thenable } from "./Observation.ts"
import { containing } from "./Places.ts"
import { type Calls, identity, iteratorOf, like, making, nested, none, on, promiseOf, rejectionOf, type TypeSamples,
  yes } from "./Samples.ts"

const list = (): Array<unknown> => [nested(), nested(), nested()]
const pairs = (): Array<unknown> => [[nested(), nested()], [nested(), nested()]]
const keyed = (): Array<unknown> => [["a", nested()], ["b", nested()]]
const compare = (): unknown => callback(() => convertible(1))
const add = (): unknown => callback((sum: unknown, value: unknown) => [sum, value])
const listLike = () => ({ 0: nested(), length: 1 })

const arrayCalls: Calls = {
  "at with": [() => [1, {}], () => [0, nested()]],
  "pop shift toReversed": none,
  reverse: none,
  "push unshift": () => [nested(), {}],
  splice: [() => [0, 1, nested(), {}], () => [0, 1]],
  toSpliced: () => [0, 1, nested(), {}],
  "sort toSorted": [() => [compare()], none, () => on([3, 1, 2])],
  fill: () => [nested(), 0, 1],
  copyWithin: () => [0, 1, 2],
  concat: () => [list(), nested(), [[nested()]]],
  slice: () => [0, 2],
  flat: [none, () => on([[[[nested()]]], nested()], 9), () => [1]],
  "filter find findLast": () => [yes(), {}],
  map: [() => [making(), {}], () => [identity()]],
  flatMap: [() => [making(), {}], () => [callback(() => [{}])]],
  "forEach some every findIndex findLastIndex": () => [callback(() => false), {}],
  "reduce reduceRight": [() => [add()], () => [add(), nested()], () => [callback((sum: unknown) => sum), nested()],
    () => [callback((_: unknown, value: unknown) => value)]],
  "includes indexOf lastIndexOf": () => [nested(), 0],
  join: () => ["-"],
  "toString keys values entries Symbol.iterator": none,
  toLocaleString: () => on([1, new Date(0), { toLocaleString: () => "a" }], ["en"], { minimumFractionDigits: 1 })
}

const typedCalls: Calls = {
  "at with": [() => [1, 2]],
  "sort toSorted": [() => [compare()], none],
  "reverse toReversed toString keys values entries Symbol.iterator": none,
  "fill copyWithin": () => [0, 1, 2],
  set: () => [[4, 5], 1],
  "slice subarray": () => [1, 2],
  filter: () => [yes(), {}],
  map: () => [callback(() => convertible(1)), {}],
  "forEach some every findIndex findLastIndex find findLast": () => [callback(() => false), {}],
  "reduce reduceRight": [() => [add(), nested()], () => [callback((sum: unknown) => sum), nested()],
    () => [callback((sum: number, value: number) => sum + value)]],
  "includes indexOf lastIndexOf": () => [2, 0],
  join: () => ["-"],
  toLocaleString: () => ["en", {}]
}

const setCalls: Calls = {
  has: () => [{}],
  add: () => [nested()],
  delete: none,
  clear: none,
  forEach: () => [callback(), {}],
  "keys values entries Symbol.iterator": none,
  "union symmetricDifference intersection difference isSubsetOf isSupersetOf isDisjointFrom": [
    () => [new Set([nested(), nested()])],
    () => {
      const shared = nested()
      return on(new Set<unknown>([shared, nested()]), new Set<unknown>([shared]))
    },
    () => [new Map([[nested(), 1], [nested(), 2], [nested(), 3]])]
  ]
}

const weak = (): object => ({})

const generator = (): object => {
  const values = [nested(), nested()]
  return containing(
    (function*(): Generator<unknown, unknown, unknown> {
      try {
        yield values[0]
      } catch {
        yield values[0]
      }
      return values[1]
    })(),
    values
  )
}

/** It has begun. */
const waiting = (): Generator<unknown> => {
  const self = generator() as Generator<unknown>
  self.next()
  return self
}

const asyncGenerator = (): object => {
  const values = [nested(), nested()]
  return containing(
    (async function*(): AsyncGenerator<unknown, unknown, unknown> {
      yield values[0]
      return values[1]
    })(),
    values
  )
}

const date = (): Date => new Date(1706843045006)

/** A regular expression that is not at its beginning. */
const started = (self: RegExp): RegExp => Object.assign(self, { lastIndex: 1 })

const stringCalls: Calls = {
  "charAt charCodeAt codePointAt at repeat": () => [1],
  "concat normalize": [() => ["NFC"]],
  "padEnd padStart": () => [9, "x"],
  "slice substr substring": () => [1, 2],
  [
    `isWellFormed toWellFormed toLowerCase toUpperCase trim trimEnd trimLeft trimRight trimStart big blink bold fixed
    italics small strike sub sup toString valueOf Symbol.iterator`
  ]: none,
  "anchor fontcolor fontsize link": () => ["x"],
  "indexOf lastIndexOf endsWith includes startsWith": () => ["a", 0],
  localeCompare: () => ["b", ["en"], { usage: "sort" }],
  "toLocaleLowerCase toLocaleUpperCase": () => [["en"]],
  "match matchAll search": [() => ["a"], () => [/(?<n>a)/g], () => [started(/b/g)]],
  "replace replaceAll": [
    () => [started(/b/g), "c"],
    () => ["a", "b"],
    () => [/(?<n>a)/g, callback(() => "c")],
    () => ["a", callback(() => convertible("c"))]
  ],
  split: [() => ["a", 2], () => [/a/, 2]]
}

const regexpCalls: Calls = {
  "exec test Symbol.search Symbol.match Symbol.matchAll": [() => ["xab"], () => on(/a/g, "xab"),
    () => on(/(?<n>a)/y, "ab")],
  "Symbol.replace": [() => on(started(/b/g), "xab", "c"), () => ["xab", "b"], () => on(/a/g, "aa", callback(() => "c")),
    () => on(/(?<n>a)/, "a", callback(() => convertible("c")))],
  "Symbol.split": () => ["xab", 2],
  compile: () => ["b", "g"],
  toString: [none, () => on(like(RegExp.prototype, { source: "a", flags: "g" }))]
}

const numberCalls: Calls = {
  "toExponential toFixed toPrecision": () => [2],
  toString: () => [10],
  valueOf: none,
  toLocaleString: () => [["en"], { style: "percent" }]
}

const intl = (name: string, ...args: ReadonlyArray<unknown>): object =>
  Reflect.construct(Reflect.get(Intl, name) as new() => object, ["en", ...args]) as object

const segments = (): object => new Intl.Segmenter("en").segment("ab")

/** The methods of the language's types. */
export const methods: Readonly<Record<string, TypeSamples>> = {
  Object: {
    self: nested,
    calls: {
      "hasOwnProperty propertyIsEnumerable": () => ["a"],
      isPrototypeOf: () => [Object.create(Object.create({}))],
      "toString toLocaleString valueOf": none,
      "__defineGetter__ __defineSetter__": () => ["x", callback()],
      "__lookupGetter__ __lookupSetter__": () => {
        const self = {}
        const accessor = callback()
        Object.defineProperty(self, "x", { get: accessor, set: accessor })
        return on(self, "x")
      }
    }
  },
  Function: {
    self: () => callback(),
    calls: { toString: none, "Symbol.hasInstance": [() => [nested()], () => on(class {}, Object.create({}))] }
  },
  Error: {
    self: () => new Error("a"),
    calls: { toString: [none, () => on(like(Error.prototype, { name: "a", message: "b" }))] }
  },
  Promise: {
    self: () => promiseOf(nested()),
    calls: {
      then: [
        () => [making(), making()],
        () => [identity()],
        () => [callback(() => promiseOf({}))],
        () => [callback(() => thenable())],
        () => on(rejectionOf(nested()), callback(), callback(() => thenable())),
        () => on(rejectionOf(nested()), callback(), making()),
        () => on(rejectionOf(nested()), callback(), callback(() => promiseOf({}))),
        none
      ],
      catch: [
        () => on(rejectionOf(nested()), making()),
        () => on(rejectionOf(nested()), callback(() => promiseOf({}))),
        () => on(rejectionOf(nested()), callback(() => thenable())),
        none
      ],
      finally: [
        () => [making()],
        () => [callback(() => rejectionOf({}))],
        () => [callback(() => thenable())],
        () => on(rejectionOf(nested()), making())
      ]
    }
  },
  Array: { self: list, calls: arrayCalls },
  TypedArray: { self: () => new Uint8Array([3, 2, 1]), calls: typedCalls },
  ArrayBuffer: {
    self: () => Reflect.construct(ArrayBuffer, [4, { maxByteLength: 8 }]) as object,
    calls: { slice: () => [1, 2], "resize transfer transferToFixedLength": () => [6] }
  },
  SharedArrayBuffer: {
    self: () => Reflect.construct(SharedArrayBuffer, [4, { maxByteLength: 8 }]) as object,
    calls: { slice: () => [1, 2], grow: () => [6] }
  },
  DataView: {
    self: () => new DataView(new ArrayBuffer(8)),
    calls: {
      [
        `getInt8 getUint8 getInt16 getUint16 getInt32 getUint32 getFloat32 getFloat64 getBigInt64 getBigUint64 getFloat16`
      ]: () => [0],
      "setInt8 setUint8 setInt16 setUint16 setInt32 setUint32 setFloat32 setFloat64 setFloat16": () => [0, 1],
      "setBigInt64 setBigUint64": () => [0, 1n]
    }
  },
  Map: {
    self: () => new Map([[nested(), nested()]]),
    calls: {
      get: [() => [{}], () => {
        const key = nested()
        return on(new Map([[key, nested()]]), key)
      }],
      has: () => [{}],
      set: () => [nested(), nested()],
      delete: () => {
        const key = nested()
        return on(new Map([[key, nested()]]), key)
      },
      clear: none,
      forEach: () => [callback(), {}],
      "keys values entries Symbol.iterator": none
    }
  },
  Set: {
    self: () => new Set([nested()]),
    calls: {
      ...setCalls,
      delete: () => {
        const key = nested()
        return on(new Set([key]), key)
      }
    }
  },
  WeakMap: {
    self: () => new WeakMap(),
    calls: {
      get: () => {
        const key = weak()
        const value = nested()
        return on(containing(new WeakMap([[key, value]]), [key, value]), key)
      },
      "has delete": () => [weak()],
      set: () => [weak(), nested()]
    }
  },
  WeakSet: { self: () => new WeakSet(), calls: { "has delete add": () => [weak()] } },
  WeakRef: {
    self: () => {
      const target = nested()
      return containing(new WeakRef(target), [target])
    },
    calls: { deref: none }
  },
  FinalizationRegistry: {
    self: () => new FinalizationRegistry(callback()),
    calls: { register: () => [{}, nested(), {}], unregister: () => [{}] }
  },
  Generator: { self: generator, calls: { "next return throw": [() => [nested()], () => on(waiting(), nested())] } },
  AsyncGenerator: {
    self: asyncGenerator,
    calls: {
      next: () => [nested()],
      "return throw": [() => [nested()], () => [promiseOf(nested())]],
      "Symbol.asyncIterator": none
    }
  },
  LibraryIterator: {
    self: () => iteratorOf(nested()),
    calls: {
      next: [
        none,
        () => on(containing(new Map([[1, 2]]).values(), [])),
        () => on(containing(new Set([1]).entries(), [])),
        () => on("a"[Symbol.iterator]()),
        () => on("a".matchAll(/a/g))
      ]
    }
  },
  Iterator: {
    self: () => iteratorOf(nested(), nested()),
    calls: {
      "Symbol.iterator toArray": none,
      "drop take": () => [1],
      "filter find": () => [yes()],
      map: [() => [making()], () => [identity()]],
      flatMap: () => [callback(() => [{}])],
      "forEach some every": () => [callback(() => false)],
      reduce: [() => [add()], () => [add(), nested()], () => [callback((_: unknown, value: unknown) => value)]]
    }
  },
  String: { self: () => "xab", calls: stringCalls },
  RegExp: { self: () => /(?<n>a)(b)/, calls: regexpCalls },
  Number: { self: () => 12.5, calls: numberCalls },
  BigInt: { self: () => 12n, calls: numberCalls },
  Boolean: { self: () => true, calls: { "toString valueOf": none } },
  Symbol: { self: () => Symbol("a"), calls: { "toString valueOf": none, "Symbol.toPrimitive": () => ["default"] } },
  Date: {
    self: date,
    calls: {
      [
        `getTime valueOf getUTCDate getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth
        getUTCSeconds toISOString toUTCString toGMTString getDate getDay getFullYear getHours getMilliseconds getMinutes
        getMonth getSeconds getTimezoneOffset getYear toString toDateString toTimeString toJSON`
      ]: none,
      "toLocaleString toLocaleDateString toLocaleTimeString": () => [["en"], { timeZone: "UTC" }],
      "Symbol.toPrimitive": () => ["number"],
      [
        `setTime setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds setUTCMinutes setUTCMonth setUTCSeconds setDate
        setFullYear setHours setMilliseconds setMinutes setMonth setSeconds setYear`
      ]: () => [7]
    }
  },
  Intl: {
    self: () => intl("NumberFormat"),
    calls: {
      resolvedOptions: none,
      "format formatToParts": [
        () => [1.5],
        () => on(intl("DateTimeFormat"), 0),
        () => on(intl("ListFormat"), ["a", "b"]),
        () => on(intl("RelativeTimeFormat"), 1, "day")
      ],
      "formatRange formatRangeToParts": () => on(intl("DateTimeFormat"), 0, 1),
      select: () => on(intl("PluralRules"), 1),
      selectRange: () => on(intl("PluralRules"), 1, 2),
      compare: () => on(intl("Collator"), "a", "b"),
      of: () => on(intl("DisplayNames", { type: "region" }), "US"),
      segment: () => on(intl("Segmenter"), "ab"),
      containing: () => on(segments(), 0),
      "Symbol.iterator": () => on(segments()),
      "maximize minimize toString": () => on(intl("Locale")),
      "getCalendars getCollations getHourCycles getNumberingSystems getTextInfo getTimeZones getWeekInfo": () =>
        on(new Intl.Locale("en-US"))
    }
  }
}

const errorCalls: Calls = { captureStackTrace: () => [nested()] }
const errorNames = "Error EvalError RangeError ReferenceError SyntaxError TypeError URIError"
const typedNames =
  "Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array"
const typedStatics: Calls = {
  from: [() => [[1, 2], callback(() => convertible(3)), {}], () => [{ 0: 1, length: 1 }], () => [[1]]],
  of: () => [1, 2]
}
const bigStatics: Calls = {
  from: [() => [[1n, 2n], callback(() => convertible(3n)), {}], () => [{ 0: 1n, length: 1 }], () => [[1n]]],
  of: () => [1n, 2n]
}
const each = (names: string, calls: Calls): Readonly<Record<string, Calls>> =>
  Object.fromEntries(names.split(" ").map((name) => [name, calls]))

/** The functions of the language, by namespace. */
export const functions: Readonly<Record<string, Calls>> = {
  "": {
    Array: [() => [nested(), {}], () => [3]],
    [typedNames]: [() => [2], () => [[1, 2]], () => [new ArrayBuffer(8), 0, 1], () => [{ 0: 1, length: 1 }]],
    "BigInt64Array BigUint64Array": [() => [2], () => [[1n, 2n]], () => [new ArrayBuffer(8), 0, 1],
      () => [{ 0: 1n, length: 1 }]],
    DataView: () => [new ArrayBuffer(8), 0, 4],
    "ArrayBuffer SharedArrayBuffer": () => [8, { maxByteLength: 16 }],
    Map: () => [pairs()],
    WeakMap: () => [[[{}, nested()]]],
    "Set WeakSet": () => [list()],
    WeakRef: () => [nested()],
    FinalizationRegistry: () => [callback()],
    "isFinite isNaN parseFloat decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape": () => ["1"],
    parseInt: () => ["1", 10],
    Object: [() => [nested()], () => [1], none],
    [errorNames]: () => ["a", { cause: nested() }],
    AggregateError: () => [list(), "a", { cause: nested() }],
    Promise: [() => [callback((resolve: (value: unknown) => void) => resolve(1))], () => [
      callback((_: unknown, reject: (value: unknown) => void) => {
        reject(1)
      })
    ]],
    Proxy: () => [nested(), { get: callback() }],
    "String Number BigInt Boolean": () => ["1"],
    Symbol: () => ["a"],
    RegExp: [() => ["a", "g"], () => [/a/], () => [/a/, "g"]],
    Date: [none, () => [0], () => [date()], () => [2024, 1, 2]]
  },
  new: { "String Number Boolean": () => ["1"] },
  Array: {
    from: [() => [list()], () => [list(), making(), {}], () => [listLike()], () => [listLike(), identity()],
      () => [new Set(list())]],
    of: () => [nested(), {}],
    isArray: () => [list()]
  },
  ArrayBuffer: { isView: () => [new Uint8Array(1)] },
  ...each(typedNames, typedStatics),
  ...each("BigInt64Array BigUint64Array", bigStatics),
  Atomics: {
    "add and exchange or store sub xor": () => [new Int32Array([3, 3]), 0, 4],
    compareExchange: () => [new Int32Array(4), 0, 0, 1],
    load: () => [new Int32Array(4), 0],
    isLockFree: () => [4],
    notify: () => [new Int32Array(new SharedArrayBuffer(8)), 0, 1],
    wait: () => [new Int32Array(new SharedArrayBuffer(8)), 0, 0, 1]
  },
  Map: { groupBy: () => [list(), making()] },
  Object: {
    assign: () => [nested(), nested(), nested()],
    create: () => [nested(), { x: { value: nested() } }],
    defineProperty: [
      () => [nested(), "x", { value: nested() }],
      () => [nested(), "x", { get: callback(), set: callback() }]
    ],
    defineProperties: () => [nested(), { x: { value: nested() }, y: { get: callback() } }],
    "entries values keys getOwnPropertyNames getOwnPropertySymbols getOwnPropertyDescriptors": () => [nested()],
    getOwnPropertyDescriptor: () => [nested(), "a"],
    "freeze seal preventExtensions isFrozen isSealed isExtensible": () => [nested()],
    fromEntries: () => [keyed()],
    getPrototypeOf: () => [Object.create(nested())],
    setPrototypeOf: () => [nested(), nested()],
    groupBy: () => [list(), callback(() => convertible("a"))],
    hasOwn: () => [nested(), "a"],
    is: () => [nested(), nested()]
  },
  Reflect: {
    defineProperty: () => [nested(), "x", { value: nested(), configurable: true }],
    deleteProperty: () => [nested(), "a"],
    get: [() => [nested(), "a"], () => {
      const target = {}
      Object.defineProperty(target, "x", { get: callback(() => ({})) })
      return [target, "x", nested()]
    }],
    getOwnPropertyDescriptor: () => [nested(), "a"],
    getPrototypeOf: () => [Object.create(nested())],
    has: () => [nested(), "a"],
    "isExtensible ownKeys preventExtensions": () => [nested()],
    set: [() => [nested(), "x", nested()], () => [nested(), "x", nested(), nested()], () => {
      const target = {}
      Object.defineProperty(target, "x", { set: callback() })
      return [target, "x", nested(), nested()]
    }],
    setPrototypeOf: () => [nested(), nested()]
  },
  Proxy: { revocable: () => [nested(), { get: callback() }] },
  Promise: {
    resolve: [() => [nested()], () => [promiseOf(nested())]],
    reject: () => [nested()],
    "all allSettled any race": [
      () => [[promiseOf(nested()), nested()]],
      () => [[rejectionOf(nested())]],
      () => [[rejectionOf(nested()), nested()]]
    ]
  },
  JSON: {
    parse: [() => ["{\"a\":{\"b\":[{}]}}"], () => ["{\"a\":{\"b\":[{}]}}", making()],
      () => ["{\"a\":{\"b\":[{}]}}", callback((key: unknown, value: unknown) => key === "b" ? {} : value)]],
    stringify: [
      () => [nested(), null, 1],
      () => [nested(), ["a"], " "],
      () => [nested(), callback((_: unknown, value: unknown) => value)],
      () => [{ toJSON: callback(() => nested()) }],
      () => [nested(), callback((key: unknown, value: unknown) => key === "" ? { made: nested() } : value)]
    ]
  },
  ...each(`${errorNames} AggregateError`, errorCalls),
  String: {
    "fromCharCode fromCodePoint": () => [65, 66],
    raw: () => [{ raw: ["a", "b"] }, 1]
  },
  Number: { "isFinite isInteger isNaN isSafeInteger": () => [1], "parseFloat parseInt": () => ["1", 10] },
  BigInt: { "asIntN asUintN": () => [8, 1n] },
  Symbol: { for: () => ["a"], keyFor: () => [Symbol.for("a")] },
  Math: {
    [
      `abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor fround hypot imul log log10 log1p
      log2 max min pow round sign sin sinh sqrt tan tanh trunc f16round random`
    ]: () => [1, 2]
  },
  Date: { now: none, parse: () => ["2024-01-02 03:04"], UTC: () => [2024, 1] },
  Intl: {
    "Collator DateTimeFormat DurationFormat ListFormat NumberFormat PluralRules RelativeTimeFormat Segmenter": () => [
      ["en"],
      { localeMatcher: "lookup" }
    ],
    DisplayNames: () => [["en"], { type: "region" }],
    Locale: [() => ["en", { calendar: "gregory" }], () => [new Intl.Locale("en")]],
    getCanonicalLocales: () => [["en"]],
    supportedValuesOf: () => ["calendar"]
  },
  ...Object.fromEntries(
    "Collator DateTimeFormat DisplayNames DurationFormat ListFormat NumberFormat PluralRules RelativeTimeFormat Segmenter"
      .split(" ").map((name) => [`Intl.${name}`, { supportedLocalesOf: () => [["en"], { localeMatcher: "lookup" }] }])
  )
}
