/**
 * Connections to what somebody named, and to nothing else: the browser itself refuses any other address.
 */

type Fetch = typeof globalThis.fetch

const connections = new Map<string, Promise<Fetch>>()

const narrowed = (frame: HTMLIFrameElement, origin: string): Fetch => {
  const [inside, window] = [frame.contentDocument, frame.contentWindow]
  if (inside === null || window === null) throw new Error("The frame that connects cannot be used.")
  const policy = inside.createElement("meta")
  policy.httpEquiv = "Content-Security-Policy"
  policy.content = `connect-src ${origin}`
  inside.head.append(policy)
  // A window has the functions of its realm, which its type does not say
  return (window as Window & typeof globalThis).fetch.bind(window)
}

const open = (origin: string): Promise<Fetch> =>
  new Promise((resolve, reject) => {
    const frame = document.createElement("iframe")
    frame.src = new URL("connect.html", document.baseURI).href
    frame.style.display = "none"
    frame.tabIndex = -1
    frame.setAttribute("aria-hidden", "true")
    frame.addEventListener("load", () => {
      try {
        resolve(narrowed(frame, origin))
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    }, { once: true })
    document.body.append(frame)
  })

/** A `fetch` that reaches the origin of `url` only. */
export const connectionTo = ({ origin }: URL): Promise<Fetch> => {
  const known = connections.get(origin) ?? open(origin)
  connections.set(origin, known)
  known.catch(() => connections.delete(origin))
  return known
}
