/**
 * What a function did, as data that can be compared: what it gave or threw, and what it printed.
 */

/** @returns {unknown} */
const thrown = (/** @type {unknown} */ value) =>
  value instanceof Error
    ? {
      name: value.name,
      message: value.message,
      ...Object.fromEntries(Object.entries(value)),
      ...(value.cause === undefined ? {} : { cause: thrown(value.cause) }),
      ...(value instanceof AggregateError ? { errors: value.errors.map(thrown) } : {})
    }
    : { value }

const plain = (/** @type {unknown} */ value) => value === undefined ? undefined : JSON.parse(JSON.stringify(value))

/** @typedef {{ gave?: unknown, threw?: unknown, printed: string }} Outcome */

/** @returns {Outcome} */
export const gave = (/** @type {unknown} */ value, printed = "") => ({ gave: plain(value), printed })

/** @returns {Outcome} */
export const threw = (/** @type {unknown} */ value, printed = "") => ({ threw: plain(thrown(value)), printed })
