/**
 * What strangers write into value texts: decoding costs what a text holds, never what it says.
 */
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as nodeAssert from "node:assert"
import * as ErrorDescription from "../../../core/runtime/ErrorDescription.ts"
import { fitsJson } from "../../../core/runtime/fitsJson.ts"
import * as ValueText from "../../../core/runtime/ValueText.ts"

const encode = (value: unknown): string => {
  const encoded = ValueText.encode(value)
  assert.isTrue(encoded.ok, encoded.ok ? "" : encoded.refusal.description)
  return encoded.ok ? encoded.text : ""
}

const round = (value: unknown): unknown => ValueText.decode(encode(value))

/** CPU time that `run` takes in this process, in milliseconds: what others do on this machine does not count. */
const cpuOf = (run: () => void): number => {
  const before = process.cpuUsage()
  run()
  const { system, user } = process.cpuUsage(before)
  return (system + user) / 1000
}

/** Holes are kept, and so is the length: not by reading each index. */
const sparse = (length: number, elements: Readonly<Record<number, unknown>> = {}): Array<unknown> => {
  const array: Array<unknown> = []
  array[4_294_967_294] = 0
  delete array[4_294_967_294]
  array.length = length
  return Object.assign(array, elements)
}

const shapeOf = (value: unknown): unknown =>
  Array.isArray(value) ? { length: value.length, elements: Object.entries(value).map(([k, v]) => [k, shapeOf(v)]) }
    : value

describe("arrays with holes", () => {
  it("come back as they were", () => {
    const arrays: ReadonlyArray<Array<unknown>> = [
      Array(1),
      Array(2),
      Array(3),
      Array(1000),
      // oxlint-disable-next-line no-sparse-arrays
      [, 1],
      // oxlint-disable-next-line no-sparse-arrays
      [1, ,],
      // oxlint-disable-next-line no-sparse-arrays
      [[,], [, ,], [, undefined]],
      sparse(40_000_000),
      sparse(4_294_967_295),
      sparse(4_294_967_295, { 0: "first", 4_294_967_294: "last" }),
      sparse(4_000_000_001, { 7: sparse(3_000_000_000) }),
      Object.assign(sparse(4_294_967_295, { 5: 1 }), { index: 1, "odd key": [sparse(2_000_000_000)] }),
      Object.assign(Array<unknown>(3), { "01": 1, "-1": 2, "4294967295": 3 })
    ]
    for (const array of arrays) assert.deepStrictEqual(shapeOf(round(array)), shapeOf(array))
    const inside = round({ map: new Map([[sparse(3e9), new Set([sparse(4e9)])]]), error: sparse(9) })
    assert.include(encode(inside), "-7,4000000000")
  })

  it("cost what they hold: written, read, looked at, thrown and described", () => {
    const far = sparse(4_294_967_295, { 4_000_000_000: { nested: sparse(4_294_967_295) } })
    const keyed = Object.assign(sparse(4_294_967_295), { key: 1 })
    const holding = new AggregateError([], "with a long list")
    Object.defineProperty(holding, "errors", { value: sparse(4_294_967_295, { 3: new Error("one") }) })
    const cost = cpuOf(() => {
      for (const value of [far, keyed, [keyed], new Map([["k", far]]), holding]) {
        ValueText.decode(encode(value))
        assert.isFalse(fitsJson(value))
        const described = ErrorDescription.describe(value)
        assert.isBelow(JSON.stringify(described).length, 100_000)
      }
    })
    assert.isBelow(cost, 1000)
  })
})

