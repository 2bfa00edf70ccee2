/**
 * Every file below a directory. A worklist, not a recursion; links to directories are not entered, so nothing is met
 * twice and no circle is endless.
 */
import * as ClusterPath from "./ClusterPath.ts"
import { FileFailure } from "./FileSource.ts"
import type { FileSource, FileStatus } from "./FileSource.ts"

/** A file, or a link that leads to one. */
export interface WalkedFile {
  /** Absolute. */
  readonly path: string
  readonly name: string
  /** Known already when the entry had to be looked at. */
  readonly status: FileStatus | undefined
}

/** Entries looked at, at once. */
const concurrency = 32

/** Runs `each` over all items, some at a time; results in the order of the items. */
export const inParallel = async <A, B>(
  items: ReadonlyArray<A>,
  each: (item: A) => Promise<B>
): Promise<ReadonlyArray<B>> => {
  const results: Array<B> = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index] as A // index < length
      results[index] = await each(item)
    }
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work))
  return results
}

/** `undefined` when the path vanished meanwhile, or is a link to nothing. */
export const ifThere = async <A>(look: Promise<A>): Promise<A | undefined> => {
  try {
    return await look
  } catch (failure) {
    if (failure instanceof FileFailure && (failure.reason === "NotFound" || failure.reason === "TooManyLinks")) {
      return undefined
    }
    throw failure
  }
}

/**
 * The files below `directory`, sorted by path. Rejects with the failure of the first directory that cannot be read; one that
 * vanishes while we walk is no failure.
 */
export const walkFiles = async (
  source: FileSource,
  directory: string,
  options: { readonly accepts: (path: string, name: string) => boolean; readonly sizes: boolean }
): Promise<ReadonlyArray<WalkedFile>> => {
  const files: Array<WalkedFile> = []
  let level: ReadonlyArray<string> = [directory]
  while (level.length > 0) {
    const read = await inParallel(level, async (path) => {
      const listed = source.readDirectory(path)
      const entries = path === directory ? await listed : await ifThere(listed)
      const below: Array<string> = []
      const candidates: Array<WalkedFile & { readonly link: boolean }> = []
      for (const { name, status, type } of entries ?? []) {
        if (name === ClusterPath.hiddenDirectory) continue
        const child = ClusterPath.join(path, name)
        if (type === "directory") below.push(child)
        else if (type !== "other" && options.accepts(child, name)) {
          candidates.push({ path: child, name, status, link: type === "symlink" })
        }
      }
      return { below, candidates }
    })
    for (const { candidates } of read) {
      const looked = await inParallel(candidates, async (candidate): Promise<WalkedFile | undefined> => {
        const { link, name, path } = candidate
        if (!link && (!options.sizes || candidate.status !== undefined)) return candidate
        const status = await ifThere(source.stat(path))
        return status?.type === "file" ? { path, name, status } : undefined
      })
      for (const file of looked) if (file !== undefined) files.push(file)
    }
    level = read.flatMap(({ below }) => below)
  }
  return files.sort((a, b) => ClusterPath.byCodeUnit(a.path, b.path))
}
