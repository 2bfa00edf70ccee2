/**
 * From the slice of a module to the one text that all its spellings have in common.
 */
import remapping from "@jridgewell/remapping"
import * as Effect from "effect/Effect"
import type { CompilerOptions } from "../ModuleResolver.ts"
import { type Lowered, type Source, SourceParser, type SourceSyntaxError } from "../SourceParser.ts"
import * as Ast from "../syntax/Ast.ts"
import * as EarlySyntax from "./EarlySyntax.ts"
import { Edits } from "./Edits.ts"
import * as GlobalNames from "./GlobalNames.ts"
import { type Context, normalise } from "./Normalisation.ts"
import { enabled, type Switches } from "./normalisations/index.ts"

export interface Options {
  readonly sourceMap: boolean
  /** Rules left out. */
  readonly normalisations?: Switches
  /** What to import in the place of specifiers that lowering brings in, where the source imports them. */
  readonly specifiers?: Readonly<Record<string, string>>
}

/** A text and the maps that lead from it to the text before each step, the last step first. */
interface Step {
  readonly source: Source
  readonly maps: ReadonlyArray<string>
}

const edited = (step: Step, edits: Edits, sourceMap: boolean): Step =>
  edits.isEmpty
    ? step
    : {
      source: { ...step.source, text: edits.toString() },
      maps: sourceMap ? [edits.map(), ...step.maps] : step.maps
    }

const transformed = (step: Step, { code, map }: Lowered): Step => ({
  source: {
    file: step.source.file,
    text: code,
    language: "javascript",
    jsx: false,
    moduleSystem: step.source.moduleSystem
  },
  maps: map === undefined ? step.maps : [map, ...step.maps]
})

const contextOf = (
  text: string,
  module: Ast.Module,
  specifiers: Readonly<Record<string, string>> = {}
): Context => ({
  text,
  specifiers,
  edits: new Edits(text),
  script: Ast.isScript(module),
  settled: new WeakSet()
})

/** What is done before types and JSX are gone; most modules have nothing to do here, and are not even parsed. */
const prepare = (start: Step, switches: Switches, sourceMap: boolean) =>
  Effect.gen(function*() {
    const { jsx, text } = start.source
    if (!EarlySyntax.isPossible(text, jsx)) return { step: start, early: EarlySyntax.none }
    const parser = yield* SourceParser
    const module = yield* parser.parse(start.source)
    const context = contextOf(text, module)
    normalise(module, enabled(switches).filter(({ stage }) => stage !== undefined), context)
    return { step: edited(start, context.edits, sourceMap), early: EarlySyntax.find(module) }
  })

/** Comments that SWC takes as statements about the call behind them. */
const annotation = /[#@]__[A-Z_]+__/

const lower = (
  start: Step,
  compilerOptions: CompilerOptions,
  { accessors, decoratedPrivateAccessors, decorators }: EarlySyntax.EarlySyntax,
  globals: ReadonlyArray<string>,
  sourceMap: boolean
) =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const { source } = start
    const declared = globals.length === 0 ? source : { ...source, text: GlobalNames.declare(source.text, globals) }
    const options = { sourceMap, decoratorVersion: decoratedPrivateAccessors ? "2022-03" : "2023-11" } as const
    const standard = { ...compilerOptions, experimentalDecorators: false }
    // Without decorators the legacy pass leaves classes alone
    const legacy = { ...compilerOptions, experimentalDecorators: true }
    const first = decorators ? compilerOptions : accessors ? standard : legacy
    const lowered = transformed(start, yield* parser.lower(declared, first, options))
    // but it leaves `accessor` alone, too. And it puts parentheses around calls marked as pure, though the mark goes
    return (accessors && first.experimentalDecorators) || annotation.test(source.text)
      ? transformed(lowered, yield* parser.lower(lowered.source, standard, options))
      : lowered
  })

/** JSON of the map from the last text to the first, which is called `file`. */
const composed = (file: string, maps: ReadonlyArray<string>): string => {
  const { mappings, names } = remapping([...maps], () => null)
  return JSON.stringify({ version: 3, sources: [file], names, mappings })
}

/**
 * The canonical text of `source`, a module or the slice of one. The same for every spelling that
 * [the index](./index.ts) does not list, and for the result itself: doing it again changes nothing.
 *
 * `map` is the JSON of the source map from the result to `source.text` when asked for.
 */
export const canonicalise = (
  source: Source,
  compilerOptions: CompilerOptions,
  { normalisations: switches = {}, sourceMap, specifiers }: Options
): Effect.Effect<Lowered, SourceSyntaxError, SourceParser> =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const { early, step: prepared } = yield* prepare({ source, maps: [] }, switches, sourceMap)
    let lowered = yield* lower(prepared, compilerOptions, early, [], sourceMap)
    let module = yield* parser.parse(lowered.source)
    let globals: ReadonlyArray<string> = []
    for (;;) {
      const more = GlobalNames.renamed(prepared.source.text, lowered.source.text, module).filter((name) =>
        !globals.includes(name)
      )
      if (more.length === 0) break
      const tried = [...globals, ...more]
      const again = yield* lower(prepared, compilerOptions, early, tried, sourceMap)
      const tree = yield* parser.parse(again.source)
      if (!GlobalNames.isIntact(tree, tried)) break
      globals = tried
      lowered = again
      module = tree
    }
    const context = contextOf(lowered.source.text, module, specifiers)
    if (globals.length > 0) GlobalNames.undeclare(module, context)
    normalise(module, enabled(switches).filter(({ stage }) => stage !== "slice"), context)
    const normal = edited(lowered, context.edits, sourceMap)
    const printed = transformed(normal, yield* parser.print(normal.source, { sourceMap }))
    return { code: printed.source.text, map: sourceMap ? composed(source.file, printed.maps) : undefined }
  })
