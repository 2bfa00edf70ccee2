/**
 * States: what statements change and `main` reads. `writes` are statements, `reads` are expressions.
 */
const objectWrites = [
  `@T["k" + v] = v`,
  `@T.last = v`,
  `@T.n = (@T.n ?? 0) + 1`,
  `Object.assign(@T, { ["a" + v]: v })`,
  `Object.defineProperty(@T, "d" + v, { value: v, enumerable: true, configurable: true, writable: true })`,
  `Reflect.set(@T, "r", v)`,
  `({ k: @T.p } = { k: v })`,
  `[@T.q] = [v]`,
  `delete @T.first; @T.first = v`,
  `@T.once ??= v`,
  `for (@T.loop of [v]) ;`,
  `for (@T.key in { ["in" + v]: 1 }) ;`,
  `({ ...@T.rest } = { v })`,
  `@T.sum = [@T.sum ?? 0, v].reduce((a, b) => a + b)`,
  `Object.defineProperties(@T, { ps: { value: v, enumerable: true, configurable: true, writable: true } })`,
  `(@T.list ??= []).push(v)`,
  `with_: { if (v < 0) break with_; @T["w"] = v }`
]
const objectReads = [`@T`, `{ ...@T }`, `Object.keys(@T)`, `JSON.stringify(@T)`, `Object.entries(@T).length`, `@T.last`,
  `@T.n`, `(({ last, n, ...rest }) => [last, n, rest])(@T)`, `"first" in @T`, `Object.values(@T).flat()`,
  `(() => { const keys = []; for (const key in @T) keys.push(key); return keys })()`]

