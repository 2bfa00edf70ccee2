/** Keyed collections, weak references, iterators and generators. ECMA-262 2024, sections 24, 26 and 27. */
import { type Callback, fresh, from, holds, primitive, type Rules, type Table } from "./Behaviour.ts"

const visits: ReadonlyArray<Callback> = [{ fn: "0", args: ["this[]", "this[]", "this"], self: "1" }]
const view = [["result", "this"]] as const
const remove = primitive({ mutates: ["this"], reads: ["this"] })
const has = primitive({ reads: ["this"] })
const values = fresh({ stores: holds("this[]"), shows: view })
const pairs = fresh({ stores: [["result[]", "this[]"]], shows: view })
const add = from("this", { stores: [["this", "0"]], mutates: ["this"] })
const set = from("this", { stores: [["this", "0"], ["this", "1"]], mutates: ["this"] })

/** The argument of a set operation is asked for `size`, `has` and `keys`. */
const setLike = {
  reads: ["this", "0"],
  converts: ["0[]"],
  iterates: ["invoke1"],
  invokes: [["0", "has"], ["0", "keys"]]
} as const

const generator: Rules = {
  // What is sent in comes out of a `yield`, what is yielded is in the generator.
  next: fresh({ stores: [["result", "this[]"], ["this", "0"]], mutates: ["this"] }),
  "return throw": fresh({ stores: [["result", "this[]"], ["result", "0"], ["this", "0"]], mutates: ["this"] })
}

/** A new promise of what the generator gives. */
const asyncGenerator: Rules = {
  next: fresh({ stores: [["result[]", "this[]"], ["this", "0"]], mutates: ["this"] }),
  throw: fresh({ stores: [["result[]", "this[]"], ["result", "0"], ["this", "0"]], mutates: ["this"] }),
  return: fresh({
    stores: [["result[]", "this[]"], ["result[]", "0"], ["result[]", "0[]"], ["result", "0"], ["this", "0"]],
    mutates: ["this"],
    invokes: [["0", "then"], ["0", "constructor"]]
  }),
  "Symbol.asyncIterator": from("this")
}

const asks = [["this", "next"], ["this", "return"]] as const

/** An iterator that asks the receiver when it is asked. */
const lazy = { shows: view, mutates: ["this"], invokes: asks } as const

const element: Callback = { fn: "0", args: ["this[]"] }

const iterator: Rules = {
  "Symbol.iterator": from("this"),
  "drop take": fresh({ ...lazy, stores: holds("this[]"), converts: ["0"] }),
  filter: fresh({ ...lazy, stores: holds("this[]"), calls: [{ ...element, later: true }] }),
  map: fresh({ ...lazy, stores: holds("call0"), calls: [{ ...element, later: true }] }),
  flatMap: fresh({ ...lazy, stores: holds("call0[]"), iterates: ["call0"], calls: [{ ...element, later: true }] }),
  "forEach some every": primitive({ mutates: ["this"], invokes: asks, calls: [element] }),
  find: from("this[]", { mutates: ["this"], invokes: asks, calls: [element] }),
  reduce: from("call0 1 this[]", {
    mutates: ["this"],
    invokes: asks,
    calls: ["1", "this[]", "call0"].map((accumulator) => ({ fn: "0", args: [accumulator, "this[]"] }))
  }),
  toArray: fresh({ stores: holds("this[]"), mutates: ["this"], invokes: asks })
}

/** The methods of these types. */
export const methods: Table = {
  Map: {
    get: from("this[]"),
    has,
    set,
    delete: remove,
    clear: remove,
    forEach: primitive({ calls: visits }),
    "keys values": values,
    "entries Symbol.iterator": pairs
  },
  Set: {
    has,
    add,
    delete: remove,
    clear: remove,
    forEach: primitive({ calls: visits }),
    "keys values Symbol.iterator": values,
    entries: pairs,
    "union symmetricDifference intersection": fresh({ ...setLike, stores: holds("this[] 0[] invoke1[]") }),
    difference: fresh({ ...setLike, stores: holds("this[]") }),
    "isSubsetOf isSupersetOf isDisjointFrom": primitive(setLike)
  },
  WeakMap: { get: from("this[]"), has, set, delete: remove },
  WeakSet: { has, add, delete: remove },
  WeakRef: { deref: from("this[]", { readsState: ["garbage"] }) },
  FinalizationRegistry: {
    register: primitive({
      stores: [["this", "1"]],
      mutates: ["this"],
      calls: [{ fn: "this[]", args: ["1"], later: true }]
    }),
    unregister: remove
  },
  Iterator: iterator,
  Generator: generator,
  AsyncGenerator: asyncGenerator,
  // Of arrays, maps, sets, strings and regular expressions.
  LibraryIterator: {
    next: fresh({ stores: holds("this[] result"), mutates: ["this"], changesState: ["regexp"] })
  }
}

const ofPairs = {
  iterates: ["0"],
  stores: holds("0[][]")
} as const

/** Functions, by namespace. */
export const functions: Table = {
  "": {
    Map: fresh({ ...ofPairs, pairs: true, invokes: [["result", "set"]] }),
    WeakMap: fresh({ ...ofPairs, invokes: [["result", "set"]] }),
    "Set WeakSet": fresh({ iterates: ["0"], stores: holds("0[]"), invokes: [["result", "add"]] }),
    WeakRef: fresh({ stores: holds("0") }),
    FinalizationRegistry: fresh({ stores: holds("0") })
  },
  Map: {
    groupBy: fresh({
      pairs: true,
      iterates: ["0"],
      stores: [["result", "call0"], ["result[]", "0[]"]],
      calls: [{ fn: "1", args: ["0[]"] }]
    })
  }
}
