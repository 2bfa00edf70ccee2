/**
 * Peer dependencies as yarn 2 and later resolve them: a package with peer dependencies finds those of whoever depends on
 * it, and is another copy for each set of them.
 */
import * as Order from "effect/Order"
import type { EdgeKind, LockEdge } from "./LockGraph.ts"
import type { ProjectNode } from "./ProjectGraph.ts"
import type { BerryEntry } from "./YarnBerryEntry.ts"

/** More copies of a package are not made: only packages that need each other without end have them. */
const maximumCopies = 1000

/** A package with what its peer dependencies are: nodes, `undefined` for those that nobody provides. */
interface Copy {
  readonly id: string
  readonly entry: BerryEntry
  readonly peers: ReadonlyMap<string, string | undefined>
}

/** What a dependent provides under a name. */
type Provision =
  | { readonly _tag: "Dependency"; readonly entry: BerryEntry }
  | { readonly _tag: "Node"; readonly id: string }
  | { readonly _tag: "Nothing" }

const describe = (provision: Provision): string =>
  provision._tag === "Dependency" ? provision.entry.resolution : provision._tag === "Node" ? `#${provision.id}` : ""

export interface BerryPackages {
  readonly nodes: ReadonlyMap<string, ProjectNode>
  /** What the project's package in each directory depends on. */
  readonly targets: ReadonlyMap<string, ReadonlyMap<string, string>>
}

/** The packages that `workspaces` reach; `resolve` gives the entry for a dependency. */
export const resolvePeers = (
  workspaces: ReadonlyArray<BerryEntry>,
  resolve: (from: BerryEntry, name: string, range: string) => BerryEntry | undefined
): BerryPackages => {
  const copies = new Map<string, Copy>()
  const pending: Array<Copy> = []
  /** The copies of each package that has peer dependencies, by these. */
  const variants = new Map<string, Map<string, string>>()

  const add = (copy: Copy): string => {
    if (!copies.has(copy.id)) {
      copies.set(copy.id, copy)
      pending.push(copy)
    }
    return copy.id
  }

  /** The nodes that the names in `from` mean. */
  const dependenciesOf = (from: Copy): ReadonlyMap<string, string> => {
    const own = new Map<string, BerryEntry>()
    for (const { name, range } of from.entry.dependencies) {
      const entry = resolve(from.entry, name, range)
      if (entry !== undefined) own.set(name, entry)
    }
    const provisionOf = (name: string): Provision => {
      const given = from.peers.get(name)
      if (given !== undefined) return { _tag: "Node", id: given }
      const entry = own.get(name)
      if (entry !== undefined) return { _tag: "Dependency", entry }
      return name === from.entry.name ? { _tag: "Node", id: from.id } : { _tag: "Nothing" }
    }
    /** All that has a part in what the peer dependencies of `name` are: they may need each other. */
    const groupOf = (name: string, entry: BerryEntry): ReadonlyMap<string, Provision> => {
      const group = new Map<string, Provision>([[name, { _tag: "Dependency", entry }]])
      for (const [, member] of group) {
        for (const peer of member._tag === "Dependency" ? member.entry.peers : []) {
          if (!group.has(peer.name)) group.set(peer.name, provisionOf(peer.name))
        }
      }
      return group
    }
    const identify = (name: string, entry: BerryEntry): string => {
      if (entry.peers.length === 0) return entry.resolution
      const known = variants.get(entry.resolution) ?? new Map<string, string>()
      variants.set(entry.resolution, known)
      const group = [...groupOf(name, entry)].map(([member, provision]) => [member, describe(provision)] as const)
      const text = JSON.stringify([name, group.sort(([a], [b]) => Order.string(a, b))])
      const id = known.get(text) ??
        (known.size < maximumCopies ? `${entry.resolution}#${known.size}` : `${entry.resolution}#0`)
      known.set(text, id)
      return id
    }
    const nodeFor = (name: string, entry: BerryEntry): string => {
      const id = identify(name, entry)
      if (copies.has(id)) return id
      const peers = entry.peers.map((peer) => {
        const provision = provisionOf(peer.name)
        const target = provision._tag === "Dependency"
          ? identify(peer.name, provision.entry)
          : provision._tag === "Node"
          ? provision.id
          : undefined
        return [peer.name, target] as const
      })
      return add({ id, entry, peers: new Map(peers) })
    }

    const targets = new Map<string, string>()
    for (const [name, entry] of own) targets.set(name, nodeFor(name, entry))
    for (const [name, id] of from.peers) if (id !== undefined) targets.set(name, id)
    return targets
  }

  const targets = new Map<string, ReadonlyMap<string, string>>()
  for (const entry of workspaces) {
    // Nobody provides for the packages of the project.
    const copy = { id: `${entry.resolution}#`, entry, peers: new Map() }
    targets.set(entry.workspace ?? "", dependenciesOf(copy))
  }

  const nodes = new Map<string, ProjectNode>()
  for (let copy = pending.pop(); copy !== undefined; copy = pending.pop()) {
    const { entry, id } = copy
    // What is linked finds its packages where it lies.
    const found = entry.node.source._tag === "Directory" ? undefined : dependenciesOf(copy)
    nodes.set(id, { ...entry.node, id, edges: found === undefined ? [] : edgesOf(copy, found) })
  }
  return { nodes, targets }
}

const edgesOf = (copy: Copy, targets: ReadonlyMap<string, string>): ReadonlyArray<LockEdge> => {
  const edges = new Map<string, LockEdge>()
  const add = (name: string, kind: EdgeKind, peer: boolean, range: string) =>
    edges.set(name, { name, kind, peer, range, target: targets.get(name) })
  for (const { name, optional, range } of copy.entry.peers) add(name, optional ? "optional-peer" : "peer", true, range)
  // A dependency beside a peer dependency is for those who do not provide it.
  for (const { name, optional, range } of copy.entry.dependencies) {
    add(name, optional ? "optional" : "dependency", copy.peers.get(name) !== undefined, range.replace(/^npm:/, ""))
  }
  return [...edges.values()].sort((a, b) => Order.string(a.name, b.name))
}
