/** @jsxImportSource preact */
/**
 * The files of the package with their sizes, as a list and as areas: what the project brings first, then what Clustrix adds.
 */
import { useSignal } from "@preact/signals"
import type { PackageAnalysis } from "../../../platform-browser/index.ts"
import { size } from "../page/size.ts"
import * as Selection from "../selection/Selection.ts"
import { Download } from "./Download.tsx"
import { made, shown } from "./Packaging.ts"
import { Treemap } from "./Treemap.tsx"
import { Why } from "./Why.tsx"

type PackagedFile = PackageAnalysis.PackagedFile

/** Longer lists are cut until somebody asks for all of them. */
const longestList = 100

/** What the project brings: its modules, its data, its npm packages. */
const isOwn = ({ path }: PackagedFile): boolean => /^(?:modules|data|vendor)\//.test(path)

const total = (files: ReadonlyArray<PackagedFile>): number => files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)

const files = (count: number): string => `${count.toLocaleString("en")} ${count === 1 ? "file" : "files"}`

const List = ({ chosen, files, label, onChoose }: {
  readonly files: ReadonlyArray<PackagedFile>
  readonly label: string
  readonly chosen: string | undefined
  readonly onChoose: (path: string) => void
}) => {
  const isWhole = useSignal(false)
  const listed = isWhole.value ? files : files.slice(0, longestList)
  return (
    <>
      <table class="list" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" class="number">Size</th>
            <th scope="col" class="number">In the ZIP</th>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ compressedBytes, path, sizeBytes, source }) => (
            <tr key={path} data-chosen={path === chosen}>
              <td>
                <button type="button" class="link" aria-pressed={path === chosen} onClick={() => onChoose(path)}>
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
      {listed.length === files.length ? null :
        (
          <button type="button" class="more" onClick={() => (isWhole.value = true)}>
            Show all {files.length.toLocaleString("en")}
          </button>
        )}
    </>
  )
}

export const Contents = () => {
  const chosen = useSignal<string | undefined>(undefined)
  const analysis = shown.value
  if (analysis === undefined) return null
  const all = analysis.files
  const [own, added] = [all.filter(isOwn), all.filter((each) => !isOwn(each))]
  const file = all.find(({ path }) => path === chosen.value)
  const choose = (path: string): void => {
    chosen.value = path
    const node = all.find((each) => each.path === path)?.node
    if (node !== undefined) Selection.select(node, true)
    if (analysis.modules.some((module) => module.path === path)) Selection.modulePath.value = path
  }
  const why = file === undefined ? null : <Why subject={file.path} steps={file.why} />
  return (
    <>
      <div class="row spread">
        <p class="sum">
          Of yours {files(own.length)}, <strong>{size(total(own))}</strong>; the whole ZIP{" "}
          <strong>{size(analysis.zip.length)}</strong>
        </p>
        <Download made={made.value} />
      </div>
      <Treemap files={own} chosen={chosen.value} onChoose={choose} />
      <List files={own} label="Your files in the package" chosen={chosen.value} onChoose={choose} />
      {file !== undefined && isOwn(file) ? why : null}
      <details class="added">
        <summary>What Clustrix adds to run it: {files(added.length)}, {size(total(added))}</summary>
        <List files={added} label="Clustrix's files in the package" chosen={chosen.value} onChoose={choose} />
        {file !== undefined && !isOwn(file) ? why : null}
      </details>
      <dl class="facts">
        <dt title="SHA-256 of the manifest; the package ID is its beginning">Digest</dt>
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
