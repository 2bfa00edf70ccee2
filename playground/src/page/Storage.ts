/**
 * Small texts that the browser keeps for this page. A browser may refuse all of it: then nothing is kept, and nothing fails.
 */
interface TextStore {
  /** `undefined` where nothing is kept. */
  readonly get: (key: string) => string | undefined
  /** Whether it is kept. */
  readonly set: (key: string, text: string) => boolean
  readonly remove: (key: string) => void
  readonly keys: () => ReadonlyArray<string>
}

/** Blocked storage throws when it is looked at, full storage when it is written. */
const attempt = <A>(use: () => A): A | undefined => {
  try {
    return use()
  } catch (error) {
    if (error instanceof DOMException) return undefined
    throw error
  }
}

const make = (storage: () => Storage): TextStore => ({
  get: (key) => attempt(() => storage().getItem(key)) ?? undefined,
  set: (key, text) => attempt(() => (storage().setItem(key, text), true)) ?? false,
  remove: (key) => attempt(() => storage().removeItem(key)),
  keys: () => attempt(() => Object.keys(storage())) ?? []
})

/** Shared by all tabs, until somebody removes it. */
export const lasting = make(() => localStorage)

/** Of this tab, across reloads. */
export const ofTab = make(() => sessionStorage)
