/**
 * All files below a directory, and all that is there and is no file to take.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import type { IgnoreRules } from "./IgnoreRules.ts"
import * as PathText from "./PathText.ts"
import { isNeverPackaged, type Roots } from "./Roots.ts"

/** Something in the directory that gives no file. */
export interface LeftOut {
  readonly path: string
  /** `kept`: what npm, version control or Clustrix keep there. */
  readonly kind: "link" | "special" | "unlisted" | "kept"
  readonly why: string
  readonly remedy: string
}

export interface DirectoryListing {
  /** Absolute, below the directory as it was named; links in it are followed. Sorted. */
  readonly files: ReadonlyArray<string>
  /** Directories that give neither files nor other directories. Sorted. */
  readonly empty: ReadonlyArray<string>
  /** Sorted by path. */
  readonly leftOut: ReadonlyArray<LeftOut>
  /** Files that ignore rules keep out, at most {@link maxIgnored}. Sorted. */
  readonly ignored: ReadonlyArray<string>
  /** Whether there are more files or directories than a package may hold: the listing is not complete then. */
  readonly isTooLarge: boolean
}

export interface ListOptions {
  /** `undefined`: nothing is ignored. */
  readonly rules: IgnoreRules | undefined
  readonly roots: Roots
}

/** A package holds fewer files than this. */
export const maxEntries = 65_534

/** How many ignored files are counted: a directory of build results can hold any number. */
export const maxIgnored = 1000

const remove = "Remove it, or name it in .clustrixignore."

/** A directory that is still to be listed; `above` are the real paths of it and of those that led there. */
interface Pending {
  readonly path: string
  readonly above: ReadonlyArray<string>
}

/**
 * Lists `directory` (absolute). A directory that is reached by several links is listed under each of its names, so that the
 * order of names does not matter; a link to a directory that it lies in is not followed.
 */
export const list = (
  directory: string,
  { roots, rules }: ListOptions
): Effect.Effect<DirectoryListing, never, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const files: Array<string> = []
    const empty = new Set<string>()
    const leftOut: Array<LeftOut> = []
    const ignored: Array<string> = []
    const ignoredDirectories: Array<Pending> = []
    let directories = 0

    /** The pending directory at `path`, if it is one to list. */
    const open = (path: string, above: ReadonlyArray<string>): Effect.Effect<Pending | undefined> =>
      Effect.map(Effect.either(fs.realPath(path)), (found) => {
        if (found._tag === "Left") {
          leftOut.push({ path, kind: "unlisted", why: found.left.message, remedy: "Make it readable for this user." })
          return undefined
        }
        const real = found.right
        if (!roots.holds(real)) {
          const why = `It is a link to ${real}, which is not below the package root.`
          leftOut.push({ path, kind: "link", why, remedy: "Copy what is needed into the package." })
          return undefined
        }
        if (roots.keeps(real)) {
          leftOut.push(kept(path, `It is a link to ${real}.`))
          return undefined
        }
        if (above.includes(real)) {
          // Whoever follows it walks in circles: all of its files are there already
          return undefined
        }
        return { path, above: [...above, real] }
      })

    const first = yield* open(directory, [])
    const pending: Array<Pending> = first === undefined ? [] : [first]
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const { above, path: here } = at
      directories += 1
      empty.add(here)
      empty.delete(PathText.dirname(here))
      if (files.length > maxEntries || directories > maxEntries) break
      const listed = yield* Effect.either(fs.readDirectory(here))
      if (listed._tag === "Left") {
        const why = listed.left.message
        leftOut.push({ path: here, kind: "unlisted", why, remedy: "Make the directory readable for this user." })
        continue
      }
      for (const name of listed.right) {
        const path = `${here === "/" ? "" : here}/${name}`
        const info = yield* Effect.either(fs.stat(path))
        const type = info._tag === "Right" ? info.right.type : undefined
        if (isNeverPackaged(name)) {
          leftOut.push(kept(path, "Packages, repositories and what Clustrix keeps are never data."))
          continue
        }
        if (rules !== undefined && (yield* rules.ignores(here, name, type === "Directory"))) {
          if (type === "File") ignored.push(path)
          else if (type === "Directory") ignoredDirectories.push({ path, above })
          continue
        }
        if (type === "File") {
          files.push(path)
          empty.delete(here)
        } else if (type === "Directory") {
          const below = yield* open(path, above)
          if (below !== undefined) pending.push(below)
        } else if (type !== undefined) {
          leftOut.push({ path, kind: "special", why: `It is a ${type}, which is never opened.`, remedy: remove })
        } else {
          const target = yield* Effect.option(fs.readLink(path))
          leftOut.push({
            path,
            kind: "link",
            why: target._tag === "Some"
              ? `It is a link to ${target.value}, which leads nowhere.`
              : info._tag === "Left"
              ? info.left.message
              : "It cannot be looked at.",
            remedy: remove
          })
        }
      }
    }
    let visited = 0
    for (
      let at = ignoredDirectories.pop();
      at !== undefined && ignored.length < maxIgnored && visited < maxIgnored;
      at = ignoredDirectories.pop()
    ) {
      visited += 1
      const { above, path: here } = at
      const real = yield* Effect.orElseSucceed(fs.realPath(here), () => here)
      if (above.includes(real)) continue
      for (const name of [...yield* Effect.orElseSucceed(fs.readDirectory(here), () => [])].sort(Order.string)) {
        if (isNeverPackaged(name) || ignored.length >= maxIgnored) continue
        const path = `${here}/${name}`
        const type = yield* Effect.match(fs.stat(path), { onFailure: () => undefined, onSuccess: (info) => info.type })
        if (type === "File") ignored.push(path)
        else if (type === "Directory") ignoredDirectories.push({ path, above: [...above, real] })
      }
    }
    return {
      files,
      empty: [...empty].sort(Order.string),
      leftOut: leftOut.sort((a, b) => Order.string(a.path, b.path)),
      ignored: ignored.sort(Order.string).slice(0, maxIgnored),
      isTooLarge: files.length > maxEntries || directories > maxEntries
    }
  })

const kept = (path: string, why: string): LeftOut => ({
  path,
  kind: "kept",
  why,
  remedy: `Copy what is needed of ${PathText.basename(path)} into a directory of another name.`
})
