/**
 * Whether a host has what jobs need: commands, files, a directory, a clock, process groups.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Shell from "../deploy/Shell.ts"
import * as Quotation from "../../diagnostics/Quotation.ts"
import type { CommandResult, Transport, TransportError } from "../Transport.ts"
import { type Check, CheckFailedError } from "./Check.ts"

type Way = typeof Transport.Service

/** Below this, the next package may not fit. */
const littleSpaceBytes = 1024 ** 3
/** Beyond this, times of files and jobs mislead. */
const mostSkewSeconds = 60

const gibibytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(bytes < 10 * 1024 ** 3 ? 1 : 0)} GiB`

const lastWords = ({ exitCode, stderr, stdout }: CommandResult): string =>
  Quotation.lastLines(stderr, 3) || Quotation.lastLines(stdout, 3) ||
  `It ended with exit code ${exitCode}.`

const shortened = (text: string): string => text.length > 160 ? `${text.slice(0, 160)}...` : text

/** `noise`: what a login shell prints there. */
export const command = (transport: Way, noise: Effect.Effect<string, TransportError>): Check => ({
  name: "command",
  title: "Commands",
  run: Effect.gen(function*() {
    const ran = yield* transport.exec("uname -s -m && id -un", { idempotent: true })
    const [system = "", user = ""] = ran.stdout.trim().split("\n")
    if (ran.exitCode !== 0 || user === "") {
      return yield* new CheckFailedError({
        what: `Commands do not run on ${transport.location}`,
        why: lastWords(ran),
        remedy: "Check that the login shell there starts, and that /bin/sh, uname and id are there."
      })
    }
    const printed = (yield* noise).trim()
    return {
      detail: `${system}, as ${user}`,
      ...(printed === "" ? {} : {
        warning: {
          why: `The login shell prints something before each command: ${
            JSON.stringify(shortened(printed))
          }. Clustrix looks past it; SFTP and other programs may not.`,
          remedy:
            "Let its start files there (~/.bashrc, ...) print for interactive shells only: `case $- in *i*) ... esac`."
        }
      })
    }
  })
})

export const sftp = (transport: Way): Check => ({
  name: "sftp",
  title: "SFTP",
  run: Effect.map(transport.realPath("."), (home) => ({ detail: `files start at ${home}` }))
})

/** What `df -Pk` says is available, in bytes. The names around the numbers may hold spaces. */
const availableBytes = (output: string): number | undefined => {
  const [, blocks] = /\s\d+\s+-?\d+\s+(-?\d+)\s+-?\d+%\s/.exec(output) ?? []
  return blocks === undefined ? undefined : Number(blocks) * 1024
}

/** `root`: where jobs and packages lie, in a directory of their own. */
export const workDirectory = (
  transport: Way,
  root: Effect.Effect<string, TransportError>,
  { inner, remedy, title }: { readonly inner: string; readonly remedy: string; readonly title: string }
): Check => ({
  name: "work-directory",
  title,
  run: Effect.gen(function*() {
    const directory = yield* root
    const probe = `doctor-${yield* Random.nextIntBetween(0, 2 ** 31 - 1)}`
    const ran = yield* transport.exec(
      [
        "umask 077",
        `root=${Shell.quote(directory)}`,
        `inner="$root${inner}"`,
        "if [ -d \"$root\" ]; then echo found; else echo made; fi",
        "mkdir -p \"$inner\" || exit",
        `probe="$inner/${probe}"`,
        "trap 'rm -rf \"$probe\"' EXIT",
        "mkdir \"$probe\" && echo written > \"$probe/file\" || exit",
        "if ln -s file \"$probe/link\" && [ \"$(cat \"$probe/link\")\" = written ]; then echo links; else echo no-links; fi",
        "df -Pk \"$inner\" | tail -n 1"
      ].join("\n")
    )
    const [existed, links, ...usage] = ran.stdout.trim().split("\n")
    if (ran.exitCode !== 0 || links === undefined) {
      return yield* new CheckFailedError({ what: `${directory} cannot be written`, why: lastWords(ran), remedy })
    }
    if (links === "no-links") {
      return yield* new CheckFailedError({
        what: `${directory} is on a file system without symbolic links`,
        why: lastWords(ran),
        remedy: "Packages of npm are linked into jobs: name a directory on another file system."
      })
    }
    const free = availableBytes(`${usage.join(" ")} `)
    const space = free === undefined ? "" : `, ${gibibytes(free)} free`
    return {
      detail: `${directory}${existed === "made" ? " (made now)" : ""}${space}`,
      ...(free !== undefined && free < littleSpaceBytes
        ? {
          warning: {
            why: "The next package, or what a job writes, may not fit.",
            remedy: "Remove what is old with `clustrix clean --remote`, or name a directory on another disk."
          }
        }
        : {})
    }
  })
})

export const clock = (transport: Way): Check => ({
  name: "clock",
  title: "Clock",
  run: Effect.gen(function*() {
    const before = yield* Clock.currentTimeMillis
    const ran = yield* transport.exec("date +%s", { idempotent: true })
    const after = yield* Clock.currentTimeMillis
    const there = Number(ran.stdout.trim())
    if (ran.exitCode !== 0 || !Number.isInteger(there) || there === 0) {
      return yield* new CheckFailedError({
        what: `${transport.location} does not tell its time`,
        why: lastWords(ran),
        remedy: "Check that `date +%s` prints seconds there."
      })
    }
    // It was read at some moment between the two, and cut to a whole second
    const early = before / 1000 - 1 - there
    const late = there - after / 1000
    const skew = Math.round(Math.max(early, late, 0))
    if (skew <= mostSkewSeconds) return { detail: skew === 0 ? "agrees with this machine's" : `${skew} s apart` }
    return {
      detail: `${skew} s ${late > early ? "ahead of" : "behind"} this machine's`,
      warning: {
        why: "Times of jobs will look wrong, and clean-ups judge by the age of files.",
        remedy: "Have both machines synchronise their clocks (NTP)."
      }
    }
  })
})

export const processGroup = (transport: Way): Check => ({
  name: "process-group",
  title: "setsid",
  run: Effect.map(
    transport.exec("command -v setsid", { idempotent: true }),
    ({ exitCode, stdout }) =>
      exitCode === 0 ? { detail: stdout.trim() } : {
        detail: "not there",
        warning: {
          why: "Jobs get a process group from the shell's job control instead, which few systems have been tried with.",
          remedy: "Install util-linux there, if it can be had."
        }
      }
  )
})
