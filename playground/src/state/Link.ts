/**
 * The whole state in the fragment of the address: `#1.` and base64url of deflated JSON. A fragment is never sent to a
 * server, and opening one packages, but runs and deploys nothing.
 */
import { effect, signal } from "@preact/signals"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { deflateSync, Inflate } from "fflate"
import * as Project from "./Project.ts"

/** Longer links are cut by some programs, in characters. */
export const longLink = 8_000

/** What a link may grow to when it is read, in bytes. */
const largestState = 33_554_432

const Content = Schema.Union(Schema.String, Schema.Struct({ base64: Schema.String }))

/** Version 1 of the state. */
const State = Schema.parseJson(Schema.Struct({
  files: Schema.Record({ key: Schema.String, value: Content }),
  entry: Schema.String,
  open: Schema.String,
  args: Schema.String
}))
type State = typeof State.Type

const encodeState = Schema.encodeSync(State)
const decodeState = Schema.decodeUnknownEither(State)

const base64 = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** Throws on what is no base64. */
const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

export const encode = (state: State): string =>
  `#1.${
    base64(deflateSync(new TextEncoder().encode(encodeState(state)), { level: 9 }))
      .replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")
  }`

/** Stops where a small link would become a large text. Throws on damage. */
const inflate = (bytes: Uint8Array): string => {
  const parts: Array<Uint8Array> = []
  let size = 0
  let complete = false
  const stream = new Inflate((part, last) => {
    size += part.length
    if (size > largestState) throw new Error("it holds too much")
    parts.push(part)
    complete ||= last
  })
  for (let at = 0; at < bytes.length; at += 1024) stream.push(bytes.subarray(at, at + 1024), at + 1024 >= bytes.length)
  if (!complete) throw new Error("its end is missing")
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return new TextDecoder("utf-8", { fatal: true }).decode(whole)
}

/** The state, or what is wrong with the fragment. */
export const decode = (fragment: string): Either.Either<State, string> => {
  const [, version, body] = /^#(\d+)\.([\w-]*)$/.exec(fragment) ?? []
  if (version === undefined || body === undefined) return Either.left("it has not the form of one")
  if (version !== "1") return Either.left(`it has version ${version}, and this page knows version 1`)
  return Either.try({
    try: () => inflate(bytesOf(body.replaceAll("-", "+").replaceAll("_", "/"))),
    catch: (cause) => cause instanceof Error ? cause.message : String(cause)
  }).pipe(
    Either.flatMap((text) => Either.mapLeft(decodeState(text), () => "what it holds is no project")),
    Either.filterOrLeft(
      ({ files }) => Object.keys(files).every((path) => Project.refusal(path, {}) === undefined),
      () => "a path in it leads out of the project"
    )
  )
}

/** The link to what is shown. */
export const link = signal("")
/** What is wrong with the link that was opened. */
export const linkError = signal<string | undefined>(undefined)

const current = (): State => ({
  files: Object.fromEntries(
    Object.entries(Project.files.value).map(([path, content]) => [
      path,
      typeof content === "string" ? content : { base64: base64(content) }
    ])
  ),
  entry: Project.entry.value,
  open: Project.openPath.value,
  args: Project.args.value
})

/** Opens what a fragment holds; false when there is nothing to open. */
export const openLink = async (fragment: string): Promise<boolean> => {
  if (fragment === "" || fragment === "#") return false
  const decoded = Either.flatMap(decode(fragment), ({ files, ...state }) =>
    Either.try({
      try: () => ({
        ...state,
        files: Object.fromEntries(
          Object.entries(files).map(([path, content]) => [
            path,
            typeof content === "string" ? content : bytesOf(content.base64)
          ])
        )
      }),
      catch: () => "a file in it is damaged"
    }))
  if (Either.isLeft(decoded)) {
    linkError.value = `The link cannot be opened: ${decoded.left}.`
    return false
  }
  linkError.value = undefined
  Project.open(decoded.right)
  return true
}

/** Keeps the fragment up to date, and follows one that somebody pastes. */
export const rememberInLink = (): void => {
  let timer: ReturnType<typeof setTimeout> | undefined
  effect(() => {
    const state = current()
    clearTimeout(timer)
    timer = setTimeout(() => {
      const fragment = encode(state)
      link.value = new URL(fragment, location.href).href
      if (location.hash !== fragment) history.replaceState(null, "", fragment)
    }, 300)
  })
  addEventListener("hashchange", () => void openLink(location.hash))
}

/** The link to this very state, whatever the timer waits for. */
export const share = (): string => {
  const fragment = encode(current())
  link.value = new URL(fragment, location.href).href
  history.replaceState(null, "", fragment)
  return link.value
}
