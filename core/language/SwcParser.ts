/**
 * The {@link SourceParser} over SWC's WebAssembly, the same on every host; hosts differ in where the WASM comes from.
 */
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Explanation from "../diagnostics/Explanation.ts"
import { type Lowered, type Source, SourceParser, SourceSyntaxError } from "./SourceParser.ts"
import { SourceLocation } from "../diagnostics/SourceLocation.ts"
import * as CodeFrame from "./CodeFrame.ts"
import * as ParserOptions from "./ParserOptions.ts"
import * as Spans from "./Spans.ts"
import { instantiate, SwcFailure, type SwcInstance } from "./SwcInstance.ts"

/**
 * SWC's WASM could not be had. A defect rather than a failure of parsing: the installation is broken, no source is at fault.
 */
export class ParserLoadError extends Schema.TaggedError<ParserLoadError>()("ParserLoadError", {
  reason: Schema.Literal("NotFound", "NotWebAssembly"),
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export interface Options {
  /**
   * SWC never frees what a parse took: an instance whose memory has grown past this many bytes is dropped after the call
   * that made it so. By default 64 MiB, some 12,000 parses of a module of 3 kB.
   */
  readonly memoryLimit?: number | undefined
}

const defaultMemoryLimit = 64 * 1024 * 1024

const goals = (source: Source): readonly [ParserOptions.Goal, ...ReadonlyArray<ParserOptions.Goal>] => {
  switch (source.moduleSystem) {
    case "esm":
      return ["module"]
    case "commonjs":
      return ["script", "module"]
    case undefined:
      return ["module", "script"]
  }
}

/** SWC panics when it draws a code frame with a line of more columns than this. */
const widestLine = 65_535

const syntaxError = (source: Source, thrown: string | SwcFailure): SourceSyntaxError => {
  if (typeof thrown === "string") {
    const { frame, location, sentence } = CodeFrame.read(source.file, source.text, thrown)
    return new SourceSyntaxError({
      what: sentence,
      location,
      ...(frame === "" ? {} : { why: frame }),
      remedy: "Correct the syntax at that place."
    })
  }
  const lines = source.text.split("\n")
  const wide = lines.findIndex((line) => line.length > widestLine)
  if (wide !== -1 && thrown.message.includes("Formatting argument out of range")) {
    return new SourceSyntaxError({
      what: "There is a syntax error in or near a line that is too long to be shown",
      location: new SourceLocation({ file: source.file, line: wide + 1, column: 1 }),
      why: `The line has ${
        lines[wide]?.length ?? 0
      } columns; the parser (SWC) shows the place in one of up to ${widestLine}.`,
      remedy: "Break the line into shorter ones: then the place can be told."
    })
  }
  return new SourceSyntaxError({
    what: "The parser (SWC) failed on this file",
    location: new SourceLocation({ file: source.file, line: 1, column: 1 }),
    // Behind it comes a stack of addresses in the WASM
    why: thrown.message.split(/\n\s*Stack:/)[0] ?? "",
    remedy: "Split the file, or simplify its most deeply nested expression.",
    cause: thrown
  })
}

/** The map with the source's own name: SWC is told another. */
const named = (map: string, file: string): string => {
  // SWC writes version 3 source maps
  const parsed = JSON.parse(map) as { readonly mappings: string; readonly names: ReadonlyArray<string> }
  return JSON.stringify({ version: 3, sources: [file], names: parsed.names, mappings: parsed.mappings })
}

const isOutput = (value: unknown): value is { readonly code: string; readonly map?: string } =>
  typeof value === "object" && value !== null && "code" in value && typeof value.code === "string"

/** A `WebAssembly.Module`. Its name is one of the DOM's types, which a program on Node need not have. */
export type CompiledModule = object

/**
 * The service over a compiled WASM module. `load` runs at the first use, and again only when it failed.
 */
export const make = (
  load: Effect.Effect<CompiledModule, ParserLoadError>,
  options: Options = {}
): Effect.Effect<Context.Tag.Service<SourceParser>> =>
  Effect.gen(function*() {
    const memoryLimit = options.memoryLimit ?? defaultMemoryLimit
    const [loaded, forget] = yield* Effect.cachedInvalidateWithTTL(load, Duration.infinity)
    const module = loaded.pipe(
      Effect.map((compiled) => compiled as WebAssembly.Module), // as whoever loads it says
      Effect.tapErrorCause(() => forget),
      Effect.orDie
    )
    let current: SwcInstance | undefined

    const attempt = <A>(compiled: WebAssembly.Module, call: (swc: SwcInstance) => A): A => {
      const instance = current ??= instantiate(compiled)
      try {
        return call(instance)
      } catch (thrown) {
        if (thrown instanceof SwcFailure) current = undefined
        throw thrown
      } finally {
        if (instance.memoryBytes() > memoryLimit) current = undefined
      }
    }

    const run = <A>(source: Source, call: (swc: SwcInstance, goal: ParserOptions.Goal) => A) => {
      const [first, ...others] = goals(source)
      const once = (compiled: WebAssembly.Module, goal: ParserOptions.Goal): Effect.Effect<A, string | SwcFailure> =>
        Effect.suspend(() => {
          try {
            return Effect.succeed(attempt(compiled, (swc) => call(swc, goal)))
          } catch (thrown) {
            // Anything else is a mistake of ours, such as an option that SWC does not know
            return typeof thrown === "string" || thrown instanceof SwcFailure ? Effect.fail(thrown) : Effect.die(thrown)
          }
        })
      return Effect.flatMap(module, (compiled) =>
        others.reduce(
          // What the first goal says is what the author meant: the others only get a chance to do better
          (tried, goal) => Effect.catchAll(tried, (error) => Effect.mapError(once(compiled, goal), () => error)),
          once(compiled, first)
        )).pipe(Effect.mapError((thrown) => syntaxError(source, thrown)))
    }

    const transform = (source: Source, options: (goal: ParserOptions.Goal) => object) =>
      run(source, (swc, goal): Lowered => {
        const output = swc.transform(source.text, options(goal))
        if (!isOutput(output)) throw new SwcFailure("SWC's transform returned no code")
        return { code: output.code, map: output.map === undefined ? undefined : named(output.map, source.file) }
      })

    return SourceParser.of({
      parse: (source) =>
        run(source, (swc, goal) =>
          Spans.normalise(swc.parse(source.text, ParserOptions.parse(source, goal)), source.text)),
      lower: (source, compilerOptions, { sourceMap }) =>
        transform(source, (goal) =>
          ParserOptions.lower(source, goal, compilerOptions, sourceMap))
    })
  })
