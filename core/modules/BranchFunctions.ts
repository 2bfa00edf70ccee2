/**
 * `if (a) function f() {}`, which sloppy code may say (ECMA-262, B.3.3) and SWC does not read. It means what the function
 * means in a block of its own, so it gets one.
 */
import * as Effect from "effect/Effect"
import { type Source, SourceParser } from "../language/SourceParser.ts"

/** Functions to wrap in one text, and ends to try for one function: no program has so many. */
const mostFunctions = 200
const mostEnds = 2000

const offsetOf = (text: string, line: number, column: number): number => {
  let start = 0
  for (let each = 1; each < line; each++) start = text.indexOf("\n", start) + 1
  return start + column - 1
}

/** The text with every such function in a block; `undefined` if it is not only that which SWC does not read. */
export const wrapBranchFunctions = (source: Source): Effect.Effect<string | undefined, never, SourceParser> =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const parse = (text: string) => Effect.either(parser.parse({ ...source, text, moduleSystem: "commonjs" }))
    let { text } = source
    for (let count = 0; count < mostFunctions; count++) {
      const parsed = yield* parse(text)
      if (parsed._tag === "Right") return text
      const { location } = parsed.left
      if (location === undefined) return undefined
      const start = offsetOf(text, location.line, location.column)
      const before = text.slice(0, start).trimEnd()
      if (!text.startsWith("function", start) || !(before.endsWith(")") || before.endsWith("else"))) return undefined
      // The shortest text from there that is a program is the function
      let found: string | undefined
      let end = start
      for (let tries = 0; found === undefined && tries < mostEnds; tries++) {
        end = text.indexOf("}", end) + 1
        if (end === 0) return undefined
        const candidate = text.slice(start, end)
        const alone = yield* parse(candidate)
        if (alone._tag === "Right") found = candidate
        else if (alone.left.what === parsed.left.what && candidate.includes("function", 8)) {
          found = yield* wrapBranchFunctions({ ...source, text: candidate })
        }
      }
      if (found === undefined) return undefined
      text = `${text.slice(0, start)}{ ${found} }${text.slice(end)}`
    }
    return undefined
  })
