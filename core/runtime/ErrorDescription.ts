/**
 * An error as JSON: what crosses from a job to its client when the function did not return. Plain functions without
 * Effect, for the runner carries them.
 */
import * as ValueText from "./ValueText.ts"

/** A thrown `Error`. Properties that cannot be carried are named in `lost`, with the reason: nothing is dropped in silence. */
export interface ErrorDescription {
  readonly type: "error"
  /** `error.name`: `TypeError`, or what the program called its own. */
  readonly name: string
  readonly message: string
  /** As the runtime wrote it, positions in the unpacked package. */
  readonly stack?: string
  readonly cause?: Description
  /** Of an AggregateError. */
  readonly errors?: ReadonlyArray<Description>
  /** Own enumerable properties (`code`, `errno`, ...), each as value text. */
  readonly properties?: Readonly<Record<string, string>>
  readonly lost?: Readonly<Record<string, string>>
}

/** Something else that was thrown: `throw "text"`. `value` is its value text where it can be carried. */
export interface ThrownValueDescription {
  readonly type: "value"
  readonly printed: string
  readonly value?: string
}

export type Description = ErrorDescription | ThrownValueDescription

/** Causes and aggregated errors below this depth, and errors met again, are only named. */
const maximumDepth = 50
/** An AggregateError of more errors than this keeps the first ones; `lost.errors` says how many there were. */
const maximumErrors = 1000

const ownFields = new Set(["name", "message", "stack", "cause", "errors"])

/** Reading anything of a thrown value may throw. */
const attempt = <A>(read: () => A, otherwise: A): A => {
  try {
    return read()
  } catch {
    return otherwise
  }
}

/** An array of which elements are missing is named: JSON would write each hole, and its length may be anything. */
const named = (_key: string, item: unknown): unknown =>
  Array.isArray(item) && Object.keys(item).length < item.length ? `an array of length ${item.length} with holes` : item

const print = (value: unknown): string =>
  attempt(() => {
    if (typeof value === "string") return value
    if (typeof value === "object" && value !== null) {
      return JSON.stringify(value, named) ?? Object.prototype.toString.call(value)
    }
    return String(value)
  }, attempt(() => Object.prototype.toString.call(value), "a value that cannot be printed"))

/** Describes whatever was thrown. Never throws itself. */
export const describe = (thrown: unknown, options: ValueText.EncodeOptions = {}): Description => {
  const seen = new Set<unknown>()
  const go = (value: unknown, depth: number): Description => {
    if (!attempt(() => ValueText.isError(value), false)) {
      const encoded = ValueText.encode(value, options)
      return { type: "value", printed: print(value), ...(encoded.ok ? { value: encoded.text } : {}) }
    }
    const error = value as Error // isError said so
    const name = attempt(() => String(error.name), "Error")
    const message = attempt(() => String(error.message), "")
    if (seen.has(error) || depth > maximumDepth) {
      return { type: "error", name, message, lost: { cause: seen.has(error) ? "described above" : "nested too deep" } }
    }
    seen.add(error)
    const stack = attempt((): unknown => error.stack, undefined)
    const properties: Record<string, string> = {}
    const lost: Record<string, string> = {}
    for (const key of attempt(() => Object.keys(error), [])) {
      if (ownFields.has(key)) continue
      const read = attempt(
        (): { readonly value: unknown } | undefined => ({ value: Reflect.get(error, key) }),
        undefined
      )
      if (read === undefined) {
        lost[key] = "a getter that throws"
        continue
      }
      const encoded = ValueText.encode(read.value, options)
      if (encoded.ok) properties[key] = encoded.text
      else lost[key] = `${encoded.refusal.description} at ${encoded.refusal.path}`
    }
    const errors = attempt((): unknown => Reflect.get(error, "errors"), undefined)
    const hasCause = attempt(() => Object.hasOwn(error, "cause") && error.cause !== undefined, false)
    const cause = hasCause ? go(attempt((): unknown => error.cause, undefined), depth + 1) : undefined
    const list = Array.isArray(errors)
      ? Array.from(errors.slice(0, maximumErrors), (item) => go(item, depth + 1))
      : undefined
    if (Array.isArray(errors) && errors.length > maximumErrors) {
      lost["errors"] = `${errors.length} errors, of which the first ${maximumErrors} are kept`
    }
    return {
      type: "error",
      name,
      message,
      ...(typeof stack === "string" ? { stack } : {}),
      ...(cause === undefined ? {} : { cause }),
      ...(list === undefined ? {} : { errors: list }),
      ...(Object.keys(properties).length === 0 ? {} : { properties }),
      ...(Object.keys(lost).length === 0 ? {} : { lost })
    }
  }
  return go(thrown, 0)
}
