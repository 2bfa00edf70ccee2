/** @jsxImportSource preact */
/**
 * The dependency graph as a picture: what needs what, and the way from the function to the chosen node.
 */
import { useComputed, useSignal } from "@preact/signals"
import * as Comlink from "comlink"
import { useEffect, useMemo, useRef } from "preact/hooks"
import type { PackageAnalysis } from "../../../platform-browser/index.ts"
import { made, shown, worker } from "../packaging/Packaging.ts"
import { Why } from "../packaging/Why.tsx"
import * as Selection from "../selection/Selection.ts"
import { draw, type DrawnNode, type Grouping, suggested } from "./Drawing.ts"
import { type Layout, nodeHeight, type Placed } from "./layOut.ts"
import type { LayoutWorker } from "./layoutWorker.ts"
import * as Viewport from "./Viewport.ts"

let remote: Comlink.Remote<LayoutWorker> | undefined

const layouts = (): Comlink.Remote<LayoutWorker> =>
  remote ??= Comlink.wrap<LayoutWorker>(new Worker(new URL("./layoutWorker.ts", import.meta.url), { type: "module" }))

/** The chain of reasons for the chosen node, asked of the worker once there is the package of the text. */
const useReasons = (node: string | undefined) => {
  const explained = useSignal<PackageAnalysis.Explained | undefined>(undefined)
  const refused = useSignal<string | undefined>(undefined)
  const request = made.value?.request
  useEffect(() => {
    if (request === undefined || node === undefined) return
    const what = node.startsWith("npm:") ? node.slice("npm:".length) : node
    worker.explain({ ...request, what }, { latest: "explain" }).then(
      (answer) => {
        explained.value = answer
        refused.value = undefined
      },
      (error: unknown) => {
        explained.value = undefined
        refused.value = error instanceof Error ? error.message : String(error)
      }
    )
  }, [request, node])
  return { explained: explained.value, refused: refused.value }
}

const Node = ({ chosen, dim, isTabStop, lit, node, onChoose, placed: { width, x, y } }: {
  readonly node: DrawnNode
  readonly placed: Placed
  readonly chosen: boolean
  readonly dim: boolean
  readonly lit: boolean
  readonly isTabStop: boolean
  readonly onChoose: () => void
}) => {
  const characters = Math.max(3, Math.floor((width - 20) / 7))
  const label = node.label.length > characters ? `${node.label.slice(0, characters - 1)}…` : node.label
  return (
    <g
      class="node"
      role="button"
      tabindex={isTabStop ? 0 : -1}
      aria-label={`${node.kind} ${node.id}${node.count > 1 ? `, ${node.count} nodes` : ""}`}
      aria-pressed={chosen}
      data-id={node.id}
      data-kind={node.kind}
      data-entry={node.isEntry}
      data-lit={lit}
      data-dim={dim}
      transform={`translate(${x - width / 2} ${y - nodeHeight / 2})`}
      onClick={onChoose}
    >
      <title>{node.id}</title>
      <rect width={width} height={nodeHeight} rx="7" />
      <text x={width / 2} y={nodeHeight / 2}>{label}</text>
    </g>
  )
}

/** The nearest node in a direction, straight ones before those to the side. */
const neighbour = (
  nodes: ReadonlyArray<Placed>,
  from: Placed,
  [dx, dy]: readonly [number, number]
): Placed | undefined => {
  const cost = ({ x, y }: Placed): number => {
    const [along, aside] = dx === 0 ? [(y - from.y) * dy, Math.abs(x - from.x)]
      : [(x - from.x) * dx, Math.abs(y - from.y)]
    return along <= 1 ? Infinity : along + 2 * aside
  }
  return nodes.filter((each) => cost(each) < Infinity).sort((a, b) => cost(a) - cost(b))[0]
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0]
}

const kinds = ["declaration", "statement", "module", "data", "npm", "group"] as const

const groupingLabels: Readonly<Record<Grouping, string>> = {
  none: "Each declaration",
  file: "A node for each file",
  folder: "A node for each folder"
}

const noGroups: ReadonlySet<string> = new Set()

