/**
 * The {@link SourceParser} over SWC's WebAssembly, the same on every host; hosts differ in where the WASM comes from.
 */
import type * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Explanation from "../Explanation.ts"
import { type Lowered, type Source, SourceParser, SourceSyntaxError } from "../SourceParser.ts"
import { SourceLocation } from "../SourceLocation.ts"
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

const syntaxError = (source: Source, thrown: unknown): SourceSyntaxError => {
  if (typeof thrown === "string") {
    const { frame, location, sentence } = CodeFrame.read(source.file, source.text, thrown)
    return new SourceSyntaxError({ what: sentence, location, why: frame, remedy: "Correct the syntax at that place." })
  }
  return new SourceSyntaxError({
    what: "the parser (SWC) failed on this file",
    location: new SourceLocation({ file: source.file, line: 1, column: 1 }),
    why: thrown instanceof Error ? thrown.message : String(thrown),
    remedy: "Split the file, or simplify its most deeply nested expression.",
    cause: thrown
  })
}

const isOutput = (value: unknown): value is { readonly code: string; readonly map?: string } =>
  typeof value === "object" && value !== null && "code" in value && typeof value.code === "string"

/**
 * The service over a compiled WASM module. `load` runs at the first use, and again only when it failed.
 */
export const make = (
  load: Effect.Effect<WebAssembly.Module, ParserLoadError>,
  options: Options = {}
): Effect.Effect<Context.Tag.Service<SourceParser>> =>
  Effect.gen(function*() {
    const memoryLimit = options.memoryLimit ?? defaultMemoryLimit
    const [loaded, forget] = yield* Effect.cachedInvalidateWithTTL(load, Duration.infinity)
    const module = loaded.pipe(Effect.tapErrorCause(() => forget), Effect.orDie)
    let current: SwcInstance | undefined

    const run = <A>(source: Source, call: (swc: SwcInstance, goal: ParserOptions.Goal) => A) =>
      Effect.flatMap(module, (compiled) =>
        Effect.try({
          try: () => {
            const [first, ...others] = goals(source)
            const attempt = (goal: ParserOptions.Goal): A => {
              const instance = current ??= instantiate(compiled)
              try {
                return call(instance, goal)
              } catch (thrown) {
                if (thrown instanceof SwcFailure) current = undefined
                throw thrown
              } finally {
                if (instance.memoryBytes() > memoryLimit) current = undefined
              }
            }
            try {
              return attempt(first)
            } catch (thrown) {
              for (const goal of others) {
                try {
                  return attempt(goal)
                } catch {
                  // What the first goal says is what the author meant: the others only get a chance to do better
                }
              }
              throw thrown
            }
          },
          catch: (thrown) => syntaxError(source, thrown)
        }))

    const transform = (source: Source, options: (goal: ParserOptions.Goal) => object) =>
      run(source, (swc, goal): Lowered => {
        const output = swc.transform(source.text, options(goal))
        if (!isOutput(output)) throw new SwcFailure("SWC's transform returned no code")
        return { code: output.code, map: output.map }
      })

    return SourceParser.of({
      parse: (source) =>
        run(source, (swc, goal) => Spans.normalise(swc.parse(source.text, ParserOptions.parse(source, goal)), source.text)),
      lower: (source, compilerOptions, { sourceMap }) =>
        transform(source, (goal) => ParserOptions.lower(source, goal, compilerOptions, { sourceMap, minify: true })),
      print: (source, { sourceMap }) => transform(source, (goal) => ParserOptions.print(source, goal, sourceMap))
    })
  })
