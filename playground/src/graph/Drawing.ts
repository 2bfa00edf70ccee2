/**
 * The graph as it is drawn: all nodes, or those of a file or of a folder as one. Large graphs begin with fewer nodes, and
 * each group opens by itself.
 */
import type { PackageAnalysis } from "../../../platform-browser/index.ts"

export type Grouping = "none" | "file" | "folder"

export const groupings: ReadonlyArray<Grouping> = ["none", "file", "folder"]

export interface DrawnNode {
  /** Of the node, or of its group: a file's path, or `src/`. */
  readonly id: string
  readonly kind: PackageAnalysis.GraphNode["kind"] | "group"
  readonly label: string
  readonly isEntry: boolean
  /** How many nodes it stands for. */
  readonly count: number
}

export interface DrawnEdge {
  readonly from: string
  readonly to: string
  readonly because: string
}

export interface Drawing {
  readonly nodes: ReadonlyArray<DrawnNode>
  readonly edges: ReadonlyArray<DrawnEdge>
  /** The drawn node that stands for a node of the graph. */
  readonly drawnAs: ReadonlyMap<string, string>
}

/** More nodes than this are grouped until somebody asks for all. */
export const mostNodes = 200

const fileOf = ({ id, parent }: PackageAnalysis.GraphNode): string => parent ?? id

const folderOf = (path: string): string => path.includes("/") ? path.slice(0, path.lastIndexOf("/") + 1) : path

/** What groups a node; a name of its own for what belongs to no group. */
const groupOf = (node: PackageAnalysis.GraphNode, grouping: Grouping): string => {
  if (grouping === "none" || node.kind === "npm") return node.id
  return grouping === "file" ? fileOf(node) : folderOf(fileOf(node))
}

/** What Clustrix puts into every package is left out: nothing leads there. */
const own = ({ nodes }: PackageAnalysis.Graph): ReadonlyArray<PackageAnalysis.GraphNode> =>
  nodes.filter(({ kind }) => kind !== "clustrix")

const countOf = (nodes: ReadonlyArray<PackageAnalysis.GraphNode>, grouping: Grouping): number =>
  new Set(nodes.map((node) => groupOf(node, grouping))).size

/** The finest grouping with a picture of moderate size. */
export const suggested = (graph: PackageAnalysis.Graph): Grouping => {
  const nodes = own(graph)
  return groupings.find((grouping) => countOf(nodes, grouping) <= mostNodes) ?? "folder"
}

/** `opened`: groups whose nodes are drawn each by itself. */
export const draw = (graph: PackageAnalysis.Graph, grouping: Grouping, opened: ReadonlySet<string>): Drawing => {
  const drawnAs = new Map<string, string>()
  const members = new Map<string, Array<PackageAnalysis.GraphNode>>()
  for (const node of own(graph)) {
    const group = groupOf(node, grouping)
    const drawn = opened.has(group) ? node.id : group
    drawnAs.set(node.id, drawn)
    members.set(drawn, [...members.get(drawn) ?? [], node])
  }
  const nodes = [...members].map(([id, all]): DrawnNode => {
    const [first] = all
    const single = all.length === 1 && first !== undefined ? first : all.find((node) => node.id === id)
    const count = all.length
    const isEntry = all.some((node) => node.isEntry)
    if (single !== undefined && count === 1) {
      return { id: single.id, kind: single.kind, label: single.label, isEntry, count }
    }
    return { id, kind: "group", label: `${id} (${count})`, isEntry, count }
  })
  // A group of one is drawn as its node
  const names = new Map([...members].map(([id, all]) => [id, all.length === 1 ? all[0]?.id ?? id : id]))
  for (const [node, drawn] of drawnAs) drawnAs.set(node, names.get(drawn) ?? drawn)
  const edges = new Map<string, DrawnEdge>()
  for (const { because, from, to } of graph.edges) {
    const [a, b] = [drawnAs.get(from), drawnAs.get(to)]
    if (a === undefined || b === undefined || a === b) continue
    edges.set(JSON.stringify([a, b]), { from: a, to: b, because })
  }
  return { nodes, edges: [...edges.values()], drawnAs }
}
