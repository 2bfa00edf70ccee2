/**
 * What a captured object has beyond one that was just made: prototype, properties with their attributes and their order,
 * and whether it can be changed.
 */

interface Attributes {
  readonly writable: boolean
  readonly enumerable: boolean
  readonly configurable: boolean
}

/** Of what an assignment makes. */
export const plain: Attributes = { writable: true, enumerable: true, configurable: true }
/** Of what the language itself puts on an object. */
export const hidden: Attributes = { writable: true, enumerable: false, configurable: true }

/** A property of an object that was just made. */
export interface FreshProperty extends Attributes {
  /** Whether the value (of an accessor: its descriptor) is what it would be there. */
  readonly isSame: (value: unknown) => boolean
}

/** An object that was just made. */
export interface Fresh {
  /** In their order. */
  readonly own: ReadonlyMap<string | symbol, FreshProperty>
  readonly prototype: object | null
  /** So many properties named by numbers are its content. */
  readonly elements: number
  /** Values to carry in the place of those that it holds. */
  readonly values: ReadonlyMap<string | symbol, unknown>
}

export interface OwnProperty extends Attributes {
  readonly key: string | symbol
  readonly value: unknown
  /** Of an accessor. */
  readonly accessor: { readonly get: unknown; readonly set: unknown } | undefined
  /** Whether an assignment is enough. */
  readonly isAssigned: boolean
}

export type Integrity = "open" | "closed" | "sealed" | "frozen"

export interface OwnState {
  /** Properties of the fresh object to take away. */
  readonly removed: ReadonlyArray<string | symbol>
  /** To put on it, in this order. */
  readonly properties: ReadonlyArray<OwnProperty>
  /** `undefined` where it is that of the fresh object. */
  readonly prototype: { readonly value: object | null } | undefined
  readonly integrity: Integrity
}

const integrityOf = (value: object): Integrity => {
  if (Object.isExtensible(value)) return "open"
  // `Object.isFrozen` of V8 takes an empty array that is only closed for a frozen one
  const all = Reflect.ownKeys(value).map((key) => Object.getOwnPropertyDescriptor(value, key) ?? {})
  if (all.some(({ configurable }) => configurable === true)) return "closed"
  return all.some(({ writable }) => writable === true) ? "sealed" : "frozen"
}

const isElement = (key: string | symbol): boolean => typeof key === "string" && /^(?:0|[1-9]\d*)$/.test(key)

/** Whether nothing that an object inherits stands in the way of an assignment. */
const isFree = (prototype: object | null, key: string | symbol): boolean => {
  for (let at = prototype; at !== null; at = Object.getPrototypeOf(at)) {
    const found = Object.getOwnPropertyDescriptor(at, key)
    if (found !== undefined) return found.writable === true
  }
  return true
}

/** How `value` differs from an object that was just made. */
export const ownState = (value: object, fresh: Fresh): OwnState => {
  const integrity = integrityOf(value)
  const prototype: object | null = Object.getPrototypeOf(value)
  const removed: Array<string | symbol> = []
  const properties: Array<OwnProperty> = []
  const keys = Reflect.ownKeys(value).filter((key) => !isElement(key) || Number(key) >= fresh.elements)
  // Numbers, strings and symbols are listed apart, each kind in an order of its own
  for (const kind of ["element", "string", "symbol"] as const) {
    const ofKind = (key: string | symbol): boolean =>
      kind === "element" ? isElement(key) : typeof key === kind && !isElement(key)
    const have = keys.filter(ofKind)
    const kept = new Set<string | symbol>()
    for (const key of fresh.own.keys()) {
      if (!ofKind(key)) continue
      const isKept = kind === "element" ? Object.hasOwn(value, key) : have[kept.size] === key
      if (isKept) kept.add(key)
      else removed.push(key)
    }
    for (const key of have) {
      const found = Object.getOwnPropertyDescriptor(value, key)
      if (found === undefined) continue
      const there = fresh.own.get(key)
      const known = kept.has(key) ? there : undefined
      const isAccessor = !("value" in found) && !fresh.values.has(key)
      // Freezing and sealing say these attributes of all
      const attributes: Attributes = {
        writable: integrity === "frozen" && !isAccessor ? known?.writable ?? true
          : isAccessor || fresh.values.has(key) ? true : found.writable === true,
        enumerable: found.enumerable === true,
        configurable: integrity === "frozen" || integrity === "sealed" ? known?.configurable ?? true
          : found.configurable === true
      }
      const isThere = known !== undefined &&
        known.enumerable === attributes.enumerable && known.configurable === attributes.configurable &&
        (isAccessor || known.writable === attributes.writable)
      const held: unknown = fresh.values.has(key) ? fresh.values.get(key) : found.value
      if (isThere && known.isSame(isAccessor ? found : held)) continue
      properties.push({
        key,
        value: held,
        accessor: isAccessor ? { get: found.get, set: found.set } : undefined,
        ...attributes,
        isAssigned: !isAccessor && attributes.writable &&
          (isThere ||
            (attributes.enumerable && attributes.configurable && known === undefined && isFree(fresh.prototype, key)))
      })
    }
  }
  return { removed, properties, prototype: prototype === fresh.prototype ? undefined : { value: prototype }, integrity }
}

/** Whether nothing differs. */
export const isFresh = ({ integrity, properties, prototype, removed }: OwnState): boolean =>
  integrity === "open" && properties.length === 0 && prototype === undefined && removed.length === 0

/** Of an object whose state is not looked at. */
export const unchanged: OwnState = { removed: [], properties: [], prototype: undefined, integrity: "open" }

/** A function that `bind` made of `target`, with so many arguments. */
export const boundFresh = (target: object, count: number): Fresh => {
  const held = (key: string): unknown => Object.getOwnPropertyDescriptor(target, key)?.value
  const name = `bound ${typeof held("name") === "string" ? String(held("name")) : ""}`
  const length = Math.max(0, Number(held("length") ?? 0) - count)
  const attributes = { writable: false, enumerable: false, configurable: true }
  return {
    own: new Map([
      ["length", { ...attributes, isSame: (each) => each === length }],
      ["name", { ...attributes, isSame: (each) => each === name }]
    ]),
    prototype: Object.getPrototypeOf(target),
    elements: 0,
    values: new Map()
  }
}

/** What the object itself has, as a fresh one: nothing differs. */
export const asItIs = (value: object): Fresh => ({
  own: new Map(
    Reflect.ownKeys(value).map((key) => {
      const { configurable = false, enumerable = false, writable = false } =
        Object.getOwnPropertyDescriptor(value, key) ?? {}
      return [key, { isSame: () => true, writable, enumerable, configurable }]
    })
  ),
  prototype: Object.getPrototypeOf(value),
  elements: 0,
  values: new Map()
})
