/**
 * What the code can tell apart. Two copies of a package in the project's tree are one to the code if they hold the same
 * files and every name means the same in both, all the way down: the coarsest bisimulation of the reached graph. So what
 * is made from classes does not depend on how often and where the project's tree holds a package.
 */
import * as Order from "effect/Order"
import compareBuild from "semver/functions/compare-build.js"
import parseVersion from "semver/functions/parse.js"
import type { LockNode } from "./LockGraph.ts"
import type { Reached, ReachedEdge, ReachedRoot } from "./Reach.ts"

export interface ClassEdge {
  readonly name: string
  /** Index of a class. */
  readonly target: number | undefined
  readonly optional: boolean
  readonly peer: boolean
}

export interface PackageClass {
  /** One of its nodes: they are alike in all but `id`, `directory` and `edges`. */
  readonly node: LockNode
  /** By name. */
  readonly edges: ReadonlyArray<ClassEdge>
}

/** An imported package, under the key that it gets in the package. */
export interface ClassRoot {
  readonly key: string
  readonly target: number
  readonly optional: boolean
  readonly imports: ReadonlyArray<ReachedRoot>
}

export interface PackageClasses {
  readonly classes: ReadonlyArray<PackageClass>
  /** The class of each reached node. */
  readonly indexOf: ReadonlyMap<string, number>
  /** By key. */
  readonly roots: ReadonlyArray<ClassRoot>
}

const contentOf = (node: LockNode): string =>
  JSON.stringify([
    node.name,
    node.version,
    node.integrity ?? null,
    // A bundled package that is needed from outside is installed from the registry.
    node.source._tag === "Bundled" ? { _tag: "Registry" } : node.source,
    node.os ?? null,
    node.cpu ?? null,
    node.libc ?? null,
    node.engines ?? null,
    node.bin ?? null,
    node.hasInstallScript,
    node.bundled
  ])

/** Numbers texts by first appearance. */
const numbering = (): { readonly of: (text: string) => number; readonly size: () => number } => {
  const numbers = new Map<string, number>()
  return {
    of: (text) => {
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, numbers.size)
      return numbers.size - 1
    },
    size: () => numbers.size
  }
}

/** The coarsest partition in which equal colours mean equal content and equally coloured edges. */
const colour = (reached: Reached): ReadonlyMap<string, number> => {
  const first = numbering()
  let colours = new Map<string, number>()
  for (const id of reached.edges.keys()) {
    const node = reached.graph.nodes.get(id)
    colours.set(id, first.of(node === undefined ? id : contentOf(node)))
  }
  for (let size = first.size(); size < colours.size;) {
    const next = numbering()
    const refined = new Map<string, number>()
    for (const [id, edges] of reached.edges) {
      const parts: Array<string | number | boolean> = [colours.get(id) ?? -1]
      for (const edge of edges) {
        parts.push(edge.name, edge.target === undefined ? -1 : colours.get(edge.target) ?? -1, edge.optional, edge.peer)
      }
      refined.set(id, next.of(JSON.stringify(parts)))
    }
    colours = refined
    if (next.size() === size) break
    size = next.size()
  }
  return colours
}

/** All that the class of `start` is, in a text that does not depend on numbers: for the rare tie. */
const describe = (classes: ReadonlyArray<PackageClass>, start: number): string => {
  const order = [start]
  const numbers = new Map([[start, 0]])
  const lines: Array<string> = []
  for (const index of order) {
    const item = classes[index]
    if (item === undefined) continue
    lines.push(contentOf(item.node))
    for (const edge of item.edges) {
      if (edge.target !== undefined && !numbers.has(edge.target)) {
        numbers.set(edge.target, order.length)
        order.push(edge.target)
      }
      lines.push(JSON.stringify([edge.name, edge.target === undefined ? null : numbers.get(edge.target) ?? null]))
    }
  }
  return lines.join("\n")
}

/** The highest version first. */
const compareTargets = (classes: ReadonlyArray<PackageClass>) => (a: number, b: number): number => {
  const [versionA, versionB] = [classes[a]?.node.version ?? "", classes[b]?.node.version ?? ""]
  const [semverA, semverB] = [parseVersion(versionA), parseVersion(versionB)]
  return (semverA !== null && semverB !== null ? -compareBuild(semverA, semverB) : 0) ||
    -Order.string(versionA, versionB) || Order.string(describe(classes, a), describe(classes, b))
}

/** The name as far as it can stand in another one. */
const suffix = (version: string): string => version.toLowerCase().replace(/[^a-z0-9.]+/g, "-").slice(-40)

/**
 * A key for each imported package. Where one name means different packages in different places of the project, the
 * highest version keeps the name, and the others get the version behind theirs.
 */
const keyRoots = (
  reached: Reached,
  classes: ReadonlyArray<PackageClass>,
  indexOf: (id: string) => number
): ReadonlyArray<ClassRoot> => {
  const byName = new Map<string, Map<number, Array<ReachedRoot>>>()
  for (const root of reached.roots) {
    const targets = byName.get(root.root.name) ?? new Map<number, Array<ReachedRoot>>()
    const imports = targets.get(indexOf(root.target)) ?? []
    imports.push(root)
    targets.set(indexOf(root.target), imports)
    byName.set(root.root.name, targets)
  }
  const taken = new Set(byName.keys())
  const roots: Array<ClassRoot> = []
  for (const name of [...byName.keys()].sort(Order.string)) {
    const targets = [...byName.get(name) ?? []].sort(([a], [b]) => compareTargets(classes)(a, b))
    for (const [position, [target, imports]] of targets.entries()) {
      let key = name
      if (position > 0) {
        const wish = `${name}-${suffix(classes[target]?.node.version ?? "")}`
        key = wish
        for (let count = 2; taken.has(key); count++) key = `${wish}-${count}`
        taken.add(key)
      }
      roots.push({ key, target, optional: imports.every((root) => root.optional), imports })
    }
  }
  return roots
}

/** The classes of what is reached. */
export const classify = (reached: Reached): PackageClasses => {
  const colours = colour(reached)
  const representatives = new Map<number, string>()
  for (const [id, index] of colours) {
    const known = representatives.get(index)
    if (known === undefined || id < known) representatives.set(index, id)
  }
  const targetOf = (edge: ReachedEdge): number | undefined =>
    edge.target === undefined ? undefined : colours.get(edge.target)
  const classes: Array<PackageClass> = []
  for (const [index, id] of representatives) {
    const node = reached.graph.nodes.get(id)
    if (node === undefined) continue
    classes[index] = {
      node,
      edges: (reached.edges.get(id) ?? []).map((edge) => ({
        name: edge.name,
        target: targetOf(edge),
        optional: edge.optional,
        peer: edge.peer
      }))
    }
  }
  return { classes, indexOf: colours, roots: keyRoots(reached, classes, (id) => colours.get(id) ?? -1) }
}
