/** @jsxImportSource preact */
/**
 * What is packaged, what came out, and what can be done with it.
 */
import { computed, useSignal } from "@preact/signals"
import { useEffect, useMemo } from "preact/hooks"
import type { Example } from "../examples/Example.ts"
import { functions } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"
import * as Link from "../share/Link.ts"
import { isEmbedded, wholePage } from "./Embed.ts"
import * as Projects from "../projects/Projects.ts"
import { RunButton } from "../run/RunButton.tsx"
import { Share } from "../share/Share.tsx"
import * as Shortcuts from "./Shortcuts.ts"
import * as Theme from "./Theme.ts"
import { Identity } from "../packaging/Identity.tsx"
import { OptionsDialog } from "../packaging/OptionsDialog.tsx"

const ExampleChoice = () => {
  const examples = useSignal<ReadonlyArray<Example>>([])
  useEffect(() => {
    void import("../examples/Example.ts").then((module) => {
      examples.value = module.examples
    })
  }, [])
  return (
    <label class="field">
      <span>Example</span>
      <select
        value={Project.exampleName.value}
        onChange={({ currentTarget }) => void Projects.openExample(currentTarget.value)}
      >
        {Project.exampleName.value === "" ? <option value="">Your own</option> : null}
        {examples.value.map(({ name, title }) => <option key={name} value={name}>{title}</option>)}
      </select>
    </label>
  )
}

/** As one text, which an edit seldom changes: there may be thousands. */
const references = computed(() => functions.value.map(({ reference }) => reference).join("\n"))

const FunctionChoice = () => {
  const listed = references.value
  const options = useMemo(
    () => listed === "" ? [] : listed.split("\n").map((each) => <option key={each} value={each}>{each}</option>),
    [listed]
  )
  const isListed = options.some(({ key }) => key === Project.entry.value)
  const asked = useSignal(false)
  const set = Object.keys(Project.options.value).length
  return (
    <div class="function">
      <label class="field">
        <span>Function</span>
        <select
          value={Project.entry.value}
          onChange={({ currentTarget }) => {
            Project.entry.value = currentTarget.value
          }}
        >
          {isListed ? null : <option value={Project.entry.value}>{Project.entry.value || "none"}</option>}
          {options}
        </select>
      </label>
      <button type="button" aria-haspopup="dialog" onClick={() => (asked.value = true)}>
        Options{set === 0 ? null : <span class="count">{set}</span>}
      </button>
      {asked.value ? <OptionsDialog onDone={() => (asked.value = false)} /> : null}
    </div>
  )
}

/** Where there is no list of the files. */
const FileChoice = () => (
  <label class="field">
    <span>File</span>
    <select
      value={Project.openPath.value}
      onChange={({ currentTarget }) => {
        Project.openPath.value = currentTarget.value
      }}
    >
      {Object.keys(Project.files.value).sort().map((path) => <option key={path} value={path}>{path}</option>)}
    </select>
  </label>
)

/** To the whole page, with the code as it is. */
const Whole = () => {
  const open = async (): Promise<void> => {
    const { url } = await Link.share()
    window.open(wholePage(new URL(url).hash), "_blank", "noopener")
  }
  return <button type="button" class="share-button" onClick={() => void open()}>Open</button>
}

export const Header = () => (
  <header class="top">
    <h1>
      <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
        <path d="M8 1l6 3.5v7L8 15l-6-3.5v-7z M8 8l6-3.5 M8 8v7 M8 8L2 4.5" />
      </svg>
      Clustrix
    </h1>
    {isEmbedded ? <FileChoice /> : <ExampleChoice />}
    <FunctionChoice />
    <Identity />
    <div class="actions">
      <RunButton />
      {isEmbedded ? <Whole /> : <Share />}
      <button
        type="button"
        class="help"
        aria-label="Shortcuts"
        title="Shortcuts (F1)"
        aria-haspopup="dialog"
        onClick={() => (Shortcuts.isListShown.value = true)}
      >
        <span aria-hidden="true">?</span>
      </button>
      <button
        type="button"
        class="theme"
        aria-label={Theme.theme.value === "dark" ? "Use light colours" : "Use dark colours"}
        onClick={Theme.toggle}
      >
        <span aria-hidden="true">{Theme.theme.value === "dark" ? "☀" : "☾"}</span>
      </button>
    </div>
  </header>
)
