/** @jsxImportSource preact */
/**
 * The canonical text of the package's modules: what the digest is of.
 */
import { useMemo } from "preact/hooks"
import { CodeView } from "../editor/CodeView.tsx"
import { shown } from "./Packaging.ts"
import * as Selection from "../selection/Selection.ts"

export const Modules = () => {
  const analysis = shown.value
  const modules = analysis?.modules ?? []
  const module = modules.find(({ path }) => path === Selection.modulePath.value) ?? modules[0]
  const range = Selection.declaration.value?.canonical
  const path = module?.path
  const marked = useMemo(
    () =>
      range === undefined || range.file !== path ? []
        : [{ from: range.start.line, to: range.end.line, selected: true }],
    [range, path]
  )
  if (module === undefined) return <p class="empty">The package has no modules.</p>
  return (
    <>
      <label class="field">
        <span>Module</span>
        <select
          value={module.path}
          onChange={({ currentTarget }) => {
            Selection.modulePath.value = currentTarget.value
          }}
        >
          {modules.map((each) => <option key={each.path} value={each.path}>{each.path}</option>)}
        </select>
      </label>
      <p class="hint">
        Made of {module.file}. A click on a line shows the source.
      </p>
      <CodeView
        key={module.path}
        path={module.path}
        text={module.text}
        label={`Canonical text of ${module.path}`}
        marked={marked}
        target={range?.file === module.path ? range.start : undefined}
        onLine={(line) => Selection.fromCanonical(module.path, line)}
      />
    </>
  )
}
