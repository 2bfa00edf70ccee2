/** @jsxImportSource preact */
/**
 * Sends the package to an endpoint and follows its jobs.
 */
import * as Deploy from "./Deploy.ts"
import * as Endpoint from "./Endpoint.ts"
import { failure, made, packaging } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"
import { Inputs } from "../run/RunView.tsx"
import { EndpointForm } from "./EndpointForm.tsx"
import { JobView } from "./JobView.tsx"
import { size } from "../page/size.ts"
import { Trouble } from "./Trouble.tsx"

const time = new Intl.DateTimeFormat("en", { timeStyle: "medium", hourCycle: "h23" })

const limitFields = [["cores", "Cores", "4"], ["memory", "Memory", "8GB"], ["time", "Time", "90m"]] as const

const Call = () => {
  const analysis = made.value?.analysis
  const step = Deploy.step.value
  const wrong = failure.value
  return (
    <form
      aria-label="Call"
      onInput={() => {
        Deploy.trouble.value = undefined
      }}
      onSubmit={(event) => {
        event.preventDefault()
        void Deploy.deploy()
      }}
    >
      <div class="pair">
        <label class="field">
          <span>Arguments, a JSON array</span>
          <textarea
            rows={2}
            spellcheck={false}
            value={Project.args.value}
            onInput={({ currentTarget }) => {
              Project.args.value = currentTarget.value
            }}
          />
        </label>
        <label class="field">
          <span>Options of the function, a JSON object</span>
          <textarea
            rows={2}
            spellcheck={false}
            value={Deploy.kwargs.value}
            onInput={({ currentTarget }) => {
              Deploy.kwargs.value = currentTarget.value
            }}
          />
        </label>
      </div>
      <Inputs />
      <details class="many">
        <summary>Limits of each call</summary>
        <div class="row">
          {limitFields.map(([name, label, placeholder]) => (
            <label class="field" key={name}>
              <span>{label}</span>
              <input
                size={8}
                placeholder={placeholder}
                spellcheck={false}
                value={Deploy.limits[name].value}
                onInput={({ currentTarget }) => {
                  Deploy.limits[name].value = currentTarget.value
                }}
              />
            </label>
          ))}
        </div>
      </details>
      <div class="row middle">
        <button
          type="submit"
          class="primary deploy"
          disabled={Endpoint.connected.value === undefined || step !== undefined || wrong !== undefined ||
            packaging.value.state === "idle"}
        >
          Deploy
        </button>
        {step === undefined ? null : <button type="button" onClick={Deploy.stop}>Stop</button>}
        <span class="note" role="status">
          {step ?? (wrong !== undefined ? `There is no package to deploy: ${wrong.what}.`
            : Endpoint.connected.value === undefined
            ? "Connect to an endpoint first."
            : analysis === undefined
            ? "The package is being made ..."
            : `${analysis.functionName}, ${size(analysis.zip.length)}`)}
        </span>
      </div>
      <Trouble trouble={Deploy.trouble.value} />
    </form>
  )
}

const Jobs = () => (
  <>
    <h2>Jobs of this page</h2>
    {Deploy.jobs.value.length === 0 ? <p class="hint">None yet.</p> : (
      <ul class="jobs">
        {Deploy.jobs.value.map((job) => (
          <li key={job.jobId}>
            <button
              type="button"
              aria-pressed={job === Deploy.chosen.value}
              onClick={() => Deploy.choose(job.jobId)}
            >
              <span class="state" data-state={job.state}>{job.state}</span>
              <span>{job.functionName}</span>
              <code>{job.packageId}</code>
              <time dateTime={job.submittedAt.toISOString()}>{time.format(job.submittedAt)}</time>
            </button>
          </li>
        ))}
      </ul>
    )}
  </>
)

export const DeployView = () => (
  <>
    <p class="hint">
      Runs the package on a cluster, through{" "}
      <code>clustrix serve</code>. The package and the call are sent to the address below when you press Deploy; nothing
      else leaves this page, and nothing before. Cluster file functions see the cluster's own files there.
    </p>
    <EndpointForm />
    <Call />
    <Jobs />
    {Deploy.chosen.value === undefined ? null : <JobView key={Deploy.chosen.value.jobId} job={Deploy.chosen.value} />}
  </>
)
