import { format, type NewPlugin } from "@vitest/pretty-format"
import { fitsJson } from "../../core/runtime/fitsJson.ts"

/** Arrays with holes, of which the formatter would look at each: they may be as long as arrays can be. */
const sparse: NewPlugin = {
  test: (value: unknown) => Array.isArray(value) && Object.keys(value).length < value.length,
  serialize: (value: ReadonlyArray<unknown>, config, indentation, depth, refs, printer) => {
    const inner = indentation + config.indent
    const lines = Object.keys(value).map((key) =>
      `${inner}${key}: ${printer(Reflect.get(value, key), config, inner, depth, refs)},\n`
    )
    return `Array (length ${value.length}, with holes) {\n${lines.join("")}${indentation}}`
  }
}

/** A value as a person reads it: JSON where that holds it, else as a console shows it. */
export const shownValue = (value: unknown): string =>
  fitsJson(value) ? JSON.stringify(value, null, 2)
    : format(value, { plugins: [sparse], printBasicPrototype: false, escapeString: false, maxWidth: Infinity })
