/**
 * The files that are edited, and the function that is packaged.
 */
import { batch, computed, signal } from "@preact/signals"
import type { PackagingWorker } from "../../../platform-browser/index.ts"
import type { Example } from "../examples/Example.ts"

export type Files = PackagingWorker.Files
export type Options = NonNullable<PackagingWorker.PackageRequest["options"]>

export const files = signal<Files>({})
/** The file in the editor. */
export const openPath = signal("")
/** Changes whenever texts come from elsewhere than the editor. */
export const revision = signal(0)
/** `src/a.ts#main`. */
export const entry = signal("")
/** Arguments for a run, as JSON. */
export const args = signal("[]")
/** Packaging options that are not the default ones. */
export const options = signal<Options>({})
/** The example that the files came from; empty once they came from elsewhere. */
export const exampleName = signal("")

export const openText = computed(() => {
  const content = files.value[openPath.value]
  return typeof content === "string" ? content : undefined
})

export const firstExample = "local-dependencies"

const fileOf = (reference: string): string => reference.slice(0, Math.max(0, reference.indexOf("#")))

export interface Opened {
  readonly files: Files
  readonly entry: string
  readonly open?: string
  readonly args?: string
  readonly options?: Options | undefined
  readonly example?: string
}

/** Everything anew. */
export const open = (project: Opened): void =>
  batch(() => {
    revision.value += 1
    files.value = project.files
    entry.value = project.entry
    const paths = Object.keys(project.files)
    const wanted = [project.open ?? "", fileOf(project.entry)].find((path) => paths.includes(path))
    openPath.value = wanted ?? paths.find((path) => /\.[cm]?[jt]sx?$/.test(path)) ?? paths[0] ?? ""
    args.value = project.args ?? "[]"
    options.value = project.options ?? {}
    exampleName.value = project.example ?? ""
  })

/** The texts of the examples are fetched when somebody wants one. */
export const openExample = async (name: string): Promise<void> => {
  const { examples, filesOf } = await import("../examples/Example.ts")
  const found: Example | undefined = examples.find((each) => each.name === name)
  if (found !== undefined) {
    open({ files: filesOf(found), entry: found.entry, args: found.args, example: found.name })
  }
}

/** The editor's text. */
export const edit = (path: string, text: string): void => {
  if (files.value[path] !== text) files.value = { ...files.value, [path]: text }
}

/** A text from elsewhere. */
export const write = (path: string, content: string | Uint8Array): void => {
  if (files.value[path] === content) return
  revision.value += 1
  files.value = { ...files.value, [path]: content }
}

/** Why a path cannot be a file's; `undefined` when it can. */
export const refusal = (path: string, existing: Files): string | undefined => {
  if (path === "" || path.endsWith("/")) return "A file needs a name."
  if (path.split("/").some((part) => part === "" || part === "." || part === "..")) {
    return "Write the path from the project's root, as src/a.ts."
  }
  if (Object.hasOwn(existing, path)) return `There is a file ${path} already.`
  if (Object.keys(existing).some((each) => each.startsWith(`${path}/`))) return `There is a folder ${path} already.`
  return undefined
}

export const create = (path: string): void =>
  batch(() => {
    write(path, "")
    openPath.value = path
  })

export const rename = (from: string, to: string): void =>
  batch(() => {
    files.value = Object.fromEntries(
      Object.entries(files.value).map(([path, content]) => [path === from ? to : path, content])
    )
    if (openPath.value === from) openPath.value = to
    if (fileOf(entry.value) === from) entry.value = to + entry.value.slice(from.length)
  })

export const remove = (path: string): void =>
  batch(() => {
    files.value = Object.fromEntries(Object.entries(files.value).filter(([each]) => each !== path))
    if (openPath.value === path) openPath.value = Object.keys(files.value)[0] ?? ""
  })
