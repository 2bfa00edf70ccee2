/**
 * Code that is nested more deeply than the host's stack lets anything walk over its tree.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { SourceLocation } from "../diagnostics/SourceLocation.ts"
import { SourceSyntaxError } from "./SourceParser.ts"

/** V8 and JavaScriptCore throw a `RangeError`, SpiderMonkey an error of its own. */
const isStackOverflow = (defect: unknown): boolean =>
  defect instanceof Error && /^Maximum call stack size exceeded|^too much recursion/.test(defect.message)

const tooDeep = (file: string, cause: unknown): SourceSyntaxError =>
  new SourceSyntaxError({
    what: "The code is nested too deeply",
    location: new SourceLocation({ file, line: 1, column: 1 }),
    why: "Its syntax tree cannot be walked over on this host's stack.",
    remedy: "Split the file, or simplify its most deeply nested expression or its longest chain of calls.",
    cause
  })

/** Fails with a {@link SourceSyntaxError} where walking over the tree of `file` overflows the stack. */
export const bounded =
  (file: string) => <A, E, R>(walk: Effect.Effect<A, E, R>): Effect.Effect<A, E | SourceSyntaxError, R> =>
    Effect.catchSomeDefect(
      walk,
      (defect) => isStackOverflow(defect) ? Option.some(Effect.fail(tooDeep(file, defect))) : Option.none()
    )
