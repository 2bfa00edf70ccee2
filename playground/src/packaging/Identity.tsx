/** @jsxImportSource preact */
/**
 * The package's ID, and whether the last edit changed it.
 */
import { change, pin, pinned } from "../compare/Shelf.ts"
import { size } from "../page/size.ts"
import { failure, loading, made, packaging, retry } from "./Packaging.ts"

/** Longest reason that is shown in the header. */
const longestReason = 160

const lowerFirst = (text: string): string => text.slice(0, 1).toLowerCase() + text.slice(1)

const reason = (text: string): string => text.length > longestReason ? `${text.slice(0, longestReason)} ...` : text

const sentence = (): string => {
  if (loading.value !== undefined) {
    const { received, total } = loading.value
    return `Loading the parser: ${size(received)} of ${size(total)}`
  }
  if (failure.value !== undefined) {
    const { location, what } = failure.value
    const place = location === undefined ? "" : `${location.file}:${location.line}:${location.column}: `
    return `No package: ${place}${reason(lowerFirst(what))}`
  }
  if (made.value === undefined) return ""
  const now = change.value
  if (now === undefined) return "The package is made"
  const base = now.against === "pinned" ? "the pinned one" : "before the edit"
  if (!now.changed) return `Unchanged: the same as ${base}`
  const [first, ...rest] = now.because
  if (first === undefined) return `Changed against ${base}`
  return `Changed against ${base}: ${first}${rest.length === 0 ? "" : `, and ${rest.length} more`}`
}

const state = (): string =>
  loading.value !== undefined ? "loading" : packaging.value.state === "made"
    ? (change.value?.changed === true ? "changed" : "same") : packaging.value.state

const none = "················"

export const Identity = () => {
  const now = packaging.value
  const analysis = made.value?.analysis
  return (
    <section class="identity" data-state={state()} aria-label="Package ID">
      <span
        class="label"
        title="The same code has the same ID on every machine. It is the package's name on a cluster."
      >
        Package ID <small>same code, same ID</small>
      </span>
      <span class="ids">
        <code class="id" title={analysis?.digest}>{analysis?.packageId ?? none}</code>
        {now.state === "packaging" && now.previous !== undefined
          ? <code class="previous" aria-hidden="true">{now.previous.analysis.packageId}</code>
          : null}
      </span>
      {loading.value === undefined ? (
        <button
          type="button"
          aria-pressed={pinned.value !== undefined}
          disabled={analysis === undefined && pinned.value === undefined}
          title="Keeps this package at hand, to compare later ones with it"
          onClick={pin}
        >
          {pinned.value === undefined ? "Pin" : "Unpin"}
        </button>
      ) : (
        <progress
          aria-label="The parser is loaded"
          max={loading.value.total}
          value={Math.min(loading.value.received, loading.value.total)}
        />
      )}
      {now.state === "packaging" && loading.value === undefined ? <span class="busy">Packaging ...</span> : null}
      <span class="change" role="status" title={change.value?.because.join("\n")}>{sentence()}</span>
      {now.state === "failed" &&
          (now.remark.code === "ParserLoadError" || now.remark.code === "Crashed" || now.remark.code === "NotStarted")
        ? <button type="button" class="retry" onClick={retry}>Try again</button>
        : null}
    </section>
  )
}
