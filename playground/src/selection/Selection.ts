/**
 * The node of the graph that is looked at, and the tab and pane that are shown.
 */
import { computed, signal } from "@preact/signals"
import type { PackageAnalysis } from "../../../platform-browser/index.ts"
import { shown } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"

export const tabs = ["contents", "graph", "modules", "metadata", "diagnostics", "compare", "run", "deploy"] as const
export type Tab = typeof tabs[number]
export const tab = signal<Tab>("contents")

/** Which of the three is shown where there is room for one. */
export type Pane = "files" | "code" | "package"
export const pane = signal<Pane>("code")

/** A node of the graph. */
export const node = signal<string | undefined>(undefined)
/** The module of the package that is shown. */
export const modulePath = signal<string | undefined>(undefined)
/** Where the editor should go; a new object each time. */
export const target = signal<PackageAnalysis.Place | undefined>(undefined)

const isIn = ({ end, start }: PackageAnalysis.PlaceRange, line: number): boolean =>
  line >= start.line && line <= end.line

export const declaration = computed(() => shown.value?.declarations.find((each) => each.node === node.value))

/** The editor's cursor moved: what it is in becomes the selection. */
export const fromSource = (line: number): void => {
  const found = shown.value?.declarations.find(({ range }) =>
    range.file === Project.openPath.value && isIn(range, line)
  )
  if (found !== undefined) select(found.node)
}

export const fromCanonical = (path: string, line: number): void => {
  const found = shown.value?.declarations.find(({ canonical }) => canonical?.file === path && isIn(canonical, line))
  if (found !== undefined) select(found.node, true)
}

/** Looks at a node; with `reveal`, the editor goes there. */
export const select = (id: string, reveal = false): void => {
  node.value = id
  const found = shown.value?.declarations.find((each) => each.node === id)
  if (found?.canonical !== undefined) modulePath.value = found.canonical.file
  if (!reveal) return
  if (found !== undefined) goTo({ file: found.range.file, ...found.range.start })
  else if (Object.hasOwn(Project.files.value, id)) goTo({ file: id, line: 1, column: 1 })
}

export const goTo = (place: PackageAnalysis.Place): void => {
  if (!Object.hasOwn(Project.files.value, place.file)) return
  Project.openPath.value = place.file
  target.value = { ...place }
}
