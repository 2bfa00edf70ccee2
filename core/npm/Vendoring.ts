/**
 * The installed files of the npm packages that are needed, at the places that the pruned tree gives them: what resolves
 * where is as after `npm ci`, and nothing has to be installed.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import { collision, collisionError, type PathCollisionError } from "../archive/EntryPath.ts"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import * as InstalledBundle from "./InstalledBundle.ts"
import * as InstalledCopies from "./InstalledCopies.ts"
import * as InstalledFiles from "./InstalledFiles.ts"
import * as JsonText from "./JsonText.ts"
import type { LockedPackages } from "./LockfileGaps.ts"
import { LockfileError } from "./LockfileError.ts"
import type { LockGraph, LockNode } from "./LockGraph.ts"
import * as PackageSource from "./PackageSource.ts"
import type { Pruned, PrunedPackage } from "./Pruning.ts"
import { VendorError } from "./VendorError.ts"

export interface VendoredFile {
  /** `node_modules/a/node_modules/b/index.js`, in NFC. */
  readonly path: string
  /** Absolute. */
  readonly file: string
  readonly sizeBytes: number
  readonly copy: InstalledCopies.InstalledCopy
}

export interface Vendored {
  readonly files: ReadonlyArray<VendoredFile>
  /** Those of the pruned tree whose files go along. */
  readonly packages: ReadonlyArray<PrunedPackage>
  readonly locked: LockedPackages
  readonly diagnostics: ReadonlyArray<Diagnostic>
}

/** What is said of packages that are fetched somewhere else. */
const aboutFetching: ReadonlySet<string> = new Set([
  "bundle-incomplete",
  "bundled-package-shared",
  "lockfile-without-integrity",
  "lockfile-without-scripts",
  "no-integrity",
  "package-by-address"
])

/** What can be done besides vendoring. */
const otherRemedy = (remedy: string | undefined): string | undefined =>
  remedy
    ?.replace(/^Package with dependencies "vendor", or (.)/, (_, first: string) => first.toUpperCase())
    .replace(/,? or package with dependencies "vendor"/, "")

/** What the pruning has to say, as far as it concerns packages whose files go along. */
export const remarksOf = ({ diagnostics }: Pruned): ReadonlyArray<Diagnostic> =>
  diagnostics.filter(({ code, severity }) =>
    // What lockfiles leave out is in the files, but for the peer dependencies that some do not name
    !aboutFetching.has(code) && (code !== "lockfile-incomplete" || severity === "warning")
  ).map((diagnostic) => {
    const remedy = otherRemedy(diagnostic.remedy)
    return remedy === diagnostic.remedy || remedy === undefined ? diagnostic : new Diagnostic({ ...diagnostic, remedy })
  })

/** The error for whoever packages with "vendor" already. */
export const errorOf = (error: LockfileError): LockfileError =>
  new LockfileError({ ...error, remedy: otherRemedy(error.remedy) })

/** Where its files come from does not matter; that it is another package than its namesake does. */
const asFiles = (node: LockNode): LockNode => {
  const { source } = node
  // A directory of the project may hold anything
  const isOfProject = source._tag === "Directory" && !source.path.includes("node_modules/")
  return source._tag === "Registry" || source._tag === "Bundled" || isOfProject
    ? node
    : { ...node, source: PackageSource.registry, integrity: node.integrity ?? JSON.stringify(source) }
}

/** `graph` for packages whose files are at hand: nothing speaks against one that cannot be installed elsewhere. */
export const graphOfFiles = (graph: LockGraph): LockGraph => ({
  ...graph,
  nodes: new Map([...graph.nodes].map(([id, node]) => [id, asFiles(node)]))
})

const some = (names: ReadonlyArray<string>): string =>
  `${names.slice(0, 3).join(", ")}${names.length > 3 ? ` and ${names.length - 3} more` : ""}`

const label = ({ name, version }: PrunedPackage): string => version === "" ? name : `${name} ${version}`

const leftOut = (absent: ReadonlyArray<PrunedPackage>): ReadonlyArray<Diagnostic> => {
  const names = [...new Set(absent.map(label))]
  return names.length === 0 ? [] : [
    new Diagnostic({
      severity: "info",
      code: "optional-package-left-out",
      what: `${
        names.length === 1 ? "An optional npm package that is" : `${names.length} optional npm packages that are`
      } not installed here ${names.length === 1 ? "does" : "do"} not go along: ${some(names)}`,
      why: "Most of these are for other platforms than this one."
    })
  ]
}