export const states = [
  {
    kind: "array",
    make: [`const @S = []`, `const @S = [0]`, `const @S = new Array()`, `const @S = Array.from("ab")`],
    writes: [`@T.push(v)`, `@T.push(v)`, `@T[@T.length] = v`, `@T.unshift(v)`, `@T.splice(0, 0, v)`, `[@T[0]] = [v]`,
      `@T.push(...[v, "s"])`, `for (@T[1] of [v]) ;`, `@T.splice(@T.length, 0, ...[v])`, `@T.fill(v)`,
      `@T.push(v), @T.reverse()`, `@T.push(v); @T.sort()`, `@T.length = 1; @T.push(v)`, `@T[0] = [@T[0], v].join("")`,
      `@T.copyWithin(0, 1), @T.push(v)`, `({ v: @T[2] } = { v })`, `@T.pop(), @T.push(v)`,
      `@T.at(-1)?.push?.(v) ?? @T.push(v)`],
    reads: [`@T`, `[...@T]`, `@T.length`, `@T.join()`, `@T.map((each) => each)`, `JSON.stringify(@T)`, `@T.at(-1)`,
      `Object.keys(@T)`, `(([first, ...rest]) => [first, rest])(@T)`, `@T.reduce((a, b) => a + "," + b, "")`,
      `[...@T.entries()]`]
  },
  {
    kind: "object",
    make: [`const @S = {}`, `const @S = { first: 1 }`, `const @S = Object.create(null)`,
      `const @S = Object.create({ inherited: 1 })`, `const @S = new (class Table {})()`, `const @S = { list: [] }`],
    writes: objectWrites,
    reads: objectReads
  },
  {
    kind: "map",
    make: [`const @S = new Map()`, `const @S = new Map([["first", 1]])`],
    writes: [`@T.set("k" + v, v)`, `@T.set(v, v)`, `@T.delete("first"), @T.set("first", v)`,
      `@T.set("list", [...@T.get("list") ?? [], v])`, `@T.has(v) || @T.set(v, v)`],
    reads: [`@T`, `[...@T]`, `@T.size`, `[...@T.keys()]`, `Object.fromEntries(@T)`, `@T.get("list")`,
      `Array.from(@T.values())`]
  },
  {
    kind: "set",
    make: [`const @S = new Set()`, `const @S = new Set([0])`],
    writes: [`@T.add(v)`, `@T.add("k" + v)`, `@T.delete(0), @T.add(v)`, `@T.add(v).add(-v)`],
    reads: [`@T`, `[...@T]`, `@T.size`, `Array.from(@T).join()`, `@T.has(0)`]
  },
  {
    kind: "instance",
    make: [
      `class Box§ { items = []; put(v) { this.items.push(v); return this } get size() { return this.items.length } }\nconst @S = new Box§()`,
      `class Box§ { #items = []; put(v) { this.#items.push(v); return this } get size() { return this.#items.length } toJSON() { return this.#items } }\nconst @S = new Box§()`,
      `function Box§() { this.items = [] }\nBox§.prototype.put = function (v) { this.items.push(v); return this }\nObject.defineProperty(Box§.prototype, "size", { get() { return this.items.length } })\nconst @S = new Box§()`,
      `const box§ = () => { const items = []; return { put(v) { items.push(v); return this }, get size() { return items.length }, toJSON: () => items } }\nconst @S = box§()`,
      `class Base§ { items = []; put(v) { this.items.push(v); return this } }\nclass Box§ extends Base§ { put(v) { return super.put(["sub", v]) } get size() { return this.items.length } }\nconst @S = new Box§()`
    ],
    writes: [`@T.put(v)`, `@T.put(v).put("two")`, `@T["put"](v)`, `@T.put.call(@T, v)`,
      `(({ put }) => put.call(@T, v))(@T)`, `@T.extra = v`, `(@T.items ??= []).push(v)`],
    reads: [`JSON.stringify(@T)`, `@T.size`, `[@T.size, @T.extra, JSON.stringify(@T)]`, `@T.items?.length`]
  },
  {
    kind: "class",
    make: [`class @S { static list = []; here = 1 }`, `function @S() { this.here = 1 }\n@S.list = []`,
      `const @S = class Named { static list = []; static get size() { return this.list.length } }`,
      `class Parent§ { static list = [] }\nclass @S extends Parent§ {}`],
    writes: [`@T.list.push(v)`, `@T.prototype["m" + v] = () => v`, `@T["s" + v] = v`,
      `Object.defineProperty(@T.prototype, "g", { get: () => v, configurable: true, enumerable: true })`,
      `new @T().constructor.list.push(v)`, `Object.getPrototypeOf(new @T()).shared = v`,
      `new @T().constructor.prototype.tagged = v`, `Object.assign(@T.prototype, { mixed: v })`,
      `@T.prototype.method = function () { return [this.here, v] }`,
      `Object.getPrototypeOf(@T) === Function.prototype ? @T.own = v : Object.getPrototypeOf(@T).own = v`],
    reads: [`[@T.list.join(), Object.keys(@T).join(), Object.keys(@T.prototype).join()]`, `@T.list`,
      `new @T().method?.()`, `[new @T().g, new @T().shared, new @T().tagged, new @T().mixed, @T.own]`, `@T.list.length`,
      `Object.entries(@T.prototype).map(([key, value]) => [key, typeof value])`]
  },
  {
    kind: "function",
    make: [`function @S(...given) { return [@S.calls ?? 0, given.length] }`,
      `const @S = Object.assign((...given) => given.length, { seen: [] })`],
    writes: [`@T.calls = (@T.calls ?? 0) + 1`, `(@T.seen ??= []).push(v)`, `@T["k" + v] = v`,
      `Object.assign(@T, { set: v })`],
    reads: [`[@T.calls, @T.seen, @T.set]`, `@T(1, 2)`, `Object.entries(@T)`, `@T.seen?.length`]
  }
]

/** States without an object: a binding that a function of its module changes. */
export const counters = [
  { make: `let @S = 0\nfunction up@S(v) { @S += v }`, root: "up@S" },
  { make: `let @S = 0\nconst up@S = (v) => { @S = v }`, root: "up@S" },
  { make: `let @S\nconst up@S = (v) => { ({ v: @S } = { v }) }`, root: "up@S" },
  { make: `let @S = ""\nconst up@S = (v) => { [@S] = [@S + v] }`, root: "up@S" },
  { make: `let @S = 0\nconst { up: up@S } = { up(v) { @S += v } }`, root: "up@S" },
  { make: `let @S = []\nconst up@S = (v) => { @S = [...@S, v] }`, root: "up@S" },
  { make: `let @S = 0\nconst up@S = ((step) => (v) => { for (@S of [v + step]) ; })(1)`, root: "up@S" },
  { make: `var @S\nfunction up@S(v) { @S = (@S ?? 0) + v; return @S }`, root: "up@S" }
]
