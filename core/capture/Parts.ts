/**
 * The parts of captured objects, in the order in which a program sees them.
 */
import type { AnyFunction } from "../FunctionLocator.ts"
import { memberSegment, type Part, primitiveExpression, type Shape } from "./Shape.ts"

/** An own property. */
export interface Property {
  readonly key: string | symbol
  readonly value: unknown
  readonly enumerable: boolean
}

/** An accessor: its value is computed by code that nobody sees. */
export interface AccessorProperty {
  readonly key: string | symbol
}

const errorOwn = new Set<string | symbol>(["stack", "message"])
const functionOwn = new Set<string | symbol>(["length", "name", "prototype", "arguments", "caller"])

/** Own properties that the shape itself does not say, or the first accessor among them. */
export const propertiesOf = (
  value: object,
  shape: Shape["_tag"] | "Function" | "Prototype"
): { readonly properties: ReadonlyArray<Property>; readonly accessor: AccessorProperty | undefined } => {
  const properties: Array<Property> = []
  for (const key of Reflect.ownKeys(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, key)
    if (descriptor === undefined) continue
    if (shape === "Array" && key === "length") continue
    if (shape === "Error" && errorOwn.has(key)) continue
    if (shape === "Function" && functionOwn.has(key)) continue
    if (shape === "Prototype" && key === "constructor") continue
    if (!("value" in descriptor)) return { properties, accessor: { key } }
    properties.push({ key, value: descriptor.value, enumerable: descriptor.enumerable === true })
  }
  return { properties, accessor: undefined }
}

/** The object that a function written with `function` gives its instances, if something was put on it. */
export const ownPrototype = (fn: AnyFunction): object | undefined => {
  const prototype: unknown = Object.getOwnPropertyDescriptor(fn, "prototype")?.value
  if (typeof prototype !== "object" || prototype === null) return undefined
  return Reflect.ownKeys(prototype).some((key) => key !== "constructor") ? prototype : undefined
}

/** What hangs on a captured object. */
export const partsOf = (value: object, shape: Shape): ReadonlyArray<Part> => {
  switch (shape._tag) {
    case "Builtin":
    case "Leaf":
    case "Bytes":
    case "Refused":
      return []
    case "View":
      return [{ segment: ".buffer", value: shape.buffer }]
    case "Map": {
      const map = value as ReadonlyMap<unknown, unknown> // its shape says so
      return [...map].flatMap(([key, each], at) => [
        { segment: `.keys()[${at}]`, value: key },
        { segment: `.get(${primitiveExpression(key) ?? `.keys()[${at}]`})`, value: each }
      ])
    }
    case "Set":
      return [...(value as ReadonlySet<unknown>)].map((each, at) => ({ segment: `.values()[${at}]`, value: each })) // its shape says so
    default:
      return propertiesOf(value, shape._tag).properties.map(({ key, value: each }) => ({
        segment: shape._tag === "Array" && typeof key === "string" && /^\d+$/.test(key) ? `[${key}]`
          : memberSegment(key),
        value: each
      }))
  }
}
