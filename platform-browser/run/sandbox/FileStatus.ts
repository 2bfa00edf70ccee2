/**
 * What `stat` and `readdir` of `node:fs` tell of a file in memory.
 */
import type * as MemoryTree from "../../MemoryTree.ts"

const typeBits = { File: 0o100000, Directory: 0o040000, SymbolicLink: 0o120000 } as const

/** What `readdir` gives with `withFileTypes`, and half of what `stat` gives. */
class Kind {
  readonly #type: MemoryTree.Node["type"]
  constructor(type: MemoryTree.Node["type"]) {
    this.#type = type
  }
  isFile(): boolean {
    return this.#type === "File"
  }
  isDirectory(): boolean {
    return this.#type === "Directory"
  }
  isSymbolicLink(): boolean {
    return this.#type === "SymbolicLink"
  }
  isBlockDevice(): boolean {
    return false
  }
  isCharacterDevice(): boolean {
    return false
  }
  isFIFO(): boolean {
    return false
  }
  isSocket(): boolean {
    return false
  }
}

export class Dirent extends Kind {
  readonly name: string
  readonly parentPath: string
  readonly path: string
  constructor(name: string, parentPath: string, type: MemoryTree.Node["type"]) {
    super(type)
    this.name = name
    this.parentPath = parentPath
    this.path = parentPath
  }
}

export class Stats extends Kind {
  readonly dev = 1
  readonly ino: number
  readonly mode: number
  readonly nlink: number
  readonly uid: number
  readonly gid: number
  readonly rdev = 0
  readonly size: number
  readonly blksize = 4096
  readonly blocks: number
  readonly atimeMs: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly birthtimeMs: number
  readonly atime: Date
  readonly mtime: Date
  readonly ctime: Date
  readonly birthtime: Date
  constructor(node: MemoryTree.Node) {
    super(node.type)
    this.ino = node.ino
    this.mode = typeBits[node.type] | node.mode
    this.nlink = node.links
    this.uid = node.uid
    this.gid = node.gid
    this.size = node.type === "File" ? node.size : node.type === "SymbolicLink" ? node.target.length : 4096
    this.blocks = Math.ceil(this.size / 512)
    this.atimeMs = node.atime
    this.mtimeMs = node.mtime
    this.ctimeMs = node.mtime
    this.birthtimeMs = node.birthtime
    this.atime = new Date(node.atime)
    this.mtime = new Date(node.mtime)
    this.ctime = new Date(node.mtime)
    this.birthtime = new Date(node.birthtime)
  }
}
