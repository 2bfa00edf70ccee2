/**
 * Names that nothing defines: a warning, unless a test of the host decides whether they are used.
 */
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import * as MemoryProject from "../slicing/MemoryProject.ts"

type Files = Readonly<Record<string, string>>

const said = (files: Files, reference: string) =>
  Effect.gen(function*() {
    const packager = yield* FilePackager
    const { diagnostics } = yield* packager.prepare(reference)
    return diagnostics.map(({ severity, what }) => `${severity}: ${what}`)
  }).pipe(Effect.provide(MemoryProject.layerOver(files)))

const nowhere = "warning: `missing` is defined nowhere"

/** Programs without a warning: `missing` stands in each. */
const guarded: Readonly<Record<string, string>> = {
  "the operand of typeof": `export const main = () => typeof missing`,
  "a conditional expression": `export const main = () => typeof window === "undefined" ? 1 : missing.a`,
  "a conditional expression, the other way round":
    `export const main = () => typeof window === "object" ? missing.a : 1`,
  "a conditional expression of several tests":
    `export const main = () => typeof process === "undefined" || !process.env ? missing.env || {} : process.env`,
  "and": `export const main = () => typeof window !== "undefined" && window.x && missing.a`,
  "or": `export const main = () => typeof window === "undefined" || missing.a`,
  "an if": `export function main() { if (typeof document !== "undefined") { return missing.title } return 1 }`,
  "an else":
    `export function main() { if (typeof document === "undefined") { return 1 } else { return missing.title } }`,
  "an early return":
    `export function main() { if (typeof document === "undefined") return 1; const x = missing; return x }`,
  "an early throw":
    `export function main() { if (typeof document === "undefined") { throw new Error("no") } return missing }`,
  "a loop that goes on":
    `export function main() { for (const x of [1]) { if (typeof window === "undefined") continue; missing(x) } }`,
  "a switch": `export function main() { switch (typeof window) { case "object": return missing; default: return 1 } }`,
  "a case": `export function main() { switch (true) { case typeof window === "object": return missing } }`,
  "a local flag":
    `export function main() { const hasDom = typeof document !== "undefined"; return hasDom ? missing : 1 }`,
  "a flag of the module":
    `const inNode = typeof process !== "undefined"\nexport function main() { if (inNode) return 1; return missing }`,
  "a flag made of flags":
    `const a = typeof window === "object"\nconst b = a && !0\nexport const main = () => b ? missing : 1`,
  "a flag that is assigned":
    `let dom = false\nif (typeof window === "object") dom = true\ndom = typeof window === "object"\nexport const main = () => dom ? missing : 1`,
  "a table of flags":
    `const env = { browser: typeof window === "object" }\nexport const main = () => env.browser ? missing : 1`,
  "a function that tests":
    `const isBrowser = () => typeof window === "object"\nexport const main = () => isBrowser() ? missing : 1`,
  "a function that tests and returns":
    `function isBrowser() { if (typeof window === "undefined") return false; return true }\nexport const main = () => isBrowser() ? missing : 1`,
  "a function that tries":
    `function hasDom() { try { return missing.body !== null } catch { return false } }\nexport const main = () => hasDom() ? missing : 1`,
  "a name in a global object": `export const main = () => "document" in globalThis ? missing : 1`,
  "a member of a global object": `export const main = () => globalThis.document ? missing : 1`,
  "a member that is compared":
    `export function main() { if (globalThis.document !== undefined) return missing; return 1 }`,
  "an optional member": `export const main = () => globalThis.window?.document ? missing : 1`,
  "typeof of a member": `export const main = () => typeof globalThis.window === "object" ? missing : 1`,
  "a destructured global": `const { document } = globalThis as any\nexport const main = () => document ? missing : 1`,
  "the process's versions": `export const main = () => process.versions?.node ? 1 : missing`,
  "what bundlers say of the process": `export const main = () => (process as any).browser ? missing : 1`,
  "import.meta": `export const main = () => (import.meta as any).env?.CLIENT ? missing : 1`,
  "an IIFE": `const inDom = (() => typeof window === "object")()\nexport const main = () => inDom ? missing : 1`,
  "try": `export function main() { try { return missing } catch { return 1 } }`,
  "a function within try": `export function main() { try { return [1].map(() => missing) } catch { return 1 } }`,
  "a function that is called behind a test":
    `function download() { return new missing() }\nexport const main = () => typeof window === "object" ? download() : 1`,
  "functions that are called behind a test":
    `const open = () => missing\nconst download = () => open()\nexport const main = () => { if (typeof window === "object") download() }`,
  "a closure behind a test":
    `export function main() { if (typeof window === "object") { return () => missing } return 1 }`,
  "a global that the program sets": `;(globalThis as any).missing = 1\nexport const main = () => missing`,
  "a global that the program sets by its name":
    `Object.assign(globalThis, { missing: 1 })\nexport const main = () => missing`,
  "a global that the program defines":
    `Object.defineProperty(globalThis, "missing", { value: 1 })\nexport const main = () => missing`,
  "an ambient name": `declare const missing: number\nexport const main = () => missing`
}

