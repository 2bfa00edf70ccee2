/**
 * The name that was probably meant.
 */

/** Number of insertions, deletions, substitutions and swaps of neighbours that lead from `a` to `b` (restricted Damerau-Levenshtein). */
export const distance = (a: string, b: string): number => {
  let older: ReadonlyArray<number> = []
  let previous: ReadonlyArray<number> = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row: Array<number> = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let best = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + (same ? 0 : 1)
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (older[j - 2] ?? 0) + 1)
      }
      row.push(best)
    }
    older = previous
    previous = row
  }
  return previous[b.length] ?? 0
}

/** Those of `names` that are close to `name` (at most a quarter of it differs; case counts nothing), nearest first, at most three. */
export const near = (name: string, names: Iterable<string>): ReadonlyArray<string> => {
  const wanted = name.toLowerCase()
  const limit = Math.max(1, Math.floor(wanted.length / 4))
  return [...new Set(names)]
    .filter((candidate) => candidate !== name && Math.abs(candidate.length - name.length) <= limit)
    .map((candidate) => ({ candidate, far: distance(wanted, candidate.toLowerCase()) }))
    .filter(({ far }) => far <= limit)
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, 3)
    .map(({ candidate }) => candidate)
}
