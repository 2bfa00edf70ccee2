/**
 * The patterns of `include` and `exclude` in a tsconfig.json.
 * https://www.typescriptlang.org/tsconfig/#include
 */

/** Folders of packages, which a wildcard of `include` never enters. */
const packageFolder = "(?:node_modules|bower_components|jspm_packages)"

const escape = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")

const wildcards = (component: string): string =>
  [...component].map((char) => char === "*" ? "[^/]*" : char === "?" ? "[^/]" : escape(char)).join("")

/** A pattern that names a directory stands for everything in it: `src` is `src/**\/*`. */
const withDirectory = (components: ReadonlyArray<string>): ReadonlyArray<string> => {
  const last = components.at(-1) ?? ""
  if (last === "**") return [...components, "*"]
  return /[.*?]/.test(last) ? components : [...components, "**", "*"]
}

const componentsOf = (pattern: string): ReadonlyArray<string> =>
  pattern.split("/").filter((component) => component !== "")

/** Matches the files that the absolute `pattern` (with `/`) of `include` takes in; hidden files and packages only when named. */
export const include = (pattern: string): RegExp => {
  const drive = pattern.startsWith("/") ? "/" : ""
  const body = withDirectory(componentsOf(pattern)).map((component) => {
    if (component === "**") return `(?:(?!${packageFolder}/)[^/.][^/]*/)*?`
    const guard = /^[*?]/.test(component) ? `(?!\\.)(?!${packageFolder}(?:/|$))` : ""
    return `${guard}${wildcards(component)}/`
  }).join("")
  return new RegExp(`^${drive}${body.replace(/\/$/, "")}$`)
}

/** Matches what the absolute `pattern` of `exclude` leaves out: the files that it names and all below. */
export const exclude = (pattern: string): RegExp => {
  const drive = pattern.startsWith("/") ? "/" : ""
  const components = componentsOf(pattern)
  const body = components.map((component, index) => {
    const last = index === components.length - 1
    if (component === "**") return last ? ".*" : "(?:.*/)?"
    return `${wildcards(component)}${last ? "" : "/"}`
  }).join("")
  return new RegExp(`^${drive}${body}(?:/.*)?$`)
}
