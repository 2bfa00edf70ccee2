/**
 * One tab edits a project at a time: it holds a lock of the project's name, which ends with the tab. Where a browser has no
 * locks, every tab may.
 */

const nameOf = (id: string): string => `clustrix-project-${id}`

let release: () => void = () => undefined

/** Lets go of the project that was claimed before. */
const hold = (id: string, options: LockOptions): Promise<boolean> =>
  new Promise((resolve, reject) => {
    navigator.locks.request(nameOf(id), options, (lock) => {
      if (lock === null) return resolve(false)
      release()
      return new Promise<void>((end) => {
        release = end
        resolve(true)
      })
    }).catch(reject)
  })

const isDenied = (error: unknown): boolean => error instanceof DOMException && error.name === "SecurityError"

/**
 * Whether this tab may edit the project. With `patienceMillis` it waits: after a reload, the tab that was may hold the lock
 * a moment longer.
 */
export const claim = async (id: string, patienceMillis = 0): Promise<boolean> => {
  // Insecure contexts have none
  if (!("locks" in navigator)) return true
  try {
    if (await hold(id, { ifAvailable: true })) return true
    if (patienceMillis === 0) return false
    return await hold(id, { signal: AbortSignal.timeout(patienceMillis) })
  } catch (error) {
    if (isDenied(error)) return true
    if (error instanceof DOMException && (error.name === "TimeoutError" || error.name === "AbortError")) return false
    throw error
  }
}

/** Whether no tab edits it. */
export const isFree = async (id: string): Promise<boolean> => {
  if (!("locks" in navigator)) return true
  try {
    return await navigator.locks.request(nameOf(id), { ifAvailable: true }, (lock) => lock !== null)
  } catch (error) {
    if (isDenied(error)) return false
    throw error
  }
}
