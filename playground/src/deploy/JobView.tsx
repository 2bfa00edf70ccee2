/** @jsxImportSource preact */
/**
 * A job: its state, what it prints, and how it ended.
 */
import { useEffect, useRef } from "preact/hooks"
import * as Deploy from "./Deploy.ts"
import { Trouble } from "./Trouble.tsx"
import { Output } from "../output/Output.tsx"
import { ProgressBar } from "../output/ProgressBar.tsx"
import { PreviewText } from "../output/PreviewText.tsx"

const End = ({ job: { end, state } }: { readonly job: Deploy.Job }) => {
  if (end === undefined) return null
  const text = "preview" in end ? ""
    : [end.trouble.what, end.trouble.why, end.trouble.remedy].filter((part) => part !== undefined).join("\n")
  return (
    <section class="outcome" aria-label="Result of the job" data-status={state === "succeeded" ? "returned" : state}>
      <h3>{end.status}</h3>
      {"preview" in end ? <PreviewText preview={end.preview} />
        : <pre tabIndex={0} role="region" aria-label="Value">{text}</pre>}
    </section>
  )
}

export const JobView = ({ job }: { readonly job: Deploy.Job }) => {
  const section = useRef<HTMLElement>(null)
  // Where there is little room it is below what can be seen
  useEffect(() => section.current?.scrollIntoView({ block: "nearest" }), [])
  return (
    <section ref={section} class="job" aria-label={`Job ${job.jobId}`}>
      <div class="row spread">
        <p role="status" class="sum">
          <strong class="state" data-state={job.state}>{job.state}</strong>
          {job.host === undefined ? "" : `on ${job.host}`}
          {job.reason === undefined ? "" : `: ${job.reason}`}
        </p>
        {Deploy.isFinal(job.state) ? null :
          <button type="button" onClick={() => void Deploy.cancel(job.jobId)}>Cancel the job</button>}
      </div>
      <dl class="facts">
        <dt>Job</dt>
        <dd>
          <code>{job.jobId}</code>
        </dd>
        <dt>Package</dt>
        <dd>
          <code>{job.packageId}</code> {job.functionName}
        </dd>
        <dt>Endpoint</dt>
        <dd>
          <code>{job.address}</code>
        </dd>
      </dl>
      {job.state === "succeeded" ? null : <ProgressBar progress={job.progress} />}
      <Trouble trouble={job.trouble} />
      <h3>Log</h3>
      {job.transcript.version.value === 0
        ? <p class="note">Nothing is printed{Deploy.isFinal(job.state) ? "" : " yet"}.</p>
        : null}
      <Output transcript={job.transcript} label="Log of the job" />
      <End job={job} />
    </section>
  )
}
