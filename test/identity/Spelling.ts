/**
 * The ways in which one program can be written: every freedom that must not change a package, each with its own switch.
 */
import * as Choices from "./Choices.ts"

/** A freedom of writing. Without it, the plain form is written. */
export const freedoms = [
  "comments",
  "layout",
  "quotes",
  "semicolons",
  "parentheses",
  "braces",
  "keys",
  "numbers",
  "flags",
  "types",
  "declarators",
  "exports",
  "imports",
  "unusedImports",
  "unreachedTexts",
  "unreachedOrder",
  "unreachedPresence",
  "crlf",
  "bom",
  "otherFiles",
  "jsonLayout",
  "naming",
  "circumstances"
] as const
export type Freedom = typeof freedoms[number]

export interface Spelling {
  readonly choices: Choices.Choices
  readonly may: (freedom: Freedom) => boolean
  /** True now and then where `freedom` is given. */
  readonly now: (freedom: Freedom, times?: number) => boolean
  readonly text: (value: string) => string
  readonly number: (value: number) => string
  /** A type annotation or nothing. */
  readonly type: (type: string) => string
  /** An expression with or without what only types need. */
  readonly cast: (expression: string, type: string) => string
  readonly parenthesised: (expression: string) => string
  readonly key: (name: string) => string
  readonly property: (name: string) => string
  readonly branch: (statement: string) => string
  readonly flags: (flags: string) => string
  /** The end of a statement. */
  readonly end: () => string
  /** White space that may be anything, or nothing at all where `optional`. */
  readonly gap: (optional?: boolean) => string
}

const blockComments = ["/* c */", "/** @internal */", "/*! licence */", "/* \"quote' ` */", "/* // */",
  "/*\n * lines\n */"] as const

export const lineComments = [
  "// c",
  "// @ts-ignore",
  "// eslint-disable-next-line",
  "/// <reference types=\"node\" />",
  "//# sourceMappingURL=x.js.map",
  "/** @param x none */",
  "/* istanbul ignore next */",
  "// #region",
  "// prettier-ignore",
  "// import { x } from \"./nowhere.js\"",
  "// äöü 𝒳 \u200b",
  "",
  ""
] as const

export const plain: Spelling = make(0, [])

export function make(seed: number, given: ReadonlyArray<Freedom>): Spelling {
  const choices = Choices.make(seed)
  const may = (freedom: Freedom): boolean => given.includes(freedom)
  const now = (freedom: Freedom, times = 2): boolean => may(freedom) && choices.once(times)
  const gap = (optional = false): string => {
    const space = now("layout") ? choices.pick(["  ", "\t", " ", optional ? "" : " "]) : optional ? "" : " "
    return now("comments", 8) ? ` ${choices.pick(blockComments)} ` : space
  }
  return {
    choices,
    may,
    now,
    gap,
    text: (value) => now("quotes") ? `'${value.replaceAll("'", "\\'")}'` : JSON.stringify(value),
    number: (value) =>
      now("numbers") ? choices.pick([`0x${value.toString(16)}`, `${value}.0`, `${value}e0`, `0b${value.toString(2)}`])
        : `${value}`,
    type: (type) => now("types") ? `${gap(true)}: ${type}` : "",
    cast: (expression, type) =>
      now("types", 3)
        ? choices.pick([`(${expression} as ${type})`, `(${expression} satisfies ${type})`, `(${expression})!`,
          `(<${type}>${expression})`])
        : expression,
    parenthesised: (expression) => now("parentheses", 3) ? `(${gap(true)}${expression}${gap(true)})` : expression,
    key: (name) => now("keys") ? choices.pick([`"${name}"`, `'${name}'`]) : name,
    property: (name) => now("keys", 3) ? `["${name}"]` : `.${name}`,
    branch: (statement) => now("braces") ? `{${gap()}${statement}${gap()}}` : statement,
    flags: (flags) => may("flags") ? choices.shuffled([...flags]).join("") : flags,
    end: () => may("semicolons") ? now("semicolons") ? ";" : "" : ";"
  }
}
