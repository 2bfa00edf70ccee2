import * as Effect from "effect/Effect"
import { type Call, type UsageError, usageError, valueOf } from "./CommandLine.ts"

/** The whole number that an option gives, `least` or more. */
export const wholeNumber = (
  call: Call,
  name: string,
  least: number
): Effect.Effect<number | undefined, UsageError> => {
  const text = valueOf(call, name)
  if (text === undefined) return Effect.succeed(undefined)
  return /^\d{1,15}$/.test(text) && Number(text) >= least
    ? Effect.succeed(Number(text))
    : Effect.fail(
      usageError(`--${name} ${JSON.stringify(text)} is no such number`, `Write a whole number, ${least} or more.`)
    )
}
