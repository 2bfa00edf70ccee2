/**
 * The nine functions, over any {@link FileSource}. Every one that reads relative paths starts at `root`; `.clustrix` is
 * invisible to all; results are sorted by UTF-16 code unit; failures are {@link FileFailure}s.
 */
import * as ClusterPath from "./ClusterPath.ts"
import type { FileSource } from "./FileSource.ts"
import { FileFailure } from "./FileSource.ts"
import * as Glob from "./Glob.ts"
import * as Pattern from "./Pattern.ts"
import * as Walk from "./Walk.ts"

/** What a path is. Links are followed. */
export interface FileInfo {
  readonly name: string
  /** Absolute. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Seconds since 1970, whole. */
  readonly modified: number
  readonly isDir: boolean
  readonly isFile: boolean
  /** Permission bits in octal: `644`. */
  readonly permissions: string
}

/** What lies below a directory. 1 MB is 1024² bytes, 1 GB is 1024³. */
export interface DiskUsage {
  /** Absolute. */
  readonly path: string
  readonly totalBytes: number
  readonly totalMb: number
  readonly totalGb: number
  readonly fileCount: number
}

export interface ClusterFiles {
  /** Names of the entries of a directory, hidden ones too; of a file, its own name. Default: the root. */
  readonly ls: (path?: string) => Promise<ReadonlyArray<string>>
  /**
   * Absolute paths of the files (and links to files) at any depth below `path` whose name matches, hidden ones too, as `find
   * -name` does it. A pattern with `/` is matched against the path below `path`.
   */
  readonly find: (pattern?: string, path?: string) => Promise<ReadonlyArray<string>>
  readonly stat: (path: string) => Promise<FileInfo>
  /** Whether something is there; a link to nothing is not. */
  readonly exists: (path: string) => Promise<boolean>
  readonly isdir: (path: string) => Promise<boolean>
  readonly isfile: (path: string) => Promise<boolean>
  /** Absolute paths that match, as a shell expands it; `*` does not match a leading dot. */
  readonly glob: (pattern: string, path?: string) => Promise<ReadonlyArray<string>>
  /** Bytes and number of the files that `find("*", path)` finds; of a file, its own. */
  readonly du: (path?: string) => Promise<DiskUsage>
  /** How many files `find(pattern, path)` finds. */
  readonly countFiles: (path?: string, pattern?: string) => Promise<number>
}

export const make = (source: FileSource, rootDirectory: string): ClusterFiles => {
  const root = ClusterPath.normalize(rootDirectory)
  const locate = (path: string): string => {
    if (path.includes("\0")) throw new FileFailure("NotFound", path)
    return ClusterPath.visible(root, path)
  }
  /** A directory to walk; anything else is a failure that says so. */
  const directory = async (path: string): Promise<string> => {
    const resolved = locate(path)
    if ((await source.stat(resolved)).type !== "directory") throw new FileFailure("NotADirectory", resolved)
    return resolved
  }
  const typeOf = async (path: string) => {
    try {
      return (await source.stat(locate(path))).type
    } catch (failure) {
      if (failure instanceof FileFailure && failure.reason !== "PermissionDenied" && failure.reason !== "Unavailable") {
        return undefined
      }
      throw failure
    }
  }
  const find = async (pattern: string, path: string): Promise<ReadonlyArray<Walk.WalkedFile>> => {
    const base = await directory(path)
    const offset = base === "/" ? 1 : base.length + 1
    const whole = pattern.includes("/")
    const matches = Pattern.compile(whole ? pattern.replace(/^(?:\.\/)+/, "") : pattern, { dot: true })
    return Walk.walkFiles(source, base, {
      accepts: (file, name) => matches(whole ? file.slice(offset) : name),
      sizes: false
    })
  }
  return {
    ls: async (path = ".") => {
      const resolved = locate(path)
      if ((await source.stat(resolved)).type !== "directory") return [ClusterPath.basename(resolved)]
      const entries = await source.readDirectory(resolved)
      return entries.map(({ name }) => name).filter((name) => name !== ClusterPath.hiddenDirectory)
        .sort(ClusterPath.byCodeUnit)
    },
    find: async (pattern = "*", path = ".") => (await find(pattern, path)).map((file) => file.path),
    stat: async (path) => {
      const resolved = locate(path)
      const status = await source.stat(resolved)
      return {
        name: ClusterPath.basename(resolved),
        path: resolved,
        size: status.size,
        modified: status.modified,
        isDir: status.type === "directory",
        isFile: status.type === "file",
        permissions: (status.mode & 0o7777).toString(8).padStart(3, "0")
      }
    },
    exists: async (path) => await typeOf(path) !== undefined,
    isdir: async (path) => await typeOf(path) === "directory",
    isfile: async (path) => await typeOf(path) === "file",
    glob: (pattern, path = ".") => Glob.glob(source, locate(path), pattern),
    du: async (path = ".") => {
      const resolved = locate(path)
      const status = await source.stat(resolved)
      const files = status.type === "directory"
        ? await Walk.walkFiles(source, resolved, { accepts: () => true, sizes: true })
        : [{ status }]
      const totalBytes = files.reduce((sum, file) => sum + (file.status?.size ?? 0), 0)
      return {
        path: resolved,
        totalBytes,
        totalMb: totalBytes / 1024 ** 2,
        totalGb: totalBytes / 1024 ** 3,
        fileCount: files.length
      }
    },
    countFiles: async (path = ".", pattern = "*") => (await find(pattern, path)).length
  }
}
