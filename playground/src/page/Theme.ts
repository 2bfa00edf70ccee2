/**
 * Dark or light: what the system prefers, until somebody says otherwise.
 */
import { computed, effect, signal } from "@preact/signals"
import * as Storage from "./Storage.ts"

export type Theme = "light" | "dark"

const key = "clustrix-theme"

const kept = (): Theme | undefined => {
  const value = Storage.lasting.get(key)
  return value === "light" || value === "dark" ? value : undefined
}

const dark = matchMedia("(prefers-color-scheme: dark)")
const preferred = signal<Theme>(dark.matches ? "dark" : "light")
const chosen = signal<Theme | undefined>(undefined)

export const theme = computed<Theme>(() => chosen.value ?? preferred.value)

export const toggle = (): void => {
  chosen.value = theme.value === "dark" ? "light" : "dark"
  Storage.lasting.set(key, chosen.value)
}

export const start = (): void => {
  chosen.value = kept()
  dark.addEventListener("change", ({ matches }) => {
    preferred.value = matches ? "dark" : "light"
  })
  effect(() => {
    document.documentElement.dataset["theme"] = theme.value
  })
}
