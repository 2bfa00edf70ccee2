/**
 * Functions of CommonJS modules: had by what the module exports, whether named or handed over.
 */
import { explain, packageFunctionForExecution, run } from "clustrix/node"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { hold } from "./holding.ts"

const directory = realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-commonjs-")))
const before = process.env
const local = { clusterType: "local" } as const

/** Text of a module, and the functions that it exports with what they give for 5. */
const modules: Readonly<Record<string, readonly [text: string, gives: Readonly<Record<string, unknown>>]>> = {
  "object.cjs": [
    `const { half } = require("./half.cjs")
const add = (x) => half(x) + 1
function main(x) { return add(x) }
const arrow = (x) => main(x) * 2
module.exports = { main, arrow, renamed: add, method(x) { return [x] } }
module.exports.late = function (x) { return x ** 2 }
`,
    { main: 3.5, arrow: 7, renamed: 3.5, method: [5], late: 25 }
  ],
  "half.cjs": ["exports.half = (x) => x / 2\n", { half: 2.5 }],
  "whole.cjs": ["module.exports = function (x) { return x * 3 }\n", { default: 15 }],
  "compiled.cjs": [
    `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.main = main;
exports.other = void 0;
function main(x) { return (0, exports.other)(x); }
const other = (x) => x + 10;
exports.other = other;
`,
    { main: 15, other: 15 }
  ]
}

beforeAll(() => {
  process.env = {
    ...before,
    CLUSTRIX_PACKAGE_DIR: path.join(directory, ".packages"),
    CLUSTRIX_STATE_DIR: path.join(directory, ".state"),
    XDG_CACHE_HOME: path.join(directory, ".cache")
  }
  writeFileSync(path.join(directory, "package.json"), `{ "name": "old" }`)
  for (const [file, [text]] of Object.entries(modules)) writeFileSync(path.join(directory, file), text)
})
afterAll(() => {
  process.env = before
  rmSync(directory, { recursive: true, force: true })
})

const load = (file: string, name: string): (x: number) => unknown => {
  const loaded = createRequire(import.meta.url)(path.join(directory, file))
  return name === "default" ? loaded : loaded[name]
}

describe("a function of a CommonJS module", () => {
  for (const [file, [, gives]] of Object.entries(modules)) {
    for (const [name, expected] of Object.entries(gives)) {
      it(`${file}#${name}, named and handed over`, async () => {
        const reference = path.join(directory, `${file}#${name}`)
        const fn = load(file, name)
        assert.deepEqual(await run(fn, local, [5]), expected)
        const [named, living] = await Promise.all([
          packageFunctionForExecution(reference),
          packageFunctionForExecution(fn)
        ])
        assert.strictEqual(living.packageId, named.packageId)
      })
    }
  }

  it("goes along in a closure that holds it", async () => {
    assert.deepEqual(await run(hold(load("object.cjs", "arrow")), local, [5]), [7])
  })

  it("that is not exported is refused, with the names that are", async () => {
    const failure = await explain(path.join(directory, "object.cjs#add")).then(String, String)
    assert.include(failure, "object.cjs does not export `add`")
    assert.include(failure, "It exports `main`, `arrow`, `renamed`, `method`, `late`.")
  })
})
