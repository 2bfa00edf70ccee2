/**
 * A cluster's files in memory, for tests of what only reads and writes there. There is no shell: a command is `Unavailable`.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Order from "effect/Order"
import * as Stream from "effect/Stream"
import { FileFailure, type FileStatus } from "../../core/cluster/filesystem/FileSource.ts"
import { Transport, TransportError } from "../../core/cluster/Transport.ts"
import * as MemoryFileSystem from "../../platform-browser/MemoryFileSystem.ts"

/** Of an upload and a download, at once. */
const pieceBytes = 1024 * 1024

const reasonOf = (error: PlatformError): TransportError["reason"] =>
  error._tag === "SystemError" && (error.reason === "NotFound" || error.reason === "AlreadyExists")
    ? error.reason
    : "Unavailable"

const types: Partial<Record<FileSystem.File.Type, FileStatus["type"]>> = {
  File: "file",
  Directory: "directory",
  SymbolicLink: "symlink"
}

const make = (fs: FileSystem.FileSystem): typeof Transport.Service => {
  let counted = 0
  const attempt = <A>(what: string, path: string, effect: Effect.Effect<A, PlatformError>) =>
    Effect.mapError(effect, (cause) =>
      new TransportError({
        reason: reasonOf(cause),
        path,
        what: `${what} ${path}`,
        why: cause.message,
        cause
      }))
  const temporaryOf = (path: string): string => `${path}.${counted += 1}.tmp`

  const replace = (path: string, temporary: string, mode: number) =>
    Effect.zipRight(fs.chmod(temporary, mode), fs.rename(temporary, path))

  const asked = <A>(path: string, effect: Effect.Effect<A, PlatformError>): Promise<A> =>
    Effect.runPromise(
      Effect.catchAll(effect, (cause) =>
        Effect.die(new FileFailure(reasonOf(cause) === "NotFound" ? "NotFound" : "Unavailable", path, cause)))
    )
  const statusOf = (path: string) =>
    Effect.map(fs.stat(path), ({ mode, mtime, size, type }): FileStatus => ({
      type: types[type] ?? "other",
      size: Number(size),
      modified: Math.floor(Option.match(mtime, { onNone: () => 0, onSome: Number }) / 1000),
      mode
    }))
  const linkStatusOf = (path: string) =>
    Effect.flatMap(
      Effect.option(fs.readLink(path)),
      Option.match({
        onNone: () => statusOf(path),
        onSome: (target) =>
          Effect.succeed<FileStatus>({ type: "symlink", size: target.length, modified: 0, mode: 0o777 })
      })
    )

  return {
    location: "memory",
    exec: () =>
      Effect.fail(
        new TransportError({
          reason: "Unavailable",
          what: "A command cannot be run in memory",
          why: "There is no shell."
        })
      ),
    readFile: (path, offset = 0, length = Infinity) =>
      Effect.map(attempt("Cannot read", path, fs.readFile(path)), (bytes) => bytes.slice(offset, offset + length)),
    writeFile: (path, content, mode = 0o600) =>
      Effect.suspend(() => {
        const temporary = temporaryOf(path)
        const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
        return attempt(
          "Cannot write",
          path,
          Effect.zipRight(fs.writeFile(temporary, bytes), replace(path, temporary, mode))
        ).pipe(Effect.onError(() => Effect.ignore(fs.remove(temporary))))
      }),
    upload: (source, to, { partial, progress } = {}) =>
      Effect.suspend(() => {
        const temporary = partial ?? temporaryOf(to)
        return attempt("Cannot write", to, fs.writeFile(temporary, new Uint8Array())).pipe(
          Effect.zipRight(Effect.forEach(
            Array.from({ length: Math.ceil(source.sizeBytes / pieceBytes) }, (_, index) => index * pieceBytes),
            (at) =>
              Effect.flatMap(source.read(at, Math.min(pieceBytes, source.sizeBytes - at)), (bytes) =>
                Effect.map(
                  attempt("Cannot write", to, fs.writeFile(temporary, bytes, { flag: "a" })),
                  () => progress?.(at + bytes.length)
                )),
            { discard: true }
          )),
          Effect.zipRight(attempt("Cannot write", to, replace(to, temporary, 0o600))),
          Effect.onError(() => partial === undefined ? Effect.ignore(fs.remove(temporary)) : Effect.void)
        )
      }),
    download: (from) =>
      Stream.mapError(
        fs.stream(from, { chunkSize: pieceBytes }),
        (cause) =>
          new TransportError({
            reason: reasonOf(cause),
            path: from,
            what: `Cannot read ${from}`,
            why: cause.message,
            cause
          })
      ),
    makeDirectory: (path, mode = 0o700) =>
      attempt("Cannot make the directory", path, fs.makeDirectory(path, { recursive: true, mode })),
    makeNewDirectory: (path, mode = 0o700) =>
      attempt("Cannot make the directory", path, fs.makeDirectory(path, { mode })),
    list: (path) =>
      Effect.map(attempt("Cannot list", path, fs.readDirectory(path)), (names) => names.sort(Order.string)),
    realPath: (path) => attempt("Cannot find", path, fs.realPath(path)),
    exists: (path) => attempt("Cannot look for", path, fs.exists(path)),
    remove: (path) => attempt("Cannot remove", path, fs.remove(path, { recursive: true, force: true })),
    files: {
      readDirectory: (path) =>
        asked(
          path,
          Effect.flatMap(
            fs.readDirectory(path),
            Effect.forEach((name) => Effect.map(linkStatusOf(`${path}/${name}`), ({ type }) => ({ name, type })))
          )
        ),
      stat: (path) => asked(path, statusOf(path)),
      lstat: (path) => asked(path, linkStatusOf(path))
    }
  }
}

/** An empty directory that each memory has. */
export const directory = "/there"

export const layer: Layer.Layer<Transport> = Layer.effect(
  Transport,
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    yield* Effect.orDie(fs.makeDirectory(directory))
    return make(fs)
  })
).pipe(Layer.provide(MemoryFileSystem.layer))
