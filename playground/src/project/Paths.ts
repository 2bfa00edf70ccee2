/**
 * Paths of a project's files: relative to its root, with `/`. A file may have any name, also `constructor` or `__proto__`,
 * so contents are looked up as own properties only.
 */
import type { PackagingWorker } from "../../../platform-browser/index.ts"

export type Files = PackagingWorker.Files

export const contentOf = (files: Files, path: string): string | Uint8Array | undefined =>
  Object.hasOwn(files, path) ? files[path] : undefined

/** The folders above a path, the nearest last: `src`, `src/lib` of `src/lib/a.ts`. */
const foldersOf = (path: string): ReadonlyArray<string> =>
  path.split("/").slice(0, -1).map((_, index, parts) => parts.slice(0, index + 1).join("/"))

const folderTaken = (path: string): string => `There is a folder ${path} already.`
const fileInTheWay = (file: string, path: string): string => `${file} is a file, so it cannot be the folder of ${path}.`

/** Why no project has such a path. */
const malformed = (path: string): string | undefined => {
  if (path === "" || path.endsWith("/")) return "A file needs a name."
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    return "Write the path from the project's root, as src/a.ts."
  }
  return path.includes("\0") ? "A path has no NUL character." : undefined
}

/**
 * Takes one path after the other to those that are there, and gives why it cannot be a file's. A path that is there already
 * can: its file is replaced.
 */
export const collecting = (existing: Iterable<string>): (path: string) => string | undefined => {
  const files = new Set(existing)
  const folders = new Set([...files].flatMap(foldersOf))
  return (path) => {
    const above = foldersOf(path)
    const file = above.find((folder) => files.has(folder))
    const wrong = malformed(path) ?? (folders.has(path) ? folderTaken(path) : undefined) ??
      (file === undefined ? undefined : fileInTheWay(file, path))
    if (wrong !== undefined) return wrong
    files.add(path)
    for (const folder of above) folders.add(folder)
    return undefined
  }
}

/** Why a path cannot be a new file's; `undefined` when it can. */
export const refusal = (path: string, existing: Files): string | undefined =>
  Object.hasOwn(existing, path) ? `There is a file ${path} already.` : collecting(Object.keys(existing))(path)

/** Why files cannot be one project; `undefined` when they can. */
export const fault = (paths: ReadonlyArray<string>): string | undefined => {
  const refusalOf = collecting([])
  for (const path of paths) {
    if (malformed(path) !== undefined) return "a path in it leads out of the project"
    const wrong = refusalOf(path)
    if (wrong !== undefined) return wrong.slice(0, 300)
  }
  return undefined
}
