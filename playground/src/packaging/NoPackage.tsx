/** @jsxImportSource preact */
/**
 * Stands where a package would be shown, and says why there is none.
 */
import * as Selection from "../selection/Selection.ts"
import { packaging } from "./Packaging.ts"

export const NoPackage = () => {
  const now = packaging.value
  if (now.state !== "failed") return <p class="empty">The package is being made ...</p>
  const { location, remedy, what, why } = now.remark
  return (
    <section class="none" aria-label="No package">
      <h2>There is no package of this text</h2>
      <p>{what}</p>
      {why === undefined ? null : <p class="note">{why}</p>}
      {remedy === undefined ? null : <p class="note">{remedy}</p>}
      {location === undefined ? null : (
        <button type="button" class="link" onClick={() => Selection.goTo(location)}>
          {location.file}:{location.line}:{location.column}
        </button>
      )}
    </section>
  )
}
