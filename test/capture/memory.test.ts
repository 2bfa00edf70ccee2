/**
 * A process that packages many functions by value holds no more memory than one that packages few, and the inspector is
 * asked in one session at a time, which is closed again.
 */
import { afterAll, assert, beforeAll, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { outcomeOf } from "../platform-node/cli/command.ts"
import { makeProject, type Project } from "./nodeBundle.ts"

const program = `import { Session } from "node:inspector"
import { packageFunctionForExecution as pack } from "clustrix/node"
let open = 0
let mostOpen = 0
const { connect, disconnect } = Session.prototype
Session.prototype.connect = function () { mostOpen = Math.max(mostOpen, ++open); return connect.call(this) }
Session.prototype.disconnect = function () { open -= 1; return disconnect.call(this) }

const make = (n) => { const held = { n, list: [n] }; class Known { read() { return held } } return () => new Known().read() }
const refused = (n) => { const held = { n, weak: new WeakMap() }; return () => held }
const resident = []
let refusals = 0
for (let n = 0; n < 80; n++) {
  const both = [make(n), refused(n)].map((fn) => pack(fn, { clusterType: "local" }).catch(() => { refusals += 1 }))
  await Promise.all(both)
  if (n === 20 || n === 79) { gc(); resident.push(Math.round(process.memoryUsage().rss / 1e6)) }
}
console.log(JSON.stringify({ resident, refusals, open, mostOpen }))
`

let project: Project
beforeAll(async () => {
  project = await makeProject("memory")
  Fs.writeFileSync(Path.join(project.directory, "package.json"), JSON.stringify({ name: "memory", type: "module" }))
  Fs.writeFileSync(Path.join(project.directory, "program.js"), program)
}, 120_000)
afterAll(() => project.remove())

it("many functions by value take no more memory than few", async () => {
  const child = spawn(process.execPath, ["--expose-gc", "program.js"], {
    cwd: project.directory,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: project.directory,
      XDG_CACHE_HOME: Path.join(project.directory, ".cache"),
      CLUSTRIX_PACKAGE_DIR: Path.join(project.directory, "packages")
    }
  })
  const { code, stderr, stdout } = await outcomeOf(child)
  assert.strictEqual(code, 0, stderr)
  const { mostOpen, open, refusals, resident: [few = 0, many = 0] } = JSON.parse(
    stdout.trimEnd().split("\n").at(-1) ?? ""
  )
  assert.deepStrictEqual({ open, mostOpen, refusals }, { open: 0, mostOpen: 1, refusals: 80 })
  assert.isBelow(many, 400, `${few} MB, then ${many} MB`)
  // With a session for each function, it would be some GB more
  assert.isBelow(many - few, 100, `${few} MB, then ${many} MB`)
}, 300_000)
