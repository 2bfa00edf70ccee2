/**
 * What is said of paths that the analysis cannot work out.
 */
import * as Order from "effect/Order"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { AssetUse, Site } from "./AssetUse.ts"
import type { RelativeTo } from "./DataFile.ts"
import * as PathText from "./PathText.ts"

/** What goes along, whatever single paths come to. */
export interface Covered {
  /** Directories of which every file goes along. */
  readonly directories: ReadonlyArray<Place>
  /** Directories from which the files that a pattern names go along. */
  readonly patterns: ReadonlyArray<Place>
  /** Files that the option `include` has brought in. */
  readonly included: ReadonlyArray<Place>
}

export interface Place {
  /** Absolute. */
  readonly path: string
  readonly relativeTo: RelativeTo
}

export interface ReportOptions {
  readonly hasInclude: boolean
  readonly locate: (site: Site) => SourceLocation | undefined
  /** A path as people name it. */
  readonly shown: (path: string) => string
}

/** Whether the path may be any of the files that a matching text names. */
const matches = (path: string, file: string): boolean =>
  new RegExp(
    `^${path.split(PathText.hole).map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join(".*")}$`,
    "su"
  ).test(file)

const mayClimb = (path: string): boolean => /\0.*\/\.\.(?:\/|$)/s.test(path)

/** Whether whatever `path` may be goes along already. */
const isCovered = (use: AssetUse, covered: Covered): boolean => {
  const isListed = use.reasons.length > 0 && use.reasons.every(({ listed }) => listed === true)
  if (use.place._tag !== "Path") return isListed
  const { path, relativeTo } = use.place
  if (mayClimb(path)) return false
  const directory = PathText.constantDirectory(path)
  const isHere = (place: Place): boolean => place.relativeTo === relativeTo
  return covered.directories.some((place) => isHere(place) && PathText.isWithin(place.path, directory))
    || (isListed &&
      covered.patterns.some((place) =>
        isHere(place) && (PathText.isWithin(place.path, directory) || PathText.isWithin(directory, place.path))
      ))
    || covered.included.some((place) => isHere(place) && matches(path.normalize("NFC"), place.path.normalize("NFC")))
}

/**
 * Diagnostics for `uses`, each of a path with an unknown part: none for what goes along all the same, one for all paths
 * that hang on the same arguments of the packaged function, one for each other path.
 */
export const report = (
  uses: ReadonlyArray<AssetUse>,
  covered: Covered,
  options: ReportOptions
): ReadonlyArray<Diagnostic> => {
  const found: Array<Diagnostic> = []
  const byArgument = new Map<string, Array<AssetUse>>()
  for (const use of uses) {
    if (isCovered(use, covered)) continue
    const reasons = use.reasons.filter(({ listed }) => listed !== true)
    const names = reasons.flatMap(({ argument }) => argument === undefined ? [] : [`\`${argument}\``])
    if (names.length > 0 && names.length === reasons.length) {
      const key = [...new Set(names)].sort(Order.string).join(" and ")
      byArgument.set(key, [...byArgument.get(key) ?? [], use])
    } else found.push(ofOne(use, options))
  }
  return [...found, ...[...byArgument].map(([names, each]) => ofArguments(names, each, options))]
}

const ofOne = (use: AssetUse, options: ReportOptions): Diagnostic => {
  const path = use.place._tag === "Path" ? use.place.path : undefined
  const reasons = [...new Set(use.reasons.map(({ text }) => text))]
  const directory = path === undefined ? undefined : options.shown(PathText.constantDirectory(path))
  return new Diagnostic({
    // Whoever has named files has most likely named these
    severity: path === undefined && options.hasInclude ? "info" : "warning",
    code: "unknown-path",
    what: path === undefined
      ? "A file is read whose path is not known"
      : `A file is read whose path is known in part only: ${options.shown(path)}`,
    location: options.locate(use.site),
    why: reasons.length === 0 ? "The path is computed when the program runs." : `${reasons.join("; ")}.`,
    remedy: directory === undefined
      ? "Add the files it may be with the option include."
      : `Add the files it may be with the option include, or all of ${directory} with unknownPaths: "directory".`
  })
}

/** Paths that are named in one sentence. */
const maxNamed = 5

const ofArguments = (names: string, uses: ReadonlyArray<AssetUse>, options: ReportOptions): Diagnostic => {
  const paths = [
    ...new Set(uses.flatMap(({ place }) => place._tag === "Path" ? [options.shown(place.path)] : []))
  ].sort(Order.string)
  const more = paths.length > maxNamed ? ` and ${paths.length - maxNamed} more` : ""
  const partly = paths.length === 0 ? "" : `, as ${paths.slice(0, maxNamed).join(", ")}${more}`
  const [first] = uses
  return new Diagnostic({
    severity: "info",
    code: "argument-path",
    what: `Which files are read depends on ${names}, given to the function when it runs`,
    location: first === undefined ? undefined : options.locate(first.site),
    why: `${uses.length === 1 ? "A path is" : `${uses.length} paths are`} made of it${partly}.`,
    remedy: paths.length === 0
      ? "Files of the cluster are found there; files of this project are added with the option include."
      : "Add the files that may be asked for with the option include, or their directory with unknownPaths: \"directory\"."
  })
}
