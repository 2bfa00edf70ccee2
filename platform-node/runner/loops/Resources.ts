/**
 * What threads may take: a process that has too little address space is aborted by V8 when a thread starts.
 */
import * as fs from "node:fs"

/** What one more thread reserves, in bytes: V8's heap, its code and a stack. */
const addressSpaceOfThread = 768 * 1024 * 1024

/** Bytes that iterations read may be copied to a thread: hardly more than the thread itself takes. */
export const mostCopiedBytes = 60 * 1024 * 1024

const numberIn = (file: string, pattern: RegExp): number | undefined => {
  try {
    const found = pattern.exec(fs.readFileSync(file, "utf8"))?.[1]
    return found === undefined ? undefined : Number(found)
  } catch {
    // Not every system has these files; without them nothing is known to be limited
    return undefined
  }
}

/** Whether the limit of this process's address space (`ulimit -v`, Grid Engine's `h_vmem`) leaves room for `threads` more. */
export const haveRoomFor = (threads: number): boolean => {
  const limit = numberIn("/proc/self/limits", /^Max address space +(\d+)/m)
  if (limit === undefined) return true
  const used = (numberIn("/proc/self/status", /^VmSize:\s*(\d+) kB/m) ?? 0) * 1024
  return limit - used > threads * addressSpaceOfThread
}
