/**
 * The files behind an SFTP channel for the nine functions.
 */
import type { SFTPWrapper, Stats } from "ssh2"
import type { FileSource, FileStatus, FileType } from "../../core/cluster-filesystem/FileSource.ts"
import { FileFailure } from "../../core/cluster-filesystem/FileSource.ts"
import * as Sftp from "./Sftp.ts"

const typeOf = (stats: Stats): FileType =>
  stats.isSymbolicLink() ? "symlink" : stats.isDirectory() ? "directory" : stats.isFile() ? "file" : "other"

const statusOf = (stats: Stats): FileStatus => ({
  type: typeOf(stats),
  size: stats.size,
  modified: stats.mtime,
  mode: stats.mode
})

const codeOf = (cause: unknown): unknown =>
  typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined

/** Generic failure, and a message that is too long for the server: both need a closer look. */
const isVague = (cause: unknown): boolean => codeOf(cause) === 4 || codeOf(cause) === 5

/** What is wrong with a path of which the server says nothing but "failure". */
const diagnose = async (sftp: SFTPWrapper, path: string): Promise<FileFailure["reason"]> => {
  const parts = path.split("/").slice(1)
  if (parts.some((part) => Buffer.byteLength(part) > 255) || Buffer.byteLength(path) > 4096) return "NotFound"
  for (let length = 1; length < parts.length; length += 1) {
    const above = await Sftp.stat(sftp, `/${parts.slice(0, length).join("/")}`).catch(() => undefined)
    if (above === undefined) return "TooManyLinks"
    if (!above.isDirectory()) return "NotADirectory"
  }
  const own = await Sftp.lstat(sftp, path).catch(() => undefined)
  // What is there and cannot be followed leads in a circle; what can be followed was to be listed and is no directory
  if (own?.isSymbolicLink() === true && !await Sftp.stat(sftp, path).then(() => true, () => false)) {
    return "TooManyLinks"
  }
  return own !== undefined && !own.isDirectory() ? "NotADirectory" : "Unavailable"
}

const failure = async (sftp: SFTPWrapper, path: string, cause: unknown): Promise<never> => {
  const reason = codeOf(cause) === 2
    ? "NotFound"
    : codeOf(cause) === 3
    ? "PermissionDenied"
    : isVague(cause)
    ? await diagnose(sftp, path)
    : "Unavailable"
  throw new FileFailure(reason, path, cause)
}

/** `channel` gives the channel that is open now; it may be another one each time. */
export const make = (channel: () => Promise<SFTPWrapper>): FileSource => {
  const ask = async <A>(path: string, act: (sftp: SFTPWrapper) => Promise<A>): Promise<A> => {
    const sftp = await channel().catch((cause: unknown) => {
      throw new FileFailure("Unavailable", path, cause)
    })
    return act(sftp).catch((cause: unknown) => failure(sftp, path, cause))
  }
  return {
    readDirectory: (path) =>
      ask(path, async (sftp) =>
        (await Sftp.readDirectory(sftp, path))
          .filter(({ filename }) => filename !== "." && filename !== "..")
          .map(({ attrs, filename }) => {
            // The entry brings its attributes along: nobody has to ask for them again
            const stats = attrs as Stats // its types leave out that it has the methods too
            return { name: filename, type: typeOf(stats), status: statusOf(stats) }
          })),
    stat: (path) => ask(path, async (sftp) => statusOf(await Sftp.stat(sftp, path))),
    lstat: (path) => ask(path, async (sftp) => statusOf(await Sftp.lstat(sftp, path)))
  }
}
