/**
 * Keys that work everywhere in the page.
 */
import * as History from "../project/History.ts"
import { runAndShow } from "../run/RunButton.tsx"
import { signal } from "@preact/signals"

export interface Shortcut {
  readonly keys: string
  readonly what: string
}

const isApple = /Mac|iPhone|iPad/.test(navigator.platform)
const command = isApple ? "⌘" : "Ctrl"

/** Those of the page, and of the editor those that are asked for most. */
export const list: ReadonlyArray<Shortcut> = [
  { keys: `${command}-Enter`, what: "Run the function" },
  { keys: "F1", what: "This list" },
  { keys: `${command}-F`, what: "Search in the file" },
  { keys: `${command}-D`, what: "Select the next place of the same text, too" },
  { keys: `${command}-Space`, what: "Complete what is typed" },
  { keys: `${command}-Z`, what: "Undo: in the editor the edit, elsewhere what was done to files and projects" },
  { keys: `Shift-Alt-F`, what: "Format the file" },
  { keys: "Escape, then Tab", what: "Leave the editor" },
  { keys: "Arrow keys", what: "Go through the tabs, and through the graph" }
]

/** Whether the list is shown. */
export const isListShown = signal(false)

/** Whether the key is for a text that somebody writes. */
const isInText = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable=true]") !== null

const pressed = (event: KeyboardEvent): void => {
  const isCommand = isApple ? event.metaKey : event.ctrlKey
  if (document.querySelector("dialog[open]") !== null) return
  if (isCommand && event.key === "Enter") runAndShow()
  else if (event.key === "F1") isListShown.value = true
  else if (isCommand && !event.shiftKey && event.key === "z" && !isInText(event.target)) History.undo()
  else return
  event.preventDefault()
  event.stopPropagation()
}

export const start = (): void => addEventListener("keydown", pressed, { capture: true })
