/** @jsxImportSource preact */
/**
 * Shows errors, warnings and notes, and below them what the analysis decided about statements.
 */
import { diagnostics, shown } from "./Packaging.ts"
import * as Types from "../types/Types.ts"
import * as Project from "../project/Project.ts"
import * as Selection from "../selection/Selection.ts"

/** Types of the open file: packaging takes them away. */
const TypeErrors = () => {
  const found = Types.found.value
  const typed = (found?.diagnostics ?? []).filter(({ severity }) => severity !== "info")
  if (found === undefined || typed.length === 0) return null
  const before = (offset: number): ReadonlyArray<string> => found.text.slice(0, offset).split("\n")
  return (
    <section aria-label="Types">
      <h2>
        Types in {found.path} <small>packaging does not need them</small>
      </h2>
      <ul class="remarks">
        {typed.map(({ code, from, message, severity }) => {
          const lines = before(from)
          const place = { file: Project.openPath.peek(), line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
          return (
            <li key={`${from} ${code}`} data-severity={severity}>
              <p>{message}</p>
              <p class="note">
                <code>TypeScript {code}</code>{" "}
                <button type="button" class="link" onClick={() => Selection.goTo(place)}>
                  {place.file}:{place.line}:{place.column}
                </button>
              </p>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

export const Diagnostics = () => {
  const decisions = shown.value?.decisions ?? []
  return (
    <>
      {diagnostics.value.length === 0 ? <p class="empty">Nothing to say.</p> : (
        <ul class="remarks">
          {diagnostics.value.map(({ code, location, remedy, severity, what, why }) => (
            <li key={`${code} ${what} ${location?.file}:${location?.line}`} data-severity={severity}>
              <p>
                <strong>{severity === "info" ? "note" : severity}</strong> {what}
              </p>
              {why === undefined ? null : <p class="note">{why}</p>}
              {remedy === undefined ? null : <p class="note">{remedy}</p>}
              <p class="note">
                <code>{code}</code> {location === undefined ? null : (
                  <button
                    type="button"
                    class="link"
                    onClick={() => Selection.goTo(location)}
                  >
                    {location.file}:{location.line}:{location.column}
                  </button>
                )}
              </p>
            </li>
          ))}
        </ul>
      )}
      <TypeErrors />
      {decisions.length === 0 ? null : (
        <details class="decisions">
          <summary>{summaryOf(decisions)}</summary>
          <ul class="remarks">
            {decisions.map(({ location, node, verdict, why }) => (
              <li key={node} data-severity="info">
                <p>
                  <button
                    type="button"
                    class="link"
                    onClick={() => Selection.goTo(location)}
                  >
                    {node}
                  </button>{" "}
                  is {verdict}
                </p>
                <p class="note">{why}</p>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** Sums up what needs no action. */
const summaryOf = (decisions: ReadonlyArray<{ readonly verdict: "kept" | "dropped" }>): string => {
  const kept = decisions.filter(({ verdict }) => verdict === "kept").length
  const dropped = decisions.length - kept
  const statements = (number: number): string => `${number} ${number === 1 ? "statement" : "statements"}`
  return [
    ...(kept === 0 ? [] : [`${statements(kept)} kept because of what they change`]),
    ...(dropped === 0 ? [] : [`${statements(dropped)} without effect on the function left out`])
  ].join(", ")
}
