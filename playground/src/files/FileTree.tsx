/** @jsxImportSource preact */
/**
 * The project's files.
 */
import { computed, useSignal } from "@preact/signals"
import { useRef } from "preact/hooks"
import * as History from "../project/History.ts"
import { ProjectChoice } from "../projects/ProjectChoice.tsx"
import { shown } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"
import * as Selection from "../selection/Selection.ts"
import { chosenFiles, take, takeFolder } from "./Dropped.ts"
import { PathDialog } from "./PathDialog.tsx"

const order = (a: string, b: string): number => {
  const [inFolderA, inFolderB] = [a.includes("/"), b.includes("/")]
  return inFolderA === inFolderB ? (a < b ? -1 : 1) : inFolderA ? -1 : 1
}

/** Folders with their files; the root is the last. */
const folders = (paths: ReadonlyArray<string>): ReadonlyArray<readonly [string, ReadonlyArray<string>]> => {
  const found = new Map<string, Array<string>>()
  for (const path of [...paths].sort(order)) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")))
    found.set(folder, [...found.get(folder) ?? [], path])
  }
  return [...found]
}

/** The paths as one text: it stays the same while a file is edited. */
const paths = computed(() => Object.keys(Project.files.value).join("\0"))

/** The files that the package is made of. */
const packagedFiles = computed(() =>
  [...new Set(shown.value?.files.flatMap(({ source }) => source ?? []))].sort().join("\0")
)

const parts = (joined: string): ReadonlyArray<string> => joined === "" ? [] : joined.split("\0")

const FileRow = ({ path, packaged }: { readonly path: string; readonly packaged: boolean }) => (
  <li>
    <button
      type="button"
      class="file"
      aria-current={Project.openPath.value === path ? "true" : undefined}
      onClick={() => {
        Project.openPath.value = path
        Selection.pane.value = "code"
      }}
    >
      <span class={packaged ? "dot in" : "dot"} aria-hidden="true" />
      {path.slice(path.lastIndexOf("/") + 1)}
      {packaged ? <span class="sr">, in the package</span> : null}
    </button>
  </li>
)

export const FileTree = () => {
  const asked = useSignal<"new" | "rename" | undefined>(undefined)
  const folder = useRef<HTMLInputElement>(null)
  const chosen = useRef<HTMLInputElement>(null)
  const packaged = new Set(parts(packagedFiles.value))
  const path = Project.openPath.value
  return (
    <section class="pane files" aria-label="Files">
      <ProjectChoice />
      <div class="tools" role="toolbar" aria-label="Files">
        <button type="button" onClick={() => (asked.value = "new")}>New</button>
        <button type="button" disabled={path === ""} onClick={() => (asked.value = "rename")}>Rename</button>
        <button type="button" disabled={path === ""} onClick={() => Project.remove(path)}>Delete</button>
        <button
          type="button"
          disabled={History.next.value === undefined}
          title={History.next.value === undefined ? "Nothing to undo" : `Undo: ${History.next.value}`}
          onClick={History.undo}
        >
          Undo
        </button>
      </div>
      <p class="key">
        <span class="dot in" aria-hidden="true" /> goes into the package
      </p>
      <div class="tree">
        {folders(parts(paths.value)).map(([name, paths]) => (
          <div key={name}>
            {name === "" ? null : <h2 class="folder">{name}/</h2>}
            <ul>{paths.map((each) => <FileRow key={each} path={each} packaged={packaged.has(each)} />)}</ul>
          </div>
        ))}
      </div>
      <div class="tools low" role="toolbar" aria-label="Bring files">
        <button type="button" onClick={() => folder.current?.click()}>Open folder</button>
        <button type="button" onClick={() => chosen.current?.click()}>Add files</button>
        <p class="hint">Or drop files, or the ZIP of a package. All of it stays in this page.</p>
      </div>
      <input
        ref={folder}
        type="file"
        hidden
        aria-label="Folder"
        {...{ webkitdirectory: true }}
        onChange={({ currentTarget }) => void takeFolder(chosenFiles(currentTarget))}
      />
      <input
        ref={chosen}
        type="file"
        multiple
        hidden
        aria-label="Files to add"
        onChange={({ currentTarget }) =>
          void take(chosenFiles(currentTarget).map((file) => ({ path: file.name, file })))}
      />
      {asked.value === undefined ? null : (
        <PathDialog
          title={asked.value === "new" ? "New file" : `Rename ${path}`}
          initial={asked.value === "new" ? "" : path}
          onDone={(to) => {
            if (to !== undefined && asked.value === "new") Project.create(to)
            else if (to !== undefined) Project.rename(path, to)
            asked.value = undefined
          }}
        />
      )}
    </section>
  )
}
