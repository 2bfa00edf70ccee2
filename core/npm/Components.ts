/**
 * Strongly connected components of classes: packages that need each other.
 */
import type { PackageClass } from "./PackageClass.ts"

/** The component of each class, by index. Tarjan's algorithm with a stack of its own: dependencies may be long. */
export const components = (classes: ReadonlyArray<PackageClass>): ReadonlyArray<number> => {
  const component: Array<number> = []
  const index: Array<number> = []
  const low: Array<number> = []
  const open: Array<number> = []
  const isOpen = new Set<number>()
  let count = 0
  let visited = 0
  const enter = (at: number) => {
    index[at] = low[at] = visited++
    open.push(at)
    isOpen.add(at)
    return { at, edge: 0 }
  }
  for (const start of classes.keys()) {
    if (index[start] !== undefined) continue
    const path = [enter(start)]
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const { at } = frame
      const edges = classes[at]?.edges ?? []
      if (frame.edge < edges.length) {
        const target = edges[frame.edge++]?.target
        if (target === undefined) continue
        const seen = index[target]
        if (seen === undefined) path.push(enter(target))
        else if (isOpen.has(target)) low[at] = Math.min(low[at] ?? seen, seen)
        continue
      }
      path.pop()
      const parent = path.at(-1)
      if (parent !== undefined) low[parent.at] = Math.min(low[parent.at] ?? 0, low[at] ?? 0)
      if (low[at] !== index[at]) continue
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        isOpen.delete(member)
        component[member] = count
        if (member === at) break
      }
      count++
    }
  }
  return component
}
