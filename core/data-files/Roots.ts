/**
 * The directories in which data files may lie: the package root, and those of other packages of the workspace.
 */
import * as PathText from "./PathText.ts"

export interface Roots {
  /** Whether the absolute path is a root or below one. */
  readonly holds: (path: string) => boolean
  /** The root that holds `path` and lies in no other one. */
  readonly outermost: (path: string) => string | undefined
  /** Whether `path` lies below a root, in a directory that is never packaged. */
  readonly keeps: (path: string) => boolean
}

const never: ReadonlySet<string> = new Set([".git", ".hg", ".svn", "node_modules", ".clustrix"])

/** Whether a file or directory of that name is no data: what npm, version control and Clustrix itself keep. */
export const isNeverPackaged = (name: string): boolean => never.has(name)

/** `roots` are absolute. */
export const make = (roots: ReadonlyArray<string>): Roots => {
  const byLength = [...new Set(roots)].sort((a, b) => a.length - b.length)
  const outermost = (path: string): string | undefined => byLength.find((root) => PathText.isWithin(root, path))
  const innermost = (path: string): string | undefined => byLength.findLast((root) => PathText.isWithin(root, path))
  return {
    holds: (path) => outermost(path) !== undefined,
    outermost,
    keeps: (path) => {
      const root = innermost(path)
      return root !== undefined && PathText.relative(root, path).split("/").some(isNeverPackaged)
    }
  }
}
