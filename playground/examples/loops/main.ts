/** Steps of the Collatz sequence from `start` to 1. */
const steps = (start: number): number => {
  let count = 0
  for (let n = start; n !== 1; n = n % 2 === 0 ? n / 2 : 3 * n + 1) count += 1
  return count
}

/** The number below `limit` with the longest way to 1. On a cluster the first loop runs on all cores of its job. */
export function longestWay(limit: number): { readonly start: number; readonly steps: number } {
  const counts: Array<number> = []
  for (let start = 1; start < limit; start += 1) {
    counts.push(steps(start))
  }
  let best = 0
  for (let index = 1; index < counts.length; index += 1) {
    if ((counts[index] ?? 0) > (counts[best] ?? 0)) best = index
  }
  return { start: best + 1, steps: counts[best] ?? 0 }
}
