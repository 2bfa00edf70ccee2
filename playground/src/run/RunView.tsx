/** @jsxImportSource preact */
/**
 * Runs the package in the sandbox: arguments, output, result.
 */
import { made } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"
import * as Run from "./Run.ts"
import { size } from "../page/size.ts"
import { shown } from "./value.ts"

const Outcome = () => {
  const outcome = Run.outcome.value
  if (outcome === undefined) return null
  const written = outcome.status === "returned" ? Object.entries(outcome.written) : []
  const text = outcome.status === "returned"
    ? shown(outcome.value)
    : Run.stack.value ?? ("message" in outcome ? outcome.message : "")
  return (
    <section class="outcome" aria-label="Result" data-status={outcome.status}>
      <h2>
        {outcome.status} <small>after {(outcome.elapsedMillis / 1000).toFixed(2)} s</small>
      </h2>
      <pre tabIndex={0} role="region" aria-label="Value">{text}</pre>
      {written.length === 0 ? null : (
        <>
          <h2>Files that it left</h2>
          <ul>
            {written.map(([path, bytes]) => (
              <li key={path}>
                <code>{path}</code> {size(bytes.length)}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

export const RunView = () => (
  <>
    <p class="hint">
      Runs <code>{made.value?.functionName}</code>{" "}
      in a sandbox of this page: it sees the project's files in memory, and reaches no network, storage or page.
    </p>
    <label class="field wide">
      <span>Arguments, a JSON array</span>
      <textarea
        rows={2}
        spellcheck={false}
        value={Project.args.value}
        aria-invalid={Run.refused.value !== undefined}
        onInput={({ currentTarget }) => {
          Project.args.value = currentTarget.value
        }}
      />
    </label>
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
      {Run.running.value === undefined
        ? <button type="button" class="primary" onClick={() => void Run.start()}>Run</button>
        : <button type="button" onClick={Run.stop}>Stop</button>}
      <span class="note" role="status">{Run.running.value === undefined ? "" : "Running ..."}</span>
    </div>
    {Run.output.value.length === 0 ? null : (
      <>
        <h2>Output</h2>
        <pre class="output" tabIndex={0} role="log" aria-label="Output">
          {Run.output.value.map(({ stream, text }, index) => <span key={index} data-stream={stream}>{text}</span>)}
        </pre>
      </>
    )}
    <Outcome />
  </>
)
