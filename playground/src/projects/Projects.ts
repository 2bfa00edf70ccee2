/**
 * The projects of this browser: the one that is shown, and those that are kept. Whatever is changed is saved after a moment,
 * and at once when the page is hidden. Where nothing can be kept, the page works all the same and says so.
 */
import { batch, computed, effect, signal } from "@preact/signals"
import type { PackagingWorker } from "../../../platform-browser/index.ts"
import { pinned, restorePin } from "../compare/Shelf.ts"
import type { Example } from "../examples/Example.ts"
import { isEmbedded } from "../page/Embed.ts"
import * as Notice from "../page/Notice.ts"
import * as Storage from "../page/Storage.ts"
import * as History from "../project/History.ts"
import { contentOf, type Files } from "../project/Paths.ts"
import * as Project from "../project/Project.ts"
import * as Selection from "../selection/Selection.ts"
import { claim, isFree } from "./ProjectClaim.ts"
import * as LastWords from "./LastWords.ts"
import { type KeptProject, make, type Pin, type ProjectStore, type Save } from "./ProjectStore.ts"

export type Keeping =
  | { readonly state: "starting" }
  | { readonly state: "kept" }
  /** The page is part of another one, and keeps nothing. */
  | { readonly state: "embedded" }
  /** Nothing is kept, or not the latest. */
  | { readonly state: "unkept"; readonly why: string }

export const keeping = signal<Keeping>({ state: "starting" })

/** The kept projects, the newest first. */
export const list = signal<ReadonlyArray<KeptProject>>([])

/** A project that is opened, and what is looked at. */
export interface Opened {
  readonly project: Project.Project
  readonly tab?: Selection.Tab | undefined
  readonly node?: string | undefined
  readonly pin?: Pin | undefined
}

export const firstExample = "local-dependencies"

const saveDelayMillis = 300
const storeLimitMillis = 3_000
const reloadPatienceMillis = 1_500

const tabKey = "clustrix-project"

let store: ProjectStore | undefined
/** What this tab has shown: an undo comes back to it, also where nothing is kept. */
const left = new Map<string, Opened>()

/** The pin of a project that was opened, until its package is made. */
const unmadePin = signal<Pin | undefined>(undefined)

export const pin = computed((): Pin | undefined => {
  const now = pinned.value
  return now === undefined ? unmadePin.value : { digest: now.digest, ...pinOf(now.madeOf) }
})

const pinOf = ({ entry, files, options = {} }: PackagingWorker.PackageRequest): Omit<Pin, "digest"> => ({
  files,
  entry,
  options
})

const opened = (): Opened => ({
  project: Project.current.peek(),
  tab: Selection.tab.peek(),
  node: Selection.node.peek(),
  pin: pin.peek()
})

/** What the store has of the shown project. */
let saved: { readonly id: string; readonly files: Files; readonly pin: Pin | undefined } | undefined

const changedFiles = (before: Files, now: Files): ReadonlyMap<string, string | Uint8Array | undefined> =>
  new Map(
    [...new Set([...Object.keys(before), ...Object.keys(now)])].flatMap((path) => {
      const content = contentOf(now, path)
      return contentOf(before, path) === content ? [] : [[path, content] as const]
    })
  )

const reasonOf = (error: unknown): string =>
  error instanceof DOMException && error.name === "QuotaExceededError"
    ? "There is no room left in this browser's storage."
    : error instanceof Error ? error.message : String(error)

let timer: ReturnType<typeof setTimeout> | undefined

/** Saves that were begun and are not known to be written. */
const unwritten = new Set<Save>()

/** Starts to write what changed; a page that is left has no time to wait for the end. */
const save = (): Promise<void> => {
  clearTimeout(timer)
  timer = undefined
  const id = Project.id.peek()
  if (store === undefined || id === "") return Promise.resolve()
  const { node, pin, project: { files, ...project }, tab = "contents" } = opened()
  const before = saved?.id === id ? saved : undefined
  saved = { id, files, pin }
  const record: KeptProject = { id, updatedAt: Date.now(), project, tab, node }
  list.value = [record, ...list.peek().filter((each) => each.id !== id)]
  const begun: Save = {
    record,
    files: changedFiles(before?.files ?? {}, files),
    pin: before !== undefined && before.pin === pin ? undefined : pin ?? "none"
  }
  unwritten.add(begun)
  return store.save(begun).then(
    () => {
      unwritten.delete(begun)
      if (unwritten.size === 0) LastWords.forget(id)
      if (keeping.peek().state !== "kept") keeping.value = { state: "kept" }
    },
    (error: unknown) => {
      unwritten.delete(begun)
      // The next save writes all of it
      saved = undefined
      keeping.value = { state: "unkept", why: reasonOf(error) }
    }
  )
}

/** What its origin gives again is not kept. */
const isDisposable = ({ edited, origin }: Pick<Project.Project, "edited" | "origin">): boolean =>
  origin.kind !== "own" && !edited

const forget = (id: string): void => {
  list.value = list.peek().filter((each) => each.id !== id)
  store?.remove(id).catch((error: unknown) => {
    keeping.value = { state: "unkept", why: reasonOf(error) }
  })
}

const leave = (): void => {
  const id = Project.id.peek()
  if (id === "") return
  const now = opened()
  left.set(id, now)
  if (isDisposable(now.project)) forget(id)
  else void save()
}

const show = (id: string, { node, pin, project, tab }: Opened): void => {
  batch(() => {
    unmadePin.value = pin
    pinned.value = undefined
    Selection.tab.value = tab ?? Selection.tab.peek()
    Selection.node.value = node
    Project.show(id, project)
  })
  Storage.ofTab.set(tabKey, id)
  if (pin === undefined) return
  const { digest, ...request } = pin
  void restorePin(digest, request).then((wrong) => {
    if (Project.id.peek() !== id) return
    unmadePin.value = undefined
    if (wrong !== undefined) Notice.warn(`The project is opened, but ${wrong}.`)
  })
}

