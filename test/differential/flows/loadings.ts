/**
 * Modules that are loaded by code, whose imports change what others have.
 */
import { modules } from "./Flow.ts"

const shared = {
  "core.mjs": "export const state = { first: 1 }",
  "change.mjs": `import { state } from "./core.mjs"
state.changed = 1
export const z = 1`,
  "state.cjs": "exports.state = { first: 1 }",
  "outer.cjs": `require("./change.cjs")`,
  "change.cjs": `const { state } = require("./state.cjs"); state.changed = 1`
}

const loading = (files: Readonly<Record<string, string>>, load: string) =>
  modules({
    ...shared,
    ...files,
    "main.mjs": `import { state } from "./core.mjs"
import commonjs from "./state.cjs"
${load}
export const main = () => [state, commonjs.state]`
  })

export const loadings = [
  loading({ "a.mjs": "export { z } from \"./change.mjs\"" }, `await import("./a.mjs")`),
  loading({ "a.mjs": "export * as z from \"./change.mjs\"" }, `await import("./a.mjs")`),
  loading({ "a.mjs": "import { z } from \"./change.mjs\"; export default z" }, `await import("./a.mjs")`),
  loading(
    { "a.mjs": "export * from \"./b.mjs\"", "b.mjs": "export * from \"./change.mjs\"" },
    `await import("./a.mjs")`
  ),
  loading({ "a.mjs": "import \"./outer.cjs\"" }, `await import("./a.mjs")`),
  loading({}, `await import("./outer.cjs")`),
  loading({ "a.mjs": "await import(\"./change.mjs\")" }, `await import("./a.mjs")`),
  loading(
    { "a.mjs": "export const f = async () => { await import(\"./change.mjs\") }" },
    `await (await import("./a.mjs")).f()`
  ),
  loading(
    { "a.mjs": "export const f = async () => { await import(\"./change.mjs\") }" },
    `import { f } from "./a.mjs"; await f()`
  ),
  loading({ "a.mjs": "export const f = () => import(\"./change.mjs\")" }, `import { f } from "./a.mjs"; await f()`),
  loading({ "a.mjs": "export * from \"./change.mjs\"" }, `const lazy = { a: () => import("./a.mjs") }; await lazy.a()`),
  loading({ "a.mjs": "export * from \"./change.mjs\"" }, `await Promise.all(["a"].map(() => import("./a.mjs")))`),
  loading(
    { "a.cjs": "require(\"./outer.cjs\")" },
    `import { createRequire } from "node:module"; createRequire(import.meta.url)("./a.cjs")`
  ),
  loading({ "a.cjs": "exports.f = () => require(\"./outer.cjs\")" }, `import a from "./a.cjs"; a.f()`),
  loading({ "a.cjs": "module.exports = require(\"./outer.cjs\")" }, `import "./a.cjs"`),
  loading({
    "d.json": "{}",
    "a.mjs": "import d from \"./d.json\" with { type: \"json\" }; export * from \"./change.mjs\""
  }, `await import("./a.mjs")`)
]
