/**
 * The calls of one SFTP channel as promises, with failures that say what is wrong: the protocol itself knows little more
 * than "failure".
 */
import { posix } from "node:path"
import type { FileEntryWithStats, SFTPWrapper, Stats } from "ssh2"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import { TransportError } from "../../core/cluster/Transport.ts"

/** Status codes of draft-ietf-secsh-filexfer-02, section 7. */
const statusCodes: Readonly<Record<number, TransportError["reason"]>> = {
  2: "NotFound",
  3: "PermissionDenied",
  6: "Connection",
  7: "Connection",
  8: "Unavailable"
}

const statusOf = (cause: unknown): number | undefined => {
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined
  return typeof code === "number" ? code : undefined
}

/** A call of which the channel ended before the answer has no status. */
export const isCut = (cause: unknown): boolean => {
  const status = statusOf(cause)
  return status === undefined || status === 6 || status === 7
}

export const isNotFound = (cause: unknown): boolean => statusOf(cause) === 2
export const isRefused = (cause: unknown): boolean => statusOf(cause) === 3
/** With OpenSSH: a name that is too long. */
export const isBadMessage = (cause: unknown): boolean => statusOf(cause) === 5

const remedies: Partial<Record<TransportError["reason"], string>> = {
  Connection: "Try again: what was finished is kept.",
  NotFound: "Check the path.",
  PermissionDenied: "Name a directory that you may write in remote_work_dir.",
  DiskFull: "Free some space there (`clustrix clean --remote`), or name a directory on another disk in remote_work_dir."
}

export type Callback<A> = (error: Error | undefined | null, value: A) => void

/** A call with a callback as a promise. One that throws, for the channel is closed, rejects. */
export const call = <A>(act: (callback: Callback<A>) => void): Promise<A> =>
  new Promise((resolve, reject) => {
    act((error, value) => {
      if (error) reject(error)
      else resolve(value)
    })
  })

export const done = (act: (callback: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    act((error) => {
      if (error) reject(error)
      else resolve()
    })
  })

export const stat = (sftp: SFTPWrapper, path: string): Promise<Stats> => call((done) => sftp.stat(path, done))
export const lstat = (sftp: SFTPWrapper, path: string): Promise<Stats> => call((done) => sftp.lstat(path, done))
export const readLink = (sftp: SFTPWrapper, path: string): Promise<string> => call((done) => sftp.readlink(path, done))
export const realPath = (sftp: SFTPWrapper, path: string): Promise<string> => call((done) => sftp.realpath(path, done))

/** Requests of one listing that are on their way at once: an answer of OpenSSH has but 100 names. */
const listingWindow = 16

/** All entries, `.` and `..` too where the server gives them. */
export const readDirectory = async (sftp: SFTPWrapper, path: string): Promise<ReadonlyArray<FileEntryWithStats>> => {
  const handle = await call<Buffer>((done) => sftp.opendir(path, done))
  const entries: Array<FileEntryWithStats> = []
  let ended = false
  const readSome = async (): Promise<void> => {
    try {
      // Its types know no handle and no options here
      const list = await call<ReadonlyArray<FileEntryWithStats>>((done) =>
        Reflect.apply(sftp.readdir, sftp, [handle, { full: true }, done])
      )
      for (const entry of list) entries.push(entry)
    } catch (cause) {
      // Code 1: the end of the directory
      if (statusOf(cause) !== 1) throw cause
      ended = true
    }
  }
  const readOn = async (): Promise<void> => {
    while (!ended) await readSome()
  }
  try {
    // For most directories the second answer is the end
    await Promise.all([readSome(), readSome()])
    await Promise.all(Array.from({ length: listingWindow }, readOn))
    return entries
  } finally {
    // Nobody waits for it
    done((closed) => sftp.close(handle, closed)).catch(() => undefined)
  }
}

interface Space {
  readonly full: boolean
  readonly readOnly: boolean
}

/** What is left on the file system of `path`, where the server can tell (`statvfs@openssh.com`). */
const spaceOf = async (sftp: SFTPWrapper, path: string): Promise<Space | undefined> => {
  try {
    // Its types have no form for the answer
    const answer = await call<
      { readonly f_bavail: number; readonly f_favail: number; readonly f_files: number; readonly f_flag: number }
    >(
      (done) => sftp.ext_openssh_statvfs(path, done as never)
    )
    return {
      full: Number(answer.f_bavail) === 0 || (Number(answer.f_files) > 0 && Number(answer.f_favail) === 0),
      readOnly: (Number(answer.f_flag) & 1) !== 0
    }
  } catch {
    return undefined
  }
}

/** The reason behind a plain "failure" about `path`, found by asking further questions. */
const diagnose = async (
  sftp: SFTPWrapper,
  path: string,
  isNew: boolean
): Promise<readonly [TransportError["reason"], string | undefined]> => {
  if (isNew && await lstat(sftp, path).then(() => true, () => false)) {
    return ["AlreadyExists", "Something of that name is there."]
  }
  const directory = posix.dirname(path)
  const above = await stat(sftp, directory).catch(() => undefined)
  if (above === undefined || !above.isDirectory()) return ["NotFound", `${directory} is no directory.`]
  const space = await spaceOf(sftp, directory)
  if (space?.readOnly === true) return ["PermissionDenied", "The file system there is read-only."]
  if (space?.full === true) return ["DiskFull", "No space is left on its file system."]
  return ["Unavailable", undefined]
}

/** `what` failed about `path`. `isNew`: nothing of that name should have been there. */
export const toError = async (
  sftp: SFTPWrapper,
  cause: unknown,
  what: string,
  path: string,
  isNew = false
): Promise<TransportError> => {
  const message = Quotation.plain(cause instanceof Error ? cause.message : String(cause))
  const status = statusOf(cause)
  const [reason, why] = isCut(cause)
    ? ["Connection" as const, "The connection ended before the answer came."]
    : status !== undefined && statusCodes[status] !== undefined
    ? [statusCodes[status], undefined]
    : await diagnose(sftp, path, isNew)
  const remedy = remedies[reason]
  return new TransportError({
    reason,
    path,
    what: `${what} ${Quotation.plain(path)}`,
    why: why ?? message,
    ...(remedy === undefined ? {} : { remedy }),
    cause
  })
}
