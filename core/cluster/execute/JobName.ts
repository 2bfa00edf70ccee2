/**
 * Jobs by a short name: a part of the ID that only one job has, or `latest`.
 */
import * as Order from "effect/Order"
import * as Quotation from "../../diagnostics/Quotation.ts"
import { JobAmbiguousError } from "./JobError.ts"

/** The newest job. */
export const latest = "latest"

/** What `ClusterExecutor` calls its jobs: names that sort by time. */
export const pattern = /^\d{8}T\d{9}-[0-9a-f]{8}$/

/**
 * Those of `ids` that `name` may mean, newest first: the one that is called exactly so, else all that begin or end with it.
 * Every one of them for `latest`.
 */
export const candidates = (name: string, ids: ReadonlyArray<string>): ReadonlyArray<string> => {
  if (ids.includes(name)) return [name]
  const newestFirst = ids.toSorted(Order.reverse(Order.string))
  if (name === latest) return newestFirst
  return name === "" ? [] : newestFirst.filter((id) => id.startsWith(name) || id.endsWith(name))
}

const mostShown = 8

/** The error of a name that several jobs share, newest first. */
export const ambiguous = (
  name: string,
  jobs: ReadonlyArray<{ readonly jobId: string; readonly functionName: string }>
): JobAmbiguousError =>
  new JobAmbiguousError({
    name,
    jobIds: jobs.map(({ jobId }) => jobId),
    what: `${Quotation.quoted(name)} may be any of ${jobs.length} jobs`,
    why: [
      ...jobs.slice(0, mostShown).map(({ functionName, jobId }) => `${jobId}  ${functionName}`),
      ...(jobs.length > mostShown ? [`and ${jobs.length - mostShown} older ones`] : [])
    ].join("\n  "),
    remedy: "Write more of the ID, from its beginning or its end."
  })
