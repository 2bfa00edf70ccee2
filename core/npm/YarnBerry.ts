/**
 * yarn's lockfiles since version 2, which have a `__metadata`.
 * https://github.com/yarnpkg/berry/blob/master/packages/yarnpkg-core/sources/Project.ts
 */
import * as Effect from "effect/Effect"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import * as Quotation from "../diagnostics/Quotation.ts"
import * as JsonText from "./JsonText.ts"
import { LockfileError } from "./LockfileError.ts"
import type { Declaration, LockGraph } from "./LockGraph.ts"
import * as ManagerCommands from "./ManagerCommands.ts"
import * as ProjectGraph from "./ProjectGraph.ts"
import * as YamlText from "./YamlText.ts"
import * as YarnBerryEntry from "./YarnBerryEntry.ts"
import { resolvePeers } from "./YarnBerryPeers.ts"
import type * as YarnProject from "./YarnProject.ts"

const commands = ManagerCommands.yarn

/** The versions of `__metadata` from yarn 2.0 on, to the newest that is known. */
const versions = { first: 4, last: 10 }

const metadata = "__metadata"

/** The root's `resolutions`. A pattern that yarn does not take, it has refused before. */
const overridesOf = (project: YarnProject.YarnProject): Effect.Effect<ReadonlyArray<YarnProject.Override>> =>
  project.resolutions.length === 0 ? Effect.succeed([]) : Effect.promise(async () => {
    const { parseResolution } = await import("@yarnpkg/parsers")
    return project.resolutions.flatMap(([pattern, replacement]) => {
      try {
        const { descriptor, from } = parseResolution(pattern)
        return [{ from: from?.fullName, name: descriptor.fullName, range: descriptor.description, replacement }]
      } catch {
        return []
      }
    })
  })

const withoutProtocol = (range: string): string => range.replace(/^npm:/, "")

/** Finds the entry that answers a request. */
const makeResolve = (
  entries: ReadonlyArray<YarnBerryEntry.BerryEntry>,
  overrides: ReadonlyArray<YarnProject.Override>
) => {
  const byRequest = new Map<string, YarnBerryEntry.BerryEntry>()
  for (const entry of entries) for (const request of entry.key.split(/ *, */)) byRequest.set(request, entry)
  const top = entries.find(({ workspace }) => workspace === "")
  /** Requests are bound to who makes them where they are for paths; those for versions may lack their protocol. */
  const find = (name: string, range: string, from: YarnBerryEntry.BerryEntry | undefined) => {
    const bound = from === undefined ? undefined : `::locator=${encodeURIComponent(from.resolution)}`
    return byRequest.get(`${name}@${range}`) ?? byRequest.get(`${name}@npm:${range}`) ??
      (bound === undefined ? undefined : byRequest.get(`${name}@${range}${bound}`))
  }
  return (from: YarnBerryEntry.BerryEntry, name: string, range: string): YarnBerryEntry.BerryEntry | undefined => {
    for (const override of overrides) {
      if (override.name !== name || (override.from !== undefined && override.from !== from.name)) continue
      if (override.range !== undefined && withoutProtocol(override.range) !== withoutProtocol(range)) continue
      const replaced = find(name, override.replacement, top)
      if (replaced !== undefined) return replaced
    }
    return find(name, range, from)
  }
}

const withoutScripts = (file: string): Diagnostic =>
  new Diagnostic({
    severity: "info",
    code: "lockfile-without-scripts",
    what: `${file} does not name all packages that have install scripts`,
    why: "It shows only those whose scripts mention node-gyp.",
    remedy: "Package with dependencies \"vendor\" where that matters."
  })

export const read = (
  file: string,
  text: string,
  project: YarnProject.YarnProject
): Effect.Effect<LockGraph, LockfileError> =>
  Effect.gen(function*() {
    const yaml = yield* YamlText.parse(file, text, "failsafe", commands)
    const about = yaml.value[metadata]
    const version = JsonText.isObject(about) ? JsonText.string(about, "version") : undefined
    if (version === undefined || !(Number(version) >= versions.first && Number(version) <= versions.last)) {
      return yield* new LockfileError({
        reason: "UnsupportedVersion",
        what: `${file} has version ${Quotation.quoted(version ?? "")} in a form that Clustrix does not know`,
        location: yaml.locate([metadata, "version"]),
        why:
          `Clustrix reads the lockfiles of yarn 1, and the versions ${versions.first} to ${versions.last} of yarn 2 to 4.`,
        remedy: "Run `yarn install` with yarn 4."
      })
    }
    const entries = new Map<string, YarnBerryEntry.BerryEntry>()
    for (const [key, fields] of Object.entries(yaml.value)) {
      if (key === metadata) continue
      const entry = JsonText.isObject(fields) ? YarnBerryEntry.parse(key, fields) : undefined
      if (entry === undefined) {
        return yield* new LockfileError({
          reason: "InvalidEntry",
          what: `The entry ${Quotation.quoted(key)} of ${file} cannot be read`,
          location: yaml.locate([key]),
          why: "It has no resolution.",
          remedy: `Run \`${commands.install}\` to have the lockfile written anew.`
        })
      }
      entries.set(entry.resolution, entry)
    }

    const all = [...entries.values()]
    const workspaces = all.filter(({ workspace }) => workspace !== undefined)
    const { nodes, targets } = resolvePeers(workspaces, makeResolve(all, yield* overridesOf(project)))
    const importers = new Map<string, ProjectGraph.ProjectImporter>()
    for (const { dependencies, workspace = "" } of workspaces) {
      // The lockfile does not tell what is for development only; package.json does.
      const declared = new Map<string, Declaration>(
        dependencies.map(({ name, optional, range }) => [name, {
          kind: optional ? "optional" as const : "dependency" as const,
          range: withoutProtocol(range)
        }])
      )
      for (const [name, declaration] of project.importers.get(workspace)?.declared ?? []) {
        declared.set(name, declaration)
      }
      importers.set(workspace, { directory: workspace, declared, targets: targets.get(workspace) ?? new Map() })
    }
    return ProjectGraph.toGraph({
      file,
      commands,
      hashes: false,
      nodes,
      importers,
      isolated: false,
      locate: (id) => {
        // Copies are numbered behind what they are copies of.
        const entry = entries.get(id) ?? entries.get(id.replace(/#\d+$/, ""))
        return entry === undefined ? undefined : yaml.locate([entry.key])
      },
      diagnostics: [withoutScripts(file)]
    })
  })
