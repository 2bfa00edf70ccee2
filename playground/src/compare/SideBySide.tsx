/** @jsxImportSource preact */
/**
 * A file of two packages, side by side.
 */
import { MergeView } from "@codemirror/merge"
import { EditorView } from "@codemirror/view"
import { useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { reading } from "../editor/extensions.ts"
import { languageOf } from "../editor/language.ts"
import { worker } from "../packaging/Packaging.ts"
import type { Shelved } from "./Shelf.ts"

/** Texts by path: those of files that are text. */
type Texts = ReadonlyMap<string, string>

const textsOf = async (zip: Uint8Array): Promise<Texts> => {
  const { files } = await worker.inspect(zip)
  return new Map(files.flatMap(({ path, text }) => text === undefined ? [] : [[path, text] as const]))
}

const Merge = ({ after, before, path }: { readonly before: string; readonly after: string; readonly path: string }) => {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (host.current === null) return
    const side = (doc: string, label: string) => ({
      doc,
      extensions: [reading, languageOf(path), EditorView.contentAttributes.of({ "aria-label": `${path} ${label}` })]
    })
    const view = new MergeView({
      parent: host.current,
      a: side(before, "before"),
      b: side(after, "after"),
      collapseUnchanged: { margin: 3, minSize: 6 },
      gutter: true
    })
    return () => view.destroy()
  }, [before, after, path])
  return <div class="merge" ref={host} />
}

export const SideBySide = ({ after, before }: { readonly before: Shelved; readonly after: Shelved }) => {
  const texts = useSignal<readonly [Texts, Texts] | undefined>(undefined)
  const chosen = useSignal("")
  useEffect(() => {
    let isCurrent = true
    Promise.all([textsOf(before.zip), textsOf(after.zip)]).then(
      (both) => {
        if (isCurrent) texts.value = both
      },
      // The list of differences says what is wrong with a package
      () => {
        if (isCurrent) texts.value = undefined
      }
    )
    return () => {
      isCurrent = false
    }
  }, [before, after])
  if (texts.value === undefined) return null
  const [a, b] = texts.value
  // The manifest follows from the others
  const paths = [...new Set([...a.keys(), ...b.keys()])].filter((path) =>
    path !== "manifest.json" && a.get(path) !== b.get(path)
  ).sort()
  const path = paths.find((each) => each === chosen.value) ?? paths.find((each) => each.startsWith("modules/")) ??
    paths[0]
  if (path === undefined) return null
  return (
    <section aria-label="Side by side">
      <label class="field wide">
        <span>Side by side</span>
        <select value={path} onChange={({ currentTarget }) => (chosen.value = currentTarget.value)}>
          {paths.map((each) => <option key={each} value={each}>{each}</option>)}
        </select>
      </label>
      <Merge key={path} path={path} before={a.get(path) ?? ""} after={b.get(path) ?? ""} />
    </section>
  )
}
