/**
 * Why a path leads nowhere. Servers say "not found" or "failure" of a circle of links and of a path through a file too, so
 * the way is gone step by step.
 */
import { posix } from "node:path"
import type { SFTPWrapper } from "ssh2"
import type { FileFailureReason } from "../../core/cluster/filesystem/FileSource.ts"
import * as Sftp from "./Sftp.ts"

/** As in Linux. */
const mostLinks = 40

type Look<A> = { readonly found: A } | { readonly failed: FileFailureReason }

/** What the server says of a path; rejects when it says nothing. */
const look = async <A>(asked: Promise<A>): Promise<Look<A>> => {
  try {
    return { found: await asked }
  } catch (cause) {
    if (Sftp.isCut(cause)) throw cause
    return { failed: Sftp.isRefused(cause) ? "PermissionDenied" : "NotFound" }
  }
}

/** The steps of a path or of a link. A slash at the end asks for a directory, as a dot behind it would. */
const stepsOf = (path: string): ReadonlyArray<string> =>
  path.split("/").map((step, index, all) => step === "" && index > 0 && index === all.length - 1 ? "." : step)
    .filter((step) => step !== "")

/** What a way ends at: something that is there, or what is in the way. */
type End = "Directory" | "Other" | FileFailureReason

const isThere = (end: End): end is "Directory" | "Other" => end === "Directory" || end === "Other"

const walk = async (sftp: SFTPWrapper, start: string, steps: ReadonlyArray<string>): Promise<End> => {
  let at = start
  let rest = steps
  let links = 0
  let isDirectory = true
  for (let [step] = rest; step !== undefined; [step] = rest) {
    rest = rest.slice(1)
    if (step === ".") continue
    const child = posix.join(at, step)
    const own = await look(Sftp.lstat(sftp, child))
    if ("failed" in own) return own.failed
    if (own.found.isSymbolicLink()) {
      links += 1
      if (links > mostLinks) return "TooManyLinks"
      const target = await look(Sftp.readLink(sftp, child))
      if ("failed" in target) return target.failed
      if (target.found.startsWith("/")) at = "/"
      rest = [...stepsOf(target.found), ...rest]
      continue
    }
    isDirectory = own.found.isDirectory()
    if (!isDirectory && rest.length > 0) return "NotADirectory"
    at = child
  }
  return isDirectory ? "Directory" : "Other"
}

/**
 * What is behind `cause`, with which a question about `path` failed; `isListing` if it was for its entries. Rejects with what
 * cut the connection.
 */
export const diagnose = async (
  sftp: SFTPWrapper,
  path: string,
  cause: unknown,
  isListing: boolean
): Promise<FileFailureReason> => {
  if (Sftp.isCut(cause)) throw cause
  if (Sftp.isRefused(cause)) return "PermissionDenied"
  // A name or a path that is too long is nobody's
  if (Sftp.isBadMessage(cause)) return "NotFound"
  const parent = posix.dirname(path)
  const [own, above, real] = await Promise.all([
    look(Sftp.lstat(sftp, path)),
    look(Sftp.stat(sftp, parent)),
    look(Sftp.realPath(sftp, parent))
  ])
  const isInside = "found" in above && above.found.isDirectory()
  if ("failed" in own && isInside) return own.failed
  const near = isInside && "found" in real ? await walk(sftp, real.found, [posix.basename(path)]) : undefined
  // The links above count too, where it is not plain what is wrong
  const end = near === undefined || isThere(near) ? await walk(sftp, "/", stepsOf(path)) : near
  if (end === "Other" && isListing) return "NotADirectory"
  // What was not found and is there came meanwhile
  return isThere(end) ? Sftp.isNotFound(cause) ? "NotFound" : "Unavailable" : end
}
