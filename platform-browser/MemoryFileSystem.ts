/**
 * A complete `FileSystem` of @effect/platform in memory, for pages and tests.
 *
 * It answers as the one of Node does on Linux (test/contract/FileSystem.ts holds both to it), for a user whom no
 * permission stops. Paths are POSIX; a relative path begins at `/`. Directories are listed in the order of their names,
 * and temporary names are counted, not drawn: what runs on it is deterministic.
 */
import type * as Error from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Order from "effect/Order"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { DirectoryEntries } from "../core/resolution/DirectoryEntries.ts"
import * as MemoryFile from "./MemoryFile.ts"
import * as MemoryTree from "./MemoryTree.ts"

/** Paths and their content (text as UTF-8); the directories above are made. */
export type Files = Readonly<Record<string, string | Uint8Array>>

const temporaryDirectory = "/tmp"

const dirname = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf("/")))

const join = (directory: string, name: string): string => directory === "/" ? `/${name}` : `${directory}/${name}`

const listed = (directory: MemoryTree.DirectoryNode, recursive: boolean): Array<string> =>
  [...directory.children.keys()].sort(Order.string).flatMap((name) => {
    const child = directory.children.get(name)
    return recursive && child?.type === "Directory" ? [name, ...listed(child, true).map((below) => `${name}/${below}`)]
      : [name]
  })

type Listener = (event: FileSystem.WatchEvent) => void

interface Built {
  readonly fileSystem: FileSystem.FileSystem
  readonly directoryEntries: DirectoryEntries["Type"]
}

