/**
 * Configuration in TOML.
 */
import * as Either from "effect/Either"
import { type AST, ParseError, parseTOML } from "toml-eslint-parser"
import * as SourceLocation from "../diagnostics/SourceLocation.ts"
import { type ConfigurationError, invalidSyntax } from "./ConfigurationError.ts"
import type * as FileValue from "./FileValue.ts"

/** A table to which other parts of the file may add. */
interface GrowingTable {
  readonly _tag: "Table"
  readonly members: Array<Omit<FileValue.Member, "value"> & { readonly value: GrowingValue }>
}

type GrowingValue = GrowingTable | FileValue.Scalar | FileValue.List

const newTable = (): GrowingTable => ({ _tag: "Table", members: [] })

type KeyPart = AST.TOMLBare | AST.TOMLQuoted

const nameOf = (key: KeyPart): string => key.type === "TOMLBare" ? key.name : key.value

export const parse = (file: string, text: string): Either.Either<FileValue.FileValue, ConfigurationError> => {
  const starts = SourceLocation.lineStarts(text)
  const place = (offset: number) => SourceLocation.fromLines(file, starts, offset)

  /** The table under `part` of `table`, which is made if it is not there. */
  const inside = (table: GrowingTable, part: KeyPart): GrowingTable => {
    const key = nameOf(part)
    const known = table.members.find((member) => member.key === key)?.value
    if (known?._tag === "Table") return known
    const made = newTable()
    table.members.push({ key, location: place(part.range[0]), value: made })
    return made
  }
  const put = (table: GrowingTable, parts: ReadonlyArray<KeyPart>, value: GrowingValue): void => {
    const last = parts.at(-1)
    if (last === undefined) return
    const holder = parts.slice(0, -1).reduce(inside, table)
    holder.members.push({ key: nameOf(last), location: place(last.range[0]), value })
  }
  const read = (node: AST.TOMLContentNode): GrowingValue => {
    if (node.type === "TOMLArray") return { _tag: "List", items: node.elements.map(read) }
    if (node.type === "TOMLInlineTable") {
      const table = newTable()
      for (const { key, value } of node.body) put(table, key.keys, read(value))
      return table
    }
    switch (node.kind) {
      case "string":
      case "boolean":
        return { _tag: "Scalar", value: node.value }
      case "integer":
      case "float":
        return { _tag: "Scalar", value: node.value, spelling: node.number }
      default:
        // `time = 01:30:00` is meant as it is spelt.
        return { _tag: "Scalar", value: node.datetime }
    }
  }

  let program: AST.TOMLProgram
  try {
    program = parseTOML(text)
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause
    // Some messages end with the code point that is meant, which is a part of the text.
    const why = cause.message.replace(/(?<=code point) \S+/, "")
    return Either.left(invalidSyntax("TOML", place(cause.index), `${why}.`))
  }
  const root = newTable()
  /** Arrays of tables: no key of ours holds one, so it is enough to know that they are there. */
  const arrays = new Set<string>()
  for (const node of program.body[0].body) {
    if (node.type === "TOMLKeyValue") put(root, node.key.keys, read(node.value))
    else {
      const array = node.resolvedKey.findIndex((part) => typeof part === "number")
      if (array === -1) {
        const table = node.key.keys.reduce(inside, root)
        for (const { key, value } of node.body) put(table, key.keys, read(value))
      } else {
        const parts = node.key.keys.slice(0, array)
        const name = JSON.stringify(parts.map(nameOf))
        if (!arrays.has(name)) put(root, parts, { _tag: "List", items: [newTable()] })
        arrays.add(name)
      }
    }
  }
  return Either.right(root)
}
