/**
 * Projects with loops: packaged, unpacked, and run both ways in processes of their own.
 */
import * as Effect from "effect/Effect"
import { unzipSync } from "fflate"
import { spawn } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import type { LoopReport } from "../../core/parallel/LoopReport.ts"
import * as Packing from "../identity/Packing.ts"

/** How the serial and the wide run of a package ended, as texts that are the same if and only if the outcomes are. */
export interface Outcomes {
  readonly serial: string
  readonly wide: string
  /** One for each execution of a loop in the wide run. */
  readonly notes: ReadonlyArray<{
    readonly loop: string
    readonly iterations: number
    readonly computed: number
    readonly why?: string
  }>
}

/** The module of a function that calls `run` of each of the other modules, and tells how it ended. */
export const mainOf = (names: ReadonlyArray<string>): string =>
  `${names.map((name) => `import { run as ${name} } from "./${name}.ts"`).join("\n")}
export async function main(): Promise<unknown> {
  const all: any = {}
${
    names.map((name) =>
      `  try { all.${name} = { gave: await ${name}() } } catch (error) { all.${name} = { threw: String(error) } }`
    ).join("\n")
  }
  return all
}
`

/** The reports of the loops of `project`; its package lies unpacked in `directory` then. */
export const unpack = (project: Packing.Project, directory: string) =>
  Effect.gen(function*() {
    const { digest, prepared, zip } = yield* Packing.pack(project)
    const files = unzipSync(zip)
    for (const [name, bytes] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(directory, name)), { recursive: true })
      writeFileSync(path.join(directory, name), bytes)
    }
    const loops: ReadonlyArray<LoopReport> = yield* prepared.loops
    return { digest, loops, paths: Object.keys(files) }
  })

const runner = fileURLToPath(new URL("./run.mjs", import.meta.url))

/**
 * Runs the unpacked packages, in one process, with loops on `width` threads from their first iteration on. Does not block:
 * the test runner wants to hear from its worker.
 */
export const runBoth = (
  packages: ReadonlyArray<{ readonly directory: string; readonly args?: ReadonlyArray<unknown> }>,
  output: string,
  width = 2
): Promise<ReadonlyArray<Outcomes>> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [runner, output], { stdio: ["pipe", "ignore", "pipe"], timeout: 120_000 })
    let errors = ""
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text
    })
    child.on("error", reject)
    child.on("close", (code, signal) => {
      if (code !== 0) return reject(new Error(`${runner} ended with ${code ?? signal}: ${errors}`))
      const outcomes: ReadonlyArray<Outcomes> = JSON.parse(readFileSync(output, "utf8"))
      resolve(outcomes)
    })
    child.stdin.end(JSON.stringify({ packages, width }))
  })
