/**
 * From the texts of a package back to the user's lines.
 */
import { originalPositionFor, TraceMap } from "@jridgewell/trace-mapping"
import * as Effect from "effect/Effect"
import type { AnalysisCache } from "../modules/AnalysisCache.ts"
import type { EmittedModule } from "../codegen/emitModules.ts"
import type { Hasher } from "../archive/Hasher.ts"
import { fromOffset, SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { SourceParser, SourceSyntaxError } from "../language/SourceParser.ts"
import type { LoopPlan } from "./LoopPlan.ts"
import type { LoopPlace, LoopReport } from "./LoopReport.ts"

type Asked<A> = Effect.Effect<A, SourceSyntaxError, SourceParser | AnalysisCache | Hasher>

/** Each loop where the user wrote it. */
export const loopReports = (
  { verdicts }: LoopPlan,
  modules: ReadonlyArray<EmittedModule>
): Asked<ReadonlyArray<LoopReport>> =>
  Effect.gen(function*() {
    const traces = new Map<string, TraceMap>()
    const locate = (place: LoopPlace) =>
      Effect.gen(function*() {
        const module = modules.find(({ path }) => path === place.path)
        const text = module?.text ?? ""
        const emitted = fromOffset(module?.file ?? place.path, text, place.offset)
        if (module?.map === undefined) return emitted
        const trace = traces.get(place.path) ?? new TraceMap(JSON.stringify(yield* module.map))
        traces.set(place.path, trace)
        const { column, line } = originalPositionFor(trace, { line: emitted.line, column: emitted.column - 1 })
        return line === null ? emitted : new SourceLocation({ file: module.file, line, column: column + 1 })
      })
    const reports: Array<LoopReport> = []
    for (const verdict of verdicts) {
      const location = yield* locate(verdict.loop)
      reports.push(
        verdict._tag === "Parallel"
          ? { verdict: "parallel", location, reductions: verdict.reductions }
          : { verdict: "serial", location, why: verdict.obstacle.why, because: yield* locate(verdict.obstacle) }
      )
    }
    return reports.sort((a, b) =>
      a.location.file === b.location.file
        ? a.location.line - b.location.line || a.location.column - b.location.column
        : a.location.file < b.location.file ? -1 : 1
    )
  })
