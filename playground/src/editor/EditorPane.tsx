/** @jsxImportSource preact */
/**
 * The open file. Lines that go into the package have a bar; the selected declaration is lit.
 */
import { CodeView } from "./CodeView.tsx"
import { useMemo } from "preact/hooks"
import { diagnostics, made } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"
import * as Selection from "../page/Selection.ts"
import { size } from "../page/size.ts"

export const EditorPane = () => {
  const path = Project.openPath.value
  const text = Project.openText.value
  const content = Project.files.value[path]
  const [analysis, node] = [made.value, Selection.node.value]
  const marked = useMemo(
    () =>
      (analysis?.declarations ?? []).filter(({ range }) => range.file === path).map((each) => ({
        from: each.range.start.line,
        to: each.range.end.line,
        selected: each.node === node
      })),
    [analysis, node, path]
  )
  const target = Selection.target.value
  return (
    <section class="pane editor" aria-label="Editor">
      <h2 class="path">{path || "No file"}</h2>
      {text === undefined
        ? (
          <p class="empty">
            {content instanceof Uint8Array ? `Binary file, ${size(content.length)}`
              : "Choose a file, or make a new one."}
          </p>
        )
        : (
          <CodeView
            key={`${Project.revision.value} ${path}`}
            path={path}
            text={text}
            label={`Text of ${path}`}
            marked={marked}
            diagnostics={diagnostics.value}
            target={target?.file === path ? target : undefined}
            onChange={(changed) => Project.edit(path, changed)}
            onCursor={Selection.fromSource}
          />
        )}
    </section>
  )
}