const newId = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("")

/** Opens a project beside those that are kept. It can be taken back. */
export const open = (next: Opened): void => {
  const before = Project.id.peek()
  leave()
  const id = newId()
  void claim(id)
  show(id, next)
  void save()
  if (before === "") return
  History.push({ what: `${next.project.name} was opened`, undo: () => void reopen(before) })
}

/** Shows a project of this tab, or of the store, once more. */
export const reopen = async (id: string): Promise<void> => {
  if (id === Project.id.peek()) return
  const known = left.get(id)
  const found = known === undefined ? await store?.read(id) : undefined
  if (known === undefined && found === undefined) return Notice.warn("This project is not kept any more.")
  if (!await claim(id)) return Notice.warn("This project is open in another tab, which goes on with it.")
  leave()
  if (known !== undefined) show(id, known)
  else if (found !== undefined) showKept(found)
  void save()
}

const showKept = (
  { files, pin, record: { id, node, project, tab } }: NonNullable<Awaited<ReturnType<ProjectStore["read"]>>>
): void => {
  saved = { id, files, pin }
  show(id, { project: { ...project, files }, tab: Selection.tabs.find((each) => each === tab), node, pin })
}

/** The texts of the examples are fetched when somebody wants one. */
const exampleProject = async (name: string): Promise<Project.Project | undefined> => {
  const { examples, filesOf } = await import("../examples/Example.ts")
  const found: Example | undefined = examples.find((each) => each.name === name)
  return found === undefined ? undefined : {
    name: found.title,
    origin: { kind: "example", name },
    edited: false,
    files: filesOf(found),
    entry: found.entry,
    open: "",
    args: found.args,
    inputs: found.inputs,
    options: {}
  }
}

export const openExample = async (name: string): Promise<void> => {
  const project = await exampleProject(name)
  if (project !== undefined) open({ project })
}

export const openEmpty = (): void =>
  open({
    project: {
      name: "Untitled",
      origin: { kind: "own" },
      edited: true,
      files: {
        "package.json": "{ \"name\": \"untitled\", \"type\": \"module\" }\n",
        "main.ts": "export const main = (): number => 1\n"
      },
      entry: "main.ts#main",
      open: "main.ts",
      args: "[]",
      inputs: "",
      options: {}
    }
  })

export const rename = (name: string): void => {
  Project.name.value = name
}

/** Removes a project that is not shown; the undo brings it back. */
export const remove = async (id: string): Promise<void> => {
  if (id === Project.id.peek() || !await isFree(id)) return Notice.warn("This project is open in a tab.")
  const found = await store?.read(id)
  left.delete(id)
  forget(id)
  if (found === undefined) return
  const { files, pin, record } = found
  History.push({
    what: `${record.project.name} was deleted`,
    undo: () => {
      list.value = [record, ...list.peek()]
      void store?.save({ record, files: new Map(Object.entries(files)), pin: pin ?? "none" })
    }
  })
}

const late = (): Promise<never> =>
  new Promise((_, reject) =>
    setTimeout(() => reject(new Error("The browser's storage does not answer.")), storeLimitMillis)
  )

const openStore = async (): Promise<void> => {
  try {
    const opened = await Promise.race([make(), late()])
    for (const words of LastWords.found()) await opened.save(words).then(() => LastWords.forget(words.record.id))
    store = opened
    list.value = await store.list()
    keeping.value = { state: "kept" }
  } catch (error) {
    keeping.value = { state: "unkept", why: reasonOf(error) }
  }
}

/** The project that this tab had, else the latest that no other tab has. */
const showLatest = async (): Promise<boolean> => {
  const own = Storage.ofTab.get(tabKey)
  const others = list.peek().filter(({ id, project }) => id !== own && !isDisposable(project)).map(({ id }) => id)
  for (const id of own === undefined ? others : [own, ...others]) {
    if (!list.peek().some((each) => each.id === id)) continue
    if (!await claim(id, id === own ? reloadPatienceMillis : 0)) continue
    const found = await store?.read(id)
    if (found === undefined) continue
    showKept(found)
    return true
  }
  return false
}

/** Those that tabs which are gone left behind. */
const clearOut = async (): Promise<void> => {
  for (const { id, project } of list.peek()) {
    if (id !== Project.id.peek() && isDisposable(project) && await isFree(id)) forget(id)
  }
}

const follow = (): void => {
  effect(() => {
    // Read here, so that the effect depends on all of them
    void [Project.current.value, Selection.tab.value, Selection.node.value, pin.value]
    // Files that came may be large: they are written while there is time
    if (saved === undefined || Object.keys(saved.files).length !== Object.keys(Project.files.value).length) {
      clearTimeout(timer)
      timer = setTimeout(() => void save())
    }
    timer ??= setTimeout(() => void save(), saveDelayMillis)
  })
  // A page that ends may not see the end of what it writes
  const last = (): void => {
    void save()
    LastWords.leave([...unwritten])
  }
  addEventListener("pagehide", last)
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") last()
  })
}

/** Opens what a link holds, or what was there last, or an example; and saves from then on. */
export const start = async (linked: Opened | undefined): Promise<void> => {
  // An embedded page is somebody else's: it keeps nothing
  if (isEmbedded) keeping.value = { state: "embedded" }
  else await openStore()
  if (linked !== undefined) open(linked)
  else if (!await showLatest()) await openExample(firstExample)
  follow()
  await clearOut()
}
