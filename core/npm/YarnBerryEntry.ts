/**
 * An entry of the lockfiles of yarn 2 and later: what it is.
 */
import * as GitAddress from "./GitAddress.ts"
import * as JsonText from "./JsonText.ts"
import * as PackageBin from "./PackageBin.ts"
import { type PackageSource, registry } from "./PackageSource.ts"
import { makeNode, type ProjectNode } from "./ProjectGraph.ts"
import { join } from "./RelativePath.ts"
import * as YarnDescriptor from "./YarnDescriptor.ts"

export interface BerryDependency {
  readonly name: string
  readonly range: string
  readonly optional: boolean
}

export interface BerryEntry {
  /** The key of the lockfile, with all requests that the entry answers. */
  readonly key: string
  /** `ms@npm:2.1.3`: what was found for them. */
  readonly resolution: string
  readonly name: string
  /** The directory of the project's package, `undefined` for all others. */
  readonly workspace: string | undefined
  readonly dependencies: ReadonlyArray<BerryDependency>
  readonly peers: ReadonlyArray<BerryDependency>
  /** Whatever it is used by, without its edges. */
  readonly node: ProjectNode
}

/** `value` without the parameters that yarn binds to it. */
const unbound = (reference: string): string => reference.replace(/::.*$/, "")

/** The path in `reference`, which is relative to the package that asked. */
const pathOf = (reference: string): string => {
  const asked = new URLSearchParams(reference.split("::")[1] ?? "").get("locator") ?? ""
  const directory = YarnDescriptor.parse(asked).range
  const path = (unbound(reference).split("#")[0] ?? "").replace(/^[a-z]+:/, "")
  return join(directory.startsWith("workspace:") ? directory.slice("workspace:".length) : "", path)
}

/** The patch files of `patch:ms@npm%3A2.1.3#./a.patch`, without yarn's own: they are for its Plug'n'Play. */
const patchesOf = (reference: string): ReadonlyArray<string> =>
  (unbound(reference).split("#")[1] ?? "").split("&").filter((patch) => !/^(?:optional!|~)?builtin</.test(patch))

const sourceOf = (reference: string): PackageSource => {
  const protocol = /^[a-z]+:/.exec(reference)?.[0]
  switch (protocol) {
    case "npm:":
      return registry
    case "workspace:":
      return { _tag: "Directory", path: join("", reference.slice(protocol.length)) }
    case "patch:": {
      const patches = patchesOf(reference)
      return patches.length === 0 ? registry : { _tag: "Patched", patch: patches.join(", ").replaceAll("~/", "") }
    }
    case "link:":
    case "portal:":
    case "exec:":
      return { _tag: "Directory", path: pathOf(reference) }
    case "file:": {
      const path = pathOf(reference)
      return /\.(?:tgz|tar\.gz)$/.test(path) ? { _tag: "File", path } : { _tag: "Directory", path }
    }
    default: {
      const address = unbound(reference)
      const git = GitAddress.fromResolved(address)
      return git === undefined ? { _tag: "Tarball", address } : { _tag: "Git", address: git }
    }
  }
}

/** The values of `name` in `(os=darwin | os=linux) & cpu=x64`. */
const conditionOf = (conditions: string | undefined, name: string): ReadonlyArray<string> | undefined => {
  const values = (conditions ?? "").split(" & ").flatMap((line) => line.replace(/^\((.*)\)$/, "$1").split(" | "))
    .flatMap(
      (condition) => {
        const negation = condition.startsWith("!") ? "!" : ""
        const [left, right] = condition.slice(negation.length).split("=")
        return left === name && right !== undefined ? [negation + right] : []
      }
    )
  return values.length === 0 ? undefined : values
}

const isOptional = (meta: JsonText.JsonObject, name: string): boolean => {
  const about = Object.hasOwn(meta, name) ? meta[name] : undefined
  // Read without types: every scalar is a string.
  return JsonText.isObject(about) && about["optional"] === "true"
}

/** yarn adds this where a script mentions node-gyp: npm brings it along. */
const isOwnGyp = ({ name, range }: BerryDependency): boolean => name === "node-gyp" && /^(?:npm:)?latest$/.test(range)

export const parse = (key: string, fields: JsonText.JsonObject): BerryEntry | undefined => {
  const resolution = JsonText.string(fields, "resolution")
  if (resolution === undefined) return undefined
  const { name, range: reference } = YarnDescriptor.parse(resolution)
  const object = (field: string): JsonText.JsonObject => {
    const value = fields[field]
    return JsonText.isObject(value) ? value : {}
  }
  const meta = object("dependenciesMeta")
  const peerMeta = object("peerDependenciesMeta")
  const all = JsonText.stringMembers(fields["dependencies"]).map(([required, range]) => ({
    name: required,
    range,
    optional: isOptional(meta, required)
  }))
  // What is only said to be optional is a peer dependency, too.
  const peers = new Map(Object.keys(peerMeta).map((peer) => [peer, "*"]))
  for (const [peer, range] of JsonText.stringMembers(fields["peerDependencies"])) peers.set(peer, range)
  const source = sourceOf(reference)
  const conditions = JsonText.string(fields, "conditions")
  return {
    key,
    resolution,
    name,
    workspace: reference.startsWith("workspace:") && source._tag === "Directory" ? source.path : undefined,
    dependencies: all.filter((dependency) => !isOwnGyp(dependency)),
    peers: [...peers].map(([peer, range]) => ({ name: peer, range, optional: isOptional(peerMeta, peer) })),
    node: makeNode({
      id: resolution,
      name,
      version: JsonText.string(fields, "version") ?? "",
      source,
      os: conditionOf(conditions, "os"),
      cpu: conditionOf(conditions, "cpu"),
      libc: conditionOf(conditions, "libc"),
      bin: PackageBin.normalised(name, fields["bin"]),
      hasInstallScript: all.some(isOwnGyp)
    })
  }
}
