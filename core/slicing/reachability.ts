/**
 * What the nodes of a graph lead to: marks that stand at nodes, gathered along the edges. The graph is condensed to its
 * strongly connected components (Tarjan 1972), and marks are handled many at a time, as bits: near-linear in edges for each
 * thousand of marks.
 */

export interface Condensation {
  /** Component of a node. */
  readonly componentOf: ReadonlyMap<number, number>
  /** Nodes by component. What a component leads to comes before it. */
  readonly nodes: ReadonlyArray<ReadonlyArray<number>>
  /** Components that a component leads to, by component. */
  readonly successors: ReadonlyArray<ReadonlyArray<number>>
}

/** The components of all that `roots` lead to. */
export const condense = (
  roots: Iterable<number>,
  successorsOf: (node: number) => ReadonlyArray<number>
): Condensation => {
  const index = new Map<number, number>()
  const low: Array<number> = []
  const stack: Array<number> = []
  const componentOf = new Map<number, number>()
  const nodes: Array<Array<number>> = []
  const edges = new Map<number, ReadonlyArray<number>>()
  interface Frame {
    readonly node: number
    readonly index: number
    readonly edges: ReadonlyArray<number>
    at: number
  }
  const work: Array<Frame> = []
  const enter = (node: number): void => {
    const own = index.size
    const list = successorsOf(node)
    index.set(node, own)
    low[own] = own
    stack.push(node)
    edges.set(node, list)
    work.push({ node, index: own, edges: list, at: 0 })
  }
  const lower = (at: number, to: number): void => {
    low[at] = Math.min(low[at] ?? at, to)
  }
  for (const root of roots) {
    if (!index.has(root)) enter(root)
    for (let frame = work[work.length - 1]; frame !== undefined; frame = work[work.length - 1]) {
      const next = frame.edges[frame.at++]
      if (next !== undefined) {
        const known = index.get(next)
        if (known === undefined) enter(next)
        else if (!componentOf.has(next)) lower(frame.index, known)
        continue
      }
      if (low[frame.index] === frame.index) {
        const members: Array<number> = []
        for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
          members.push(member)
          componentOf.set(member, nodes.length)
          if (member === frame.node) break
        }
        nodes.push(members)
      }
      work.pop()
      const parent = work[work.length - 1]
      if (parent !== undefined) lower(parent.index, low[frame.index] ?? frame.index)
    }
  }
  const successors = nodes.map((members, component) => {
    const found = new Set<number>()
    for (const node of members) {
      for (const next of edges.get(node) ?? []) {
        const other = componentOf.get(next)
        if (other !== undefined && other !== component) found.add(other)
      }
    }
    return [...found]
  })
  return { componentOf, nodes, successors }
}

/** Words of bits that are handled at a time. */
const words = 32

/**
 * The marks that each of `groups` of nodes leads to, told to `found`; `marks` are those of a node, from 0 to `count` - 1.
 */
export const gather = (
  { componentOf, nodes, successors }: Condensation,
  marks: (node: number) => ReadonlyArray<number>,
  count: number,
  groups: ReadonlyArray<ReadonlyArray<number>>,
  found: (group: number, mark: number) => void
): void => {
  const own = nodes.map((members) => members.flatMap(marks))
  const groupComponents = groups.map((group) => [
    ...new Set(group.flatMap((node) => componentOf.get(node) ?? []))
  ])
  const bits = new Uint32Array(nodes.length * words)
  const sum = new Uint32Array(words)
  for (let first = 0; first < count; first += words * 32) {
    bits.fill(0)
    for (const [component, list] of own.entries()) {
      const base = component * words
      for (const mark of list) {
        const at = mark - first
        if (at < 0 || at >= words * 32) continue
        const word = base + (at >>> 5)
        bits[word] = (bits[word] ?? 0) | (1 << (at & 31))
      }
      for (const other of successors[component] ?? []) {
        const from = other * words
        for (let word = 0; word < words; word++) {
          bits[base + word] = (bits[base + word] ?? 0) | (bits[from + word] ?? 0)
        }
      }
    }
    for (const [group, components] of groupComponents.entries()) {
      sum.fill(0)
      for (const component of components) {
        for (let word = 0; word < words; word++) sum[word] = (sum[word] ?? 0) | (bits[component * words + word] ?? 0)
      }
      for (const [word, value] of sum.entries()) {
        for (let rest = value; rest !== 0; rest &= rest - 1) {
          found(group, first + word * 32 + 31 - Math.clz32(rest & -rest))
        }
      }
    }
  }
}
