/**
 * Paths of the project, relative to the lockfile's directory, `/` between their parts; empty for that directory.
 */

/** `path` as seen from `directory`: without `.`, and `..` only in front. */
export const join = (directory: string, path: string): string => {
  const parts: Array<string> = []
  for (const part of [...directory.split("/"), ...path.replaceAll("\\", "/").split("/")]) {
    if (part === "" || part === ".") continue
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop()
    else parts.push(part)
  }
  return parts.join("/")
}

/** `directory` and all that hold it, the innermost first; beyond the lockfile's directory as far as the path tells. */
export const upwards = (directory: string): ReadonlyArray<string> => {
  const all: Array<string> = []
  for (let at = directory;;) {
    all.push(at)
    if (at === "" || at === ".." || at.endsWith("/..")) return all
    const slash = at.lastIndexOf("/")
    at = slash === -1 ? "" : at.slice(0, slash)
  }
}
