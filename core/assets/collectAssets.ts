/**
 * From the paths that the code reads to the data files that go along.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import picomatch from "picomatch/posix.js"
import { Diagnostic } from "../Diagnostic.ts"
import * as Explanation from "../Explanation.ts"
import type { SourceLocation } from "../SourceLocation.ts"
import type { AssetUse, Site } from "./AssetUse.ts"
import * as IgnoreRules from "./IgnoreRules.ts"
import * as PathText from "./PathText.ts"

/** A data file that must not or cannot go along. */
export class DataFileError extends Schema.TaggedError<DataFileError>()("DataFileError", {
  reason: Schema.Literal("TooLarge", "OutsidePackageRoot", "NotARegularFile", "Unreadable"),
  path: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** A file that goes along. */
export interface DataFile {
  /** Absolute, as named (not followed through links), `/`-separated. */
  readonly path: string
  readonly sizeBytes: number
  readonly relativeTo: "module" | "workingDirectory"
  /** Where the code reads it; `undefined` for what the option `include` names. */
  readonly site: Site | undefined
  /** What to say of it: "`readFile` of ...". */
  readonly because: string
}

export interface CollectOptions {
  /** Absolute real path; data files are below it. */
  readonly packageRoot: string
  /** Absolute real path below the package root. */
  readonly workingDirectory: string
  readonly include: ReadonlyArray<string>
  readonly unknownPaths: "report" | "directory"
  readonly maxFileSizeBytes: number
  /** Other directories (of workspace packages) that modules may read from, absolute. */
  readonly otherRoots: ReadonlyArray<string>
  readonly locate: (site: Site) => SourceLocation | undefined
  /** Files that go along as modules already. */
  readonly isModule: (path: string) => boolean
  /** Of these, those whose place in the package has the same name, so that the original text cannot lie there. */
  readonly keepsName: (path: string) => boolean
}

export interface CollectedAssets {
  /** Sorted by path. */
  readonly files: ReadonlyArray<DataFile>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

/** What npm and version control keep is no data, even when it is named. */
const never = /\/(?:node_modules|\.git)\//

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`

/** Finds the files. Order of the uses and of directory listings does not matter. */
export const collectAssets = (
  uses: ReadonlyArray<AssetUse>,
  options: CollectOptions
): Effect.Effect<CollectedAssets, DataFileError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const rules = IgnoreRules.make([options.packageRoot, ...options.otherRoots])
    const files = new Map<string, DataFile>()
    const diagnostics = new Map<string, Diagnostic>()

    const shown = (path: string): string => PathText.relative(options.packageRoot, path) || "."
    const report = (
      severity: "warning" | "info",
      code: string,
      what: string,
      site: Site | undefined,
      why: string,
      remedy?: string
    ): void => {
      const location = site === undefined ? undefined : options.locate(site)
      diagnostics.set(
        `${code}\0${what}\0${location ?? ""}`,
        new Diagnostic({ severity, code, what, location, why, remedy })
      )
    }
    const isInside = (path: string): boolean =>
      [options.packageRoot, ...options.otherRoots].some((root) => PathText.isWithin(root, path))

    const outside = (
      path: string,
      site: Site | undefined,
      why: string,
      remedy = "Move the file into the package, or pass its contents as an argument."
    ): DataFileError =>
      new DataFileError({
        reason: "OutsidePackageRoot",
        path,
        what: `The data file ${shown(path)} lies outside the ${isInside(path) ? "working directory" : "package root"}`,
        location: site === undefined ? undefined : options.locate(site),
        why,
        remedy
      })

    const addFile = (
      path: string,
      site: Site | undefined,
      relativeTo: DataFile["relativeTo"],
      because: string
    ): Effect.Effect<void, DataFileError> =>
      Effect.gen(function*() {
        const key = `${relativeTo}\0${path}`
        if (files.has(key) || never.test(path)) return
        if (relativeTo === "workingDirectory" && !PathText.isWithin(options.workingDirectory, path)) {
          return yield* outside(
            path,
            site,
            `It is above the working directory ${
              shown(options.workingDirectory)
            }, where the job's relative paths start.`,
            "Set the option workingDirectory to a directory above it."
          )
        }
        const unreadable = (cause: { readonly message: string }): DataFileError =>
          new DataFileError({
            reason: "Unreadable",
            path,
            what: `The data file ${shown(path)} cannot be read`,
            location: site === undefined ? undefined : options.locate(site),
            why: cause.message,
            remedy: "Make it readable for this user."
          })
        const real = yield* Effect.mapError(fs.realPath(path), unreadable)
        if (!isInside(real)) {
          return yield* outside(path, site, `It is a link to ${real}, which is not below the package root.`)
        }
        const info = yield* Effect.mapError(fs.stat(path), unreadable)
        if (info.type !== "File") {
          return yield* new DataFileError({
            reason: "NotARegularFile",
            path,
            what: `${shown(path)} is not a regular file`,
            location: site === undefined ? undefined : options.locate(site),
            why: `It is a ${info.type}; it is never opened.`,
            remedy: "Name a file with contents."
          })
        }
        const sizeBytes = Number(info.size)
        if (sizeBytes > options.maxFileSizeBytes) {
          return yield* new DataFileError({
            reason: "TooLarge",
            path,
            what: `The data file ${shown(path)} is too large to package`,
            location: site === undefined ? undefined : options.locate(site),
            why: `It has ${mebibytes(sizeBytes)}; the limit is ${mebibytes(options.maxFileSizeBytes)}.`,
            remedy: "Raise maxFileSizeBytes, or read the file from the cluster's own file system with clusterFind."
          })
        }
        if (path.endsWith(".node")) {
          report(
            "warning",
            "native-addon",
            `${shown(path)} is a native addon`,
            site,
            "It runs only on the platform that it was built for."
          )
        }
        files.set(key, { path, sizeBytes, relativeTo, site, because })
      })

    const skipped = (path: string, site: Site | undefined, why: string, remedy: string): void =>
      report("warning", "skipped-file", `${shown(path)} does not go along`, site, why, remedy)

    /** Files below `directory`, without what is ignored. Links to directories are followed once. */
    const listFiles = (directory: string, site: Site | undefined): Effect.Effect<ReadonlyArray<string>> =>
      Effect.gen(function*() {
        const found: Array<string> = []
        const seen = new Set<string>()
        const pending = [directory]
        for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
          const real = yield* Effect.orElseSucceed(fs.realPath(at), () => undefined)
          if (real === undefined || seen.has(real) || never.test(`${real}/`)) continue
          if (!isInside(real)) {
            skipped(
              at,
              site,
              `It is a link to ${real}, which is not below the package root.`,
              "Copy it into the package."
            )
            continue
          }
          seen.add(real)
          const names = yield* Effect.match(fs.readDirectory(at), {
            onFailure: ({ message }) => {
              skipped(at, site, message, "Make the directory readable for this user.")
              return []
            },
            onSuccess: (listed) => listed
          })
          for (const name of names) {
            const path = `${at === "/" ? "" : at}/${name}`
            const info = yield* Effect.option(fs.stat(path))
            const isDirectory = info._tag === "Some" && info.value.type === "Directory"
            if (yield* Effect.provideService(rules.ignores(at, name, isDirectory), FileSystem.FileSystem, fs)) continue
            if (info._tag === "None") {
              skipped(
                path,
                site,
                "It is a link that leads nowhere, or cannot be looked at.",
                "Remove it, or ignore it."
              )
            } else if (isDirectory) pending.push(path)
            else if (info.value.type === "File") found.push(path)
            else skipped(path, site, `It is a ${info.value.type}, which is never opened.`, "Remove it, or ignore it.")
          }
        }
        return found.sort((a, b) => (a < b ? -1 : 1))
      })

    const addTree = (directory: string, use: AssetUse, relativeTo: DataFile["relativeTo"]) =>
      Effect.gen(function*() {
        const found = yield* listFiles(directory, use.site)
        if (found.length === 0) {
          report(
            "info",
            "empty-directory",
            `The directory ${shown(directory)} gives no file`,
            use.site,
            "It is empty, or all that is in it is ignored.",
            "Files that are needed all the same can be named with the option include."
          )
        }
        for (const path of found) {
          if (options.isModule(path)) continue
          yield* addFile(path, use.site, relativeTo, `the code reads the directory ${shown(directory)}`)
        }
      })

    const noMatch = (pattern: string, site: Site | undefined): void =>
      report(
        "warning",
        "empty-glob",
        `The pattern ${shown(pattern)} matches no file`,
        site,
        "Nothing goes along for it.",
        "Check the pattern; ignored files never match."
      )

    const addGlob = (
      pattern: string,
      site: Site | undefined,
      relativeTo: DataFile["relativeTo"],
      because: string,
      isExcluded: (path: string) => boolean = () => false
    ) =>
      Effect.gen(function*() {
        const { base: fixed } = picomatch.scan(PathText.relative(options.packageRoot, pattern))
        const base = PathText.resolve(options.packageRoot, fixed)
        if (!isInside(base)) return yield* outside(base, site, `The pattern ${pattern} leads out of it.`)
        // Relative to the root, so that special characters in the checkout's own path mean nothing
        const matches = picomatch(PathText.relative(options.packageRoot, pattern), { dot: true })
        let found = false
        for (const path of yield* listFiles(base, site)) {
          if (!matches(PathText.relative(options.packageRoot, path)) || isExcluded(path)) continue
          if (options.isModule(path)) continue
          found = true
          yield* addFile(path, site, relativeTo, because)
        }
        if (!found) noMatch(pattern, site)
      })

    const unknownPath = (use: AssetUse, path: string | undefined): void => {
      if (use.perhaps) return
      const reasons = [...new Set(use.reasons.map(({ text }) => text))]
      report(
        "warning",
        "unknown-path",
        path === undefined
          ? "A file is read whose path is not known"
          : `A file is read whose path is known in part only: ${shown(PathText.pattern(path))}`,
        use.site,
        reasons.length === 0 ? "The path is computed when the program runs." : `${reasons.join("; ")}.`,
        path === undefined || options.unknownPaths === "directory"
          ? "Add the files it may be with the option include."
          : `Add the files it may be with the option include, or all of ${
            shown(PathText.constantDirectory(path))
          } with unknownPaths: "directory".`
      )
    }

    const pathOf = (use: AssetUse): string | undefined => use.place._tag === "Path" ? use.place.path : undefined
    const written = new Set(uses.filter(({ access }) => access === "write").map(pathOf))
    const read = new Set(uses.filter(({ access }) => access === "read" || access === "exists").map(pathOf))

    for (const use of uses) {
      if (use.access === "write") continue
      const { place } = use
      // A path that is only built, or given to code that is not followed: it goes along if it is there
      const quiet = use.access === "mentioned" || use.access === "handed"
      if (quiet && place._tag !== "Path") continue
      if (
        (use.access === "mentioned" || use.access === "url") && written.has(pathOf(use)) && !read.has(pathOf(use))
      ) continue
      if (place._tag === "Absolute") {
        if (!use.perhaps && use.what !== "program") {
          report(
            "info",
            "absolute-path",
            `An absolute path is read: ${place.path}`,
            use.site,
            "Absolute paths are never packaged; the job reads that path on its own machine."
          )
        }
        continue
      }
      if (place._tag === "Unknown") {
        unknownPath(use, undefined)
        continue
      }
      const { path, relativeTo } = place
      if (use.what === "glob" && !PathText.hasHole(path)) {
        yield* addGlob(path, use.site, relativeTo, `the code reads the pattern ${shown(path)}`)
        continue
      }
      if (PathText.hasHole(path)) {
        if (!quiet) unknownPath(use, path)
        const directory = PathText.constantDirectory(path)
        if (options.unknownPaths === "directory" && isInside(directory)) yield* addTree(directory, use, relativeTo)
        continue
      }
      const info = yield* Effect.option(fs.stat(path))
      if (info._tag === "None") {
        if (use.perhaps || quiet) continue
        if (!isInside(path)) return yield* outside(path, use.site, "The path leads out of it.")
        report(
          use.access === "exists" ? "info" : "warning",
          "missing-file",
          `The data file ${shown(path)} is not there`,
          use.site,
          use.access === "exists" ? "The code only asks for it." : "The run will fail when it reads it.",
          "Create the file before packaging, or write it in the job before it is read."
        )
        continue
      }
      if (!isInside(path)) {
        if (use.perhaps || quiet || use.access === "exists" || use.access === "url") continue
        return yield* outside(path, use.site, "The path leads out of it.")
      }
      if (info.value.type === "Directory") {
        const asked = use.access === "read" && (use.what === "directory" || use.what === "tree")
        // A directory that holds the module itself is handed over for its name
        const handed = use.access === "handed" && !PathText.isWithin(path, use.site.module)
        if (asked || handed) yield* addTree(path, use, relativeTo)
        continue
      }
      // A module's own text goes along as data only for who reads it
      if (options.isModule(path)) {
        if (use.access !== "read") continue
        if (relativeTo === "module" && options.keepsName(path)) {
          report(
            "warning",
            "module-text",
            `The code reads the text of its own module ${shown(path)}`,
            use.site,
            "In the package the module of this name holds only what the function needs of it.",
            "Put the text that is read into a file of its own."
          )
          continue
        }
      }
      yield* addFile(path, use.site, relativeTo, `the code reads ${shown(path)}`)
    }
    const inRoot = (pattern: string): string => PathText.resolve(options.packageRoot, pattern)
    const excluded = options.include.filter((pattern) => pattern.startsWith("!")).map((pattern) =>
      picomatch(PathText.relative(options.packageRoot, inRoot(pattern.slice(1))), { dot: true })
    )
    const isExcluded = (path: string): boolean =>
      excluded.some((matches) => matches(PathText.relative(options.packageRoot, path)))
    for (const pattern of options.include) {
      if (pattern.startsWith("!")) continue
      const because = `the option include names ${pattern}`
      const path = inRoot(pattern)
      const info = yield* Effect.option(fs.stat(path))
      // A name that is there is that name, whatever characters it has; and a file that is named is not ignored
      if (info._tag === "None") yield* addGlob(path, undefined, "workingDirectory", because, isExcluded)
      else if (!isInside(path)) return yield* outside(path, undefined, `The option include names ${pattern}.`)
      else if (options.isModule(path)) continue
      else if (info.value.type !== "Directory") yield* addFile(path, undefined, "workingDirectory", because)
      else {
        const within = (yield* listFiles(path, undefined)).filter((file) =>
          !isExcluded(file) && !options.isModule(file)
        )
        if (within.length === 0) noMatch(path, undefined)
        for (const file of within) yield* addFile(file, undefined, "workingDirectory", because)
      }
    }
    return {
      files: [...files.values()].sort((
        a,
        b
      ) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.relativeTo < b.relativeTo ? -1 : 1)),
      diagnostics: [...diagnostics.values()]
    }
  })
