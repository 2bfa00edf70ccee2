/**
 * A node_modules tree of reached packages: what lies where, and what each name means there.
 */
import type { ClassEdge, PackageClass, PackageClasses } from "./PackageClass.ts"

/** A package at its place, or the root, which is no package (`index` is undefined). */
export interface Placed {
  /** Of the class. */
  readonly index: number | undefined
  /** The key in its parent's node_modules; empty for the root. */
  readonly name: string
  readonly parent: Placed | undefined
  readonly depth: number
  readonly children: Map<string, Placed>
}

/** A tree as it was laid out, not looked through yet. */
export interface Placement {
  readonly root: Placed
  /** Without the root, holders before what they hold. */
  readonly placed: ReadonlyArray<Placed>
}

/** An edge, and the copy in the tree that its name means. */
export interface PlacedEdge extends ClassEdge {
  readonly found: Placed
}

/** A tree in which every name means what it means in the project, and which holds nothing else. */
export interface PlacedTree extends Placement {
  /** What each copy, and the root, needs, without what is absent in the project, too. */
  readonly edges: ReadonlyMap<Placed, ReadonlyArray<PlacedEdge>>
  /** The copy that each one is there for, on a shortest way from the imports; the root for what is imported. */
  readonly dependents: ReadonlyMap<Placed, Placed>
}

export const makeRoot = (): Placed => ({
  index: undefined,
  name: "",
  parent: undefined,
  depth: 0,
  children: new Map()
})

/** Puts a package into the node_modules of `parent`. */
export const addChild = (parent: Placed, name: string, index: number): Placed => {
  const child: Placed = { index, name, parent, depth: parent.depth + 1, children: new Map() }
  parent.children.set(name, child)
  return child
}

/** The place as npm writes it: `node_modules/a/node_modules/b`. */
export const pathOf = (placed: Placed): string => {
  const parts: Array<string> = []
  for (let at: Placed | undefined = placed; at?.parent !== undefined; at = at.parent) parts.push(at.name)
  return parts.reverse().map((name) => `node_modules/${name}`).join("/")
}

/** What the code at `placed` asks for; at the root, the imports. */
export const edgesOf = ({ classes, roots }: PackageClasses, placed: Placed): ReadonlyArray<ClassEdge> =>
  placed.index === undefined
    ? roots.map(({ key, optional, target }) => ({ name: key, target, optional, peer: false }))
    : classes[placed.index]?.edges ?? []

/** Whether the tarball of the package at `placed` brings a package under `name` into its node_modules. */
export const bundles = (classes: ReadonlyArray<PackageClass>, placed: Placed, name: string): boolean =>
  placed.index !== undefined && classes[placed.index]?.node.bundled.includes(name) === true

/**
 * What `name` means in `from`, by Node's rule: the nearest node_modules upwards that has it. Nothing that is placed if
 * a package on the way brings its own.
 */
export const lookUp = (classes: ReadonlyArray<PackageClass>, from: Placed, name: string): Placed | undefined => {
  for (let at: Placed | undefined = from; at !== undefined; at = at.parent) {
    const child = at.children.get(name)
    if (child !== undefined) return child
    if (bundles(classes, at, name)) return undefined
  }
  return undefined
}

/**
 * Looks up every name from the root on. Copies that nothing comes to are taken out (a copy may be placed beside another
 * for a third one that then lies elsewhere): no lookup ends at them, so nothing changes for the others. `undefined` if
 * some name does not mean the package that it means in the project.
 */
export const settle = (classes: PackageClasses, placement: Placement): PlacedTree | undefined => {
  const edges = new Map<Placed, ReadonlyArray<PlacedEdge>>()
  const dependents = new Map<Placed, Placed>()
  const reached = [placement.root]
  for (const from of reached) {
    const found: Array<PlacedEdge> = []
    for (const edge of edgesOf(classes, from)) {
      if (edge.target === undefined) continue
      const copy = lookUp(classes.classes, from, edge.name)
      if (copy?.index !== edge.target) return undefined
      found.push({ ...edge, found: copy })
      if (dependents.has(copy)) continue
      dependents.set(copy, from)
      reached.push(copy)
    }
    edges.set(from, found)
  }
  for (const item of placement.placed) if (!dependents.has(item)) item.parent?.children.delete(item.name)
  return { root: placement.root, placed: placement.placed.filter((item) => dependents.has(item)), edges, dependents }
}
