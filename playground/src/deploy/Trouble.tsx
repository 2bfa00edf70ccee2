/** @jsxImportSource preact */
/**
 * Why something could not be done.
 */
import { shortened, visibleLines } from "../../../core/diagnostics/Quotation.ts"
import type { Trouble as TroubleText } from "./Client.ts"

const mostCharacters = 20_000

/** Texts of endpoints and programs are not ours. */
const shown = (text: string): string => visibleLines(shortened(text, mostCharacters))

export const Trouble = ({ trouble }: { readonly trouble: TroubleText | undefined }) => (
  <div role="alert" class={trouble === undefined ? undefined : "trouble"}>
    {trouble === undefined ? null : (
      <>
        <p>{shown(trouble.what)}</p>
        {trouble.why === undefined ? null : <p class="note">{shown(trouble.why)}</p>}
        {trouble.remedy === undefined ? null : <p class="note">{shown(trouble.remedy)}</p>}
      </>
    )}
  </div>
)
