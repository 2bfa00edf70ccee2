/** @jsxImportSource preact */
/**
 * The keys that work here.
 */
import { useEffect, useRef } from "preact/hooks"
import * as Offline from "./Offline.ts"
import * as Shortcuts from "./Shortcuts.ts"

const Dialog = () => {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const close = (): void => {
    Shortcuts.isListShown.value = false
  }
  return (
    <dialog ref={dialog} aria-label="Shortcuts" onClose={close}>
      <h2>Shortcuts</h2>
      <dl class="shortcuts">
        {Shortcuts.list.map(({ keys, what }) => (
          <>
            <dt key={keys}>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={Offline.isWanted.value}
          onChange={({ currentTarget }) => Offline.set(currentTarget.checked)}
        />
        <span>Keep the page in this browser, for visits without a network</span>
      </label>
      <button type="button" onClick={close}>Close</button>
    </dialog>
  )
}

export const ShortcutList = () => Shortcuts.isListShown.value ? <Dialog /> : null
