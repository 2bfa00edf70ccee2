/**
 * npm's lockfiles of version 1 (npm 5 and 6): packages nested as they are installed, what they require by name only.
 */
import * as Effect from "effect/Effect"
import type { Diagnostic } from "../diagnostics/Diagnostic.ts"
import * as Quotation from "../diagnostics/Quotation.ts"
import * as JsonText from "./JsonText.ts"
import { LockfileError } from "./LockfileError.ts"
import type { LockGraph } from "./LockGraph.ts"
import type { PackageSource } from "./PackageSource.ts"
import * as PackageTree from "./PackageTree.ts"

interface Origin {
  readonly name: string
  readonly version: string
  readonly source: PackageSource
}

/** What the `version` of an entry says: a version, `npm:name@version`, or an address. */
const originOf = (name: string, version: string): Origin | { readonly link: string } => {
  if (version.startsWith("npm:")) {
    const at = version.lastIndexOf("@")
    return at > "npm:".length
      ? { name: version.slice("npm:".length, at), version: version.slice(at + 1), source: { _tag: "Registry" } }
      : { name, version, source: { _tag: "Registry" } }
  }
  if (version.startsWith("file:")) {
    const path = version.slice("file:".length)
    return /\.(?:tgz|tar\.gz|tar)$/.test(path)
      ? { name, version, source: { _tag: "File", path } }
      : { link: path.replace(/^\.\//, "").replace(/\/$/, "") }
  }
  if (/^https?:/.test(version)) return { name, version, source: { _tag: "Tarball", address: version } }
  if (/^[a-z+]+:/.test(version)) return { name, version, source: { _tag: "Git", address: version } }
  return { name, version, source: { _tag: "Registry" } }
}

export const read = (
  file: string,
  text: string,
  lockfile: JsonText.JsonObject,
  diagnostics: ReadonlyArray<Diagnostic>
): Effect.Effect<LockGraph, LockfileError> =>
  Effect.gen(function*() {
    const entries = new Map<string, PackageTree.TreeEntry>()
    const links = new Map<string, string>()
    const keysOf = (place: string): ReadonlyArray<string> =>
      place.split(/(?:^|\/)node_modules\//).slice(1).flatMap((name) => ["dependencies", name])
    const locator = JsonText.locator(file, text)
    const locate = (place: string) => locator(keysOf(place))

    const pending = [{ holder: "", dependencies: lockfile["dependencies"] }]
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (!JsonText.isObject(at.dependencies)) continue
      for (const [name, entry] of Object.entries(at.dependencies)) {
        const place = at.holder === "" ? `node_modules/${name}` : `${at.holder}/node_modules/${name}`
        const version = JsonText.isObject(entry) ? JsonText.string(entry, "version") : undefined
        if (!JsonText.isObject(entry) || version === undefined || !PackageTree.isName(name)) {
          return yield* new LockfileError({
            reason: "InvalidEntry",
            what: `The entry of ${Quotation.quoted(name)} in ${file} cannot be read`,
            location: locate(place),
            why: PackageTree.isName(name) ? "It has no version." : "No package can have that name.",
            remedy: "Run `npm install` to have the lockfile written anew."
          })
        }
        const origin = originOf(name, version)
        if ("link" in origin) {
          links.set(place, origin.link)
          pending.push({ holder: origin.link, dependencies: entry["dependencies"] })
          continue
        }
        entries.set(place, {
          ...origin,
          resolved: undefined,
          integrity: JsonText.string(entry, "integrity"),
          requirements: JsonText.stringMembers(entry["requires"]).map(([required, range]) => ({
            name: required,
            kind: "dependency" as const,
            peer: false,
            range
          })),
          os: undefined,
          cpu: undefined,
          libc: undefined,
          engines: undefined,
          bin: undefined,
          hasInstallScript: false,
          optional: entry["optional"] === true,
          inBundle: entry["bundled"] === true
        })
        pending.push({ holder: place, dependencies: entry["dependencies"] })
      }
    }
    return PackageTree.toGraph({
      file,
      entries,
      links,
      importers: new Map(),
      inferOptional: true,
      locate,
      diagnostics
    })
  })
