/**
 * Command lines as data: what a command takes, and reading it. `node:util`'s parser cuts the words; everything that a
 * person may get wrong is told here.
 */
import { parseArgs } from "node:util"
import * as NearName from "../../core/diagnostics/NearName.ts"
import type { Terminal } from "./Terminal.ts"

export interface Option {
  /** Without the dashes. */
  readonly name: string
  /** What stands for its value in the help; none for a switch. */
  readonly value?: string
  /** The only values that it takes. */
  readonly choices?: ReadonlyArray<string>
  readonly repeatable?: boolean
  readonly summary: string
}

/** What was typed, after checking. */
export interface Call {
  readonly command: Command
  readonly positionals: ReadonlyArray<string>
  /** Switches that are on. */
  readonly switches: ReadonlySet<string>
  /** Values of the other options, in the order in which they were typed. */
  readonly values: ReadonlyMap<string, ReadonlyArray<string>>
}

export interface Command {
  readonly name: string
  readonly summary: string
  /** One line per form, without `clustrix`. */
  readonly usage: ReadonlyArray<string>
  readonly positionals: { readonly least: number; readonly most: number }
  readonly options: ReadonlyArray<Option>
  /** Paragraphs and examples at the end of the help. */
  readonly notes: ReadonlyArray<string>
  /** The code behind it, loaded when it is called. Gives the exit code. */
  readonly load: () => Promise<(call: Call, terminal: Terminal) => Promise<number>>
}

/** A command line that cannot be used. */
export interface UsageError {
  readonly _tag: "UsageError"
  readonly what: string
  readonly why?: string
  readonly remedy?: string
}

export const usageError = (what: string, remedy?: string, why?: string): UsageError => ({
  _tag: "UsageError",
  what,
  ...(why === undefined ? {} : { why }),
  ...(remedy === undefined ? {} : { remedy })
})

/** Options that every command takes. */
export const common: ReadonlyArray<Option> = [
  { name: "help", summary: "Show this help." },
  { name: "debug", summary: "Show what lies behind an error of Clustrix itself." }
]

const didYouMean = (typed: string, names: ReadonlyArray<string>, dashes: string): string | undefined => {
  const [near] = NearName.near(typed, names)
  const [longer] = names.filter((name) => typed.length > 1 && name.startsWith(typed))
  const meant = near ?? longer
  return meant === undefined ? undefined : `Did you mean \`${dashes}${meant}\`?`
}

/** The remedy for a word that names no command. */
export const unknownCommand = (typed: string, commands: ReadonlyArray<string>): UsageError =>
  usageError(
    `There is no command \`${typed}\``,
    didYouMean(typed, commands, "clustrix ") ?? `There are ${commands.join(", ")}; \`clustrix --help\` explains them.`
  )

const short: Readonly<Record<string, string>> = { h: "help" }

/** Reads what follows the command's name. */
export const read = (command: Command, words: ReadonlyArray<string>): Call | UsageError => {
  const options = new Map([...command.options, ...common].map((option) => [option.name, option]))
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries([...options.values()].map((option) => [
      option.name,
      { type: option.value === undefined ? "boolean" : "string", ...(option.name === "help" ? { short: "h" } : {}) }
    ]))
  })
  const positionals: Array<string> = []
  const switches = new Set<string>()
  const values = new Map<string, Array<string>>()
  const help = `\`clustrix ${command.name} --help\` lists its options.`
  for (const token of tokens) {
    if (token.kind === "positional") positionals.push(token.value)
    if (token.kind !== "option") continue
    const option = options.get(short[token.name] ?? token.name)
    if (option === undefined) {
      return usageError(
        `\`clustrix ${command.name}\` has no option \`${token.rawName}\``,
        didYouMean(token.name, [...options.keys()], "--") ?? help
      )
    }
    const { name } = option
    if (option.value === undefined) {
      if (token.value !== undefined) return usageError(`\`--${name}\` takes no value`, `Write \`--${name}\` alone.`)
      switches.add(name)
      continue
    }
    // A word that looks like an option is a forgotten value, unless it is glued on with `=`.
    const missing = token.value === undefined || (token.inlineValue !== true && token.value.startsWith("--"))
    if (missing) return usageError(`\`--${name}\` needs a value`, `Write \`--${name} ${option.value}\`.`)
    if (option.choices?.includes(token.value) === false) {
      return usageError(
        `\`--${name}\` cannot be ${JSON.stringify(token.value)}`,
        didYouMean(token.value, option.choices, "") ?? `It is one of ${option.choices.join(", ")}.`
      )
    }
    const before = values.get(name)
    if (before !== undefined && option.repeatable !== true) {
      return usageError(`\`--${name}\` is given twice`, "Give it once.")
    }
    values.set(name, [...(before ?? []), token.value])
  }
  if (!switches.has("help")) {
    const { least, most } = command.positionals
    const usage = `Usage: ${command.usage.map((line) => `clustrix ${line}`).join("\n         ")}`
    if (positionals.length < least) {
      return usageError(
        `\`clustrix ${command.name}\` needs ${least === 1 ? "one argument" : `${least} arguments`}`,
        usage
      )
    }
    const extra = positionals[most]
    if (extra !== undefined) {
      return usageError(`\`clustrix ${command.name}\` has no use for ${JSON.stringify(extra)}`, usage)
    }
  }
  return { command, positionals, switches, values }
}

/** The value of an option that can be given once. */
export const valueOf = (call: Call, name: string): string | undefined => call.values.get(name)?.[0]
