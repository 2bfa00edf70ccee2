/**
 * What TypeScript says about the open file. It has no part in packaging, and comes when there is time.
 */
import { computed, effect, signal } from "@preact/signals"
import * as Project from "../project/Project.ts"
import * as TypeService from "./TypeService.ts"

export interface Found {
  readonly path: string
  readonly text: string
  readonly diagnostics: ReadonlyArray<TypeService.TypeDiagnostic>
}

const latest = signal<Found | undefined>(undefined)

/** Of exactly the text that is shown; `undefined` until it is known. */
export const found = computed(() =>
  latest.value?.path === Project.openPath.value && latest.value.text === Project.openText.value ? latest.value
    : undefined
)

/** Why there are no types. */
export const failure = signal<string | undefined>(undefined)

/** After the last key, in ms. */
const quietMillis = 400

/** Checks the open file whenever it, or another one, has changed. */
export const start = (): void => {
  let timer: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    const [path, text] = [Project.openPath.value, Project.openText.value]
    void Project.files.value
    clearTimeout(timer)
    if (text === undefined || !TypeService.isTyped(path)) return
    timer = setTimeout(() => {
      TypeService.diagnostics(path).then(
        (diagnostics) => {
          failure.value = undefined
          latest.value = { path, text, diagnostics }
        },
        (error: unknown) => {
          failure.value = error instanceof Error ? error.message : String(error)
        }
      )
    }, quietMillis)
  })
}
