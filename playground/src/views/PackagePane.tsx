/** @jsxImportSource preact */
/**
 * Everything about the package, in tabs.
 */
import type { ComponentType } from "preact"
import { diagnostics, made } from "../state/Packaging.ts"
import * as Selection from "../state/Selection.ts"
import { Comparison } from "./Comparison.tsx"
import { Contents } from "./Contents.tsx"
import { Diagnostics } from "./Diagnostics.tsx"
import { GraphView } from "./GraphView.tsx"
import { Metadata } from "./Metadata.tsx"
import { Modules } from "./Modules.tsx"
import { RunView } from "./RunView.tsx"

interface TabView {
  readonly id: Selection.Tab
  readonly label: string
  readonly view: ComponentType
}

const tabs: ReadonlyArray<TabView> = [
  { id: "contents", label: "Contents", view: Contents },
  { id: "graph", label: "Graph", view: GraphView },
  { id: "modules", label: "Modules", view: Modules },
  { id: "metadata", label: "Metadata", view: Metadata },
  { id: "diagnostics", label: "Diagnostics", view: Diagnostics },
  { id: "compare", label: "Compare", view: Comparison },
  { id: "run", label: "Run", view: RunView }
]

const move = (event: KeyboardEvent, index: number): void => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  const next = event.key === "Home" ? 0
    : event.key === "End" ? tabs.length - 1 : step === undefined ? undefined : index + step
  const tab = next === undefined ? undefined : tabs[(next + tabs.length) % tabs.length]
  if (tab === undefined) return
  event.preventDefault()
  Selection.tab.value = tab.id
  document.getElementById(`tab-${tab.id}`)?.focus()
}

export const PackagePane = () => {
  const current = tabs.find(({ id }) => id === Selection.tab.value)
  const View = current?.view
  const count = diagnostics.value.length
  const needsPackage = current?.id !== "diagnostics" && current?.id !== "compare"
  return (
    <section class="pane package" aria-label="Package">
      <div class="tabs" role="tablist" aria-label="Package">
        {tabs.map(({ id, label }, index) => (
          <button
            type="button"
            role="tab"
            key={id}
            id={`tab-${id}`}
            aria-controls="tab-panel"
            aria-selected={id === Selection.tab.value}
            tabIndex={id === Selection.tab.value ? 0 : -1}
            onKeyDown={(event) => move(event, index)}
            onClick={() => {
              Selection.tab.value = id
            }}
          >
            {label}
            {id === "diagnostics" && count > 0 ? <span class="count">{count}</span> : null}
          </button>
        ))}
      </div>
      <div class="panel" role="tabpanel" id="tab-panel" aria-labelledby={`tab-${Selection.tab.value}`} tabIndex={0}>
        {made.value === undefined && needsPackage
          ? <p class="empty">There is no package yet.</p>
          : View === undefined
          ? null
          : <View />}
      </div>
    </section>
  )
}
