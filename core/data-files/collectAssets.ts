/**
 * From the paths that the code reads to the data files that go along.
 */
import type { PlatformError } from "@effect/platform/Error"
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import picomatch from "picomatch/posix.js"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { AssetUse, Site } from "./AssetUse.ts"
import { type DataFile, DataFileError, type RelativeTo } from "./DataFile.ts"
import * as DirectoryListing from "./DirectoryListing.ts"
import * as IgnoreRules from "./IgnoreRules.ts"
import * as PathSpelling from "./PathSpelling.ts"
import * as PathText from "./PathText.ts"
import * as Roots from "./Roots.ts"
import * as UnknownPaths from "./UnknownPaths.ts"
import type { Place } from "./UnknownPaths.ts"

export interface CollectOptions {
  /** Absolute real path; data files are below it. */
  readonly packageRoot: string
  /** Absolute real path. */
  readonly workingDirectory: string
  /** Patterns and names relative to the package root; one that begins with `!` takes away from what the others give. */
  readonly include: ReadonlyArray<string>
  readonly unknownPaths: "report" | "directory"
  readonly maxFileSizeBytes: number
  /** Other directories (of workspace packages) that modules may read from, absolute. */
  readonly otherRoots: ReadonlyArray<string>
  readonly locate: (site: Site) => SourceLocation | undefined
  readonly names: PathSpelling.Names
  /** Files that go along as modules already. */
  readonly isModule: (path: string) => boolean
  /** Of these, those whose place in the package has the same name, so that the original text cannot lie there. */
  readonly keepsName: (path: string) => boolean
  /** The name of the file that stands beside a module in the package, with what the function needs of it. */
  readonly textBeside: (path: string) => string | undefined
}

