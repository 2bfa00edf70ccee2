/** @jsxImportSource preact */
/**
 * Sizes as areas. The list beside it says the same, so it is a picture to screen readers.
 */
import { useSignal } from "@preact/signals"
import { useEffect } from "preact/hooks"
import type { PackageAnalysis } from "../../../platform-browser/index.ts"
import { size } from "../page/size.ts"

interface Area {
  readonly path: string
  readonly bytes: number
  readonly group: string
  /** Percent of the picture. */
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

const groupOf = (path: string): string =>
  path.startsWith("modules/") ? "module"
    : path.startsWith("data/") ? "data" : path.startsWith("vendor/") ? "npm" : "own"

/** Smaller ones could not be seen, and drawing them takes time. */
const mostAreas = 120

const layOut = async (all: ReadonlyArray<PackageAnalysis.PackagedFile>): Promise<ReadonlyArray<Area>> => {
  const files = all.length <= mostAreas ? all
    : [...all].sort((a, b) => b.sizeBytes - a.sizeBytes).slice(0, mostAreas)
  const { hierarchy, treemap } = await import("d3-hierarchy")
  interface Datum {
    readonly path: string
    readonly bytes: number
    readonly children?: ReadonlyArray<Datum>
  }
  // Empty files still have a place
  const children = files.map(({ path, sizeBytes }): Datum => ({ path, bytes: Math.max(sizeBytes, 1) }))
  const root = hierarchy<Datum>({ path: "", bytes: 0, children }, (datum) => datum.children)
    .sum(({ bytes }) => Math.sqrt(bytes))
    .sort((a, b) => (b.value ?? 0) - (a.value ?? 0))
  return treemap<Datum>().size([300, 100]).paddingInner(0.8)(root).leaves().map(({ data, x0, x1, y0, y1 }) => ({
    path: data.path,
    bytes: data.bytes,
    group: groupOf(data.path),
    left: x0 / 3,
    top: y0,
    width: (x1 - x0) / 3,
    height: y1 - y0
  }))
}

export const Treemap = ({ chosen, files, onChoose }: {
  readonly files: ReadonlyArray<PackageAnalysis.PackagedFile>
  readonly chosen: string | undefined
  readonly onChoose: (path: string) => void
}) => {
  const areas = useSignal<ReadonlyArray<Area>>([])
  useEffect(() => {
    let isCurrent = true
    void layOut(files).then((found) => {
      if (isCurrent) areas.value = found
    })
    return () => {
      isCurrent = false
    }
  }, [files])
  return (
    <figure class="treemap" role="img" aria-label="Sizes of the files; areas grow with the square root of the size">
      {areas.value.map(({ bytes, group, height, left, path, top, width }) => (
        <div
          key={path}
          data-group={group}
          data-chosen={path === chosen}
          title={`${path}: ${size(bytes)}`}
          style={{ left: `${left}%`, top: `${top}%`, width: `${width}%`, height: `${height}%` }}
          onClick={() => onChoose(path)}
        >
          <span>{path.slice(path.lastIndexOf("/") + 1)}</span>
        </div>
      ))}
    </figure>
  )
}
