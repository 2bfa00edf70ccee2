/**
 * The project's own tree, without what is not reached: for packages whose cycles {@link Placement.place} does not bring
 * to an end. It is right, but not canonical: it changes with the layout of the project's tree.
 */
import * as Order from "effect/Order"
import type { PackageClasses } from "./PackageClass.ts"
import { addChild, makeRoot, type Placement } from "./PlacedTree.ts"

/** The places of the reached nodes; `undefined` where they are not all in one `node_modules`, under the imported keys. */
export const keep = ({ indexOf, roots }: PackageClasses): Placement | undefined => {
  const root = makeRoot()
  if (roots.some(({ imports, key }) => imports.some(({ target }) => target !== `node_modules/${key}`))) return undefined
  const byPlace = new Map([["", root]])
  // A holder's place is the beginning of the places in it, and sorts before them
  for (const [place, index] of [...indexOf].sort(([a], [b]) => Order.string(a, b))) {
    const at = place.lastIndexOf("node_modules/")
    const parent = byPlace.get(at > 0 ? place.slice(0, at - 1) : at === 0 ? "" : place)
    if (parent === undefined) return undefined
    byPlace.set(place, addChild(parent, place.slice(at + "node_modules/".length), index))
  }
  byPlace.delete("")
  return { root, placed: [...byPlace.values()] }
}
