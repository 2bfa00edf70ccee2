/**
 * How long the event loop of a process stands still because of what it does itself: the processor time of its main thread between
 * two turns. What other programs do on this machine does not count, as it does in delays.
 */
import * as fs from "node:fs"
import * as path from "node:path"

export interface StandStill {
  /** For the environment of the process. */
  readonly environment: Readonly<Record<string, string>>
  /** The longest time in milliseconds since it was asked last. */
  readonly take: () => number
}

/** `directory`: where it writes. Linux tells each thread's processor time. */
export const make = (directory: string): StandStill => {
  const script = path.join(directory, "stand-still.cjs")
  const file = path.join(directory, "stand-still")
  fs.writeFileSync(file, "")
  fs.writeFileSync(
    script,
    `const fs = require("node:fs")
if (require("node:worker_threads").isMainThread) {
  const busy = () => Number(fs.readFileSync("/proc/self/task/" + process.pid + "/schedstat", "utf8").split(" ")[0]) / 1e6
  let last = busy()
  let longest = 0
  setInterval(() => {
    const now = busy()
    longest = Math.max(longest, now - last)
    last = now
  }, 2).unref()
  setInterval(() => {
    fs.appendFileSync(${JSON.stringify(file)}, longest.toFixed(1) + "\\n")
    longest = 0
  }, 50).unref()
}
`
  )
  let read = 0
  return {
    environment: { NODE_OPTIONS: `--require ${script}` },
    take: () => {
      const text = fs.readFileSync(file, "utf8")
      const end = text.lastIndexOf("\n") + 1
      const lines = text.slice(read, end).split("\n").filter((line) => line !== "")
      read = end
      return Math.max(0, ...lines.map(Number))
    }
  }
}
