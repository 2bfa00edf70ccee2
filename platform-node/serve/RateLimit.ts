/**
 * How often one address may ask: a bucket of tokens for each, which fills up with time.
 */

export interface RateLimit {
  /** 0: now. Otherwise in so many seconds. */
  readonly take: (address: string, nowMillis: number) => number
}

/** Addresses that are remembered; those that have not asked for longest are forgotten, with a full bucket. */
const mostAddresses = 10_000

export const make = (perMinute: number): RateLimit => {
  const buckets = new Map<string, { level: number; at: number }>()
  const perMilli = perMinute / 60_000
  return {
    take: (address, now) => {
      const bucket = buckets.get(address) ?? { level: perMinute, at: now }
      buckets.delete(address)
      buckets.set(address, bucket)
      bucket.level = Math.min(perMinute, bucket.level + (now - bucket.at) * perMilli)
      bucket.at = now
      if (buckets.size > mostAddresses) {
        const [oldest] = buckets.keys()
        if (oldest !== undefined) buckets.delete(oldest)
      }
      if (bucket.level < 1) return Math.max(1, Math.ceil((1 - bucket.level) / perMilli / 1000))
      bucket.level -= 1
      return 0
    }
  }
}
