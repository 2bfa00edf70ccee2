/** @jsxImportSource preact */
/**
 * The page: header, files, editor, package.
 */
import { useEffect } from "preact/hooks"
import { linkError } from "../share/Link.ts"
import * as Selection from "./Selection.ts"
import { openDropped } from "../project/Dropped.ts"
import { EditorPane } from "../editor/EditorPane.tsx"
import { FileTree } from "../project/FileTree.tsx"
import { Header } from "./Header.tsx"
import { PackagePane } from "../packaging/PackagePane.tsx"

const panes: ReadonlyArray<readonly [Selection.Pane, string]> = [["files", "Files"], ["code", "Code"], [
  "package",
  "Package"
]]

export const App = () => {
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault()
    const drop = (event: DragEvent): void => {
      event.preventDefault()
      if (event.dataTransfer !== null) void openDropped(event.dataTransfer)
    }
    addEventListener("dragover", over)
    addEventListener("drop", drop)
    return () => {
      removeEventListener("dragover", over)
      removeEventListener("drop", drop)
    }
  }, [])
  return (
    <div class="page" data-pane={Selection.pane.value}>
      <Header />
      {linkError.value === undefined ? null : <p class="banner" role="alert">{linkError.value}</p>}
      <main class="panes">
        <FileTree />
        <EditorPane />
        <PackagePane />
      </main>
      <nav class="switch" aria-label="Panes">
        {panes.map(([pane, label]) => (
          <button
            type="button"
            key={pane}
            aria-pressed={Selection.pane.value === pane}
            onClick={() => {
              Selection.pane.value = pane
            }}
          >
            {label}
          </button>
        ))}
      </nav>
    </div>
  )
}
