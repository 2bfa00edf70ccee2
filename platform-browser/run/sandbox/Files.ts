/**
 * The files of a run: a tree in memory with the current directory, and faults as Node's errors.
 */
import * as Either from "effect/Either"
import path from "path-browserify"
import * as MemoryTree from "../../MemoryTree.ts"

/** As libuv words and numbers them on Linux. */
const faults: Readonly<Record<string, readonly [errno: number, words: string]>> = {
  ENOENT: [-2, "no such file or directory"],
  EBADF: [-9, "bad file descriptor"],
  EEXIST: [-17, "file already exists"],
  ENOTDIR: [-20, "not a directory"],
  EISDIR: [-21, "illegal operation on a directory"],
  EINVAL: [-22, "invalid argument"],
  ENOTEMPTY: [-39, "directory not empty"],
  ELOOP: [-40, "too many symbolic links encountered"],
  EBUSY: [-16, "resource busy or locked"]
}

/** The error that Node gives. `dest` is the second path of a call that has two. */
export const fileError = (code: string, syscall: string, file?: string, dest?: string): Error => {
  const [errno, words] = faults[code] ?? [-1, "operation not permitted"]
  const paths = file === undefined ? "" : dest === undefined ? ` '${file}'` : ` '${file}' -> '${dest}'`
  return Object.assign(new Error(`${code}: ${words}, ${syscall}${paths}`), {
    errno,
    code,
    syscall,
    ...(file === undefined ? {} : { path: file }),
    ...(dest === undefined ? {} : { dest })
  })
}

/** What names a file: text, a `file:` URL, bytes. */
export type PathLike = string | URL | Uint8Array

export const pathText = (value: unknown): string => {
  if (typeof value === "string") return value
  if (value instanceof Uint8Array) return new TextDecoder().decode(value)
  if (value instanceof URL && value.protocol === "file:") return decodeURIComponent(value.pathname)
  throw Object.assign(
    new TypeError(
      `The "path" argument must be of type string or an instance of Buffer or URL. Received ${
        value instanceof URL ? `the URL ${value.href}` : typeof value
      }`
    ),
    { code: value instanceof URL ? "ERR_INVALID_URL_SCHEME" : "ERR_INVALID_ARG_TYPE" }
  )
}

export class Files {
  readonly tree = new MemoryTree.MemoryTree(Date.now())
  directory = "/"

  absolute(file: string): string {
    // The tree reads `..` behind links as Linux does, so nothing is normalised
    return file.startsWith("/") ? file : `${this.directory}/${file}`
  }

  /** Runs an operation of the tree on the path that the program wrote. */
  run<A>(
    syscall: string,
    file: string,
    operation: (path: string, now: number) => MemoryTree.Result<A>,
    dest?: string
  ): A {
    if (file.includes("\0")) {
      throw Object.assign(new TypeError("The argument 'path' must be a string without null bytes"), {
        code: "ERR_INVALID_ARG_VALUE"
      })
    }
    const result = file === "" ? MemoryTree.fault("ENOENT", file) : operation(this.absolute(file), Date.now())
    if (Either.isRight(result)) return result.right
    throw fileError(result.left.code === "ERR_FS_EISDIR" ? "EISDIR" : result.left.code, syscall, file, dest)
  }

  /** A file with its directories, for what is there before the program starts. */
  provide(file: string, bytes: Uint8Array): void {
    this.run("mkdir", path.dirname(file), (at, now) => this.tree.makeDirectory(at, true, 0o755, now))
    this.run("open", file, (at, now) =>
      Either.map(this.tree.place(at, true), (place) => {
        const node = this.tree.newFile(0o644, now)
        MemoryTree.write(node, bytes, 0, now)
        this.tree.put(place, node, now)
      }))
  }

  chdir(directory: string): void {
    this.directory = this.run(
      "chdir",
      directory,
      (at) =>
        Either.flatMap(
          this.tree.find(at),
          ({ node, path }) => node.type === "Directory" ? Either.right(path) : MemoryTree.fault("ENOTDIR", at)
        )
    )
  }
}
