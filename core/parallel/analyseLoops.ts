/**
 * The loops of a package, from the texts of its modules.
 */
import * as Effect from "effect/Effect"
import { type AnalysisCache, remember } from "../modules/AnalysisCache.ts"
import { digest, type Hasher } from "../archive/Hasher.ts"
import { SourceParser, type SourceSyntaxError } from "../language/SourceParser.ts"
import { type LoopPlan, planLoops } from "./LoopPlan.ts"
import * as LoopProgram from "./LoopProgram.ts"
import { proveLoops } from "./proveLoops.ts"
import { type ModuleSyntax, readModule } from "./ModuleSyntax.ts"

/** Raised when the same texts give another plan. */
const version = 9

const none: LoopPlan = { verdicts: [], variants: [], bodies: [] }

/** A module of the package, in its canonical text. */
export interface LoopModule {
  readonly path: string
  readonly text: string
}

/** Proves what can be proven. CommonJS modules are not looked at. */
export const analyseLoops = (
  modules: ReadonlyArray<LoopModule>
): Effect.Effect<LoopPlan, SourceSyntaxError, SourceParser | AnalysisCache | Hasher> =>
  Effect.gen(function*() {
    // A text that only mentions the word is parsed for nothing
    if (!modules.some(({ text }) => text.includes("for"))) return none
    const key = `loops-${version}-${yield* digest(JSON.stringify(modules.map(({ path, text }) => [path, text])))}`
    return yield* remember(key, prove(modules))
  })

const prove = (
  modules: ReadonlyArray<LoopModule>
): Effect.Effect<LoopPlan, SourceSyntaxError, SourceParser> =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const read = new Map<string, ModuleSyntax>()
    for (const { path, text } of modules) {
      if (!path.endsWith(".mjs")) continue
      const program = yield* parser.parse({ file: path, text, language: "javascript", jsx: false, moduleSystem: "esm" })
      read.set(path, readModule(path, text, program))
    }
    const program = LoopProgram.make(read, modules.filter(({ path }) => /\.c?js$/.test(path)))
    return planLoops(program, proveLoops(program))
  })
