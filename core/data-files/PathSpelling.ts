/**
 * Whether a path is spelled as on disk. Some file systems find a file under another case (macOS, Windows) or another normal
 * form of Unicode (macOS); those of clusters do not.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"

/**
 * The names of the directory at absolute `path`; `undefined` where it cannot be listed. `wanted` is the name that is looked
 * for.
 */
export type Names = (path: string, wanted: string) => Effect.Effect<ReadonlyArray<string> | undefined>

/**
 * `same`: as on disk, or there is no way to tell. `form`: equal in Unicode's normal form C. `case`: equal when case is
 * ignored as well. `none`: nothing there is called so.
 */
export interface Spelling {
  readonly kind: "same" | "form" | "case" | "none"
  /** The path in the spelling of the disk; as given for `none`. */
  readonly path: string
}

const fold = (name: string): string => name.normalize("NFC").toLowerCase().normalize("NFC")

/** Compares the segments of `path` (absolute) below `root` with the names on disk. */
export const find = (root: string, path: string, names: Names): Effect.Effect<Spelling> =>
  Effect.gen(function*() {
    let at = root
    let kind: Spelling["kind"] = "same"
    for (const segment of path.slice(root === "/" ? 1 : root.length + 1).split("/")) {
      if (segment === "") continue
      const listed = yield* names(at, segment)
      const here = at === "/" ? "" : at
      if (listed === undefined || listed.includes(segment)) {
        at = `${here}/${segment}`
        continue
      }
      const sorted = [...listed].sort(Order.string)
      const form = sorted.find((name) => name.normalize("NFC") === segment.normalize("NFC"))
      const found = form ?? sorted.find((name) => fold(name) === fold(segment))
      if (found === undefined) return { kind: "none", path }
      if (form === undefined) kind = "case"
      else if (kind === "same") kind = "form"
      at = `${here}/${found}`
    }
    return { kind, path: at }
  })

/** `text` with what looks alike written as escapes: everything that is not ASCII. */
export const visible = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- all of ASCII is meant
  text.replace(/[^\u0000-\u007f]/gu, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
