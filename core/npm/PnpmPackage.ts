/**
 * An entry of pnpm's lockfiles: what it is, and what its names mean.
 */
import * as Order from "effect/Order"
import parseVersion from "semver/functions/parse.js"
import * as GitAddress from "./GitAddress.ts"
import * as JsonText from "./JsonText.ts"
import type { EdgeKind, LockEdge } from "./LockGraph.ts"
import type { PackageSource } from "./PackageSource.ts"
import * as PnpmKey from "./PnpmKey.ts"
import { integrityFor, makeNode, type ProjectNode } from "./ProjectGraph.ts"

export interface PnpmEntry {
  readonly key: string
  /** What all copies of the package have in common. */
  readonly common: JsonText.JsonObject
  /** What this copy has; before 9.0 they are one. */
  readonly snapshot: JsonText.JsonObject
}

export interface PnpmContext {
  readonly generation: PnpmKey.Generation
  /** The file of the patch that the project has for `name` at `version`. */
  readonly patchOf: (name: string, version: string) => string
  /** The node that `reference` of a dependency called `name` means, as seen from `directory`. */
  readonly resolve: (directory: string, name: string, reference: string) => string | undefined
}

/** `undefined` for what is no npm package: a runtime. */
const sourceOf = (
  resolution: JsonText.JsonObject,
  locked: PnpmKey.PackageKey | undefined,
  key: string
): PackageSource | undefined => {
  const type = JsonText.string(resolution, "type")
  if (type === "directory") return { _tag: "Directory", path: JsonText.string(resolution, "directory") ?? key }
  if (type === "git") {
    const path = JsonText.string(resolution, "path")
    const address = GitAddress.make(
      JsonText.string(resolution, "repo") ?? "",
      JsonText.string(resolution, "commit") ?? ""
    )
    return { _tag: "Git", address: path === undefined ? address : `${address}::path:${path}` }
  }
  if (type !== undefined) return undefined
  const tarball = JsonText.string(resolution, "tarball") ??
    (locked !== undefined && parseVersion(locked.version) === null ? locked.version : undefined)
  if (tarball?.startsWith("file:") === true) return { _tag: "File", path: tarball.slice("file:".length) }
  // A registry's tarballs may have any address: what is locked by name and version is the registry's.
  if (tarball === undefined || (locked !== undefined && parseVersion(locked.version) !== null)) {
    return { _tag: "Registry" }
  }
  const git = GitAddress.fromArchive(tarball)
  return git === undefined ? { _tag: "Tarball", address: tarball } : { _tag: "Git", address: git }
}

/** Dependencies and peer dependencies stand in the same lists, as they were resolved. */
const edgesOf = ({ common, snapshot }: PnpmEntry, context: PnpmContext): ReadonlyArray<LockEdge> => {
  const peers = new Map(JsonText.stringMembers(common["peerDependencies"]))
  const meta = common["peerDependenciesMeta"]
  const peerKind = (name: string): EdgeKind => {
    const about = JsonText.isObject(meta) && Object.hasOwn(meta, name) ? meta[name] : undefined
    return JsonText.isObject(about) && about["optional"] === true ? "optional-peer" : "peer"
  }
  const edges = new Map<string, LockEdge>()
  for (const [name, range] of peers) {
    edges.set(name, { name, kind: peerKind(name), peer: true, range, target: undefined })
  }
  for (const [field, kind] of [["dependencies", "dependency"], ["optionalDependencies", "optional"]] as const) {
    for (const [name, reference] of JsonText.stringMembers(snapshot[field])) {
      const peer = peers.has(name)
      edges.set(name, {
        name,
        kind: peer ? peerKind(name) : kind,
        peer,
        range: peers.get(name) ?? "",
        target: context.resolve("", name, reference)
      })
    }
  }
  return [...edges.values()].sort((a, b) => Order.string(a.name, b.name))
}

/** The node of `entry`; a text that says what is wrong with it; `undefined` where it is no npm package. */
export const toNode = (entry: PnpmEntry, context: PnpmContext): ProjectNode | string | undefined => {
  const { common, key, snapshot } = entry
  const resolution = common["resolution"]
  if (!JsonText.isObject(resolution)) return "It has no resolution."
  const locked = PnpmKey.parse(context.generation, key)
  const name = JsonText.string(common, "name") ?? locked?.name
  if (name === undefined) return "It has no name."
  const version = JsonText.string(common, "version") ?? locked?.version ?? ""
  // Before 9.0 a host may stand in front: of another registry, or of a tarball.
  const byName = locked ??
    (key.endsWith(`/${name}/${version}`) || PnpmKey.withoutPeers(key).endsWith(`/${name}@${version}`)
      ? { name, version }
      : undefined)
  const fetched = sourceOf(resolution, byName, key)
  if (fetched === undefined) return undefined
  const source: PackageSource = PnpmKey.isPatched(key) || snapshot["patched"] === true
    ? { _tag: "Patched", patch: context.patchOf(name, version) }
    : fetched
  return makeNode({
    id: key,
    name,
    version: source._tag === "Directory" && locked?.version === version ? "" : version,
    integrity: integrityFor(source, JsonText.string(resolution, "integrity")),
    source,
    edges: edgesOf(entry, context),
    os: JsonText.strings(common["os"]),
    cpu: JsonText.strings(common["cpu"]),
    libc: JsonText.strings(common["libc"]),
    engines: common["engines"] ?? undefined,
    hasInstallScript: common["requiresBuild"] === true,
    bundled: [...JsonText.strings(common["bundledDependencies"] ?? common["bundleDependencies"]) ?? []].sort(
      Order.string
    ),
    optional: snapshot["optional"] === true
  })
}
