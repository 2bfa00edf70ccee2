/** @jsxImportSource preact */
/**
 * The open file. Lines that go into the package have a bar; the selected declaration is lit.
 */
import { size } from "../page/size.ts"
import { contentOf } from "../project/Paths.ts"
import * as Project from "../project/Project.ts"
import { isReadOnly } from "../page/Embed.ts"
import { isTyped } from "../types/TypeService.ts"
import { Editor, formatText } from "./Editor.tsx"

export const EditorPane = () => {
  const path = Project.openPath.value
  const content = contentOf(Project.files.value, path)
  return (
    <section class="pane editor" aria-label="Editor">
      <div class="path-bar">
        <h2 class="path">{path || "No file"}</h2>
        <span class="key" aria-hidden="true">goes into the package</span>
        {isReadOnly || !isTyped(path) ? null :
          (
            <button type="button" class="format" title="Format the file (Shift-Alt-F)" onClick={formatText}>
              Format
            </button>
          )}
      </div>
      {typeof content === "string"
        ? <Editor />
        : (
          <p class="empty">
            {content instanceof Uint8Array ? `Binary file, ${size(content.length)}`
              : "Choose a file, or make a new one."}
          </p>
        )}
    </section>
  )
}
