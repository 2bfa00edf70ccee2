/**
 * npm's lockfiles: `package-lock.json`, `npm-shrinkwrap.json` and `node_modules/.package-lock.json`, versions 1 to 3.
 * https://docs.npmjs.com/cli/configuring-npm/package-lock-json
 */
import * as Effect from "effect/Effect"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import * as Quotation from "../diagnostics/Quotation.ts"
import * as JsonText from "./JsonText.ts"
import { LockfileError } from "./LockfileError.ts"
import type { Declaration, EdgeKind, Importer, LockGraph } from "./LockGraph.ts"
import * as NpmLockfileV1 from "./NpmLockfileV1.ts"
import * as PackageTree from "./PackageTree.ts"

/**
 * What a package.json, or its copy in a lockfile, requires, one a name. Where a name stands in several fields the later
 * one counts, as in npm: peer, then regular, then optional dependencies.
 */
export const requirementsOf = (manifest: JsonText.JsonObject): ReadonlyArray<PackageTree.Requirement> => {
  const requirements = new Map<string, PackageTree.Requirement>()
  const add = (kind: EdgeKind, name: string, range: string) =>
    requirements.set(name, { name, kind, range, peer: kind.endsWith("peer") || requirements.get(name)?.peer === true })
  const meta = manifest["peerDependenciesMeta"]
  for (const [name, range] of JsonText.stringMembers(manifest["peerDependencies"])) {
    const about = JsonText.isObject(meta) && Object.hasOwn(meta, name) ? meta[name] : undefined
    add(JsonText.isObject(about) && about["optional"] === true ? "optional-peer" : "peer", name, range)
  }
  for (const [name, range] of JsonText.stringMembers(manifest["dependencies"])) add("dependency", name, range)
  for (const [name, range] of JsonText.stringMembers(manifest["optionalDependencies"])) add("optional", name, range)
  return [...requirements.values()]
}

/** What the project's package.json, or its copy in a lockfile, declares. */
export const importerFrom = (directory: string, manifest: JsonText.JsonObject): Importer => {
  const declared = new Map<string, Declaration>()
  const add = (kind: Declaration["kind"], field: string) => {
    for (const [name, range] of JsonText.stringMembers(manifest[field])) declared.set(name, { kind, range })
  }
  add("dev", "devDependencies")
  add("peer", "peerDependencies")
  add("dependency", "dependencies")
  add("optional", "optionalDependencies")
  return { directory, declared }
}

const isInstalled = (place: string): boolean => place.startsWith("node_modules/") || place.includes("/node_modules/")

const readPackages = (
  file: string,
  text: string,
  packages: JsonText.JsonObject
): Effect.Effect<LockGraph, LockfileError> =>
  Effect.gen(function*() {
    const entries = new Map<string, PackageTree.TreeEntry>()
    const links = new Map<string, string>()
    const importers = new Map<string, Importer>()
    const locator = JsonText.locator(file, text)
    const locate = (place: string) => locator(["packages", place])
    const invalid = (place: string, why: string) =>
      new LockfileError({
        reason: "InvalidEntry",
        what: `The entry ${Quotation.quoted(place)} of ${file} cannot be read`,
        location: locate(place),
        why,
        remedy: "Run `npm install` to have the lockfile written anew."
      })

    for (const [place, entry] of Object.entries(packages)) {
      if (!JsonText.isObject(entry)) return yield* invalid(place, "It is no object.")
      if (isInstalled(place) && PackageTree.leadsOut(place.slice(place.indexOf("node_modules/")))) {
        return yield* invalid(place, "It leads out of node_modules.")
      }
      if (entry["link"] === true) {
        const target = JsonText.string(entry, "resolved")
        if (target === undefined) return yield* invalid(place, "It is a link that leads nowhere (no \"resolved\").")
        links.set(place, target.replace(/^file:/, "").replace(/^\.\//, "").replace(/\/$/, ""))
        continue
      }
      if (!isInstalled(place)) importers.set(place, importerFrom(place, entry))
      if (place === "") continue
      const version = JsonText.string(entry, "version")
      if (version === undefined && isInstalled(place)) {
        // Some npm 11 write entries of optional packages of other platforms that their registry did not know: nothing
        // can be installed from them.
        if (entry["optional"] === true || entry["extraneous"] === true) continue
        return yield* invalid(place, "It has no version.")
      }
      entries.set(place, {
        name: JsonText.string(entry, "name") ?? PackageTree.installedName(place),
        version: version ?? "",
        source: undefined,
        resolved: JsonText.string(entry, "resolved"),
        integrity: JsonText.string(entry, "integrity"),
        requirements: requirementsOf(entry),
        os: JsonText.strings(entry["os"]),
        cpu: JsonText.strings(entry["cpu"]),
        libc: JsonText.strings(entry["libc"]),
        engines: entry["engines"] ?? undefined,
        bin: entry["bin"] ?? undefined,
        hasInstallScript: entry["hasInstallScript"] === true,
        optional: entry["optional"] === true,
        inBundle: entry["inBundle"] === true
      })
    }
    return PackageTree.toGraph({
      file,
      entries,
      links,
      importers,
      inferOptional: false,
      locate,
      diagnostics: []
    })
  })

const incompleteV1 = (file: string): Diagnostic =>
  new Diagnostic({
    severity: "warning",
    code: "lockfile-version-1",
    what: `${file} has lockfileVersion 1, which leaves out a part of what the packages need`,
    why: "It names no peer dependencies, platforms, commands and install scripts of packages.",
    remedy: "Run `npm install --package-lock-only --lockfile-version 3`."
  })

/**
 * The graph of the lockfile `text`. `file` is its name in messages, as a person knows it.
 *
 * Version 2 holds everything twice; as in npm, `packages` counts.
 */
export const read = (file: string, text: string): Effect.Effect<LockGraph, LockfileError> =>
  Effect.gen(function*() {
    const source = JsonText.withoutMark(text)
    const lockfile = yield* JsonText.parse(file, source)
    const version = lockfile["lockfileVersion"]
    const packages = lockfile["packages"]
    if ((version === 2 || version === 3) && JsonText.isObject(packages)) {
      return yield* readPackages(file, source, packages)
    }
    if (version === 1 && (lockfile["requires"] === true || lockfile["dependencies"] === undefined)) {
      return yield* NpmLockfileV1.read(file, source, lockfile, [incompleteV1(file)])
    }
    return yield* new LockfileError({
      reason: "UnsupportedVersion",
      what: version === undefined
        ? `${file} has no lockfileVersion`
        : `${file} has lockfileVersion ${
          Quotation.plain(JSON.stringify(version))
        } in a form that Clustrix does not know`,
      location: JsonText.locator(file, source)(["lockfileVersion"]),
      why: "Clustrix reads npm's versions 1, 2 and 3.",
      remedy: "Run `npm install --package-lock-only --lockfile-version 3`."
    })
  })
