/** Arrays, typed arrays, buffers. ECMA-262 2024, sections 23 and 25. */
import { type Behaviour, type Callback, fresh, from, holds, primitive, type Rules, type Table } from "./Behaviour.ts"

/** A derived array is made by the constructor that the receiver names. */
const species = [["this", "constructor"]] as const

const calls: ReadonlyArray<Callback> = [{ fn: "0", args: ["this[]", undefined, "this"], self: "1" }]

/** The function gets the initial value, the first element, or what it returned before. */
const accumulates: ReadonlyArray<Callback> = ["1", "this[]", "call0"].map((accumulator) => ({
  fn: "0",
  args: [accumulator, "this[]", undefined, "this"]
}))

const compares: ReadonlyArray<Callback> = [{ fn: "0", args: ["this[]", "this[]"] }]

const array: Rules = {
  at: from("this[]", { converts: ["0"] }),
  "pop shift": from("this[]", { mutates: ["this"] }),
  "push unshift": primitive({ stores: [["this", "0+"]], mutates: ["this"], reads: ["this"] }),
  splice: fresh({
    stores: [["result", "this[]"], ["this", "2+"]],
    mutates: ["this"],
    converts: ["0", "1"],
    invokes: species
  }),
  sort: from("this", { mutates: ["this"], calls: compares, converts: ["this[]", "call0"] }),
  toSorted: fresh({ stores: holds("this[]"), calls: compares, converts: ["this[]", "call0"] }),
  reverse: from("this", { mutates: ["this"], reads: ["this"] }),
  fill: from("this", { stores: [["this", "0"]], mutates: ["this"], reads: ["this"], converts: ["1", "2"] }),
  copyWithin: from("this", { mutates: ["this"], reads: ["this"], converts: ["0", "1", "2"] }),
  concat: fresh({ stores: holds("this[] this 0+ 0+[]"), invokes: species }),
  slice: fresh({ stores: holds("this[]"), converts: ["0", "1"], invokes: species }),
  toReversed: fresh({ stores: holds("this[]") }),
  toSpliced: fresh({ stores: holds("this[] 2+"), converts: ["0", "1"] }),
  with: fresh({ stores: holds("this[] 1"), converts: ["0"] }),
  // At every depth: what is put in comes out of what was put in.
  flat: fresh({ stores: holds("this[] result[][]"), reads: ["this[]", "result[]"], converts: ["0"], invokes: species }),
  filter: fresh({ stores: holds("this[]"), calls, invokes: species }),
  map: fresh({ stores: holds("call0"), calls, invokes: species }),
  flatMap: fresh({ stores: holds("call0 call0[]"), calls, invokes: species }),
  "forEach some every findIndex findLastIndex": primitive({ calls }),
  "find findLast": from("this[]", { calls }),
  "reduce reduceRight": from("call0 1 this[]", { calls: accumulates }),
  "includes indexOf lastIndexOf": primitive({ reads: ["this"], converts: ["1"] }),
  join: primitive({ converts: ["0", "this[]"] }),
  toString: primitive({ converts: ["this[]"], invokes: [["this", "join"]] }),
  toLocaleString: primitive({
    converts: ["this[]", "invoke0", "0[]", "1[]"],
    invokes: [["this[]", "toLocaleString"]],
    reads: ["deep:0", "deep:1"],
    readsState: ["locale", "timezone"]
  }),
  keys: fresh({ shows: [["result", "this"]], reads: ["this"] }),
  "values Symbol.iterator": fresh({ stores: holds("this[]"), shows: [["result", "this"]] }),
  entries: fresh({ stores: [["result[]", "this[]"]], shows: [["result", "this"]] })
}

/** Elements are numbers. The second argument of `compares` and `calls` is a number too, the receiver is not. */
const elements: ReadonlyArray<Callback> = [{ fn: "0", args: [undefined, undefined, "this"], self: "1" }]

const changed = (rest: Omit<Behaviour, "result"> = {}): Behaviour =>
  from("this", { mutates: ["this"], reads: ["this"], ...rest })

