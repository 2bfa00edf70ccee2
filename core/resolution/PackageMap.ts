/**
 * `exports` and `imports`: from a subpath to a target.
 * https://nodejs.org/api/esm.html#resolution-algorithm-specification
 */
import { isObject } from "./JsonDocument.ts"
import * as PackageTarget from "./PackageTarget.ts"

type Fields = Readonly<Record<string, unknown>>

/** Longer bases first, exact keys before patterns of the same base, longer keys first (PATTERN_KEY_COMPARE). */
const comparePatterns = (a: string, b: string): number => {
  const baseOf = (key: string) => key.includes("*") ? key.indexOf("*") + 1 : key.length
  return baseOf(b) - baseOf(a) || Number(!a.includes("*")) - Number(!b.includes("*")) || b.length - a.length
}

const isPattern = (key: string): boolean => key.includes("*") && key.indexOf("*") === key.lastIndexOf("*")

const lookUp = (
  subpath: string,
  map: Fields,
  field: "exports" | "imports",
  conditions: ReadonlySet<string>
): PackageTarget.Target => {
  const imports = field === "imports"
  if (subpath.endsWith("/")) return { _tag: "Unmatched" }
  if (Object.hasOwn(map, subpath) && !subpath.includes("*")) {
    return PackageTarget.resolve(map[subpath], [field, subpath], { conditions, match: undefined, imports })
  }
  for (const key of Object.keys(map).filter(isPattern).sort(comparePatterns)) {
    const star = key.indexOf("*")
    const base = key.slice(0, star)
    const trailer = key.slice(star + 1)
    if (!subpath.startsWith(base) || subpath === base) continue
    if (trailer !== "" && !(subpath.endsWith(trailer) && subpath.length >= key.length)) continue
    const match = subpath.slice(base.length, subpath.length - trailer.length)
    return PackageTarget.resolve(map[key], [field, key], { conditions, match, imports })
  }
  return { _tag: "Unmatched" }
}

/** The sugar forms of `exports` (a string, an array, conditions) stand for the key `.`. */
const subpathsOf = (exports: unknown): { readonly map: Fields; readonly sugar: boolean } | undefined => {
  if (!isObject(exports)) return { map: { ".": exports }, sugar: true }
  const dotted = Object.keys(exports).filter((key) => key.startsWith("."))
  if (dotted.length === 0) return { map: { ".": exports }, sugar: true }
  return dotted.length === Object.keys(exports).length ? { map: exports, sugar: false } : undefined
}

/** What `subpath` (`.` or `./x`) of a package with these `exports` is. */
export const resolveExports = (
  exports: unknown,
  subpath: string,
  conditions: ReadonlySet<string>
): PackageTarget.Target => {
  const subpaths = subpathsOf(exports)
  if (subpaths === undefined) {
    return {
      _tag: "Malformed",
      keys: ["exports"],
      why: `some keys begin with "." and some do not: it is either subpaths or conditions`
    }
  }
  if (!subpaths.sugar) return lookUp(subpath, subpaths.map, "exports", conditions)
  if (subpath !== ".") return { _tag: "Unmatched" }
  return PackageTarget.resolve(exports, ["exports"], { conditions, match: undefined, imports: false })
}

/** What `key` (`#x`) means in a package with these `imports`. */
export const resolveImports = (
  imports: Fields,
  key: string,
  conditions: ReadonlySet<string>
): PackageTarget.Target => lookUp(key, imports, "imports", conditions)

/** The subpaths that `exports` opens under `conditions`, sorted, patterns as written. */
export const exportedSubpaths = (exports: unknown, conditions: ReadonlySet<string>): ReadonlyArray<string> => {
  const map = subpathsOf(exports)?.map ?? {}
  return Object.keys(map)
    .filter((key) => {
      const match = key.includes("*") ? "*" : undefined
      return PackageTarget.resolve(map[key], [key], { conditions, match, imports: false })._tag === "File"
    })
    .sort()
}

/** The subpath under which `exports` opens `file` (`./x.js`), the shortest of several; `undefined` where none does. */
export const subpathOf = (
  exports: unknown,
  file: string,
  conditions: ReadonlySet<string>
): string | undefined => {
  const opens = (subpath: string): boolean => {
    const target = resolveExports(exports, subpath, conditions)
    return target._tag === "File" && target.path === file
  }
  const found = exportedSubpaths(exports, conditions).flatMap((key) => {
    const star = key.indexOf("*")
    if (star === -1) return opens(key) ? [key] : []
    // What `*` stands for is a part of the file's path: each that leads back to the file is right.
    const matches: Array<string> = []
    for (let start = 0; start < file.length; start++) {
      for (let end = start + 1; end <= file.length; end++) {
        const subpath = key.replace("*", () => file.slice(start, end))
        if (opens(subpath)) matches.push(subpath)
      }
    }
    return matches
  })
  return found.sort((a, b) => a.length - b.length || (a < b ? -1 : 1))[0]
}
