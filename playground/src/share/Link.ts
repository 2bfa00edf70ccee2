/**
 * The whole state in the fragment of the address: `#1.` and base64url of deflated JSON. A fragment is never sent to a
 * server, and opening one packages, but runs and deploys nothing.
 */
import { batch, effect, signal } from "@preact/signals"
import { deflateSync, Inflate } from "fflate"
import * as v from "valibot"
import * as BoundedJson from "../../../core/archive/BoundedJson.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as Project from "../project/Project.ts"
import * as Selection from "../page/Selection.ts"
import * as Shelf from "../compare/Shelf.ts"

/** Longer links are cut by some programs, in characters. */
export const longLink = 8_000

/** What a link may grow to when it is read, in bytes. */
const largestState = 33_554_432

const limits: BoundedJson.Limits = {
  bytes: largestState,
  depth: 16,
  elements: 100_000,
  stringBytes: largestState
}

const Content = v.union([v.string(), v.object({ base64: v.string() })])
type Content = v.InferOutput<typeof Content>

const Names = v.optional(v.pipe(v.array(v.string()), v.readonly()))

/** Packaging options. The packager checks what they hold. */
const Options = v.object({
  include: Names,
  dependencies: v.optional(v.picklist(["install", "vendor", "assume"])),
  keep: Names,
  drop: Names,
  unknownPaths: v.optional(v.picklist(["report", "directory"])),
  maxFileSizeBytes: v.optional(v.number()),
  workingDirectory: v.optional(v.string())
})

/** Version 1 of the state. */
const State = v.object({
  files: v.record(v.string(), Content),
  entry: v.string(),
  open: v.string(),
  args: v.string(),
  options: v.optional(Options),
  tab: v.optional(v.picklist(Selection.tabs)),
  /** The selected node of the graph. */
  node: v.optional(v.string()),
  /** The pinned package: what its project has other than this one, `null` for a file that it has not. */
  pin: v.optional(v.object({
    digest: v.string(),
    entry: v.string(),
    options: v.optional(Options),
    files: v.record(v.string(), v.nullable(Content))
  }))
})
type State = v.InferOutput<typeof State>

const base64 = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

/** Throws on what is no base64. */
const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))

const contentOf = (content: string | Uint8Array): Content =>
  typeof content === "string" ? content : { base64: base64(content) }

const filesOf = (contents: Readonly<Record<string, Content>>): Project.Files =>
  Object.fromEntries(
    Object.entries(contents).map(([path, content]) => [
      path,
      typeof content === "string" ? content : bytesOf(content.base64)
    ])
  )

/** The fragment of a state. */
export const encode = (state: State): string =>
  `#1.${
    base64(deflateSync(new TextEncoder().encode(JSON.stringify(state)), { level: 9 }))
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

/** The state; throws what is wrong with the fragment. */
export const decode = (fragment: string): State => {
  const [, version, body] = /^#(\d+)\.([\w-]*)$/.exec(fragment) ?? []
  if (version === undefined || body === undefined) throw new Error("it has not the form of one")
  if (version !== "1") {
    throw new Error(`it has version ${Quotation.plain(version, 20)}, and this page knows version 1`)
  }
  const text = inflate(bytesOf(body.replaceAll("-", "+").replaceAll("_", "/")))
  const parsed = v.safeParse(State, BoundedJson.parse(text, limits))
  if (!parsed.success) throw new Error("what it holds is no project")
  const { files, pin } = parsed.output
  for (const path of [...Object.keys(files), ...Object.keys(pin?.files ?? {})]) {
    if (Project.refusal(path, {}) !== undefined) throw new Error("a path in it leads out of the project")
  }
  return parsed.output
}

/** The link to what is shown. */
export const link = signal("")
/** What is wrong with the link that was opened. */
export const linkError = signal<string | undefined>(undefined)

/** What the project of the pin has other than this one. */
const pinOf = (pinned: Shelf.Pinned, files: Project.Files): NonNullable<State["pin"]> => {
  const { digest, madeOf } = pinned
  const paths = new Set([...Object.keys(files), ...Object.keys(madeOf.files)])
  const changed = [...paths].filter((path) => files[path] !== madeOf.files[path]).map((path) => {
    const content = madeOf.files[path]
    return [path, content === undefined ? null : contentOf(content)] as const
  })
  return { digest, entry: madeOf.entry, options: madeOf.options, files: Object.fromEntries(changed) }
}

/** The pin of the link that was opened, until its package is made. */
const unmadePin = signal<State["pin"]>(undefined)

const current = (): State => ({
  files: Object.fromEntries(
    Object.entries(Project.files.value).map(([path, content]) => [path, contentOf(content)])
  ),
  entry: Project.entry.value,
  open: Project.openPath.value,
  args: Project.args.value,
  options: Project.options.value,
  tab: Selection.tab.value,
  node: Selection.node.value,
  pin: Shelf.pinned.value === undefined ? unmadePin.value : pinOf(Shelf.pinned.value, Project.files.value)
})

/** Opens what a fragment holds; false when there is nothing to open. */
export const openLink = (fragment: string): boolean => {
  if (fragment === "" || fragment === "#") return false
  try {
    const { files: contents, node, pin, tab, ...state } = decode(fragment)
    const files = filesOf(contents)
    const pinnedFiles = pin === undefined ? {} : filesOf(
      Object.fromEntries(
        Object.entries({ ...contents, ...pin.files }).flatMap(([path, each]) => each === null ? [] : [[path, each]])
      )
    )
    batch(() => {
      unmadePin.value = pin
      linkError.value = undefined
      Shelf.pinned.value = undefined
      Selection.tab.value = tab ?? "contents"
      Selection.node.value = node
      Project.open({ ...state, files })
    })
    if (pin !== undefined) {
      void Shelf.restorePin(pin.digest, { files: pinnedFiles, entry: pin.entry, options: pin.options }).then(
        (wrong) => {
          unmadePin.value = undefined
          if (wrong !== undefined) linkError.value = `The link is opened, but ${wrong}.`
        }
      )
    }
    return true
  } catch (cause) {
    linkError.value = `The link cannot be opened: ${
      Quotation.plain(cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "")
    }.`
    return false
  }
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
