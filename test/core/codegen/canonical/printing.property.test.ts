/**
 * Canonical texts of generated programs do what the programs do, whatever expression stands where.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fc from "fast-check"
import { canonicalise } from "../../../../core/codegen/canonical/index.ts"
import { layer } from "../../../../platform-node/SourceParser.ts"
import { statement } from "./programs.ts"

const compilerOptions = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false
}

/** How many programs are one module. */
const together = 25

/** A class whose method `g` runs the statement. `run` gives it what it uses. */
const program = (text: string): string =>
  `(class extends B { #p = 1; async *g(o, v, f, t, K, a, b) { let r, async = 1, let_ = 2, of = 3; ${text}; return [r, a, b] } })`

const script = (programs: ReadonlyArray<string>): string => `module.exports = [${programs.map(program).join(",\n")}]`

/** Generated text may have early errors: a second `super`, `await` in a parameter. */
const isValid = (text: string): boolean => {
  try {
    return typeof new Function("B", `return ${program(text)}`) === "function"
  } catch (error) {
    return !(error instanceof SyntaxError)
  }
}

interface Steps {
  readonly g: (...given: ReadonlyArray<unknown>) => AsyncGenerator<unknown, unknown, unknown>
}

const load = (code: string): ReadonlyArray<new() => Steps> => {
  const module: { exports: unknown } = { exports: [] }
  new Function("module", "B", code)(
    module,
    class {
      m() {
        return "super"
      }
    }
  )
  // `script` exports a list of classes
  return module.exports as ReadonlyArray<new() => Steps>
}

/** A value in words that do not depend on how functions are spelled. Programs may put objects into themselves. */
const show = (value: unknown, around: ReadonlyArray<unknown> = []): string => {
  if (typeof value === "function") return `function ${value.name}`
  if (value instanceof Error) return value.name
  if (typeof value === "object" && value !== null) {
    if (around.includes(value)) return `itself ${around.indexOf(value)}`
    const inside = [...around, value]
    return Array.isArray(value)
      ? `[${value.map((inner) => show(inner, inside)).join()}]`
      : `{${Object.entries(value).map(([key, inner]) => `${key}:${show(inner, inside)}`).join()}}`
  }
  return typeof value === "bigint" ? `${value}n` : Object.is(value, -0) ? "-0" : typeof value === "string"
    ? JSON.stringify(value)
    : String(value)
}

/** All that a program does: what it calls, yields, returns and throws. */
const observe = async (Program: new() => Steps): Promise<string> => {
  const log: Array<unknown> = []
  const note = (...words: ReadonlyArray<unknown>): void => {
    log.push(words.map((word) => show(word)).join(" "))
  }
  const v = (value: unknown): unknown => {
    note("v", value)
    return value
  }
  class K {
    constructor(...values: ReadonlyArray<unknown>) {
      note("new", new.target === K, values.length)
    }
    static m(): number {
      return 1
    }
  }
  const t = (texts: TemplateStringsArray, ...values: ReadonlyArray<unknown>): unknown => {
    note("tag", texts.raw, values)
    return K
  }
  const f = (...values: ReadonlyArray<unknown>): unknown => {
    note("f", values.length)
    return values[0] ?? t
  }
  const o = {
    p: { q: 5, K },
    "p q": 6,
    0: 7,
    n: null,
    K,
    m(): boolean {
      return this === o
    }
  }
  try {
    const steps = new Program().g(o, v, f, t, K, 3, 4)
    let sent: unknown
    while (log.length < 60) {
      const { done, value } = await steps.next(sent)
      note(done === true ? "returned" : "yielded", value)
      if (done === true) break
      sent = value
    }
  } catch (error) {
    note("threw", error)
  }
  return log.join("; ")
}

/** Sources of functions are spelled as their texts are. */
const withoutSources = async (run: () => Promise<void>): Promise<void> => {
  const descriptor = Object.getOwnPropertyDescriptor(Function.prototype, "toString")
  try {
    Object.defineProperty(Function.prototype, "toString", { ...descriptor, value: () => "source" })
    await run()
  } finally {
    if (descriptor !== undefined) Object.defineProperty(Function.prototype, "toString", descriptor)
  }
}

it.layer(layer)("generated programs", (it) => {
  const canonical = (text: string) =>
    Effect.map(
      canonicalise(
        { file: "a.cjs", text, language: "javascript", jsx: false, moduleSystem: "commonjs" },
        compilerOptions,
        { sourceMap: false }
      ),
      ({ code }) => code
    )

  describe("do the same in their canonical text, which is its own", () => {
    for (const seed of [1, 2, 3, Date.now() % 1_000_000]) {
      it.effect(`seed ${seed}`, () =>
        Effect.gen(function*() {
          const programs = fc.sample(statement, { numRuns: 500, seed }).filter(isValid)
          assert.isAbove(programs.length, 300)
          for (let at = 0; at < programs.length; at += together) {
            const some = programs.slice(at, at + together)
            const code = yield* canonical(script(some))
            assert.strictEqual(yield* canonical(code), code)
            const [before, after] = [load(script(some)), load(code)]
            yield* Effect.promise(() =>
              withoutSources(async () => {
                for (const [index, text] of some.entries()) {
                  const [original, printed] = [before[index], after[index]]
                  if (original === undefined || printed === undefined) assert.fail(text)
                  assert.strictEqual(await observe(printed), await observe(original), text)
                }
              })
            )
          }
        }), 60_000)
    }
  })
})
