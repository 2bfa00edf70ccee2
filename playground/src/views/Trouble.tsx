/** @jsxImportSource preact */
/**
 * Why something could not be done.
 */
import type { Trouble as TroubleText } from "../deploy/Client.ts"

export const Trouble = ({ trouble }: { readonly trouble: TroubleText | undefined }) => (
  <div role="alert" class={trouble === undefined ? undefined : "trouble"}>
    {trouble === undefined ? null : (
      <>
        <p>{trouble.what}</p>
        {trouble.why === undefined ? null : <p class="note">{trouble.why}</p>}
        {trouble.remedy === undefined ? null : <p class="note">{trouble.remedy}</p>}
      </>
    )}
  </div>
)
