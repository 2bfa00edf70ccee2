/**
 * A process that packages many functions by value holds hardly more memory than one that packages few, and the inspector is
 * asked in one session at a time, which is closed again.
 */
import { afterAll, assert, beforeAll, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { outcomeOf } from "../platform-node/cli/command.ts"
import { makeProject, type Project } from "./nodeBundle.ts"

/** Not in the program's own module: packaging them would package the packager. */
const closures =
  `export const make = (n) => { const held = { n, list: [n] }; class Known { read() { return held } } return () => new Known().read() }
export const refused = (n) => { const held = { n, weak: new WeakMap() }; return () => held }
`

/** So many of each are packaged, and what 1,000 take is reckoned from that. Measured once: 317 MB at most. */
const count = 120
const wanted = 1000

const program = `import { Session } from "node:inspector"
import { packageFunctionForExecution as pack } from "clustrix/node"
import { make, refused } from "./closures.js"
let open = 0
let mostOpen = 0
const { connect, disconnect } = Session.prototype
Session.prototype.connect = function () { mostOpen = Math.max(mostOpen, ++open); return connect.call(this) }
Session.prototype.disconnect = function () { open -= 1; return disconnect.call(this) }

const resident = []
let refusals = 0
for (let n = 0; n < ${count}; n++) {
  const both = [make(n), refused(n)].map((fn) => pack(fn, { clusterType: "local" }).catch(() => { refusals += 1 }))
  await Promise.all(both)
  gc()
  resident.push(process.memoryUsage.rss() / 1e6)
}
// It is kept open for the next question, for a moment
await new Promise((resolve) => setTimeout(resolve, 500))
console.log(JSON.stringify({ resident, refusals, open, mostOpen }))
`

let project: Project
beforeAll(async () => {
  project = await makeProject("memory")
  Fs.writeFileSync(Path.join(project.directory, "package.json"), JSON.stringify({ name: "memory", type: "module" }))
  Fs.writeFileSync(Path.join(project.directory, "closures.js"), closures)
  Fs.writeFileSync(Path.join(project.directory, "program.js"), program)
})
afterAll(() => project.remove())

it("a thousand functions by value take less than 400 MB", async () => {
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
  const { mostOpen, open, refusals, resident } = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "")
  assert.deepStrictEqual({ open, mostOpen, refusals }, { open: 0, mostOpen: 1, refusals: count })
  // When the parser and the caches have grown to what they are; the least of some, for it goes up and down
  const [from, to, some] = [30, count, 20]
  const few = Math.min(...resident.slice(from - some / 2, from + some / 2))
  const many = Math.min(...resident.slice(to - some))
  const perFunction = (many - few) / (to - some / 2 - from)
  // With a session for each function, it would be some GB
  assert.isBelow(many + perFunction * (wanted - count), 400, `${few} MB at first, ${many} MB in the end`)
  assert.isBelow(Math.max(...resident), 400)
}, 300_000)
