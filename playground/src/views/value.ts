import { format } from "@vitest/pretty-format"
import { fitsJson } from "../../../core/runtime/fitsJson.ts"

/** A value as a person reads it: JSON where that holds it, else as a console shows it. */
export const shown = (value: unknown): string =>
  fitsJson(value) ? JSON.stringify(value, null, 2)
    : format(value, { printBasicPrototype: false, escapeString: false, maxWidth: Infinity })
