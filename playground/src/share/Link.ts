/**
 * The project as a link or a file. A fragment is never sent to a server, and opening one packages, but runs and deploys
 * nothing. The address shows a link only as long as it is that of what is shown.
 */
import { computed, effect, signal } from "@preact/signals"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as Notice from "../page/Notice.ts"
import * as Storage from "../page/Storage.ts"
import type { Files } from "../project/Paths.ts"
import * as Project from "../project/Project.ts"
import type { Pin } from "../projects/ProjectStore.ts"
import * as Projects from "../projects/Projects.ts"
import * as Selection from "../selection/Selection.ts"
import * as LinkCodec from "./LinkCodec.ts"
import { changed, changesOf, fromFiles, toFiles } from "./Content.ts"
import type { LinkState } from "./LinkState.ts"

/** Longer links are cut by some programs, in characters. */
export const longLink = 8_000

/** Browsers open no longer address, in characters. */
const longestLink = 2_000_000

/** A project of more characters and bytes is written into a link only when somebody asks for it. */
const largestIdle = 500_000

const idleMillis = 800

/** What the page shows: a new object whenever any of it changes. */
const current = computed(() => ({
  project: Project.current.value,
  tab: Selection.tab.value,
  node: Selection.node.value,
  pin: Projects.pin.value
}))

type Current = typeof current.value

const digestOf = async (files: Files): Promise<string> => {
  const [{ sha256 }, { bytesToHex }] = await Promise.all([
    import("@noble/hashes/sha2.js"),
    import("@noble/hashes/utils.js")
  ])
  const text = JSON.stringify(Object.entries(fromFiles(files)).sort())
  return bytesToHex(sha256(new TextEncoder().encode(text)).subarray(0, 8))
}

const stateOf = async ({ node, pin, project, tab }: Current): Promise<LinkState> => {
  const { args, entry, files, inputs, name, open, options, origin } = project
  const shared = {
    name,
    entry,
    open,
    args,
    ...(inputs === "" ? {} : { inputs }),
    options,
    tab,
    node,
    pin: pin === undefined ? undefined : {
      digest: pin.digest,
      entry: pin.entry,
      options: pin.options,
      files: changesOf(files, pin.files)
    }
  }
  if (origin.kind === "example") {
    const { examples, filesOf } = await import("../examples/Example.ts")
    const example = examples.find((each) => each.name === origin.name)
    const base = example === undefined ? {} : filesOf(example)
    const isKept = Object.keys(base).some((path) => Object.hasOwn(files, path))
    if (isKept) {
      return {
        ...shared,
        example: { name: origin.name, digest: await digestOf(base) },
        changes: changesOf(base, files)
      }
    }
  }
  return { ...shared, files: fromFiles(files) }
}

/** Of an example's state the files of this page's example. Throws when they are other ones. */
const filesOfState = async (state: LinkState): Promise<Files> => {
  if ("files" in state) return toFiles(state.files)
  const { examples, filesOf } = await import("../examples/Example.ts")
  const example = examples.find(({ name }) => name === state.example.name)
  const base = example === undefined ? undefined : filesOf(example)
  if (base === undefined || await digestOf(base) !== state.example.digest) {
    throw new Error("it changes an example that this version of the page does not have")
  }
  return changed(base, state.changes)
}

const openedOf = async (state: LinkState, origin: Project.Origin): Promise<Projects.Opened> => {
  const files = await filesOfState(state)
  const { args, entry, inputs = "", name, node, open, options = {}, pin, tab } = state
  const pinned: Pin | undefined = pin === undefined ? undefined : {
    digest: pin.digest,
    entry: pin.entry,
    options: pin.options ?? {},
    files: changed(files, pin.files)
  }
  return {
    project: {
      name: name ?? "From a link",
      // So that a link to it is short again
      origin: "example" in state ? { kind: "example", name: state.example.name } : origin,
      edited: "example" in state ? Object.keys(state.changes).length > 0 : origin.kind === "own",
      files,
      entry,
      open,
      args,
      inputs,
      options
    },
    tab: Selection.tabs.find((each) => each === tab) ?? "contents",
    node,
    pin: pinned
  }
}

const said = (subject: string, cause: unknown): string =>
  `${subject} cannot be opened: ${
    Quotation.plain(cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "")
  }.`

/** What is wrong with the link that was opened. */
export const linkError = signal<string | undefined>(undefined)

const tabKey = "clustrix-shared"

