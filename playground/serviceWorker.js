/**
 * Keeps the page for visits without a network. `FILES`, `LATER` and `VERSION` are written by the build: what the page is made
 * of, what it can do without for a while, and a digest of both. The parser's WebAssembly is kept by the page itself.
 */
const name = `clustrix-page-${VERSION}`

const fill = async (files) => {
  const cache = await caches.open(name)
  const there = new Set((await cache.keys()).map(({ url }) => url))
  const missing = files.map((file) => new URL(file, self.registration.scope).href).filter((url) => !there.has(url))
  // Not from the browser's own cache: it may hold a document of another version
  await cache.addAll(
    missing.map((url) => new Request(url, { cache: url.includes("/assets/") ? "default" : "no-cache" }))
  )
}

const forgetOthers = async () => {
  for (const each of await caches.keys()) {
    if (each.startsWith("clustrix-page-") && each !== name) await caches.delete(each)
  }
}

self.addEventListener("install", (event) => {
  event.waitUntil(fill(FILES).then(() => self.skipWaiting()))
})

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()))
})

// What can wait comes when the page says that it has nothing else to fetch
self.addEventListener("message", ({ data }) => {
  if (data === "fill") void fill(LATER).catch(() => undefined)
})

/** A frame that comes here has no attribute that makes its origin opaque: the header does it. */
const sandboxed = async (kept) => {
  const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": "sandbox allow-scripts" }
  return new Response(await kept.blob(), { headers })
}

/** Files whose names hold their digests are the kept ones; of the others the network has the latest. */
const answer = async (request) => {
  const cache = await caches.open(name)
  const isFixed = new URL(request.url).pathname.includes("/assets/")
  const kept = await cache.match(request, { ignoreSearch: true })
  if (isFixed && kept !== undefined) return kept
  try {
    return await fetch(request)
  } catch (error) {
    if (kept !== undefined && new URL(request.url).pathname.endsWith("/sandbox.html")) return sandboxed(kept)
    const page = kept ??
      (request.mode === "navigate" ? await cache.match(new URL("./", self.registration.scope)) : undefined)
    if (page === undefined) throw error
    return page
  }
}

self.addEventListener("fetch", (event) => {
  const { method, url } = event.request
  if (method !== "GET" || !url.startsWith(self.registration.scope) || url.endsWith(".wasm")) return
  event.respondWith(answer(event.request))
})
