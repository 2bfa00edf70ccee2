/**
 * Help texts.
 */
import { type Command, common, type Option } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import type { Style } from "./Style.ts"
import { table, wrap } from "./Text.ts"

const textColumns = 100

const optionRows = (options: ReadonlyArray<Option>, style: Style) => {
  const labels = options.map(({ name, repeatable, value }) =>
    `${name === "help" ? "-h, " : ""}--${name}${value === undefined ? "" : ` ${value}`}${
      repeatable === true ? " ..." : ""
    }`
  )
  const column = Math.max(...labels.map((label) => label.length))
  return table(
    options.flatMap(({ summary }, index) =>
      wrap(summary, Math.max(30, textColumns - 4 - column)).map((
        line,
        at
      ) => [at === 0 ? style.cyan(labels[index] ?? "") : "", line])
    )
  )
}

const exitCodes = (style: Style): ReadonlyArray<string> => [
  style.bold("Exit codes"),
  ...table(ExitCode.table.map(([code, meaning]) => [String(code), meaning]), { right: [0] })
]

/** What `clustrix --help` prints. */
export const overview = (commands: ReadonlyArray<Command>, version: string, style: Style): ReadonlyArray<string> => [
  `${style.bold("clustrix")} ${version}  Packages a function with exactly what it needs, and runs it.`,
  "",
  style.bold("Usage"),
  "  clustrix COMMAND [ARGUMENT]... [OPTION]...",
  "  clustrix COMMAND --help",
  "",
  style.bold("Commands"),
  ...table(commands.map(({ name, summary }) => [style.cyan(name), summary])),
  "",
  style.bold("Options"),
  ...table([[style.cyan("-h, --help"), "Show this help, or that of a command."], [style.cyan("-V, --version"),
    "Show the version."]]),
  "",
  style.bold("For example"),
  "  clustrix package src/analysis.ts#main",
  "  clustrix run src/analysis.ts#main --args '[\"data\", 5]'",
  "",
  ...exitCodes(style)
]

/** What `clustrix COMMAND --help` prints. */
export const commandHelp = (command: Command, style: Style): ReadonlyArray<string> => [
  style.bold(command.summary),
  "",
  style.bold("Usage"),
  ...command.usage.map((line) => `  clustrix ${line}`),
  "",
  style.bold("Options"),
  ...optionRows([...command.options, ...common], style),
  ...command.notes.flatMap((note) => ["", ...wrap(note, textColumns)]),
  "",
  ...exitCodes(style)
]
