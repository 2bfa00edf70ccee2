/** @jsxImportSource preact */
/**
 * Arguments, output and result of runs in the sandbox.
 */
import type { PageRun } from "../../../platform-browser/index.ts"
import { Output } from "../output/Output.tsx"
import { ProgressBar } from "../output/ProgressBar.tsx"
import { PreviewText } from "../output/PreviewText.tsx"
import { failure, made } from "../packaging/Packaging.ts"
import { save } from "../page/saveFile.ts"
import { size } from "../page/size.ts"
import * as Project from "../project/Project.ts"
import * as Run from "./Run.ts"

const Written = ({ count, files }: { readonly files: ReadonlyArray<PageRun.WrittenFile>; readonly count: number }) => (
  <>
    <h2>Files that it left</h2>
    <ul>
      {files.map(({ content, path, sizeBytes }) => (
        <li key={path}>
          <button
            type="button"
            class="link"
            onClick={() => save(content, path.slice(path.lastIndexOf("/") + 1))}
          >
            {path}
          </button>{" "}
          {size(sizeBytes)}
        </li>
      ))}
    </ul>
    {count > files.length ? <p class="note">... and {(count - files.length).toLocaleString("en")} more</p> : null}
  </>
)

const Outcome = ({ ended: { outcome, stack } }: { readonly ended: Run.Ended }) => {
  return (
    <section class="outcome" aria-label="Result" data-status={outcome.status}>
      <h2>
        {outcome.status} <small>after {(outcome.elapsedMillis / 1000).toFixed(2)} s</small>
      </h2>
      {outcome.status === "returned" ? <PreviewText preview={outcome.preview} /> :
        (
          <pre tabIndex={0} role="region" aria-label="Value">
          {stack ?? ("message" in outcome ? outcome.message : "")}
          </pre>
        )}
      {outcome.status === "returned" && outcome.written.length > 0
        ? <Written files={outcome.written} count={outcome.writtenCount} />
        : null}
    </section>
  )
}

const Calls = ({ calls }: { readonly calls: ReadonlyArray<Run.Call> }) => {
  const ended = calls.filter(({ outcome }) => outcome !== undefined).length
  return (
    <section aria-label="Results of the calls">
      <h2>
        {ended} of {calls.length} calls have ended
      </h2>
      <table class="list calls">
        <thead>
          <tr>
            <th scope="col">Input</th>
            <th scope="col">Result</th>
            <th scope="col" class="number">Time</th>
          </tr>
        </thead>
        <tbody>
          {calls.map(({ input, outcome }, index) => (
            <tr key={index} data-status={outcome?.status}>
              <td>
                <code>{input.slice(0, 200)}</code>
              </td>
              <td>
                <code>
                  {outcome === undefined ? "" : outcome.status === "returned" ? outcome.preview.text
                    : `${outcome.status}: ${
                      outcome.status === "threw"
                        ? outcome.error.type === "error" ? outcome.error.message : outcome.error.printed
                        : outcome.message
                    }`.slice(0, 500)}
                </code>
              </td>
              <td class="number">{outcome === undefined ? "" : `${(outcome.elapsedMillis / 1000).toFixed(2)} s`}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

const Latest = ({ run }: { readonly run: Run.Started }) => (
  <div class="latest" data-stale={Run.isStale.value}>
    {Run.isStale.value
      ? (
        <p class="stale-note">
          This is of an earlier text or other arguments: package <code>{run.packageId}</code>, called with{" "}
          <code>{run.args.slice(0, 200)}</code>.
        </p>
      )
      : null}
    {run.transcript.version.value === 0 ? null : (
      <>
        <h2>Output</h2>
        <Output transcript={run.transcript} label="Output" />
      </>
    )}
    {Run.phase.value === "running" ? <ProgressBar progress={run.progress} /> : null}
    {run.ended === undefined ? null : <Outcome ended={run.ended} />}
    {run.calls === undefined ? null : <Calls calls={run.calls} />}
  </div>
)

const announcement = (): string => {
  if (Run.phase.value === "waiting") return "Waiting for the package ..."
  if (Run.phase.value === "running") return "Running ..."
  const calls = Run.latest.value?.calls
  if (calls !== undefined) {
    return `${calls.filter((call) => call.outcome?.status === "returned").length} of ${calls.length} calls returned`
  }
  const outcome = Run.latest.value?.ended?.outcome
  return outcome === undefined ? "" : `The run ended: ${outcome.status}`
}

/** Inputs of many calls. */
export const Inputs = () => (
  <details class="many" open={Project.inputs.value !== ""}>
    <summary>Many calls: the function is called once for each input</summary>
    <label class="field wide">
      <span>Inputs, a JSON array; empty for one call with the arguments above</span>
      <textarea
        rows={2}
        spellcheck={false}
        placeholder="[1, 2, 3]"
        value={Project.inputs.value}
        onInput={({ currentTarget }) => {
          Project.inputs.value = currentTarget.value
          Run.refused.value = undefined
        }}
      />
    </label>
  </details>
)

export const RunView = () => (
  <>
    <p class="hint">
      Runs <code>{made.value?.analysis.functionName ?? (Project.entry.value || "the function")}</code>{" "}
      in a sandbox of this page: it sees the project's files in memory, and reaches no network, storage or page. Press
      {" "}
      <strong>Run</strong> above, or Ctrl-Enter.
    </p>
    {failure.value === undefined ? null : <p class="note warn">There is no package to run: {failure.value.what}.</p>}
    <label class="field wide">
      <span>Arguments, a JSON array</span>
      <textarea
        rows={2}
        spellcheck={false}
        value={Project.args.value}
        aria-invalid={Run.refused.value !== undefined}
        onInput={({ currentTarget }) => {
          Project.args.value = currentTarget.value
          Run.refused.value = undefined
        }}
      />
    </label>
    <Inputs />
    {Run.refused.value === undefined ? null : <p class="note warn" role="alert">{Run.refused.value}</p>}
    <div class="row">
      <label class="field">
        <span>Time limit, seconds</span>
        <input
          type="number"
          min="1"
          max="600"
          value={Run.timeLimitSeconds.value}
          onChange={({ currentTarget }) => {
            Run.timeLimitSeconds.value = Math.min(600, Math.max(1, currentTarget.valueAsNumber || 10))
          }}
        />
      </label>
      <span class="note" role="status">{announcement()}</span>
    </div>
    {Run.latest.value === undefined ? null : <Latest run={Run.latest.value} />}
  </>
)
