/**
 * A file in memory, opened.
 */
import * as Error from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as MemoryTree from "./MemoryTree.ts"

/** The error that `FileSystem` gives for a fault. */
export const systemError = (method: string, { code, path, reason }: MemoryTree.Fault): Error.SystemError =>
  new Error.SystemError({
    reason,
    module: "FileSystem",
    method,
    pathOrDescriptor: path,
    description: `${code}: ${path}`
  })

const typeBits = { File: 0o100000, Directory: 0o040000, SymbolicLink: 0o120000 } as const

/** What `stat` tells. */
export const info = (node: MemoryTree.Node): FileSystem.File.Info => {
  const size = node.type === "File" ? node.size : node.type === "SymbolicLink" ? node.target.length : 0
  return {
    type: node.type,
    mtime: Option.some(new Date(node.mtime)),
    atime: Option.some(new Date(node.atime)),
    birthtime: Option.some(new Date(node.birthtime)),
    dev: 1,
    rdev: Option.some(0),
    ino: Option.some(node.ino),
    mode: typeBits[node.type] | node.mode,
    nlink: Option.some(node.links),
    uid: Option.some(node.uid),
    gid: Option.some(node.gid),
    size: FileSystem.Size(size),
    blksize: Option.some(FileSystem.Size(4096)),
    blocks: Option.some(Math.ceil(size / 512))
  }
}

/** An open file. Its position is its own; reads and writes of one handle come one after the other. */
export const open = (
  node: MemoryTree.FileNode,
  descriptor: number,
  flag: FileSystem.OpenFlag,
  changed: () => void
): FileSystem.File => {
  let position = 0
  const append = flag.startsWith("a")
  const readable = flag === "r" || flag.includes("+")
  const writable = flag !== "r"
  const allowed = (method: string, ok: boolean): Effect.Effect<void, Error.PlatformError> =>
    ok ? Effect.void : Effect.fail(systemError(method, { reason: "Unknown", code: "EBADF", path: String(descriptor) }))
  const write = (method: string, data: Uint8Array) =>
    Effect.zipRight(
      allowed(method, writable),
      Effect.map(Clock.currentTimeMillis, (now) => {
        MemoryTree.write(node, data, append ? node.size : position, now)
        if (!append) position += data.length
        changed()
        return FileSystem.Size(data.length)
      })
    )
  return {
    [FileSystem.FileTypeId]: FileSystem.FileTypeId,
    fd: FileSystem.FileDescriptor(descriptor),
    stat: Effect.sync(() => info(node)),
    sync: Effect.void,
    seek: (offset, from) =>
      Effect.sync(() => {
        position = from === "start" ? Number(offset) : position + Number(offset)
      }),
    read: (buffer) =>
      Effect.zipRight(
        allowed("read", readable),
        Effect.sync(() => {
          const data = MemoryTree.read(node, position, buffer.length)
          buffer.set(data)
          position += data.length
          return FileSystem.Size(data.length)
        })
      ),
    readAlloc: (size) =>
      Effect.zipRight(
        allowed("readAlloc", readable),
        Effect.sync(() => {
          const data = MemoryTree.read(node, position, Number(size))
          position += data.length
          return data.length === 0 ? Option.none() : Option.some(data)
        })
      ),
    truncate: (length) =>
      Effect.zipRight(
        allowed("truncate", writable),
        Effect.map(Clock.currentTimeMillis, (now) => {
          const size = Number(length ?? 0)
          MemoryTree.resize(node, size, now)
          if (!append) position = Math.min(position, size)
          changed()
        })
      ),
    write: (buffer) => write("write", buffer),
    writeAll: (buffer) => Effect.asVoid(write("writeAll", buffer))
  }
}
