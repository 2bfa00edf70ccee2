/**
 * Types in the editor: completion, what a name is, its definition, and formatting.
 */
import { autocompletion, type Completion, type CompletionContext,
  type CompletionResult } from "@codemirror/autocomplete"
import type { Extension } from "@codemirror/state"
import { Transaction } from "@codemirror/state"
import { type EditorView, hoverTooltip, keymap } from "@codemirror/view"
import * as Project from "../project/Project.ts"
import * as Selection from "../selection/Selection.ts"
import * as TypeService from "./TypeService.ts"

/** Names of CodeMirror's icons for TypeScript's kinds of things. */
const icons: Readonly<Record<string, string>> = {
  keyword: "keyword",
  function: "function",
  "local function": "function",
  method: "method",
  property: "property",
  getter: "property",
  setter: "property",
  class: "class",
  interface: "interface",
  type: "type",
  enum: "enum",
  const: "constant",
  let: "variable",
  var: "variable",
  parameter: "variable",
  module: "namespace"
}

const path = (): string => Project.openPath.peek()

const complete = async (context: CompletionContext): Promise<CompletionResult | null> => {
  if (!TypeService.isTyped(path())) return null
  const before = context.matchBefore(/[\w$]+$|\.$|["'`/]$/)
  if (before === null && !context.explicit) return null
  const found = await TypeService.completions(path(), context.pos)
  if (context.aborted || found.length === 0) return null
  const word = context.matchBefore(/[\w$]*$/)
  return {
    from: word?.from ?? context.pos,
    validFor: /^[\w$]*$/,
    options: found.map(({ insert, kind, label }): Completion => ({
      label,
      ...(icons[kind] === undefined ? {} : { type: icons[kind] }),
      ...(insert === undefined ? {} : { apply: insert })
    }))
  }
}

const tooltip = (text: string, about: string): HTMLElement => {
  const element = document.createElement("div")
  element.className = "cm-type"
  const code = document.createElement("code")
  code.textContent = text
  element.append(code)
  if (about !== "") {
    const paragraph = document.createElement("p")
    paragraph.textContent = about
    element.append(paragraph)
  }
  return element
}

const hover = hoverTooltip(async (_view, at) => {
  if (!TypeService.isTyped(path())) return null
  const found = await TypeService.hover(path(), at)
  return found === undefined ? null : {
    pos: found.from,
    end: found.to,
    create: () => ({ dom: tooltip(found.text, found.about) })
  }
})

/** Formats the open file, as one edit. */
export const format = async (view: EditorView): Promise<void> => {
  const before = view.state.doc
  if (!TypeService.isTyped(path())) return
  const changes = await TypeService.format(path())
  // Whoever typed meanwhile asks again
  if (view.state.doc !== before || changes.length === 0) return
  view.dispatch({ changes: [...changes], annotations: Transaction.userEvent.of("input.format") })
}

const goToDefinition = async (view: EditorView): Promise<void> => {
  const found = await TypeService.definition(path(), view.state.selection.main.head)
  const text = found === undefined ? undefined : Project.files.peek()[found.path]
  if (found === undefined || typeof text !== "string") return
  const lines = text.slice(0, found.offset).split("\n")
  Selection.goTo({ file: found.path, line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 })
}

export const types: Extension = [
  autocompletion({ override: [complete] }),
  hover,
  keymap.of([
    { key: "Shift-Alt-f", run: (view) => (void format(view), true) },
    { key: "F12", run: (view) => (void goToDefinition(view), true) }
  ])
]
