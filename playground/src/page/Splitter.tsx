/** @jsxImportSource preact */
/**
 * The border between two panes, which is dragged, or moved with the arrow keys.
 */
import { effect, signal } from "@preact/signals"
import * as Storage from "./Storage.ts"

type Name = "files" | "package"

const narrowest = 140
const stepPixels = 24

const widthOf = (name: Name): number | undefined => {
  const kept = Number(Storage.lasting.get(`clustrix-width-${name}`))
  return kept >= narrowest ? kept : undefined
}

/** Widths in pixels; `undefined` is what the style sheet says. */
const widths = { files: signal(widthOf("files")), package: signal(widthOf("package")) }

for (const name of ["files", "package"] as const) {
  effect(() => {
    const width = widths[name].value
    const root = document.documentElement.style
    if (width === undefined) {
      root.removeProperty(`--${name}`)
      return
    }
    // Never more than leaves room for the editor
    root.setProperty(`--${name}`, `clamp(${narrowest}px, ${width}px, 55vw)`)
    Storage.lasting.set(`clustrix-width-${name}`, String(Math.round(width)))
  })
}

const paneOf = (name: Name): Element | null => document.querySelector(`.pane.${name}`)

const measured = (name: Name): number => paneOf(name)?.getBoundingClientRect().width ?? narrowest

const set = (name: Name, width: number): void => {
  widths[name].value = Math.max(narrowest, Math.min(width, innerWidth * 0.55))
}

export const Splitter = ({ label, name }: { readonly name: Name; readonly label: string }) => {
  const direction = name === "files" ? 1 : -1
  const drag = (event: PointerEvent & { readonly currentTarget: HTMLElement }): void => {
    const { currentTarget: handle, clientX, pointerId } = event
    const before = measured(name)
    handle.setPointerCapture(pointerId)
    const move = (moved: PointerEvent): void => set(name, before + direction * (moved.clientX - clientX))
    handle.addEventListener("pointermove", move)
    handle.addEventListener("lostpointercapture", () => handle.removeEventListener("pointermove", move), { once: true })
  }
  const press = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -stepPixels, ArrowRight: stepPixels }[event.key]
    if (step === undefined) return
    event.preventDefault()
    set(name, measured(name) + direction * step)
  }
  return (
    <div
      class="splitter"
      role="separator"
      tabIndex={0}
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={Math.round(widths[name].value ?? 50)}
      aria-valuemin={narrowest}
      aria-valuemax={Math.max(narrowest, Math.round(innerWidth * 0.55))}
      onPointerDown={drag}
      onKeyDown={press}
      onDblClick={() => {
        widths[name].value = undefined
        Storage.lasting.remove(`clustrix-width-${name}`)
      }}
    />
  )
}
