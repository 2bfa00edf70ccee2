/** @jsxImportSource preact */
/**
 * How far a function says it is.
 */
import * as Progress from "../../../core/runtime/Progress.ts"

export const ProgressBar = ({ progress }: { readonly progress: Progress.Progress | undefined }) =>
  progress === undefined ? null : (
    <p class="progress">
      <progress aria-label="Progress" max={1} value={Progress.fraction(progress)} />
      <span>{Progress.text(progress)}</span>
    </p>
  )
