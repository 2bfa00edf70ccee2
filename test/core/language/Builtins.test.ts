/**
 * The table of the library against the library: every entry is called, and does nothing that the entry does not say.
 */
import { assert, describe, it } from "@effect/vitest"
import { globalCall, globals, globalValue, isPrimitiveMember, methodCalls, methods, nodeCall, nodeModules,
  primitiveFields, returnsPrimitive, staticCalls } from "../../../core/language/Builtins.ts"
import { check } from "./builtins/Check.ts"
import { parts, type Seen } from "./builtins/Coverage.ts"
import { entries } from "./builtins/Entries.ts"
import { isObject } from "./builtins/Places.ts"
import { globalFunctions, methodNames, moduleFunctions } from "./builtins/RealNames.ts"
import { isUnknownOnPurpose, unknownNames } from "./builtins/Unknown.ts"
import { isUnseen } from "./builtins/Unseen.ts"

const major = Number(process.versions.node.split(".")[0])

/** Names that not every Node has: from the first version on, up to the last. */
const versions: ReadonlyArray<readonly [entries: RegExp, from: number, to: number]> = [
  [/^(Map|Object)\.groupBy$|^ArrayBuffer#transfer/, 21, Infinity],
  [/^Set#(union|symmetricDifference|intersection|difference|isSubsetOf|isSupersetOf|isDisjointFrom)$/, 22, Infinity],
  [/^Iterator#(?!Symbol\.iterator$)/, 22, Infinity],
  [/^assert.*:partialDeepStrictEqual$/, 22, Infinity],
  [/^Intl#get|^Intl\.DurationFormat/, 23, Infinity],
  [/^DataView#[gs]etFloat16$|^Math\.f16round$/, 24, Infinity],
  [/^util:is(?!Array$|DeepStrictEqual$)[A-Z]/, 0, 22]
]

const isHere = (name: string): boolean =>
  versions.every(([pattern, from, to]) => !pattern.test(name) || (from <= major && major <= to))

describe("the table of the library", () => {
  for (const entry of entries()) {
    it(`is right about ${entry.name}`, { timeout: 60_000 }, async () => {
      assert.isNotEmpty(entry.samples, `no sample for ${entry.name}`)
      const exists = entry.samples.some((make) => entry.calls(make()).length > 0)
      assert.strictEqual(exists, isHere(entry.name), "whether this Node has it")
      if (!exists) return
      const seen: Seen = new Set()
      assert.deepStrictEqual(await check(entry, seen), [])
      // What is said and never seen would not be missed.
      assert.deepStrictEqual(
        parts(entry.behaviour).filter((part) => !seen.has(part) && !isUnseen(entry.name, part)),
        []
      )
    })
  }

  const isKnown = (name: string): boolean => {
    const [path = "", member] = name.split(/[#:]/)
    if (name.includes("#")) return methods().get(path)?.has(member ?? "") === true
    const [specifier = "", ...inner] = path.split(".")
    return (name.includes(":") ? nodeCall(specifier, [...inner, member].join(".")) : globalCall(name)) !== undefined
  }

  it("has every function of this Node, but for those that are unknown on purpose", () =>
    assert.deepStrictEqual(
      [...globalFunctions(), ...methodNames(), ...moduleFunctions()].filter((name) =>
        !isKnown(name) && !isUnknownOnPurpose(name)
      ),
      []
    ))

  it("has none of those that are unknown on purpose", () => assert.deepStrictEqual(unknownNames.filter(isKnown), []))

  it("says which methods never return an object", () => {
    assert.isTrue(returnsPrimitive("replace"))
    assert.isTrue(returnsPrimitive("toISOString"))
    // Of maps it is what they contain.
    assert.isFalse(returnsPrimitive("get"))
    assert.isFalse(returnsPrimitive("nobodyHasThis"))
    for (const [type, behaviours] of methods()) {
      for (const [name, { result }] of behaviours) {
        if (result !== "primitive") assert.isFalse(returnsPrimitive(name), `${type}#${name}`)
      }
    }
  })

  it("gives the behaviours of all types that have a method of that name", () => {
    for (const [type, behaviours] of methods()) {
      for (const [name, behaviour] of behaviours) {
        const found = methodCalls(name).filter(({ on }) => on?.includes(type) === true)
        assert.deepStrictEqual(found.map((each) => ({ ...each, on: [type] })), [behaviour], `${type}#${name}`)
      }
    }
    assert.isEmpty(methodCalls("nobodyHasThis"))
    assert.isEmpty(methodCalls("constructor"))
    assert.isNotEmpty(staticCalls("keys"))
  })

  it("finds a function by each of its paths", () => {
    assert.deepStrictEqual(globalCall("Array.prototype.push"), methods().get("Array")?.get("push"))
    assert.deepStrictEqual(globalCall("Uint8Array.prototype.set"), methods().get("TypedArray")?.get("set"))
    assert.deepStrictEqual(globalCall("Map.prototype.hasOwnProperty"), methods().get("Object")?.get("hasOwnProperty"))
    assert.deepStrictEqual(globalCall("globalThis.parseInt"), globals().get("parseInt"))
    assert.deepStrictEqual(nodeCall("node:url", "URL"), globals().get("URL"))
    assert.deepStrictEqual(nodeCall("node:process", "cwd"), globals().get("process.cwd"))
    assert.deepStrictEqual(nodeCall("fs", "promises.readFile"), nodeModules().get("fs/promises")?.get("readFile"))
    assert.deepStrictEqual(nodeCall("fs", "default.readFileSync"), nodeModules().get("fs")?.get("readFileSync"))
    assert.isDefined(nodeCall("assert", ""))
    assert.isUndefined(nodeCall("child_process", "execSync"))
    assert.isUndefined(nodeCall("fs", ""))
    assert.isUndefined(globalCall("Array.prototype.push.call"))
  })

  it("says what the globals are", () => {
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      const kind = globalValue(name)
      if (kind === undefined) continue
      assert.strictEqual(isObject(Reflect.get(globalThis, name)), kind !== "primitive", name)
    }
    assert.strictEqual(globalValue("process"), "state")
    assert.strictEqual(globalValue("Object"), "library")
    assert.isUndefined(globalValue("window"))
  })

  it("says which members of globals are primitives", () => {
    for (const name of Object.getOwnPropertyNames(globalThis)) {
      const owner: unknown = globalValue(name) === undefined ? undefined : Reflect.get(globalThis, name)
      if (!isObject(owner)) continue
      for (const key of Object.getOwnPropertyNames(owner)) {
        if (isPrimitiveMember(`${name}.${key}`)) assert.isFalse(isObject(Reflect.get(owner, key)), `${name}.${key}`)
      }
    }
    assert.isTrue(isPrimitiveMember("Math.PI"))
    assert.isTrue(isPrimitiveMember("process.env.HOME"))
    assert.isFalse(isPrimitiveMember("process.env"))
    assert.isFalse(isPrimitiveMember("process.argv"))
  })

  const values: ReadonlyArray<object> = [
    [1],
    "a".matchAll(/a/g),
    new Map([[1, 2]]),
    new Set([1]),
    /a/g,
    new Uint8Array(2),
    new ArrayBuffer(2),
    new SharedArrayBuffer(2),
    new DataView(new ArrayBuffer(2)),
    new URL("http://a:b@c.d:1/e?f#g"),
    new URLSearchParams("a=1"),
    new Blob(["a"]),
    () => 1,
    Object(Symbol("a")) as object,
    Object("a") as object,
    new AbortController(),
    new Error("a"),
    Promise.resolve(1)
  ]

  it.each([...primitiveFields])("knows that %s is no object on any value, whatever is put there", (field) => {
    for (const value of values) {
      const given = field === "length" ? "1" : field === "href" ? "http://a.b/" : {}
      // A strict write throws where there is no setter.
      if (field in value) Reflect.set(value, field, given)
      if (field in value && !Object.hasOwn(value, field)) assert.isFalse(isObject(Reflect.get(value, field)), field)
    }
  })
})
