/**
 * The arguments of a call, as somebody types them or a link has them.
 */
import * as BoundedJson from "../../../core/archive/BoundedJson.ts"

const limits: BoundedJson.Limits = {
  bytes: 33_554_432,
  depth: 1_000,
  elements: 2_000_000,
  stringBytes: 33_554_432
}

const parsed = (text: string): { readonly value: unknown } | string => {
  try {
    return { value: BoundedJson.parse(text, limits) }
  } catch (error) {
    return `This is no JSON: ${error instanceof Error ? error.message : String(error)}`
  }
}

/** The positional arguments, or what is wrong with the text. */
export const argumentsOf = (text: string): ReadonlyArray<unknown> | string => {
  const found = parsed(text.trim() === "" ? "[]" : text)
  if (typeof found === "string") return found
  return Array.isArray(found.value) ? found.value : "Arguments are a JSON array: [1, \"a\"]."
}

/** Calls of one function at most, in a page and to an endpoint. */
export const mostCalls = 200

/** The arguments of each of many calls, or what is wrong with the text of their inputs. */
export const callsOf = (text: string): ReadonlyArray<ReadonlyArray<unknown>> | string => {
  const found = parsed(text)
  if (typeof found === "string") return found
  if (!Array.isArray(found.value)) return "Inputs are a JSON array with one input for each call: [1, 2, 3]."
  if (found.value.length > mostCalls) {
    return `There are ${
      found.value.length.toLocaleString("en")
    } inputs. A page makes ${mostCalls} calls at most; \`clustrix map\` makes any number as one job array.`
  }
  return found.value.map((input: unknown) => [input])
}

/** The options object, or what is wrong with the text. */
export const optionsOf = (text: string): Readonly<Record<string, unknown>> | string => {
  const found = parsed(text.trim() === "" ? "{}" : text)
  if (typeof found === "string") return found
  return typeof found.value === "object" && found.value !== null && !Array.isArray(found.value)
    ? found.value as Readonly<Record<string, unknown>> // JSON has no other objects
    : "The options are a JSON object: { \"a\": 1 }."
}
