/**
 * A stream of choices that a number decides: the same number, the same choices.
 */
export interface Choices {
  /** From 0 to `limit - 1`. */
  readonly below: (limit: number) => number
  /** True once in `times`. */
  readonly once: (times: number) => boolean
  readonly pick: <A>(values: readonly [A, ...ReadonlyArray<A>]) => A
  readonly shuffled: <A>(values: ReadonlyArray<A>) => Array<A>
}

/** Mulberry32 (Tommy Ettinger, public domain). */
export const make = (seed: number): Choices => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    once: (times) => below(times) === 0,
    pick: ([first, ...rest]) => {
      const index = below(rest.length + 1)
      return rest[index - 1] ?? first
    },
    shuffled: (values) => {
      const left = [...values]
      const shuffled: typeof left = []
      while (left.length > 0) shuffled.push(...left.splice(below(left.length), 1))
      return shuffled
    }
  }
}
