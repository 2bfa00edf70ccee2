/** Objects, functions, reflection, errors, JSON and promises. ECMA-262 2024, sections 19, 20, 25.5, 27.2 and 28. */
import { type Callback, fresh, from, holds, primitive, type Rules, type Table, words } from "./Behaviour.ts"

const object: Rules = {
  "hasOwnProperty propertyIsEnumerable": primitive({ reads: ["this"], converts: ["0"] }),
  isPrototypeOf: primitive({ reads: ["0", "0[]"] }),
  toString: primitive({ reads: ["this"] }),
  // A user's `toString` that returns an object is not told apart: `String` would throw.
  toLocaleString: primitive({ invokes: [["this", "toString"]] }),
  valueOf: from("this"),
  // What is stored is code that runs when the property is read or written.
  "__defineGetter__ __defineSetter__": primitive({ stores: [["this", "1"]], mutates: ["this"], converts: ["0"] }),
  "__lookupGetter__ __lookupSetter__": from("this[]", { converts: ["0"] })
}

const settled: ReadonlyArray<Callback> = ["0", "1"].map((fn) => ({ fn, args: ["this[]"], later: true }))

/** A promise contains what it is fulfilled or rejected with. To add a reaction marks a rejection as handled. */
const promise: Rules = {
  then: fresh({
    stores: holds("this[] call0 call0[] call1 call1[]"),
    mutates: ["this"],
    calls: settled,
    invokes: [["this", "constructor"], ["call0", "then"], ["call1", "then"]]
  }),
  catch: fresh({
    stores: holds("this[] call0 call0[] invoke0[]"),
    mutates: ["this"],
    calls: settled.slice(0, 1),
    invokes: [["this", "then"], ["this", "constructor"], ["call0", "then"]]
  }),
  finally: fresh({
    stores: holds("this[] call0 call0[] invoke0[]"),
    mutates: ["this"],
    calls: [{ fn: "0", args: [], later: true }],
    invokes: [["this", "then"], ["this", "constructor"], ["call0", "then"]]
  })
}

/** The methods of these types. `call`, `apply` and `bind` run their receiver: no table says what that does. */
export const methods: Table = {
  Object: object,
  // The text is a function of the code alone, but own properties may be in the way.
  Function: { toString: primitive(), "Symbol.hasInstance": primitive({ reads: ["this", "0"] }) },
  Error: { toString: primitive({ converts: ["this[]"] }) },
  Promise: promise
}

const changesFirst = { mutates: ["0"], reads: ["0"] } as const

/** What `Object.create` and `Object.defineProperties` find: values, and getters and setters that run later. */
const descriptors = "1[][]"

const objectFunctions: Rules = {
  // A primitive target gets an object around it.
  assign: from("fresh 0", { stores: [["0", "1+[]"], ["result", "1+[]"]], mutates: ["0"] }),
  // It inherits: what the prototype contains is found through it.
  create: fresh({ stores: holds(`0 0[] ${descriptors}`), shows: [["result", "0"]] }),
  // A getter or setter in the descriptor becomes code that runs when the property is read or written.
  defineProperty: from("0", { stores: [["0", "2[]"]], mutates: ["0"], reads: ["0"], converts: ["1"] }),
  defineProperties: from("0", { stores: [["0", descriptors]], mutates: ["0"], reads: ["0"] }),
  entries: fresh({ stores: [["result[]", "0[]"]] }),
  values: fresh({ stores: holds("0[]") }),
  "keys getOwnPropertyNames getOwnPropertySymbols": fresh({ reads: ["0"] }),
  getOwnPropertyDescriptor: fresh({ stores: holds("0[]"), converts: ["1"] }),
  getOwnPropertyDescriptors: fresh({ stores: [["result[]", "0[]"]] }),
  // Frozen state is seen by every write.
  "freeze seal preventExtensions": from("0", changesFirst),
  "isFrozen isSealed isExtensible": primitive({ reads: ["0"] }),
  fromEntries: fresh({ keyed: true, iterates: ["0"], stores: holds("0[][]"), converts: ["0[][]"] }),
  getPrototypeOf: from("0[]"),
  setPrototypeOf: from("0", { ...changesFirst, stores: [["0", "1"]] }),
  groupBy: fresh({
    keyed: true,
    iterates: ["0"],
    stores: [["result[]", "0[]"]],
    calls: [{ fn: "1", args: ["0[]"] }],
    converts: ["call0"]
  }),
  hasOwn: primitive({ reads: ["0"], converts: ["1"] }),
  is: primitive()
}

