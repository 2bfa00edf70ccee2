/**
 * A result as a page shows it: text of a limited length, and the whole as a file that nobody has to read. Made in a worker,
 * where it keeps nobody waiting.
 */
import type { Description } from "../../core/runtime/ErrorDescription.ts"
import * as ValueText from "../../core/runtime/ValueText.ts"
import { shownValue } from "./shownValue.ts"

/** A result as text. */
export interface Preview {
  /** Its beginning, or all of it. */
  readonly text: string
  /** Of the whole, in UTF-16 code units. */
  readonly characters: number
  /** The whole text, where `text` is its beginning only. */
  readonly whole: Blob | undefined
}

export interface WrittenFile {
  /** Below the working directory. */
  readonly path: string
  readonly sizeBytes: number
  readonly content: Blob
}

/** Files that are told of. */
const mostWritten = 200
/** Causes that are told of. */
const mostCauses = 10
const longestMessage = 4_000
const longestStack = 20_000

const cut = (text: string, longest: number): string =>
  text.length <= longest ? text
    : `${text.slice(0, longest)}\n... (${(text.length - longest).toLocaleString("en")} more characters)`

/** `text` is the value's notation: what is shown is what has crossed. */
export const ofValue = (text: string, longest: number): Preview => {
  const whole = shownValue(ValueText.decode(text))
  return {
    text: whole.slice(0, longest),
    characters: whole.length,
    whole: whole.length <= longest ? undefined : new Blob([whole], { type: "text/plain" })
  }
}

export const ofWritten = (
  written: Readonly<Record<string, Uint8Array>>
): { readonly files: ReadonlyArray<WrittenFile>; readonly count: number } => {
  const all = Object.entries(written)
  return {
    count: all.length,
    files: all.slice(0, mostWritten).map(([path, bytes]) => ({
      path: cut(path, longestMessage),
      sizeBytes: bytes.length,
      content: new Blob([new Uint8Array(bytes)])
    }))
  }
}

/** Name, message, stack and causes. */
export const ofError = (error: Description, depth = 0): Description => {
  if (error.type === "value") return { type: "value", printed: cut(error.printed, longestStack) }
  const { cause, message, name, stack } = error
  return {
    type: "error",
    name: cut(name, longestMessage),
    message: cut(message, longestMessage),
    ...(stack === undefined ? {} : { stack: cut(stack, longestStack) }),
    ...(cause === undefined || depth >= mostCauses ? {} : { cause: ofError(cause, depth + 1) })
  }
}
