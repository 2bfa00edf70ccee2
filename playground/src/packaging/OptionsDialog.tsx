/** @jsxImportSource preact */
/**
 * The packaging options, in the words of `packageFunctionForExecution`.
 */
import { useEffect, useRef } from "preact/hooks"
import * as Project from "../project/Project.ts"

const lists = [
  ["include", "Data files to add, globs", "data/**/*.csv"],
  ["keep", "Statements to keep", "src/a.ts#name"],
  ["drop", "Statements to leave out", "src/a.ts:12"]
] as const

const textOf = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === "string" ? value.trim() : ""
}

const linesOf = (text: string): ReadonlyArray<string> =>
  text.split("\n").map((line) => line.trim()).filter((line) => line !== "")

/** What the form says; options that are the default ones are left out, and so are not in the link. */
const optionsOf = (form: FormData): Project.Options => {
  const [include, keep, drop] = lists.map(([name]) => linesOf(textOf(form, name)))
  const dependencies = textOf(form, "dependencies")
  const size = Number(textOf(form, "maxFileSizeBytes"))
  const workingDirectory = textOf(form, "workingDirectory")
  return {
    ...(include === undefined || include.length === 0 ? {} : { include }),
    ...(dependencies === "vendor" || dependencies === "assume" ? { dependencies } : {}),
    ...(keep === undefined || keep.length === 0 ? {} : { keep }),
    ...(drop === undefined || drop.length === 0 ? {} : { drop }),
    ...(textOf(form, "unknownPaths") === "directory" ? { unknownPaths: "directory" } : {}),
    ...(size > 0 ? { maxFileSizeBytes: size } : {}),
    ...(workingDirectory === "" ? {} : { workingDirectory })
  }
}

export const OptionsDialog = ({ onDone }: { readonly onDone: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const options = Project.options.value
  const submit = (event: SubmitEvent): void => {
    event.preventDefault()
    if (event.currentTarget instanceof HTMLFormElement) {
      Project.options.value = optionsOf(new FormData(event.currentTarget))
    }
    onDone()
  }
  return (
    <dialog ref={dialog} aria-label="Packaging options" onClose={onDone}>
      <form onSubmit={submit} class="stack">
        <h2>Packaging options</h2>
        <label class="field">
          <span>npm packages</span>
          <select name="dependencies" defaultValue={options.dependencies ?? "install"}>
            <option value="install">install: their lockfile goes along</option>
            <option value="vendor">vendor: their files go along</option>
            <option value="assume">assume: they are there already</option>
          </select>
        </label>
        <label class="field">
          <span>Paths with an unknown part</span>
          <select name="unknownPaths" defaultValue={options.unknownPaths ?? "report"}>
            <option value="report">report: a warning</option>
            <option value="directory">directory: what lies above goes along</option>
          </select>
        </label>
        {lists.map(([name, label, placeholder]) => (
          <label class="field" key={name}>
            <span>{label}, one a line</span>
            <textarea
              name={name}
              rows={2}
              spellcheck={false}
              placeholder={placeholder}
              defaultValue={(options[name] ?? []).join("\n")}
            />
          </label>
        ))}
        <label class="field">
          <span>Directory of relative paths, below the package root</span>
          <input name="workingDirectory" spellcheck={false} defaultValue={options.workingDirectory ?? ""} />
        </label>
        <label class="field">
          <span>Largest data file, bytes</span>
          <input name="maxFileSizeBytes" type="number" min="1" step="1" defaultValue={options.maxFileSizeBytes} />
        </label>
        <div class="row">
          <button type="submit" class="primary">Use them</button>
          <button type="button" onClick={onDone}>Cancel</button>
        </div>
      </form>
    </dialog>
  )
}
