/** @jsxImportSource preact */
/**
 * metadata.json and manifest.json as they are in the package.
 */
import { useSignal } from "@preact/signals"
import { CodeView } from "../editor/CodeView.tsx"
import { shown } from "./Packaging.ts"

const nothing: ReadonlyArray<never> = []

const pretty = (text: string): string => JSON.stringify(JSON.parse(text), null, 2)

export const Metadata = () => {
  const name = useSignal("metadata.json")
  const analysis = shown.value
  if (analysis === undefined) return null
  const text = name.value === "metadata.json" ? analysis.metadataText : analysis.manifestText
  return (
    <>
      <label class="field">
        <span>Document</span>
        <select
          value={name.value}
          onChange={({ currentTarget }) => {
            name.value = currentTarget.value
          }}
        >
          <option>metadata.json</option>
          <option>manifest.json</option>
        </select>
      </label>
      <CodeView
        key={name.value}
        path={name.value}
        text={pretty(text)}
        label={`Text of ${name.value}`}
        marked={nothing}
      />
    </>
  )
}
