/**
 * What a specifier is by its form alone.
 */
import * as Option from "effect/Option"

export type Specifier =
  /** `./x`, `../x`, `.`, `..` */
  | { readonly _tag: "Relative"; readonly path: string }
  /** `/x`, `C:\x` */
  | { readonly _tag: "Absolute"; readonly path: string }
  /** `file:///x` */
  | { readonly _tag: "FileUrl"; readonly url: URL }
  /** `node:x` */
  | { readonly _tag: "NodeScheme"; readonly name: string }
  /** `#x`, looked up in the `imports` of the nearest package.json. */
  | { readonly _tag: "Imports"; readonly key: string }
  /** `name`, `name/sub`, `@scope/name/sub`; `subpath` is `.` or begins with `./`. */
  | { readonly _tag: "Bare"; readonly name: string; readonly subpath: string }
  /** Nothing that Node could load; `paths` of a tsconfig may still know it. */
  | { readonly _tag: "Invalid"; readonly why: string }
  /** `https:`, `data:`, `npm:`, ... */
  | { readonly _tag: "Scheme"; readonly scheme: string }

const invalid = (why: string): Specifier => ({ _tag: "Invalid", why })

const bare = (text: string): Specifier => {
  const slash = text.indexOf("/")
  const end = text.startsWith("@") && slash !== -1 ? text.indexOf("/", slash + 1) : slash
  const name = end === -1 ? text : text.slice(0, end)
  if (text.startsWith("@") && (slash <= 1 || slash === text.length - 1)) {
    return invalid(`a scoped package is named "@scope/name"`)
  }
  if (name.startsWith(".")) return invalid(`a package name does not begin with "."; a relative path begins with "./"`)
  if (/[\\%]/.test(name)) return invalid(`a package name holds no "\\" and no "%"`)
  if (text.startsWith("@") && name.endsWith("/")) return invalid(`a scoped package is named "@scope/name"`)
  return { _tag: "Bare", name, subpath: `.${text.slice(name.length)}` }
}

/** Reads `text` as Node does; `isAbsolute` tells what an absolute path is on this file system. */
export const parse = (text: string, isAbsolute: (path: string) => boolean): Specifier => {
  if (text === "") return invalid("it is empty")
  if (/^\.\.?(?:[/\\]|$)/.test(text)) return { _tag: "Relative", path: text }
  if (text.startsWith("/") || isAbsolute(text)) return { _tag: "Absolute", path: text }
  if (text.startsWith("#")) return { _tag: "Imports", key: text }
  if (text.startsWith("node:")) return { _tag: "NodeScheme", name: text }
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return bare(text)
  if (scheme !== "file") return { _tag: "Scheme", scheme }
  return URL.canParse(text) ? { _tag: "FileUrl", url: new URL(text) } : invalid("it is not a URL")
}

/**
 * The paths that the path part of an `import` specifier may mean, best first: an ES module specifier is a URL, so a
 * query and a fragment are not part of the file's name and `%20` is a space; TypeScript takes it literally.
 */
export const spellings = (path: string): ReadonlyArray<string> => {
  if (!/[%?#]/.test(path) || encodesSeparator(path)) return [path]
  const bareUrl = path.replace(/[?#].*$/s, "")
  const decoded = Option.getOrElse(decode(bareUrl), () => bareUrl)
  return decoded === path ? [path] : [decoded, path]
}

/** Percent-decoded, or `none` where the text is not well-formed. */
export const decode: (text: string) => Option.Option<string> = Option.liftThrowable(decodeURIComponent)

/** Whether a `/` or `\\` is percent-encoded in `path`: Node refuses that. */
export const encodesSeparator = (path: string): boolean => /%2f|%5c/i.test(path)

/** Whether only a directory can be meant: `./x/`, `.`, `..`, `./x/..`. */
export const namesDirectory = (path: string): boolean => /(?:^|[/\\])\.{0,2}$/.test(path)
