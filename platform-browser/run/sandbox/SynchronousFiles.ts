/**
 * The synchronous functions of `node:fs` over the files of a run.
 */
// oxlint-disable-next-line no-restricted-imports -- the npm package of this name
import { Buffer } from "buffer/"
import * as Either from "effect/Either"
import path from "path-browserify"
import * as MemoryTree from "../../MemoryTree.ts"
import { fileError, type Files, pathText } from "./Files.ts"
import { Dirent, Stats } from "./FileStatus.ts"

type Encoding = string | undefined

interface Options {
  readonly encoding?: string | null
  readonly flag?: string
  readonly mode?: number
  readonly recursive?: boolean
  readonly force?: boolean
  readonly withFileTypes?: boolean
  readonly throwIfNoEntry?: boolean
  readonly bigint?: boolean
}

const optionsOf = (options: unknown): Options =>
  typeof options === "string" ? { encoding: options }
    : typeof options === "object" && options !== null ? options as Options // as Node documents them
    : {}

const decoded = (bytes: Uint8Array, encoding: Encoding | null): unknown => {
  const buffer = Buffer.from(bytes)
  return encoding === undefined || encoding === null || encoding === "buffer" ? buffer
    : buffer.toString(encoding as "utf8") // Buffer refuses what it does not know
}

const encoded = (data: unknown, encoding: Encoding | null): Uint8Array => {
  if (typeof data === "string") return Buffer.from(data, (encoding ?? "utf8") as "utf8") // see above
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  throw Object.assign(
    new TypeError(
      `The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView. Received ${
        data === null ? "null" : `type ${typeof data}`
      }`
    ),
    { code: "ERR_INVALID_ARG_TYPE" }
  )
}

export const constants = {
  F_OK: 0,
  X_OK: 1,
  W_OK: 2,
  R_OK: 4,
  COPYFILE_EXCL: 1,
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 64,
  O_EXCL: 128,
  O_TRUNC: 512,
  O_APPEND: 1024
}

interface Opened {
  readonly node: MemoryTree.FileNode
  readonly flag: string
  position: number
}

