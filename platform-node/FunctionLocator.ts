/**
 * Living functions on Node: found through V8's inspector, and through source maps in what their authors wrote.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type AnyFunction, FunctionLocator, type MentionedVariable } from "../core/closures/FunctionLocator.ts"
import { FunctionNotPackageableError } from "../core/slicing/NotPackageable.ts"
import * as Quotation from "../core/diagnostics/Quotation.ts"
import { lineStarts } from "../core/diagnostics/SourceLocation.ts"
import { builtinValues } from "./locate/BuiltinValues.ts"
import * as Inspector from "./locate/Inspector.ts"
import { compiledName, type NoSource, originalPositions } from "./locate/OriginalPosition.ts"

const labelOf = (fn: AnyFunction): string => fn.name === "" ? "a function without a name" : fn.name

const native = (fn: AnyFunction, why: string, remedy: string): FunctionNotPackageableError =>
  new FunctionNotPackageableError({
    reason: "Native",
    reference: labelOf(fn),
    what: `Cannot get source of ${labelOf(fn)}`,
    why,
    remedy
  })

const wrap = "Wrap the call in a function of your own and package that."

const noSource = (fn: AnyFunction, none: NoSource): FunctionNotPackageableError => {
  switch (none._tag) {
    case "NoFile":
      return native(
        fn,
        none.url.startsWith("node:") ? `It is a function of ${none.url}.` : "Its code was never in a file.",
        none.url.startsWith("node:") ? wrap : "Write it into a file and import it."
      )
    case "BadMap":
      return native(
        fn,
        `The source map of ${Quotation.plain(none.url)} cannot be read: ${none.cause}.`,
        "Build the program again."
      )
    case "Changed":
      return native(fn, `${none.file} was changed since the program was started.`, "Start the program again.")
  }
}

/** Runtimes that look like Node and have no inspector, or one that does not tell of functions. */
const missing = (fn: AnyFunction): FunctionNotPackageableError =>
  native(fn, "This runtime does not tell where a living function was written.", "Name it instead: FILE#NAME.")

const isClass = (fn: AnyFunction): boolean => /^class\b/.test(Function.prototype.toString.call(fn))

const variables = (
  inspector: Inspector.Inspector,
  fn: AnyFunction,
  names: ReadonlyArray<MentionedVariable>
): ReadonlyMap<string, unknown> => {
  const live = inspector.variables(fn, "functions")
  const position = inspector.location(fn)
  const text = position === undefined ? "" : inspector.sourceOf(position.script)
  return new Map(names.flatMap((each) => {
    const compiled = position === undefined ? each.name : compiledName(position.script, text, each)
    return live.has(compiled) ? [[each.name, live.get(compiled)] as const] : []
  }))
}

const ask = <A>(fn: AnyFunction, question: (inspector: Inspector.Inspector) => A) =>
  "Bun" in globalThis || "Deno" in globalThis
    ? Effect.fail(missing(fn))
    : Effect.try({ try: () => Inspector.ask(question), catch: () => missing(fn) })

export const layer: Layer.Layer<FunctionLocator> = Layer.sync(
  FunctionLocator,
  () =>
    FunctionLocator.of({
      builtins: builtinValues,
      isBuiltin: (fn) =>
        Effect.orElseSucceed(
          ask(fn, (it) => {
            let target = fn
            for (let bound = it.bound(target); bound !== undefined; bound = it.bound(target)) target = bound.target
            return it.location(target)?.script.url.startsWith("node:") ?? true
          }),
          () => true
        ),
      bound: (fn) => Effect.orElseSucceed(ask(fn, (it) => it.bound(fn)), () => undefined),
      variables: (fn, names) =>
        Effect.orElseSucceed(ask(fn, (it) => variables(it, fn, names)), () => new Map<string, unknown>()),
      privateFields: (fn) =>
        Effect.orElseSucceed(ask(fn, (it) => it.privateFields(fn)), () => new Map<string, unknown>()),
      topLevel: (fn, names) =>
        Effect.orElseSucceed(
          ask(fn, (it) => {
            const found = it.variables(fn, "module")
            return new Set([...found].flatMap(([name, value]) => names.has(name) ? [value] : []))
          }),
          () => new Set<unknown>()
        ),
      compiled: (fn) =>
        Effect.orElseSucceed(
          ask(fn, (it) => {
            const position = it.location(fn)
            if (position === undefined) return undefined
            const text = it.sourceOf(position.script)
            const offset = (lineStarts(text)[position.line] ?? 0) + position.column
            return { text, offset, kind: isClass(fn) ? "class" as const : "function" as const }
          }),
          () => undefined
        ),
      locate: (fn) =>
        Effect.flatMap(ask(fn, (it) => it.location(fn)), (position) => {
          if (position === undefined) return native(fn, "It is a function of the runtime itself.", wrap)
          const originals = originalPositions(position)
          if ("_tag" in originals) return noSource(fn, originals)
          return Effect.succeed(
            originals.map((each) => ({
              ...each,
              kind: isClass(fn) ? "class" as const : "function" as const,
              isExact: position.script.sourceMapURL === ""
            }))
          )
        })
    })
)
