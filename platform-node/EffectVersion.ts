/**
 * Whether the program that runs our Effects has the same Effect. With two of them, types agree and values do not.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Explanation from "../core/diagnostics/Explanation.ts"

export class EffectVersionError extends Schema.TaggedError<EffectVersionError>()("EffectVersionError", {
  /** The version that the program runs with. */
  program: Schema.String,
  /** The version that Clustrix was loaded with. */
  clustrix: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** Every Effect, fibers among them, says by which version it was made. */
const versionOf = (made: object): string => {
  const variance: unknown = Reflect.get(made, Effect.EffectTypeId)
  const version: unknown = Object(variance)["_V"]
  return typeof version === "string" ? version : "unknown"
}

const own = versionOf(Effect.void)

/** Fails if the fiber that runs this is another version's. */
export const check: Effect.Effect<void, EffectVersionError> = Effect.withFiberRuntime((fiber) => {
  const program = versionOf(fiber)
  return program === own ? Effect.void : new EffectVersionError({
    program,
    clustrix: own,
    what: `There are two versions of Effect in this process: ${program} runs the program, and ${own} is Clustrix's`,
    why: "Services, fibers and errors of one are not those of the other.",
    remedy: "Install one version: `npm ls effect` shows who asks for which, and `npm dedupe` brings them together."
  })
})
