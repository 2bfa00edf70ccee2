/**
 * Code that nobody here wrote: published packages, copied into a project as if they were its own sources. What a function
 * that uses them gives from its package is what it gives in place.
 */
import { Cluster } from "clustrix/node"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as ClusterConfig from "../../core/config/ClusterConfig.ts"
import * as Pipeline from "../../core/Pipeline.ts"

const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url))

/** The module of a function `main`, which uses the package that lies beside it. */
const functions: Readonly<Record<string, string>> = {
  semver: `import semver from "./semver/index.js"
export const main = () => [
  semver.satisfies("1.2.3", "^1.0.0 || >=3"), semver.inc("1.2.3-beta.1", "prerelease"), semver.coerce("v3.4 foo").version,
  semver.sort(["2.0.0", "1.0.0", "1.5.0"])
]`,
  diff: `import { createPatch, diffJson, diffLines } from "./diff/libesm/index.js"
export const main = () => [diffLines("a\\nb\\n", "a\\nc\\n"), createPatch("f", "a\\nb\\n", "a\\nc\\n"), diffJson({ a: 1 }, { a: 2 })]`,
  picomatch: `import match from "./picomatch/index.js"
export const main = () => [match("**/*.{js,ts}")("a/b/c.ts"), match.makeRe("!(foo)*").source, match.scan("a/**/b.js", { parts: true })]`,
  ignore: `import ignore from "./ignore/index.js"
export const main = () => ignore().add(["*.log", "!keep.log", "build/"]).filter(["a.log", "keep.log", "build/x", "src/a.ts"])`,
  "@noble/hashes": `import { blake3 } from "./@noble/hashes/blake3.js"
import { sha256, sha512 } from "./@noble/hashes/sha2.js"
import { keccak_256 } from "./@noble/hashes/sha3.js"
import { bytesToHex } from "./@noble/hashes/utils.js"
export const main = () => [sha256, sha512, keccak_256, blake3].map((hash) => bytesToHex(hash(new TextEncoder().encode("abc"))))`,
  fflate: `import { gunzipSync, gzipSync, strFromU8, strToU8, unzipSync, zipSync } from "./fflate/esm/index.mjs"
export const main = () => [
  Object.keys(unzipSync(zipSync({ "a.txt": strToU8("hi") }))), strFromU8(gunzipSync(gzipSync(strToU8("hello hello hello"))))
]`,
  chai: `import * as chai from "./chai/index.js"
const thrown = (run) => { try { run() } catch (error) { return error.message } }
export const main = () => [
  thrown(() => chai.expect({ a: 1 }).to.deep.equal({ a: 2 })), thrown(() => chai.assert.sameMembers([1], [2])),
  thrown(() => chai.expect([1, 2]).to.include(1).and.have.lengthOf(2))
]`,
  effect: `import * as Chunk from "./effect/dist/esm/Chunk.js"
import * as Effect from "./effect/dist/esm/Effect.js"
export const main = async () => {
  let attempts = 0
  const retried = Effect.retry(Effect.suspend(() => ++attempts < 3 ? Effect.fail("again") : Effect.succeed(attempts)), { times: 5 })
  return [
    await Effect.runPromise(retried), Effect.runSync(Effect.map(Effect.succeed(Chunk.range(1, 5)), Chunk.reduce(0, (a, b) => a + b))),
    await Effect.runPromise(Effect.forEach([3, 1, 2], (n) => Effect.delay(Effect.succeed(n), n), { concurrency: 2 }))
  ]
}`
}

let project = ""
beforeAll(() => {
  const scratch = mkdtempSync(path.join(tmpdir(), "clustrix-published-"))
  project = path.join(scratch, "project")
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
  process.env["CLUSTRIX_STATE_DIR"] = path.join(scratch, "state")
  process.env["XDG_CACHE_HOME"] = path.join(scratch, "cache")
  mkdirSync(project)
  writeFileSync(path.join(project, "package.json"), `{ "name": "published", "type": "module" }`)
})
afterAll(() => {
  rmSync(path.dirname(project), { recursive: true, force: true })
})

describe("a published package as local source", () => {
  for (const [name, text] of Object.entries(functions)) {
    it(name, async () => {
      cpSync(path.join(modules, name), path.join(project, name), { recursive: true })
      const file = path.join(project, `${name.replace("/", "-")}-main.mjs`)
      writeFileSync(file, text)
      // What was written above exports `main`
      const inPlace = await import(/* @vite-ignore */ pathToFileURL(file).href) as { readonly main: () => unknown }
      const call = { fn: `${file}#main` }
      const { result } = await Effect.runPromise(Effect.provide(Pipeline.run(call), Cluster.layer(ClusterConfig.local)))
      assert.deepStrictEqual(result.value, await inPlace.main())
    }, 300_000)
  }
})
