/**
 * From the slice of a module to the one text that all its spellings have in common.
 */
import remapping from "@jridgewell/remapping"
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { CompilerOptions } from "../../resolution/ModuleResolver.ts"
import { type Lowered, type Source, SourceParser, type SourceSyntaxError } from "../../language/SourceParser.ts"
import { fromOffset, SourceLocation } from "../../diagnostics/SourceLocation.ts"
import * as Ast from "../../language/Ast.ts"
import { CanonicalTextError } from "./CanonicalTextError.ts"
import { desugarings } from "./desugar/index.ts"
import { Edits } from "./Edits.ts"
import * as GlobalNames from "./GlobalNames.ts"
import { orderLegacyDecorators } from "./LegacyDecorators.ts"
import * as LoweredSyntax from "./LoweredSyntax.ts"
import { type Context, type Normalisation, normalise } from "./Normalisation.ts"
import { enabled, type Switches } from "./normalisations/index.ts"
import * as Names from "./Names.ts"
import * as Parentheses from "./Parentheses.ts"
import { compare, type Comparison, spanOf } from "./TreeComparison.ts"

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
  helpers: new Set(),
  refused: [],
  script: Ast.isScript(module),
  settled: new WeakSet()
})

/** A construct whose text reads as another one after a step. */
class Unfaithful extends Data.TaggedError("Unfaithful")<{
  /** The text before the step. */
  readonly step: Step
  readonly offset: number
  /** The type of the node, where it is known. */
  readonly construct?: string
  readonly why: string
}> {}

type Rules = ReadonlyArray<Normalisation>

/** Writes what SWC lowers wrongly in other syntax: few modules have any of it. */
const desugared = (start: Step, module: Ast.Module, rules: Rules, maps: boolean) =>
  Effect.suspend(() => {
    if (rules.length === 0) return Effect.succeed<Parsed>({ step: start, module })
    const context = contextOf(start.source.text, module)
    normalise(module, rules, context)
    const [refused] = context.refused
    if (refused !== undefined) {
      const { node, why } = refused
      return new Unfaithful({ step: start, offset: spanOf(node).start, construct: node.type, why })
    }
    if (context.edits.isEmpty) return Effect.succeed<Parsed>({ step: start, module })
    for (const helper of context.helpers) context.edits.append(helper)
    return parsed(edited(start, context.edits, maps))
  })

/** What is done before types and JSX are gone: most modules have nothing to do here. */
const prepare = (
  start: Step,
  module: Ast.Module,
  syntax: LoweredSyntax.LoweredSyntax,
  rules: Rules,
  maps: boolean
): Step => {
  const context = contextOf(start.source.text, module)
  const early = LoweredSyntax.hangsOnSpelling(syntax) ? rules.filter(({ stage }) => stage !== undefined) : []
  normalise(module, [...early, Parentheses.keepParentheses], context)
  return edited(start, context.edits, maps)
}

/** Comments that SWC takes as statements about the call behind them. */
const annotation = /[#@]__[A-Z_]+__/

const lower = (start: Step, compilerOptions: CompilerOptions, globals: ReadonlyArray<string>, sourceMap: boolean) =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const { source } = start
    const declared = globals.length === 0 ? source : { ...source, text: GlobalNames.declare(source.text, globals) }
    // Other decorators are gone; SWC's pass for them takes computed keys out of every class, decorated or not
    const options = { ...compilerOptions, experimentalDecorators: true }
    const lowered = transformed(start, yield* parser.lower(declared, options, { sourceMap }))
    // It puts parentheses around calls marked as pure, though the mark goes
    return annotation.test(source.text)
      ? transformed(lowered, yield* parser.lower(lowered.source, options, { sourceMap }))
      : lowered
  })

/** A text and its tree. */
interface Parsed {
  readonly step: Step
  readonly module: Ast.Module
}

/** Parses what `before` became: its syntax errors are no faults of the source. */
const parsed = (step: Step): Effect.Effect<Parsed, Unfaithful, SourceParser> =>
  Effect.flatMap(SourceParser, (parser) => parser.parse(step.source)).pipe(
    Effect.map((module) => ({ step, module })),
    Effect.mapError((error) => {
      const { column = 1, line = 1 } = error.location ?? {}
      const lines = step.source.text.split("\n")
      const offset = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0) + column - 1
      return new Unfaithful({ step, offset, why: `Its text is no longer valid: ${error.what}.` })
    })
  )

/** Lowers without giving other names to locals that shadow a global. */
const lowerKeepingNames = (
  prepared: Step,
  compilerOptions: CompilerOptions,
  syntax: LoweredSyntax.LoweredSyntax,
  sourceMap: boolean
) =>
  Effect.gen(function*() {
    let lowered = yield* parsed(yield* lower(prepared, compilerOptions, [], sourceMap))
    let globals: ReadonlyArray<string> = []
    // Where nothing is replaced, every name can be compared with the source's
    while (syntax.nodes.size > 0) {
      const more = GlobalNames.renamed(prepared.source.text, lowered.step.source.text, lowered.module).filter((name) =>
        !globals.includes(name)
      )
      if (more.length === 0) break
      const tried = [...globals, ...more]
      const again = yield* parsed(yield* lower(prepared, compilerOptions, tried, sourceMap))
      if (!GlobalNames.isIntact(again.module, tried)) break
      globals = tried
      lowered = again
    }
    return { lowered, globals }
  })

