/**
 * Lines and columns, which count from 1, as offsets of an editor's text.
 */
import type { EditorState } from "@codemirror/state"

/** The nearest offset that the text has. */
export const offsetOf = (state: EditorState, line: number, column: number): number => {
  const found = state.doc.line(Math.min(Math.max(1, line), state.doc.lines))
  return Math.min(Math.max(found.from, found.from + column - 1), found.to)
}
