/**
 * Who may ask: pages of allowed origins, and programs, which have none. A page elsewhere could make a browser ask in its
 * user's place, or make a name of its own point here (DNS rebinding).
 */
import { isLoopback } from "./ServeOptions.ts"

/** The name in a `Host` header, without the port. */
const nameOf = (host: string): string =>
  /^(\[[^\]]*\]|[^:]*)(?::\d+)?$/.exec(host.trim())?.[1]?.replace(/^\[|\]$/g, "") ?? ""

/** Whether a server that listens on loopback was asked by a name of loopback. */
export const isOwnHost = (host: string | undefined): boolean =>
  host !== undefined && isLoopback(nameOf(host).toLowerCase())

/** `own`: the `Host` by which the server was asked. */
export const isAllowed = (origin: string, own: string | undefined, allowed: ReadonlyArray<string>): boolean => {
  if (allowed.includes(origin)) return true
  const url = URL.canParse(origin) ? new URL(origin) : undefined
  return url !== undefined && own !== undefined && url.host === own.trim().toLowerCase()
}

/** What an origin looks like, for the list of those allowed; `undefined` for what is none. */
export const parse = (text: string): string | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && /^https?:$/.test(url.protocol) && url.pathname === "/" && url.search === "" &&
      url.hash === ""
      && url.username === "" && url.password === ""
    ? url.origin
    : undefined
}
