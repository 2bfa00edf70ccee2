/**
 * `npm run bench [-- --quick | --full] [SECTION ...]`: what packaging costs, as ratios measured in one run.
 *
 * Sections: `unchanged`, `edited` (one module) and `cold` (packaging, each as a process and in one), `growth`, `start`, `memory` (a data file of 1 GB),
 * `endurance` (many packagings in one process; 100,000 with --full), `service` (what a service does all day: packaging by value
 * and by reference, submitting, following logs), `living` (finding and reading a closure),
 * `browser` (from a keystroke to the ID in Chromium), `ssh` (deploying to a host over SSH against scp and unzip, and its
 * files), `serve` (200 clients of a deploy endpoint for ten minutes), `slurm` (from a call to its result, against sbatch by hand), `map` (many calls under Slurm), `loops` (on all cores,
 * against the same loops on one).
 * Without a section, all.
 *
 * Compared with: esbuild bundling the same function with a source map, and @vercel/nft tracing its files. Neither does
 * the same work: esbuild links one file and writes no archive, nft only lists files. Runs are interleaved; printed are the
 * median, the least and the most. Every tool's output is run once before it is measured. Clustrix writes ZIP, source map
 * and invocation.
 */
import { spawnSync } from "node:child_process"
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync,
  writeSync } from "node:fs"
import { cpus, release, tmpdir, totalmem } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { interleaved, print } from "./bench/Measure.mjs"
import * as Projects from "./bench/Projects.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const flags = process.argv.slice(2).filter((word) => word.startsWith("--"))
const asked = process.argv.slice(2).filter((word) => !word.startsWith("--"))
const quick = flags.includes("--quick")
const wants = (section) => asked.length === 0 || asked.includes(section)

const newer = ["dist/node.js", "dist/bin/clustrix.js"].filter((file) => !existsSync(path.join(root, file)))
if (newer.length > 0) {
  const { status } = spawnSync(process.execPath, [path.join(root, "scripts/build.mjs"), "library", "command"], {
    stdio: "inherit"
  })
  if (status !== 0) process.exit(1)
}

const scratch = mkdtempSync(path.join(tmpdir(), "clustrix-bench-"))
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }))
const below = (...names) => path.join(scratch, ...names)
// Before Tools.mjs loads: nothing of this touches the user's own packages, caches and jobs
Object.assign(process.env, {
  CLUSTRIX_PACKAGE_DIR: below("packages"),
  XDG_CACHE_HOME: below("cache"),
  XDG_STATE_HOME: below("state")
})
const Tools = await import("./bench/Tools.mjs")
const { measure: measurePackaging, names: packagingWorks } = await import("./bench/packaging.mjs")

let missed = 0
const aim = (what, value, limit, unit = "x") => {
  const met = value <= limit
  if (!met) missed += 1
  console.log(`  ${met ? "MET   " : "MISSED"} ${what}: ${value.toFixed(2)} ${unit} (aim: at most ${limit} ${unit})`)
}

/** The other way round: more is better. */
const expect = (what, value, limit) => {
  const met = value >= limit
  if (!met) missed += 1
  console.log(`  ${met ? "MET   " : "MISSED"} ${what}: ${value.toFixed(2)} x (aim: at least ${limit.toFixed(2)} x)`)
}

const version = (name) =>
  JSON.parse(readFileSync(path.join(root, "node_modules", name, "package.json"), "utf8")).version
const [cpu] = cpus()
console.log(
  `Node ${process.version}, ${process.platform} ${release()}, ${cpus().length} x ${cpu?.model ?? "?"}, ${
    (totalmem() / 2 ** 30).toFixed(0)
  } GiB`
)
console.log(["esbuild", "@vercel/nft", "@swc/wasm-web", "effect"].map((name) => `${name} ${version(name)}`).join(", "))

const projects = [3, 50, 500].map((count) => Projects.generated(below(`js${count}`), count))
const typed = [3, 500].map((count) => Projects.generated(below(`ts${count}`), count, { typescript: true }))
const real = Projects.realPackage(below("real"), root)
const compared = [...projects, ...typed, real]

const run = ([program, ...args], env = {}) => {
  const { error, status, stderr } = spawnSync(program, args, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "pipe"],
    encoding: "utf8"
  })
  if (status !== 0) throw new Error(`${[program, ...args].join(" ")} failed: ${error?.message ?? stderr}`)
}

if (packagingWorks.some(wants)) {
  console.log("\nWhat the tools give, run once")
  for (const project of compared) {
    const wrong = await Tools.verify(project, below("verify", project.title))
    console.log(
      `  ${project.title} (${project.files} files): ${
        wrong.length === 0 ? "all give the expected result" : wrong.join("; ")
      }`
    )
    missed += wrong.length
  }
}

