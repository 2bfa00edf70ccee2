/**
 * yarn's lockfiles of version 1: which version each request was given, and little else.
 * https://classic.yarnpkg.com/en/docs/yarn-lock
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as Order from "effect/Order"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import * as Quotation from "../diagnostics/Quotation.ts"
import { SourceLocation } from "../diagnostics/SourceLocation.ts"
import * as GitAddress from "./GitAddress.ts"
import * as JsonText from "./JsonText.ts"
import { LockfileError } from "./LockfileError.ts"
import type { EdgeKind, LockEdge, LockGraph } from "./LockGraph.ts"
import * as ManagerCommands from "./ManagerCommands.ts"
import { type PackageSource, registry } from "./PackageSource.ts"
import * as ProjectGraph from "./ProjectGraph.ts"
import { join } from "./RelativePath.ts"
import * as YamlText from "./YamlText.ts"
import * as YarnDescriptor from "./YarnDescriptor.ts"
import type * as YarnProject from "./YarnProject.ts"

const commands = ManagerCommands.yarnClassic

/** An entry, and the requests that it answers. */
interface ClassicEntry {
  readonly requests: ReadonlyArray<YarnDescriptor.YarnDescriptor>
  readonly fields: JsonText.JsonObject
}

const parse = (file: string, text: string): Effect.Effect<JsonText.JsonObject, LockfileError> => {
  const tooMuch = YamlText.excess(text)
  if (tooMuch !== undefined) {
    return new LockfileError({
      reason: "InvalidEntry",
      what: `${file} holds too much`,
      location: new SourceLocation({ file, line: 1, column: 1 }),
      why: tooMuch,
      remedy: `Run \`${commands.install}\` to have it written anew.`
    })
  }
  return Effect.tryPromise({
    // Loaded here, for few projects have this lockfile.
    try: async (): Promise<JsonText.JsonObject> => (await import("@yarnpkg/parsers")).parseSyml(text),
    catch: (cause) => {
      const conflict = JsonText.conflictIn(text)
      const offset = conflict ?? offsetOf(cause)
      const before = text.slice(0, offset).split("\n")
      return new LockfileError({
        reason: "InvalidSyntax",
        what: `${file} is not a valid lockfile of yarn`,
        location: new SourceLocation({ file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }),
        why: conflict === undefined ? "It cannot be parsed." : "It holds the marks of an unresolved merge.",
        remedy: `Run \`${commands.install}\` to have it written anew.`,
        cause
      })
    }
  })
}

/** Where the parser stopped. */
const offsetOf = (cause: unknown): number => {
  const location: unknown = cause instanceof Error && "location" in cause ? cause.location : undefined
  const start: unknown = typeof location === "object" && location !== null && "start" in location ? location.start : {}
  const offset: unknown = typeof start === "object" && start !== null && "offset" in start ? start.offset : 0
  return typeof offset === "number" ? offset : 0
}

/** Where the entry for `request` stands: the parser gives no positions, but an entry begins its line with what it is for. */
const locator = (file: string, text: string) => {
  let lines: ReadonlyArray<string> | undefined
  return (request: string): SourceLocation | undefined => {
    lines ??= text.split("\n")
    const starts = [`${request}:`, `${request},`, `"${request}"`]
    const line = lines.findIndex((each) => starts.some((start) => each.startsWith(start)))
    return line === -1 ? undefined : new SourceLocation({ file, line: line + 1, column: 1 })
  }
}

/** Whether a request is for an address or a path, not for a version of the registry's. */
const isAddress = (range: string): boolean => !range.startsWith("npm:") && /[:/]/.test(range)