const typedArray: Rules = {
  at: primitive({ reads: ["this"], converts: ["0"] }),
  sort: changed({ calls: [{ fn: "0", args: [] }], converts: ["call0"] }),
  toSorted: fresh({ reads: ["this"], calls: [{ fn: "0", args: [] }], converts: ["call0"] }),
  reverse: changed(),
  "fill copyWithin": changed({ converts: ["0", "1", "2"] }),
  set: primitive({ mutates: ["this"], reads: ["this", "0"], converts: ["0[]", "1"] }),
  slice: fresh({ reads: ["this"], converts: ["0", "1"], invokes: species }),
  // A view of the same bytes.
  subarray: from("this", { reads: ["this"], converts: ["0", "1"], invokes: species }),
  toReversed: fresh({ reads: ["this"] }),
  with: fresh({ reads: ["this"], converts: ["0", "1"] }),
  filter: fresh({ reads: ["this"], calls: elements, invokes: species }),
  map: fresh({ reads: ["this"], calls: elements, converts: ["call0"], invokes: species }),
  "forEach some every findIndex findLastIndex find findLast": primitive({ reads: ["this"], calls: elements }),
  "reduce reduceRight": from("call0 1", {
    reads: ["this"],
    calls: ["1", "call0"].map((accumulator) => ({ fn: "0", args: [accumulator, undefined, undefined, "this"] }))
  }),
  "includes indexOf lastIndexOf": primitive({ reads: ["this"], converts: ["1"] }),
  join: primitive({ reads: ["this"], converts: ["0"] }),
  toString: primitive({ reads: ["this"], invokes: [["this", "join"]] }),
  toLocaleString: primitive({ reads: ["this", "deep:0", "deep:1"], readsState: ["locale"] }),
  "keys values Symbol.iterator": fresh({ shows: [["result", "this"]], reads: ["this"] }),
  entries: fresh({ stores: holds("result"), shows: [["result", "this"]], reads: ["this"] })
}

const atomicUpdate = primitive({ mutates: ["0"], reads: ["0"], converts: ["1", "2"] })

/** The methods of these types. */
export const methods: Table = {
  Array: array,
  TypedArray: typedArray,
  ArrayBuffer: {
    slice: fresh({ reads: ["this"], converts: ["0", "1"], invokes: species }),
    resize: primitive({ mutates: ["this"], reads: ["this"], converts: ["0"] }),
    "transfer transferToFixedLength": fresh({ mutates: ["this"], reads: ["this"], converts: ["0"] })
  },
  SharedArrayBuffer: {
    slice: fresh({ reads: ["this"], converts: ["0", "1"], invokes: species }),
    grow: primitive({ mutates: ["this"], reads: ["this"], converts: ["0"] })
  },
  DataView: {
    [
      "getInt8 getUint8 getInt16 getUint16 getInt32 getUint32 getFloat32 getFloat64 getBigInt64 getBigUint64 getFloat16"
    ]: primitive({ reads: ["this"], converts: ["0"] }),
    [
      "setInt8 setUint8 setInt16 setUint16 setInt32 setUint32 setFloat32 setFloat64 setBigInt64 setBigUint64 setFloat16"
    ]: primitive({ mutates: ["this"], reads: ["this"], converts: ["0", "1"] })
  }
}

/** The constructors that TypedArray stands for. */
export const typedArrays =
  "Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float32Array Float64Array"

const typedStatics: Rules = {
  from: fresh({
    iterates: ["0"],
    converts: ["0[]", "call0"],
    calls: [{ fn: "1", args: ["0[]"], self: "2" }]
  }),
  of: fresh({ converts: ["0+"] })
}

/** Functions, by namespace. */
export const functions: Table = {
  "": {
    Array: fresh({ stores: holds("0+") }),
    // A view, if it is given a buffer.
    [typedArrays]: from("fresh 0", { iterates: ["0"], converts: ["0[]", "1", "2"] }),
    DataView: from("0", { reads: ["0"], converts: ["1", "2"] }),
    "ArrayBuffer SharedArrayBuffer": fresh({ converts: ["0", "1[]"] })
  },
  Array: {
    from: fresh({
      stores: holds("0[] call0"),
      iterates: ["0"],
      calls: [{ fn: "1", args: ["0[]"], self: "2" }]
    }),
    of: fresh({ stores: holds("0+") }),
    isArray: primitive()
  },
  ArrayBuffer: { isView: primitive() },
  ...Object.fromEntries(typedArrays.split(" ").map((name) => [name, typedStatics])),
  Atomics: {
    "add and exchange or store sub xor": atomicUpdate,
    compareExchange: { ...atomicUpdate, converts: ["1", "2", "3"] },
    load: primitive({ reads: ["0"], converts: ["1"] }),
    isLockFree: primitive({ converts: ["0"] }),
    notify: primitive({ reads: ["0"], converts: ["1", "2"], changesState: ["threads"] }),
    wait: primitive({ reads: ["0"], converts: ["1", "2", "3"], readsState: ["threads", "time"] })
  }
}
