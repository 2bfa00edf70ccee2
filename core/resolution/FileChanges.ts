/**
 * What the times of an installed package's files tell: which of them were changed after a package manager had put them there.
 */

/** A file, and when its content was last changed, in milliseconds. */
export interface FileTime {
  /** Relative to the directory that was asked about. */
  readonly path: string
  readonly modified: number
}

/** What to compare with. */
export interface Since {
  /** The file that the package manager writes when it has installed everything (absolute). */
  readonly marker: string
  /** Whether it writes all files of a package within moments, so that a much later one was changed by something else. */
  readonly isUniform: boolean
}

export interface Changes {
  /** Files that were changed after the installation. Sorted by UTF-16 code unit. */
  readonly changed: ReadonlyArray<string>
  /** Whether these are all files of the package. */
  readonly isWhole: boolean
  /** How many files were looked at. */
  readonly count: number
}

/** One package is written within this time, in milliseconds. */
const installationMillis = 120_000

/** What neither Node nor the package itself reads when it runs. */
const unread = [".map", ".md", ".ts", ".mts", ".cts", ".tsx", ".flow"]

/** Whether the times of a file of this name matter. */
export const matters = (name: string): boolean => !unread.some((ending) => name.endsWith(ending))

/** `installed` is the marker's time. */
export const changesOf = (files: ReadonlyArray<FileTime>, installed: number, isUniform: boolean): Changes => {
  const first = files.reduce((least, { modified }) => Math.min(least, modified), Number.POSITIVE_INFINITY)
  const isChanged = ({ modified }: FileTime): boolean =>
    modified > installed || (isUniform && modified > first + installationMillis)
  const changed = files.filter(isChanged).map(({ path }) => path).sort()
  return { changed, isWhole: changed.length > 0 && changed.length === files.length, count: files.length }
}

/** The changes as text, to tell whether they are the same again. */
export const answerOf = (changes: Changes | undefined): string =>
  changes === undefined ? "none" : `${changes.isWhole ? "whole" : "part"}:${changes.changed.join("\0")}`
