/**
 * pnpm's lockfiles: `pnpm-lock.yaml`, versions 5.3, 5.4, 6.0, 6.1 and 9.0.
 * https://github.com/pnpm/spec/tree/master/lockfile
 */
import * as Effect from "effect/Effect"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import * as Quotation from "../diagnostics/Quotation.ts"
import * as JsonText from "./JsonText.ts"
import { LockfileError } from "./LockfileError.ts"
import type { Declaration, LockGraph } from "./LockGraph.ts"
import * as ManagerCommands from "./ManagerCommands.ts"
import * as PnpmKey from "./PnpmKey.ts"
import * as PnpmPackage from "./PnpmPackage.ts"
import * as ProjectGraph from "./ProjectGraph.ts"
import { join } from "./RelativePath.ts"
import * as YamlText from "./YamlText.ts"

const generationOf = (version: string): PnpmKey.Generation | undefined => {
  switch (version) {
    case "5.3":
    case "5.4":
    case "5.4-inlineSpecifiers":
      return 5
    case "6.0":
    case "6.1":
      return 6
    case "9.0":
      return 9
    default:
      return undefined
  }
}

const fields: ReadonlyArray<readonly [field: string, kind: Declaration["kind"]]> = [
  ["devDependencies", "dev"],
  ["dependencies", "dependency"],
  ["optionalDependencies", "optional"]
]

interface PnpmDependency {
  readonly name: string
  readonly kind: Declaration["kind"]
  readonly range: string
  readonly reference: string
}

/** What a package of the project depends on; ranges stand beside the references, or (5.3, 5.4) in a list of their own. */
const dependenciesOf = (importer: JsonText.JsonObject): ReadonlyArray<PnpmDependency> => {
  const ranges = new Map(JsonText.stringMembers(importer["specifiers"]))
  return fields.flatMap(([field, kind]) => {
    const dependencies = importer[field]
    return Object.entries(JsonText.isObject(dependencies) ? dependencies : {}).flatMap(([name, entry]) => {
      const reference = JsonText.isObject(entry) ? JsonText.string(entry, "version") : entry
      const range = JsonText.isObject(entry) ? JsonText.string(entry, "specifier") : ranges.get(name)
      return typeof reference === "string" ? [{ name, kind, range: range ?? "", reference }] : []
    })
  })
}

/** The entries of the lockfile; a key of what is wrong where one is none. */
const entriesOf = (
  lockfile: JsonText.JsonObject,
  generation: PnpmKey.Generation
): ReadonlyArray<PnpmPackage.PnpmEntry> | { readonly wrong: string } => {
  const packages = JsonText.isObject(lockfile["packages"]) ? lockfile["packages"] : {}
  const snapshots = generation === 9 ? lockfile["snapshots"] : packages
  const entries: Array<PnpmPackage.PnpmEntry> = []
  for (const [key, snapshot] of Object.entries(JsonText.isObject(snapshots) ? snapshots : {})) {
    const common = generation === 9 ? packages[PnpmKey.withoutPeers(key)] : snapshot
    if (!JsonText.isObject(snapshot) || !JsonText.isObject(common)) return { wrong: key }
    entries.push({ key, common, snapshot })
  }
  return entries
}

const unsupported = (file: string, version: string | undefined, yaml: YamlText.YamlText): LockfileError =>
  new LockfileError({
    reason: "UnsupportedVersion",
    what: version === undefined
      ? `${file} has no lockfileVersion`
      : `${file} has lockfileVersion ${Quotation.quoted(version)}, which Clustrix does not know`,
    location: yaml.locate(["lockfileVersion"]),
    why: "Clustrix reads pnpm's versions 5.3, 5.4, 6.0, 6.1 and 9.0.",
    remedy: "Run `pnpm install --lockfile-only` with pnpm 9 or 10."
  })

const withoutScripts = (file: string, generation: PnpmKey.Generation): Diagnostic =>
  new Diagnostic({
    severity: "info",
    code: "lockfile-without-scripts",
    what: generation === 9
      ? `${file} does not name the commands of packages, nor which ones have install scripts`
      : `${file} does not name the commands of packages`,
    why: "An install script that is let run on the cluster does not find the commands of other packages.",
    remedy: "Package with dependencies \"vendor\" where that matters."
  })

/** The graph of the lockfile `text`. `file` is its name in messages, as a person knows it. */
export const read = (file: string, text: string): Effect.Effect<LockGraph, LockfileError> =>
  Effect.gen(function*() {
    const commands = ManagerCommands.pnpm
    const yaml = yield* YamlText.parse(file, text, "core", commands)
    const lockfile = yaml.value
    const stated = lockfile["lockfileVersion"]
    // Version 5 is written as a number; YAML has no other for 6.0 and 9.0 than 6 and 9.
    const version = typeof stated === "number" ? stated.toFixed(1) : typeof stated === "string" ? stated : undefined
    const generation = version === undefined ? undefined : generationOf(version)
    if (generation === undefined) return yield* unsupported(file, version, yaml)

    const locate = (key: string) => yaml.locate([generation === 9 ? "snapshots" : "packages", key])
    const invalid = (key: string, why: string) =>
      new LockfileError({
        reason: "InvalidEntry",
        what: `The entry ${Quotation.quoted(key)} of ${file} cannot be read`,
        location: locate(key),
        why,
        remedy: `Run \`${commands.install}\` to have the lockfile written anew.`
      })

    const entries = entriesOf(lockfile, generation)
    if ("wrong" in entries) return yield* invalid(entries.wrong, "It is no mapping, or has no counterpart in packages.")
    const known = new Set(entries.map(({ key }) => key))
    const nodes = new Map<string, ProjectGraph.ProjectNode>()
    const resolve = (directory: string, name: string, reference: string): string | undefined => {
      if (!reference.startsWith("link:")) {
        return PnpmKey.candidates(generation, name, reference).find((key) => known.has(key))
      }
      const path = join(directory, reference.slice("link:".length))
      const id = `link:${path}`
      if (!nodes.has(id)) nodes.set(id, ProjectGraph.makeLink(id, name, path))
      return id
    }
    const patches = lockfile["patchedDependencies"]
    const patchOf = (name: string, version: string): string => {
      const patch = JsonText.isObject(patches) ? patches[`${name}@${version}`] ?? patches[name] : undefined
      return JsonText.isObject(patch) ? JsonText.string(patch, "path") ?? "" : ""
    }
    for (const entry of entries) {
      const node = PnpmPackage.toNode(entry, { generation, patchOf, resolve })
      if (typeof node === "string") return yield* invalid(entry.key, node)
      if (node !== undefined) nodes.set(node.id, node)
    }

    const importers = new Map<string, ProjectGraph.ProjectImporter>()
    // Before 9.0, a project without workspaces stands at the top itself.
    const projects = JsonText.isObject(lockfile["importers"]) ? lockfile["importers"] : { ".": lockfile }
    for (const [place, importer] of Object.entries(projects)) {
      if (!JsonText.isObject(importer)) continue
      const directory = join("", place)
      const declared = new Map<string, Declaration>()
      const targets = new Map<string, string>()
      for (const { kind, name, range, reference } of dependenciesOf(importer)) {
        declared.set(name, { kind, range })
        const target = resolve(directory, name, reference)
        if (target !== undefined && nodes.has(target)) targets.set(name, target)
      }
      importers.set(directory, { directory, declared, targets })
    }
    return ProjectGraph.toGraph({
      file,
      commands,
      hashes: true,
      nodes,
      importers,
      isolated: true,
      locate,
      diagnostics: [withoutScripts(file, generation)]
    })
  })
