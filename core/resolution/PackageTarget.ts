/**
 * What a value in `exports` or `imports` leads to (Node's PACKAGE_TARGET_RESOLVE).
 * https://nodejs.org/api/esm.html#resolution-algorithm-specification
 */
import * as Quotation from "../diagnostics/Quotation.ts"
import { isObject } from "./JsonDocument.ts"
import * as Specifier from "./Specifier.ts"

export type Target =
  /** A file of the package; `path` begins with `./` and is percent-encoded as a URL is. */
  | { readonly _tag: "File"; readonly path: string }
  /** Another package or a built-in module; from `imports` only. */
  | { readonly _tag: "External"; readonly specifier: string }
  /** `null`: closed on purpose. */
  | { readonly _tag: "Closed" }
  /** No condition holds; a later alternative may. */
  | { readonly _tag: "Unmatched" }
  /** The package.json is wrong here. */
  | { readonly _tag: "Malformed"; readonly keys: ReadonlyArray<string>; readonly why: string }
  /** The specifier is wrong: what stands for `*` leads out of the package. */
  | { readonly _tag: "Escapes"; readonly match: string }

const closed: Target = { _tag: "Closed" }
const unmatched: Target = { _tag: "Unmatched" }

/** `.`, `..` and `node_modules`, also percent-encoded, as a segment. */
const forbiddenSegment =
  /(?:^|[/\\])(?:(?:\.|%2e){1,2}|(?:n|%[64]e)(?:o|%[64]f)(?:d|%[64]4)(?:e|%[64]5)(?:_|%5f)(?:m|%[64]d)(?:o|%[64]f)(?:d|%[64]4)(?:u|%[75]5)(?:l|%[64]c)(?:e|%[64]5)(?:s|%[75]3))(?:[/\\]|$)/i

const isArrayIndex = (key: string): boolean => /^(?:0|[1-9]\d*)$/.test(key) && Number(key) < 2 ** 32 - 1

interface Reading {
  readonly conditions: ReadonlySet<string>
  /** What stands for `*`; `undefined` where the key has none. */
  readonly match: string | undefined
  /** Whether this is a value of `imports`. */
  readonly imports: boolean
}

const resolveText = (target: string, keys: ReadonlyArray<string>, reading: Reading): Target => {
  const { imports, match } = reading
  const filled = match === undefined ? target : target.replaceAll("*", () => match)
  if (!target.startsWith("./")) {
    const external = imports && !target.startsWith("../") && !target.startsWith("/") &&
      (target.startsWith("node:") || !URL.canParse(target))
    return external
      ? { _tag: "External", specifier: filled }
      : { _tag: "Malformed", keys, why: `the target ${Quotation.quoted(target)} does not begin with "./"` }
  }
  if (forbiddenSegment.test(target.slice(2))) {
    return {
      _tag: "Malformed",
      keys,
      why: `the target ${Quotation.quoted(target)} has a segment ".", ".." or "node_modules"`
    }
  }
  if (match !== undefined && forbiddenSegment.test(match)) return { _tag: "Escapes", match }
  if (Specifier.encodesSeparator(filled)) return { _tag: "Escapes", match: filled }
  return { _tag: "File", path: filled }
}

const resolveList = (list: ReadonlyArray<unknown>, keys: ReadonlyArray<string>, reading: Reading): Target => {
  let last: Target | undefined
  for (const [index, item] of list.entries()) {
    const found = resolve(item, [...keys, String(index)], reading)
    if (found._tag === "Unmatched") continue
    if (found._tag !== "Closed" && found._tag !== "Malformed") return found
    last = found
  }
  return list.length === 0 ? closed : last ?? unmatched
}

const resolveConditions = (
  branches: Readonly<Record<string, unknown>>,
  keys: ReadonlyArray<string>,
  reading: Reading
): Target => {
  const names = Object.keys(branches)
  const index = names.find(isArrayIndex)
  if (index !== undefined) {
    return { _tag: "Malformed", keys: [...keys, index], why: `a condition cannot be the number ${index}` }
  }
  for (const name of names) {
    if (!reading.conditions.has(name)) continue
    const found = resolve(branches[name], [...keys, name], reading)
    if (found._tag !== "Unmatched") return found
  }
  return unmatched
}

/** Resolves the value that stands at `keys` of a package.json. */
export const resolve = (target: unknown, keys: ReadonlyArray<string>, reading: Reading): Target => {
  if (typeof target === "string") return resolveText(target, keys, reading)
  if (Array.isArray(target)) return resolveList(target, keys, reading)
  if (isObject(target)) return resolveConditions(target, keys, reading)
  return target === null
    ? closed
    : { _tag: "Malformed", keys, why: `a target is a string, an object, an array or null, not ${typeof target}` }
}
