/**
 * What the variables of the functions around a captured function hold.
 */
import * as Effect from "effect/Effect"
import { hasHiddenStatics, isClassSyntax, privateFieldOf } from "../modules/ClassMembers.ts"
import { heritage } from "../modules/InnerFunction.ts"
import { type AnyFunction, FunctionLocator } from "./FunctionLocator.ts"
import { fromLines, fromOffset, type SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { WrittenFunction } from "./CapturedSources.ts"
import { type CapturedValueError, type HeldValue, labelOf, type Refusal, refuse } from "./NotCaptured.ts"
import { memberSegment } from "./Shape.ts"

/** What people call the variable: of a private static field, `#count`. */
export const shownName = (name: string): string => privateFieldOf(name) ?? name

/** Why the function cannot stand on its own. */
const dependence = (
  { path }: HeldValue,
  { at, inner, node, source }: WrittenFunction
): readonly [refusal: Refusal, at: SourceLocation] | undefined => {
  const [surrounding] = inner.surroundings
  const isMethod = inner.method !== undefined
  if (inner.kind === "constructor") {
    return [{
      description: "a class that was compiled to a function",
      why: "Its parts stand apart in what runs.",
      remedy: "Compile for a target that has classes: ES2022."
    }, at]
  }
  if (surrounding !== undefined) {
    return [{
      description: `a ${isMethod ? "method" : "function"} that uses \`${surrounding.what}\` of what is around it`,
      why: isMethod ? "It needs its class, or the object that it was written in."
        : `No package can hold the ${surrounding.what} of a call that is running here.`,
      remedy: isMethod ? "Package a function that makes the object and calls the method."
        : "Put it into a variable, and use that."
    }, fromOffset(source.file, source.text, surrounding.offset)]
  }
  if (isMethod && inner.usesReceiver && path === "") {
    return [{
      description: "a method that uses `this`",
      why: "As a value it does not know its object.",
      remedy: `Bind it: object${memberSegment(inner.name)}.bind(object).`
    }, at]
  }
  if (isClassSyntax(node) && hasHiddenStatics(node)) {
    return [{
      description: "a class with a static `accessor`",
      why: "What it holds cannot be read.",
      remedy: "Write it as a static field."
    }, at]
  }
  return undefined
}

const unreadable: Refusal = {
  description: "a variable that cannot be read",
  why: "What compiled the program gave it another name, or put its value in its place.",
  remedy: "Do not minify the program, or build it with a source map."
}

const unset: Refusal = {
  description: "a variable that may have no value yet",
  why: "It is undefined, or its declaration was not reached.",
  remedy: "Hand the function over after the declaration, and declare the variable before the function."
}

/** The variables by name, in the order of `inner.captures`. `keys` are those of computed members. */
export const capturedVariables = (
  held: HeldValue & { readonly value: AnyFunction },
  written: WrittenFunction,
  keys: ReadonlyMap<string, unknown>
): Effect.Effect<ReadonlyMap<string, unknown>, CapturedValueError, FunctionLocator> =>
  Effect.gen(function*() {
    const locator = yield* FunctionLocator
    const { value } = held
    const { at, inner, path, source } = written
    const variables = new Map<string, unknown>()
    if (inner.declared !== undefined) return variables
    const dependent = dependence(held, written)
    if (dependent !== undefined) return yield* refuse(held, ...dependent)
    if (inner.captures.length === 0) return variables
    const live = yield* locator.variables(
      value,
      inner.captures.map(({ name, offsets }) => ({
        name,
        mentions: offsets.map((each) => {
          const { column, line } = fromLines(path, source.starts, each)
          return { file: path, line, column }
        })
      }))
    )
    const fields = yield* locator.privateFields(value)
    for (const { mayBeUnset, name } of inner.captures) {
      const field = privateFieldOf(name)
      const [values, key] = field !== undefined ? [fields, field] : [keys.has(name) ? keys : live, name]
      const isUnset = mayBeUnset && values.has(key) && values.get(key) === undefined
      if (name === heritage) variables.set(name, Object.getPrototypeOf(value))
      else if (values.has(key) && !isUnset) variables.set(name, values.get(key))
      else {
        const holder = { outer: held.holder, says: `${labelOf(value)} captures ${key}`, fn: value }
        return yield* refuse({ value, path: `\`${key}\``, holder }, isUnset ? unset : unreadable, at)
      }
    }
    return variables
  })
