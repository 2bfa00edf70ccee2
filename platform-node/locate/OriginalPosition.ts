/**
 * From a position in what runs to the position in what its author wrote.
 */
import { allGeneratedPositionsFor, GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND, originalPositionFor,
  TraceMap } from "@jridgewell/trace-mapping"
import { readFileSync } from "node:fs"
import { isAbsolute } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as BoundedJson from "../../core/archive/BoundedJson.ts"
import type { MentionedVariable } from "../../core/closures/FunctionLocator.ts"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import { lineStarts } from "../../core/diagnostics/SourceLocation.ts"
import type { Script, ScriptPosition } from "./Inspector.ts"

/** In a source file; both counted from 1. */
export interface SourcePosition {
  /** Absolute path. */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Why there is no position in a source. */
export type NoSource =
  /** The code was never in a file: `eval`, `new Function`, `-e`, a function of Node's own modules. */
  | { readonly _tag: "NoFile"; readonly url: string }
  /** The source map cannot be read. */
  | { readonly _tag: "BadMap"; readonly url: string; readonly cause: string }
  /** The file has another text than the one that was compiled. */
  | { readonly _tag: "Changed"; readonly file: string }

/** The script's file as a URL. Modules have URLs, CommonJS modules paths. */
const fileOf = ({ url }: Script): URL | undefined => {
  if (url.startsWith("file:")) return new URL(url)
  return isAbsolute(url) ? pathToFileURL(url) : undefined
}

interface LoadedMap {
  readonly map: TraceMap
  readonly contents: ReadonlyArray<string | null>
}

const maps = new Map<string, LoadedMap | undefined>()

/** The text behind a `data:` URL, or in the file that `reference` names. */
const mapText = (reference: string, from: URL): readonly [text: string, url: string] => {
  const data = /^data:[^,]*?(;base64)?,(.*)$/s.exec(reference)
  if (data !== null) {
    const body = data[2] ?? ""
    return [data[1] === undefined ? decodeURIComponent(body) : Buffer.from(body, "base64").toString("utf8"), from.href]
  }
  const url = new URL(reference, from)
  return [readFileSync(url, "utf8"), url.href]
}

const loadMap = (script: Script, file: URL): LoadedMap | undefined => {
  if (script.sourceMapURL === "") return undefined
  const key = `${file.href}\0${script.sourceMapURL}`
  if (!maps.has(key)) {
    const [text, url] = mapText(script.sourceMapURL, file)
    const excess = BoundedJson.excess(text, BoundedJson.file)
    if (excess !== undefined) throw new Error(excess)
    const map = new TraceMap(text, url)
    maps.set(key, { map, contents: map.sourcesContent ?? [] })
  }
  return maps.get(key)
}

const normalised = (text: string): string => text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n")

const readSource = (file: string): string | undefined => {
  try {
    return normalised(readFileSync(file, "utf8"))
  } catch {
    // Maps name sources that were never shipped: then what runs is the source
    return undefined
  }
}

const pathOf = (source: string | null): string | undefined => {
  if (source === null) return undefined
  if (source.startsWith("file:")) return fileURLToPath(source)
  return isAbsolute(source) ? source : undefined
}

const identifier = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy

/** The identifier that stands at `offset`; behind the colon, where that is a key. */
const identifierAt = (text: string, offset: number): string | undefined => {
  identifier.lastIndex = offset
  const [first] = identifier.exec(text) ?? []
  if (first === undefined) return undefined
  const colon = /\s*:\s*/y
  colon.lastIndex = offset + first.length
  if (!colon.test(text)) return first
  identifier.lastIndex = colon.lastIndex
  return identifier.exec(text)?.[0] ?? first
}

/**
 * What compiled the script may have renamed a variable: its name there, by the places of the source that mention it.
 * `text` is the script's.
 */
export const compiledName = (script: Script, text: string, { mentions, name }: MentionedVariable): string => {
  const file = fileOf(script)
  const loaded = file === undefined ? undefined : loadMap(script, file)
  if (loaded === undefined) return name
  const starts = lineStarts(text)
  /** What stands where a mention went; for certain where the map says of a word that it was `name`. */
  const renamed = new Set<string>()
  const words = new Set<string>()
  for (const { column, file: source, line } of mentions) {
    const index = loaded.map.resolvedSources.findIndex((each) => pathOf(each) === source)
    const url = loaded.map.resolvedSources[index]
    if (typeof url !== "string") continue
    for (const place of allGeneratedPositionsFor(loaded.map, { source: url, line, column: column - 1 })) {
      if (place.line === null) continue
      const found = identifierAt(text, (starts[place.line - 1] ?? 0) + place.column)
      if (found === undefined) continue
      words.add(found)
      if (originalPositionFor(loaded.map, { line: place.line, column: place.column }).name === name) renamed.add(found)
    }
  }
  const [certain] = renamed
  if (certain !== undefined) return certain
  // Maps without names: esbuild puts a number behind a name that is taken
  return words.has(name) ? name : [...words].find((each) => each.startsWith(name)) ?? name
}

/** Where the author wrote what stands at `position`: candidates, the likeliest first. */
export const originalPositions = (
  { column, line, script }: ScriptPosition
): ReadonlyArray<SourcePosition> | NoSource => {
  const file = fileOf(script)
  if (file === undefined) return { _tag: "NoFile", url: script.url }
  const itself: SourcePosition = {
    file: fileURLToPath(new URL(file.pathname, file)),
    line: line + 1,
    column: column + 1
  }
  let loaded: LoadedMap | undefined
  try {
    loaded = loadMap(script, file)
  } catch (cause) {
    return {
      _tag: "BadMap",
      url: script.url,
      cause: Quotation.plain(cause instanceof Error ? cause.message : String(cause))
    }
  }
  if (loaded === undefined) return [itself]
  const { contents, map } = loaded
  const found: Array<SourcePosition> = []
  for (const bias of [GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND] as const) {
    const original = originalPositionFor(map, { line: line + 1, column, bias })
    const source = pathOf(original.source)
    if (source === undefined || original.source === null) continue
    const text = readSource(source)
    if (text === undefined) continue
    const index = map.resolvedSources.indexOf(original.source)
    const compiled = contents[index]
    if (typeof compiled === "string" && normalised(compiled) !== text) return { _tag: "Changed", file: source }
    found.push({ file: source, line: original.line, column: original.column + 1 })
  }
  return found.length === 0 ? [itself] : found
}
