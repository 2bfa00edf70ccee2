/**
 * From SWC's spans to offsets into the text.
 *
 * SWC counts UTF-8 bytes, from a base that grows with every file that an instance has read. The base is not told, but the
 * module's own span starts at its first token, and where that is the text itself says.
 */
import type * as Ast from "./Ast.ts"

/** What stands before the first token: hashbang, white space, comments. */
const trivia = /^(?:#![^\n\r\u2028\u2029]*)?(?:\s|\/\/[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*/
/** The same for a script, which also knows HTML's comments. */
const scriptTrivia = /^(?:#![^\n\r\u2028\u2029]*)?(?:\s|(?:\/\/|<!--)[^\n\r\u2028\u2029]*|\/\*[^]*?\*\/)*/

/** UTF-16 offset of the first token; the length of `text` when there is none. */
export const firstToken = (text: string, script = false): number => {
  const match = (script ? scriptTrivia : trivia).exec(text)
  return match === null ? 0 : match[0].length
}

const byteLength = (codePoint: number): number =>
  codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4

/** For every UTF-8 byte of `text`, and its end, the UTF-16 offset of the character it belongs to. */
const byteToUnit = (text: string): Uint32Array => {
  const units = new Uint32Array(text.length * 3 + 1)
  let byte = 0
  let unit = 0
  for (const character of text) {
    const length = byteLength(character.codePointAt(0) ?? 0)
    units.fill(unit, byte, byte + length)
    byte += length
    unit += character.length
  }
  units[byte] = unit
  return units
}

/** The UTF-8 length of the first `end` code units of `text`. */
const bytesBefore = (text: string, end: number): number => {
  let bytes = 0
  for (const character of text.slice(0, end)) bytes += byteLength(character.codePointAt(0) ?? 0)
  return bytes
}

// oxlint-disable-next-line no-control-regex
const ascii = /^[\u0000-\u007f]*$/

/** A node of SWC's tree as it comes. */
type Raw = Record<string, unknown> & { type?: unknown }

const isSpan = (value: object): value is { start: number; end: number } =>
  "start" in value && typeof value.start === "number" && "end" in value && typeof value.end === "number"

/** Gives an accessor of an object literal the `param` and `body` that its declaration promises. */
const flattenAccessor = (node: Raw): void => {
  const inner = node["function"] as { readonly params: ReadonlyArray<Raw>; readonly body: unknown } | undefined
  if (inner === undefined) return
  delete node["function"]
  node["body"] = inner.body
  // The last one: before it may stand `this`, which is a type
  if (node.type === "SetterProperty") node["param"] = inner.params.at(-1)?.["pat"]
}

/**
 * Brings the tree that SWC parsed from `text` into the form that {@link Ast} describes, in place.
 * Spans of nodes that SWC made up (0, 0) stay as they are.
 */
export const normalise = (tree: unknown, text: string): Ast.Module => {
  // The caller hands over what `parseSync` returned
  const program = tree as Raw & { span: Ast.Span; body: ReadonlyArray<unknown> }
  const script = program.type === "Script"
  const plain = ascii.test(text)
  // With a hashbang, or without a token, the span starts where the file does
  const whole = program.body.length === 0 || typeof program["interpreter"] === "string"
  const token = whole ? 0 : firstToken(text, script)
  const base = program.span.start - (plain ? token : bytesBefore(text, token))
  const units = plain ? undefined : byteToUnit(text)
  const offset = units === undefined
    ? (position: number): number => position - base
    : (position: number): number => units[position - base] ?? text.length
  const pending: Array<unknown> = [program]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (Array.isArray(value)) {
      for (const item of value) if (typeof item === "object" && item !== null) pending.push(item)
      continue
    }
    // The tree is plain data: what is no array is a record
    const node = value as Raw
    if (node.type === "FunctionBody") node.type = "BlockStatement"
    else if (node.type === "GetterProperty" || node.type === "SetterProperty") flattenAccessor(node)
    for (const key in node) {
      const child = node[key]
      if (typeof child !== "object" || child === null) continue
      // Spans go by the name `span`, and those of `...` by `spread` and `rest`
      if (isSpan(child)) {
        if (child.end > 0) {
          child.start = offset(child.start)
          child.end = offset(child.end)
        }
      } else pending.push(child)
    }
  }
  if (script) {
    program.type = "Module"
    program["script"] = true
  }
  // Every difference to the declared form was removed above
  return program as unknown as Ast.Module
}
