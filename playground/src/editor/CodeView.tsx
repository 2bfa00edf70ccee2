/** @jsxImportSource preact */
/**
 * A text to read, with marked lines, as a component.
 */
import { Compartment, EditorState } from "@codemirror/state"
import { EditorView } from "@codemirror/view"
import { useEffect, useRef } from "preact/hooks"
import { reading } from "./extensions.ts"
import { type MarkedLines, setMarks } from "./marks.ts"
import { offsetOf } from "./positions.ts"

export interface CodeViewProps {
  readonly path: string
  readonly text: string
  readonly label: string
  readonly marked: ReadonlyArray<MarkedLines>
  /** Where to go; a new object goes there again. */
  readonly target?: { readonly line: number; readonly column: number } | undefined
  /** A line was clicked. */
  readonly onLine?: ((line: number) => void) | undefined
}

export const CodeView = (props: CodeViewProps) => {
  const { label, marked, path, target, text } = props
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | undefined>(undefined)
  const latest = useRef(props)
  latest.current = props

  useEffect(() => {
    if (host.current === null) return
    const language = new Compartment()
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: latest.current.text,
        extensions: [reading, EditorView.contentAttributes.of({ "aria-label": label }), language.of([])]
      })
    })
    // What cannot be edited has no cursor that could move
    editor.contentDOM.addEventListener("click", (event) => {
      const at = editor.posAtCoords({ x: event.clientX, y: event.clientY })
      if (at !== null) latest.current.onLine?.(editor.state.doc.lineAt(at).number)
    })
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
  }, [path, label])

  useEffect(() => {
    const editor = view.current
    if (editor === undefined || editor.state.doc.toString() === text) return
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } })
  }, [path, text])

  useEffect(() => {
    view.current?.dispatch({ effects: setMarks.of(marked) })
  }, [path, text, marked])

  useEffect(() => {
    const editor = view.current
    if (editor === undefined || target === undefined) return
    const at = offsetOf(editor.state, target.line, target.column)
    editor.dispatch({ effects: EditorView.scrollIntoView(at, { y: "center" }) })
  }, [path, target])

  return <div class="code" ref={host} />
}