/** Programs with one. */
const unguarded: Readonly<Record<string, string>> = {
  "alone": `export const main = () => missing`,
  "twice": `const f = () => missing\nexport const main = () => [missing, f()]`,
  "behind another condition": `export const main = (x: number) => x > 1 ? missing : 1`,
  "behind an environment variable": `export const main = () => process.env.DEBUG ? missing : 1`,
  "before the test": `export function main() { const x = missing; return typeof window === "object" ? x : 1 }`,
  "behind a test that goes on":
    `export function main() { if (typeof window === "object") console.log(1); return missing }`,
  "in a handler": `export function main() { try { return 1 } catch { return missing } }`,
  "in try without a handler": `export function main() { try { return missing } finally { console.log(1) } }`,
  "in a function that try only makes":
    `export function main() { try { return { f: () => missing } } catch { return 1 } }`,
  "in a function that is called elsewhere, too":
    `const f = () => missing\nexport const main = () => [typeof window === "object" ? f() : 1, f()]`,
  "in an exported function":
    `export const main = () => missing\nexport const other = () => typeof window === "object" ? main() : 1`,
  "in the test itself": `export const main = () => missing ? 1 : 2`
}

const browser: Readonly<Record<string, readonly [text: string, what: string]>> = {
  "one": [
    `export const main = () => document.title`,
    "warning: `document` exists only in browsers"
  ],
  "several, in one line": [
    `const f = () => new XMLHttpRequest()\nconst g = () => localStorage.x\nexport const main = () => [f(), g(), document.title]`,
    "warning: `document`, `XMLHttpRequest` and `localStorage` exist only in browsers"
  ]
}

layer(MemoryProject.layerShared)("a name that is defined nowhere", (it) => {
  for (const [title, text] of Object.entries(guarded)) {
    it.effect(`no warning: ${title}`, () =>
      Effect.gen(function*() {
        assert.include(text, "missing")
        assert.deepStrictEqual(yield* said({ "main.ts": text }, "main.ts#main"), [])
      }))
  }
  for (const [title, text] of Object.entries(unguarded)) {
    it.effect(`a warning: ${title}`, () =>
      Effect.gen(function*() {
        assert.deepStrictEqual(yield* said({ "main.ts": text }, "main.ts#main"), [nowhere])
      }))
  }
  for (const [title, [text, what]] of Object.entries(browser)) {
    it.effect(`of browsers: ${title}`, () =>
      Effect.gen(function*() {
        const found = yield* said({ "main.ts": text }, "main.ts#main")
        assert.lengthOf(found, 1)
        // Names come in the order in which they are reached
        for (const name of what.match(/`\w+`/g) ?? []) assert.include(found[0], name)
        assert.match(found[0] ?? "", what.includes(" and ") ? /exist only in browsers$/ : /exists only in browsers$/)
      }))
  }

  const flagged = (env: string): Files => ({
    "main.ts": `import { isBrowser } from "./index.ts"\nexport const main = () => isBrowser ? missing : 1`,
    "index.ts": `export * from "./env.ts"`,
    "env.ts": env
  })
  it.effect("no warning: a flag of another module, through a barrel", () =>
    Effect.gen(function*() {
      const files = flagged(`export const isBrowser = typeof window === "object"`)
      assert.deepStrictEqual(yield* said(files, "main.ts#main"), [])
    }))
  it.effect("a warning: another value of another module", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* said(flagged(`export const isBrowser = Date.now() > 1`), "main.ts#main"), [nowhere])
    }))
  it.effect("no warning: a flag of a namespace", () =>
    Effect.gen(function*() {
      const files = {
        "main.ts": `import * as env from "./env.ts"\nexport const main = () => env.isBrowser() ? missing : 1`,
        "env.ts": `export function isBrowser() { return typeof window === "object" }`
      }
      assert.deepStrictEqual(yield* said(files, "main.ts#main"), [])
    }))
  it.effect("no warning: a global that another module sets", () =>
    Effect.gen(function*() {
      const files = {
        "main.ts": `import "./globals.ts"\nexport const main = () => missing`,
        "globals.ts": `;(globalThis as any).missing = 1`
      }
      assert.deepStrictEqual(yield* said(files, "main.ts#main"), [])
    }))
  it.effect("a warning: a circle of re-exports ends", () =>
    Effect.gen(function*() {
      const files = {
        "main.ts": `import { flag } from "./a.ts"\nexport const main = () => flag ? missing : 1`,
        "a.ts": `import { other } from "./b.ts"\nexport const flag = other`,
        "b.ts": `import { flag } from "./a.ts"\nexport const other = () => flag`
      }
      assert.deepStrictEqual(yield* said(files, "main.ts#main"), [nowhere])
    }))
  it.effect("a CommonJS module may make a global by assigning it", () =>
    Effect.gen(function*() {
      const files = (strict: string) => ({
        "package.json": `{ "name": "project" }`,
        "main.js": `${strict}exports.main = function () { missing = 1; return missing }`
      })
      assert.deepStrictEqual(yield* said(files(""), "main.js#main"), [])
    }))
  it.effect("the guards that libraries use, all in one file", () =>
    Effect.gen(function*() {
      const files = {
        "main.js": `const inNode = typeof process !== "undefined"
const env = typeof process === "undefined" || !process.env ? self.env || {} : process.env
function download(url) { const x = new XMLHttpRequest(); x.open("GET", url); return x }
function load(source, options = {}) { return options.download ? download(source) : source }
function title() { if (inNode) return "none"; return document.title }
function title2() { return typeof document === "undefined" ? "none" : document.title }
function title3() { if (typeof document !== "undefined") { return document.title } return "none" }
function title4() { const hasDom = typeof document !== "undefined"; return hasDom ? document.title : "none" }
function title5() { try { return document.title } catch { return "none" } }
export function main() { return [load("a,b"), title(), title2(), title3(), title4(), title5(), typeof env] }`
      }
      assert.deepStrictEqual(yield* said(files, "main.js#main"), [
        "warning: `XMLHttpRequest` exists only in browsers"
      ])
    }))
})
