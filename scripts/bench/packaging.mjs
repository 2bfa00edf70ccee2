/**
 * Packaging, by what has changed since the last time: nothing (the result is recalled), one module, or everything is new (no cache).
 * Each as a process of its own and within one process, against esbuild doing the same on Node: its JavaScript API, which bundles
 * and writes. Neither does the same work: esbuild links one file and writes no archive; Clustrix writes ZIP, source map and
 * invocation. @vercel/nft, which knows neither TypeScript nor edits, only lists files.
 */
import { context } from "esbuild"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { interleaved, print } from "./Measure.mjs"
import * as Tools from "./Tools.mjs"

/** What the caches hold of a project does not hold any more: one module in the middle has another number in it. */
const edit = ({ directory, edit: { file: name, from, to } }) => {
  const file = path.join(directory, name)
  const text = readFileSync(file, "utf8")
  let edits = 0
  return {
    next: () => writeFileSync(file, text.replace(from, to(1_000_000 + ++edits))),
    undo: () => writeFileSync(file, text)
  }
}

const ratio = (times, name, peer) => times[name].median / times[peer].median
const cpuRatio = (times, name, peer) => times[name].cpu / times[peer].cpu

const asProcess = "clustrix"
const peer = "esbuild on Node"

/** `change` is called before each run of either. */
const processes = async ({ below, quick, run }, project, { cache, change = () => {} }) => {
  const { clustrix, "esbuild (on Node)": esbuild, nft } = Tools.processes(project, below("out", "bundle.mjs"))
  // Rounds of both see the same files: only what changed since the tool's own last run matters
  return interleaved(
    {
      [asProcess]: { prepare: change, run: () => run(clustrix, cache()) },
      [peer]: () => run(esbuild),
      ...project.typescript ? {} : { "@vercel/nft on Node": () => run(nft) }
    },
    quick ? 3 : 15,
    1
  )
}

const inProcess = async ({ below, quick }, project, { packager, change = () => {}, rebuild }) => {
  const outfile = below("out", "in-process.mjs")
  const bundler = await context(Tools.bundleOptions(project, outfile))
  try {
    return await interleaved(
      {
        [asProcess]: { prepare: change, run: () => packager().package(project) },
        [peer]: rebuild ? () => bundler.rebuild() : () => Tools.bundle(project, outfile),
        ...project.typescript ? {} : { "@vercel/nft": () => Tools.trace(project) }
      },
      quick ? 3 : 15,
      rebuild ? 3 : 1
    )
  } finally {
    await bundler.dispose()
  }
}

const report = (title, times, { aim, limits, project, work }) => {
  console.log(`  ${title}`)
  print(times, peer)
  const limit = limits?.[project.files]
  const measured = ratio(times, asProcess, peer)
  const cpu = cpuRatio(times, asProcess, peer)
  if (Number.isFinite(cpu)) console.log(`    CPU: ${cpu.toFixed(2)} x ${peer}`)
  if (limit !== undefined) aim(`${project.title}, ${work}, ${title}`, measured, limit)
}

/** What is measured, by name; `limits` by number of modules. */
const works = {
  unchanged: { process: { 3: 0.9, 500: 0.9 }, inside: { 3: 0.3 } },
  edited: { process: { 500: 3 }, inside: {} },
  cold: { process: { 500: 7 }, inside: {} }
}

export const names = Object.keys(works)

/** `below`: a path in the scratch directory; `run`: a command line with more of the environment. */
export const measure = async (tools, projects, work) => {
  const { aim, below } = tools
  let caches = 0
  const cacheOf = (name) => ({ XDG_CACHE_HOME: below("packaging-caches", name) })
  const fresh = () => {
    // What was made for the run before is of no more use
    rmSync(below("packaging-caches", `cold-${caches}`), { recursive: true, force: true })
    return cacheOf(`cold-${++caches}`)
  }
  for (const project of projects) {
    console.log(` ${project.title}`)
    const edits = edit(project)
    const change = work === "edited" ? edits.next : undefined
    const warm = cacheOf(`warm-${project.title.replaceAll(/\W+/g, "-")}`)
    const limits = works[work]
    report(
      "as a process",
      await processes(tools, project, { cache: work === "cold" ? fresh : () => warm, change }),
      { aim, limits: limits.process, project, work }
    )
    let packager
    const kept = Tools.packager({ cache: below(`in-process-${project.files}`), remembers: true })
    const none = () => (packager = Tools.packager({ cache: undefined, remembers: false }))
    report(
      "in one process",
      await inProcess(tools, project, {
        packager: work === "cold" ? none : () => kept,
        change,
        rebuild: work !== "cold"
      }),
      { aim, limits: limits.inside, project, work }
    )
    await kept.dispose()
    await packager?.dispose()
    edits.undo()
  }
}
