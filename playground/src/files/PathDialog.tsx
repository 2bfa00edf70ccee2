/** @jsxImportSource preact */
/**
 * Asks for the path of a file.
 */
import { useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import * as Paths from "../project/Paths.ts"
import * as Project from "../project/Project.ts"

export interface PathDialogProps {
  readonly title: string
  readonly initial: string
  /** The path, or `undefined` when it was given up. */
  readonly onDone: (path: string | undefined) => void
}

export const PathDialog = ({ initial, onDone, title }: PathDialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null)
  const path = useSignal(initial)
  const wrong = useSignal<string | undefined>(undefined)
  useEffect(() => dialog.current?.showModal(), [])
  const submit = (event: Event): void => {
    event.preventDefault()
    const to = path.value.trim()
    if (to === initial && to !== "") return onDone(undefined)
    wrong.value = Paths.refusal(to, Project.files.value)
    if (wrong.value === undefined) onDone(to)
  }
  return (
    <dialog ref={dialog} aria-label={title} onClose={() => onDone(undefined)}>
      <form onSubmit={submit}>
        <h2>{title}</h2>
        <label class="field">
          <span>Path</span>
          <input
            value={path.value}
            placeholder="src/readings.ts"
            spellcheck={false}
            aria-invalid={wrong.value !== undefined}
            onInput={({ currentTarget }) => {
              path.value = currentTarget.value
            }}
          />
        </label>
        <p class="note warn" role="alert">{wrong.value}</p>
        <div class="row">
          <button type="submit" class="primary">Save</button>
          <button type="button" onClick={() => onDone(undefined)}>Cancel</button>
        </div>
      </form>
    </dialog>
  )
}
