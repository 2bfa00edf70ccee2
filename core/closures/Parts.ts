/**
 * The parts of captured objects, in the order in which a program sees them.
 */
import type { OwnState } from "./OwnState.ts"
import { type Made, memberSegment, primitiveExpression } from "./Shape.ts"

/** A part of an object: how the object's author reaches it, and what it is. */
export interface Part {
  /** `.name`, `[3]`, `.get("k")`. */
  readonly segment: string
  readonly value: unknown
}

/** What is inside of an object. */
export const contentOf = ({ making }: Made): ReadonlyArray<Part> => {
  switch (making._tag) {
    case "View":
      return [{ segment: ".buffer", value: making.buffer }]
    case "Map":
      return making.entries.flatMap(([key, each], at) => [
        { segment: `.keys()[${at}]`, value: key },
        { segment: `.get(${primitiveExpression(key) ?? `.keys()[${at}]`})`, value: each }
      ])
    case "Set":
      return making.values.map((each, at) => ({ segment: `.values()[${at}]`, value: each }))
    default:
      return []
  }
}

/** What was put on an object: values, getters and setters, symbols as keys, its prototype. */
export const ownParts = (own: OwnState): ReadonlyArray<Part> => [
  ...own.properties.flatMap(({ accessor, key, value }) => {
    const segment = typeof key === "string" && /^\d+$/.test(key) ? `[${key}]` : memberSegment(key)
    return [
      ...typeof key === "symbol" ? [{ segment, value: key }] : [],
      ...accessor === undefined ? [{ segment, value }]
        : [{ segment, value: accessor.get }, { segment, value: accessor.set }]
    ]
  }),
  ...own.prototype === undefined ? [] : [{ segment: ".__proto__", value: own.prototype.value }]
]
