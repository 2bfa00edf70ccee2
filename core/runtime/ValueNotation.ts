/**
 * The grammar of value texts: what {@link file://./ValueText.ts} writes, and nothing else. A text that passes is decoded in time
 * and memory that its own length bounds: no length, index or conversion in it costs more than it holds.
 */

/** Bigger integers are written in hexadecimal: decimal digits take more than linear time to read. */
export const mostDecimalDigits = 10_000

/** Levels of nesting that every supported runtime can read back within its default stack. */
export const maximumDepth = 1000

/** devalue's constants, beside which every number in a container is the index of a value. */
const lowest = -6
const hole = -2
const sparse = -7
/** Those that a boxed number may be. */
const boxable: ReadonlySet<unknown> = new Set([-3, -4, -5, -6])
const mostLength = 2 ** 32 - 1

const views: ReadonlySet<string> = new Set([
  "Int8Array",
  "Uint8Array",
  "Uint8ClampedArray",
  "Int16Array",
  "Uint16Array",
  "Float16Array",
  "Int32Array",
  "Uint32Array",
  "Float32Array",
  "Float64Array",
  "BigInt64Array",
  "BigUint64Array",
  "DataView"
])

const texts: ReadonlySet<string> = new Set([
  "Date",
  "URL",
  "URLSearchParams",
  "Temporal.Duration",
  "Temporal.Instant",
  "Temporal.PlainDate",
  "Temporal.PlainTime",
  "Temporal.PlainDateTime",
  "Temporal.PlainMonthDay",
  "Temporal.PlainYearMonth",
  "Temporal.ZonedDateTime"
])

/** Whether `key` is the index of an array's element, as `Object.keys` spells it. */
export const isArrayIndex = (key: string): boolean => {
  if (key.length === 0 || key.length > 10) return false
  const index = Number(key)
  return Number.isInteger(index) && index >= 0 && index < mostLength && String(index) === key
}

const isDecimal = (text: unknown): boolean =>
  typeof text === "string" && text.length <= mostDecimalDigits + 1 && /^-?\d+$/.test(text)

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isNatural = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0

/** No objects, though they are written as lists. */
const scalars: ReadonlySet<unknown> = new Set(["BigInt", "Integer"])
/** Objects that hold no others. */
const leaves: ReadonlySet<unknown> = new Set([...views, ...texts, "RegExp", "ArrayBuffer", "Object"])

/**
 * Whether one of `values`, which are well written, stands deeper than {@link maximumDepth}. Goes the way of devalue, which calls itself
 * for what it meets first: met in another order, the same values may be less deep.
 */
const isDeep = (values: ReadonlyArray<unknown>): boolean => {
  const met = new Uint8Array(values.length)
  const stack: Array<{ readonly index: number; readonly depth: number }> = [{ index: 0, depth: 0 }]
  for (let step = stack.pop(); step !== undefined; step = stack.pop()) {
    const { depth, index } = step
    const item = values[index]
    if (met[index] === 1 || typeof item !== "object" || item === null) continue
    met[index] = 1
    const tag: unknown = Array.isArray(item) ? item[0] : undefined
    if (scalars.has(tag)) continue
    if (depth > maximumDepth) return true
    if (leaves.has(tag)) continue
    const follow = (reference: unknown): void => {
      if (isNatural(reference) && typeof values[reference] === "object") {
        stack.push({ index: reference, depth: depth + 1 })
      }
    }
    // The last first: what is pushed last is followed first
    if (!Array.isArray(item)) Object.values(item).reverse().forEach(follow)
    else {
      // Indices and keys stand between the values
      const isKeyed = tag === sparse || tag === "null"
      const first = tag === sparse ? 3 : isKeyed ? 2 : typeof tag === "string" ? 1 : 0
      for (let at = item.length - 1; at >= first; at -= isKeyed ? 2 : 1) follow(item[at])
    }
  }
  return false
}

