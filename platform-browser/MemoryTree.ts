/**
 * Files, directories and links in memory, under POSIX paths.
 *
 * The rules are Linux's, for a user whom no permission stops. Nothing here is an effect: each operation happens at once
 * or answers with a {@link Fault}.
 */
import type { SystemErrorReason } from "@effect/platform/Error"
import * as Either from "effect/Either"

/** Why an operation was refused; `code` is the name that POSIX gives it. */
export interface Fault {
  readonly reason: SystemErrorReason
  readonly code: string
  readonly path: string
}

export type Result<A> = Either.Either<A, Fault>

/** Times in milliseconds since the epoch; `mode` holds the permission bits only. */
interface Inode {
  readonly ino: number
  mode: number
  uid: number
  gid: number
  atime: number
  mtime: number
  readonly birthtime: number
  /** Number of names that it has. */
  links: number
}

export interface FileNode extends Inode {
  readonly type: "File"
  /** Holds `size` bytes; what lies beyond is room to grow. */
  bytes: Uint8Array
  size: number
}

export interface DirectoryNode extends Inode {
  readonly type: "Directory"
  readonly children: Map<string, Node>
}

export interface LinkNode extends Inode {
  readonly type: "SymbolicLink"
  readonly target: string
}

export type Node = FileNode | DirectoryNode | LinkNode

/** A name in a directory, and what it stands for if it is taken. */
export interface Place {
  readonly parent: DirectoryNode
  readonly name: string
  /** Absolute, links in the directories above followed. */
  readonly path: string
  readonly node: Node | undefined
}

const reasons: Readonly<Record<string, SystemErrorReason>> = {
  ENOENT: "NotFound",
  EEXIST: "AlreadyExists",
  EISDIR: "BadResource",
  ENOTDIR: "BadResource",
  ELOOP: "BadResource"
}

export const fault = (code: string, path: string): Either.Either<never, Fault> =>
  Either.left({ reason: reasons[code] ?? "Unknown", code, path })

const segmentsOf = (path: string): ReadonlyArray<string> =>
  path.split("/").filter((segment) => segment !== "" && segment !== ".")

/** Links that may be followed on one way, as on Linux. */
const linkLimit = 40

export class MemoryTree {
  readonly root: DirectoryNode
  #nextIno = 1

  constructor(now: number) {
    this.root = { ...this.#inode(0o755, now), type: "Directory", children: new Map() }
  }

  #inode(mode: number, now: number): Inode {
    const ino = this.#nextIno++
    return { ino, mode: mode & 0o7777, uid: 0, gid: 0, atime: now, mtime: now, birthtime: now, links: 1 }
  }

