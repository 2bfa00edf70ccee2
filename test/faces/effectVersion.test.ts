/**
 * A program whose Effect is another version than Clustrix's is told so, once and by name.
 */
import { afterAll, assert, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { createRequire } from "node:module"
import { fileURLToPath, pathToFileURL } from "node:url"

const root = fileURLToPath(new URL("../../", import.meta.url))
const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-version-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

it("two versions of Effect are one error", () => {
  const copy = path.join(scratch, "node_modules/effect")
  fs.cpSync(path.join(root, "node_modules/effect"), copy, {
    recursive: true,
    filter: (file) => !/effect\/(?:src|dist\/(?:cjs|dts))(?:\/|$)/.test(file)
  })
  fs.symlinkSync(path.join(root, "node_modules/fast-check"), path.join(scratch, "node_modules/fast-check"))
  const version = path.join(copy, "dist/esm/internal/version.js")
  fs.writeFileSync(version, fs.readFileSync(version, "utf8").replace(/= "3[^"]*"/, `= "3.99.0"`))
  const file = path.join(scratch, "program.mts")
  fs.writeFileSync(
    file,
    `import * as Effect from "effect/Effect"
import { Cluster } from ${JSON.stringify(pathToFileURL(path.join(root, "platform-node/index.ts")).href)}
const error = await Effect.runPromise(Effect.flip(Effect.provide(Cluster.Cluster, Cluster.layerTest())))
console.log(error._tag, error.program === "3.99.0", error.message)
`
  )
  const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", tsx, file], { cwd: scratch, encoding: "utf8" })
  assert.match(stdout, /^EffectVersionError true There are two versions of Effect/m, stderr)
  assert.include(stdout, "npm ls effect")
})
