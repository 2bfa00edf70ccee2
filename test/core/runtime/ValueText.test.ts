import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as nodeAssert from "node:assert"
import { types } from "node:util"
import * as vm from "node:vm"
import * as ValueText from "../../../core/runtime/ValueText.ts"

const encode = (value: unknown, options?: ValueText.EncodeOptions): string => {
  const encoded = ValueText.encode(value, options)
  assert.isTrue(encoded.ok, encoded.ok ? "" : `${encoded.refusal.path}: ${encoded.refusal.description}`)
  return encoded.ok ? encoded.text : ""
}

const round = <A>(value: A, options?: ValueText.EncodeOptions): A =>
  // The very point: the same value comes back.
  ValueText.decode(encode(value, options)) as A

const refusal = (value: unknown): string => {
  const encoded = ValueText.encode(value, { isProxy: types.isProxy })
  return encoded.ok ? `carried ${encoded.text}` : `${encoded.refusal.path} ${encoded.refusal.kind}`
}

describe("ValueText", () => {
  it("carries what structured clone carries", () => {
    const values: ReadonlyArray<unknown> = [
      undefined,
      null,
      "\ud800 \u2028 </script> ☃",
      10n ** 30n,
      new Date(0),
      new Date(Number.NaN),
      /a\/b/giu,
      new Map<unknown, unknown>([[Number.NaN, 1], [{ key: 1 }, new Map([["a", new Set([1, "b"])]])]]),
      new Set([null, undefined, 0]),
      new Uint8Array([1, 2, 255]),
      new Float64Array([Number.NaN, -0, 1e300]),
      new BigInt64Array([1n, -1n]),
      new DataView(new ArrayBuffer(8), 2, 4),
      new ArrayBuffer(3),
      new Uint16Array(new Uint8Array([0, 1, 2, 3, 4, 5]).buffer, 2, 1),
      Object(5),
      Object("boxed"),
      Object(false),
      Object(1n),
      Object.assign(Object.create(null), { a: 1 }),
      { "odd key": 1, 7: 2, constructor: 3, nested: [[[]]] },
      new URL("https://example.org/a?b=c"),
      [1, [2, [3]]],
      ["a", "a", { s: "a" }]
    ]
    for (const value of values) assert.deepStrictEqual(round(value), value)
  })

  it("keeps -0, NaN, holes and extra properties of arrays", () => {
    assert.isTrue(Object.is(round(-0), -0))
    assert.isTrue(Object.is(round([Number.NaN])[0], Number.NaN))
    // oxlint-disable-next-line no-sparse-arrays
    const sparse = round([1, , 3])
    assert.deepStrictEqual([sparse.length, 1 in sparse, 2 in sparse], [3, false, true])
    const wide = round(Object.assign([], { 1_000_000: "far" }))
    assert.deepStrictEqual([wide.length, Object.keys(wide)], [1_000_001, ["1000000"]])
    const match = round(/(?<letter>b)/.exec("abc"))
    assert.deepStrictEqual([match?.[0], match?.index, match?.input, match?.groups?.["letter"]], ["b", 1, "abc", "b"])
    assert.isNull(Object.getPrototypeOf(round(Object.create(null))))
  })

  it("keeps cycles and what is shared", () => {
    const self: { self?: unknown; list: Array<unknown> } = { list: [] }
    self.self = self
    self.list.push(self.list)
    const back = round(self)
    assert.strictEqual(back.self, back)
    assert.strictEqual(back.list[0], back.list)
    const buffer = new ArrayBuffer(8)
    const views = round([new Uint8Array(buffer, 0, 4), new Uint8Array(buffer, 4)])
    assert.strictEqual(views[0]?.buffer, views[1]?.buffer)
    const error: Error & { context?: unknown } = new Error("in a circle")
    const context = { error }
    error.context = context
    const revived = round(context)
    assert.strictEqual((revived.error as typeof error).context, revived)
  })

  it("carries errors with class, cause, aggregated errors and own properties", () => {
    const cause = new RangeError("inner", { cause: "root" })
    const error = Object.assign(new TypeError("outer", { cause }), { code: "E_ODD", at: new Date(0) })
    const back = round(error)
    assert.instanceOf(back, TypeError)
    assert.deepStrictEqual([back.message, back.code, back.at.getTime()], ["outer", "E_ODD", 0])
    assert.instanceOf(back.cause, RangeError)
    assert.strictEqual((back.cause as Error).cause, "root")
    class QueryError extends Error {
      override name = "QueryError"
    }
    const custom = round(new QueryError("no table"))
    assert.deepStrictEqual([custom.name, custom.message, String(custom)], [
      "QueryError",
      "no table",
      "QueryError: no table"
    ])
    assert.isTrue(types.isNativeError(custom))
    const many = round(new AggregateError([new Error("1"), 2], "many"))
    assert.deepStrictEqual([many.errors.length, many.errors[1]], [2, 2])
    const abort = round(new DOMException("stop", "AbortError"))
    assert.deepStrictEqual([abort.name, abort.message], ["AbortError", "stop"])
  })

  it("leaves stacks out unless told, so that the same value has one text", () => {
    const make = (): Error => new Error("same")
    const elsewhere = new Error("same")
    assert.strictEqual(encode(make()), encode(elsewhere))
    assert.strictEqual(round(make()).stack, "Error: same")
    assert.strictEqual(round(elsewhere, { errorStacks: true }).stack, elsewhere.stack)
  })

  it("carries the visible bytes of a Buffer, and nothing of its pool", () => {
    const pooled = Buffer.from("visible")
    assert.isAbove(pooled.buffer.byteLength, pooled.length)
    const back: unknown = ValueText.decode(encode(pooled))
    assert.instanceOf(back, Uint8Array)
    assert.deepStrictEqual(back, new Uint8Array(Buffer.from("visible")))
    assert.isBelow(encode(pooled).length, 100)
  })

  it("carries values of another realm", () => {
    const foreign: unknown = vm.runInNewContext("({ map: new Map([[1, [2]]]), date: new Date(5), plain: { a: 1 } })")
    assert.deepStrictEqual(JSON.parse(JSON.stringify(round(foreign))), {
      map: {},
      date: "1970-01-01T00:00:00.005Z",
      plain: { a: 1 }
    })
    assert.strictEqual(refusal(vm.runInNewContext("new (class Foreign {})")), "$ class instance")
  })

  it("refuses the rest, and says where it is", () => {
    class Point {
      x = 1
    }
    class Points extends Map {}
    const looped: { cause?: unknown } & Error = new Error("self")
    looped.cause = looped
    const forged = { [Symbol.toStringTag]: "Map" }
    class Forged {
      get [Symbol.toStringTag](): string {
        return "Map"
      }
    }
    let deep: unknown = 1
    for (let level = 0; level < 5000; level += 1) deep = { deep }
    const detached = new ArrayBuffer(8)
    structuredClone(detached, { transfer: [detached] })
    const cases: ReadonlyArray<readonly [unknown, string]> = [
      [{ a: { b: [1, 2, () => 3] } }, "$.a.b[2] function"],
      [[Symbol("s")], "$[0] symbol"],
      [{ "odd key": class {} }, "$[\"odd key\"] function"],
      [new Map([["k", new Point()]]), "$.get(\"k\") class instance"],
      [new Map([[new Point(), 1]]), "$.keys()[0] class instance"],
      [new Set([1, new Point()]), "$.values()[1] class instance"],
      [{ p: new Points() }, "$.p class instance"],
      [{ a: [Promise.resolve(1)] }, "$.a[0] promise"],
      [{ w: new WeakMap() }, "$.w weak reference"],
      [{ w: new WeakRef({}) }, "$.w weak reference"],
      [{ a: { p: new Proxy({}, {}) } }, "$.a.p proxy"],
      [new Proxy([], {}), "$ proxy"],
      [{ [Symbol("k")]: 1 }, "$ symbol key"],
      [forged, "$ class instance"],
      [new Forged(), "$ class instance"],
      [new SharedArrayBuffer(1), "$ shared memory"],
      [{ view: new Uint8Array(new SharedArrayBuffer(1)) }, "$.view shared memory"],
      [[detached], "$[0] detached buffer"],
      [(function*() {})(), "$ generator"],
      [Object.assign(new Error("e"), { socket: { on: () => 1 } }), "$.socket.on function"],
      [new Error("e", { cause: { f: () => 1 } }), "$.cause.f function"],
      [looped, "$.cause cycle through an error or an array with properties"],
      [
        {
          get boom() {
            throw new Error("no")
          }
        },
        "$ throwing getter"
      ],
      [JSON.parse("{\"a\":{\"__proto__\":1}}"), "$.a __proto__ key"],
      [new Intl.NumberFormat("en"), "$ class instance"]
    ]
    for (const [value, expected] of cases) assert.strictEqual(refusal(value), expected)
    assert.match(refusal(deep), /^\$(\.deep){1001} nesting too deep$/)
  })

  it("gives the value back, and one text, for any value", () => {
    const property = fc.property(
      fc.anything({
        withBigInt: true,
        withBoxedValues: true,
        withDate: true,
        withMap: true,
        withSet: true,
        withNullPrototype: true,
        withSparseArray: true,
        withTypedArray: true
      }),
      (value) => {
        const encoded = ValueText.encode(value)
        if (!encoded.ok) return encoded.refusal.kind === "__proto__ key"
        const back = ValueText.decode(encoded.text)
        // Chai's own comparison cannot sort such maps; to Node's, no two invalid dates are equal.
        if (!encoded.text.includes("[\"Date\",\"\"]")) nodeAssert.deepStrictEqual(back, value)
        assert.strictEqual(encode(back), encoded.text)
        return true
      }
    )
    fc.assert(property)
    fc.assert(property, { seed: 69580559, path: "24:2:0:4:57:56", endOnFailure: true }) // an invalid date
  })
})
