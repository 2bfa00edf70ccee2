/**
 * Paths that match a pattern, as a shell expands it: segment by segment, links followed where the pattern names a
 * level, `**` for any number of real directories.
 */
import * as ClusterPath from "./ClusterPath.ts"
import type { FileSource, FileType } from "./FileSource.ts"
import * as Pattern from "./Pattern.ts"
import { ifThere, inParallel } from "./Walk.ts"

interface Step {
  readonly directory: string
  readonly segment: number
}

/** A pattern of one name, with its escapes taken out, when it is only a name. */
const literal = (segment: string): string | undefined => Pattern.isPattern(segment) ? undefined : segment

const expandOne = async (
  source: FileSource,
  base: string,
  pattern: string,
  found: Set<string>
): Promise<void> => {
  const onlyDirectories = pattern.endsWith("/")
  const parts = Pattern.segments(pattern).filter((part) => part !== "" && part !== ".")
  const matchers = parts.map((part) => Pattern.compile(part, { dot: part.startsWith(".") }))
  const listings = new Map<string, Promise<ReadonlyArray<{ readonly name: string; readonly type: FileType }>>>()
  /** Anything that is not a readable directory has no entries, except one that we may not read. */
  const list = (directory: string) => {
    const known = listings.get(directory)
    if (known !== undefined) return known
    const listing = (async () => {
      const status = await ifThere(source.stat(directory))
      return status?.type === "directory" ? await ifThere(source.readDirectory(directory)) ?? [] : []
    })()
    listings.set(directory, listing)
    return listing
  }
  const seen = new Set<string>()
  let level: ReadonlyArray<Step> = [{ directory: base, segment: 0 }]
  while (level.length > 0) {
    const expanded = await inParallel(level, async ({ directory, segment }): Promise<ReadonlyArray<Step>> => {
      const part = parts[segment]
      const matches = matchers[segment]
      if (part === undefined || matches === undefined) return []
      const last = segment === parts.length - 1
      const arrive = async (path: string, type: FileType | undefined): Promise<ReadonlyArray<Step>> => {
        if (!last) return [{ directory: path, segment: segment + 1 }]
        const real = type === "symlink" || type === undefined ? undefined : type
        if (onlyDirectories) {
          const status = real === undefined ? (await ifThere(source.stat(path)))?.type : real
          if (status !== "directory") return []
        }
        found.add(path)
        return []
      }
      if (part === "..") return arrive(ClusterPath.normalize(`${directory}/..`), "directory")
      if (part === "**") {
        const steps: Array<Step> = last ? [] : [{ directory, segment: segment + 1 }]
        for (const { name, type } of await list(directory)) {
          if (name.startsWith(".")) continue
          const child = ClusterPath.join(directory, name)
          if (type === "directory") steps.push({ directory: child, segment })
          if (last && (type === "directory" || !onlyDirectories)) found.add(child)
        }
        return steps
      }
      const name = literal(part)
      if (name !== undefined) {
        if (name === ClusterPath.hiddenDirectory) return []
        const child = ClusterPath.join(directory, name)
        const status = await ifThere(
          source.lstat(child).catch(async (failure) => {
            // `file.txt/x`: below a file there is nothing.
            if ((await ifThere(source.stat(directory)))?.type !== "directory") return undefined
            throw failure
          })
        )
        return status === undefined ? [] : arrive(child, status.type)
      }
      const steps: Array<Step> = []
      for (const entry of await list(directory)) {
        if (entry.name === ClusterPath.hiddenDirectory || !matches(entry.name)) continue
        if (!last && entry.type !== "directory" && entry.type !== "symlink") continue
        steps.push(...await arrive(ClusterPath.join(directory, entry.name), entry.type))
      }
      return steps
    })
    const next: Array<Step> = []
    for (const steps of expanded) {
      for (const step of steps) {
        const key = `${step.segment} ${step.directory}`
        if (seen.has(key)) continue
        seen.add(key)
        next.push(step)
      }
    }
    level = next
  }
}

/** Absolute paths of the files, directories and links that match, sorted. A leading dot is matched by a dot only. */
export const glob = async (source: FileSource, base: string, pattern: string): Promise<ReadonlyArray<string>> => {
  const found = new Set<string>()
  for (const each of Pattern.expandBraces(pattern)) {
    if (each !== "") await expandOne(source, each.startsWith("/") ? "/" : base, each, found)
  }
  return [...found].sort(ClusterPath.byCodeUnit)
}
