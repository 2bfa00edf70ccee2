/**
 * The sentence that tells what just happened, with the button that takes it back. It stays until the next one, or until
 * somebody puts it away.
 */
import { signal } from "@preact/signals"

export interface Notice {
  readonly text: string
  readonly severity: "info" | "error"
  readonly action: { readonly label: string; readonly run: () => void } | undefined
}

export const notice = signal<Notice | undefined>(undefined)

export const tell = (text: string, action?: Notice["action"]): void => {
  notice.value = { text, severity: "info", action }
}

export const warn = (text: string, action?: Notice["action"]): void => {
  notice.value = { text, severity: "error", action }
}

export const clear = (): void => {
  notice.value = undefined
}
