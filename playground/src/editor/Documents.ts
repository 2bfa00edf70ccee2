/**
 * One state for each file that was edited: its text, selection, folds and undo history stay when another file is looked at.
 */
import { Compartment, EditorState, type Extension, Transaction } from "@codemirror/state"
import { EditorView } from "@codemirror/view"
import { isReadOnly } from "../page/Embed.ts"
import { writing } from "./extensions.ts"

/** Of one project and path. */
const keyOf = (project: string, path: string): string => `${project}\n${path}`

const states = new Map<string, EditorState>()

/** Reconfigured when the language of the file is there. */
export const language = new Compartment()

/** The state of a file whose text is `text` now; a text from elsewhere can be undone as an edit can. */
export const stateOf = (project: string, path: string, text: string, more: Extension): EditorState => {
  const known = states.get(keyOf(project, path))
  if (known === undefined) {
    return EditorState.create({
      doc: text,
      extensions: [
        writing,
        EditorView.contentAttributes.of({ "aria-label": `Text of ${path}` }),
        language.of([]),
        isReadOnly ? [EditorState.readOnly.of(true), EditorView.contentAttributes.of({ "aria-readonly": "true" })] : [],
        more
      ]
    })
  }
  return known.doc.toString() === text ? known : known.update(replacing(known, text)).state
}

/** The change that makes another text of a state's. */
export const replacing = (state: EditorState, text: string) => ({
  changes: { from: 0, to: state.doc.length, insert: text },
  annotations: Transaction.userEvent.of("input.replace")
})

export const keep = (project: string, path: string, state: EditorState): void => {
  states.set(keyOf(project, path), state)
}
