/**
 * The little that the nine functions ask of a file system: this machine's, an SFTP server's, a map in memory. Promises,
 * not Effects, because the functions run inside jobs too, where no Effect is.
 */

/** What a directory entry or a path is. `other`: devices, sockets, pipes. */
export type FileType = "file" | "directory" | "symlink" | "other"

export interface DirectoryEntry {
  readonly name: string
  readonly type: FileType
  /** Of the entry itself, not of what a link leads to, where the listing has it for nothing. */
  readonly status?: FileStatus
}

export interface FileStatus {
  readonly type: FileType
  /** Bytes. */
  readonly size: number
  /** Seconds since 1970, whole: SFTP knows no finer. */
  readonly modified: number
  /** The nine permission bits and the three above them. */
  readonly mode: number
  /** The number of the user whom it belongs to, where the file system knows users. */
  readonly owner?: number | undefined
}

export type FileFailureReason = "NotFound" | "PermissionDenied" | "NotADirectory" | "TooManyLinks" | "Unavailable"

/** Why a path could not be read. `Unavailable`: anything else, such as a broken disk or connection; `cause` says. */
export class FileFailure extends Error {
  readonly reason: FileFailureReason
  readonly path: string
  constructor(reason: FileFailureReason, path: string, cause?: unknown) {
    super(`${path}: ${reasons[reason]}`, { cause })
    this.name = "FileFailure"
    this.reason = reason
    this.path = path
  }
}

const reasons: Readonly<Record<FileFailureReason, string>> = {
  NotFound: "there is nothing of that name",
  PermissionDenied: "permission denied",
  NotADirectory: "it is not a directory",
  TooManyLinks: "its symbolic links lead in a circle",
  Unavailable: "it cannot be read"
}

/** Absolute paths with `/`, everywhere. Every method rejects with {@link FileFailure} only. */
export interface FileSource {
  /** Entries without `.` and `..`, in any order. */
  readonly readDirectory: (path: string) => Promise<ReadonlyArray<DirectoryEntry>>
  /** Follows symbolic links. */
  readonly stat: (path: string) => Promise<FileStatus>
  /** Does not follow a link at the end of the path. */
  readonly lstat: (path: string) => Promise<FileStatus>
}
