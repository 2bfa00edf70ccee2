/**
 * Packages that were sent to an endpoint, and their jobs: those of this page. Nothing is sent before somebody presses the
 * button.
 */
import { batch, computed, signal } from "@preact/signals"
import type { PackagingWorker } from "../../../platform-browser/index.ts"
import type { Progress } from "../../../core/runtime/Progress.ts"
import type { Preview } from "../../../platform-browser/run/Preview.ts"
import { previewOf } from "../output/ValuePreview.ts"
import { Transcript } from "../output/Transcript.ts"
import { type Client, type JobEnd, type JobState, type Limits, type Trouble, TroubleError } from "./Client.ts"
import * as Endpoint from "./Endpoint.ts"
import { failure, settled, worker } from "../packaging/Packaging.ts"
import * as Project from "../project/Project.ts"
import { argumentsOf, callsOf, optionsOf } from "../run/Arguments.ts"

/** How a job ended, as it is shown. */
export type ShownEnd =
  | { readonly status: "returned"; readonly preview: Preview }
  | Extract<JobEnd, { readonly trouble: Trouble }>

export interface Job {
  readonly jobId: string
  /** Of the endpoint. */
  readonly address: string
  readonly functionName: string
  readonly packageId: string
  readonly submittedAt: Date
  readonly state: JobState
  readonly reason: string | undefined
  readonly host: string | undefined
  /** What the function says of itself. */
  readonly progress: Progress | undefined
  readonly transcript: Transcript
  readonly end: ShownEnd | undefined
  /** Why nothing is heard of it any more. */
  readonly trouble: Trouble | undefined
}

/** Sending so many bytes again costs less than to ask whether they are there. */
const smallPackage = 262_144

export const jobs = signal<ReadonlyArray<Job>>([])
const chosenId = signal<string | undefined>(undefined)
export const chosen = computed(() => jobs.value.find(({ jobId }) => jobId === chosenId.value))
/** What is being done, from the press of the button until the job is there. */
export const step = signal<string | undefined>(undefined)
export const trouble = signal<Trouble | undefined>(undefined)
/** The options object, as JSON; passed to the function as its last argument when it has any key. */
export const kwargs = signal("{}")

/** What each call may use, as it is typed; empty for what the endpoint is configured with. */
export const limits = { cores: signal(""), memory: signal(""), time: signal("") }

const limitsOf = (): Limits | string => {
  const [cores, memory, time] = [limits.cores.value.trim(), limits.memory.value.trim(), limits.time.value.trim()]
  if (cores !== "" && !/^[1-9]\d{0,4}$/.test(cores)) return `Cores are a number. Received ${JSON.stringify(cores)}.`
  return {
    ...(cores === "" ? {} : { cores: Number(cores) }),
    ...(memory === "" ? {} : { memory }),
    ...(time === "" ? {} : { time })
  }
}

export const choose = (jobId: string): void => {
  chosenId.value = jobId
}

export const isFinal = (state: JobState): boolean => state !== "queued" && state !== "running"

const change = (jobId: string, fields: Partial<Job>): void => {
  jobs.value = jobs.value.map((job) => job.jobId === jobId ? { ...job, ...fields } : job)
}

/** The address and the token of a job stay those that it was sent with. */
const clients = new Map<string, Client>()

/** Frames in the user's files: the endpoint knows the package only. */
const shownEnd = async (end: JobEnd, request: PackagingWorker.PackageRequest): Promise<ShownEnd> => {
  if (!("trouble" in end)) return { status: "returned", preview: await previewOf(end.value) }
  const { why, what } = end.trouble
  try {
    const [mappedWhat = what, mappedWhy] = await worker.mapStacks({
      ...request,
      stacks: [what, ...(why === undefined ? [] : [why])]
    })
    return { ...end, trouble: { ...end.trouble, what: mappedWhat, why: mappedWhy } }
  } catch {
    // As the job wrote them
    return end
  }
}

const pause = (millis: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, millis)
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true })
  })

/** Waits between questions that nobody answers, in ms: some three minutes in all. */
const waits = [500, 1_000, 2_000, 4_000, ...Array.from({ length: 17 }, () => 10_000)]

/** Asks again while what is wrong may pass, and says meanwhile what it is: a server that is started anew knows its jobs. */
const patiently = async <A>(jobId: string, signal: AbortSignal, question: () => Promise<A>): Promise<A> => {
  for (const wait of waits) {
    try {
      const answer = await question()
      if (jobs.peek().find((job) => job.jobId === jobId)?.trouble !== undefined) change(jobId, { trouble: undefined })
      return answer
    } catch (error) {
      if (signal.aborted || !(error instanceof TroubleError) || !error.isPassing) throw error
      change(jobId, { trouble: error.trouble })
      await pause(wait, signal)
    }
  }
  return question()
}

