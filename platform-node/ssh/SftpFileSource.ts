/**
 * The files behind an SFTP channel for the nine functions. Reading changes nothing, so what was cut is asked again.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { SFTPWrapper, Stats } from "ssh2"
import type { FileSource, FileStatus, FileType } from "../../core/cluster/filesystem/FileSource.ts"
import { FileFailure } from "../../core/cluster/filesystem/FileSource.ts"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import { TransportError } from "../../core/cluster/Transport.ts"
import * as Sftp from "./Sftp.ts"
import * as SftpPath from "./SftpPath.ts"
import type { SshSession } from "./SshSession.ts"

const typeOf = (stats: Stats): FileType =>
  stats.isSymbolicLink() ? "symlink" : stats.isDirectory() ? "directory" : stats.isFile() ? "file" : "other"

const statusOf = (stats: Stats): FileStatus => ({
  type: typeOf(stats),
  size: stats.size,
  modified: stats.mtime,
  mode: stats.mode,
  owner: stats.uid
})

const readDirectory = async (sftp: SFTPWrapper, path: string) => {
  const entries = await Sftp.readDirectory(sftp, path)
  // OpenSSH leaves out what it cannot look at, so a directory that may be listed but not entered seems to be empty
  if (entries.length === 0) await Sftp.lstat(sftp, `${path}/.`)
  return entries.filter(({ filename }) => filename !== "." && filename !== "..").map(({ attrs, filename }) => {
    const stats = attrs as Stats // its types leave out that it has the methods too
    const entry = { name: filename, type: typeOf(stats) }
    // The entry brings its attributes along: nobody has to ask for them again. But a name that is not UTF-8 does not lead to
    // it, here as anywhere
    return filename.includes("\uFFFD") ? entry : { ...entry, status: statusOf(stats) }
  })
}

export const make = (session: Pick<SshSession, "files">): FileSource => {
  const ask = async <A>(path: string, act: (sftp: SFTPWrapper) => Promise<A>, isListing = false): Promise<A> => {
    const asked = session.files((channel) =>
      Effect.tryPromise({
        try: () =>
          act(channel).catch(async (cause: unknown) => {
            throw new FileFailure(await SftpPath.diagnose(channel, path, cause, isListing), path, cause)
          }),
        catch: (cause) =>
          cause instanceof FileFailure ? cause : new TransportError({
            reason: "Connection",
            path,
            what: `Cannot read ${Quotation.plain(path)}`,
            why: "The connection ended before the answer came.",
            cause
          })
      })
    )
    const exit = await Effect.runPromiseExit(asked)
    if (Exit.isSuccess(exit)) return exit.value
    const error = Cause.squash(exit.cause)
    throw error instanceof FileFailure ? error : new FileFailure("Unavailable", path, error)
  }
  return {
    readDirectory: (path) => ask(path, (channel) => readDirectory(channel, path), true),
    stat: (path) => ask(path, async (channel) => statusOf(await Sftp.stat(channel, path))),
    lstat: (path) => ask(path, async (channel) => statusOf(await Sftp.lstat(channel, path)))
  }
}
