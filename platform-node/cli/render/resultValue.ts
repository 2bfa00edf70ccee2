/**
 * The value that a function returned.
 */
import { inspect } from "node:util"

/** For people: as Node's own console would show it, with nothing left out. */
export const valueText = (value: unknown, colours: boolean): string =>
  inspect(value, {
    colors: colours,
    depth: Infinity,
    maxArrayLength: Infinity,
    maxStringLength: Infinity,
    breakLength: 100,
    // Own keys in their order, as they came.
    sorted: false
  })
