/** @jsxImportSource preact */
/**
 * Packages from elsewhere, and what makes two of them differ.
 */
import { useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import { worker } from "../packaging/Packaging.ts"
import { inspected, openError, shelf, type Shelved } from "./Shelf.ts"
import { chosenFiles, take } from "../files/Dropped.ts"
import { SideBySide } from "./SideBySide.tsx"
import { InspectedPackage } from "./InspectedPackage.tsx"

const Choice = ({ label, onChoose, value }: {
  readonly label: string
  readonly value: string
  readonly onChoose: (key: string) => void
}) => (
  <label class="field">
    <span>{label}</span>
    <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
      {shelf.value.map(({ key, label, packageId }) => <option key={key} value={key}>{`${label}: ${packageId}`}
      </option>)}
    </select>
  </label>
)

const useDifference = (before: Shelved | undefined, after: Shelved | undefined): string => {
  const text = useSignal("")
  useEffect(() => {
    if (before === undefined || after === undefined) return
    if (before.digest === after.digest) {
      text.value = "The packages are the same, byte for byte."
      return
    }
    worker.diff(before.zip, after.zip, { latest: "compare" }).then(
      (diff) => {
        text.value = diff.text
      },
      (error: unknown) => {
        text.value = String(error)
      }
    )
  }, [before, after])
  return text.value
}

/** More lines than a person reads take long to draw. */
const mostLines = 2_000

const shownLines = (text: string): ReadonlyArray<string> => {
  const lines = text.split("\n")
  return lines.length <= mostLines ? lines
    : [...lines.slice(0, mostLines), `... ${(lines.length - mostLines).toLocaleString("en")} more lines`]
}

/** A line has no other name than its place. */
const diffLine = (line: string, index: number) => (
  <span key={index} data-sign={/^(?: {2})?([-+])/.exec(line)?.[1]}>{`${line}\n`}</span>
)

export const Comparison = () => {
  const chosen = useRef<HTMLInputElement>(null)
  const [left, right] = [useSignal(""), useSignal("edited")]
  const all = shelf.value
  const after = all.find(({ key }) => key === right.value) ?? all[0]
  const before = all.find(({ key }) => key === left.value) ?? all.findLast((each) => each !== after) ?? all[0]
  const text = useDifference(before, after)
  return (
    <>
      <div class="row">
        <button type="button" onClick={() => chosen.current?.click()}>Open the ZIP of a package</button>
        <input
          ref={chosen}
          type="file"
          accept=".zip"
          hidden
          aria-label="ZIP of a package"
          onChange={({ currentTarget }) =>
            void take(chosenFiles(currentTarget).map((file) => ({ path: file.name, file })))}
        />
        <span class="hint">or drop it anywhere</span>
      </div>
      {openError.value === undefined ? null : <p class="note warn" role="alert">{openError.value}</p>}
      {inspected.value === undefined ? null : <InspectedPackage opened={inspected.value} />}
      <h2>Compare</h2>
      {all.length < 2 ? <p class="hint">Pin the package, edit, or open another one: then there are two.</p> : (
        <>
          <div class="pair">
            <Choice label="Before" value={before?.key ?? ""} onChoose={(key) => (left.value = key)} />
            <Choice label="After" value={after?.key ?? ""} onChoose={(key) => (right.value = key)} />
          </div>
          <pre class="difference" tabIndex={0} role="region" aria-label="Differences">
            {shownLines(text).map(diffLine)}
          </pre>
          {before === undefined || after === undefined || before.digest === after.digest ? null
            : <SideBySide before={before} after={after} />}
        </>
      )}
    </>
  )
}
