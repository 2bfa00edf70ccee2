/** @jsxImportSource preact */
/**
 * A result: its text, and where that is the beginning only, the way to all of it.
 */
import type { Preview } from "../../../platform-browser/run/Preview.ts"
import { save } from "../page/saveFile.ts"

export const PreviewText = ({ preview: { characters, text, whole } }: { readonly preview: Preview }) => (
  <>
    <pre tabIndex={0} role="region" aria-label="Value">{text}</pre>
    {whole === undefined ? null : (
      <p class="row middle">
        <span class="note">
          The first {text.length.toLocaleString("en")} of {characters.toLocaleString("en")} characters.
        </span>
        <button type="button" onClick={() => save(whole, "result.txt")}>Save all of it</button>
      </p>
    )}
  </>
)
