/**
 * Where the nodes of the picture stand, by dagre: from the function on top to what it needs.
 */
import type { PackageAnalysis } from "../../../platform-browser/index.ts"

export interface PlacedNode {
  readonly node: PackageAnalysis.GraphNode
  /** Of the centre. */
  readonly x: number
  readonly y: number
  readonly width: number
}

export interface Picture {
  readonly width: number
  readonly height: number
  readonly nodes: ReadonlyArray<PlacedNode>
  readonly edges: ReadonlyArray<{ readonly edge: PackageAnalysis.GraphEdge; readonly path: string }>
}

export const nodeHeight = 30

const curve = (points: ReadonlyArray<{ readonly x: number; readonly y: number }>): string => {
  const [first, ...rest] = points
  if (first === undefined) return ""
  return rest.reduce(
    ({ at, path }, point) => {
      const middle = (at.y + point.y) / 2
      return { at: point, path: `${path} C${at.x} ${middle} ${point.x} ${middle} ${point.x} ${point.y}` }
    },
    { at: first, path: `M${first.x} ${first.y}` }
  ).path
}

/** Without what Clustrix puts into every package: nothing leads there. */
export const layOut = async ({ edges, nodes: all }: PackageAnalysis.Graph): Promise<Picture> => {
  const nodes = all.filter(({ kind }) => kind !== "clustrix")
  const { graphlib, layout } = await import("@dagrejs/dagre")
  const graph = new graphlib.Graph({ multigraph: false })
  graph.setGraph({ rankdir: "TB", nodesep: 14, ranksep: 42, marginx: 12, marginy: 12 })
  graph.setDefaultEdgeLabel(() => ({}))
  const known = new Map(nodes.map((node) => [node.id, node]))
  for (const { id, label } of nodes) {
    graph.setNode(id, { width: Math.min(220, 26 + label.length * 7.3), height: nodeHeight })
  }
  const drawn = new Map<string, PackageAnalysis.GraphEdge>()
  for (const edge of edges) {
    if (edge.from === edge.to || !known.has(edge.from) || !known.has(edge.to)) continue
    drawn.set(JSON.stringify([edge.from, edge.to]), edge)
    graph.setEdge(edge.from, edge.to)
  }
  layout(graph)
  const { height = 0, width = 0 } = graph.graph()
  return {
    width,
    height,
    nodes: nodes.map((node) => {
      const { width, x, y } = graph.node(node.id)
      return { node, x: x ?? 0, y: y ?? 0, width: width ?? 0 }
    }),
    edges: [...drawn.values()].map((edge) => ({
      edge,
      path: curve(graph.edge(edge.from, edge.to).points ?? [])
    }))
  }
}
