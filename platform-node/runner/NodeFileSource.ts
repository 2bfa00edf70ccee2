/**
 * This machine's files for the nine functions. Used by the service layer and, bundled, inside jobs.
 */
import * as fs from "node:fs/promises"
import type { FileSource, FileStatus, FileType } from "../../core/cluster/filesystem/FileSource.ts"
import { FileFailure } from "../../core/cluster/filesystem/FileSource.ts"

interface Kinds {
  readonly isFile: () => boolean
  readonly isDirectory: () => boolean
  readonly isSymbolicLink: () => boolean
}

const typeOf = (kinds: Kinds): FileType =>
  kinds.isSymbolicLink() ? "symlink" : kinds.isDirectory() ? "directory" : kinds.isFile() ? "file" : "other"

const failure = (path: string) => (cause: unknown): never => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  const reason = code === "ENOENT" || code === "ENAMETOOLONG"
    ? "NotFound"
    : code === "ENOTDIR"
    ? "NotADirectory"
    : code === "EACCES" || code === "EPERM"
    ? "PermissionDenied"
    : code === "ELOOP"
    ? "TooManyLinks"
    : "Unavailable"
  throw new FileFailure(reason, path, cause)
}

const status = (
  stats: Kinds & { readonly size: number; readonly mtimeMs: number; readonly mode: number; readonly uid: number }
): FileStatus => ({
  type: typeOf(stats),
  size: stats.size,
  modified: Math.floor(stats.mtimeMs / 1000),
  mode: stats.mode,
  owner: stats.uid
})

export const nodeFileSource: FileSource = {
  readDirectory: async (path) => {
    const entries = await fs.readdir(path, { withFileTypes: true }).catch(failure(path))
    return entries.map((entry) => ({ name: entry.name, type: typeOf(entry) }))
  },
  stat: async (path) => status(await fs.stat(path).catch(failure(path))),
  lstat: async (path) => status(await fs.lstat(path).catch(failure(path)))
}