export interface CollectedAssets {
  /** Sorted by path. */
  readonly files: ReadonlyArray<DataFile>
  /** Directories without files that the code lists. */
  readonly directories: ReadonlyArray<Place>
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`

/** How a file comes along. */
interface Taking {
  readonly site: Site | undefined
  readonly relativeTo: RelativeTo
  readonly because: string
  /** The code may do without it: what stands against it is a warning, not an error. */
  readonly isDoubtful: boolean
}

/** Something that is read, of which ignore rules keep files out. */
interface IgnoredRead {
  /** The directory, or the pattern, as people name it. */
  readonly name: string
  readonly isPattern: boolean
  /** Whether no file is left of it. */
  readonly isWhole: boolean
  readonly files: ReadonlyArray<string>
  /** Whether it reads the file, ignored or not. */
  readonly covers: (file: string) => boolean
  readonly relativeTo: RelativeTo
  readonly site: Site | undefined
  readonly isDoubtful: boolean
}

/** File names in one message. */
const maxNamed = 3

/** Nothing is called so, or what is above it is no directory. */
const isAbsent = (error: PlatformError): boolean =>
  error._tag === "SystemError" && (error.reason === "NotFound" || error.reason === "BadResource")

/** Files that the code asks for by what they are as modules: the graph has found them. */
const asksForModule = ({ by, what }: AssetUse): boolean =>
  what === "worker" || what === "module" || by === "require.resolve" || by === "import.meta.resolve"

/** Finds the files. Order of the uses and of directory listings does not matter. */
export const collectAssets = (
  uses: ReadonlyArray<AssetUse>,
  options: CollectOptions
): Effect.Effect<CollectedAssets, DataFileError, FileSystem.FileSystem> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const roots = Roots.make([options.packageRoot, ...options.otherRoots])
    const rules = IgnoreRules.make(roots)
    const files = new Map<string, DataFile>()
    const directories = new Map<string, Place>()
    const listings = new Map<string, DirectoryListing.DirectoryListing>()
    const diagnostics = new Map<string, Diagnostic>()
    const covered = { directories: new Array<Place>(), patterns: new Array<Place>(), included: new Array<Place>() }
    const unknown: Array<AssetUse> = []
    const ignoredReads: Array<IgnoredRead> = []

    const shown = (path: string): string => PathText.pattern(PathText.relative(options.packageRoot, path)) || "."
    const locate = (site: Site | undefined): SourceLocation | undefined =>
      site === undefined ? undefined : options.locate(site)
    /** Says it once, at the first of the places for which it holds. */
    const report = (
      severity: "warning" | "info",
      code: string,
      what: string,
      site: Site | undefined,
      why: string,
      remedy?: string
    ): void => {
      const key = `${code}\0${what}`
      // The first place that is reported, but a warning outweighs a note
      if (diagnostics.get(key)?.severity === "warning" || (diagnostics.has(key) && severity === "info")) return
      diagnostics.set(key, new Diagnostic({ severity, code, what, location: locate(site), why, remedy }))
    }

    const outside = (path: string, site: Site | undefined, why: string): DataFileError =>
      new DataFileError({
        reason: "OutsidePackageRoot",
        path,
        what: `The data file ${shown(path)} lies outside the package root`,
        location: locate(site),
        why,
        remedy: "Move the file into the package, or pass its contents as an argument."
      })

    const unreadable = (path: string, site: Site | undefined) => (cause: { readonly message: string }): DataFileError =>
      new DataFileError({
        reason: "Unreadable",
        path,
        what: `The data file ${shown(path)} cannot be read`,
        location: locate(site),
        why: cause.message,
        remedy: "Make it readable for this user."
      })

    /** The size of the file, in bytes. */
    const checked = (path: string, { relativeTo, site }: Taking): Effect.Effect<number, DataFileError> =>
      Effect.gen(function*() {
        if (relativeTo === "workingDirectory" && !PathText.isWithin(options.workingDirectory, path)) {
          return yield* new DataFileError({
            reason: "OutsideWorkingDirectory",
            path,
            what: `The data file ${shown(path)} lies outside the working directory`,
            location: locate(site),
            why: `The job's relative paths start at ${shown(options.workingDirectory)}, and the file is not below it.`,
            remedy: "Set the option workingDirectory to a directory above it, or read the file relative to its module."
          })
        }
        const real = yield* Effect.mapError(fs.realPath(path), unreadable(path, site))
        if (!roots.holds(real)) {
          return yield* outside(path, site, `It is a link to ${real}, which is not below the package root.`)
        }
        const info = yield* Effect.mapError(fs.stat(path), unreadable(path, site))
        if (info.type !== "File") {
          return yield* new DataFileError({
            reason: "NotARegularFile",
            path,
            what: `${shown(path)} is not a regular file`,
            location: locate(site),
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
            location: locate(site),
            why: `It has ${mebibytes(sizeBytes)}; the limit is ${mebibytes(options.maxFileSizeBytes)}.`,
            remedy: "Raise maxFileSizeBytes, or read the file from the cluster's own file system with clusterFind."
          })
        }
        return sizeBytes
      })

    const addFile = (path: string, taking: Taking): Effect.Effect<void, DataFileError> =>
      Effect.gen(function*() {
        const { because, relativeTo, site } = taking
        const key = `${relativeTo}\0${path}`
        if (files.has(key)) return
        if (roots.keeps(path)) {
          return report(
            taking.isDoubtful ? "info" : "warning",
            "skipped-file",
            `${shown(path)} does not go along`,
            site,
            "What lies in node_modules or in a repository's own directory is never packaged as data.",
            "Copy the file into a directory of the project, or import it as a module of its package."
          )
        }
        if (relativeTo === "module" && options.isModule(path) && options.keepsName(path)) {
          return report(
            "warning",
            "module-text",
            `The code reads the text of its own module ${shown(path)}`,
            site,
            "In the package the module of this name holds only what the function needs of it.",
            "Put the text that is read into a file of its own."
          )
        }
        const size = yield* Effect.either(checked(path, taking))
        if (size._tag === "Left") {
          const { left: error } = size
          if (!taking.isDoubtful) return yield* error
          return report(
            "warning",
            "skipped-file",
            `${shown(path)} does not go along`,
            site,
            `${error.what}. ${error.why ?? ""}`.trim(),
            error.remedy
          )
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
        files.set(key, { path, sizeBytes: size.right, relativeTo, site, because })
        if (site === undefined) covered.included.push({ path, relativeTo })
      })

    /** Reports each of a few, and many of a kind at once. `isRead`: the code reads all of the directory. */
    const reportLeftOut = (
      leftOut: ReadonlyArray<DirectoryListing.LeftOut>,
      directory: string,
      site: Site | undefined,
      isRead: boolean
    ): void => {
      const kinds = new Map<string, Array<DirectoryListing.LeftOut>>()
      for (const each of leftOut) kinds.set(each.kind, [...kinds.get(each.kind) ?? [], each])
      for (const [kind, members] of kinds) {
        const severity = kind === "kept" && !isRead ? "info" : "warning"
        const [first] = members
        if (first !== undefined && members.length > maxNamed) {
          const names = members.slice(0, maxNamed).map(({ path }) => shown(path)).join(", ")
          const what = `${members.length} entries of ${shown(directory)} do not go along: ${names} and ${
            members.length - maxNamed
          } more`
          report(severity, "skipped-file", what, site, `${shown(first.path)}: ${first.why}`, first.remedy)
        } else {
          for (const { path, remedy, why } of members) {
            report(severity, "skipped-file", `${shown(path)} does not go along`, site, why, remedy)
          }
        }
      }
    }

    /** Everything below `directory`; what is no file there is reported. */
    const list = (
      directory: string,
      site: Site | undefined,
      ignoring: boolean,
      isRead = false
    ): Effect.Effect<DirectoryListing.DirectoryListing, DataFileError> =>
      Effect.gen(function*() {
        const key = `${ignoring ? "some" : "all"}\0${isRead}\0${directory}`
        const known = listings.get(key)
        if (known !== undefined) return known
        const found = yield* Effect.provideService(
          DirectoryListing.list(directory, { roots, rules: ignoring ? rules : undefined }),
          FileSystem.FileSystem,
          fs
        )
        if (found.isTooLarge) {
          return yield* new DataFileError({
            reason: "TooMany",
            path: directory,
            what: `The directory ${shown(directory)} holds too much to package`,
            location: locate(site),
            why: `There are more than ${DirectoryListing.maxEntries} files or directories below it.`,
            remedy: "Name what is not needed in .clustrixignore, or put the directory onto the cluster."
          })
        }
        // Everyone expects what npm and version control keep on top of a package
        reportLeftOut(
          found.leftOut.filter(({ kind, path }) => kind !== "kept" || !isRoot(PathText.dirname(path))),
          directory,
          site,
          isRead
        )
        listings.set(key, found)
        return found
      })
    const isRoot = (path: string): boolean => path === options.packageRoot || options.otherRoots.includes(path)

    const addTree = (directory: string, taking: Taking): Effect.Effect<void, DataFileError> =>
      Effect.gen(function*() {
        const found = yield* list(directory, taking.site, true, !taking.isDoubtful)
        covered.directories.push({ path: directory, relativeTo: taking.relativeTo })
        if (found.ignored.length > 0) {
          const { isDoubtful, relativeTo, site } = taking
          ignoredReads.push({
            name: shown(directory),
            isPattern: false,
            isWhole: found.files.length === 0,
            files: found.ignored,
            covers: (file) => PathText.isWithin(directory, file),
            relativeTo,
            site,
            isDoubtful
          })
        }
        const besides = taking.isDoubtful || taking.relativeTo !== "module" ? []
          : found.files.flatMap((path) => options.textBeside(path) ?? [])
        if (besides.length > 0) {
          report(
            "warning",
            "listed-modules",
            `The code reads the directory ${shown(directory)}, which has more files in the package`,
            taking.site,
            `There the modules that the function uses stand beside their sources: ${
              besides.slice(0, maxNamed).join(", ")
            }${besides.length > maxNamed ? ` and ${besides.length - maxNamed} more` : ""}.`,
            "Read a directory that has no modules, or leave such names out."
          )
        }
        for (const path of found.empty) {
          if (taking.relativeTo === "workingDirectory" && !PathText.isWithin(options.workingDirectory, path)) continue
          directories.set(`${taking.relativeTo}\0${path}`, { path, relativeTo: taking.relativeTo })
        }
        for (const path of found.files) {
          // Who is handed a directory need not want texts of modules
          if (!taking.isDoubtful || !options.isModule(path)) yield* addFile(path, taking)
        }
      })

    const noMatch = (pattern: string, site: Site | undefined): void =>
      report(
        // What the code reads is as empty here as in the job
        site === undefined ? "warning" : "info",
        "empty-glob",
        `The pattern ${pattern} matches no file`,
        site,
        "No file is included for it.",
        site === undefined
          ? "Check the pattern of the option include."
          : "Check the pattern, or create the files before packaging."
      )

    const reportIgnored = (read: IgnoredRead, missing: ReadonlyArray<string>): void => {
      const { isDoubtful, isPattern, isWhole, name, site } = read
      const number = missing.length < DirectoryListing.maxIgnored
        ? String(missing.length)
        : `At least ${missing.length}`
      const one = missing.length === 1
      const names = missing.slice(0, maxNamed).map(shown).join(", ")
      const more = missing.length > maxNamed ? ` and ${missing.length - maxNamed} more` : ""
      const where = isPattern ? `that match ${name}` : name === "." ? "of the package root" : `in ${name}`
      const reader = site === undefined ? "The option include names" : "The function reads"
      report(
        isDoubtful ? "info" : "warning",
        "ignored-files",
        `${number} ${one ? "file" : "files"} ${one && isPattern ? `that matches ${name}` : where} ${
          one ? "is" : "are"
        } ignored and not in the package: ${names}${more}`,
        site,
        `${reader} ${isPattern ? "the pattern" : "the directory"}, and .gitignore or .clustrixignore excludes ${
          one ? "this file" : "these files"
        }${isWhole && !isPattern ? ": the directory will not exist in the job" : ""}.`,
        `Name ${
          isPattern ? "them" : name
        } in the option include (what is named there is not ignored), or write "!" before the name to leave ${
          one ? "it" : "them"
        } out without this warning.`
      )
    }

    /** Relative to the root, so that special characters in the checkout's own path mean nothing. */
    const matcher = (pattern: string): (path: string) => boolean => {
      const matches = picomatch(PathText.relative(options.packageRoot, pattern), { dot: true })
      return (path) => matches(PathText.relative(options.packageRoot, path))
    }

    /** The files that a pattern matches; those of them that are ignored are reported. */
    const matching = (pattern: string, site: Site | undefined, relativeTo: RelativeTo, isDoubtful: boolean) =>
      Effect.gen(function*() {
        const { base: fixed } = picomatch.scan(PathText.relative(options.packageRoot, pattern))
        const base = PathText.resolve(options.packageRoot, fixed)
        if (!roots.holds(base)) return yield* outside(base, site, `The pattern ${shown(pattern)} leads out of it.`)
        const matches = matcher(pattern)
        const isThere = yield* Effect.orElseSucceed(fs.exists(base), () => false)
        const found = isThere ? yield* list(base, site, true) : { files: [], ignored: [] }
        const files = found.files.filter((path) => matches(path))
        const ignored = found.ignored.filter((path) => matches(path))
        if (ignored.length > 0) {
          const isWhole = files.length === 0
          ignoredReads.push({
            name: shown(pattern),
            isPattern: true,
            isWhole,
            files: ignored,
            covers: matches,
            relativeTo,
            site,
            isDoubtful
          })
        }
        return { base, files, hasIgnored: ignored.length > 0 }
      })

    const pathOf = (use: AssetUse): string | undefined => use.place._tag === "Path" ? use.place.path : undefined
    const written = new Set(uses.filter(({ access }) => access === "write").map(pathOf))
    const read = new Set(uses.filter(({ access }) => access === "read" || access === "exists").map(pathOf))

    const asked = new Set(uses.filter(({ access }) => access === "exists").map(pathOf))

    const missing = (use: AssetUse, path: string, other: PathSpelling.Spelling): void => {
      // The code is prepared for a file that is not there, and it is as absent here as in the job
      const isPrepared = asked.has(path) || written.has(path)
      if (isPrepared && other.kind !== "case") return
      report(
        isPrepared ? "info" : "warning",
        "missing-file",
        `The data file ${shown(path)} is not there`,
        use.site,
        other.kind === "case"
          ? `There is ${shown(other.path)}, whose name differs in case only; file systems of clusters tell that apart.`
          : "The run will fail when it reads it.",
        other.kind === "case"
          ? `Write ${shown(other.path)} in the code.`
          : "Create the file before packaging, or write it in the job before it is read."
      )
    }

    /** Says that a file that goes along is spelled in another way than the code spells it. */
    const misspelt = (use: AssetUse, path: string, onDisk: PathSpelling.Spelling): void => {
      const packaged = (onDisk.kind === "case" ? path : onDisk.path).normalize("NFC")
      // What the code itself spells: the directory of the module, or the working directory, is spelled by the disk
      const start = use.place._tag === "Path" && use.place.relativeTo === "module"
        ? PathText.dirname(use.site.module)
        : options.workingDirectory
      const spelled = PathText.relative(start, path)
      if (onDisk.kind === "same" && spelled === spelled.normalize("NFC")) return
      const say = (each: string): string => PathSpelling.visible(shown(each))
      const willFail = spelled !== spelled.normalize("NFC")
      report(
        "warning",
        "path-spelling",
        `The data file ${shown(onDisk.path)} is spelled differently in the code`,
        use.site,
        `The code says ${say(path)}, the disk ${say(onDisk.path)}, the package ${say(packaged)}${
          willFail ? ": the run will not find it" : "; not every file system finds the one under the name of the other"
        }.`,
        willFail ? "Write the name in Unicode's normal form C in the code." : "Write it in the code as on the disk."
      )
    }

    const addPath = (use: AssetUse, path: string, relativeTo: RelativeTo): Effect.Effect<void, DataFileError> =>
      Effect.gen(function*() {
        // A path that is only built, or given to code that is not followed: it goes along if it is there
        const isQuiet = use.access === "mentioned" || use.access === "handed"
        const isDoubtful = isQuiet || use.perhaps || use.access === "exists" || use.access === "url"
        if (!roots.holds(path)) {
          return isDoubtful ? undefined : yield* outside(path, use.site, "The path leads out of it.")
        }
        const root = roots.outermost(path) ?? options.packageRoot
        const first = yield* Effect.either(fs.stat(path))
        const isMissing = first._tag === "Left"
        if (isMissing && (isQuiet || use.perhaps)) return
        if (isMissing && !isAbsent(first.left)) {
          return isDoubtful ? undefined : yield* unreadable(path, use.site)(first.left)
        }
        const onDisk = yield* PathSpelling.find(root, path, options.names)
        if (isMissing && onDisk.kind !== "form") return missing(use, path, onDisk)
        const actual = onDisk.kind === "form" ? onDisk.path : path
        const info = yield* Effect.mapError(fs.stat(actual), unreadable(actual, use.site))
        const isModule = options.isModule(actual)
        const taking: Taking = { site: use.site, relativeTo, because: `the code reads ${shown(path)}`, isDoubtful }
        if (info.type === "Directory") {
          const isListed = use.access === "read" && (use.what === "directory" || use.what === "tree")
          // A directory that holds the module itself is handed over for its name; `.` is an argument of many a command
          const isHanded = use.access === "handed" && !PathText.isWithin(actual, use.site.module)
          const isArgument = use.perhaps && PathText.isWithin(actual, options.workingDirectory)
          if (!(isListed && !isArgument) && !isHanded) return
          misspelt(use, path, onDisk)
          return yield* addTree(actual, { ...taking, because: `the code reads the directory ${shown(path)}` })
        }
        // A module's own text goes along as data only for who reads it
        if (isModule && (isQuiet || use.access === "url" || asksForModule(use))) return
        misspelt(use, path, onDisk)
        yield* addFile(actual, taking)
      })

    for (const use of uses) {
      if (use.access === "write") continue
      const { place } = use
      const isBuilt = use.access === "mentioned" || use.access === "handed"
      if (isBuilt && place._tag !== "Path") continue
      if (
        (use.access === "mentioned" || use.access === "url") && written.has(pathOf(use)) && !read.has(pathOf(use))
      ) continue
      if (place._tag === "Absolute") {
        if (!use.perhaps && use.what !== "program") {
          const isOurs = roots.holds(place.path)
          report(
            isOurs ? "warning" : "info",
            "absolute-path",
            `An absolute path is read: ${place.path}`,
            use.site,
            "Absolute paths are never packaged; the job reads that path on its own machine.",
            isOurs
              ? `Write it relative to the module or the working directory: ${shown(place.path)}.`
              : "If the file is not on the cluster, copy it into the project and read it by a relative path."
          )
        }
        continue
      }
      if (place._tag === "Unknown") {
        if (!use.perhaps) unknown.push(use)
        continue
      }
      const { path, relativeTo } = place
      if (PathText.hasHole(path)) {
        const directory = PathText.constantDirectory(path)
        const isTaken = options.unknownPaths === "directory" && roots.holds(directory)
          && (yield* Effect.orElseSucceed(fs.exists(directory), () => false))
        if (isTaken) {
          const because = `the code reads the directory ${shown(directory)}`
          yield* addTree(directory, { site: use.site, relativeTo, because, isDoubtful: use.perhaps || isBuilt })
        }
        if (!use.perhaps && !isBuilt) unknown.push(use)
        continue
      }
      if (use.what === "glob") {
        const { base, files: found, hasIgnored } = yield* matching(path, use.site, relativeTo, use.perhaps)
        covered.patterns.push({ path: base, relativeTo })
        if (found.length === 0 && !hasIgnored && !use.perhaps) noMatch(shown(path), use.site)
        const because = `the code reads the pattern ${shown(path)}`
        for (const file of found) yield* addFile(file, { site: use.site, relativeTo, because, isDoubtful: false })
        continue
      }
      yield* addPath(use, path, relativeTo)
    }

    const isFromModule = (file: string): boolean =>
      ignoredReads.some(({ covers, relativeTo }) => relativeTo === "module" && covers(file)) ||
      unknown.some(({ place }) =>
        place._tag === "Path" && place.relativeTo === "module"
        && PathText.isWithin(PathText.constantDirectory(place.path), file)
      )
    const named = options.include.filter((pattern) => !pattern.startsWith("!"))
    const negated = options.include.filter((pattern) => pattern.startsWith("!")).map((pattern) => {
      const path = PathText.resolve(options.packageRoot, pattern.slice(1))
      const matches = matcher(path)
      // `!data` takes away the directory
      return { pattern, matches: (file: string) => file === path || PathText.isWithin(path, file) || matches(file) }
    })
    const effective = new Set<string>()
    for (const pattern of named) {
      const path = PathText.resolve(options.packageRoot, pattern)
      const info = yield* Effect.option(fs.stat(path))
      if (!roots.holds(path) && info._tag === "Some") {
        return yield* outside(path, undefined, `The option include names ${pattern}.`)
      }
      // A name that is there is that name, whatever characters it has; and what is named is not ignored
      const byPattern = info._tag === "None"
        ? yield* matching(path, undefined, "workingDirectory", false)
        : undefined
      const found = info._tag === "None"
        ? byPattern?.files ?? []
        : info.value.type === "Directory"
        ? (yield* list(path, undefined, false)).files
        : [path]
      const taken = found.filter((file) => {
        const against = negated.filter(({ matches }) => matches(file))
        for (const negation of against) effective.add(negation.pattern)
        return against.length === 0
      })
      if (found.length === 0 && byPattern?.hasIgnored !== true) noMatch(pattern, undefined)
      for (const file of taken) {
        const taking = { site: undefined, because: `the option include names ${pattern}`, isDoubtful: false }
        const isBeside = isFromModule(file)
        if (isBeside) yield* addFile(file, { ...taking, relativeTo: "module" })
        if (!isBeside || PathText.isWithin(options.workingDirectory, file)) {
          yield* addFile(file, { ...taking, relativeTo: "workingDirectory" })
        }
      }
    }
    for (const read of ignoredReads) {
      const missing = read.files.filter((file) => {
        // The option include has brought it in, or says that it is to stay out
        if (files.has(`${read.relativeTo}\0${file}`)) return false
        const against = negated.filter(({ matches }) => matches(file))
        for (const negation of against) effective.add(negation.pattern)
        return against.length === 0
      })
      if (missing.length > 0) reportIgnored(read, missing)
    }
    for (const { pattern } of negated) if (!effective.has(pattern)) noMatch(pattern, undefined)

    const hasInclude = named.length > 0
    return {
      files: [...files.values()].sort((a, b) =>
        Order.string(a.path, b.path) || Order.string(a.relativeTo, b.relativeTo)
      ),
      directories: [...directories.values()],
      diagnostics: [
        ...diagnostics.values(),
        ...UnknownPaths.report(unknown, covered, { hasInclude, locate: options.locate, shown })
      ]
    }
  })
