/**
 * Modules whose state is changed through a `require` that has another name, is made by the program, or is given a name
 * that is computed.
 */
import { modules } from "./Flow.ts"

const core = { "core.cjs": "const rows = []; module.exports = { rows }" }
const result = "\nexport const main = () => rows.length"

/** `main.mjs` takes the state out itself. */
const taking = (head: string) =>
  modules({
    ...core,
    "change.cjs": `require("./core.cjs").rows.push("all")`,
    "main.mjs": head + result
  })

const creating = [
  `import { createRequire as make } from "node:module"
const { rows } = make(import.meta.url)("./core.cjs")
make(import.meta.url)("./change.cjs")`,
  `import { createRequire as make } from "node:module"
const load = make(import.meta.url)
const { rows } = load("./core.cjs")
load("./change.cjs")`,
  `import { createRequire as make } from "node:module"
const load = make(import.meta.url)
const [{ rows }] = ["./core.cjs", "./change.cjs"].map(load)`,
  `import { createRequire as make } from "node:module"
const load = make(import.meta.url)
const [{ rows }] = ["./core.cjs", "./change.cjs"].map((name) => load(name))`,
  `import * as library from "node:module"
const load = library.createRequire(import.meta.url)
const [{ rows }] = ["./core.cjs", "./change.cjs"].map((name) => load(name))`,
  `import library from "node:module"
const { createRequire: make } = library
const load = make(import.meta.url)
const { rows } = load("./core.cjs")
load("./change.cjs")`,
  `import library from "node:module"
const make = library.createRequire
const load = make(import.meta.url)
const { rows } = load("./core.cjs")
load("./change.cjs")`
].map(taking)

/** A module of which nothing is used changes the state. */
const changing = (file: string, text: string) =>
  modules({
    ...core,
    [file]: text,
    "main.mjs": `import { rows } from "./core.cjs"
import "./${file}"` + result
  })

const changes = [
  `["./core.cjs"].map(require).forEach((each) => each.rows.push(2))`,
  `["./core.cjs"].map((name) => require(name))[0].rows.push(2)`,
  `const load = require; load("./core.cjs").rows.push(2)`,
  `const name = "./co" + "re.cjs"; require(name).rows.push(2)`,
  `const name = "./co" + "re.cjs"; module.require(name).rows.push(2)`,
  `module.require("./core.cjs").rows.push(2)`,
  `((load) => { load("./core.cjs").rows.push(2) })(require)`,
  `require(require("path").join(__dirname, "core.cjs")).rows.push(2)`,
  `for (const name of ["core"]) require("./" + name + ".cjs").rows.push(2)`,
  "for (const name of ['core']) require(`./${name}.cjs`).rows.push(2)",
  `const { createRequire } = require("module"); createRequire(__filename)("./core.cjs").rows.push(2)`,
  `const load = require("node:module").createRequire(__filename); load("./core.cjs").rows.push(2)`,
  `const load = require("node:module").createRequire(__filename); ["./core.cjs"].forEach((name) => load(name).rows.push(2))`
].map((text) => changing("change.cjs", text))

export const requires = [
  ...creating,
  ...changes,
  changing(
    "change.mjs",
    `import { createRequire as make } from "node:module"
const load = make(import.meta.url)
;["./core.cjs"].map((name) => load(name)).forEach((each) => each.rows.push(2))`
  ),
  modules({
    ...core,
    "lazy.cjs": `const load = (name) => require(name)
module.exports = { get: () => load("./core.cjs") }`,
    "change.cjs": `const [, lazy] = ["./core.cjs", "./lazy.cjs"].map((name) => require(name))
lazy.get().rows.push("all")`,
    "main.mjs": `import lazy from "./lazy.cjs"
import "./change.cjs"
export const main = () => lazy.get().rows`
  })
]