/** `apply` and `construct` run their first argument: no table says what that does. */
const reflection: Rules = {
  defineProperty: primitive({ ...changesFirst, stores: [["0", "2[]"]], converts: ["1"] }),
  deleteProperty: primitive({ ...changesFirst, converts: ["1"] }),
  // With the third argument for `this` of a getter, and the fourth for that of a setter.
  get: from("0[] call0", {
    calls: [{ fn: "0[]", args: [], self: "2" }, { fn: "0[]", args: [], self: "0" }],
    converts: ["1"]
  }),
  getOwnPropertyDescriptor: fresh({ stores: holds("0[]"), converts: ["1"] }),
  getPrototypeOf: from("0[]"),
  has: primitive({ reads: ["0"], converts: ["1"] }),
  isExtensible: primitive({ reads: ["0"] }),
  ownKeys: fresh({ reads: ["0"] }),
  preventExtensions: primitive(changesFirst),
  set: primitive({
    stores: [["0", "2"], ["3", "2"]],
    mutates: ["0", "3"],
    reads: ["0", "3"],
    converts: ["1"],
    calls: [{ fn: "0[]", args: ["2"], self: "3" }, { fn: "0[]", args: ["2"], self: "0" }]
  }),
  setPrototypeOf: primitive({ ...changesFirst, stores: [["0", "1"]] })
}

/** The traps: each gets the target first, then keys, values, the receiver, the arguments of a call. */
const traps: ReadonlyArray<Callback> = [
  { fn: "1[]", args: ["0", "0[]", "0[]", "0"], self: "1", later: true },
  { fn: "1[]", args: ["0", "0", "0", "0"], self: "1", later: true }
]

const iterated = { iterates: ["0"], invokes: [["0[]", "then"], ["0[]", "constructor"]] } as const

const promiseFunctions: Rules = {
  // A promise is given back as it is.
  resolve: from("fresh 0", { stores: holds("0 0[]"), invokes: [["0", "then"], ["0", "constructor"]] }),
  reject: fresh({ stores: holds("0") }),
  all: fresh({ ...iterated, stores: [["result[]", "0[]"], ["result[]", "0[][]"], ["result", "0[][]"]] }),
  allSettled: fresh({ ...iterated, stores: [["result[][]", "0[]"], ["result[][]", "0[][]"]] }),
  any: fresh({ ...iterated, stores: [["result", "0[]"], ["result", "0[][]"], ["result[][]", "0[][]"]] }),
  race: fresh({ ...iterated, stores: holds("0[] 0[][]") })
}

/** The errors with a message and options. */
const plainErrors = "Error EvalError RangeError ReferenceError SyntaxError TypeError URIError"

/** All errors. */
export const errors = `${plainErrors} AggregateError`

/** Where stacks are cut and how they are printed: `Error.stackTraceLimit`, `Error.prepareStackTrace`. */
const stack = ["stack"]

/** Functions, by namespace. */
export const functions: Table = {
  "": {
    "isFinite isNaN parseFloat decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape": primitive({
      converts: ["0"]
    }),
    parseInt: primitive({ converts: ["0", "1"] }),
    Object: from("fresh 0"),
    [plainErrors]: fresh({ stores: holds("1[]"), converts: ["0"], readsState: stack }),
    AggregateError: fresh({
      stores: [["result", "2[]"], ["result[]", "0[]"]],
      iterates: ["0"],
      converts: ["1"],
      readsState: stack
    }),
    // What the executor's functions are given gets into the result: they are not places of this call.
    Promise: fresh({ calls: [{ fn: "0", args: ["fresh", "fresh"] }] }),
    // Whoever looks at the result runs a trap and gets what that returned.
    Proxy: from("fresh 0", { stores: [["0", "call0"]], calls: traps })
  },
  Object: objectFunctions,
  Reflect: reflection,
  Proxy: {
    revocable: fresh({ keyed: true, stores: [["result", "0"], ["result", "fresh"], ["0", "call0"]], calls: traps })
  },
  Promise: promiseFunctions,
  JSON: {
    parse: from("fresh call0", {
      stores: holds("result call0"),
      converts: ["0"],
      calls: [{ fn: "1", args: [undefined, "result", "fresh"], self: "result" }]
    }),
    stringify: primitive({
      reads: ["deep:0", "1", "deep:invoke0", "deep:call0", "2"],
      invokes: [["deep:0", "toJSON"], ["deep:call0", "toJSON"]],
      calls: ["deep:0", "deep:invoke0", "deep:call0"].flatMap((value) =>
        [value, "fresh"].map((self) => ({ fn: "1", args: [undefined, value], self }))
      )
    })
  },
  ...Object.fromEntries(
    words(errors).map((name) => [name, {
      captureStackTrace: primitive({ ...changesFirst, readsState: stack })
    }])
  )
}
