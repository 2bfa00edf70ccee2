/** The WHATWG globals of Node 18. */
import { custom, fresh, from, holds, primitive, type Rules, type Table } from "./Behaviour.ts"

const tree = holds("result")
const view = [["result", "this"]] as const
const read = primitive({ reads: ["this"] })
const change = primitive({ reads: ["this"], mutates: ["this"] })

/** Lists of names and values which are texts: what is given is converted. */
const texts: Rules = {
  "append set delete": primitive({ reads: ["this"], mutates: ["this"], converts: ["0+"] }),
  "get has": primitive({ reads: ["this"], converts: ["0+"] }),
  "keys values": fresh({ reads: ["this"], shows: view }),
  "entries Symbol.iterator": fresh({ reads: ["this"], stores: tree, shows: view }),
  forEach: primitive({ reads: ["this"], calls: [{ fn: "0", args: [undefined, undefined, "this"], self: "1" }] })
}

/** The methods of these types. */
export const methods: Table = {
  URL: { "toString toJSON": read },
  URLSearchParams: {
    ...texts,
    getAll: fresh({ reads: ["this"], converts: ["0"] }),
    sort: change,
    toString: read
  },
  Headers: { ...texts, getSetCookie: fresh({ reads: ["this"] }) },
  // Its values are texts or files.
  FormData: {
    // What is no file is shown in the error.
    "append set": primitive({
      stores: [["this", "1"], ["this", "fresh"]],
      invokes: [["1", custom]],
      mutates: ["this"],
      reads: ["1"],
      converts: ["0", "1", "2"]
    }),
    delete: primitive({ mutates: ["this"], reads: ["this"], converts: ["0"] }),
    get: from("this[]", { converts: ["0"] }),
    getAll: fresh({ stores: holds("this[]"), converts: ["0"] }),
    has: primitive({ reads: ["this"], converts: ["0"] }),
    keys: fresh({ reads: ["this"], shows: view }),
    values: fresh({ stores: holds("this[]"), shows: view }),
    "entries Symbol.iterator": fresh({ stores: [["result[]", "this[]"]], shows: view }),
    forEach: primitive({ calls: [{ fn: "0", args: ["this[]", undefined, "this"], self: "1" }] })
  },
  TextEncoder: {
    encode: fresh({ converts: ["0"] }),
    encodeInto: fresh({ reads: ["1"], mutates: ["1"] })
  },
  TextDecoder: { decode: primitive({ reads: ["this", "0", "1"], mutates: ["this"] }) },
  Blob: { slice: fresh({ reads: ["this"], converts: ["0+"] }) },
  AbortController: {
    // The signal runs its listeners.
    abort: primitive({
      stores: [["this", "0"], ["this[]", "0"]],
      mutates: ["this", "this[]"],
      calls: [{ fn: "this[][]", args: ["fresh"], self: "this[]" }]
    })
  },
  AbortSignal: { throwIfAborted: read },
  EventTarget: {
    addEventListener: primitive({
      stores: [["this", "1"]],
      mutates: ["this", "2[]"],
      reads: ["this", "2"],
      converts: ["0"],
      calls: [{ fn: "1", args: ["fresh"], self: "this", later: true }],
      invokes: [["1", "handleEvent"]]
    }),
    removeEventListener: primitive({ mutates: ["this"], reads: ["this", "2"], converts: ["0"] }),
    dispatchEvent: primitive({
      stores: [["0", "this"]],
      mutates: ["this", "0"],
      reads: ["0"],
      calls: [{ fn: "this[]", args: ["0"], self: "this" }],
      invokes: [["this[]", "handleEvent"]]
    })
  },
  Event: {
    "preventDefault stopPropagation stopImmediatePropagation": primitive({ mutates: ["this"] }),
    initEvent: primitive({ mutates: ["this"], converts: ["0+"] }),
    composedPath: fresh({ stores: holds("this[]") })
  }
}

/** What is called at some time after this turn. */
const soon = { changesState: ["timers"] } as const

/** Functions, by namespace. */
export const functions: Table = {
  "": {
    URL: fresh({ stores: tree, reads: ["0", "1"], converts: ["0", "1"] }),
    URLSearchParams: fresh({
      reads: ["0"],
      iterates: ["0", "0[]"],
      converts: ["0[]", "0[][]"]
    }),
    Headers: fresh({ reads: ["0"], iterates: ["0", "0[]"], converts: ["0[]", "0[][]"] }),
    FormData: fresh(),
    TextEncoder: fresh(),
    TextDecoder: fresh({ reads: ["1"], converts: ["0"] }),
    Blob: fresh({ iterates: ["0"], reads: ["0[]", "1"], converts: ["0[]", "1[]"] }),
    AbortController: fresh({ stores: tree }),
    EventTarget: fresh(),
    Event: fresh({ reads: ["1"], converts: ["0"], readsState: ["time"] }),
    CustomEvent: fresh({ stores: holds("1[]"), converts: ["0"], readsState: ["time"] }),
    DOMException: fresh({ stores: holds("1[]"), converts: ["0", "1[]"], readsState: ["stack"] }),
    // What is transferred is empty afterwards.
    structuredClone: fresh({ stores: tree, mutates: ["1[][]"], reads: ["deep:0", "1"], iterates: ["1[]"] }),
    queueMicrotask: primitive({ ...soon, calls: [{ fn: "0", args: [], later: true }] }),
    "atob btoa": primitive({ converts: ["0"] })
  },
  URL: {
    canParse: primitive({ converts: ["0", "1"] }),
    parse: fresh({ stores: tree, converts: ["0", "1"] })
  },
  AbortSignal: {
    abort: fresh({ stores: holds("0") }),
    timeout: fresh(soon),
    any: fresh({ iterates: ["0"], stores: holds("0[][]"), shows: [["result", "0[]"]] })
  },
  performance: {
    now: primitive({ readsState: ["time"] }),
    toJSON: fresh({ stores: tree, readsState: ["time"] })
  },
  crypto: {
    getRandomValues: from("0", { mutates: ["0"], reads: ["0"], readsState: ["random"] }),
    randomUUID: primitive({ reads: ["0"], readsState: ["random"] })
  }
}