const isFragment = (fragment: string): boolean => fragment !== "" && fragment !== "#"

/** What the fragment of the address holds; `undefined` when there is nothing new to open. */
export const opened = async (fragment: string): Promise<Projects.Opened | undefined> => {
  // After a reload the address may still have the link to the project that this tab goes on with
  if (!isFragment(fragment) || fragment === Storage.ofTab.get(tabKey)) return undefined
  try {
    const state = await LinkCodec.decode(fragment)
    const found = await openedOf(state, { kind: "link", fragment })
    linkError.value = undefined
    return found
  } catch (cause) {
    linkError.value = said("The link", cause)
    return undefined
  }
}

/** Opens the file of a project that was dropped or chosen; whether it is one. */
export const openFile = async (name: string, text: string): Promise<void> => {
  try {
    Projects.open(await openedOf(await LinkCodec.parse(text), { kind: "own" }))
  } catch (cause) {
    Notice.warn(said(name, cause))
  }
}

/** The file of the project. */
export const asFile = async (): Promise<{ readonly content: Blob; readonly name: string }> => {
  const { project, ...view } = current.peek()
  const state = await stateOf({ ...view, project: { ...project, origin: { kind: "own" } } })
  return {
    content: new Blob([await LinkCodec.stringify(state)], { type: "application/json" }),
    name: `${project.name.replaceAll(/[^\p{L}\p{N}]+/gu, "-").replaceAll(/^-|-$/g, "") || "project"}.clustrix.json`
  }
}

export interface Link {
  readonly url: string
  readonly characters: number
  /** Whether a browser opens it. */
  readonly fits: boolean
}

/** The link that was written last, and for what. */
const written = signal<{ readonly of: Current; readonly fragment: string } | undefined>(undefined)

/** The link to exactly what is shown, if it is written already. */
const ready = computed(() => written.value?.of === current.value ? written.value.fragment : undefined)

/** Characters of the link to what is shown; `undefined` until it is known. */
export const characters = computed(() => ready.value === undefined ? undefined : ready.value.length)

const linkOf = (fragment: string): Link => {
  const url = new URL(fragment, location.href).href
  return { url, characters: url.length, fits: url.length <= longestLink }
}

/** The link in the address is that of the project which is shown: a reload goes on with what is kept of it. */
export const remember = (fragment: string): void => {
  if (isFragment(fragment) && Projects.keeping.peek().state === "kept") Storage.ofTab.set(tabKey, fragment)
  else Storage.ofTab.remove(tabKey)
}

const putIntoAddress = (fragment: string): void => {
  history.replaceState(null, "", fragment === "" ? location.pathname + location.search : fragment)
  remember(fragment)
}

const shared = (fragment: string): Link => {
  const link = linkOf(fragment)
  if (link.fits) putIntoAddress(fragment)
  return link
}

const write = async (of: Current): Promise<string> => {
  const fragment = await LinkCodec.encode(await stateOf(of))
  written.value = { of, fragment }
  return fragment
}

/** The link to what is shown; in the address from now on, if it fits. */
export const share = (): Link | Promise<Link> => {
  const known = ready.peek()
  return known === undefined ? write(current.peek()).then(shared) : shared(known)
}

const sizeOf = (files: Files): number => Object.values(files).reduce((sum, { length }) => sum + length, 0)

const whenIdle = (run: () => void): void => {
  if ("requestIdleCallback" in globalThis) requestIdleCallback(run, { timeout: 2_000 })
  else setTimeout(run, 200)
}

/** Opens links that somebody pastes; takes a link out of the address once something else is shown; writes the next one. */
export const follow = (): void => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let inAddress: Current | undefined = isFragment(location.hash) ? current.peek() : undefined
  effect(() => {
    const now = current.value
    if (written.peek()?.of === now) return
    // Where nothing is kept, the link that was opened is better than nothing after a reload
    if (isFragment(location.hash) && inAddress !== now && Projects.keeping.peek().state === "kept") putIntoAddress("")
    clearTimeout(timer)
    timer = setTimeout(() =>
      whenIdle(() => {
        if (current.peek() !== now || sizeOf(now.project.files) > largestIdle) return
        write(now).catch(() => undefined)
      }), idleMillis)
  })
  addEventListener("hashchange", () => {
    const fragment = location.hash
    void opened(fragment).then((found) => {
      if (found === undefined) return
      Projects.open(found)
      remember(fragment)
      inAddress = current.peek()
    })
  })
}
