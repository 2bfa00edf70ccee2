/**
 * Where the nodes of a picture stand, by dagre: from the function on top to what it needs. Plain data in and out.
 */
import { graphlib, layout } from "@dagrejs/dagre"
import type { Drawing } from "./Drawing.ts"

export interface Placed {
  readonly id: string
  /** Of the centre. */
  readonly x: number
  readonly y: number
  readonly width: number
}

export interface Layout {
  readonly width: number
  readonly height: number
  readonly nodes: ReadonlyArray<Placed>
  /** Of an SVG path, from the node `from` to the node `to`. */
  readonly edges: ReadonlyArray<{ readonly from: string; readonly to: string; readonly path: string }>
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

export const layOut = ({ edges, nodes }: Pick<Drawing, "edges" | "nodes">): Layout => {
  const graph = new graphlib.Graph({ multigraph: false })
  graph.setGraph({ rankdir: "TB", nodesep: 14, ranksep: 42, marginx: 12, marginy: 12 })
  graph.setDefaultEdgeLabel(() => ({}))
  for (const { id, label } of nodes) {
    graph.setNode(id, { width: Math.min(220, 26 + label.length * 7.3), height: nodeHeight })
  }
  for (const { from, to } of edges) graph.setEdge(from, to)
  layout(graph)
  const { height = 0, width = 0 } = graph.graph()
  return {
    width,
    height,
    nodes: nodes.map(({ id }) => {
      const { width, x, y } = graph.node(id)
      return { id, x: x ?? 0, y: y ?? 0, width: width ?? 0 }
    }),
    edges: edges.map(({ from, to }) => ({ from, to, path: curve(graph.edge(from, to).points ?? []) }))
  }
}
