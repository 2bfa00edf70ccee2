/**
 * Files and directories in memory, by absolute POSIX paths: no links, no users.
 */
import { FileFailure, type FileSource, type FileStatus } from "./FileSource.ts"

interface MemoryFile {
  readonly type: "file"
  bytes: Uint8Array
  mode: number
  modified: number
}

interface MemoryDirectory {
  readonly type: "directory"
  readonly entries: Map<string, MemoryFile | MemoryDirectory>
  mode: number
  modified: number
}

type Node = MemoryFile | MemoryDirectory

/** Why something cannot be done, in the words of a transport. */
export class MemoryFailure extends Error {
  readonly reason: "NotFound" | "AlreadyExists" | "Unavailable"
  constructor(reason: MemoryFailure["reason"], message: string) {
    super(message)
    this.name = "MemoryFailure"
    this.reason = reason
  }
}

const missing = (path: string): MemoryFailure => new MemoryFailure("NotFound", `There is nothing at ${path}`)

/** The names on the way from the root: `.` and `..` lead where they do in POSIX. */
const namesOf = (path: string): Array<string> => {
  const names: Array<string> = []
  for (const name of path.split("/")) {
    if (name === "..") names.pop()
    else if (name !== "" && name !== ".") names.push(name)
  }
  return names
}

const newDirectory = (mode: number): MemoryDirectory => ({ type: "directory", entries: new Map(), mode, modified: 0 })

export class MemoryFiles {
  readonly #root: MemoryDirectory = newDirectory(0o755)
  readonly #now: () => number

  /** `now`: milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now
  }

  #find(names: ReadonlyArray<string>): Node | undefined {
    let node: Node | undefined = this.#root
    for (const name of names) node = node?.type === "directory" ? node.entries.get(name) : undefined
    return node
  }

  #get(path: string): Node {
    const node = this.#find(namesOf(path))
    if (node === undefined) throw missing(path)
    return node
  }

  /** The directory that `path` is in, and its name there. */
  #place(path: string): readonly [MemoryDirectory, string] {
    const names = namesOf(path)
    const name = names.pop()
    const parent = this.#find(names)
    if (parent === undefined || name === undefined) throw missing(path)
    if (parent.type !== "directory") throw new MemoryFailure("Unavailable", `${path} is not in a directory`)
    return [parent, name]
  }

  /** The bytes themselves, not a copy. */
  read(path: string): Uint8Array {
    const node = this.#get(path)
    if (node.type !== "file") throw new MemoryFailure("Unavailable", `${path} is a directory`)
    return node.bytes
  }

  /** Keeps `bytes` as they are. A file that is there is replaced. */
  write(path: string, bytes: Uint8Array, mode: number): void {
    const [parent, name] = this.#place(path)
    if (parent.entries.get(name)?.type === "directory") {
      throw new MemoryFailure("Unavailable", `${path} is a directory`)
    }
    parent.entries.set(name, { type: "file", bytes, mode, modified: this.#now() })
  }

  makeDirectory(path: string, mode: number, options: { readonly isNew: boolean }): void {
    if (options.isNew) {
      const [parent, name] = this.#place(path)
      if (parent.entries.has(name)) throw new MemoryFailure("AlreadyExists", `${path} exists`)
      parent.entries.set(name, { ...newDirectory(mode), modified: this.#now() })
      return
    }
    let node: Node = this.#root
    for (const name of namesOf(path)) {
      if (node.type !== "directory") throw new MemoryFailure("Unavailable", `${path} leads through a file`)
      const next: Node = node.entries.get(name) ?? { ...newDirectory(mode), modified: this.#now() }
      node.entries.set(name, next)
      node = next
    }
    if (node.type !== "directory") throw new MemoryFailure("AlreadyExists", `${path} is a file`)
  }

  list(path: string): Array<string> {
    const node = this.#get(path)
    if (node.type !== "directory") throw new MemoryFailure("NotFound", `${path} is not a directory`)
    return [...node.entries.keys()]
  }

  /** Without `.` and `..`. */
  realPath(path: string): string {
    this.#get(path)
    return `/${namesOf(path).join("/")}`
  }

  exists(path: string): boolean {
    return this.#find(namesOf(path)) !== undefined
  }

  remove(path: string): void {
    if (!this.exists(path)) return
    const [parent, name] = this.#place(path)
    parent.entries.delete(name)
  }

  status(path: string): FileStatus {
    const { mode, modified, type, ...node } = this.#get(path)
    return {
      type,
      size: "bytes" in node ? node.bytes.length : 0,
      modified: Math.floor(modified / 1000),
      mode
    }
  }

  /** The same files for the cluster file functions. */
  readonly source: FileSource = {
    readDirectory: (path) =>
      this.#asked(path, () => {
        const node = this.#get(path)
        if (node.type !== "directory") throw new FileFailure("NotADirectory", path)
        return [...node.entries].map(([name, { type }]) => ({ name, type }))
      }),
    stat: (path) => this.#asked(path, () => this.status(path)),
    lstat: (path) => this.#asked(path, () => this.status(path))
  }

  async #asked<A>(path: string, answer: () => A): Promise<A> {
    try {
      return answer()
    } catch (cause) {
      if (cause instanceof MemoryFailure) {
        throw new FileFailure(cause.reason === "NotFound" ? "NotFound" : "Unavailable", path, cause)
      }
      throw cause
    }
  }
}
