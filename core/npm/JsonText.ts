/**
 * A JSON file of npm's: its value, and where its members stand when something must be said about them.
 */
import * as Effect from "effect/Effect"
import * as JsonParser from "jsonc-parser"
import * as BoundedJson from "../archive/BoundedJson.ts"
import type { Json } from "../archive/CanonicalJson.ts"
import * as SourceLocation from "../diagnostics/SourceLocation.ts"
import { LockfileError } from "./LockfileError.ts"

export type JsonObject = { readonly [key: string]: Json }

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The member `key` of `object` if it is the object's own and a string. */
export const string = (object: JsonObject, key: string): string | undefined => {
  const value = object[key]
  return typeof value === "string" ? value : undefined
}

const none: ReadonlyArray<never> = []

/** The members of `value` that are strings; nothing for what is no object. */
export const stringMembers = (value: Json | undefined): ReadonlyArray<readonly [string, string]> => {
  if (!isObject(value)) return none
  const members: Array<readonly [string, string]> = []
  for (const [key, member] of Object.entries(value)) if (typeof member === "string") members.push([key, member])
  return members
}

/** A list of strings, or the list of the one string that `value` is. */
export const strings = (value: Json | undefined): ReadonlyArray<string> | undefined =>
  typeof value === "string"
    ? [value]
    : Array.isArray(value)
    ? value.filter((item): item is string => typeof item === "string")
    : undefined

/**
 * Tells where the member at a path of keys stands in `text`, the content of `file`; the nearest one above it that
 * exists. The text is parsed when it is first asked.
 */
export const locator = (
  file: string,
  text: string
): (path: ReadonlyArray<string>) => SourceLocation.SourceLocation => {
  let root: JsonParser.Node | undefined
  return (path) => {
    root ??= JsonParser.parseTree(text)
    for (let length = path.length; root !== undefined && length > 0; length--) {
      const node = JsonParser.findNodeAtLocation(root, path.slice(0, length))
      // The key, not the value: that is what a person looks for.
      if (node !== undefined) return SourceLocation.fromOffset(file, text, (node.parent ?? node).offset)
    }
    return SourceLocation.fromOffset(file, text, 0)
  }
}

const conflictMark = /^(?:<{7}|={7}|>{7})(?= |$)/m

/** Where `text` holds a mark of an unresolved merge. */
export const conflictIn = (text: string): number | undefined => conflictMark.exec(text)?.index

/** `text` without a byte order mark. */
export const withoutMark = (text: string): string => text.startsWith("\uFEFF") ? text.slice(1) : text

/** The object that `source`, the content of `file`, holds. */
export const parse = (file: string, source: string): Effect.Effect<JsonObject, LockfileError> => {
  const text = withoutMark(source)
  const excess = BoundedJson.excess(text, BoundedJson.file)
  if (excess !== undefined) {
    return Effect.fail(
      new LockfileError({
        reason: "InvalidEntry",
        what: `${file} holds too much`,
        location: SourceLocation.fromOffset(file, text, 0),
        why: excess,
        remedy: "Run `npm install` to have it written anew."
      })
    )
  }
  return Effect.try({
    try: (): Json => JSON.parse(text),
    catch: (cause) => {
      const conflict = conflictIn(text)
      const errors: Array<JsonParser.ParseError> = []
      JsonParser.parseTree(text, errors)
      const first = errors[0]
      return new LockfileError({
        reason: "InvalidSyntax",
        what: `${file} is not valid JSON`,
        location: SourceLocation.fromOffset(file, text, conflict ?? first?.offset ?? 0),
        // The engine's own words differ between versions of it.
        why: conflict === undefined
          ? first === undefined ? "It cannot be parsed." : `${JsonParser.printParseErrorCode(first.error)}.`
          : "It holds the marks of an unresolved merge.",
        remedy: "Run `npm install` to have it written anew.",
        cause
      })
    }
  }).pipe(Effect.flatMap((value) =>
    isObject(value) ? Effect.succeed(value) : new LockfileError({
      reason: "InvalidEntry",
      what: `${file} holds no JSON object`,
      location: SourceLocation.fromOffset(file, text, 0),
      remedy: "Run `npm install` to have it written anew."
    })
  ))
}
