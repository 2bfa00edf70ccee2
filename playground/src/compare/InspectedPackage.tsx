/** @jsxImportSource preact */
/**
 * A package that was opened from a file.
 */
import { useSignal } from "@preact/signals"
import { plain, visible } from "../../../core/diagnostics/Quotation.ts"
import { CodeView } from "../editor/CodeView.tsx"
import type { OpenedPackage } from "./Shelf.ts"
import { size } from "../page/size.ts"

const nothing: ReadonlyArray<never> = []

export const InspectedPackage = ({ opened: { inspection, label } }: { readonly opened: OpenedPackage }) => {
  const path = useSignal("")
  const file = inspection.files.find((each) => each.path === path.value)
  return (
    <section class="inspected" aria-label={`Package ${label}`}>
      <h2>{label}</h2>
      <p class="sum">
        <code class="id">{inspection.packageId}</code> {plain(inspection.metadata.function_info.name)},{" "}
        {size(inspection.sizeBytes)}; every byte is verified
      </p>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">File</th>
            <th scope="col" class="number">Size</th>
          </tr>
        </thead>
        <tbody>
          {inspection.files.map((each) => (
            <tr key={each.path} data-chosen={each.path === path.value}>
              <td>
                <button
                  type="button"
                  class="link"
                  aria-pressed={each.path === path.value}
                  onClick={() => {
                    path.value = each.path
                  }}
                >
                  {visible(each.path)}
                </button>
              </td>
              <td class="number">{size(each.sizeBytes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {file === undefined
        ? null
        : file.text === undefined
        ? <p class="hint">{visible(file.path)} is no text, or more than 1 MiB of it.</p>
        : (
          <CodeView
            key={file.path}
            path={file.path}
            text={file.text}
            label={`Text of ${file.path}`}
            marked={nothing}
          />
        )}
    </section>
  )
}