const check = ({ difference }: Comparison, before: Step, after: Step): Effect.Effect<void, Unfaithful> => {
  if (difference === undefined) return Effect.void
  const { end, start } = difference.after === undefined ? { start: 0, end: 0 } : spanOf(difference.after)
  const printed = after.source.text.slice(start, Math.min(end, start + 80))
  return new Unfaithful({
    step: before,
    offset: spanOf(difference.before).start,
    construct: difference.before.type,
    why: printed === ""
      ? "It is missing in the text that Clustrix makes of it."
      : `The text that Clustrix makes of it means something else: ${printed}`
  })
}

const attempt = (
  source: Source,
  compilerOptions: CompilerOptions,
  { normalisations: switches = {}, sourceMap, specifiers = {} }: Options
) =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const rules = enabled(switches)
    const movesFields = source.language === "typescript" && !compilerOptions.useDefineForClassFields
    const written = yield* parser.parse(source)
    const found = LoweredSyntax.find(written, movesFields)
    const { module: original, step: start } = yield* desugared(
      { source, maps: [] },
      written,
      desugarings(found, compilerOptions.experimentalDecorators),
      sourceMap
    )
    const syntax = original === written ? found : LoweredSyntax.find(original, movesFields)
    const prepared = prepare(start, original, syntax, rules, sourceMap)
    const { globals, lowered: { module, step: lowered } } = yield* lowerKeepingNames(
      prepared,
      compilerOptions,
      syntax,
      sourceMap
    )
    const context = contextOf(lowered.source.text, module, specifiers)
    if (prepared !== start) Parentheses.restore(module, context)
    if (syntax.types.has("Decorator")) orderLegacyDecorators(module, context)
    if (globals.length > 0) GlobalNames.undeclare(module, context)
    const kept = compare(original, module, { lowered: syntax.nodes, movesFields })
    yield* check(kept, start, lowered)
    const renamed = Names.restore(module, kept.renamings, context)
    if (renamed !== undefined) {
      yield* check({ difference: renamed, renamings: [] }, start, lowered)
    }
    normalise(module, rules.filter(({ stage }) => stage !== "slice"), context)
    const normal = edited(lowered, context.edits, sourceMap)
    const printed = yield* parsed(transformed(normal, yield* parser.print(normal.source, { sourceMap })))
    yield* check(compare(module, printed.module, { specifiers }), lowered, printed.step)
    return {
      code: printed.step.source.text,
      map: sourceMap ? composed(source.file, printed.step.maps) : undefined
    }
  })

/** JSON of the map from the last text to the first, which is called `file`. */
const composed = (file: string, maps: ReadonlyArray<string>): string => {
  const { mappings, names } = remapping([...maps], () => null)
  return JSON.stringify({ version: 3, sources: [file], names, mappings })
}

/** Where the fault of a step is in the source. */
const locationOf = ({ file, text }: Source, { offset, step }: Unfaithful): SourceLocation => {
  const place = fromOffset(file, step.source.text, offset)
  if (step.maps.length === 0) return fromOffset(file, text, offset)
  const { column, line } = originalPositionFor(new TraceMap(composed(file, step.maps)), {
    line: place.line,
    column: place.column - 1
  })
  return new SourceLocation({ file, line: line ?? 1, column: (column ?? 0) + 1 })
}

/** `TaggedTemplateExpression` as "tagged template expression". */
const words = (type: string): string => type.replace(/^Ts/, "").replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase()

const explained = (source: Source, fault: Unfaithful): CanonicalTextError =>
  new CanonicalTextError({
    what: `This ${fault.construct === undefined ? "code" : words(fault.construct)} cannot be packaged as it is written`,
    location: locationOf(source, fault),
    why: fault.why,
    remedy: "Write it in another way: give its parts names, or take them out into a function."
  })

/**
 * The canonical text of `source`, a module or the slice of one. The same for every spelling that
 * [the index](./index.ts) does not list, and for the result itself: doing it again changes nothing.
 *
 * The text is read again after it was printed. Fails with a `CanonicalTextError` where it says something else than `source`.
 *
 * `map` is the JSON of the source map from the result to `source.text` when asked for.
 */
export const canonicalise = (
  source: Source,
  compilerOptions: CompilerOptions,
  options: Options
): Effect.Effect<Lowered, CanonicalTextError | SourceSyntaxError, SourceParser> =>
  attempt(source, compilerOptions, options).pipe(
    // The maps say where it was written
    Effect.catchTag(
      "Unfaithful",
      (fault) =>
        options.sourceMap ? Effect.fail(fault) : attempt(source, compilerOptions, { ...options, sourceMap: true })
    ),
    Effect.catchTag("Unfaithful", (fault) => Effect.fail(explained(source, fault)))
  )
