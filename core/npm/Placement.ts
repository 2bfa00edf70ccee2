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
import { addChild, bundles, edgesOf, lookUp, makeRoot, type Placed, type Placement } from "./PlacedTree.ts"

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
export const place = (all: PackageClasses): Placement | undefined => {
  const { classes } = all
  const component = components(classes)
  const root = makeRoot()
  const placed: Array<Placed> = []
  /** The names that are looked up past a node_modules, from within, and found further out or nowhere. */
  const passing = new Map<Placed, Set<string>>()
  const resolve = (from: Placed, name: string): Placed | undefined => lookUp(classes, from, name)
  /** From now on `name` must go on meaning `found` in `from`. */
  const remember = (from: Placed, name: string, found: Placed | undefined) => {
    for (let at: Placed | undefined = from; at !== undefined && at !== found?.parent; at = at.parent) {
      const names = passing.get(at)
      if (names === undefined) passing.set(at, new Set([name]))
      else names.add(name)
    }
  }
  const add = (parent: Placed, name: string, index: number): Placed => {
    const item = addChild(parent, name, index)
    placed.push(item)
    return item
  }
  /** Whether a package may lie under `name` in the node_modules of `holder`, as far as what is placed is concerned. */
  const isFree = (holder: Placed, name: string): boolean =>
    !holder.children.has(name) && !bundles(classes, holder, name) && passing.get(holder)?.has(name) !== true
  /** Whether the edges of `holder` itself, placed or not yet, leave `name` to the class `index`. */
  const agrees = (holder: Placed, name: string, index: number): boolean => {
    const own = edgesOf(all, holder).find((edge) => edge.name === name)
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
    edgesOf(all, found).every((edge) => {
      if (!edge.peer || edge.target === undefined) return true
      const seen = resolve(from, edge.name)
      return seen?.index !== edge.target || seen === resolve(found, edge.name)
    })
  const addWith = (
    holder: Placed,
    name: string,
    index: number,
    companions: ReadonlyArray<readonly [string, number]>
  ): Placed => {
    const item = add(holder, name, index)
    const group = [item, ...companions.map(([other, target]) => add(holder, other, target))]
    const names = new Set(group.map((member) => member.name))
    // Nobody may come between them before their turn.
    for (const member of group) {
      for (const edge of edgesOf(all, member)) {
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
      if (bundles(classes, at, name)) break
    }
    const free = holders.filter((holder) => isFree(holder, name))
    const companions = companionsOf(classes, component, name, index)
    for (const holder of free) {
      const missing = missingCompanions(holder, from, companions)
      if (missing !== undefined) return addWith(holder, name, index, missing)
    }
    // A copy of its own would not help: what it needs beside it cannot lie there either.
    if (found?.index === index) return found
    return addWith(free[0] ?? from, name, index, [])
  }

  for (const edge of edgesOf(all, root)) {
    if (edge.target !== undefined) add(root, edge.name, edge.target)
  }
  const imported = [...placed]
  for (const item of imported) remember(root, item.name, item)
  for (const item of imported) {
    if (item.index === undefined) continue
    const companions = companionsOf(classes, component, item.name, item.index)
    const missing = missingCompanions(root, root, companions)
    for (const [name, index] of missing ?? []) add(root, name, index)
  }

  for (let next = 0; next < placed.length; next++) {
    const from = placed[next]
    if (from === undefined) continue
    if (placed.length > maximumCopies(classes.length) || from.depth > maximumDepth || isRepeated(from)) return undefined
    const edges = edgesOf(all, from)
    for (const edge of peersFirst(classes, edges)) {
      if (edge.target !== undefined) remember(from, edge.name, placeFor(from, edge.name, edge.target))
      else if (resolve(from, edge.name) === undefined) remember(from, edge.name, undefined)
    }
  }
  return { root, placed }
}