const build = (files: Files): Effect.Effect<Built> =>
  Effect.gen(function*() {
    const tree = new MemoryTree.MemoryTree(yield* Clock.currentTimeMillis)
    const listeners = new Set<Listener>()
    let counted = 0
    let descriptors = 3

    /** One operation at one moment. */
    const run = <A>(
      method: string,
      operation: (now: number) => MemoryTree.Result<A>
    ): Effect.Effect<A, Error.PlatformError> =>
      Effect.flatMap(Clock.currentTimeMillis, (now) =>
        Effect.mapError(Effect.suspend(() => operation(now)), (fault) => MemoryFile.systemError(method, fault)))

    const tell = (event: FileSystem.WatchEvent): void => {
      for (const listener of listeners) {
        listener(event)
      }
    }
    const created = (path: string): void =>
      tell(FileSystem.WatchEventCreate({ path }))
    const updated = (path: string): void => tell(FileSystem.WatchEventUpdate({ path }))
    const removed = (path: string): void => tell(FileSystem.WatchEventRemove({ path }))

    /** The file to be opened under `flag`, made or emptied as the flag says. */
    const opened = (path: string, flag: FileSystem.OpenFlag, mode: number, now: number) =>
      Either.flatMap(
        tree.place(path, !flag.includes("x")),
        (place): MemoryTree.Result<{ node: MemoryTree.FileNode; path: string }> => {
          const { node } = place
          if (node === undefined) {
            if (flag.startsWith("r")) return MemoryTree.fault("ENOENT", path)
            const file = tree.newFile(mode, now)
            tree.put(place, file, now)
            created(place.path)
            return Either.right({ node: file, path: place.path })
          }
          if (flag.includes("x")) return MemoryTree.fault("EEXIST", path)
          // Node opens a directory for reading and fails at the first read; nobody can use what it opened.
          if (node.type !== "File") return MemoryTree.fault("EISDIR", path)
          if (flag.startsWith("w")) MemoryTree.resize(node, 0, now)
          return Either.right({ node, path: place.path })
        }
      )

    const open = (method: string) => (path: string, options?: FileSystem.OpenFileOptions) => {
      const flag = options?.flag ?? "r"
      return Effect.map(
        run(method, (now) => opened(path, flag, options?.mode ?? 0o644, now)),
        (file) => MemoryFile.open(file.node, descriptors++, flag, () => updated(file.path))
      )
    }

    const writeFile: FileSystem.FileSystem["writeFile"] = (path, data, options) =>
      run("writeFile", (now) => {
        const flag = options?.flag ?? "w"
        return Either.map(opened(path, flag, options?.mode ?? 0o644, now), (file) => {
          MemoryTree.write(file.node, data, flag.startsWith("a") ? file.node.size : 0, now)
          updated(file.path)
        })
      })

    const copyFile = (from: string, to: string, now: number): MemoryTree.Result<void> =>
      Either.flatMap(tree.file(from), (source) =>
        Either.map(opened(to, "w", source.mode, now), (target) => {
          MemoryTree.write(target.node, MemoryTree.read(source, 0, source.size), 0, now)
          target.node.mode = source.mode
          updated(target.path)
        }))

    const copy = (
      from: string,
      to: string,
      options: FileSystem.CopyOptions | undefined,
      now: number
    ): MemoryTree.Result<void> =>
      Either.flatMap(tree.place(from, false), (source): MemoryTree.Result<void> => {
        const { node } = source
        if (node === undefined) {
          return MemoryTree.fault("ENOENT", from)
        }
        const above = tree.makeDirectory(dirname(to), true, 0o755, now)
        if (Either.isLeft(above)) return Either.left(above.left)
        return Either.flatMap(tree.place(to, false), (target): MemoryTree.Result<void> => {
          const old = target.node
          if (`${target.path}/`.startsWith(`${source.path}/`)) return MemoryTree.fault("EINVAL", to)
          if (node.type === "Directory") {
            if (old !== undefined && old.type !== "Directory") return MemoryTree.fault("ERR_FS_CP_DIR_TO_NON_DIR", to)
            if (old === undefined) tree.put(target, tree.newDirectory(node.mode, now), now)
            for (const name of [...node.children.keys()].sort(Order.string)) {
              const done = copy(join(source.path, name), join(target.path, name), options, now)
              if (Either.isLeft(done)) return done
            }
            return Either.void
          }
          if (old?.type === "Directory") return MemoryTree.fault("ERR_FS_CP_NON_DIR_TO_DIR", to)
          if (old !== undefined && options?.overwrite !== true) return Either.void
          if (node.type === "SymbolicLink") {
            const absolute = node.target.startsWith("/") ? node.target : join(dirname(source.path), node.target)
            tree.put(target, tree.newLink(normalize(absolute), now), now)
            created(target.path)
            return Either.void
          }
          return Either.map(copyFile(source.path, target.path, now), () => {
            const copied = tree.file(target.path)
            if (options?.preserveTimestamps === true && Either.isRight(copied)) {
              copied.right.atime = node.atime
              copied.right.mtime = node.mtime
            }
          })
        })
      })

    const makeTempDirectory = (method: string) => (options?: FileSystem.MakeTempDirectoryOptions) =>
      run(method, (now) => {
        const directory = options?.directory ?? temporaryDirectory
        for (;;) {
          const path = join(directory, `${options?.prefix ?? ""}${String(counted++).padStart(6, "0")}`)
          const made = tree.makeDirectory(path, false, 0o700, now)
          if (Either.isRight(made)) return Either.right(path)
          if (made.left.code !== "EEXIST") return Either.left(made.left)
        }
      })

    const makeTempFile = (method: string) => (options?: FileSystem.MakeTempFileOptions) =>
      Effect.flatMap(makeTempDirectory(method)(options), (directory) => {
        const path = join(directory, `${String(counted++).padStart(6, "0")}${options?.suffix ?? ""}`)
        return Effect.as(run(method, (now) => opened(path, "w+", 0o644, now)), path)
      })

    const remove = (method: string) => (path: string, options?: FileSystem.RemoveOptions) =>
      run(method, (now) =>
        Either.map(
          tree.remove(path, { recursive: options?.recursive ?? false, force: options?.force ?? false }, now),
          (gone) => {
            if (gone !== undefined) removed(gone)
          }
        ))

    const scoped = (
      acquire: Effect.Effect<string, Error.PlatformError>,
      directory: (path: string) => string
    ): Effect.Effect<string, Error.PlatformError, Scope.Scope> =>
      Effect.acquireRelease(acquire, (path) =>
        Effect.orDie(remove("remove")(directory(path), { recursive: true, force: true })))

    const fileSystem = FileSystem.make({
      access: (path) =>
        run("access", () =>
          Either.map(tree.find(path), () => undefined)),
      chmod: (path, mode) =>
        run("chmod", () =>
          Either.map(tree.find(path), ({ node }) => {
            node.mode = mode & 0o7777
          })),
      chown: (path, uid, gid) =>
        run("chown", () =>
          Either.map(tree.find(path), ({ node }) => {
            node.uid = uid
            node.gid = gid
          })),
      copy: (from, to, options) => run("copy", (now) => copy(from, to, options, now)),
      copyFile: (from, to) => run("copyFile", (now) => copyFile(from, to, now)),
      link: (existing, path) =>
        run("link", (now) =>
          Either.flatMap(tree.place(existing, false), (source) =>
            Either.flatMap(tree.place(path, false), (target): MemoryTree.Result<void> => {
              if (source.node === undefined) {
                return MemoryTree.fault("ENOENT", existing)
              }
              if (source.node.type === "Directory") {
                return MemoryTree.fault("EPERM", existing)
              }
              if (target.node !== undefined) {
                return MemoryTree.fault("EEXIST", path)
              }
              source.node.links += 1
              tree.put(target, source.node, now)
              created(target.path)
              return Either.void
            }))),
      makeDirectory: (path, options) =>
        run("makeDirectory", (now) =>
          Either.map(tree.makeDirectory(path, options?.recursive ?? false, options?.mode ?? 0o755, now), (made) => {
            for (const each of made) {
              created(each)
            }
          })),
      makeTempDirectory: makeTempDirectory("makeTempDirectory"),
      makeTempDirectoryScoped: (options) =>
        scoped(makeTempDirectory("makeTempDirectoryScoped")(options), (path) =>
          path),
      makeTempFile: makeTempFile("makeTempFile"),
      makeTempFileScoped: (options) =>
        scoped(makeTempFile("makeTempFileScoped")(options), dirname),
      open: open("open"),
      readDirectory: (path, options) =>
        run("readDirectory", () =>
          Either.map(tree.directory(path), (directory) =>
            listed(directory, options?.recursive ?? false))),
      readFile: (path) =>
        run("readFile", () =>
          Either.map(tree.file(path), (file) =>
            MemoryTree.read(file, 0, file.size))),
      readLink: (path) =>
        run("readLink", () =>
          Either.flatMap(tree.place(path, false), ({ node }) =>
            node === undefined
              ? MemoryTree.fault("ENOENT", path)
              : node.type === "SymbolicLink"
              ? Either.right(node.target)
              : MemoryTree.fault("EINVAL", path))),
      realPath: (path) =>
        run("realPath", () =>
          Either.map(tree.find(normalize(path)), (found) => found.path)),
      remove: remove("remove"),
      rename: (from, to) =>
        run("rename", (now) =>
          Either.map(tree.rename(from, to, now), ([source, target]) => {
            removed(source.path)
            created(target.path)
          })),
      stat: (path) => run("stat", () => Either.map(tree.find(path), ({ node }) => MemoryFile.info(node))),
      symlink: (target, path) =>
        run("symlink", (now) =>
          Either.flatMap(tree.place(path, false), (place): MemoryTree.Result<void> => {
            if (place.node !== undefined) return MemoryTree.fault("EEXIST", path)
            tree.put(place, tree.newLink(target, now), now)
            created(place.path)
            return Either.void
          })),
      truncate: (path, length) =>
        run("truncate", (now) =>
          Either.map(tree.file(path), (file) => {
            MemoryTree.resize(file, Number(length ?? 0), now)
            updated(path)
          })),
      utimes: (path, atime, mtime) =>
        run("utimes", () =>
          Either.map(tree.find(path), ({ node }) => {
            // Numbers are seconds, as for utimes(2).
            node.atime = typeof atime === "number" ? atime * 1000 : atime.getTime()
            node.mtime = typeof mtime === "number" ? mtime * 1000 : mtime.getTime()
          })),
      watch: (path, options) =>
        Stream.unwrap(Effect.map(
          run("watch", () => tree.find(path)),
          (watched) =>
            Stream.asyncPush<FileSystem.WatchEvent>((emit) =>
              Effect.acquireRelease(
                Effect.sync(() => {
                  const above = watched.path === "/" ? "/" : `${watched.path}/`
                  const listener: Listener = (event) => {
                    const below = event.path.startsWith(above) ? event.path.slice(above.length) : undefined
                    if (event.path === watched.path) {
                      emit.single({ ...event, path: event.path.slice(event.path.lastIndexOf("/") + 1) })
                    } else if (below !== undefined && (options?.recursive === true || !below.includes("/"))) {
                      emit.single({ ...event, path: below })
                    }
                  }
                  listeners.add(listener)
                  return listener
                }),
                (listener) => Effect.sync(() => listeners.delete(listener))
              )
            )
        )),
      writeFile
    })

    yield* Effect.orDie(fileSystem.makeDirectory(temporaryDirectory))
    for (const [path, content] of Object.entries(files)) {
      yield* Effect.orDie(fileSystem.makeDirectory(dirname(path), { recursive: true }))
      yield* Effect.orDie(
        typeof content === "string" ? fileSystem.writeFileString(path, content) : writeFile(path, content)
      )
    }
    return {
      fileSystem,
      directoryEntries: {
        list: (path) =>
          run("readDirectory", () =>
            Either.map(
              tree.directory(path),
              (directory) => [...directory.children].map(([name, { type }]) => ({ name, type }))
            ))
      }
    }
  })

/** `/a/../b/./c` is `/b/c`. */
const normalize = (path: string): string => {
  const segments: Array<string> = []
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop()
    else if (segment !== "" && segment !== ".") segments.push(segment)
  }
  return `/${segments.join("/")}`
}

/** A file system that holds `files`. */
export const make = (files: Files = {}): Effect.Effect<FileSystem.FileSystem> =>
  Effect.map(build(files), ({ fileSystem }) => fileSystem)

/** A file system that holds `files`, with what spares the resolver a call for each file. */
export const layerWith = (files: Files): Layer.Layer<FileSystem.FileSystem | DirectoryEntries> =>
  Layer.effectContext(
    Effect.map(build(files), ({ directoryEntries, fileSystem }) =>
      Context.make(FileSystem.FileSystem, fileSystem).pipe(Context.add(DirectoryEntries, directoryEntries)))
  )

/** An empty file system, but for `/tmp`. */
export const layer: Layer.Layer<FileSystem.FileSystem | DirectoryEntries> = layerWith({})
