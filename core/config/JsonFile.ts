/**
 * Configuration in JSON, in which comments and trailing commas may stand.
 */
import * as Either from "effect/Either"
import * as JsonParser from "jsonc-parser"
import * as SourceLocation from "../diagnostics/SourceLocation.ts"
import { type ConfigurationError, invalidSyntax } from "./ConfigurationError.ts"
import * as FileValue from "./FileValue.ts"

export const parse = (file: string, text: string): Either.Either<FileValue.FileValue, ConfigurationError> => {
  const starts = SourceLocation.lineStarts(text)
  const place = (offset: number) => SourceLocation.fromLines(file, starts, offset)
  const errors: Array<JsonParser.ParseError> = []
  const root = JsonParser.parseTree(text, errors, { allowTrailingComma: true, allowEmptyContent: true })
  const [first] = errors
  if (first !== undefined) {
    // "CommaExpected" -> "Comma expected."
    const why = JsonParser.printParseErrorCode(first.error).replace(
      /(?!^)[A-Z]/g,
      (letter) => ` ${letter.toLowerCase()}`
    )
    return Either.left(invalidSyntax("JSON", place(first.offset), `${why}.`))
  }
  const read = (node: JsonParser.Node | undefined): FileValue.FileValue => {
    const children = node?.children ?? []
    if (node?.type === "object") {
      const members = children.map(({ children: [key, value] = [] }) => ({
        key: String(key?.value),
        location: place(key?.offset ?? 0),
        value: read(value)
      }))
      return { _tag: "Table", members }
    }
    if (node?.type === "array") return { _tag: "List", items: children.map(read) }
    const value: unknown = node?.value
    return node !== undefined && typeof value === "number"
      ? { _tag: "Scalar", value, spelling: text.slice(node.offset, node.offset + node.length) }
      : typeof value === "string" || typeof value === "boolean"
      ? { _tag: "Scalar", value }
      : FileValue.nothing
  }
  return Either.right(read(root))
}
