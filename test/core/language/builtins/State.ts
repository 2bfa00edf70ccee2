/**
 * State outside of values, as far as a test can see it.
 */
import { Console } from "node:console"
import { Writable } from "node:stream"

let printed = 0

const sink = (): Writable =>
  new Writable({
    write: (_chunk, _encoding, done) => {
      printed += 1
      done()
    }
  })

/** A console that prints nowhere. */
export const quiet = new Console({ stdout: sink(), stderr: sink() })

const write = (): number => printed

/** By the names that behaviours use. */
const states: Readonly<Record<string, () => unknown>> = {
  console: write,
  cwd: () => process.cwd(),
  "process.env": () => JSON.stringify(process.env),
  umask: () => process.umask(),
  process: () => [process.exitCode, ...process.eventNames().map((name) => process.listenerCount(name))].join(),
  timers: () => process.getActiveResourcesInfo().filter((name) => /^(Timeout|Immediate)$/.test(name)).length,
  regexp: () => [RegExp.lastMatch, RegExp.leftContext].join()
}

export type Snapshot = ReadonlyMap<string, unknown>

/** What the states are now. The regular expression that was matched last is one that no sample has. */
export const before = (): Snapshot => {
  const snapshot = new Map(Object.entries(states).map(([name, look]) => [name, look()]))
  return /clus(?=trix)/.test("a clustrix") ? snapshot.set("regexp", states["regexp"]?.()) : snapshot
}

/** The names of the states that are not what they were. */
export const changes = (snapshot: Snapshot): ReadonlyArray<string> =>
  // Asking the others matches, too.
  [...new Set(["regexp", ...snapshot.keys()])].filter((name) => states[name]?.() !== snapshot.get(name))

/** Puts back what a function was called to change. */
export const restore = (snapshot: Snapshot): void => {
  process.chdir(String(snapshot.get("cwd")))
  process.umask(Number(snapshot.get("umask")))
}

/** The circumstances of a call that a result may depend on. */
export const circumstances: Readonly<Record<string, () => () => void>> = {
  again: () => {
    const end = process.hrtime.bigint() + 2_000_000n
    while (process.hrtime.bigint() < end);
    return () => undefined
  },
  timezone: () => {
    const zone = process.env["TZ"]
    process.env["TZ"] = "Asia/Tokyo"
    return () => {
      if (zone === undefined) delete process.env["TZ"]
      else process.env["TZ"] = zone
    }
  },
  cwd: () => {
    const directory = process.cwd()
    process.chdir("/")
    return () => process.chdir(directory)
  }
}
