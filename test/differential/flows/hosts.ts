/**
 * Modules that change what belongs to the language or to Node: each has a process of its own.
 */
import { modules } from "./Flow.ts"

/** Methods that are added under names that are computed, or with many others. */
const patches = [
  `for (const k of ["mine"]) Array.prototype[k] = function () { return this.length }`,
  `for (const k of ["mine"]) Object.prototype[k] = function () { return this.length }`,
  `const ext = {}; for (const k of ["mine"]) ext[k] = function () { return 7 }; Object.assign(Array.prototype, ext)`,
  `const ext = {}; for (const k of ["mine"]) ext[k] = function () { return 7 }; Object.assign(Object.getPrototypeOf([]), ext)`,
  `Object.assign(Object.getPrototypeOf([]), Object.fromEntries([["mine", () => 4]]))`,
  `Object.assign(Array.prototype, { ...Object.fromEntries([["mine", () => 4]]) })`,
  `Object.defineProperties(Object.prototype, { mine: { value() { return 3 } } })`,
  `const d = {}; for (const k of ["mine"]) d[k] = { value() { return 3 } }; Object.defineProperties(Object.prototype, d)`,
  `for (const k of ["mine"]) Object.defineProperty(String.prototype, k, { value() { return this + "!" } })`,
  `for (const k of ["mine"]) Reflect.set(Number.prototype, k, function () { return 9 })`,
  `for (const C of [Array, Number]) C.prototype.mine = () => 5`,
  `[Array, Number].forEach(({ prototype }) => { prototype.mine = () => 5 })`
].map((text) =>
  modules({
    "poly.mjs": text,
    "main.mjs": `import "./poly.mjs"
const key = ["mi", "ne"].join("")
export const main = () => [[1].mine?.(), "a".mine?.(), [2][key]?.(), (1)[key]?.()]`
  })
)

export const hosts = [
  ...patches,
  modules({
    "poly.mjs":
      "Array.prototype.mine = function () { return this.length }; String.prototype.up = function () { return this.toUpperCase() }",
    "main.mjs": `import "./poly.mjs"; export const main = () => [[1, 2].mine(), "a".up()]`
  }),
  modules({
    "poly.mjs":
      `if (!Array.prototype.mine2) Object.defineProperty(Array.prototype, "mine2", { value() { return 2 }, configurable: true })`,
    "idx.mjs": `export * from "./poly.mjs"; export const x = 1`,
    "main.mjs": `import { x } from "./idx.mjs"; export const main = () => [[1].mine2(), x]`
  }),
  modules({
    "poly.mjs": `globalThis.helper = (x) => x * 2; globalThis["other"] = 3`,
    "main.mjs": `import "./poly.mjs"; export const main = () => [helper(2), other]`
  }),
  modules({
    "poly.mjs": `process.env.MY_MODE = "x"; process.chdir && 1`,
    "main.mjs": `import "./poly.mjs"; export const main = () => process.env.MY_MODE`
  }),
  modules({
    "poly.mjs": `Math.sin = () => 42; JSON.stringify = ((o) => (v) => "!" + o(v))(JSON.stringify); Date.now = () => 7`,
    "main.mjs": `import "./poly.mjs"; export const main = () => [Math.sin(1), JSON.stringify(1), Date.now()]`
  }),
  modules({
    "poly.mjs": `const o = Map.prototype.get; Map.prototype.get = function (k) { return o.call(this, k) ?? "none" }`,
    "main.mjs": `import "./poly.mjs"; export const main = () => new Map().get(1)`
  }),
  modules({
    "poly.mjs":
      `import fs from "node:fs"; fs.patched = 1; fs.readFileSync = ((o) => (...a) => o(...a))(fs.readFileSync)`,
    "main.mjs": `import "./poly.mjs"; import fs from "node:fs"; export const main = () => fs.patched`
  }),
  modules({
    "poly.mjs": "Error.stackTraceLimit = 3; Error.prepareStackTrace = (e, t) => t.length",
    "main.mjs":
      `import "./poly.mjs"; export const main = () => { const f = (n) => n ? f(n - 1) : new Error("x").stack; return f(9) }`
  }),
  modules({
    "poly.mjs":
      `Symbol.for("x"); RegExp.prototype.yes = 1; Function.prototype.later = function () { return "later" }; Number.prototype.plus = function (n) { return this + n }; Object.prototype.zz = 1; Promise.prototype.z = 2`,
    "main.mjs":
      `import "./poly.mjs"; export const main = () => [/a/.yes, (() => 1).later(), (1).plus(2), ({}).zz, Promise.resolve().z]`
  })
].map((flow) => ({ ...flow, ownProcess: true }))
