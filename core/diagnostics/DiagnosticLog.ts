/**
 * Diagnostics as entries of Effect's log, for programs that see packaging only through what they call.
 */
import * as Effect from "effect/Effect"
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import type { Diagnostic } from "./Diagnostic.ts"
import * as Explanation from "./Explanation.ts"

/** The annotation that holds a diagnostic's code. */
const annotation = "clustrix.diagnostic"

/** Logs each diagnostic: a warning at level `Warning`, a note at level `Info`, annotated with its code. */
export const logAll = (diagnostics: ReadonlyArray<Diagnostic>): Effect.Effect<void> =>
  Effect.forEach(
    diagnostics,
    (diagnostic) => {
      const log = diagnostic.severity === "warning" ? Effect.logWarning : Effect.logInfo
      return Effect.annotateLogs(log(Explanation.render(diagnostic)), annotation, diagnostic.code)
    },
    { discard: true }
  )

/** Logs what a program should hear of, at level `Info`, annotated with its code as a diagnostic is. */
export const logNote = (code: string, text: string): Effect.Effect<void> =>
  Effect.annotateLogs(Effect.logInfo(text), annotation, code)

/** Returns the code of the diagnostic that a log entry with these annotations is about; `undefined` for other entries. */
export const codeOf = (annotations: HashMap.HashMap<string, unknown>): string | undefined => {
  const code = Option.getOrUndefined(HashMap.get(annotations, annotation))
  return typeof code === "string" ? code : undefined
}
