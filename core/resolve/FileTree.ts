/**
 * The file system as the resolver sees it: read once, spelled as on disk.
 *
 * Directories are listed and names compared exactly, so that `./Helper.ts` does not find `helper.ts` on a disk that
 * ignores case: the answer is the same on every host. Only the Unicode normal form is forgiven (NFC equals NFD).
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { DirectoryEntries, type EntryType } from "./DirectoryEntries.ts"
import { memo } from "./Memo.ts"
import { Refusal } from "./Refusal.ts"

/** A file or directory that exists. */
export interface Entry {
  readonly type: "File" | "Directory"
  /** As asked for, in the spelling on disk; links not followed. */
  readonly path: string
  /** Links followed. */
  readonly realPath: string
}

/** `undefined`: no such directory. `complete: false`: the directory may not be listed, each name must be asked for. */
type Listing = { readonly names: ReadonlyMap<string, EntryType | undefined>; readonly complete: boolean } | undefined

export interface FileTree {
  readonly path: Path.Path
  /** What is at absolute `path`; `undefined` for nothing, a dangling link, a device. */
  readonly find: (path: string) => Effect.Effect<Entry | undefined, Refusal>
  /** The names in a directory, sorted; none where there is no such directory. */
  readonly names: (directory: string) => Effect.Effect<ReadonlyArray<string>, Refusal>
  /** Text of the file at `path`, without BOM. */
  readonly text: (path: string) => Effect.Effect<string, Refusal>
  /** The real path of an existing directory. */
  readonly realDirectory: (directory: string) => Effect.Effect<string, Refusal>
  /** Takes the spelling of a path that came from the disk as given. */
  readonly trust: (path: string) => void
  /** `directory` and all that contain it, nearest first. */
  readonly ancestors: (directory: string) => ReadonlyArray<string>
}

const isAbsent = (error: PlatformError): boolean =>
  error._tag === "SystemError" && (error.reason === "NotFound" || error.reason === "BadResource")

const isForbidden = (error: PlatformError): boolean =>
  error._tag === "SystemError" && error.reason === "PermissionDenied"

const unreadable = (path: string) => (cause: PlatformError) =>
  new Refusal({
    reason: "Unreadable",
    what: `cannot read ${path}`,
    why: cause.message,
    remedy: "make it readable for this user",
    cause
  })

/** The name on disk that `name` stands for: itself, or one that is equal in NFC. */
const spelling = (names: ReadonlyMap<string, unknown>, name: string): string | undefined => {
  if (names.has(name)) return name
  // eslint-disable-next-line no-control-regex -- all of ASCII is meant: it has one normal form only.
  if (/^[\u0000-\u007f]*$/.test(name)) return undefined
  const normal = name.normalize("NFC")
  for (const known of names.keys()) {
    if (known.normalize("NFC") === normal) return known
  }
  return undefined
}

export const make: Effect.Effect<FileTree, never, FileSystem.FileSystem | Path.Path> = Effect.gen(function*() {
  const fileSystem = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const typed = yield* Effect.serviceOption(DirectoryEntries)
  const trusted = new Set<string>()

  const ancestors = (directory: string): ReadonlyArray<string> => {
    const all = [directory]
    for (let at = directory, up = path.dirname(at); up !== at; at = up, up = path.dirname(at)) all.push(up)
    return all
  }

  const trust = (file: string): void => {
    for (let at = path.dirname(file); !trusted.has(at); at = path.dirname(at)) trusted.add(at)
  }

  const listing = memo((directory: string): Effect.Effect<Listing, Refusal> =>
    Option.match(typed, {
      onNone: () =>
        Effect.map(
          fileSystem.readDirectory(directory),
          (names) => new Map<string, EntryType | undefined>(names.map((name) => [name, undefined]))
        ),
      onSome: (service) =>
        Effect.map(
          service.list(directory),
          (entries) => new Map<string, EntryType | undefined>(entries.map((entry) => [entry.name, entry.type]))
        )
    }).pipe(
      Effect.map((names): Listing => ({ names, complete: true })),
      Effect.catchAll((error) =>
        isAbsent(error)
          ? Effect.succeed(undefined)
          : isForbidden(error)
          ? Effect.succeed({ names: new Map<string, EntryType | undefined>(), complete: false })
          : Effect.fail(unreadable(directory)(error))
      )
    )
  )

  const typeOf = (at: string): Effect.Effect<"File" | "Directory" | undefined, Refusal> =>
    fileSystem.stat(at).pipe(
      Effect.map((info) => info.type === "File" || info.type === "Directory" ? info.type : undefined),
      Effect.catchAll((error) =>
        isAbsent(error) || isForbidden(error) ? Effect.succeed(undefined) : Effect.fail(unreadable(at)(error))
      )
    )

  const realPath = (at: string): Effect.Effect<string, Refusal> =>
    Effect.mapError(fileSystem.realPath(at), unreadable(at))

  /** The path of `directory` as spelled on disk. */
  const spelled = memo((directory: string): Effect.Effect<string | undefined, Refusal> =>
    Effect.gen(function*() {
      const up = path.dirname(directory)
      if (up === directory) return directory
      const parent = trusted.has(up) ? up : yield* spelled(up)
      if (parent === undefined) return undefined
      const listed = yield* listing(parent)
      if (listed === undefined) return undefined
      const name = path.basename(directory)
      if (!listed.complete) return path.join(parent, name)
      const actual = spelling(listed.names, name)
      return actual === undefined ? undefined : path.join(parent, actual)
    })
  )

  const realDirectory = memo(realPath)

  const entryAt = (
    parent: string,
    name: string,
    known: EntryType | undefined
  ): Effect.Effect<Entry | undefined, Refusal> =>
    Effect.gen(function*() {
      const at = path.join(parent, name)
      if (known === "Other") return undefined
      if (known === "File" || known === "Directory") {
        return { type: known, path: at, realPath: path.join(yield* realDirectory(parent), name) }
      }
      const type = yield* typeOf(at)
      if (type === undefined) return undefined
      if (type === "Directory" || known === "SymbolicLink") return { type, path: at, realPath: yield* realPath(at) }
      // Reading a link fails on what is none: one call in place of one for each directory above.
      const isLink = yield* Effect.isSuccess(fileSystem.readLink(at))
      return { type, path: at, realPath: isLink ? yield* realPath(at) : path.join(yield* realDirectory(parent), name) }
    })

  const find = memo((at: string): Effect.Effect<Entry | undefined, Refusal> =>
    Effect.gen(function*() {
      const up = path.dirname(at)
      if (up === at) return { type: "Directory" as const, path: at, realPath: at }
      const parent = trusted.has(up) ? up : yield* spelled(up)
      if (parent === undefined) return undefined
      const listed = yield* listing(parent)
      if (listed === undefined) return undefined
      const name = path.basename(at)
      if (!listed.complete) return yield* entryAt(parent, name, undefined)
      const actual = spelling(listed.names, name)
      return actual === undefined ? undefined : yield* entryAt(parent, actual, listed.names.get(actual))
    })
  )

  return {
    path,
    find,
    names: (directory) =>
      Effect.map(
        listing(directory),
        (listed) => listed === undefined ? [] : [...listed.names.keys()].sort((a, b) => a < b ? -1 : a > b ? 1 : 0)
      ),
    text: memo((at) => Effect.mapError(fileSystem.readFileString(at), unreadable(at))),
    realDirectory,
    trust,
    ancestors
  }
})
