/**
 * Paths on the cluster: POSIX, absolute once resolved.
 */
import { FileFailure } from "./FileSource.ts"

/** Clustrix's own directory under the root: none of the nine functions sees it. */
export const hiddenDirectory = ".clustrix"

/** `a/./b//../c` → `a/c`; `..` above `/` is `/`. The input is absolute. */
export const normalize = (path: string): string => {
  const kept: Array<string> = []
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue
    if (segment === "..") kept.pop()
    else kept.push(segment)
  }
  return `/${kept.join("/")}`
}

/** `path` as the user wrote it, from `root` when it is relative. */
export const resolve = (root: string, path: string): string =>
  normalize(path.startsWith("/") ? path : `${root}/${path}`)

export const join = (directory: string, name: string): string => directory === "/" ? `/${name}` : `${directory}/${name}`

export const basename = (path: string): string => path.slice(path.lastIndexOf("/") + 1)

/** Whether `path` is Clustrix's own directory, or below it. */
export const isHidden = (path: string): boolean => path.split("/").includes(hiddenDirectory)

/** Fails as if there were nothing when the path is Clustrix's own. */
export const visible = (root: string, path: string): string => {
  const resolved = resolve(root, path)
  if (isHidden(resolved.startsWith(`${root}/`) ? resolved.slice(root.length) : resolved)) {
    throw new FileFailure("NotFound", resolved)
  }
  return resolved
}

/** By UTF-16 code unit. */
export const byCodeUnit = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0
