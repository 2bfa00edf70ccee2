/**
 * Whether the installed packages are what other machines install: the published ones, at the locked versions.
 *
 * Registries publish hashes of tarballs, and none of the files in them, so this is told by signs: the version, a link out
 * of node_modules, a repository, a patch file, and files that are newer than the installation.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import type { Changes } from "../resolution/FileChanges.ts"
import { FileTimes } from "../resolution/FileTimes.ts"
import { findInstalled, nameAt } from "./InstalledCopies.ts"
import * as JsonText from "./JsonText.ts"
import type { LockfileError } from "./LockfileError.ts"
import { type LockedPackages, runsScript } from "./LockfileGaps.ts"
import type { PackageManager } from "./LockfileLocation.ts"
import * as Patches from "./Patches.ts"
import type { PrunedPackage } from "./Pruning.ts"

export interface InstalledStateInput {
  /** The lockfile's directory, absolute. */
  readonly base: string
  readonly packages: ReadonlyArray<PrunedPackage>
  /** What wrote the lockfile; `undefined` where there is none. */
  readonly manager: PackageManager | undefined
  /** The project's package for which this is asked, absolute. */
  readonly projectDirectory: string
}

/** A package where it is installed. */
interface Copy {
  readonly item: PrunedPackage
  /** As people name it. */
  readonly place: string
  /** Absolute, without links. */
  readonly real: string
  readonly manifest: JsonText.JsonObject
}

/** What a package manager writes when it has installed everything, below node_modules. */
const markers: ReadonlyArray<readonly [name: string, isUniform: boolean]> = [
  [".package-lock.json", true],
  [".yarn-integrity", true],
  // These share files between packages by content: their times tell when any package brought them first
  [".modules.yaml", false],
  [".yarn-state.yml", false]
]

const reinstall: Readonly<Record<PackageManager, string>> = {
  npm: "npm ci",
  pnpm: "pnpm install --frozen-lockfile",
  yarn: "yarn install"
}

/** Files whose times are looked at, over all packages: a bound on time, for it is only a sign. */
const maximumFiles = 5000

/** Packages, or files, that are named in one message. */
const maxNamed = 3

const some = (names: ReadonlyArray<string>): string =>
  `${names.slice(0, maxNamed).join(", ")}${names.length > maxNamed ? ` and ${names.length - maxNamed} more` : ""}`

const label = ({ name, version }: PrunedPackage): string => version === "" ? name : `${name} ${version}`

/** Whether the directory lies in some node_modules, as what package managers install does. */
const isInModules = (directory: string, separator: string): boolean => {
  const parts = directory.split(separator)
  const holder = parts.at(-2)
  return holder === "node_modules" || (holder?.startsWith("@") === true && parts.at(-3) === "node_modules")
}

type Reading<A> = Effect.Effect<A, LockfileError, FileSystem.FileSystem | Path.Path>

/** Where the packages are installed; those of which the lockfile doesn't say where are looked for as Node does. */
const copiesOf = (
  base: string,
  packages: ReadonlyArray<PrunedPackage>
): Reading<{
  readonly copies: ReadonlyArray<Copy>
  /** Packages that must be installed, and aren't. */
  readonly absent: ReadonlyArray<string>
  readonly isComplete: boolean
}> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const byPath = new Map(packages.map((item) => [item.path, item]))
    const found = new Map<string, Copy | undefined>()

    const at = (item: PrunedPackage, directory: string): Reading<Copy | undefined> =>
      Effect.gen(function*() {
        const text = yield* Effect.option(fs.readFileString(path.join(directory, "package.json")))
        if (Option.isNone(text)) return undefined
        const place = path.relative(base, directory).split(path.sep).join("/")
        const manifest = yield* JsonText.parse(`${place}/package.json`, text.value)
        return { item, place, manifest, real: yield* Effect.orElseSucceed(fs.realPath(directory), () => directory) }
      })

    const copyOf = (item: PrunedPackage): Reading<Copy | undefined> =>
      Effect.gen(function*() {
        if (found.has(item.path)) return found.get(item.path)
        found.set(item.path, undefined)
        let directory = item.directory === undefined ? undefined : path.join(base, ...item.directory.split("/"))
        if (directory === undefined) {
          const dependent = byPath.get(item.requiredBy)
          const from = dependent === undefined ? base : (yield* copyOf(dependent))?.real
          directory = from === undefined ? undefined : yield* findInstalled(base, from, nameAt(item.path))
        }
        const copy = directory === undefined ? undefined : yield* at(item, directory)
        found.set(item.path, copy)
        return copy
      })

    const copies = new Map<string, Copy>()
    const absent: Array<string> = []
    let isComplete = true
    for (const item of packages) {
      const copy = yield* copyOf(item)
      // Several places of the pruned tree can be one place here
      if (copy !== undefined) { if (!copies.has(copy.place)) copies.set(copy.place, copy) }
      else if (!item.optional) {
        isComplete = false
        if (item.directory !== undefined) absent.push(item.directory)
      }
    }
    return { copies: [...copies.values()], absent: [...new Set(absent)], isComplete }
  })