const sourceOf = ({ fields, requests }: ClassicEntry): PackageSource => {
  const address = requests.find(({ range }) => isAddress(range))?.range
  if (address === undefined) return registry
  const resolved = JsonText.string(fields, "resolved")
  if (resolved === undefined) {
    return { _tag: "Directory", path: join("", address.replace(/^(?:file|link):/, "")) }
  }
  const plain = resolved.replace(/#.*$/, "")
  if (plain.startsWith("file:")) return { _tag: "File", path: plain.slice("file:".length) }
  const git = GitAddress.fromResolved(resolved)
  return git === undefined ? { _tag: "Tarball", address: plain } : { _tag: "Git", address: git }
}

/** The hash of an entry; before yarn 1.10 that is the SHA-1 behind the address. */
const integrityOf = (fields: JsonText.JsonObject): string | undefined => {
  const integrity = JsonText.string(fields, "integrity")
  if (integrity !== undefined) return integrity
  const fragment = JsonText.string(fields, "resolved")?.split("#")[1] ?? ""
  const digest = fragment.length === 40 ? Encoding.decodeHex(fragment) : undefined
  return digest === undefined || Either.isLeft(digest) ? undefined : `sha1-${Encoding.encodeBase64(digest.right)}`
}

/** `a/b`, `**\/b` and `b`: of the packages on the way, only the last one counts here. */
const overridesOf = (project: YarnProject.YarnProject): ReadonlyArray<YarnProject.Override> =>
  project.resolutions.map(([pattern, replacement]) => {
    const parts = pattern.match(/@[^/]+\/[^/]+|[^/]+/g) ?? []
    const from = parts.at(-2)
    return {
      from: from === undefined || from === "**" ? undefined : from,
      name: parts.at(-1) ?? pattern,
      range: undefined,
      replacement
    }
  })

const incomplete = (file: string): Diagnostic =>
  new Diagnostic({
    severity: "warning",
    code: "lockfile-incomplete",
    what: `${file} is one of yarn 1, which leaves out a part of what the packages need`,
    why: "It names no peer dependencies, platforms, commands and install scripts of packages.",
    remedy: "Upgrade to yarn 4 (`yarn set version stable`)."
  })

export const read = (
  file: string,
  text: string,
  project: YarnProject.YarnProject
): Effect.Effect<LockGraph, LockfileError> =>
  Effect.gen(function*() {
    const lockfile = yield* parse(file, text)
    const locate = locator(file, text)
    // Requests that were given the same version are one entry, and one object.
    const requests = new Map<JsonText.JsonObject, Array<string>>()
    const ids = new Map<string, string>()
    for (const [request, fields] of Object.entries(lockfile)) {
      if (!JsonText.isObject(fields) || JsonText.string(fields, "version") === undefined) {
        return yield* new LockfileError({
          reason: "InvalidEntry",
          what: `The entry ${Quotation.quoted(request)} of ${file} cannot be read`,
          location: locate(request),
          why: "It has no version.",
          remedy: `Run \`${commands.install}\` to have the lockfile written anew.`
        })
      }
      const known = requests.get(fields) ?? []
      requests.set(fields, [...known, request])
      ids.set(request, known[0] ?? request)
    }

    const nodes = new Map<string, ProjectGraph.ProjectNode>()
    const overrides = overridesOf(project)
    const linkTo = (name: string, path: string): string => {
      const id = `link:${path}`
      if (!nodes.has(id)) nodes.set(id, ProjectGraph.makeLink(id, name, path))
      return id
    }
    /** The node for a dependency of the package `from`, which lies in `directory` if it is one of the project. */
    const resolve = (from: string | undefined, directory: string, name: string, range: string): string | undefined => {
      for (const override of overrides) {
        if (override.name !== name || (override.from !== undefined && override.from !== from)) continue
        const replaced = ids.get(`${name}@${override.replacement}`)
        if (replaced !== undefined) return replaced
      }
      const path = /^(?:file|link):(.*)$/.exec(range)
      // Paths are kept as they are seen from the root.
      const found = ids.get(`${name}@${range}`) ??
        (path === null ? undefined : ids.get(`${name}@file:${join(directory, path[1] ?? "")}`))
      if (found !== undefined) return found
      const workspace = project.workspaces.get(name)
      if (workspace !== undefined) return linkTo(name, workspace)
      return path === null ? undefined : linkTo(name, join(directory, path[1] ?? ""))
    }

    for (const [fields, texts] of requests) {
      const entry = { fields, requests: texts.map(YarnDescriptor.parse) }
      const request = entry.requests[0]
      const id = texts[0]
      if (request === undefined || id === undefined) continue
      const alias = entry.requests.flatMap(({ range }) => YarnDescriptor.aliased(range) ?? [])[0]
      const name = alias?.name ?? request.name
      const edges = new Map<string, LockEdge>()
      const add = (field: string, kind: EdgeKind) => {
        for (const [required, range] of JsonText.stringMembers(fields[field])) {
          edges.set(required, { name: required, kind, peer: false, range, target: resolve(name, "", required, range) })
        }
      }
      add("dependencies", "dependency")
      add("optionalDependencies", "optional")
      const source = sourceOf(entry)
      nodes.set(
        id,
        ProjectGraph.makeNode({
          id,
          name,
          version: JsonText.string(fields, "version") ?? "",
          integrity: ProjectGraph.integrityFor(source, integrityOf(fields)),
          source,
          edges: [...edges.values()].sort((a, b) => Order.string(a.name, b.name))
        })
      )
    }

    const importers = new Map<string, ProjectGraph.ProjectImporter>()
    for (const [directory, importer] of project.importers) {
      const targets = new Map<string, string>()
      for (const [name, { kind, range }] of importer.declared) {
        const target = kind === "peer" ? undefined : resolve(undefined, directory, name, range)
        if (target !== undefined) targets.set(name, target)
      }
      importers.set(directory, { ...importer, targets })
    }
    return ProjectGraph.toGraph({
      file,
      commands,
      hashes: true,
      nodes,
      importers,
      isolated: false,
      locate,
      diagnostics: [incomplete(file)]
    })
  })
