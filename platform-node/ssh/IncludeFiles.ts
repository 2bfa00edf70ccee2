/**
 * The files that a word of `Include` names: glob(3) without braces, where a name that begins with a dot must be written out.
 */
import * as Fs from "node:fs"
import * as Path from "node:path"
import picomatch from "picomatch"

const matcher = { nobrace: true, noextglob: true, noglobstar: true, nonegate: true, dot: false } as const

const isPattern = (segment: string): boolean => ["*", "?", "["].some((sign) => segment.includes(sign))

const namesIn = (directory: string): ReadonlyArray<string> => {
  try {
    return Fs.readdirSync(directory === "" ? Path.sep : directory)
  } catch (cause) {
    // A pattern finds nothing where there is no directory that may be read
    if (cause instanceof Error && "code" in cause) return []
    throw cause
  }
}

/** Absolute paths of files that are there, sorted. `pattern` is absolute, or begins at `base`. */
export const matching = (pattern: string, base: string): ReadonlyArray<string> => {
  const segments = Path.resolve(base, pattern).split(Path.sep).slice(1)
  const found = segments.reduce<ReadonlyArray<string>>((places, segment) => {
    const matches = picomatch(segment, matcher)
    return places.flatMap((place) =>
      (isPattern(segment) ? namesIn(place).filter((name) => matches(name)) : [segment])
        .map((name) => `${place}${Path.sep}${name}`)
    )
  }, [""])
  return found.filter((file) => Fs.existsSync(file)).sort()
}