/** Positive names in `os`, `cpu`, `libc`. */
const platformOf = (manifest: JsonText.JsonObject): ReadonlyArray<string> =>
  ["os", "cpu", "libc"].flatMap((key) => JsonText.strings(manifest[key]) ?? []).filter((name) =>
    name !== "any" && !name.startsWith("!")
  )

const bound = (
  { item, location, manifest }: InstalledCopies.InstalledCopy,
  files: ReadonlyArray<InstalledFiles.InstalledFile>
): ReadonlyArray<Diagnostic> => {
  const addons = files.filter(({ path }) => path.endsWith(".node")).map(({ path }) => path)
  const platform = platformOf(manifest)
  if (addons.length === 0 && platform.length === 0) return []
  return [
    new Diagnostic({
      severity: "warning",
      code: "native-addon",
      what: addons.length > 0
        ? `${label(item)} holds native code, which fits this machine's platform only: ${some(addons)}`
        : `${label(item)} fits ${platform.join(", ")} only`,
      location,
      why:
        "The files go along as they are installed here; on another platform the function does not find what it needs.",
      remedy: "Package on a machine like the cluster's, or with dependencies \"install\"."
    })
  ]
}

const notFollowed = (
  { item, location }: InstalledCopies.InstalledCopy,
  linksOut: ReadonlyArray<InstalledFiles.LinkOut>
): ReadonlyArray<Diagnostic> =>
  linksOut.map(({ path, why }) =>
    new Diagnostic({
      severity: "warning",
      code: "link-left-out",
      what: `The link ${path} in ${label(item)} does not go along`,
      location,
      why,
      remedy: "Copy what is needed into the package."
    })
  )

const mebibytes = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`

/** `base` is the lockfile's directory (absolute), `command` what installs what the lockfile says. */
export const vendor = (input: {
  readonly base: string
  readonly graph: LockGraph
  readonly pruned: Pruned
  readonly command: string
  readonly maxFileSizeBytes: number
}): Effect.Effect<
  Vendored,
  VendorError | LockfileError | PathCollisionError,
  FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const { graph, maxFileSizeBytes, pruned } = input
    const base = yield* Effect.orElseSucceed(fs.realPath(input.base), () => input.base)
    const { absent, copies } = yield* InstalledCopies.locate(base, pruned, input.command)
    const bundleOf = yield* InstalledBundle.make(base, graph, new Set(pruned.packages.map(({ path }) => path)))
    const files: Array<VendoredFile> = []
    const diagnostics: Array<Diagnostic> = [...leftOut(absent)]
    for (const copy of copies) {
      const listed = yield* InstalledFiles.list(copy.directory, yield* bundleOf(copy))
      diagnostics.push(...bound(copy, listed.files), ...notFollowed(copy, listed.linksOut))
      for (const { file, path, sizeBytes } of listed.files) {
        if (sizeBytes > maxFileSizeBytes) {
          return yield* new VendorError({
            reason: "TooLarge",
            path: file,
            what: `${path} of ${label(copy.item)} is too large for a package`,
            location: copy.location,
            why: `It has ${mebibytes(sizeBytes)}; the limit is ${mebibytes(maxFileSizeBytes)}.`,
            remedy: "Raise maxFileSizeBytes, or package with dependencies \"install\" or \"assume\"."
          })
        }
        files.push({ path: `${copy.item.path}/${path}`, file, sizeBytes, copy })
      }
    }
    // As spelled on disk: in NFC two names may be one
    const colliding = collision(files.map(({ path }) => path))
    if (colliding !== undefined) return yield* collisionError(colliding)
    return {
      files: files.map((each) => ({ ...each, path: each.path.normalize("NFC") })),
      packages: copies.map(({ item }) => item),
      locked: {
        manifests: copies.map(({ manifest }) => manifest),
        names: new Set(copies.map(({ item: { path } }) => InstalledCopies.nameAt(path))),
        isComplete: true
      },
      diagnostics
    }
  })
