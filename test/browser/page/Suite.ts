/**
 * Stands for `@effect/vitest` in a page: contract suites are collected as they are, and run when the test asks.
 */
import { assert } from "chai"
import * as Effect from "effect/Effect"
import * as TestContext from "effect/TestContext"

const tests: Array<readonly [name: string, run: () => Promise<void>]> = []

export { assert }

export const describe = (_name: string, define: () => void): void => define()

export const it = {
  effect: (name: string, test: () => Effect.Effect<unknown, unknown>): void => {
    tests.push([name, () =>
      Effect.runPromise(Effect.asVoid(Effect.provide(Effect.suspend(test), TestContext.TestContext)))])
  }
}

/** Runs what was collected: each test's name, and what went wrong. */
export const results = async (): Promise<Readonly<Record<string, string>>> => {
  const found: Record<string, string> = {}
  for (const [name, run] of tests) {
    found[name] = await run().then(
      () => "passed",
      (error: unknown) => error instanceof Error ? `${error.message}\n${error.stack}` : String(error)
    )
  }
  return found
}
