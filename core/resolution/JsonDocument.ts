/**
 * A JSON file that somebody wrote, with the places of its values.
 */
import * as Either from "effect/Either"
import * as JsonParser from "jsonc-parser"
import * as BoundedJson from "../archive/BoundedJson.ts"
import * as SourceLocation from "../diagnostics/SourceLocation.ts"
import { Refusal } from "./Refusal.ts"

export interface JsonDocument {
  /** As a person names the file. */
  readonly file: string
  readonly value: unknown
  /** Where the value at a path of keys stands; the nearest one that exists. */
  readonly locate: (keys: ReadonlyArray<string>) => SourceLocation.SourceLocation
}

/** `comments`: comments and trailing commas may stand in it, and nothing at all is an empty object, as in tsconfig.json. */
export type Dialect = "json" | "comments"

/** An object that is no array. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Parses `text`, the content of `file`, whose top must be an object. */
export const parse = (file: string, source: string, dialect: Dialect): Either.Either<JsonDocument, Refusal> => {
  const text = source.replace(/^\uFEFF/, "")
  const lenient = dialect === "comments"
  const tree = () => JsonParser.parseTree(text, [], { allowTrailingComma: lenient, allowEmptyContent: true })
  const locate = (keys: ReadonlyArray<string>): SourceLocation.SourceLocation => {
    const root = tree()
    for (let length = keys.length; root !== undefined && length > 0; length--) {
      const node = JsonParser.findNodeAtLocation(root, indexed(root, keys.slice(0, length)))
      if (node !== undefined) return SourceLocation.fromOffset(file, text, node.offset)
    }
    return SourceLocation.fromOffset(file, text, root?.offset ?? 0)
  }
  const refuse = (offset: number, why: string, cause?: unknown) =>
    new Refusal({
      reason: "InvalidConfiguration",
      what: `${file} is not valid JSON${lenient ? " with comments" : ""}`,
      location: SourceLocation.fromOffset(file, text, offset),
      why,
      remedy: "correct the file",
      cause
    })
  const accept = (value: unknown): Either.Either<JsonDocument, Refusal> =>
    isObject(value)
      ? Either.right({ file, value, locate })
      : Either.left(refuse(tree()?.offset ?? 0, "its content is not an object"))

  const excess = BoundedJson.excess(text, BoundedJson.file)
  if (excess !== undefined) {
    return Either.left(
      new Refusal({
        reason: "InvalidConfiguration",
        what: `${file} holds too much`,
        location: SourceLocation.fromOffset(file, text, 0),
        why: excess,
        remedy: "correct the file"
      })
    )
  }
  if (dialect === "json") {
    // Node's own parser first: it is exact and fast. The other one only says where an error stands.
    return Either.try((): unknown => JSON.parse(text)).pipe(
      Either.mapLeft((cause) => {
        const first = errors(text, { disallowComments: true })[0]
        return refuse(first?.offset ?? 0, first?.why ?? "it cannot be parsed", cause)
      }),
      Either.flatMap(accept)
    )
  }
  const first = errors(text, { allowTrailingComma: true, allowEmptyContent: true })[0]
  if (first !== undefined) return Either.left(refuse(first.offset, first.why))
  const value: unknown = JsonParser.parse(text, [], { allowTrailingComma: true, allowEmptyContent: true })
  return accept(value === undefined ? {} : value)
}

const errors = (text: string, options: JsonParser.ParseOptions): ReadonlyArray<{ offset: number; why: string }> => {
  const found: Array<JsonParser.ParseError> = []
  JsonParser.parse(text, found, options)
  return found.map(({ error, offset }) => ({
    offset,
    // "CommaExpected" -> "comma expected"
    why: JsonParser.printParseErrorCode(error).replace(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase()
  }))
}

/** Keys that stand for the items of an array, as the numbers that the parser wants. */
const indexed = (root: JsonParser.Node, keys: ReadonlyArray<string>): Array<string | number> => {
  const path: Array<string | number> = []
  for (const key of keys) {
    const at: JsonParser.Node | undefined = path.length === 0 ? root : JsonParser.findNodeAtLocation(root, path)
    path.push(at?.type === "array" ? Number(key) : key)
  }
  return path
}