export const GraphView = () => {
  const graph = shown.value?.graph
  const chosenGrouping = useSignal<Grouping | undefined>(undefined)
  const opened = useSignal<ReadonlySet<string>>(noGroups)
  const filter = useSignal("")
  const layout = useSignal<Layout | undefined>(undefined)
  const view = useSignal<Viewport.Viewport>({ x: 0, y: 0, scale: 1 })
  const frame = useRef<HTMLDivElement>(null)
  const wanted = useMemo(() => graph === undefined ? "none" : suggested(graph), [graph])
  const grouping = chosenGrouping.value ?? wanted
  const drawing = useMemo(
    () => graph === undefined ? undefined : draw(graph, grouping, opened.value),
    [graph, grouping, opened.value]
  )
  const drawn = useSignal<typeof drawing>(undefined)

  const node = Selection.node.value
  const known = graph?.nodes.some(({ id }) => id === node) === true ? node : undefined
  const { explained, refused } = useReasons(known)

  const size = (): { readonly width: number; readonly height: number } => {
    const { height = 400, width = 600 } = frame.current?.getBoundingClientRect() ?? {}
    return { width, height }
  }
  const isFitted = useRef(false)

  useEffect(() => {
    if (drawing === undefined) return
    let isCurrent = true
    const { edges, nodes } = drawing
    void layouts().layOut({ edges, nodes }).then((found) => {
      if (!isCurrent) return
      drawn.value = drawing
      layout.value = found
      if (!isFitted.current) {
        requestAnimationFrame(() => {
          const entry = found.nodes.find(({ id }) => nodes.some((each) => each.id === id && each.isEntry))
          view.value = Viewport.begin(found, entry ?? found.nodes[0], size())
        })
      }
      isFitted.current = true
    })
    return () => {
      isCurrent = false
    }
  }, [drawing])

  // A listener that may say that the wheel is used
  useEffect(() => {
    const element = frame.current
    if (element === null) return
    const wheel = (event: WheelEvent): void => {
      event.preventDefault()
      const { left, top } = element.getBoundingClientRect()
      const at = { x: event.clientX - left, y: event.clientY - top }
      view.value = event.ctrlKey || !event.shiftKey
        ? Viewport.zoom(view.value, Math.exp(-event.deltaY / 400), at)
        : Viewport.pan(view.value, -event.deltaY, 0)
    }
    element.addEventListener("wheel", wheel, { passive: false })
    return () => element.removeEventListener("wheel", wheel)
  }, [layout.value === undefined])

  const transform = useComputed(() => `translate(${view.value.x} ${view.value.y}) scale(${view.value.scale})`)

  if (graph === undefined) return null
  const placedNodes = layout.value
  const picture = drawn.value
  if (placedNodes === undefined || picture === undefined) {
    return <p class="empty" role="status">Drawing the graph ...</p>
  }

  const nodes = new Map(picture.nodes.map((each) => [each.id, each]))
  const because = new Map(picture.edges.map((each) => [JSON.stringify([each.from, each.to]), each.because]))
  const chosen = known === undefined ? undefined : picture.drawnAs.get(known)
  const way = (explained?.steps ?? []).map((step) => picture.drawnAs.get(step.node))
  const onWay = new Set(known === undefined ? [] : way)
  const isLit = (from: string, to: string): boolean => onWay.has(from) && onWay.has(to) && from !== to
  const text = filter.value.trim().toLowerCase()
  const isMatch = (id: string): boolean => text === "" || id.toLowerCase().includes(text)
  const matches = picture.nodes.filter(({ id }) => isMatch(id))
  const tabStop = chosen ?? picture.nodes.find(({ isEntry }) => isEntry)?.id ?? picture.nodes[0]?.id

  const choose = (id: string): void => {
    const isGroup = nodes.get(id)?.kind === "group"
    // A group is chosen as the first of its nodes that the selection knows
    const inside = isGroup ? graph.nodes.find((each) => picture.drawnAs.get(each.id) === id)?.id : id
    if (inside !== undefined) Selection.select(inside, true)
  }
  const toggle = (id: string): void => {
    const next = new Set(opened.value)
    if (!next.delete(id)) next.add(id)
    opened.value = next
  }
  const focus = (placed: Placed): void => {
    view.value = Viewport.reveal(view.value, placed, size())
    frame.current?.querySelector<SVGGElement>(`[data-id="${CSS.escape(placed.id)}"]`)?.focus()
  }
  const centre = (): { readonly x: number; readonly y: number } => ({ x: size().width / 2, y: size().height / 2 })
  const press = (event: KeyboardEvent): void => {
    const id = event.target instanceof Element ? event.target.closest("[data-id]")?.getAttribute("data-id") : undefined
    const at = placedNodes.nodes.find((each) => each.id === id)
    const direction = arrows[event.key]
    if (event.key === "+" || event.key === "=") view.value = Viewport.zoom(view.value, 1.25, centre())
    else if (event.key === "-") view.value = Viewport.zoom(view.value, 0.8, centre())
    else if (event.key === "0") view.value = Viewport.fit(placedNodes, size())
    else if (direction !== undefined && at === undefined) {
      view.value = Viewport.pan(view.value, -40 * direction[0], -40 * direction[1])
    } else if (direction !== undefined && at !== undefined) {
      const next = neighbour(placedNodes.nodes, at, direction)
      if (next !== undefined) focus(next)
    } else if ((event.key === "Enter" || event.key === " ") && at !== undefined) choose(at.id)
    else if (event.key === "o" && at !== undefined && nodes.get(at.id)?.kind === "group") toggle(at.id)
    else return
    event.preventDefault()
  }
  const drag = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest(".node") !== null)) return
    const { currentTarget: element, pointerId } = event
    let last = event as PointerEvent
    element.setPointerCapture(pointerId)
    const move = (moved: PointerEvent): void => {
      view.value = Viewport.pan(view.value, moved.clientX - last.clientX, moved.clientY - last.clientY)
      last = moved
    }
    element.addEventListener("pointermove", move)
    element.addEventListener("lostpointercapture", () => element.removeEventListener("pointermove", move), {
      once: true
    })
  }
  const chosenNode = chosen === undefined ? undefined : nodes.get(chosen)
  const groupOfChosen = grouping === "none" || known === undefined ? undefined
    : [...opened.value].find((group) => known === group || known.startsWith(group))
  return (
    <>
      <div class="row graph-tools">
        <label class="field">
          <span>Filter</span>
          <input
            type="search"
            value={filter.value}
            placeholder="name or path"
            spellcheck={false}
            onInput={({ currentTarget }) => {
              filter.value = currentTarget.value
            }}
            onKeyDown={(event) => {
              const first = placedNodes.nodes.find(({ id }) => text !== "" && isMatch(id))
              if (event.key === "Enter" && first !== undefined) focus(first)
            }}
          />
        </label>
        <label class="field">
          <span>Show</span>
          <select
            value={grouping}
            onChange={({ currentTarget }) => {
              const value = currentTarget.value
              chosenGrouping.value = value === "none" || value === "file" || value === "folder" ? value : undefined
              opened.value = noGroups
              isFitted.current = false
            }}
          >
            {(["none", "file", "folder"] as const).map((each) => (
              <option key={each} value={each}>{groupingLabels[each]}</option>
            ))}
          </select>
        </label>
        <div class="zoom" role="group" aria-label="Zoom">
          <button
            type="button"
            aria-label="Smaller"
            onClick={() => (view.value = Viewport.zoom(view.value, 0.8, centre()))}
          >
            −
          </button>
          <button
            type="button"
            aria-label="Larger"
            onClick={() => (view.value = Viewport.zoom(view.value, 1.25, centre()))}
          >
            +
          </button>
          <button type="button" onClick={() => (view.value = Viewport.fit(placedNodes, size()))}>Fit</button>
        </div>
        <span class="note" role="status">
          {text === "" ? `${picture.nodes.length.toLocaleString("en")} nodes`
            : `${matches.length.toLocaleString("en")} found`}
        </span>
      </div>
      <ul class="legend" aria-label="Colours">
        {kinds.map((kind) =>
          picture.nodes.some((each) => each.kind === kind) ? <li key={kind} data-kind={kind}>{kind}</li> : null
        )}
      </ul>
      <div
        class="picture"
        ref={frame}
        role="application"
        tabIndex={-1}
        aria-label="Dependency graph. Arrow keys go from node to node, Enter chooses, plus and minus zoom, 0 fits."
        onKeyDown={press}
        onPointerDown={drag}
      >
        <svg role="group" aria-label="What needs what">
          <defs>
            <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
              <path d="M0 1L7 4L0 7z" />
            </marker>
          </defs>
          <g transform={transform}>
            {placedNodes.edges.map(({ from, path, to }) => (
              <path key={`${from} ${to}`} class="edge" data-lit={isLit(from, to)} d={path} marker-end="url(#arrow)">
                <title>{`${to}: ${because.get(JSON.stringify([from, to])) ?? ""}`}</title>
              </path>
            ))}
            {placedNodes.nodes.map((placed) => {
              const each = nodes.get(placed.id)
              return each === undefined ? null : (
                <Node
                  key={placed.id}
                  node={each}
                  placed={placed}
                  chosen={chosen === placed.id}
                  dim={!isMatch(placed.id)}
                  lit={onWay.has(placed.id)}
                  isTabStop={tabStop === placed.id}
                  onChoose={() => choose(placed.id)}
                />
              )
            })}
          </g>
        </svg>
      </div>
      {chosenNode?.kind === "group"
        ? <button type="button" class="more" onClick={() => toggle(chosenNode.id)}>Open {chosenNode.label}</button>
        : groupOfChosen === undefined
        ? null
        : <button type="button" class="more" onClick={() => toggle(groupOfChosen)}>Close {groupOfChosen}</button>}
      {known === undefined
        ? <p class="hint">Choose a node to see why it is here: the way from the function to it is lit.</p>
        : refused !== undefined
        ? <p class="note warn">{refused}</p>
        : explained === undefined
        ? null
        : <Why subject={explained.subject} steps={explained.steps} />}
    </>
  )
}
