/**
 * The service worker that keeps the page for visits without a network, unless somebody says no.
 */
import { signal } from "@preact/signals"
import * as Storage from "./Storage.ts"

const key = "clustrix-offline"

/** Whether the browser is to keep the page. */
export const isWanted = signal(Storage.lasting.get(key) !== "no")

/** Embedded pages and insecure ones have none. */
const workers = (): ServiceWorkerContainer | undefined =>
  "serviceWorker" in navigator ? navigator.serviceWorker : undefined

const register = async (): Promise<void> => {
  // The development server serves what changes
  if (!import.meta.env.PROD) return
  await workers()?.register(new URL("sw.js", document.baseURI))
  const registration = await workers()?.ready
  registration?.active?.postMessage("fill")
}

const forget = async (): Promise<void> => {
  const registration = await workers()?.getRegistration(document.baseURI)
  await registration?.unregister()
  for (const name of await caches.keys()) if (name.startsWith("clustrix-page-")) await caches.delete(name)
}

/** A browser that refuses has its reasons: the page works without. */
const quietly = (done: Promise<void>): void => {
  done.catch((error: unknown) => console.info("The page is not kept for visits without a network:", error))
}

export const start = (): void => {
  if (isWanted.peek()) quietly(register())
}

export const set = (wanted: boolean): void => {
  isWanted.value = wanted
  if (wanted) Storage.lasting.remove(key)
  else Storage.lasting.set(key, "no")
  quietly(wanted ? register() : forget())
}
