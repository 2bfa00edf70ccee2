/**
 * What an editor of this page can do, put together as CodeMirror's own `basicSetup` does.
 */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete"
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands"
import { bracketMatching, foldGutter, foldKeymap, indentOnInput } from "@codemirror/language"
import { lintGutter, lintKeymap } from "@codemirror/lint"
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search"
import { EditorState, type Extension } from "@codemirror/state"
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap,
  lineNumbers, rectangularSelection } from "@codemirror/view"
import { marks } from "./marks.ts"

const shared: Extension = [
  lineNumbers(),
  highlightSpecialChars(),
  foldGutter(),
  drawSelection(),
  bracketMatching(),
  highlightSelectionMatches(),
  search({ top: true }),
  EditorView.lineWrapping,
  marks
]

/** Files are taken by the page, wherever they are dropped. */
const filesToPage = EditorView.domEventHandlers({
  drop: (event) => event.dataTransfer?.types.includes("Files") === true
})

/** A text that is edited. Escape and then Tab leaves it. */
export const writing: Extension = [
  shared,
  history(),
  EditorState.allowMultipleSelections.of(true),
  rectangularSelection(),
  indentOnInput(),
  closeBrackets(),
  highlightActiveLine(),
  highlightActiveLineGutter(),
  lintGutter(),
  filesToPage,
  keymap.of([
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...foldKeymap,
    ...completionKeymap,
    ...lintKeymap,
    indentWithTab
  ])
]

/** A text that is only read: it can be gone through with the keyboard, and searched. */
export const reading: Extension = [
  shared,
  EditorState.readOnly.of(true),
  EditorView.editable.of(false),
  EditorView.contentAttributes.of({ "aria-readonly": "true", tabindex: "0" }),
  keymap.of([...defaultKeymap, ...searchKeymap, ...foldKeymap])
]
