/**
 * Timing, interleaved: A B C A B C ..., so that what the machine does meanwhile falls on all alike.
 */
import { readdirSync, readFileSync } from "node:fs"

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const ticksPerSecond = 100

/**
 * CPU time in ms of this process, its living children, and those that have ended, as the system counts it (in steps of 10 ms).
 * `NaN` where there is no /proc.
 */
const cpuMillis = () => {
  try {
    const own = process.cpuUsage()
    let ticks = 0
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      let fields
      try {
        fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /, "").split(" ").map(Number)
      } catch {
        // It has ended meanwhile
        continue
      }
      // From the third on: state, parent, ..., utime and stime at 11 and 12, those of ended children behind them
      if (Number(pid) === process.pid) ticks += fields[13] + fields[14]
      else if (fields[1] === process.pid) ticks += fields[11] + fields[12]
    }
    return (own.user + own.system) / 1000 + ticks * 1000 / ticksPerSecond
  } catch {
    return Number.NaN
  }
}

/**
 * Runs each of `subjects` (name to async function, or to one that is measured and one that prepares it) `rounds` times. Gives by
 * name the median, least and most of the time in ms, and the mean of the CPU time in ms.
 */
export const interleaved = async (subjects, rounds, warmups = 0) => {
  const times = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]))
  const cpu = Object.fromEntries(Object.keys(subjects).map((name) => [name, 0]))
  for (let round = -warmups; round < rounds; round++) {
    for (const [name, subject] of Object.entries(subjects)) {
      const { prepare = () => {}, run = subject } = subject
      await prepare(round)
      const cpuBefore = cpuMillis()
      const started = performance.now()
      await run(round)
      const millis = performance.now() - started
      if (round < 0) continue
      times[name].push(millis)
      cpu[name] += (cpuMillis() - cpuBefore) / rounds
    }
  }
  return Object.fromEntries(
    Object.entries(times).map(([name, values]) => [
      name,
      { median: median(values), least: Math.min(...values), most: Math.max(...values), cpu: cpu[name] }
    ])
  )
}

const ms = (value) => (value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0))

/** Prints one line for each subject, with its ratio to `base`. */
export const print = (times, base) => {
  const width = Math.max(...Object.keys(times).map((name) => name.length))
  for (const [name, { least, median: middle, most }] of Object.entries(times)) {
    const ratio = base === undefined || base === name ? "" : `${(middle / times[base].median).toFixed(2)} x ${base}`
    console.log(
      `  ${name.padEnd(width)}  ${ms(middle).padStart(7)} ms  (${ms(least)} - ${ms(most)})  ${ratio}`.trimEnd()
    )
  }
}