describe("texts that say more than they hold", () => {
  const many = (count: number, text: string): string => Array(count).fill(text).join(",")

  it("are refused, or cost what they hold", () => {
    const laughs = `[["Error",1],{"type":2,"name":2,"message":3},"Error",[4${many(999, "4").replace(/^/, ",")}],[5${`,${
      many(999, "5")
    }`}],[6${`,${many(999, "6")}`}],"ha"]`
    const texts: ReadonlyArray<string> = [
      "[[1],[-7,4294967295]]",
      `[[${many(2000, "1")}],[-7,4294967295]]`,
      `[${many(100_000, "[-7,4294967295]")}]`,
      "[[\"List\",1],{\"items\":2,\"properties\":3},[],{\"length\":4},4294967295]",
      "[[\"List\",1],{\"items\":2,\"properties\":3},[],{\"length\":4},30000000]",
      "[[\"List\",1],{\"items\":2,\"properties\":3},[],{\"29999999\":4},1]",
      "[[\"List\",1],{\"items\":2,\"properties\":3},[-7,4294967295],{\"a\":4},1]",
      "[[\"Error\",1],{\"type\":2,\"name\":2,\"message\":2,\"errors\":3},\"AggregateError\",[-7,4294967295]]",
      "[[\"Error\",1],{\"type\":2,\"name\":2,\"message\":3},\"Error\",[-7,4294967295]]",
      laughs,
      `[["BigInt","${"9".repeat(5_000_000)}"]]`,
      `[[${many(1000, "1")}],["BigInt","${"9".repeat(9999)}"]]`,
      `[[${Array.from({ length: 2000 }, (_, at) => at + 2).join(",")}],"0x${"f".repeat(500_000)}",${
        many(2000, "[\"Integer\",1]")
      }]`,
      `[["RegExp","(?:||){60}x"]]`,
      `[["RegExp","${"(".repeat(100_000)}"]]`,
      `[["Date",${"[".repeat(50_000)}${"]".repeat(50_000)}]]`,
      `${"[".repeat(500_000)}${"]".repeat(500_000)}`,
      `[${Array.from({ length: 100_000 }, (_, at) => `[${at + 1}]`).join(",")},1]`,
      "[[\"Uint8Array\",1,0,4294967295],[\"ArrayBuffer\",\"AAAA\"]]",
      "[[\"Uint8Array\",1],[\"Object\",2],4294967295]",
      "[[\"Float64Array\",1],4294967295]",
      `[[${Array.from({ length: 50_000 }, (_, at) => at + 4).join(",")}],{"type":2,"name":2,"message":3},"Error","m",${
        many(50_000, "[\"Error\",1]")
      }]`,
      `[["Map",${many(1_000_001, "1")}],1]`,
      `[["Set",${many(1_000_000, "-1")}]]`,
      `[["null",${many(500, "\"k\",1")}],1]`
    ]
    for (const text of texts) {
      const heap = process.memoryUsage().rss
      const cost = cpuOf(() => {
        try {
          // What can be read can be looked through as well
          const encoded = ValueText.encode(ValueText.decode(text))
          assert.isString(encoded.ok ? encoded.text : encoded.refusal.kind)
        } catch (error) {
          assert.instanceOf(error, Error)
        }
      })
      assert.isBelow(cost, 3000, text.slice(0, 60))
      assert.isBelow(process.memoryUsage().rss - heap, 500 * 1_048_576, text.slice(0, 60))
    }
  })

  it("are no value texts when anything in them is not as values are written", () => {
    const wrong = [
      "",
      "null",
      "\"a\"",
      "true",
      "0",
      "1",
      "-2",
      "-7",
      "1.5",
      "[]",
      "{}",
      "[[0.5]]",
      "[[1]]",
      "[[-8]]",
      "[[\"0\"]]",
      "[[null]]",
      "[[[1]],1]",
      "[{\"a\":5}]",
      "[{\"a\":-2}]",
      "[{\"a\":[1]},1]",
      "[{\"__proto__\":1},1]",
      "[[\"null\",\"__proto__\",1],1]",
      "[[\"null\",1,1],1]",
      "[[\"Map\",1],1]",
      "[[\"Set\",-2]]",
      "[[\"Date\",0]]",
      "[[\"Date\"]]",
      "[[\"BigInt\",1]]",
      "[[\"BigInt\",\"0x1\"]]",
      "[[\"BigInt\",\"\"]]",
      "[[\"Integer\",1],\"12\"]",
      "[[\"Object\",1],{}]",
      "[[\"Object\",-1]]",
      "[[\"URL\",{}]]",
      "[[\"RegExp\",1]]",
      "[[\"RegExp\",\"a\",\"g\",1]]",
      "[[\"ArrayBuffer\",1]]",
      "[[\"Uint8Array\",1,1],[\"ArrayBuffer\",\"AAAA\"]]",
      "[[\"Error\",1],[]]",
      "[[\"Error\",0]]",
      "[[\"Error\",1],{}]",
      "[[\"List\",1],{\"items\":2,\"properties\":3},[\"Date\",\"\"],{}]",
      "[[\"List\",1],{\"items\":2,\"properties\":2},[]]",
      "[[\"Symbol\",1],1]",
      "[[\"constructor\",1],1]",
      "[[-7]]",
      "[[-7,1.5]]",
      "[[-7,-1]]",
      "[[-7,4294967296]]",
      "[[-7,3,3,1],1]",
      "[[-7,3,0],1]"
    ]
    for (const text of wrong) assert.throws(() => ValueText.decode(text), Error, undefined, text)
  })
})