/** The changes of each package since the installation, as far as they mean anything. */
const changesOf = (base: string, copies: ReadonlyArray<Copy>) =>
  Effect.gen(function*() {
    const changes = new Map<Copy, Changes>()
    const times = yield* Effect.serviceOption(FileTimes)
    if (Option.isNone(times)) return changes
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const marker = yield* Effect.findFirst(
      markers.map(([name, isUniform]) => ({ marker: path.join(base, "node_modules", name), isUniform })),
      ({ marker: file }) => Effect.orElseSucceed(fs.exists(file), () => false)
    )
    if (Option.isNone(marker)) return changes
    let left = maximumFiles
    // What the function imports itself comes first
    const ordered = [...copies].sort((a, b) => Number(a.item.requiredBy !== "") - Number(b.item.requiredBy !== ""))
    for (const copy of ordered) {
      if (left <= 0) break
      const { isUniform, marker: file } = marker.value
      const found = yield* times.value.changes(copy.real, {
        marker: file,
        isUniform: isUniform && !runsScript(copy.manifest)
      })
      if (found === undefined) continue
      left -= found.count
      changes.set(copy, found)
    }
    // Where most packages are newer as a whole, all of node_modules was copied, with new times
    const whole = [...changes.values()].filter(({ isWhole }) => isWhole).length
    if (whole > 1 && whole * 2 > changes.size) {
      for (const [copy, { isWhole }] of changes) if (isWhole) changes.delete(copy)
    }
    return changes
  })

/** What is different about an installed package; `undefined` if no sign of anything was found. */
const differenceOf = (
  { item, manifest, place, real }: Copy,
  patches: ReadonlyMap<string, string>,
  changes: Changes | undefined
) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const version = JsonText.string(manifest, "version")
    // The lockfile knows no version of a directory, and of some packages only the address
    if (item.version !== "" && !item.version.includes(":") && version !== item.version) {
      return `${place} is installed at version ${version ?? "(none)"}, and locked at ${item.version}`
    }
    const patch = patches.get(item.name)
    if (patch !== undefined) return `${label(item)} is patched here by ${patch}`
    if (!isInModules(real, path.sep)) return `${place} is a link to ${real}`
    if (yield* Effect.orElseSucceed(fs.exists(path.join(real, ".git")), () => false)) {
      return `${place} is a checkout of a git repository`
    }
    if (changes === undefined || changes.changed.length === 0) return undefined
    return changes.isWhole
      ? `${place} was replaced after the installation`
      : `${place} was changed after the installation: ${some(changes.changed)}`
  })

export interface InstalledState {
  readonly diagnostics: ReadonlyArray<Diagnostic>
  readonly locked: LockedPackages
}

/**
 * Warns of each package that is installed at another version than the lockfile's, that is changed, or that is not
 * installed at all: what runs here may then differ from what runs on a cluster.
 */
export const inspect = (
  { base, manager, packages, projectDirectory }: InstalledStateInput
): Reading<InstalledState> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const root = yield* Effect.orElseSucceed(fs.realPath(base), () => base)
    const { absent, copies, isComplete } = yield* copiesOf(root, packages)
    const patches = yield* Patches.find([...new Set([root, projectDirectory])])
    const changes = yield* changesOf(root, copies)
    const found = (yield* Effect.forEach(
      copies,
      (copy) => differenceOf(copy, patches, changes.get(copy)),
      { concurrency: 16 }
    )).filter((what) => what !== undefined)
    const install = manager === undefined ? "" : `, or install what the lockfile says (\`${reinstall[manager]}\`)`
    const why =
      "Other machines install the package as it was published: the result there may differ from the result here."
    const remedy = `Package with dependencies "vendor", which takes the installed files${install}.`
    const differing = found.length <= maxNamed
      ? found.map((what) => new Diagnostic({ severity: "warning", code: "installed-differs", what, why, remedy }))
      : [
        new Diagnostic({
          severity: "warning",
          code: "installed-differs",
          what: `${found.length} npm packages are not installed as other machines install them`,
          why: `${found.slice(0, maxNamed).join("; ")}; and ${found.length - maxNamed} more. ${why}`,
          remedy
        })
      ]
    const [first] = absent
    const missing = first === undefined ? [] : [
      new Diagnostic({
        severity: "warning",
        code: "not-installed",
        what: absent.length === 1
          ? `${first} is not installed`
          : `${absent.length} npm packages are not installed: ${some(absent)}`,
        why: "The function can't run here. Other machines install what the lockfile says.",
        remedy: `Run \`${reinstall[manager ?? "npm"]}\`.`
      })
    ]
    return {
      diagnostics: [...differing, ...missing],
      locked: {
        manifests: copies.map(({ manifest }) => manifest),
        names: new Set(packages.map(({ path }) => nameAt(path))),
        isComplete
      }
    }
  })
