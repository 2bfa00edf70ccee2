import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as fc from "fast-check"
import * as BoundedJson from "../../../core/archive/BoundedJson.ts"
import * as ForeignJson from "../../../core/archive/ForeignJson.ts"

const limits: BoundedJson.Limits = { bytes: 10_000, depth: 5, elements: 50, stringBytes: 20 }
const encoder = new TextEncoder()

/** Counted by walking over the value, in another way than by its text. */
const measure = (value: unknown): { readonly depth: number; readonly elements: number; readonly longest: number } => {
  if (typeof value === "string") {
    return { depth: 0, elements: 1, longest: encoder.encode(JSON.stringify(value)).length - 1 }
  }
  if (typeof value !== "object" || value === null) return { depth: 0, elements: 1, longest: 0 }
  const keys = Array.isArray(value) ? [] : Object.keys(value)
  const parts = [...Object.values(value).map(measure), ...keys.map((key) => ({ ...measure(key), elements: 0 }))]
  return {
    depth: 1 + Math.max(0, ...parts.map(({ depth }) => depth)),
    elements: 1 + parts.reduce((sum, { elements }) => sum + elements, 0),
    longest: Math.max(0, ...parts.map(({ longest }) => longest))
  }
}

describe("BoundedJson", () => {
  it("takes what is within the limits, and nothing that is beyond them", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(undefined, 2), (value, indent) => {
        const { depth, elements, longest } = measure(value)
        const flaw = BoundedJson.excess(JSON.stringify(value, undefined, indent), limits)
        if (depth > limits.depth || longest > limits.stringBytes) assert.isString(flaw)
        // An empty container counts as one that holds something
        if (elements > limits.elements) assert.isString(flaw)
        if (depth <= limits.depth && 2 * elements <= limits.elements && longest <= limits.stringBytes) {
          assert.isUndefined(flaw)
        }
      }),
      { numRuns: 500 }
    )
  })

  it("counts the same however a text comes in pieces", () => {
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 8 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        (text, sizes) => {
          const bytes = encoder.encode(text)
          const count = BoundedJson.counter(limits)
          let flaw: string | undefined
          for (let at = 0, index = 0; at < bytes.length && flaw === undefined; index += 1) {
            const size = sizes[index % sizes.length] ?? 1
            flaw = count(bytes.subarray(at, at + size))
            at += size
          }
          assert.strictEqual(flaw === undefined, BoundedJson.excess(text, limits) === undefined)
        }
      )
    )
  })

  it("refuses a key that turns into something else when it is copied", () => {
    for (const text of ["{\"__proto__\":1}", "[{\"a\":{\"__proto__\":{}}}]", "{\"__\\u0070roto__\":1}"]) {
      assert.throws(() => BoundedJson.parse(text, limits), BoundedJson.BoundedJsonError)
    }
    assert.deepStrictEqual(BoundedJson.parse("[\"__proto__\"]", limits), ["__proto__"])
  })

  it("does not run out of stack, whatever the depth", () => {
    for (const text of ["[".repeat(1_000_000), "{\"a\":".repeat(300_000)]) {
      assert.throws(() => BoundedJson.parse(text, { ...limits, bytes: 1e9 }), BoundedJson.BoundedJsonError)
    }
  })
})

describe("ForeignJson", () => {
  const decode = ForeignJson.decoder(
    Schema.Struct({ name: Schema.String, kind: Schema.Literal("a", "b"), list: Schema.Array(Schema.Number) }),
    { bytes: 1e9, depth: 10, elements: 1e6, stringBytes: 1e9 }
  )
  const flawOf = (text: string) => Effect.runSync(Effect.flip(decode(text)))

  it("says what is wrong in few words", () => {
    const long = "x".repeat(1_000_000)
    for (
      const text of [
        JSON.stringify({ name: 1, kind: long, list: [] }),
        JSON.stringify({ name: "a", kind: "a", list: Array(1000).fill(long.slice(0, 1000)) }),
        JSON.stringify({ name: "a", kind: `\u202e${long}`, list: [] }),
        JSON.stringify([long]),
        `{"name": ${long}`,
        long
      ]
    ) {
      const { why } = flawOf(text)
      assert.isBelow(why.length, 1000)
      assert.notMatch(why, /x{201}/)
      assert.notInclude(why, "\u202e")
    }
    assert.strictEqual(flawOf("{}").reason, "Unexpected")
    assert.strictEqual(flawOf("{").reason, "NotJson")
    assert.strictEqual(flawOf("[".repeat(50)).reason, "TooLarge")
  })
})
