/**
 * Values of literals, and the one spelling of each.
 */
import type * as Ast from "../../language/Ast.ts"

const escapes: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" }

/** What stands behind a backslash: a line break, a code, or a character. */
const escape = /\\(?:(\r\n|[\n\r\u2028\u2029])|u\{([\da-f]+)\}|x([\da-f]{2})|u([\da-f]{4})|([0-3]?[0-7]{1,2})|([^]))/gi

/** The value of what stands between the quotes of a string, or between the parts of a template. */
export const unescaped = (written: string): string =>
  !written.includes("\\") ? written : written.replace(
    escape,
    (_all, line, point, byte, unit, octal, character) =>
      line !== undefined
        ? ""
        : octal !== undefined
        ? String.fromCharCode(parseInt(octal, 8))
        : character !== undefined
        ? escapes[character] ?? character
        : String.fromCodePoint(parseInt(point ?? byte ?? unit, 16))
  )

/** What stands between the quotes, as it is written. */
const content = (raw: string): string => raw.slice(1, -1)

/**
 * The value of a string. SWC writes a lone surrogate as the six characters of its escape, like the text `\\ud800`: only the
 * spelling tells them apart. Nodes that no source has come without one.
 */
export const stringValue = ({ raw, value }: { readonly raw?: string; readonly value: string }): string =>
  raw === undefined ? value : unescaped(content(raw))

/** The value of a number: SWC has none for `1e999`. */
export const numberValue = ({ raw, value }: { readonly raw?: string; readonly value: number }): number => {
  if (raw === undefined) return value
  if (/^0[0-7]+$/.test(raw)) return parseInt(raw, 8)
  return Number(raw.replaceAll("_", ""))
}

/** The value of a bigint in decimal digits. */
export const bigintDigits = ({ raw }: Ast.BigIntLiteral): string =>
  String(BigInt((raw ?? "0n").slice(0, -1).replaceAll("_", "")))

const named: Readonly<Record<string, string>> = {
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  "\\": "\\\\"
}

const code = (character: string): string => {
  const value = character.codePointAt(0) ?? 0
  return value < 0x100
    ? `\\x${value.toString(16).padStart(2, "0")}`
    : value < 0x10000
    ? `\\u${value.toString(16).padStart(4, "0")}`
    : `\\u{${value.toString(16)}}`
}

/** Controls, what ends a line, what turns its direction, and halves of surrogate pairs: text that no file holds or shows as it is. */
const unprintable =
  // oxlint-disable-next-line no-control-regex
  /[\\\u0000-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/gu

const escaped = (value: string): string =>
  value.replace(unprintable, (character) => named[character] ?? code(character))

export const quoted = (value: string): string => `"${escaped(value).replaceAll("\"", "\\\"")}"`

/** A part of a template that no tag sees; its line breaks stay. */
export const templateText = (value: string): string =>
  value.split("\n").map(escaped).join("\n").replaceAll("`", "\\`").replaceAll("${", "\\${")

/** A directive is what it is written as. */
export const directive = (raw: string): string => raw.includes("\"") ? raw : `"${content(raw)}"`

/** The same without its quotes. */
export const directiveText = content

export const number = (value: number): string => value === Infinity ? "1e999" : String(value)

/** Flags in their order. */
export const regularExpression = ({ flags, pattern }: Ast.RegExpLiteral): string => `/${pattern}/${flags}`
