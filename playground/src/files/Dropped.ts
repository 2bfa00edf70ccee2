/**
 * Files that somebody drops or chooses: a ZIP is opened as a package, everything else joins the project.
 */
import { openZip } from "../compare/Shelf.ts"
import * as Notice from "../page/Notice.ts"
import * as Paths from "../project/Paths.ts"
import * as Project from "../project/Project.ts"
import * as Selection from "../selection/Selection.ts"
import { openFile } from "../share/Link.ts"
import * as Projects from "../projects/Projects.ts"

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

const isProjectFile = (path: string): boolean => !path.includes("/") && path.endsWith(".clustrix.json")

/** Adds files to the project; those that cannot be there are named. */
const add = (contents: ReadonlyArray<readonly [path: string, content: string | Uint8Array]>): void => {
  const refusalOf = Paths.collecting(Object.keys(Project.files.peek()))
  const refused: Array<string> = []
  const taken = contents.filter(([path]) => {
    const wrong = refusalOf(path)
    if (wrong !== undefined) refused.push(wrong)
    return wrong === undefined
  })
  if (taken.length > 0) Project.write(Object.fromEntries(taken))
  if (refused.length > 0) {
    Notice.warn(
      `${refused.length === 1 ? "A file was" : `${refused.length} files were`} not added. ${
        refused.slice(0, 3).join(" ")
      }`
    )
  }
}

/** ZIPs are opened as packages, the file of a project as that; everything else joins the project. */
export const take = async (named: ReadonlyArray<Named>): Promise<void> => {
  const zips = named.filter(({ path }) => !path.includes("/") && /\.zip$/i.test(path))
  for (const { file, path } of zips) {
    await openZip(path, new Uint8Array(await file.arrayBuffer()))
    Selection.tab.value = "compare"
    Selection.pane.value = "package"
  }
  const projects = named.filter(({ path }) => isProjectFile(path))
  for (const { file, path } of projects) await openFile(path, await file.text())
  const others = named.filter((each) => !zips.includes(each) && !projects.includes(each) && !ignored.test(each.path))
  add(await Promise.all(others.map(async ({ file, path }) => [path, await contentOf(file)] as const)))
}

/** A folder becomes a project, its own name that of the project. */
export const takeFolder = async (chosen: ReadonlyArray<File>): Promise<void> => {
  const named = chosen
    .map((file) => ({ file, path: file.webkitRelativePath.split("/").slice(1).join("/") }))
    .filter(({ path }) => path !== "" && !ignored.test(path))
  if (named.length === 0) return Notice.warn("There are no files in this folder.")
  const contents = await Promise.all(named.map(async ({ file, path }) => [path, await contentOf(file)] as const))
  Projects.open({
    project: {
      name: chosen[0]?.webkitRelativePath.split("/")[0] ?? "Folder",
      origin: { kind: "own" },
      edited: true,
      files: Object.fromEntries(contents),
      // The first function that is found
      entry: "",
      open: "",
      args: "[]",
      inputs: "",
      options: {}
    }
  })
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