/** Asks for the state until it will not change. */
const watch = async (client: Client, jobId: string, signal: AbortSignal): Promise<void> => {
  for (let wait = 500; !signal.aborted; wait = Math.min(wait * 1.5, 5_000)) {
    const status = await patiently(jobId, signal, () => client.status(jobId, signal))
    change(jobId, status)
    if (isFinal(status.state)) return
    await pause(wait, signal)
  }
}

const follow = async (
  client: Client,
  jobId: string,
  transcript: Transcript,
  request: PackagingWorker.PackageRequest
): Promise<void> => {
  const abort = new AbortController()
  clients.set(jobId, client)
  try {
    const watching = watch(client, jobId, abort.signal)
    const [end] = await Promise.all([
      client.follow(jobId, {
        print: (line) => transcript.add(line),
        progress: (progress) => change(jobId, { progress })
      }, abort.signal).then(() => patiently(jobId, abort.signal, () => client.end(jobId, abort.signal))),
      watching
    ])
    const status = await patiently(jobId, abort.signal, () => client.status(jobId, abort.signal))
    const shown = await shownEnd(end, request)
    batch(() => change(jobId, { ...status, end: shown }))
  } catch (error) {
    change(jobId, { trouble: Endpoint.troubleOf(error) })
  } finally {
    abort.abort()
  }
}

let sending: AbortController | undefined

/** Sends the package if the endpoint has it not yet, and submits the call. */
export const deploy = async (): Promise<void> => {
  const endpoint = Endpoint.connected.value
  if (endpoint === undefined || step.value !== undefined) return
  const one = argumentsOf(Project.args.value)
  const calls = Project.inputs.value.trim() === "" ? typeof one === "string" ? one : [one]
    : callsOf(Project.inputs.value)
  const [options, allowed] = [optionsOf(kwargs.value), limitsOf()]
  const wrong = [calls, options, allowed].find((each) => typeof each === "string")
  trouble.value = typeof wrong === "string" ? { what: wrong } : undefined
  if (typeof calls === "string" || typeof options === "string" || typeof allowed === "string") return
  step.value = "Waiting for the package"
  const made = await settled()
  if (made === undefined) {
    step.value = undefined
    trouble.value = { what: "There is no package to deploy", why: failure.peek()?.what }
    return
  }
  const { analysis, request } = made
  const { about, address, client } = endpoint
  const { digest, functionName, packageId, zip } = analysis
  if (zip.length > about.packageBytes) {
    step.value = undefined
    trouble.value = {
      what: `The package has ${zip.length.toLocaleString("en")} bytes`,
      why: `This endpoint takes ${about.packageBytes.toLocaleString("en")} at most.`
    }
    return
  }
  sending = new AbortController()
  const { signal } = sending
  try {
    if (zip.length > smallPackage) step.value = "Asking whether the package is there"
    if (zip.length <= smallPackage || !await client.has(digest, signal)) {
      step.value = `Sending ${zip.length.toLocaleString("en")} bytes`
      await client.upload(digest, zip, signal)
    }
    signal.throwIfAborted()
    for (const [index, args] of calls.entries()) {
      // A call that is sent cannot be stopped, for nobody could tell whether there is a job
      signal.throwIfAborted()
      step.value = calls.length === 1 ? "Submitting the call" : `Submitting call ${index + 1} of ${calls.length}`
      const jobId = await client.submit(
        digest,
        { args, kwargs: options, limits: allowed },
        AbortSignal.timeout(120_000)
      )
      const transcript = new Transcript()
      batch(() => {
        jobs.value = [{
          jobId,
          address,
          functionName,
          packageId,
          submittedAt: new Date(),
          state: "queued",
          reason: undefined,
          host: undefined,
          progress: undefined,
          transcript,
          end: undefined,
          trouble: undefined
        }, ...jobs.value]
        chosenId.value = jobId
      })
      void follow(client, jobId, transcript, request)
    }
  } catch (error) {
    trouble.value = signal.aborted ? { what: "It was stopped: what was submitted is in the list" }
      : Endpoint.troubleOf(error)
  } finally {
    step.value = undefined
    sending = undefined
  }
}

/** Stops what is on its way; what was submitted runs on. */
export const stop = (): void => sending?.abort()

export const cancel = async (jobId: string): Promise<void> => {
  const client = clients.get(jobId)
  if (client === undefined) return
  try {
    await client.cancel(jobId, AbortSignal.timeout(60_000))
  } catch (error) {
    change(jobId, { trouble: Endpoint.troubleOf(error) })
  }
}
