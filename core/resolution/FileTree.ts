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
import * as Order from "effect/Order"
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

/** A directory that exists, listed once. */
interface Directory {
  /** As spelled on disk. */
  readonly path: string
  /** Its names, with their types where the file system tells them along. */
  readonly names: ReadonlyMap<string, EntryType | undefined>
  /** `false`: it may not be listed, each name must be asked for. */
  readonly complete: boolean
}

export interface FileTree {
  readonly path: Path.Path
  /** What is at absolute `path`; `undefined` for nothing, a dangling link, a device. */
  readonly find: (path: string) => Effect.Effect<Entry | undefined, Refusal>
  /** The first of `candidates` that is a file; those before it are added to `tried`. */
  readonly firstFile: (
    candidates: ReadonlyArray<string>,
    tried: Array<string>
  ) => Effect.Effect<Entry | undefined, Refusal>
  /** Whether the directory is there and lists `name`. */
  readonly has: (directory: string, name: string) => Effect.Effect<boolean, Refusal>
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

// eslint-disable-next-line no-control-regex -- all of ASCII is meant: it has one normal form only.
const isAscii = (name: string): boolean => /^[\u0000-\u007f]*$/.test(name)

/** The name on disk that `name` stands for: itself, or one that is equal in NFC. */
const spelled = (names: ReadonlyMap<string, unknown>, name: string): string | undefined => {
  if (names.has(name)) return name
  if (isAscii(name)) return undefined
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

  const asked = Option.flatMapNullable(typed, (service) => service.asked).pipe(Option.getOrUndefined)

  /** {@link spelled} in an open directory. */
  const lookUp = (directory: Directory, name: string): string | undefined => {
    const actual = spelled(directory.names, name)
    // Another spelling may have been any name
    asked?.(directory.path, actual === name || isAscii(name) ? name : undefined)
    return actual
  }

  const list = (directory: string): Effect.Effect<Directory["names"], PlatformError> =>
    Option.match(typed, {
      onNone: () =>
        Effect.map(fileSystem.readDirectory(directory), (names) => new Map(names.map((name) => [name, undefined]))),
      onSome: (service) =>
        Effect.map(service.list(directory), (entries) => new Map(entries.map((entry) => [entry.name, entry.type])))
    })

  const open = memo((at: string): Effect.Effect<Directory | undefined, Refusal> =>
    Effect.gen(function*() {
      const spelled = trusted.has(at) ? at : yield* spelling(at)
      if (spelled === undefined) return undefined
      return yield* list(spelled).pipe(
        Effect.map((names): Directory | undefined => ({ path: spelled, names, complete: true })),
        Effect.catchAll((error) =>
          isAbsent(error)
            ? Effect.succeed(undefined)
            : isForbidden(error)
            ? Effect.succeed({ path: spelled, names: new Map(), complete: false })
            : Effect.fail(unreadable(spelled)(error))
        )
      )
    })
  )

  /** The path of a directory as spelled on disk, if its parent holds that name. */
  const spelling = (at: string): Effect.Effect<string | undefined, Refusal> => {
    const up = path.dirname(at)
    if (up === at) return Effect.succeed(at)
    return Effect.map(open(up), (parent) => {
      if (parent === undefined) return undefined
      const name = path.basename(at)
      const actual = parent.complete ? lookUp(parent, name) : name
      return actual === undefined ? undefined : path.join(parent.path, actual)
    })
  }

  const typeOf = (at: string): Effect.Effect<"File" | "Directory" | undefined, Refusal> =>
    fileSystem.stat(at).pipe(
      Effect.map((info) => info.type === "File" || info.type === "Directory" ? info.type : undefined),
      Effect.catchAll((error) =>
        isAbsent(error) || isForbidden(error) ? Effect.succeed(undefined) : Effect.fail(unreadable(at)(error))
      )
    )

  const realPath = (at: string): Effect.Effect<string, Refusal> =>
    Effect.mapError(fileSystem.realPath(at), unreadable(at))

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

  const entries = new Map<string, Entry | undefined>()

  /** The entry `name` of an open directory. */
  const within = (directory: Directory, name: string): Effect.Effect<Entry | undefined, Refusal> => {
    const actual = directory.complete ? lookUp(directory, name) : name
    if (actual === undefined) return Effect.succeed(undefined)
    const at = path.join(directory.path, actual)
    if (entries.has(at)) return Effect.succeed(entries.get(at))
    return Effect.tap(entryAt(directory.path, actual, directory.names.get(actual)), (entry) =>
      Effect.sync(() => {
        entries.set(at, entry)
      }))
  }

  const find = (at: string): Effect.Effect<Entry | undefined, Refusal> => {
    const up = path.dirname(at)
    if (up === at) return Effect.succeed({ type: "Directory", path: at, realPath: at })
    return Effect.flatMap(
      open(up),
      (parent) => parent === undefined ? Effect.succeed(undefined) : within(parent, path.basename(at))
    )
  }

  const firstFile: FileTree["firstFile"] = (candidates, tried) =>
    Effect.gen(function*() {
      let up: string | undefined
      let parent: Directory | undefined
      for (const candidate of candidates) {
        const above = path.dirname(candidate)
        if (above !== up) {
          up = above
          parent = yield* open(above)
        }
        const name = path.basename(candidate)
        if (parent !== undefined && (!parent.complete || lookUp(parent, name) !== undefined)) {
          const entry = yield* within(parent, name)
          if (entry?.type === "File") return entry
        }
        tried.push(candidate)
      }
      return undefined
    })

  return {
    path,
    find,
    firstFile,
    has: (directory, name) =>
      Effect.map(open(directory), (listed) => listed !== undefined && lookUp(listed, name) !== undefined),
    names: memo((directory) =>
      Effect.map(
        Effect.tap(open(directory), (listed) =>
          Effect.sync(() => listed === undefined ? undefined : asked?.(listed.path))),
        (listed) =>
          listed === undefined ? [] : [...listed.names.keys()].sort(Order.string)
      )
    ),
    text: memo((at) => Effect.mapError(fileSystem.readFileString(at), unreadable(at))),
    realDirectory,
    trust,
    ancestors
  }
})
