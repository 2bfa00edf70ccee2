/**
 * Standard output and standard error of the process, and the one line of progress between them.
 */
import { type Style, styleFor } from "./render/Style.ts"

export interface Terminal {
  /** For what goes to standard output. */
  readonly style: Style
  /** For what goes to standard error. */
  readonly errorStyle: Style
  /** Lines of results. */
  readonly print: (lines: ReadonlyArray<string>) => void
  /** Lines about what happens, and diagnostics. */
  readonly note: (lines: ReadonlyArray<string>) => void
  /** Bytes as they are. Resolves when they are on their way, so that who waits never holds more than one piece. */
  readonly write: (stream: "stdout" | "stderr", bytes: Uint8Array) => Promise<void>
  /**
   * Shows `label` (asked anew each time, if it is a function) and the time on standard error once more than a second has passed,
   * if that is a terminal. Gives what ends it. Several lines are a table that is drawn over itself; the time follows the first.
   */
  readonly progress: (label: string | (() => string | ReadonlyArray<string>)) => () => void
  /** Shows no progress, for somebody is asked something on the terminal. Gives what ends that. */
  readonly hold: () => () => void
  /** Waits until everything is written. */
  readonly flush: () => Promise<void>
}

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]
const patienceMillis = 1000
const frameMillis = 100

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  stream.destroyed || stream.writableLength === 0 ? Promise.resolve() : new Promise((resolve) => {
    stream.once("close", resolve)
    stream.write("", () => resolve())
  })

/** The process's own streams. `onBrokenPipe` is called when a reader went away. */
export const make = (onBrokenPipe: () => void): Terminal => {
  const { stderr, stdout } = process
  for (const stream of [stdout, stderr]) {
    stream.on("error", (cause: NodeJS.ErrnoException) => {
      if (cause.code === "EPIPE") onBrokenPipe()
      else throw cause
    })
  }
  // The columns that each drawn line takes
  let drawn: ReadonlyArray<number> = []
  // A terminal that nobody sized says 0
  const columns = (): number => stderr.columns || 80
  // Drawing over a line that is not finished would erase what stands there.
  let lineStart = true
  let held = 0
  /** To the beginning of what is drawn. A terminal that became narrower since has broken lines. */
  const toTop = (): string => {
    const rows = drawn.slice(0, -1).reduce((sum, taken) => sum + Math.max(1, Math.ceil(taken / columns())), 0) +
      Math.max(0, Math.ceil((drawn.at(-1) ?? 0) / columns()) - 1)
    return `\r${rows > 0 ? `\u001b[${rows}A` : ""}`
  }
  const erase = (): void => {
    if (drawn.length > 0) stderr.write(`${toTop()}\u001b[J`)
    drawn = []
  }
  const text = (lines: ReadonlyArray<string>): string => lines.map((line) => `${line}\n`).join("")
  return {
    style: styleFor(process.env, stdout.isTTY === true),
    errorStyle: styleFor(process.env, stderr.isTTY === true),
    print: (lines) => {
      erase()
      lineStart = true
      stdout.write(text(lines))
    },
    note: (lines) => {
      erase()
      lineStart = true
      stderr.write(text(lines))
    },
    write: (stream, bytes) => {
      erase()
      lineStart = bytes.at(-1) === 0x0a
      return new Promise((resolve) => {
        // With an error, the stream's own listener hears of it.
        process[stream].write(bytes, () => resolve())
      })
    },
    progress: (label) => {
      if (stderr.isTTY !== true) return () => {}
      const started = Date.now()
      let frame = 0
      const timer = setInterval(() => {
        const elapsed = Date.now() - started
        if (elapsed < patienceMillis || !lineStart || held > 0) return
        frame = (frame + 1) % frames.length
        const told = typeof label === "string" ? label : label()
        const [first = "", ...more] = typeof told === "string" ? [told] : told
        const lines = [`${frames[frame]} ${first} ... ${Math.floor(elapsed / 1000)} s`,
          ...more.slice(0, Math.max(0, (stderr.rows || 24) - 2))]
          // One line must stay one line, or erasing it leaves the rest
          .map((line) => line.slice(0, Math.max(1, columns() - 1)))
        // In one piece, each line over the old one: nothing flickers
        stderr.write(
          `${toTop()}${lines.map((line) => `${line}\u001b[K`).join("\n")}\u001b[J`
        )
        drawn = lines.map((line) => line.length)
      }, frameMillis)
      timer.unref()
      return () => {
        clearInterval(timer)
        erase()
      }
    },
    hold: () => {
      erase()
      held += 1
      return () => {
        held -= 1
      }
    },
    flush: async () => {
      await Promise.all([flushed(stdout), flushed(stderr)])
      // A write that failed is told of by an event in the next turn: a closed pipe must be heard of before the end
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
