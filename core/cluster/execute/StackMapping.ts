/**
 * From positions in an unpacked package to the user's own lines.
 */
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping"
import type { SourceMapDocument } from "../../runtime/SourceMapDocument.ts"
import { SourceLocation } from "../../diagnostics/SourceLocation.ts"

/** A stack whose frames name the user's files. */
export interface MappedStack {
  readonly text: string
  /** The topmost frame in the user's code. */
  readonly location: SourceLocation | undefined
}

/** `...path:12:3` or `...path:12` at the end of a line, in parentheses or not. */
const positionAtEnd = /^(.*?):(\d+)(?::(\d+))?(\)?)\s*$/

const decodePath = (text: string): string => {
  try {
    return decodeURI(text)
  } catch {
    return text
  }
}

/** Where the path begins in the text before a position: after `at f (`, `at async `, `at `, `f@`, or at its start. */
const pathStart = (text: string, inParentheses: boolean): number => {
  if (inParentheses) {
    // Both the name before and the path may have parentheses of their own.
    const opening = /\((?=\/|file:|node:|[A-Za-z]:[\\/])/.exec(text)
    return (opening === null ? text.lastIndexOf("(") : opening.index) + 1
  }
  const at = /^\s*at (?:async )?/.exec(text)
  if (at !== null) return at[0].length
  return text.indexOf("@file:") + 1
}

/**
 * Rewrites the frames of `stack` (V8's format, which Bun and Deno use too). A frame in a module of the document becomes
 * `src/x.ts:12:3`, the runner's own frames go, every other stays as it is.
 */
export const mapStack = (stack: string, document: SourceMapDocument | undefined): MappedStack => {
  const maps = new Map<string, TraceMap>()
  const modules = Object.keys(document?.modules ?? {})
  const mapOf = (module: string): TraceMap | undefined => {
    const known = maps.get(module)
    if (known !== undefined) return known
    const source = document?.modules[module]
    if (source === undefined) return undefined
    const map = new TraceMap({ ...source, sources: [...source.sources], names: [...source.names] })
    maps.set(module, map)
    return map
  }
  let location: SourceLocation | undefined
  const lines: Array<string> = []
  for (const line of stack.split("\n")) {
    const position = positionAtEnd.exec(line)
    const before = position?.[1]
    if (position === null || before === undefined) {
      lines.push(line)
      continue
    }
    const start = pathStart(before, position[4] === ")")
    const path = decodePath(before.slice(start))
    const isFrame = /^\s*at /.test(line)
    if (isFrame && /(?:^|\/)execute\.mjs$/.test(path)) continue
    const module = modules.find((module) => path === module || path.endsWith(`/${module}`))
    const map = module === undefined ? undefined : mapOf(module)
    if (map === undefined) {
      lines.push(line)
      continue
    }
    const column = position[3] === undefined ? 0 : Number(position[3]) - 1
    const original = originalPositionFor(map, { line: Number(position[2]), column: Math.max(0, column) })
    if (original.source === null || original.line === null) {
      lines.push(line)
      continue
    }
    const mapped = new SourceLocation({ file: original.source, line: original.line, column: original.column + 1 })
    location ??= mapped
    lines.push(`${before.slice(0, start)}${mapped}${position[4]}`)
  }
  return { text: lines.join("\n"), location }
}
