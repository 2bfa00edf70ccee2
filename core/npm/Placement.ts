/**
 * A node_modules tree of our own for what is reached: as flat as names allow, and a function of the classes alone, never
 * of where the project's tree has them.
 *
 * Packages are placed breadth first from the imports, names in order. Each goes into the outermost node_modules where
 * its dependent finds it and where it hides nothing from those that are placed already. With it go, into the same
 * node_modules, its peer dependencies (so that the package and its dependent share one copy) and the packages that need
 * it in turn (so that cycles end).
 */
import { components } from "./Components.ts"
import type { ClassEdge, PackageClass, PackageClasses } from "./PackageClass.ts"

/** A package at its place, or the root, which is no package (`index` is undefined). */
export interface Placed {
  readonly index: number | undefined
  /** The key in its parent's node_modules; empty for the root. */
  readonly name: string
  readonly parent: Placed | undefined
  readonly depth: number
  readonly children: Map<string, Placed>
  /** Who made it necessary. */
  readonly dependent: Placed | undefined
}

export interface Placement {
  readonly root: Placed
  /** In the order of placement, without the root. */
  readonly placed: ReadonlyArray<Placed>
}

/** Deeper than this, paths get longer than file systems take. */
const maximumDepth = 100

/** More copies than this are no tree that anybody wants to install. */
const maximumCopies = (classes: number): number => 1000 + 20 * classes

/** A package inside itself, inside itself: that would go on. */
const isRepeated = (placed: Placed): boolean => {
  let copies = 0
  for (let at: Placed | undefined = placed; at !== undefined; at = at.parent) if (at.index === placed.index) copies++
  return copies > 2
}

/** A name that somebody looks up: it must go on meaning what it means. */
interface LookUp {
  readonly from: Placed
  readonly found: Placed | undefined
}

const isWithin = (inner: Placed, outer: Placed): boolean => {
  let at: Placed | undefined = inner
  while (at !== undefined && at.depth > outer.depth) at = at.parent
  return at === outer
}

/** The place as npm writes it: `node_modules/a/node_modules/b`. */
export const pathOf = (placed: Placed): string => {
  const parts: Array<string> = []
  for (let at: Placed | undefined = placed; at?.parent !== undefined; at = at.parent) {
    parts.unshift(`node_modules/${at.name}`)
  }
  return parts.join("/")
}

/** The packages that must be found beside `index`, by name: see the top of the file. Where names collide, the first. */
const companionsOf = (
  classes: ReadonlyArray<PackageClass>,
  component: ReadonlyArray<number>,
  name: string,
  index: number
): ReadonlyMap<string, number> => {
  const companions = new Map([[name, index]])
  for (const [, member] of companions) {
    for (const edge of classes[member]?.edges ?? []) {
      if (edge.target === undefined || (!edge.peer && component[edge.target] !== component[member])) continue
      if (!companions.has(edge.name)) companions.set(edge.name, edge.target)
    }
  }
  companions.delete(name)
  return companions
}

/** What is a peer dependency of another edge's target goes before it: then that one finds it. */
const peersFirst = (
  classes: ReadonlyArray<PackageClass>,
  edges: ReadonlyArray<ClassEdge>
): ReadonlyArray<ClassEdge> => {
  const peers = new Set<string>()
  for (const { target } of edges) {
    for (const edge of target === undefined ? [] : classes[target]?.edges ?? []) if (edge.peer) peers.add(edge.name)
  }
  return peers.size === 0
    ? edges
    : [...edges.filter(({ name }) => peers.has(name)), ...edges.filter(({ name }) => !peers.has(name))]
}

/**
 * Places all that the roots reach. `undefined` when packages that need each other in conflicting versions would repeat
 * each other without end: this way of placing does not find every tree there is.
 */
