/** @jsxImportSource preact */
/**
 * The files of the package with their sizes, as a list and as areas.
 */
import { useSignal } from "@preact/signals"
import { made, shown } from "./Packaging.ts"
import * as Selection from "../selection/Selection.ts"
import { Download } from "./Download.tsx"
import { size } from "../page/size.ts"
import { Treemap } from "./Treemap.tsx"
import { Why } from "./Why.tsx"

export const Contents = () => {
  const chosen = useSignal<string | undefined>(undefined)
  const analysis = shown.value
  if (analysis === undefined) return null
  const files = analysis.files
  const file = files.find(({ path }) => path === chosen.value)
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const choose = (path: string): void => {
    chosen.value = path
    const node = files.find((each) => each.path === path)?.node
    if (node !== undefined) Selection.select(node, true)
    if (analysis.modules.some((module) => module.path === path)) Selection.modulePath.value = path
  }
  return (
    <>
      <div class="row spread">
        <p class="sum">
          {files.length} files, <strong>{size(total)}</strong>; as a ZIP <strong>{size(analysis.zip.length)}</strong>
        </p>
        <Download made={made.value} />
      </div>
      <Treemap files={files} chosen={chosen.value} onChoose={choose} />
      <table class="list">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" class="number">Size</th>
            <th scope="col" class="number">In the ZIP</th>
          </tr>
        </thead>
        <tbody>
          {files.map(({ compressedBytes, path, sizeBytes, source }) => (
            <tr key={path} data-chosen={path === chosen.value}>
              <td>
                <button
                  type="button"
                  class="link"
                  aria-pressed={path === chosen.value}
                  onClick={() =>
                    choose(path)}
                >
                  {path}
                </button>
                {source === undefined ? null : <small>from {source}</small>}
              </td>
              <td class="number">{size(sizeBytes)}</td>
              <td class="number">{size(compressedBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {file === undefined ? null : <Why subject={file.path} steps={file.why} />}
      <dl class="facts">
        <dt>Digest</dt>
        <dd>
          <code>{analysis.digest}</code>
        </dd>
        <dt>Entry</dt>
        <dd>
          <code>{analysis.entry.module}#{analysis.entry.export}</code>
        </dd>
        {analysis.dependencies.length === 0 ? null : (
          <>
            <dt>npm</dt>
            <dd>{analysis.dependencies.map(({ name, version }) => `${name} ${version}`).join(", ")}</dd>
          </>
        )}
      </dl>
    </>
  )
}
