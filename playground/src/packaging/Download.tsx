/** @jsxImportSource preact */
/**
 * Saves the package of the text that is shown as a file.
 */
import { save } from "../page/saveFile.ts"
import type { Made } from "./Packaging.ts"

export const Download = ({ made }: { readonly made: Made | undefined }) => (
  <button
    type="button"
    disabled={made === undefined}
    onClick={() => {
      if (made !== undefined) save(new Blob([made.analysis.zip], { type: "application/zip" }), made.analysis.fileName)
    }}
  >
    Download
  </button>
)
