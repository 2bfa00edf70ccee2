/** @jsxImportSource preact */
/**
 * Runs the function, from wherever one is; the tab of the run shows what comes of it.
 */
import { failure, packaging } from "../packaging/Packaging.ts"
import * as Selection from "../selection/Selection.ts"
import * as Run from "./Run.ts"

export const runAndShow = (): void => {
  Selection.tab.value = "run"
  Selection.pane.value = "package"
  void Run.start()
}

export const RunButton = () =>
  Run.phase.value === "idle"
    ? (
      <button
        type="button"
        class="primary run"
        disabled={packaging.value.state === "idle" || failure.value !== undefined}
        title={failure.value === undefined ? "Run the function in this page (Ctrl-Enter)"
          : `There is no package to run: ${failure.value.what}`}
        onClick={runAndShow}
      >
        Run
      </button>
    )
    : <button type="button" class="run" onClick={Run.stop}>Stop</button>