describe("values within values", () => {
  const levels = 50_000
  /** A list of values, of which each is made of the number of the next. */
  const chain = (link: (next: number) => ReadonlyArray<unknown>): string => {
    const values: Array<unknown> = []
    while (values.length < levels) values.push(...link(values.length))
    // The last link ends in one of these, wherever it is
    return JSON.stringify([...values, ...Array<string>(9).fill("text")])
  }
  const text = levels + 5
  const chains: Readonly<Record<string, string>> = {
    lists: chain((at) => [[at + 1]]),
    "lists with holes": chain((at) => [[-7, 9, 3, at + 1]]),
    objects: chain((at) => [{ a: at + 1 }]),
    "objects without a prototype": chain((at) => [["null", "a", at + 1]]),
    "values of maps": chain((at) => [["Map", -1, at + 1]]),
    "keys of maps": chain((at) => [["Map", at + 1, -1]]),
    sets: chain((at) => [["Set", at + 1]]),
    causes: chain((at) => [["Error", at + 1], { type: text, name: text, message: text, cause: at + 2 }]),
    "parts that errors do not have": chain((at) => [["Error", at + 1], {
      type: text,
      name: text,
      message: text,
      items: at + 2
    }]),
    "properties of lists": chain((at) => [["List", at + 1], { items: at + 2, properties: at + 3 }, [-1], {
      a: at + 4
    }])
  }

  it("beyond the limit are refused by that name", () => {
    for (const [name, text] of Object.entries(chains)) {
      assert.throws(
        () => ValueText.decode(text),
        "It is no value text: it is nested more than 1000 levels deep",
        undefined,
        name
      )
    }
  })

  it("are as deep as they are met, whatever is named first", () => {
    const count = 50_000
    const numbers = Array.from({ length: count }, (_, at) => at + 1)
    const lists = numbers.map((at) => at === count ? [] : [at + 1])
    assert.throws(() => ValueText.decode(JSON.stringify([numbers, ...lists])), "nested more than 1000 levels deep")
    const decoded = ValueText.decode(JSON.stringify([numbers.toReversed(), ...lists]))
    assert.strictEqual(Array.isArray(decoded) ? decoded.length : undefined, count)
  })

  it("within the limit come back, whatever holds them", () => {
    const holders: Readonly<Record<string, (value: unknown) => unknown>> = {
      list: (value) => [value],
      object: (value) => ({ value }),
      key: (value) => new Map([[value, 1]]),
      set: (value) => new Set([value]),
      holes: (value) => sparse(9_000_000, { 8_000_000: value }),
      cause: (cause) => new Error("outer", { cause }),
      property: (own) => Object.assign(new Error("outer"), { own }),
      many: (value) => new AggregateError([value]),
      element: (value) => Object.assign([value], { extra: 1 }),
      extra: (extra) => Object.assign([1], { extra })
    }
    for (const [name, hold] of Object.entries(holders)) {
      for (const inner of [1n, {}, new Uint8Array(2)]) {
        const encoded = (levels: number) => {
          let value: unknown = inner
          for (let level = 0; level < levels; level += 1) value = hold(value)
          return ValueText.encode(value)
        }
        // The deepest that can be written
        let [most, tooMany] = [0, 1100]
        while (tooMany - most > 1) {
          const middle = (most + tooMany) >> 1
          if (encoded(middle).ok) most = middle
          else tooMany = middle
        }
        assert.isAbove(most, 240, name)
        const deepest = encoded(most)
        assert.isTrue(deepest.ok && ValueText.encode(ValueText.decode(deepest.text)).ok, name)
        const beyond = encoded(tooMany)
        assert.deepStrictEqual(
          beyond.ok ? [] : [beyond.refusal.kind, beyond.refusal.description],
          ["nesting too deep", "more than 1000 levels"],
          name
        )
      }
    }
  })
})

