/**
 * A lockfile in YAML: its value, and where its members stand when something must be said about them.
 */
import * as Effect from "effect/Effect"
import { isMap, isScalar, LineCounter, parseAllDocuments, type ParsedNode } from "yaml"
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

  const documents = parseAllDocuments(text, { lineCounter: lines, schema, prettyErrors: false, logLevel: "silent" })
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
