/** @jsxImportSource preact */
/**
 * The editor of the open file. One view shows one file's state after the other; each change is the project's at once.
 */
import { type Diagnostic, setDiagnostics } from "@codemirror/lint"
import type { EditorState } from "@codemirror/state"
import { EditorView } from "@codemirror/view"
import { effect, untracked } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import type { PackageAnalysis } from "../../../platform-browser/index.ts"
import { diagnostics, shown } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"
import * as Selection from "../selection/Selection.ts"
import * as Documents from "./Documents.ts"
import { format, types } from "../types/typeExtension.ts"
import * as Types from "../types/Types.ts"
import { setMarks } from "./marks.ts"
import { offsetOf } from "./positions.ts"

const diagnosticOf = (state: EditorState, remark: PackageAnalysis.Remark): ReadonlyArray<Diagnostic> => {
  if (remark.location === undefined) return []
  const from = offsetOf(state, remark.location.line, remark.location.column)
  const to = state.wordAt(from)?.to ?? from
  const message = [remark.what, remark.why, remark.remedy].filter((part) => part !== undefined).join("\n")
  return [{ from, to, severity: remark.severity, source: remark.code, message }]
}

/** Tells the project of each edit, and the selection where the cursor is. */
const listener = EditorView.updateListener.of((update) => {
  if (update.docChanged) Project.edit(Project.openPath.peek(), update.state.doc.toString())
  if (update.selectionSet && update.transactions.some((each) => each.isUserEvent("select"))) {
    Selection.fromSource(update.state.doc.lineAt(update.state.selection.main.head).number)
  }
})

/** What is shown in a view: each follows its signals until the view is gone. */
const followers = (view: EditorView): ReadonlyArray<() => void> => {
  let file: { readonly project: string; readonly path: string } | undefined
  const keep = (): void => {
    if (file !== undefined) Documents.keep(file.project, file.path, view.state)
  }
  const showFile = (): void => {
    const [project, path, text] = [Project.id.value, Project.openPath.value, Project.openText.value]
    if (text === undefined) return keep()
    if (file?.project === project && file.path === path) {
      // What is typed is the project's already: this is a text from elsewhere
      if (view.state.doc.toString() !== text) view.dispatch(Documents.replacing(view.state, text))
      return
    }
    keep()
    file = { project, path }
    view.setState(Documents.stateOf(project, path, text, [listener, types]))
    untracked(() => {
      mark()
      lint()
    })
    // The text is there before its colours
    void import("./language.ts").then(({ languageOf }) => {
      if (file?.project !== project || file.path !== path) return
      view.dispatch({ effects: Documents.language.reconfigure(languageOf(path)) })
    })
  }
  const mark = (): void => {
    const [path, node] = [Project.openPath.value, Selection.node.value]
    void Project.id.value
    const marked = (shown.value?.declarations ?? []).filter(({ range }) => range.file === path).map((each) => ({
      from: each.range.start.line,
      to: each.range.end.line,
      selected: each.node === node
    }))
    view.dispatch({ effects: setMarks.of(marked) })
  }
  const lint = (): void => {
    void Project.id.value
    const path = Project.openPath.value
    const own = diagnostics.value.filter(({ location }) => location?.file === path)
    const found = Types.found.value
    // Of the text that is shown only: the next answer is on its way
    const typed = found?.path === path && found.text === view.state.doc.toString() ? found.diagnostics : []
    view.dispatch(setDiagnostics(view.state, [
      ...own.flatMap((each) => diagnosticOf(view.state, each)),
      ...typed.map((each): Diagnostic => ({ ...each, source: `TypeScript ${each.code}` }))
    ]))
  }
  const go = (): void => {
    const target = Selection.target.value
    // In whatever order they are told of it
    untracked(showFile)
    if (target === undefined || target.file !== Project.openPath.peek()) return
    const at = offsetOf(view.state, target.line, target.column)
    view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) })
  }
  return [...[showFile, mark, lint, go].map((follow) => effect(follow)), keep]
}

/** The view that is on the page. */
let onPage: EditorView | undefined

/** Formats the open file. */
export const formatText = (): void => {
  if (onPage !== undefined) void format(onPage)
}

export const Editor = () => {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (host.current === null) return
    const view = new EditorView({ parent: host.current })
    const disposals = followers(view)
    onPage = view
    return () => {
      onPage = undefined
      for (const dispose of disposals) dispose()
      view.destroy()
    }
  }, [])
  return <div class="code" ref={host} />
}
