/**
 * From the slice of a module to the one text that all its spellings have in common.
 */
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping"
import * as Effect from "effect/Effect"
import type { CompilerOptions } from "../../resolution/ModuleResolver.ts"
import { type Lowered, type Source, SourceParser, type SourceSyntaxError } from "../../language/SourceParser.ts"
import { fromOffset, SourceLocation } from "../../diagnostics/SourceLocation.ts"
import * as Ast from "../../language/Ast.ts"
import { NotPrintable, print } from "../printing/Printer.ts"
import * as SegmentMap from "../printing/SegmentMap.ts"
import { CanonicalTextError } from "./CanonicalTextError.ts"
import { eraseTypes } from "./eraseTypes.ts"
import { lower } from "./lowering/lower.ts"
import { enabled, type Switches } from "./normalisations/index.ts"
import { difference } from "./sameTree.ts"
import { become, composed, parse, type Parsed, type Step, Unfaithful } from "./Step.ts"
import { visitAll } from "./Visitors.ts"

export interface Options {
  readonly sourceMap: boolean
  /** Rules left out. */
  readonly normalisations?: Switches
  /** What to import in the place of specifiers that lowering brings in, where the source imports them. */
  readonly specifiers?: Readonly<Record<string, string>>
}

/** The text of the tree, which is read again: it must say the same. */
const printed = ({ module, step }: Parsed, sourceMap: boolean): Effect.Effect<Step, Unfaithful, SourceParser> =>
  Effect.gen(function*() {
    const { code, segments } = yield* Effect.try({
      try: () => print(module),
      catch: (cause) => {
        if (!(cause instanceof NotPrintable)) throw cause
        const { node } = cause
        return new Unfaithful({
          step,
          offset: Ast.spanOf(node).start,
          construct: node.type,
          why: "It is read, but is no JavaScript that runs."
        })
      }
    })
    const after = become(step, code, sourceMap ? SegmentMap.encode(segments, step.source.text) : undefined)
    const read = yield* parse(after)
    eraseTypes(read.module)
    const found = difference(module, read.module)
    if (found === undefined) return after
    const { end, start } = found.after === undefined ? { start: 0, end: 0 } : Ast.spanOf(found.after)
    return yield* new Unfaithful({
      step,
      offset: Ast.spanOf(found.before).start,
      construct: found.before.type,
      why: `The text that Clustrix makes of it means something else: ${code.slice(start, Math.min(end, start + 80))}`
    })
  })

const attempt = (
  source: Source,
  compilerOptions: CompilerOptions,
  { normalisations: switches = {}, sourceMap, specifiers = {} }: Options
) =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const written: Parsed = { step: { source, maps: [] }, module: yield* parser.parse(source) }
    const lowered = yield* lower(written, compilerOptions, sourceMap)
    const { module } = lowered
    eraseTypes(module)
    visitAll(module, enabled(switches), { specifiers, script: Ast.isScript(module), settled: new WeakSet() })
    const { maps, source: { text } } = yield* printed(lowered, sourceMap)
    return { code: text, map: sourceMap ? composed(source.file, maps) : undefined }
  })

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
