/**
 * All that a program can find out about a value: the graph of its objects with kinds, prototypes, attributes, order of
 * keys, and what is the same object.
 */

const intrinsics: ReadonlyMap<unknown, string> = new Map<unknown, string>(
  Object.getOwnPropertyNames(globalThis).flatMap((name) => {
    const value: unknown = name === "Buffer" ? Buffer : Object.getOwnPropertyDescriptor(globalThis, name)?.value
    if (typeof value !== "function" && (typeof value !== "object" || value === null)) return []
    return [[value, name], ...typeof value === "function" && value.prototype !== undefined
      ? [[value.prototype, `${name}.prototype`] as const] : []] as const
  })
)

const byHolder = (): ReadonlyMap<unknown, string> => {
  const found = new Map(intrinsics)
  for (const [holder, name] of intrinsics) {
    if (holder === globalThis) continue
    for (const key of Reflect.ownKeys(Object(holder))) {
      const { get, set, value } = Object.getOwnPropertyDescriptor(holder, key) ?? {}
      for (const each of [value, get, set]) {
        if (typeof each === "function" && !found.has(each)) found.set(each, `${name}.${String(key)}`)
      }
    }
  }
  return found
}

const content = (value: object): unknown => {
  const attempt = (of: () => unknown): unknown => {
    try {
      return of()
    } catch {
      return undefined
    }
  }
  if (ArrayBuffer.isView(value)) {
    // Where a small Buffer lies in the memory that all share is chance
    return [Buffer.isBuffer(value) || value.byteOffset, value.byteLength, [
      ...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    ]]
  }
  return attempt(() => [...Map.prototype.entries.call(value)].length) !== undefined ? "Map"
    : attempt(() => [...Set.prototype.values.call(value)].length) !== undefined ? "Set"
    : attempt(() => String(Date.prototype.getTime.call(value))) ??
      attempt(() => value instanceof RegExp ? RegExp.prototype.toString.call(value) : undefined) ??
      attempt(() =>
        [...new Uint8Array(value as ArrayBuffer)].length >= 0 && value instanceof ArrayBuffer
          ? ["ArrayBuffer", [...new Uint8Array(value)], Reflect.get(value, "maxByteLength"),
            Reflect.get(value, "resizable")]
          : undefined
      ) ??
      attempt(() => value instanceof URL || value instanceof URLSearchParams ? String(value) : undefined) ??
      attempt(() => String(Number.prototype.valueOf.call(value))) ??
      attempt(() => String.prototype.valueOf.call(value)) ??
      attempt(() => String(BigInt.prototype.valueOf.call(value))) ??
      attempt(() => String(Boolean.prototype.valueOf.call(value))) ?? Object.prototype.toString.call(value)
}

/** A text for each object that hangs on `root`, in the order in which they are found. */
export const describeValue = (root: unknown): ReadonlyArray<string> => {
  const known = byHolder()
  const numbers = new Map<unknown, number>()
  const queue: Array<object> = []
  const name = (value: unknown): string => {
    if (typeof value === "string") return JSON.stringify(value)
    if (typeof value === "symbol") return Symbol.keyFor(value) === undefined ? String(value) : `for ${String(value)}`
    if (typeof value !== "object" && typeof value !== "function") return Object.is(value, -0) ? "-0" : String(value)
    if (value === null) return "null"
    const intrinsic = known.get(value)
    if (intrinsic !== undefined) return intrinsic
    const number = numbers.get(value)
    if (number !== undefined) return `#${number}`
    numbers.set(value, numbers.size)
    queue.push(value)
    return `#${numbers.size - 1}`
  }
  const found = [name(root)]
  for (let at = 0; at < queue.length; at++) {
    const value = queue[at] ?? {}
    // What a stack says beyond its head is where the program stands
    const shown = (key: string | symbol, each: unknown): string =>
      key === "stack" && typeof each === "string" ? name(each.split("\n    at ")[0]) : name(each)
    const own = Reflect.ownKeys(value).map((key) => {
      const { configurable, enumerable, get, set, value: each, writable } =
        Object.getOwnPropertyDescriptor(value, key) ?? {}
      const flags = `${writable ? "w" : "-"}${enumerable ? "e" : "-"}${configurable ? "c" : "-"}`
      return `${name(key)} ${flags} ${get ?? set ? `${name(get)} ${name(set)}` : shown(key, each)}`
    })
    const kindOf = content(value)
    const inside = kindOf === "Map"
      ? [...Map.prototype.entries.call(value)].map(([key, each]) => `${name(key)} => ${name(each)}`)
      : kindOf === "Set" ? [...Set.prototype.values.call(value)].map(name)
      : ArrayBuffer.isView(value) && !Buffer.isBuffer(value) ? [name(value.buffer)] : []
    const kind = typeof value === "function" ? "function" : JSON.stringify(kindOf)
    found.push(
      `#${numbers.get(value)} ${kind} : ${name(Object.getPrototypeOf(value))} ${
        Object.isFrozen(value) ? "frozen"
          : Object.isSealed(value) ? "sealed" : Object.isExtensible(value) ? "" : "closed"
      } { ${own.join(", ")} } ${inside.join(", ")}`
    )
  }
  return found
}
