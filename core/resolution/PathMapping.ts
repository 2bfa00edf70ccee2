/**
 * `paths` of a tsconfig.json: names that stand for files of the project.
 * https://www.typescriptlang.org/tsconfig/#paths
 */

export interface PathMapping {
  /** The key: a name, or a pattern with one `*`. */
  readonly pattern: string
  /** Absolute paths, tried in this order, each with at most one `*`. */
  readonly targets: ReadonlyArray<string>
}

export interface Mapped {
  readonly mapping: PathMapping
  /** The targets with what `*` stood for filled in. */
  readonly candidates: ReadonlyArray<string>
}

const matchOf = (pattern: string, name: string): string | undefined => {
  const star = pattern.indexOf("*")
  if (star === -1) return undefined
  const suffix = pattern.slice(star + 1)
  return name.length >= pattern.length - 1 && name.startsWith(pattern.slice(0, star)) && name.endsWith(suffix)
    ? name.slice(star, name.length - suffix.length)
    : undefined
}

/** The mapping that holds for `name`: an exact key, else the pattern with the longest prefix (the first of equals). */
export const match = (mappings: ReadonlyArray<PathMapping>, name: string): Mapped | undefined => {
  const exact = mappings.find(({ pattern }) => pattern === name && !pattern.includes("*"))
  if (exact !== undefined) return { mapping: exact, candidates: exact.targets }
  let best: Mapped | undefined
  for (const mapping of mappings) {
    const filled = matchOf(mapping.pattern, name)
    if (filled === undefined) continue
    if (best !== undefined && best.mapping.pattern.indexOf("*") >= mapping.pattern.indexOf("*")) continue
    best = { mapping, candidates: mapping.targets.map((target) => target.replace("*", () => filled)) }
  }
  return best
}
