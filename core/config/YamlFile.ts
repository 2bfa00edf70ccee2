/**
 * Configuration in YAML.
 */
import * as Either from "effect/Either"
import { type Document, type ErrorCode, isAlias, isMap, isScalar, isSeq, parseDocument, visit } from "yaml"
import * as SourceLocation from "../diagnostics/SourceLocation.ts"
import { type ConfigurationError, invalidSyntax } from "./ConfigurationError.ts"
import * as FileValue from "./FileValue.ts"
import * as YamlKeys from "./YamlKeys.ts"

/** How often aliases may be followed; more is an attempt to exhaust the memory. */
const maxAliasCount = 100

/** For errors whose own words repeat the text. */
const words: Partial<Record<ErrorCode, string>> = {
  BAD_DIRECTIVE: "A directive (a line that begins with `%`) is not known.",
  BAD_DQ_ESCAPE: "There is no such escape sequence in double quotes; in single quotes a backslash is itself.",
  BAD_SCALAR_START: "A text that begins with this character must be quoted.",
  BAD_COLLECTION_TYPE: "A tag does not fit.",
  IMPOSSIBLE: "Something is here that must not be.",
  RESOURCE_EXHAUSTION: "It is too deeply nested, or too large.",
  MULTIPLE_DOCS: "It holds several documents.",
  TAG_RESOLVE_FAILED: "There is no such tag; a text that begins with `!` must be quoted.",
  UNEXPECTED_TOKEN: "Something is here that must not be."
}

/** The offset of the first alias without an anchor before it. */
const unresolvedAlias = (document: Document.Parsed): number => {
  let offset = 0
  visit(document, {
    Alias: (_, node) => {
      if (node.resolve(document) !== undefined) return undefined
      offset = node.range?.[0] ?? 0
      return visit.BREAK
    }
  })
  return offset
}

export const parse = (file: string, text: string): Either.Either<FileValue.FileValue, ConfigurationError> => {
  const starts = SourceLocation.lineStarts(text)
  const place = (offset: number) => SourceLocation.fromLines(file, starts, offset)
  const refuse = (offset: number, why: string) => Either.left(invalidSyntax("YAML", place(offset), why))

  const document = parseDocument(text, {
    ...YamlKeys.options,
    prettyErrors: false,
    stringKeys: true,
    logLevel: "error"
  })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) return refuse(problem.pos[0], words[problem.code] ?? `${problem.message}.`)
  const twice = YamlKeys.repeated(document)
  if (twice !== undefined) return refuse(twice, "Map keys must be unique.")
  try {
    document.toJS({ maxAliasCount })
  } catch (cause) {
    return cause instanceof ReferenceError && cause.message.startsWith("Unresolved")
      ? refuse(
        unresolvedAlias(document),
        "No anchor before this alias has its name; a text that begins with `*` must be quoted."
      )
      : refuse(0, "Its aliases stand for too much.")
  }

  const known = new Map<unknown, FileValue.FileValue>()
  /** Where an alias stands inside of what it stands for. */
  let circle = false
  const read = (node: unknown): FileValue.FileValue => {
    const found = known.get(node)
    if (found !== undefined) return found
    known.set(node, circular)
    const value = readNode(node)
    known.set(node, value)
    return value
  }
  const circular: FileValue.FileValue = { _tag: "List", items: [] }
  const readNode = (node: unknown): FileValue.FileValue => {
    if (isAlias(node)) {
      const target = node.resolve(document)
      circle ||= known.get(target) === circular
      return read(target)
    }
    if (isMap(node)) {
      const members = node.items.map(({ key, value }) => ({
        key: isScalar(key) ? String(key.value) : "",
        location: place(isScalar(key) ? key.range?.[0] ?? 0 : 0),
        value: read(value)
      }))
      return { _tag: "Table", members }
    }
    if (isSeq(node)) return { _tag: "List", items: node.items.map(read) }
    if (!isScalar(node)) return FileValue.nothing
    const { source, value } = node
    return typeof value === "number"
      ? { _tag: "Scalar", value, spelling: source ?? String(value) }
      : typeof value === "string" || typeof value === "boolean"
      ? { _tag: "Scalar", value }
      : FileValue.nothing
  }
  const value = read(document.contents)
  return circle ? refuse(0, "An alias stands inside of what it stands for.") : Either.right(value)
}