let caches = 0
const freshCache = () => ({ XDG_CACHE_HOME: below("fresh-cache", String(caches++)) })

for (const work of packagingWorks.filter(wants)) {
  console.log(
    `\n${
      {
        unchanged: "Unchanged: the last packaging is recalled",
        edited: "One module edited",
        cold: "Cold: empty caches"
      }[work]
    }`
  )
  await measurePackaging({ aim, below, quick, run }, compared, work)
}

if (wants("growth")) {
  console.log("\nGrowth, in one process without caches")
  const measure = async (title, grown) => {
    const cold = Tools.packager({ cache: undefined, remembers: false })
    const times = await interleaved(
      Object.fromEntries(grown.map((project) => [project.title, () => cold.package(project)])),
      quick ? 3 : 7,
      2
    )
    await cold.dispose()
    console.log(` ${title}`)
    print(times, grown[0].title)
    return grown.map((project) => times[project.title].median)
  }
  const present = [50, 500, 2000].map((count) => Projects.generated(below(`present${count}`), 50, { present: count }))
  const unreached = await measure("with what is not reached", present)
  aim("2,000 modules present against 50, 50 of them reached", unreached[2] / unreached[0], 1.15)
  const sizes = [125, 250, 500, 1000]
  const reached = await measure(
    "with what is reached",
    sizes.map((count) => Projects.generated(below(`reached${count}`), count))
  )
  aim("per module, 1,000 reached against 125", (reached[3] / 1000) / (reached[0] / 125), 1.25)
}

if (wants("start")) {
  console.log("\nThe small example as a whole process")
  const small = [process.execPath, Tools.command, "package",
    path.join(root, "examples/simple-analysis/main.ts#simpleAnalysis"), "--json"]
  const warmCache = { XDG_CACHE_HOME: below("start-cache") }
  run(small, warmCache)
  const times = await interleaved(
    {
      "node -e 0": () => run([process.execPath, "-e", "0"]),
      "clustrix package, cold": () => run(small, freshCache()),
      "clustrix package, unchanged": () => run(small, warmCache)
    },
    quick ? 5 : 15,
    1
  )
  print(times, "node -e 0")
  aim("cold against an empty process", times["clustrix package, cold"].median / times["node -e 0"].median, 4)
}

const mebibytes = (bytes) => bytes / 2 ** 20

