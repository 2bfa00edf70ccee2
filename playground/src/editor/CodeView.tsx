/** @jsxImportSource preact */
/**
 * CodeMirror as a component: a text, what is marked in it, and what happens in it.
 */
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands"
import { bracketMatching, indentOnInput } from "@codemirror/language"
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint"
import { Compartment, EditorState } from "@codemirror/state"
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view"
import { useEffect, useRef } from "preact/hooks"
import type { PackageAnalysis } from "../../../platform-browser/index.ts"
import { type MarkedLines, marks, setMarks } from "./marks.ts"

export interface CodeViewProps {
  readonly path: string
  readonly text: string
  readonly label: string
  readonly marked: ReadonlyArray<MarkedLines>
  readonly diagnostics?: ReadonlyArray<PackageAnalysis.Remark>
  /** Where to go; a new object goes there again. */
  readonly target?: { readonly line: number; readonly column: number } | undefined
  /** Without it the text can only be read. With it, `text` counts once: the editor has the newest. */
  readonly onChange?: ((text: string) => void) | undefined
  /** The cursor was moved to a line by hand. */
  readonly onCursor?: ((line: number) => void) | undefined
}

const offsetOf = (state: EditorState, line: number, column: number): number => {
  const found = state.doc.line(Math.min(Math.max(1, line), state.doc.lines))
  return Math.min(found.from + column - 1, found.to)
}

const diagnosticOf = (state: EditorState, remark: PackageAnalysis.Remark): ReadonlyArray<Diagnostic> => {
  if (remark.location === undefined) return []
  const from = offsetOf(state, remark.location.line, remark.location.column)
  const to = state.wordAt(from)?.to ?? from
  const message = [remark.what, remark.why, remark.remedy].filter((part) => part !== undefined).join("\n")
  return [{ from, to, severity: remark.severity, source: remark.code, message }]
}

export const CodeView = (props: CodeViewProps) => {
  const { diagnostics, label, marked, path, target, text } = props
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | undefined>(undefined)
  const latest = useRef(props)
  latest.current = props
  const isReadOnly = props.onChange === undefined

  useEffect(() => {
    if (host.current === null) return
    const language = new Compartment()
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [
          lineNumbers(),
          drawSelection(),
          bracketMatching(),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({
            "aria-label": label,
            ...(isReadOnly ? { "aria-readonly": "true", tabindex: "0" } : {})
          }),
          language.of([]),
          marks,
          isReadOnly
            ? [EditorState.readOnly.of(true), EditorView.editable.of(false)]
            : [history(), indentOnInput(), highlightActiveLine(), lintGutter()],
          // Escape and then Tab leaves the editor
          keymap.of([...defaultKeymap, ...historyKeymap, ...lintKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (
              update.docChanged && update.transactions.some((each) =>
                each.isUserEvent("input") ||
                each.isUserEvent("delete") || each.isUserEvent("move") || each.isUserEvent("undo") ||
                each.isUserEvent("redo") || each.isUserEvent("indent")
              )
            ) {
              latest.current.onChange?.(update.state.doc.toString())
            }
            if (update.selectionSet && update.transactions.some((each) => each.isUserEvent("select"))) {
              latest.current.onCursor?.(update.state.doc.lineAt(update.state.selection.main.head).number)
            }
          })
        ]
      })
    })
    // What cannot be edited has no cursor that could move
    const click = (event: MouseEvent): void => {
      const at = editor.posAtCoords({ x: event.clientX, y: event.clientY })
      if (at !== null) latest.current.onCursor?.(editor.state.doc.lineAt(at).number)
    }
    if (isReadOnly) editor.contentDOM.addEventListener("click", click)
    view.current = editor
    let destroyed = false
    // The text is there before its colours
    void import("./language.ts").then(({ languageOf }) => {
      if (!destroyed) editor.dispatch({ effects: language.reconfigure(languageOf(path)) })
    })
    return () => {
      destroyed = true
      editor.destroy()
    }
  }, [path, label, isReadOnly])

  useEffect(() => {
    const editor = view.current
    // What is typed is ahead of what is rendered: a text from outside comes with another `key`
    if (editor === undefined || !isReadOnly || editor.state.doc.toString() === text) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } })
  }, [path, text, isReadOnly])

  useEffect(() => {
    view.current?.dispatch({ effects: setMarks.of(marked) })
  }, [path, text, marked])

  useEffect(() => {
    const editor = view.current
    if (editor === undefined || diagnostics === undefined) return
    const own = diagnostics.filter(({ location }) => location?.file === path)
    editor.dispatch(setDiagnostics(editor.state, own.flatMap((each) => diagnosticOf(editor.state, each))))
  }, [path, text, diagnostics])

  useEffect(() => {
    const editor = view.current
    if (editor === undefined || target === undefined) return
    const at = offsetOf(editor.state, target.line, target.column)
    editor.dispatch({
      ...(isReadOnly ? {} : { selection: { anchor: at } }),
      effects: EditorView.scrollIntoView(at, { y: "center" })
    })
  }, [path, target])

  return <div class="code" ref={host} />
}