describe("big integers", () => {
  it("come back whatever their size", () => {
    for (const exponent of [9_998n, 9_999n, 10_000n, 10_001n, 30_000n]) {
      for (const value of [10n ** exponent - 1n, 10n ** exponent, 10n ** exponent + 1n]) {
        assert.isTrue(round(value) === value)
        assert.isTrue(round(-value) === -value)
      }
    }
    assert.deepStrictEqual(round(Object(10n ** 9_000n)), Object(10n ** 9_000n))
    assert.isFalse(ValueText.encode(Object(10n ** 20_000n)).ok)
  })
})

/** A value text, and what its JSON is made of, so that a mutation hits what means something. */
const anything = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withSparseArray: true,
  withTypedArray: true
})
const made = fc.oneof(
  anything,
  fc.tuple(anything, fc.string()).map(([value, message]) =>
    Object.assign(new AggregateError([value], message, { cause: value }), { own: [value] })
  ),
  fc.array(anything).map((items) => Object.assign(items, { extra: 1 })),
  fc.string().map((text) => [new URL("https://example.org/"), new URLSearchParams({ text }), /a/gi])
)

type Json = null | boolean | number | string | Array<Json> | { [key: string]: Json }

/** Numbers that stand for something, and those that nearly do. */
const numbers = fc.oneof(
  fc.integer({ min: -9, max: 40 }),
  fc.constantFrom(4_294_967_295, 4_294_967_294, 4_294_967_296, 2 ** 31, 2 ** 53, 1e308, 0.5, -0.5)
)
const tags = fc.constantFrom(
  "Map",
  "Set",
  "Date",
  "RegExp",
  "BigInt",
  "Integer",
  "Object",
  "null",
  "Error",
  "List",
  "ArrayBuffer",
  "Uint8Array",
  "Float64Array",
  "DataView",
  "URL",
  "URLSearchParams",
  "Nothing",
  "__proto__"
)
const leaves = fc.oneof(
  numbers,
  tags,
  fc.constantFrom<Json>(null, [], {}, [-7, 4_294_967_295], [-7, 30_000_000, 29_999_999, 0])
)

/** Changes one place of `json`: the `place`th of all its parts. */
const mutate = (json: Json, place: number, leaf: Json, how: number): Json => {
  let left = place
  const go = (value: Json): Json => {
    if (left-- === 0) {
      if (how === 0 || typeof value !== "object" || value === null) return leaf
      if (!Array.isArray(value)) return { ...value, [typeof leaf === "string" ? leaf : "length"]: 1 }
      if (how === 1) return [...value, leaf]
      if (how === 2) return value.slice(1)
      return [...value, ...value]
    }
    if (Array.isArray(value)) return value.map(go)
    return typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).map(([key, part]) => [key, go(part)]))
      : value
  }
  return go(json)
}

describe("changed texts", () => {
  it("give a value that can be carried again, or are refused, in no time", () => {
    let slowest = 0
    fc.assert(
      fc.property(
        made,
        fc.array(fc.tuple(fc.nat(60), leaves, fc.nat(3)), { minLength: 1, maxLength: 4 }),
        (value, changes) => {
          const encoded = ValueText.encode(value)
          if (!encoded.ok) return
          const text = JSON.stringify(
            changes.reduce(
              (json, [place, leaf, how]) => mutate(json, place, leaf, how),
              JSON.parse(encoded.text) as Json
            )
          )
          slowest = Math.max(
            slowest,
            cpuOf(() => {
              let decoded: unknown
              try {
                decoded = ValueText.decode(text)
              } catch (error) {
                assert.instanceOf(error, Error)
                return
              }
              const again = ValueText.encode(decoded)
              if (!again.ok) return
              // What was read once means the same from then on
              const twice = ValueText.decode(again.text)
              assert.strictEqual(encode(twice), again.text)
              if (!again.text.includes("[\"Date\",\"\"]")) nodeAssert.deepStrictEqual(twice, decoded)
            })
          )
        }
      ),
      { numRuns: 3000 }
    )
    assert.isBelow(slowest, 1000)
  })
})
