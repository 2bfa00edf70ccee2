/** @jsxImportSource preact */
/**
 * Everything about the package, in tabs.
 */
import { effect, signal } from "@preact/signals"
import type { ComponentType } from "preact"
import { useEffect } from "preact/hooks"
import { NoPackage } from "./NoPackage.tsx"
import { diagnostics, packaging } from "./Packaging.ts"
import * as Selection from "../selection/Selection.ts"
import { Contents } from "./Contents.tsx"
import { Diagnostics } from "./Diagnostics.tsx"

const labels: Readonly<Record<Selection.Tab, string>> = {
  contents: "Contents",
  graph: "Graph",
  modules: "Modules",
  metadata: "Metadata",
  diagnostics: "Diagnostics",
  compare: "Compare",
  run: "Run",
  deploy: "Deploy"
}
const tabs = Selection.tabs

/** Fetched when somebody looks. */
const later: Readonly<Partial<Record<Selection.Tab, () => Promise<ComponentType>>>> = {
  graph: async () => (await import("../graph/GraphView.tsx")).GraphView,
  modules: async () => (await import("./Modules.tsx")).Modules,
  metadata: async () => (await import("./Metadata.tsx")).Metadata,
  compare: async () => (await import("../compare/Comparison.tsx")).Comparison,
  run: async () => (await import("../run/RunView.tsx")).RunView,
  deploy: async () => (await import("../deploy/DeployView.tsx")).DeployView
}

const views = signal<Readonly<Partial<Record<Selection.Tab, ComponentType>>>>({
  contents: Contents,
  diagnostics: Diagnostics
})
const missing = signal<Selection.Tab | undefined>(undefined)

effect(() => {
  const tab = Selection.tab.value
  if (views.peek()[tab] !== undefined) return
  later[tab]?.().then(
    (view) => {
      views.value = { ...views.peek(), [tab]: view }
      missing.value = undefined
    },
    () => {
      missing.value = tab
    }
  )
})

/** Tabs that show nothing but the package. */
const ofPackage: ReadonlySet<Selection.Tab> = new Set(["contents", "graph", "modules", "metadata"])

const move = (event: KeyboardEvent, index: number): void => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  const next = event.key === "Home" ? 0
    : event.key === "End" ? tabs.length - 1 : step === undefined ? undefined : index + step
  const tab = next === undefined ? undefined : tabs[(next + tabs.length) % tabs.length]
  if (tab === undefined) return
  event.preventDefault()
  Selection.tab.value = tab
  document.getElementById(`tab-${tab}`)?.focus()
}

export const PackagePane = () => {
  const [tab, pane] = [Selection.tab.value, Selection.pane.value]
  const View = views.value[tab]
  const count = diagnostics.value.length
  const now = packaging.value
  const hasNone = now.state === "idle" || now.state === "failed" ||
    (now.state === "packaging" && now.previous === undefined)
  const isStale = now.state === "packaging" && !hasNone && (ofPackage.has(tab) || tab === "diagnostics")
  // There may be more tabs than room
  useEffect(() => {
    document.getElementById(`tab-${tab}`)?.scrollIntoView({ block: "nearest", inline: "nearest" })
  }, [tab, pane])
  return (
    <section class="pane package" aria-label="Package">
      <div class="tabs" role="tablist" aria-label="Package">
        {tabs.map((id, index) => (
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
            {labels[id]}
            {id === "diagnostics" && count > 0 ? <span class="count">{count}</span> : null}
          </button>
        ))}
      </div>
      <div
        class="panel"
        role="tabpanel"
        id="tab-panel"
        aria-labelledby={`tab-${tab}`}
        aria-busy={isStale}
        data-stale={isStale}
        tabIndex={0}
      >
        {isStale ? <p class="stale-note">This is the package before your edit. The new one is being made.</p> : null}
        {ofPackage.has(tab) && hasNone
          ? <NoPackage />
          : View === undefined
          ? <p class="empty" role="status">{missing.value === tab ? "This part of the page cannot be fetched." : ""}</p>
          : <View />}
      </div>
    </section>
  )
}
