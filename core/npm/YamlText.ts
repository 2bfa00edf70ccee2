/**
 * A lockfile in YAML: its value, and where its members stand when something must be said about them.
 */
import * as Effect from "effect/Effect"
import { isMap, isScalar, LineCounter, parseAllDocuments, type ParsedNode } from "yaml"
import * as YamlKeys from "../config/YamlKeys.ts"
import { SourceLocation } from "../diagnostics/SourceLocation.ts"
import * as JsonText from "./JsonText.ts"
import { LockfileError } from "./LockfileError.ts"
import type { ManagerCommands } from "./ManagerCommands.ts"

export interface YamlText {
  readonly value: JsonText.JsonObject
  /** Where the member at a path of keys stands; the nearest one above it that exists. */
  readonly locate: (path: ReadonlyArray<string>) => SourceLocation
}

/** How often aliases may be followed; more is an attempt to exhaust the memory. */
const maxAliasCount = 100

/** Of a lockfile. */
const mostCharacters = 67_108_864
/** Lines, and values within lines: the parser makes a kilobyte of each. The largest lockfiles have a fifth of that. */
const mostParts = 500_000

/** What is too much in a lockfile of lines and values, in a sentence; `undefined`: nothing. */
export const excess = (text: string): string | undefined => {
  if (text.length > mostCharacters) return `It has more than ${mostCharacters} characters.`
  let parts = 0
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    // Line breaks and , [ {
    if (unit === 0x0a || unit === 0x2c || unit === 0x5b || unit === 0x7b) parts += 1
  }
  return parts > mostParts ? `It holds more than ${mostParts} values.` : undefined
}

/**
 * The object that `source`, the content of `file`, holds: the last one, for pnpm may put a document about itself in front.
 * `failsafe`: every scalar is a string.
 */
export const parse = (
  file: string,
  source: string,
  schema: "core" | "failsafe",
  commands: ManagerCommands
): Effect.Effect<YamlText, LockfileError> => {
  const text = JsonText.withoutMark(source)
  const lines = new LineCounter()
  const place = (offset: number): SourceLocation => {
    const { col, line } = lines.linePos(offset)
    return new SourceLocation({ file, line: Math.max(1, line), column: Math.max(1, col) })
  }
  const invalid = (reason: "InvalidSyntax" | "InvalidEntry", what: string, offset: number, why?: string) =>
    new LockfileError({
      reason,
      what,
      location: place(offset),
      why,
      remedy: `Run \`${commands.install}\` to have it written anew.`
    })

  const tooMuch = excess(text)
  if (tooMuch !== undefined) return invalid("InvalidEntry", `${file} holds too much`, 0, tooMuch)
  const documents = parseAllDocuments(text, {
    ...YamlKeys.options,
    lineCounter: lines,
    schema,
    prettyErrors: false,
    logLevel: "silent"
  })
  const problem = [...documents].flatMap(({ errors }) => errors)[0]
  const conflict = problem === undefined ? undefined : JsonText.conflictIn(text)
  if (problem !== undefined) {
    return invalid(
      "InvalidSyntax",
      `${file} is not valid YAML`,
      conflict ?? problem.pos[0],
      conflict === undefined ? `${problem.code}.` : "It holds the marks of an unresolved merge."
    )
  }
  const document = [...documents].at(-1)
  const twice = document?.contents === undefined ? undefined : YamlKeys.repeated(document)
  if (twice !== undefined) return invalid("InvalidSyntax", `${file} is not valid YAML`, twice, "DUPLICATE_KEY.")
  return Effect.try({
    try: (): unknown => document?.toJS({ maxAliasCount }) ?? {},
    catch: () => invalid("InvalidSyntax", `${file} is not valid YAML`, 0, "Its aliases lead nowhere, or to too much.")
  }).pipe(Effect.flatMap((value) =>
    isObject(value)
      ? Effect.succeed({ value, locate: (path: ReadonlyArray<string>) => place(offsetOf(document?.contents, path)) })
      : invalid("InvalidEntry", `${file} holds no mapping`, 0)
  ))
}

/** The two schemas hold nothing else than JSON. */
const isObject = (value: unknown): value is JsonText.JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const offsetOf = (root: ParsedNode | null | undefined, path: ReadonlyArray<string>): number => {
  let offset = 0
  let node: unknown = root
  for (const name of path) {
    const pair = isMap(node) ? node.items.find(({ key }) => isScalar(key) && String(key.value) === name) : undefined
    if (pair === undefined) break
    offset = isScalar(pair.key) ? pair.key.range?.[0] ?? offset : offset
    node = pair.value
  }
  return offset
}
