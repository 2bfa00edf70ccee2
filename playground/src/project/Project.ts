/**
 * The project that is edited: its files, and the function that is packaged. `Projects.ts` keeps it, and changes it for another.
 */
import { batch, computed, signal } from "@preact/signals"
import type { PackagingWorker } from "../../../platform-browser/index.ts"
import * as History from "./History.ts"
import { contentOf, type Files } from "./Paths.ts"

export type Options = NonNullable<PackagingWorker.PackageRequest["options"]>

/** Where a project comes from. What nobody edited can be had from there again. */
export type Origin =
  | { readonly kind: "own" }
  | { readonly kind: "example"; readonly name: string }
  | { readonly kind: "link"; readonly fragment: string }

/** A project as it is opened, kept and shared. */
export interface Project {
  readonly name: string
  readonly origin: Origin
  /** Whether it differs from what its origin gives. */
  readonly edited: boolean
  readonly files: Files
  /** `src/a.ts#main`; empty when the first function is to be taken. */
  readonly entry: string
  /** The file in the editor. */
  readonly open: string
  /** Arguments for a run, as JSON. */
  readonly args: string
  /** Inputs of many calls, as a JSON array; empty for one call with `args`. */
  readonly inputs: string
  /** Packaging options that are not the default ones. */
  readonly options: Options
}

export const id = signal("")
export const name = signal("")
export const origin = signal<Origin>({ kind: "own" })
export const files = signal<Files>({})
export const openPath = signal("")
export const entry = signal("")
export const args = signal("[]")
export const inputs = signal("")
export const options = signal<Options>({})

/** What was opened: as long as nothing of it is replaced, nothing was edited. */
const opened = signal<Project | undefined>(undefined)

export const edited = computed(() => {
  const before = opened.value
  if (before === undefined) return false
  return before.edited || before.name !== name.value || before.files !== files.value || before.entry !== entry.value ||
    before.args !== args.value ||
    before.inputs !== inputs.value ||
    before.options !== options.value
})

/** The example that the files are still those of; empty once they were edited. */
export const exampleName = computed(() => origin.value.kind === "example" && !edited.value ? origin.value.name : "")

export const current = computed((): Project => ({
  name: name.value,
  origin: origin.value,
  edited: edited.value,
  files: files.value,
  entry: entry.value,
  open: openPath.value,
  args: args.value,
  inputs: inputs.value,
  options: options.value
}))

export const openText = computed(() => {
  const content = contentOf(files.value, openPath.value)
  return typeof content === "string" ? content : undefined
})

const fileOf = (reference: string): string => reference.slice(0, Math.max(0, reference.indexOf("#")))

/** The file to show first: the wanted one, that of the function, or the first with code. */
const firstPath = (project: Project): string => {
  const paths = Object.keys(project.files)
  const wanted = [project.open, fileOf(project.entry)].find((path) => Object.hasOwn(project.files, path))
  return wanted ?? paths.find((path) => /\.[cm]?[jt]sx?$/.test(path)) ?? paths[0] ?? ""
}

/** Shows another project. */
export const show = (newId: string, project: Project): void =>
  batch(() => {
    id.value = newId
    name.value = project.name
    origin.value = project.origin
    files.value = project.files
    entry.value = project.entry
    openPath.value = firstPath(project)
    args.value = project.args
    // Projects of earlier versions of the page have none
    inputs.value = project.inputs ?? ""
    options.value = project.options
    opened.value = project
  })

/** What the packager chose where nobody had: no edit. */
export const chooseEntry = (reference: string): void =>
  batch(() => {
    if (opened.value !== undefined && entry.value === opened.value.entry) {
      opened.value = { ...opened.value, entry: reference }
    }
    entry.value = reference
  })

/** The editor's text. */
export const edit = (path: string, text: string): void => {
  if (contentOf(files.value, path) !== text) files.value = { ...files.value, [path]: text }
}

const without = (all: Files, gone: ReadonlySet<string>): Files =>
  Object.fromEntries(Object.entries(all).filter(([path]) => !gone.has(path)))

/** Files from elsewhere; those of the same paths are replaced. */
export const write = (added: Files): void => {
  const paths = Object.keys(added)
  const before = paths.flatMap((path) => {
    const content = contentOf(files.peek(), path)
    return content === undefined ? [] : [[path, content] as const]
  })
  files.value = { ...files.value, ...added }
  History.push({
    what: paths.length === 1 ? `${paths[0]} was added` : `${paths.length} files were added`,
    undo: () => {
      files.value = { ...without(files.value, new Set(paths)), ...Object.fromEntries(before) }
      if (!Object.hasOwn(files.value, openPath.value)) openPath.value = Object.keys(files.value)[0] ?? ""
    }
  })
}

export const create = (path: string): void =>
  batch(() => {
    files.value = { ...files.value, [path]: "" }
    openPath.value = path
  })

const move = (from: string, to: string): void =>
  batch(() => {
    files.value = Object.fromEntries(
      Object.entries(files.value).map(([path, content]) => [path === from ? to : path, content])
    )
    if (openPath.value === from) openPath.value = to
    if (fileOf(entry.value) === from) entry.value = to + entry.value.slice(from.length)
  })

export const rename = (from: string, to: string): void => {
  move(from, to)
  History.push({
    what: `${from} was renamed to ${to}`,
    undo: () => {
      if (Object.hasOwn(files.value, to) && !Object.hasOwn(files.value, from)) move(to, from)
    }
  })
}

export const remove = (path: string): void => {
  const content = contentOf(files.peek(), path)
  if (content === undefined) return
  batch(() => {
    files.value = without(files.value, new Set([path]))
    if (openPath.value === path) openPath.value = Object.keys(files.value)[0] ?? ""
  })
  History.push({
    what: `${path} was deleted`,
    undo: () =>
      batch(() => {
        // A file that was made there meanwhile stays
        if (!Object.hasOwn(files.value, path)) files.value = { ...files.value, [path]: content }
        openPath.value = path
      })
  })
}