if (wants("memory")) {
  console.log("\nMemory with a data file of 1 GB (text, deflated)")
  const directory = below("large")
  mkdirSync(path.join(directory, "src"), { recursive: true })
  writeFileSync(path.join(directory, "package.json"), `{ "name": "large", "type": "module" }\n`)
  writeFileSync(
    path.join(directory, "src/main.ts"),
    `import { readFileSync } from "node:fs"\nexport const main = () => readFileSync("rows.csv").length\n`
  )
  const file = openSync(path.join(directory, "rows.csv"), "w")
  let written = 0
  for (let row = 0; written < 1e9; row += 20_000) {
    const block = Array.from(
      { length: 20_000 },
      (_, index) => `${row + index},${Math.imul(row + index, 2654435761) >>> 0},row\n`
    ).join("")
    written += writeSync(file, block)
  }
  closeSync(file)
  const report = below("peak")
  const started = performance.now()
  run(
    [process.execPath, "--require", path.join(root, "scripts/bench/peak-memory.cjs"), Tools.command, "package",
      `${directory}/src/main.ts#main`, "--json"],
    { PEAK_MEMORY_FILE: report, CLUSTRIX_PACKAGE_DIR: below("large-packages") }
  )
  console.log(`  ${written} bytes packaged in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  aim("most memory of the process", mebibytes(Number(readFileSync(report, "utf8"))), 200, "MiB")
  rmSync(path.join(directory, "rows.csv"))
  rmSync(below("large-packages"), { recursive: true, force: true })
}

if (wants("living")) {
  const run = spawnSync(process.execPath, [path.join(root, "scripts/bench/living.mjs"), "200"], { encoding: "utf8" })
  if (run.status !== 0) throw new Error(run.stderr)
  const [first, ...warm] = JSON.parse(run.stdout)
  warm.sort((a, b) => a - b)
  const at = (share) => `${warm[Math.floor(warm.length * share)].toFixed(1)} ms`
  console.log(
    `\nA closure, found and read in a warm process: median ${at(0.5)}, 95% below ${
      at(0.95)
    } (aim: 5 ms); the first time ${first.toFixed(1)} ms`
  )
}

if (wants("browser")) {
  const count = quick ? 30 : 100
  const run = spawnSync(process.execPath, [path.join(root, "scripts/bench/browser.mjs"), String(count)], {
    encoding: "utf8"
  })
  if (run.status !== 0) throw new Error(run.stderr)
  console.log(`\nIn Chromium, from a keystroke to the new ID (${count} keystrokes in each example)`)
  const p95 = Object.entries(JSON.parse(run.stdout)).map(([example, milliseconds]) => {
    milliseconds.sort((a, b) => a - b)
    const at = (share) => milliseconds[Math.floor(milliseconds.length * share)]
    console.log(`  ${example}: median ${at(0.5).toFixed(0)} ms, 95% below ${at(0.95).toFixed(0)} ms`)
    return at(0.95)
  })
  aim("95% of the keystrokes, in the slowest example", Math.max(...p95), 100, "ms")
}

if (wants("ssh")) {
  console.log("\nA host over SSH (a real sshd on loopback)")
  const { measure } = await import("./bench/ssh.mjs")
  await measure({ aim, below, quick })
}

if (wants("loops")) {
  console.log("\nLoops on threads")
  const { measure } = await import("./bench/loops.mjs")
  await measure({ aim, below, expect, rounds: quick ? 3 : 9 })
}

if (wants("map")) {
  console.log("\nMany calls under a real Slurm on loopback")
  const { measure } = await import("./bench/map.mjs")
  await measure({ aim, below, quick })
}

if (wants("slurm")) {
  console.log("\nA real Slurm on loopback")
  const { measure } = await import("./bench/slurm.mjs")
  await measure({ aim, below, rounds: quick ? 5 : 20 })
}

if (wants("serve")) {
  console.log("\nA deploy endpoint, and 200 clients of it")
  const { measure } = await import("./bench/serve.mjs")
  await measure({ aim, quick })
}

if (wants("service")) {
  // A call each second
  const aDay = 86_400
  for (const kind of ["value", "reference", "submit", "logs"]) {
    const count = { value: 600, reference: 1500, submit: 2000, logs: 2000 }[kind] / (quick ? 2 : 1)
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [
        "--expose-gc",
        path.join(root, "scripts/bench/service.mjs"),
        kind,
        String(count),
        below(`service-${kind}`)
      ],
      { encoding: "utf8", env: process.env }
    )
    if (status !== 0) throw new Error(stderr)
    const { milliseconds, points } = JSON.parse(stdout)
    const [half, last] = [points[Math.floor(points.length / 2) - 1], points[points.length - 1]]
    const perCall = (last.heapUsed - half.heapUsed) / (last.calls - half.calls)
    console.log(
      `\n${count} calls of a service, ${kind}: ${(milliseconds / count).toFixed(1)} ms each, process ${
        mebibytes(last.rss).toFixed(0)
      } MiB, ${perCall.toFixed(0)} bytes of heap more for each call of the second half`
    )
    const extrapolated = mebibytes(last.heapUsed + Math.max(0, perCall) * (aDay - last.calls))
    aim(`heap after a call each second for a day (extrapolated), ${kind}`, extrapolated, 250, "MiB")
    aim(`growth of the process in the second half, ${kind}`, mebibytes(last.rss - half.rss), 32, "MiB")
  }
}

if (wants("endurance")) {
  const count = flags.includes("--full") ? 100_000 : quick ? 1000 : 3000
  console.log(`\n${count} packagings in one process, without analysis cache`)
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ["--expose-gc", path.join(root, "scripts/bench/endurance.mjs"), below("endurance"), String(count)],
    { encoding: "utf8", env: process.env }
  )
  if (status !== 0) throw new Error(stderr)
  const { milliseconds, peak, points } = JSON.parse(stdout)
  for (const { heapUsed, packagings, rss } of points) {
    console.log(
      `  after ${String(packagings).padStart(6)}: heap ${mebibytes(heapUsed).toFixed(1)} MiB, process ${
        mebibytes(rss).toFixed(0)
      } MiB`
    )
  }
  console.log(`  ${(milliseconds / count).toFixed(2)} ms each; most memory ${mebibytes(peak).toFixed(0)} MiB`)
  const [half, last] = [points[Math.floor(points.length / 2) - 1], points[points.length - 1]]
  const perPackaging = (last.heapUsed - half.heapUsed) / (last.packagings - half.packagings)
  const extrapolated = mebibytes(last.heapUsed + Math.max(0, perPackaging) * (100_000 - last.packagings))
  console.log(`  the heap grows by ${perPackaging.toFixed(0)} bytes for each packaging of the second half`)
  aim(`heap after 100,000${count < 100_000 ? " (extrapolated)" : ""}`, extrapolated, 200, "MiB")
  aim("most memory of the process", mebibytes(peak), 512, "MiB")
}

console.log(`\n${missed === 0 ? "All aims are met." : `${missed} aims are missed.`}`)
