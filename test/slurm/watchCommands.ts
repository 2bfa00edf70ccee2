/**
 * Commands of Slurm's names in front of its own, which write down that they were called, and by which shell.
 */
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"

const commands = ["sbatch", "squeue", "sacct", "scontrol", "scancel"]

export interface CommandCalls {
  /** How often each command was called. */
  readonly counts: Readonly<Record<string, number>>
  /** The most commands beside `sbatch` that one shell called. */
  readonly mostOfOneShell: number
}

export interface WatchedCommands {
  /** The value of `PATH` with which calls are seen. */
  readonly path: string
  /** The calls since this was asked last. */
  readonly calls: () => CommandCalls
}

export const watchCommands = (directory: string): WatchedCommands => {
  fs.mkdirSync(directory, { recursive: true })
  const log = path.join(directory, "calls")
  fs.writeFileSync(log, "")
  for (const name of commands) {
    const real = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim()
    const text = `#!/bin/sh\necho ${name} $PPID >> '${log}'\nexec ${real} "$@"\n`
    fs.writeFileSync(path.join(directory, name), text, { mode: 0o755 })
  }
  return {
    path: `${directory}:${process.env["PATH"]}`,
    calls: () => {
      const lines = fs.readFileSync(log, "utf8").split("\n").filter((line) => line !== "")
      fs.writeFileSync(log, "")
      const counts: Record<string, number> = {}
      const shells: Record<string, number> = {}
      for (const line of lines) {
        const [name = "", shell = ""] = line.split(" ")
        counts[name] = (counts[name] ?? 0) + 1
        if (name !== "sbatch") shells[shell] = (shells[shell] ?? 0) + 1
      }
      return { counts, mostOfOneShell: Math.max(0, ...Object.values(shells)) }
    }
  }
}
