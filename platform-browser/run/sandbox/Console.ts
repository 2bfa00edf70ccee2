/**
 * `console` of a run: text for the page, much as Node prints it.
 */
import inspect from "object-inspect"

type Write = (stream: "stdout" | "stderr", text: string) => void

const shown = (value: unknown): string =>
  typeof value === "string" ? value
    : value instanceof Error && typeof value.stack === "string" ? value.stack
    : inspect(value, { depth: 4 })

/** `%s` and its like in a first text, as the console's standard has it. */
const format = (args: ReadonlyArray<unknown>): string => {
  const [first, ...rest] = args
  if (typeof first !== "string" || rest.length === 0) return args.map(shown).join(" ")
  const text = first.replace(/%[sdifoOjc%]/g, (directive) => {
    if (directive === "%%") return "%"
    if (rest.length === 0) return directive
    const value = rest.shift()
    switch (directive) {
      case "%d":
        return String(Number(value))
      case "%i":
        return String(Number.parseInt(String(value), 10))
      case "%f":
        return String(Number.parseFloat(String(value)))
      case "%j":
        return JSON.stringify(value)
      case "%c":
        return ""
      default:
        return shown(value)
    }
  })
  return [text, ...rest.map(shown)].join(" ")
}

export const make = (write: Write): Partial<Console> => {
  let indent = ""
  const print = (stream: "stdout" | "stderr") => (...args: ReadonlyArray<unknown>): void =>
    write(stream, `${indent}${format(args).replaceAll("\n", `\n${indent}`)}\n`)
  const [out, err] = [print("stdout"), print("stderr")]
  const counts = new Map<string, number>()
  const timers = new Map<string, number>()
  const elapsed = (label: string): string => `${label}: ${(performance.now() - (timers.get(label) ?? 0)).toFixed(3)}ms`
  return {
    log: out,
    info: out,
    debug: out,
    dir: (value: unknown) => out(value),
    table: (value: unknown) => out(value),
    warn: err,
    error: err,
    trace: (...args: ReadonlyArray<unknown>) => err("Trace:", ...args),
    assert: (condition?: boolean, ...args: ReadonlyArray<unknown>) => {
      if (condition !== true) err("Assertion failed", ...args)
    },
    group: (...args: ReadonlyArray<unknown>) => {
      if (args.length > 0) out(...args)
      indent += "  "
    },
    groupEnd: () => {
      indent = indent.slice(2)
    },
    count: (label = "default") => {
      counts.set(label, (counts.get(label) ?? 0) + 1)
      out(`${label}: ${counts.get(label)}`)
    },
    time: (label = "default") => {
      timers.set(label, performance.now())
    },
    timeLog: (label = "default", ...args: ReadonlyArray<unknown>) => out(elapsed(label), ...args),
    timeEnd: (label = "default") => out(elapsed(label))
  }
}
