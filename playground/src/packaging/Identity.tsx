/** @jsxImportSource preact */
/**
 * The package's ID, and whether the last edit changed it.
 */
import { failure, loading, made } from "./Packaging.ts"
import { change, pin, pinned } from "../compare/Shelf.ts"
import { size } from "../page/size.ts"

const sentence = (): string => {
  if (loading.value !== undefined) {
    const { received, total } = loading.value
    return `Loading the parser: ${size(received)} of ${size(total)}`
  }
  if (failure.value !== undefined) return "No package: see the diagnostics"
  const now = change.value
  if (now === undefined) return ""
  const base = now.against === "pinned" ? "the pinned one" : "before the edit"
  if (!now.changed) return `Unchanged: the same as ${base}`
  const [first, ...rest] = now.because
  return `Changed against ${base}: ${first ?? "the manifests differ"}${
    rest.length === 0 ? "" : `, and ${rest.length} more`
  }`
}

const state = (): string =>
  loading.value !== undefined ? "loading"
    : failure.value !== undefined ? "failed" : change.value?.changed === true ? "changed" : "same"

export const Identity = () => (
  <section class="identity" data-state={state()} aria-label="Package ID">
    <code class="id" title={made.value?.digest}>{made.value?.packageId ?? "················"}</code>
    <button type="button" aria-pressed={pinned.value !== undefined} disabled={made.value === undefined} onClick={pin}>
      {pinned.value === undefined ? "Pin" : "Unpin"}
    </button>
    <span class="change" role="status" title={change.value?.because.join("\n")}>{sentence()}</span>
  </section>
)
