/** @jsxImportSource preact */
/**
 * The page: header, files, editor, package.
 */
import { useEffect } from "preact/hooks"
import * as Selection from "../selection/Selection.ts"
import { openDropped } from "../files/Dropped.ts"
import { EditorPane } from "../editor/EditorPane.tsx"
import { ShortcutList } from "./ShortcutList.tsx"
import { Splitter } from "./Splitter.tsx"
import { FileTree } from "../files/FileTree.tsx"
import { Header } from "./Header.tsx"
import { isEmbedded, isReadOnly } from "./Embed.ts"
import { Intro } from "./Intro.tsx"
import { NoticeBar } from "./NoticeBar.tsx"
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
      if (event.dataTransfer !== null && !isReadOnly) void openDropped(event.dataTransfer)
    }
    addEventListener("dragover", over)
    addEventListener("drop", drop)
    return () => {
      removeEventListener("dragover", over)
      removeEventListener("drop", drop)
    }
  }, [])
  return (
    <div class="page" data-pane={Selection.pane.value} data-embedded={isEmbedded}>
      <Header />
      {isEmbedded ? null : <Intro />}
      <NoticeBar />
      <main class="panes">
        {isEmbedded ? null : (
          <>
            <FileTree />
            <Splitter name="files" label="Width of the files" />
          </>
        )}
        <EditorPane />
        <Splitter name="package" label="Width of the package" />
        <PackagePane />
      </main>
      <nav class="switch" aria-label="Panes">
        {panes.filter(([pane]) => !isEmbedded || pane !== "files").map(([pane, label]) => (
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
      <ShortcutList />
    </div>
  )
}
