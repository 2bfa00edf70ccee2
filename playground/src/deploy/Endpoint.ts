/**
 * The deploy endpoint: where it is, the token, and whether it answers. No link holds any of it, and the token is in memory
 * only, unless somebody asks to keep it.
 */
import { batch, computed, signal } from "@preact/signals"
import * as v from "valibot"
import * as BoundedJson from "../../../core/archive/BoundedJson.ts"
import { connectionTo } from "../connection/Connection.ts"
import * as Storage from "../page/Storage.ts"
import { type About, type Client, type Trouble, TroubleError } from "./Client.ts"

const key = "clustrix-endpoint"

const Kept = v.object({ address: v.string(), token: v.string() })

export const address = signal("http://127.0.0.1:4747")
export const token = signal("")
/** Whether this browser keeps both. */
export const keep = signal(false)

export type Connection =
  | { readonly state: "none" }
  | { readonly state: "asking" }
  | { readonly state: "connected"; readonly address: string; readonly client: Client; readonly about: About }
  | { readonly state: "refused"; readonly trouble: Trouble }

export const connection = signal<Connection>({ state: "none" })
export const connected = computed(() => connection.value.state === "connected" ? connection.value : undefined)

/** Names of this machine, to which a browser lets a page speak without encryption. */
const loopback = new Set(["localhost", "127.0.0.1"])

/** The endpoint that a text names, or what is wrong with it. */
export const parseAddress = (text: string): URL | Trouble => {
  const url = URL.parse(text.trim())
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return { what: "This is no address of an endpoint", remedy: "Write it as https://clustrix.example.org." }
  }
  if (url.protocol === "http:" && !loopback.has(url.hostname)) {
    return {
      what: "The page speaks to another machine by https only",
      why: "The token and the package would be sent for everybody to read.",
      remedy: "Use https, or a tunnel: ssh -L 4747:127.0.0.1:4747 HOST, and then http://127.0.0.1:4747."
    }
  }
  if (url.username !== "" || url.password !== "") {
    return { what: "The address holds a secret", remedy: "Write the token into its own field." }
  }
  url.hash = ""
  url.search = ""
  return url
}

/** What an error says to people. */
export const troubleOf = (error: unknown): Trouble =>
  error instanceof TroubleError ? error.trouble : { what: error instanceof Error ? error.message : String(error) }

const remember = (): void => {
  if (keep.value) Storage.lasting.set(key, JSON.stringify({ address: address.value, token: token.value }))
  else Storage.lasting.remove(key)
}

/** `undefined` for what is no JSON. */
const parsed = (text: string): unknown => {
  try {
    return BoundedJson.parse(text, BoundedJson.small)
  } catch {
    return undefined
  }
}

/** What was kept, if anything was. */
const restore = (): void => {
  const text = Storage.lasting.get(key)
  if (text === undefined) return
  const kept = v.safeParse(Kept, parsed(text))
  if (!kept.success) {
    Storage.lasting.remove(key)
    return
  }
  batch(() => {
    address.value = kept.output.address
    token.value = kept.output.token
    keep.value = true
  })
}

export const setKeep = (kept: boolean): void => {
  keep.value = kept
  remember()
}

export const disconnect = (): void => {
  connection.value = { state: "none" }
}

let turn = 0

/** Asks who is there. */
export const connect = async (): Promise<void> => {
  const mine = ++turn
  const url = parseAddress(address.value)
  if (!(url instanceof URL)) {
    connection.value = { state: "refused", trouble: url }
    return
  }
  connection.value = { state: "asking" }
  try {
    const [{ make }, fetch] = await Promise.all([import("./HttpClient.ts"), connectionTo(url)])
    const client = make(url, token.value.trim(), fetch)
    const about = await client.about(AbortSignal.timeout(20_000))
    if (mine !== turn) return
    connection.value = { state: "connected", address: url.href, client, about }
    remember()
  } catch (error) {
    if (mine === turn) connection.value = { state: "refused", trouble: troubleOf(error) }
  }
}

restore()
