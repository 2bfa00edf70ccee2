/**
 * A map that forgets what was set longest ago.
 */
export interface BoundedMap<K, V> {
  readonly get: (key: K) => V | undefined
  readonly has: (key: K) => boolean
  /** Sets `key`, which is then the youngest. */
  readonly set: (key: K, value: V) => void
}

/** Holds `capacity` entries at most. */
export const make = <K, V>(capacity: number): BoundedMap<K, V> => {
  const entries = new Map<K, V>()
  return {
    get: (key) => entries.get(key),
    has: (key) => entries.has(key),
    set: (key, value) => {
      entries.delete(key)
      entries.set(key, value)
      const oldest = entries.keys().next()
      if (entries.size > capacity && oldest.done !== true) entries.delete(oldest.value)
    }
  }
}
