/**
 * The keys under which pnpm's lockfiles have packages, and the references that lead to them.
 *
 * |            | key                                    | reference from a dependent    |
 * |------------|----------------------------------------|-------------------------------|
 * | 5.3, 5.4   | `/react-dom/18.2.0_react@18.2.0`       | `18.2.0_react@18.2.0`         |
 * | 6.0, 6.1   | `/react-dom@18.2.0(react@18.2.0)`      | `18.2.0(react@18.2.0)`        |
 * | 9.0        | `react-dom@18.2.0(react@18.2.0)`       | `18.2.0(react@18.2.0)`        |
 *
 * The part behind the version tells copies with different peer dependencies apart. What a dependent knows under another
 * name is referred to by its whole key; so is, before 9.0, what does not come from a registry by name.
 */

export type Generation = 5 | 6 | 9

/** The keys that `reference` of a dependency called `name` may mean, the likeliest first. */
export const candidates = (generation: Generation, name: string, reference: string): ReadonlyArray<string> => {
  switch (generation) {
    case 5:
      return [`/${name}/${reference}`, reference]
    case 6:
      return [`/${name}@${reference}`, reference]
    case 9:
      return [`${name}@${reference}`, reference]
  }
}

/** `key` without the groups in parentheses at its end, and these. */
const splitSuffix = (key: string): readonly [key: string, suffix: string] => {
  let end = key.length
  for (let depth = 0, at = key.length - 1; at >= 0; at--) {
    if (key[at] === ")") depth++
    else if (depth === 0) break
    else if (key[at] === "(" && --depth === 0) end = at
  }
  return [key.slice(0, end), key.slice(end)]
}

/** The key of what a copy with certain peer dependencies is a copy of. */
export const withoutPeers = (key: string): string => splitSuffix(key)[0]

/** Whether the project patches the package. */
export const isPatched = (key: string): boolean => splitSuffix(key)[1].includes("(patch_hash=")

export interface PackageKey {
  readonly name: string
  /** A version, or an address. */
  readonly version: string
}

/** What `key` says by itself. */
export const parse = (generation: Generation, key: string): PackageKey | undefined => {
  if (generation === 5) {
    const [, name, version] = /^\/((?:@[^/]+\/)?[^/]+)\/([^/_]+)(?:_[^/]*)?$/.exec(key) ?? []
    return name === undefined || version === undefined ? undefined : { name, version }
  }
  const plain = withoutPeers(key)
  if (generation === 6 && !plain.startsWith("/")) return undefined
  const start = generation === 6 ? 1 : 0
  const at = plain.indexOf("@", start + 1)
  return at === -1 ? undefined : { name: plain.slice(start, at), version: plain.slice(at + 1) }
}
