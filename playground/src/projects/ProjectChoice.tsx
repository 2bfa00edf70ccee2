/** @jsxImportSource preact */
/**
 * The name of the project, and the way to the others.
 */
import { useSignal } from "@preact/signals"
import { useEffect, useRef } from "preact/hooks"
import * as Project from "../project/Project.ts"
import type { KeptProject } from "./ProjectStore.ts"
import * as Projects from "./Projects.ts"

const time = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" })

const Row = ({ onDone, project: { id, project, updatedAt } }: {
  readonly project: KeptProject
  readonly onDone: () => void
}) => {
  const isShown = id === Project.id.value
  return (
    <li>
      <button
        type="button"
        class="project"
        aria-current={isShown ? "true" : undefined}
        onClick={() => {
          void Projects.reopen(id)
          onDone()
        }}
      >
        {isShown ? Project.name.value : project.name}
        <time dateTime={new Date(updatedAt).toISOString()}>{time.format(updatedAt)}</time>
      </button>
      <button
        type="button"
        disabled={isShown}
        aria-label={`Delete the project ${project.name}`}
        onClick={() => void Projects.remove(id)}
      >
        Delete
      </button>
    </li>
  )
}

const ProjectsDialog = ({ onDone }: { readonly onDone: () => void }) => {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const keeping = Projects.keeping.value
  return (
    <dialog ref={dialog} class="projects" aria-label="Projects" onClose={onDone}>
      <h2>Projects</h2>
      <label class="field">
        <span>Name of this one</span>
        <input
          value={Project.name.value}
          maxLength={200}
          onInput={({ currentTarget }) => Projects.rename(currentTarget.value)}
        />
      </label>
      {keeping.state === "unkept" ? <p class="note warn">Nothing is kept: {keeping.why}</p> : (
        <>
          <p class="note">Kept in this browser, on this machine only.</p>
          <ul class="kept">
            {Projects.list.value.map((each) => <Row key={each.id} project={each} onDone={onDone} />)}
          </ul>
        </>
      )}
      <div class="row">
        <button
          type="button"
          class="primary"
          onClick={() => {
            Projects.openEmpty()
            onDone()
          }}
        >
          New project
        </button>
        <button type="button" onClick={onDone}>Close</button>
      </div>
    </dialog>
  )
}

/** What the example shows that the project comes from. */
const Shows = () => {
  const shows = useSignal("")
  const origin = Project.origin.value
  useEffect(() => {
    if (origin.kind !== "example") {
      shows.value = ""
      return
    }
    void import("../examples/Example.ts").then(({ examples }) => {
      shows.value = examples.find(({ name }) => name === origin.name)?.shows ?? ""
    })
  }, [origin])
  return shows.value === "" ? null : <p class="shows">{shows.value}</p>
}

export const ProjectChoice = () => {
  const asked = useSignal(false)
  return (
    <>
      <div class="project-name">
        <h2 title={Project.name.value}>{Project.name.value || "No project"}</h2>
        <button type="button" aria-haspopup="dialog" onClick={() => (asked.value = true)}>Projects</button>
        {asked.value ? <ProjectsDialog onDone={() => (asked.value = false)} /> : null}
      </div>
      <Shows />
    </>
  )
}
