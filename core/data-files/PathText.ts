/**
 * POSIX paths as texts, some of whose parts are unknown. An unknown part is written {@link hole}: a NUL, which no path can
 * contain. A segment with a hole may be anything, so that `..` never takes it back.
 */

/** Stands for an unknown part of a text. */
export const hole = "\0"

export const hasHole = (text: string): boolean => text.includes(hole)

export const isAbsolute = (path: string): boolean => path.startsWith("/")

/** `path.posix.normalize`. */
export const normalize = (path: string): string => {
  if (path === "") return "."
  const absolute = isAbsolute(path)
  const kept: Array<string> = []
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue
    const last = kept.at(-1)
    if (segment !== "..") kept.push(segment)
    else if (last !== undefined && last !== ".." && !hasHole(last)) kept.pop()
    else if (!absolute || last !== undefined) kept.push(segment)
  }
  const joined = kept.join("/")
  const trailing = path.endsWith("/") && joined !== "" ? "/" : ""
  return absolute ? `/${joined}${trailing}` : joined === "" ? path.endsWith("/") ? "./" : "." : `${joined}${trailing}`
}

/** `path.posix.join`. */
export const join = (...paths: ReadonlyArray<string>): string =>
  normalize(paths.filter((path) => path !== "").join("/"))

const withoutTrailing = (path: string): string => path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path

/** `path.posix.resolve` from the absolute directory `from`. A part that begins with a hole counts as relative. */
export const resolve = (from: string, ...paths: ReadonlyArray<string>): string => {
  let resolved = from
  for (const path of paths) {
    if (path !== "") resolved = isAbsolute(path) ? path : `${resolved}/${path}`
  }
  return withoutTrailing(normalize(resolved))
}

/** `path.posix.dirname`. */
export const dirname = (path: string): string => {
  const trimmed = path.replace(/\/+$/, "")
  if (trimmed === "") return isAbsolute(path) ? "/" : "."
  const slash = trimmed.lastIndexOf("/")
  return slash === -1 ? "." : slash === 0 ? "/" : trimmed.slice(0, slash).replace(/\/+$/, "") || "/"
}

/** `path.posix.basename`. */
export const basename = (path: string, suffix = ""): string => {
  const trimmed = path.replace(/\/+$/, "")
  const base = trimmed.slice(trimmed.lastIndexOf("/") + 1)
  return suffix !== "" && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base
}

/** `path.posix.extname`. */
export const extname = (path: string): string => {
  const base = basename(path)
  const dot = base.lastIndexOf(".")
  return dot <= 0 || base === ".." ? "" : base.slice(dot)
}

/** `path.posix.relative` of two absolute paths. */
export const relative = (from: string, to: string): string => {
  const start = resolve("/", from).split("/").filter((segment) => segment !== "")
  const end = resolve("/", to).split("/").filter((segment) => segment !== "")
  let common = 0
  while (common < start.length && common < end.length && start[common] === end[common]) common++
  return [...start.slice(common).map(() => ".."), ...end.slice(common)].join("/")
}

/** Whether absolute `path` is `directory` or below it. */
export const isWithin = (directory: string, path: string): boolean =>
  path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`)

/** The directory that holds whatever the path may be: all before the first segment with a hole. */
export const constantDirectory = (path: string): string => {
  const at = path.indexOf(hole)
  return at === -1 ? dirname(path) : withoutTrailing(path.slice(0, path.lastIndexOf("/", at) + 1))
}

/** The path as people write patterns: unknown parts as `*`. */
export const pattern = (path: string): string => path.replaceAll(hole, "*")
