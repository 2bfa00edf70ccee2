/** @jsxImportSource preact */
/**
 * What the analysis has to say: errors, warnings, and what it decided.
 */
import { diagnostics, made } from "../state/Packaging.ts"
import * as Selection from "../state/Selection.ts"

export const Diagnostics = () => {
  const decisions = made.value?.decisions ?? []
  return (
    <>
      {diagnostics.value.length === 0 ? <p class="empty">Nothing to say.</p> : (
        <ul class="remarks">
          {diagnostics.value.map(({ code, location, remedy, severity, what, why }) => (
            <li key={`${code} ${what} ${location?.file}:${location?.line}`} data-severity={severity}>
              <p>
                <strong>{severity}</strong> {what}
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
      {decisions.length === 0 ? null : (
        <>
          <h2>Decided by more than a plain reference</h2>
          <ul class="remarks">
            {decisions.map(({ doubt, location, node, verdict, why }) => (
              <li key={node} data-severity={doubt ? "warning" : "info"}>
                <p>
                  <button
                    type="button"
                    class="link"
                    onClick={() =>
                      Selection.goTo(location)}
                  >
                    {node}
                  </button>{" "}
                  is {verdict}
                  {doubt ? ", by doubt" : ""}
                </p>
                <p class="note">{why}</p>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