export const place = ({ classes, roots }: PackageClasses): Placement | undefined => {
  const component = components(classes)
  const root: Placed = {
    index: undefined,
    name: "",
    parent: undefined,
    depth: 0,
    children: new Map(),
    dependent: undefined
  }
  const placed: Array<Placed> = []
  const lookUps = new Map<string, Array<LookUp>>()
  const rootEdges: ReadonlyArray<ClassEdge> = roots.map((item) => ({
    name: item.key,
    target: item.target,
    optional: item.optional,
    peer: false
  }))

  const edgesOf = (at: Placed): ReadonlyArray<ClassEdge> =>
    at.index === undefined ? rootEdges : classes[at.index]?.edges ?? []
  const bundles = (at: Placed, name: string): boolean =>
    at.index !== undefined && classes[at.index]?.node.bundled.includes(name) === true
  /** What `name` means in `from`; nothing that is placed if a package on the way brings its own. */
  const resolve = (from: Placed, name: string): Placed | undefined => {
    for (let at: Placed | undefined = from; at !== undefined; at = at.parent) {
      const child = at.children.get(name)
      if (child !== undefined) return child
      if (bundles(at, name)) return undefined
    }
    return undefined
  }
  const remember = (from: Placed, name: string, found: Placed | undefined) => {
    const known = lookUps.get(name)
    if (known === undefined) lookUps.set(name, [{ from, found }])
    else known.push({ from, found })
  }
  const add = (parent: Placed, name: string, index: number, dependent: Placed): Placed => {
    const item: Placed = { index, name, parent, depth: parent.depth + 1, children: new Map(), dependent }
    parent.children.set(name, item)
    placed.push(item)
    return item
  }
  /** Whether a package may lie under `name` in the node_modules of `holder`, as far as what is placed is concerned. */
  const isFree = (holder: Placed, name: string): boolean =>
    !holder.children.has(name) && !bundles(holder, name) &&
    !(lookUps.get(name) ?? []).some(({ found, from }) =>
      (found?.parent === undefined || found.parent.depth < holder.depth) && isWithin(from, holder)
    )
  /** Whether the edges of `holder` itself, placed or not yet, leave `name` to the class `index`. */
  const agrees = (holder: Placed, name: string, index: number): boolean => {
    const own = edgesOf(holder).find((edge) => edge.name === name)
    return own === undefined || own.target === index
  }
  /** The companions to add for a package in `holder` on behalf of `from`; `undefined` if it cannot lie there. */
  const missingCompanions = (
    holder: Placed,
    from: Placed,
    companions: ReadonlyMap<string, number>
  ): ReadonlyArray<readonly [string, number]> | undefined => {
    const missing: Array<readonly [string, number]> = []
    for (const [name, index] of companions) {
      const seen = resolve(holder, name)
      const seenByDependent = resolve(from, name)
      // Otherwise dependent and package would have a copy each.
      if (seenByDependent?.index === index && seenByDependent !== seen) return undefined
      if (seen?.index === index) continue
      if (!isFree(holder, name) || (holder === from && !agrees(holder, name, index))) return undefined
      missing.push([name, index])
    }
    return missing
  }
  /** Whether a package that is found has the same copies of its peers as the one that finds it. */
  const sharesPeers = (from: Placed, found: Placed): boolean =>
    edgesOf(found).every((edge) => {
      if (!edge.peer || edge.target === undefined) return true
      const seen = resolve(from, edge.name)
      return seen?.index !== edge.target || seen === resolve(found, edge.name)
    })
  const addWith = (
    holder: Placed,
    from: Placed,
    name: string,
    index: number,
    companions: ReadonlyArray<readonly [string, number]>
  ): Placed => {
    const item = add(holder, name, index, from)
    const group = [item, ...companions.map(([other, target]) => add(holder, other, target, item))]
    const names = new Set(group.map((member) => member.name))
    // Nobody may come between them before their turn.
    for (const member of group) {
      for (const edge of edgesOf(member)) {
        if (edge.target === undefined || (!edge.peer && !names.has(edge.name))) continue
        const found = resolve(member, edge.name)
        if (found?.index === edge.target) remember(member, edge.name, found)
      }
    }
    return item
  }
  const placeFor = (from: Placed, name: string, index: number): Placed => {
    const found = resolve(from, name)
    if (found?.index === index && (found.parent === from || sharesPeers(from, found))) return found
    const holders: Array<Placed> = []
    for (let at: Placed | undefined = from; at !== undefined; at = at.parent) {
      // Above what is found, or what a package brings itself, nothing new is seen.
      if (at === found?.parent) break
      holders.unshift(at)
      if (bundles(at, name)) break
    }
    const free = holders.filter((holder) => isFree(holder, name))
    const companions = companionsOf(classes, component, name, index)
    for (const holder of free) {
      const missing = missingCompanions(holder, from, companions)
      if (missing !== undefined) return addWith(holder, from, name, index, missing)
    }
    // A copy of its own would not help: what it needs beside it cannot lie there either.
    if (found?.index === index) return found
    return addWith(free[0] ?? from, from, name, index, [])
  }

  for (const edge of rootEdges) {
    if (edge.target !== undefined) add(root, edge.name, edge.target, root)
  }
  const imported = [...placed]
  for (const item of imported) remember(root, item.name, item)
  for (const item of imported) {
    if (item.index === undefined) continue
    const companions = companionsOf(classes, component, item.name, item.index)
    const missing = missingCompanions(root, root, companions)
    for (const [name, index] of missing ?? []) add(root, name, index, item)
  }

  for (let next = 0; next < placed.length; next++) {
    const from = placed[next]
    if (from === undefined) continue
    if (placed.length > maximumCopies(classes.length) || from.depth > maximumDepth || isRepeated(from)) return undefined
    const edges = edgesOf(from)
    for (const edge of peersFirst(classes, edges)) {
      if (edge.target !== undefined) remember(from, edge.name, placeFor(from, edge.name, edge.target))
      else if (resolve(from, edge.name) === undefined) remember(from, edge.name, undefined)
    }
  }
  return { root, placed }
}