  newFile(mode: number, now: number): FileNode {
    return { ...this.#inode(mode, now), type: "File", bytes: new Uint8Array(0), size: 0 }
  }

  newDirectory(mode: number, now: number): DirectoryNode {
    return { ...this.#inode(mode, now), type: "Directory", children: new Map() }
  }

  newLink(target: string, now: number): LinkNode {
    return { ...this.#inode(0o777, now), type: "SymbolicLink", target }
  }

  /**
   * The place that `path` names; a relative path begins at the root. With `follow`, a link in the last place is followed,
   * to a place that may be empty. Fails where a directory above is missing or is none.
   */
  place(path: string, follow: boolean): Result<Place> {
    if (path === "") return fault("ENOENT", path)
    let segments = segmentsOf(path)
    const wantsDirectory = /\/\.?$/.test(path)
    const above: Array<{ directory: DirectoryNode; name: string }> = []
    let directory = this.root
    let followed = 0
    const pathOf = (name: string): string =>
      above.map((each) => `/${each.name}`).join("") + (name === "" && above.length > 0 ? "" : `/${name}`)
    for (let index = 0; index < segments.length; index++) {
      const name = segments[index] ?? ""
      if (name === "..") {
        directory = above.pop()?.directory ?? this.root
        continue
      }
      const node = directory.children.get(name)
      const last = index === segments.length - 1
      if (node?.type === "SymbolicLink" && (!last || follow || wantsDirectory)) {
        if (++followed > linkLimit) return fault("ELOOP", path)
        if (node.target.startsWith("/")) {
          above.length = 0
          directory = this.root
        }
        segments = [...segmentsOf(node.target), ...segments.slice(index + 1)]
        index = -1
        continue
      }
      if (last) {
        if (node?.type === "File" && wantsDirectory) return fault("ENOTDIR", path)
        return Either.right({ parent: directory, name, path: pathOf(name), node })
      }
      if (node === undefined) return fault("ENOENT", path)
      if (node.type !== "Directory") return fault("ENOTDIR", path)
      above.push({ directory, name })
      directory = node
    }
    const up = above.at(-1)
    return Either.right({ parent: up?.directory ?? this.root, name: up?.name ?? "", path: pathOf(""), node: directory })
  }

  /** What `path` names, links followed, with its real path. */
  find(path: string): Result<{ readonly node: FileNode | DirectoryNode; readonly path: string }> {
    return Either.flatMap(
      this.place(path, true),
      (place) =>
        place.node === undefined || place.node.type === "SymbolicLink"
          ? fault("ENOENT", path)
          : Either.right({ node: place.node, path: place.path })
    )
  }

  file(path: string): Result<FileNode> {
    return Either.flatMap(
      this.find(path),
      ({ node }) => node.type === "File" ? Either.right(node) : fault("EISDIR", path)
    )
  }

  directory(path: string): Result<DirectoryNode> {
    return Either.flatMap(
      this.find(path),
      ({ node }) => node.type === "Directory" ? Either.right(node) : fault("ENOTDIR", path)
    )
  }

  /** Puts `node` under a name. */
  put(place: Place, node: Node, now: number): void {
    place.parent.children.set(place.name, node)
    place.parent.mtime = now
  }

  /** Takes a name away. */
  take(place: Place, now: number): void {
    if (place.parent.children.delete(place.name) && place.node !== undefined) place.node.links -= 1
    place.parent.mtime = now
  }

  makeDirectory(path: string, recursive: boolean, mode: number, now: number): Result<ReadonlyArray<string>> {
    const made: Array<string> = []
    const at = (target: string): Result<void> =>
      Either.flatMap(this.place(target, true), (place) => {
        if (place.node !== undefined) {
          return recursive && place.node.type === "Directory" ? Either.void : fault("EEXIST", path)
        }
        this.put(place, this.newDirectory(mode, now), now)
        made.push(place.path)
        return Either.void
      })
    if (!recursive) return Either.map(at(path), () => made)
    const segments = path.split("/").filter((segment) => segment !== "")
    for (let length = 1; length <= segments.length; length++) {
      const done = at(`/${segments.slice(0, length).join("/")}`)
      // Below a file: what mkdir -p says there.
      if (Either.isLeft(done)) {
        return length < segments.length && done.left.code === "EEXIST" ? fault("ENOTDIR", path) : Either.left(done.left)
      }
    }
    return Either.right(made)
  }

  remove(
    path: string,
    options: { readonly recursive: boolean; readonly force: boolean },
    now: number
  ): Result<string | undefined> {
    const place = this.place(path, false)
    if (Either.isLeft(place)) {
      return options.force && place.left.code === "ENOENT" ? Either.right(undefined) : Either.left(place.left)
    }
    const { node } = place.right
    if (node === undefined) return options.force ? Either.right(undefined) : fault("ENOENT", path)
    if (node.type === "Directory" && !options.recursive) return fault("ERR_FS_EISDIR", path)
    if (node === this.root) return fault("EBUSY", path)
    this.take(place.right, now)
    return Either.right(place.right.path)
  }

  rename(from: string, to: string, now: number): Result<readonly [from: Place, to: Place]> {
    return Either.flatMap(
      this.place(from, false),
      (source) =>
        Either.flatMap(this.place(to, false), (target): Result<readonly [from: Place, to: Place]> => {
          const moved = source.node
          if (moved === undefined) return fault("ENOENT", from)
          const old = target.node
          if (moved === old) return Either.right([source, target])
          if (moved.type === "Directory" && `${target.path}/`.startsWith(`${source.path}/`)) {
            return fault("EINVAL", from)
          }
          if (old?.type === "Directory" && moved.type !== "Directory") {
            return fault("EISDIR", to)
          }
          if (old !== undefined && old.type !== "Directory" && moved.type === "Directory") return fault("ENOTDIR", to)
          if (old?.type === "Directory" && old.children.size > 0) return fault("ENOTEMPTY", to)
          if (old !== undefined) old.links -= 1
          source.parent.children.delete(source.name)
          source.parent.mtime = now
          this.put(target, moved, now)
          return Either.right([source, target])
        })
    )
  }
}

/** Makes room so that `size` bytes fit, doubling: appending stays linear. */
const reserve = (file: FileNode, size: number): void => {
  if (file.bytes.length >= size) return
  const grown = new Uint8Array(Math.max(size, file.bytes.length * 2))
  grown.set(file.bytes.subarray(0, file.size))
  file.bytes = grown
}

/** Sets the length of a file; what is added is zero. */
export const resize = (file: FileNode, size: number, now: number): void => {
  reserve(file, size)
  if (size < file.size) file.bytes.fill(0, size, file.size)
  file.size = size
  file.mtime = now
}

/** Writes `data` at `offset`, filling a gap before it with zeros. */
export const write = (file: FileNode, data: Uint8Array, offset: number, now: number): void => {
  reserve(file, offset + data.length)
  file.bytes.set(data, offset)
  file.size = Math.max(file.size, offset + data.length)
  file.mtime = now
}

/** A copy of what stands from `offset` on, at most `length` bytes. */
export const read = (file: FileNode, offset: number, length: number): Uint8Array =>
  file.bytes.slice(Math.min(offset, file.size), Math.min(offset + length, file.size))
