/** @jsxImportSource preact */
/**
 * The dependency graph as a picture; a click tells why something is there, and leads to its source.
 */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import type { PackageAnalysis } from "../../../platform-browser/index.ts"
import { shown, worker } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"
import * as Selection from "../selection/Selection.ts"
import { layOut, nodeHeight, type Picture, type PlacedNode } from "./graphLayout.ts"
import { Why } from "../packaging/Why.tsx"

const Node = ({ placed: { node, width, x, y } }: { readonly placed: PlacedNode }) => {
  const choose = (): void => Selection.select(node.id, true)
  const characters = Math.max(3, Math.floor((width - 20) / 7))
  const label = node.label.length > characters ? `${node.label.slice(0, characters - 1)}…` : node.label
  return (
    <g
      class="node"
      role="button"
      tabindex={0}
      aria-label={`${node.kind} ${node.id}`}
      aria-pressed={Selection.node.value === node.id}
      data-kind={node.kind}
      data-entry={node.isEntry}
      transform={`translate(${x - width / 2} ${y - nodeHeight / 2})`}
      onClick={choose}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return
        event.preventDefault()
        choose()
      }}
    >
      <title>{node.id}</title>
      <rect width={width} height={nodeHeight} rx="7" />
      <text x={width / 2} y={nodeHeight / 2}>{label}</text>
    </g>
  )
}

/** The chain of reasons for the chosen node, asked of the worker. */
const useReasons = (analysis: PackageAnalysis.PackageAnalysis | undefined, node: string | undefined) => {
  const explained = useSignal<PackageAnalysis.Explained | undefined>(undefined)
  const refused = useSignal<string | undefined>(undefined)
  useEffect(() => {
    if (analysis === undefined || node === undefined) return
    const what = node.startsWith("npm:") ? node.slice("npm:".length) : node
    worker.explain({ files: Project.files.peek(), entry: Project.entry.peek(), what }, { latest: "explain" }).then(
      (answer) => {
        explained.value = answer
        refused.value = undefined
      },
      (error: unknown) => {
        explained.value = undefined
        refused.value = error instanceof Error ? error.message : String(error)
      }
    )
  }, [analysis, node])
  return { explained: explained.value, refused: refused.value }
}

export const GraphView = () => {
  const picture = useSignal<Picture | undefined>(undefined)
  const graph = shown.value?.graph
  const node = Selection.node.value
  const known = graph?.nodes.some(({ id }) => id === node) === true ? node : undefined
  const { explained, refused } = useReasons(shown.value, known)
  useEffect(() => {
    if (graph === undefined) return
    let isCurrent = true
    void layOut(graph).then((found) => {
      if (isCurrent) picture.value = found
    })
    return () => {
      isCurrent = false
    }
  }, [graph])
  const drawn = picture.value
  if (drawn === undefined) return <p class="empty">Drawing the graph ...</p>
  return (
    <>
      <ul class="legend" aria-label="Colours">
        {["declaration", "statement", "module", "data", "npm"].map((kind) =>
          drawn.nodes.some((placed) => placed.node.kind === kind)
            ? <li key={kind} data-kind={kind}>{kind}</li>
            : null
        )}
      </ul>
      <div class="picture" role="region" tabIndex={0} aria-label="Dependency graph">
        <svg
          viewBox={`0 0 ${drawn.width} ${drawn.height}`}
          style={{ width: `${drawn.width}px` }}
          role="group"
          aria-label="What needs what"
        >
          <defs>
            <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 1L7 4L0 7z" />
            </marker>
          </defs>
          {drawn.edges.map(({ edge, path }) => (
            <path
              key={`${edge.from} ${edge.to}`}
              class="edge"
              data-lit={edge.from === node || edge.to === node}
              d={path}
              marker-end="url(#arrow)"
            >
              <title>{`${edge.to}: ${edge.because}`}</title>
            </path>
          ))}
          {drawn.nodes.map((placed) => <Node key={placed.node.id} placed={placed} />)}
        </svg>
      </div>
      {known === undefined
        ? <p class="hint">Choose a node to see why it is here.</p>
        : refused !== undefined
        ? <p class="note warn">{refused}</p>
        : explained === undefined
        ? null
        : <Why subject={explained.subject} steps={explained.steps} />}
    </>
  )
}
