/**
 * Files that somebody drops or chooses: a ZIP is opened as a package, everything else joins the project.
 */
import { batch } from "@preact/signals"
import * as Project from "./Project.ts"
import * as Selection from "../page/Selection.ts"
import { openZip } from "../compare/Shelf.ts"

interface Named {
  readonly path: string
  readonly file: File
}

/** What was chosen. The input forgets it, so that the same file can be chosen again. */
export const chosenFiles = (input: HTMLInputElement): ReadonlyArray<File> => {
  const files = [...input.files ?? []]
  input.value = ""
  return files
}

const contentOf = async (file: File): Promise<string | Uint8Array> => {
  const bytes = new Uint8Array(await file.arrayBuffer())
  try {
    // A byte order mark stays, for it is part of the file
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return bytes
  }
}

const ignored = /(^|\/)(\.git|\.DS_Store)(\/|$)/

export const take = async (named: ReadonlyArray<Named>): Promise<void> => {
  const zips = named.filter(({ path }) => !path.includes("/") && /\.zip$/i.test(path))
  for (const { file, path } of zips) {
    await openZip(path, new Uint8Array(await file.arrayBuffer()))
    Selection.tab.value = "compare"
    Selection.pane.value = "package"
  }
  const others = named.filter((each) => !zips.includes(each) && !ignored.test(each.path))
  const contents = await Promise.all(others.map(async ({ file, path }) => [path, await contentOf(file)] as const))
  batch(() => {
    for (const [path, content] of contents) if (Project.refusal(path, {}) === undefined) Project.write(path, content)
    Project.exampleName.value = contents.length === 0 ? Project.exampleName.value : ""
  })
}

/** A folder becomes the project, its own name left out. */
export const takeFolder = async (chosen: ReadonlyArray<File>): Promise<void> => {
  const named = chosen
    .map((file) => ({ file, path: file.webkitRelativePath.split("/").slice(1).join("/") }))
    .filter(({ path }) => path !== "" && !ignored.test(path))
  if (named.length === 0) return
  const contents = await Promise.all(named.map(async ({ file, path }) => [path, await contentOf(file)] as const))
  // Without a function the first one that is found is taken
  Project.open({ files: Object.fromEntries(contents), entry: "" })
}

const entriesOf = (directory: FileSystemDirectoryEntry): Promise<ReadonlyArray<FileSystemEntry>> =>
  new Promise((resolve, reject) => {
    const reader = directory.createReader()
    const all: Array<FileSystemEntry> = []
    // A reader gives a part at a time
    const read = (): void =>
      reader.readEntries((part) => {
        if (part.length === 0) return resolve(all)
        all.push(...part)
        read()
      }, reject)
    read()
  })

const filesBelow = async (entry: FileSystemEntry): Promise<ReadonlyArray<Named>> => {
  const path = entry.fullPath.slice(1)
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    return [{ path, file }]
  }
  const entries = await entriesOf(entry as FileSystemDirectoryEntry)
  return (await Promise.all(entries.map(filesBelow))).flat()
}

export const openDropped = async (data: DataTransfer): Promise<void> => {
  // The list is empty after the first await
  const entries = [...data.items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  await take((await Promise.all(entries.map(filesBelow))).flat())
}
