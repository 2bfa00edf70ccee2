/**
 * Slurm: from a call to its result, against `sbatch` by hand of the very script that the call made.
 */
import { run } from "clustrix/node"
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { tsImport } from "tsx/esm/api"
import { interleaved, print } from "./Measure.mjs"

const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis))

/** Submits what a job left, and waits for its result. */
const byHand = async (directory) => {
  for (const name of ["result", "state", "submission"]) {
    rmSync(path.join(directory, name), { recursive: true, force: true })
  }
  const ran = spawnSync("sbatch", ["--parsable", "job.sh"], { cwd: directory, encoding: "utf8" })
  if (ran.status !== 0) throw new Error(ran.stderr)
  while (!existsSync(path.join(directory, "result"))) await sleep(10)
}

export const measure = async ({ aim, below, rounds }) => {
  const Slurm = await tsImport("../../test/slurm/Slurm.ts", import.meta.url)
  if (Slurm.missing !== undefined) throw new Error(Slurm.missing)
  const slurm = await Slurm.make()
  try {
    process.env.SLURM_CONF = slurm.configFile
    const project = below("slurm")
    mkdirSync(project, { recursive: true })
    writeFileSync(path.join(project, "package.json"), `{ "name": "bench", "type": "module" }\n`)
    writeFileSync(path.join(project, "main.ts"), "export const main = (n: number) => n + 1\n")
    const config = {
      clusterType: "slurm",
      remoteWorkDir: below("slurm-work"),
      remoteNodePath: process.execPath
    }
    const call = (n) => run(`${path.join(project, "main.ts")}#main`, config, [n])
    await call(0)
    const jobs = below("slurm-work", ".clustrix", "jobs")
    const [first] = readdirSync(jobs)
    const times = await interleaved(
      { "sbatch by hand, to the result": () => byHand(path.join(jobs, first)), "a call, to its result": call },
      rounds,
      1
    )
    print(times, "sbatch by hand, to the result")
    const [hand, called] = Object.values(times)
    aim("from call to result, more than by hand", (called.median - hand.median) / 1000, 1, "s")
  } finally {
    await slurm.stop()
  }
}
