/**
 * Many calls under a real Slurm: how often the scheduler is asked, and what the client's memory does meanwhile.
 */
import { spawn, spawnSync } from "node:child_process"
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { tsImport } from "tsx/esm/api"

const commands = ["sbatch", "squeue", "sacct", "scontrol", "scancel"]
const client = fileURLToPath(new URL("mapClient.mjs", import.meta.url))

/** Puts commands of the same names in front of Slurm's, which write down that they were called, and by which shell. */
const watch = (directory) => {
  mkdirSync(directory, { recursive: true })
  const log = path.join(directory, "calls")
  for (const name of commands) {
    const real = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim()
    writeFileSync(path.join(directory, name), `#!/bin/sh\necho ${name} $PPID >> '${log}'\nexec ${real} "$@"\n`)
    chmodSync(path.join(directory, name), 0o755)
  }
  return {
    path: `${directory}:${process.env.PATH}`,
    forget: () => writeFileSync(log, ""),
    calls: () => readFileSync(log, "utf8").split("\n").filter((line) => line !== "").map((line) => line.split(" "))
  }
}

const counts = (values) => {
  const found = new Map()
  for (const value of values) found.set(value, (found.get(value) ?? 0) + 1)
  return found
}

const mebibytes = (bytes) => Math.round(bytes / 2 ** 20)

export const measure = async ({ aim, below, quick }) => {
  const Slurm = await tsImport("../../test/slurm/Slurm.ts", import.meta.url)
  if (Slurm.missing !== undefined) throw new Error(Slurm.missing)
  const slurm = await Slurm.make()
  try {
    const watched = watch(below("map-commands"))
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
      watched.forget()
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
      const made = watched.calls()
      const byName = counts(made.map(([name]) => name))
      const asking = counts(made.filter(([name]) => name !== "sbatch").map(([, shell]) => shell))
      console.log(
        `  ${calls} calls: ${seen.seconds.toFixed(0)} s; at most ${mebibytes(seen.peakRss)} MiB, of which heap ${
          mebibytes(seen.peakHeap)
        } MiB; ${[...byName].map(([name, count]) => `${count} x ${name}`).join(", ")}`
      )
      return { ...seen, submissions: byName.get("sbatch"), perPoll: Math.max(0, ...asking.values()) }
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
