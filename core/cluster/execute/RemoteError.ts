/**
 * Makes the error of a function anew from its description, with the stack at the user's own lines.
 */
import type { Description } from "../../runtime/ErrorDescription.ts"
import type { SourceMapDocument } from "../../runtime/SourceMapDocument.ts"
import * as ValueText from "../../runtime/ValueText.ts"
import type { SourceLocation } from "../../diagnostics/SourceLocation.ts"
import { mapStack } from "./StackMapping.ts"

/** What was thrown, as well as it can be had here. */
export interface RemoteError {
  readonly thrown: unknown
  readonly name: string | undefined
  readonly message: string
  readonly stack: string | undefined
  readonly location: SourceLocation | undefined
}

const natives = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError } as const

const isNative = (name: string): name is keyof typeof natives => Object.hasOwn(natives, name)

const decodeOr = (text: string, otherwise: unknown): unknown => {
  try {
    return ValueText.decode(text)
  } catch {
    return otherwise
  }
}

const define = (error: Error, key: string, value: unknown, enumerable: boolean): void => {
  Object.defineProperty(error, key, { value, enumerable, writable: true, configurable: true })
}

const restore = (description: Description, document: SourceMapDocument | undefined): unknown => {
  if (description.type === "value") {
    return description.value === undefined ? description.printed : decodeOr(description.value, description.printed)
  }
  const { cause, errors, message, name } = description
  const options = cause === undefined ? undefined : { cause: restore(cause, document) }
  const error = errors !== undefined
    ? new AggregateError(errors.map((each) => restore(each, document)), message, options)
    : isNative(name)
    ? new natives[name](message, options)
    : new Error(message, options)
  if (error.name !== name) define(error, "name", name, false)
  define(
    error,
    "stack",
    description.stack === undefined ? `${name}: ${message}` : mapStack(description.stack, document).text,
    false
  )
  for (const [key, text] of Object.entries(description.properties ?? {})) {
    define(error, key, decodeOr(text, text), true)
  }
  return error
}

/** The error that `description` describes. */
export const fromDescription = (
  description: Description,
  document: SourceMapDocument | undefined
): RemoteError => {
  const thrown = restore(description, document)
  if (description.type === "value") {
    return { thrown, name: undefined, message: description.printed, stack: undefined, location: undefined }
  }
  const mapped = description.stack === undefined ? undefined : mapStack(description.stack, document)
  return {
    thrown,
    name: description.name,
    message: description.message,
    stack: mapped?.text,
    location: mapped?.location
  }
}