/** All of them; the other faces of the module are made of these. */
export const make = (files: Files) => {
  const { tree } = files
  const descriptors = new Map<number, Opened>()
  let nextDescriptor = 3
  let temporary = 0

  const openedAt = (fd: unknown, syscall: string): Opened => {
    const opened = typeof fd === "number" ? descriptors.get(fd) : undefined
    if (opened === undefined) throw fileError("EBADF", syscall)
    return opened
  }

  /** The file that a program opens with `flag`; made where the flag says so. */
  const fileFor = (file: string, flag: string, mode = 0o666): MemoryTree.FileNode =>
    files.run(
      "open",
      file,
      (at, now) =>
        Either.flatMap(tree.place(at, true), (place): MemoryTree.Result<MemoryTree.FileNode> => {
          if (place.node?.type === "Directory") return MemoryTree.fault("EISDIR", at)
          if (place.node?.type === "File") {
            if (flag.includes("x")) return MemoryTree.fault("EEXIST", at)
            if (flag.startsWith("w")) MemoryTree.resize(place.node, 0, now)
            return Either.right(place.node)
          }
          if (flag.startsWith("r")) return MemoryTree.fault("ENOENT", at)
          const node = tree.newFile(mode & ~0o022, now)
          tree.put(place, node, now)
          return Either.right(node)
        })
    )

  const readFile = (file: unknown, options?: unknown): unknown => {
    const { encoding, flag = "r" } = optionsOf(options)
    if (typeof file === "number") {
      const { node } = openedAt(file, "read")
      return decoded(MemoryTree.read(node, 0, node.size), encoding)
    }
    // Node opens a directory, and fails as it reads
    const text = pathText(file)
    const found = tree.find(files.absolute(text))
    if (Either.isRight(found) && found.right.node.type === "Directory") throw fileError("EISDIR", "read")
    const node = fileFor(text, flag)
    return decoded(MemoryTree.read(node, 0, node.size), encoding)
  }

  const writeFile = (file: unknown, data: unknown, options?: unknown): void => {
    const { encoding, flag = "w", mode } = optionsOf(options)
    const bytes = encoded(data, encoding)
    const node = typeof file === "number" ? openedAt(file, "write").node : fileFor(pathText(file), flag, mode)
    MemoryTree.write(node, bytes, flag.startsWith("a") ? node.size : 0, Date.now())
  }

  const stat = (syscall: string, follow: boolean) => (file: unknown, options?: unknown): Stats | undefined => {
    const text = pathText(file)
    try {
      return files.run(
        syscall,
        text,
        (at) =>
          Either.flatMap(
            tree.place(at, follow),
            ({ node }) => node === undefined ? MemoryTree.fault("ENOENT", at) : Either.right(new Stats(node))
          )
      )
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined
      if (optionsOf(options).throwIfNoEntry === false && (code === "ENOENT" || code === "ENOTDIR")) return undefined
      throw error
    }
  }

  const list = (file: string, directory: string, recursive: boolean): Array<Dirent> =>
    files.run(
      "scandir",
      file,
      (at) =>
        Either.map(tree.directory(at), (node) =>
          [...node.children].sort(([a], [b]) =>
            a < b ? -1 : 1
          ).flatMap(([name, child]) => {
            const entry = new Dirent(name, directory, child.type)
            return recursive && child.type === "Directory"
              ? [entry, ...list(`${file}/${name}`, path.join(directory, name), true)]
              : [entry]
          }))
    )

  const functions = {
    readFileSync: readFile,
    writeFileSync: writeFile,
    appendFileSync: (file: unknown, data: unknown, options?: unknown): void =>
      writeFile(file, data, { flag: "a", ...optionsOf(options) }),
    existsSync: (file: unknown): boolean => {
      try {
        return Either.isRight(tree.find(files.absolute(pathText(file))))
      } catch {
        return false
      }
    },
    accessSync: (file: unknown): void => {
      files.run("access", pathText(file), (at) => tree.find(at))
    },
    statSync: stat("stat", true),
    lstatSync: stat("lstat", false),
    fstatSync: (fd: unknown): Stats => new Stats(openedAt(fd, "fstat").node),
    readdirSync: (file: unknown, options?: unknown): ReadonlyArray<unknown> => {
      const { recursive = false, withFileTypes = false } = optionsOf(options)
      const text = pathText(file)
      const entries = list(text, text, recursive)
      return withFileTypes ? entries
        : entries.map((entry) => path.relative(text, path.join(entry.parentPath, entry.name)))
    },
    mkdirSync: (file: unknown, options?: unknown): string | undefined => {
      const { mode = 0o777, recursive = false } = typeof options === "number" ? { mode: options } : optionsOf(options)
      const made = files.run(
        "mkdir",
        pathText(file),
        (at, now) => tree.makeDirectory(at, recursive, mode & ~0o022, now)
      )
      return recursive ? made[0] : undefined
    },
    mkdtempSync: (prefix: unknown): string => {
      for (;;) {
        temporary += 1
        const made = `${pathText(prefix)}${String(temporary).padStart(6, "0")}`
        if (Either.isRight(tree.find(files.absolute(made)))) continue
        files.run("mkdtemp", made, (at, now) => tree.makeDirectory(at, false, 0o700, now))
        return made
      }
    },
    rmSync: (file: unknown, options?: unknown): void => {
      const { force = false, recursive = false } = optionsOf(options)
      files.run("rm", pathText(file), (at, now) => tree.remove(at, { recursive, force }, now))
    },
    rmdirSync: (file: unknown): void => {
      files.run(
        "rmdir",
        pathText(file),
        (at, now) =>
          Either.flatMap(tree.directory(at), (node) =>
            node.children.size > 0 ? MemoryTree.fault("ENOTEMPTY", at)
              : tree.remove(at, { recursive: true, force: false }, now))
      )
    },
    unlinkSync: (file: unknown): void => {
      files.run("unlink", pathText(file), (at, now) => tree.remove(at, { recursive: false, force: false }, now))
    },
    renameSync: (from: unknown, to: unknown): void => {
      const target = pathText(to)
      files.run("rename", pathText(from), (at, now) => tree.rename(at, files.absolute(target), now), target)
    },
    copyFileSync: (from: unknown, to: unknown, mode = 0): void => {
      const node = fileFor(pathText(from), "r")
      const copy = fileFor(pathText(to), (mode & constants.COPYFILE_EXCL) === 0 ? "w" : "wx", node.mode)
      MemoryTree.write(copy, MemoryTree.read(node, 0, node.size), 0, Date.now())
    },
    symlinkSync: (target: unknown, file: unknown): void => {
      const text = pathText(target)
      files.run(
        "symlink",
        pathText(file),
        (at, now) =>
          Either.flatMap(tree.place(at, false), (place): MemoryTree.Result<void> => {
            if (place.node !== undefined) return MemoryTree.fault("EEXIST", at)
            tree.put(place, tree.newLink(text, now), now)
            return Either.void
          })
      )
    },
    readlinkSync: (file: unknown): string =>
      files.run(
        "readlink",
        pathText(file),
        (at) =>
          Either.flatMap(tree.place(at, false), ({ node }) =>
            node?.type === "SymbolicLink" ? Either.right(node.target)
              : MemoryTree.fault(node === undefined ? "ENOENT" : "EINVAL", at))
      ),
    realpathSync: (file: unknown): string =>
      files.run("realpath", pathText(file), (at) => Either.map(tree.find(at), (found) => found.path)),
    truncateSync: (file: unknown, length = 0): void => {
      MemoryTree.resize(fileFor(pathText(file), "r+"), length, Date.now())
    },
    ftruncateSync: (fd: unknown, length = 0): void => {
      MemoryTree.resize(openedAt(fd, "ftruncate").node, length, Date.now())
    },
    chmodSync: (file: unknown, mode: unknown): void => {
      files.run("chmod", pathText(file), (at) =>
        Either.map(tree.find(at), ({ node }) => {
          node.mode = (typeof mode === "string" ? Number.parseInt(mode, 8) : Number(mode)) & 0o7777
        }))
    },
    utimesSync: (file: unknown, atime: unknown, mtime: unknown): void => {
      const millis = (time: unknown): number => time instanceof Date ? time.getTime() : Number(time) * 1000
      files.run("utime", pathText(file), (at) =>
        Either.map(tree.find(at), ({ node }) => {
          node.atime = millis(atime)
          node.mtime = millis(mtime)
        }))
    },
    openSync: (file: unknown, flag: unknown = "r", mode?: number): number => {
      const flags = typeof flag === "string" ? flag : "r"
      descriptors.set(nextDescriptor, { node: fileFor(pathText(file), flags, mode), flag: flags, position: 0 })
      return nextDescriptor++
    },
    closeSync: (fd: unknown): void => {
      openedAt(fd, "close")
      descriptors.delete(Number(fd))
    },
    fsyncSync: (fd: unknown): void => {
      openedAt(fd, "fsync")
    },
    readSync: (
      fd: unknown,
      buffer: Uint8Array,
      offset = 0,
      length = buffer.byteLength - offset,
      position?: number | null
    ) => {
      const opened = openedAt(fd, "read")
      const bytes = MemoryTree.read(opened.node, position ?? opened.position, length)
      buffer.set(bytes, offset)
      if (position === undefined || position === null) opened.position += bytes.length
      return bytes.length
    },
    writeSync: (fd: unknown, data: unknown, offset?: unknown, length?: unknown, position?: unknown): number => {
      const opened = openedAt(fd, "write")
      const isText = typeof data === "string"
      const all = encoded(data, isText && typeof length === "string" ? length : undefined)
      const start = isText ? 0 : Number(offset ?? 0)
      const bytes = isText ? all : all.subarray(start, start + Number(length ?? all.length - start))
      const given = isText ? offset : position
      const at = opened.flag.startsWith("a") ? opened.node.size : typeof given === "number" ? given : opened.position
      MemoryTree.write(opened.node, bytes, at, Date.now())
      if (typeof given !== "number") opened.position = at + bytes.length
      return bytes.length
    }
  }
  return functions
}
