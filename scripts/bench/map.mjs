/**
 * Many calls under a real Slurm: how often the scheduler is asked, and what the client's memory does meanwhile.
 */
import { spawn } from "node:child_process"
import { mkdirSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { tsImport } from "tsx/esm/api"

const client = fileURLToPath(new URL("mapClient.mjs", import.meta.url))

const mebibytes = (bytes) => Math.round(bytes / 2 ** 20)

export const measure = async ({ aim, below, quick }) => {
  const Slurm = await tsImport("../../test/slurm/Slurm.ts", import.meta.url)
  if (Slurm.missing !== undefined) throw new Error(Slurm.missing)
  const { watchCommands } = await tsImport("../../test/slurm/watchCommands.ts", import.meta.url)
  const slurm = await Slurm.make()
  try {
    const watched = watchCommands(below("map-commands"))
    const project = below("map")
    mkdirSync(project, { recursive: true })
    writeFileSync(path.join(project, "package.json"), `{ "name": "bench", "type": "module" }\n`)
    const file = path.join(project, "main.mjs")
    writeFileSync(file, "export const square = (n) => ({ n, square: n * n, text: \"x\".repeat(20_000) })\n")
    const config = {
      clusterType: "slurm",
      remoteWorkDir: below("map-work"),
      remoteNodePath: process.execPath
    }
    const run = async (calls) => {
      watched.calls()
      const child = spawn(process.execPath, ["--expose-gc", client, JSON.stringify(config), file, String(calls)], {
        env: { ...process.env, PATH: watched.path, SLURM_CONF: slurm.configFile },
        stdio: ["ignore", "pipe", "inherit"]
      })
      let text = ""
      child.stdout.setEncoding("utf8").on("data", (part) => {
        text += part
      })
      const code = await new Promise((resolve) => child.on("close", resolve))
      if (code !== 0) throw new Error(`the client of ${calls} calls ended with ${code}`)
      const seen = JSON.parse(text)
      const { counts, mostOfOneShell } = watched.calls()
      console.log(
        `  ${calls} calls: ${seen.seconds.toFixed(0)} s; at most ${mebibytes(seen.peakRss)} MiB, of which heap ${
          mebibytes(seen.peakHeap)
        } MiB; ${Object.entries(counts).map(([name, count]) => `${count} x ${name}`).join(", ")}`
      )
      return { ...seen, submissions: counts.sbatch, perPoll: mostOfOneShell }
    }
    await run(10)
    const few = await run(quick ? 100 : 250)
    const many = await run(quick ? 400 : 1000)
    aim("submissions of one map", many.submissions, 1, "")
    aim("scheduler commands in a poll", Math.max(few.perPoll, many.perPoll), 1, "")
    aim("heap of four times as many calls", (many.peakHeap - few.peakHeap) / 2 ** 20, 8, "MiB more")
  } finally {
    await slurm.stop()
  }
}