/** What is wrong with `parsed`, the JSON of a value text; `undefined`: nothing. */
export const flaw = (parsed: unknown): string | undefined => {
  if (typeof parsed === "number") {
    return Number.isInteger(parsed) && parsed >= lowest && parsed < 0 && parsed !== hole
      ? undefined
      : "it is a number that stands for nothing"
  }
  if (!Array.isArray(parsed) || parsed.length === 0) return "it is not a list of values"
  const values: ReadonlyArray<unknown> = parsed
  const isIndex = (value: unknown): value is number => isNatural(value) && value < values.length
  const isReference = (value: unknown): boolean =>
    isIndex(value) || (Number.isInteger(value) && Number(value) >= lowest && Number(value) < 0 && value !== hole)
  const areReferences = (list: ReadonlyArray<unknown>, from: number): boolean => {
    for (let at = from; at < list.length; at += 1) if (!isReference(list[at])) return false
    return true
  }
  const textAt = (index: unknown): boolean => isIndex(index) && typeof values[index] === "string"
  /** What errors, arrays with properties and big integers are made of. Of none two are made: each costs what it holds. */
  const used = new Set<number>()
  const partsAt = (index: unknown): unknown => {
    if (!isIndex(index) || used.has(index)) return undefined
    used.add(index)
    return values[index]
  }
  const recordAt = (index: unknown): Readonly<Record<string, unknown>> | undefined => {
    const parts = partsAt(index)
    return isRecord(parts) ? parts : undefined
  }

  const tagged: Readonly<Record<string, (item: ReadonlyArray<unknown>) => boolean>> = {
    RegExp: ([, source, flags, ...more]) =>
      typeof source === "string" && (flags === undefined || typeof flags === "string") && more.length === 0,
    BigInt: ([, digits, ...more]) => isDecimal(digits) && more.length === 0,
    Integer: ([, index, ...more]) => {
      const digits = partsAt(index)
      return typeof digits === "string" && /^-?0x[0-9a-f]+$/.test(digits) && more.length === 0
    },
    ArrayBuffer: ([, base64, ...more]) => typeof base64 === "string" && more.length === 0,
    Object: ([, index, ...more]) => {
      if (more.length > 0) return false
      if (boxable.has(index)) return true
      const value = isIndex(index) ? values[index] : undefined
      return (value !== undefined && value !== null && typeof value !== "object") ||
        (Array.isArray(value) && value[0] === "BigInt")
    },
    Set: (item) => areReferences(item, 1),
    Map: (item) => item.length % 2 === 1 && areReferences(item, 1),
    null: (item) => {
      for (let at = 1; at < item.length; at += 2) {
        if (typeof item[at] !== "string" || !isReference(item[at + 1])) return false
      }
      return item.length % 2 === 1
    },
    Error: ([, index, ...more]) => {
      const parts = recordAt(index)
      return parts !== undefined && more.length === 0 && ["type", "name", "message"].every((key) => textAt(parts[key]))
        && (parts["stack"] === undefined || textAt(parts["stack"]))
        && (parts["properties"] === undefined || recordAt(parts["properties"]) !== undefined)
    },
    List: ([, index, ...more]) => {
      const { items, properties } = recordAt(index) ?? {}
      const elements = partsAt(items)
      const keyed = recordAt(properties)
      // No value of another kind, which begins with its name
      return Array.isArray(elements) && typeof elements[0] !== "string" && keyed !== undefined && more.length === 0
        && Object.keys(keyed).every((key) => key !== "length" && !isArrayIndex(key))
    }
  }

  const isList = (item: ReadonlyArray<unknown>): boolean => {
    if (item[0] === sparse) {
      const length = item[1]
      if (!isNatural(length) || length > mostLength || item.length % 2 === 1) return false
      for (let at = 2; at < item.length; at += 2) {
        const index = item[at]
        if (!isNatural(index) || index >= length || !isReference(item[at + 1])) return false
      }
      return true
    }
    for (let at = 0; at < item.length; at += 1) if (item[at] !== hole && !isReference(item[at])) return false
    return true
  }

  const isView = ([, buffer, offset, length, ...more]: ReadonlyArray<unknown>): boolean => {
    const held = isIndex(buffer) ? values[buffer] : undefined
    return Array.isArray(held) && held[0] === "ArrayBuffer" && more.length === 0 &&
      (offset === undefined || (isNatural(offset) && isNatural(length)))
  }

  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]
    if (typeof value !== "object" || value === null) continue
    if (!Array.isArray(value)) {
      for (const key of Object.keys(value)) {
        if (!isReference(Reflect.get(value, key))) return `its value ${index} refers to nothing`
      }
      continue
    }
    const item: ReadonlyArray<unknown> = value
    const [tag] = item
    const isRight = typeof tag !== "string"
      ? isList(item)
      : views.has(tag)
      ? isView(item)
      : texts.has(tag)
      ? item.length === 2 && typeof item[1] === "string"
      : Object.hasOwn(tagged, tag) && tagged[tag]?.(item) === true
    if (!isRight) return `its value ${index} is not written as values are`
  }
  return isDeep(values) ? `it is nested more than ${maximumDepth} levels deep` : undefined
}
