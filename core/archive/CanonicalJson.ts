/**
 * JSON in one spelling: what is equal is written with equal bytes.
 */
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"

export type Json =
  | null
  | boolean
  | number
  | string
  | ReadonlyArray<Json>
  | { readonly [key: string]: Json }

/** Any JSON value; numbers are finite. */
export const Json: Schema.Schema<Json> = Schema.suspend(() =>
  Schema.Union(
    Schema.Null,
    Schema.Boolean,
    Schema.JsonNumber,
    Schema.String,
    Schema.Array(Json),
    Schema.Record({ key: Schema.String, value: Json })
  )
).annotations({ identifier: "Json" })

/** {@link Json} whose members may also be `undefined`: those are left out. */
export type Source =
  | null
  | boolean
  | number
  | string
  | ReadonlyArray<Source>
  | { readonly [key: string]: Source | undefined }

const isArray = (value: Source): value is ReadonlyArray<Source> => Array.isArray(value)

const write = (value: Source, indent: string): string => {
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  const inner = `${indent}  `
  if (isArray(value)) {
    return value.length === 0 ? "[]" : `[\n${value.map((item) => inner + write(item, inner)).join(",\n")}\n${indent}]`
  }
  const members = Object.keys(value).sort(Order.string).flatMap((key) => {
    const member = value[key]
    return member === undefined ? [] : [`${inner}${JSON.stringify(key)}: ${write(member, inner)}`]
  })
  return members.length === 0 ? "{}" : `{\n${members.join(",\n")}\n${indent}}`
}

/**
 * The canonical text of `value`: keys by UTF-16 code unit at every level, two spaces of indentation, one member a line,
 * strings and numbers as ECMAScript's `JSON.stringify` writes them, members that are `undefined` left out, and exactly
 * one `\n` at the end. `encode(JSON.parse(encode(value))) === encode(value)`.
 */
export const encode = (value: Source): string => `${write(value, "")}\n`

/** The same text in pieces, for who compares it with one that is there already. */
export function* pieces(value: Json): Generator<string, void> {
  yield* piecesOf(value, "")
  yield "\n"
}

function* piecesOf(value: Json, indent: string): Generator<string, void> {
  if (value === null || typeof value !== "object") return yield JSON.stringify(value)
  const inner = `${indent}  `
  const [open, close] = isArray(value) ? ["[", "]"] : ["{", "}"]
  let any = false
  for (const key of isArray(value) ? value.keys() : Object.keys(value).sort(Order.string)) {
    const name = typeof key === "number" ? "" : `${JSON.stringify(key)}: `
    const member: Json | undefined = Reflect.get(value, key)
    const before = `${any ? "," : open}\n${inner}${name}`
    any = true
    if (member === null || typeof member !== "object") yield before + JSON.stringify(member)
    else {
      yield before
      yield* piecesOf(member, inner)
    }
  }
  yield any ? `\n${indent}${close}` : `${open}${close}`
}
