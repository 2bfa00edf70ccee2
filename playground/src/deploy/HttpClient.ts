/**
 * The endpoint over HTTP: the client that is derived from its API, with errors that a person can act upon.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as ValueText from "../../../core/runtime/ValueText.ts"
import * as ClusterClient from "../../../core/http/ClusterClient.ts"
import { type Client, type JobEnd, type Trouble, TroubleError } from "./Client.ts"

/** How long one question for the result waits there, in seconds. */
const waitSeconds = 30

type Fetch = typeof globalThis.fetch

const layerOf = (fetch: Fetch) =>
  Layer.mergeAll(
    FetchHttpClient.layer,
    Layer.succeed(FetchHttpClient.Fetch, fetch),
    Layer.succeed(FetchHttpClient.RequestInit, {
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store"
    })
  )

/** A browser does not tell a page why a connection failed; an answer that it may not read shows that somebody is there. */
const answers = (url: URL, fetch: Fetch): Promise<boolean> =>
  fetch(new URL("v1/cluster", url), {
    mode: "no-cors",
    credentials: "omit",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(10_000)
  }).then(() => true, () => false)

const unreachable = async (url: URL, fetch: Fetch): Promise<Trouble> =>
  await answers(url, fetch)
    ? {
      what: `${url.host} answers, and does not let this page ask it`,
      why: "Its list of allowed origins has not the one of this page (CORS), or something else listens there.",
      remedy: `Start it with: clustrix serve --allow-origin ${location.origin}`
    }
    : {
      what: `${url.host} cannot be reached`,
      why: "Nothing listens there, its certificate is not valid, or the network is down.",
      remedy: "Start it with `clustrix serve`, and check the address."
    }

/** Tags of errors that pass. */
const passing: ReadonlySet<unknown> = new Set(["RequestError", "TooManyRequests", "ShuttingDown", "ClusterFailed"])

const hasText = <K extends string>(error: object, key: K): error is Record<K, string> =>
  key in error && typeof Reflect.get(error, key) === "string"

const notClustrix = (url: URL, why: string): Trouble => ({
  what: `What answers at ${url.host} is not a deploy endpoint that this page understands`,
  why,
  remedy: "Check the address, and that its version of Clustrix is that of this page."
})

const unauthorized = (url: URL, token: string): Trouble => ({
  what: token === "" ? `${url.host} wants a token` : `${url.host} does not know this token`,
  remedy: "Who runs the server has it: CLUSTRIX_SERVE_TOKEN, or a line of its token file."
})

const troubleOf = async (url: URL, token: string, fetch: Fetch, error: unknown): Promise<Trouble> => {
  if (typeof error !== "object" || error === null || !("_tag" in error)) return { what: String(error) }
  if (error._tag === "Unauthorized") return unauthorized(url, token)
  // Every error of the API says what, and some say why and what to do
  if (hasText(error, "what")) {
    return {
      what: error.what,
      why: hasText(error, "why") ? error.why : undefined,
      remedy: hasText(error, "remedy") ? error.remedy : undefined
    }
  }
  if (error._tag === "RequestError") return unreachable(url, fetch)
  return notClustrix(url, (error instanceof Error ? error.message : String(error)).slice(0, 400))
}

/** `fetch` reaches the endpoint, and need not reach anything else. */
export const make = (url: URL, token: string, fetch: Fetch): Client => {
  const layer = layerOf(fetch)
  const client = ClusterClient.make({
    endpoint: url.href,
    token: token === "" ? undefined : Redacted.make(token)
  })

  const ask = async <A>(
    question: (client: ClusterClient.ClusterClient) => Effect.Effect<A, unknown>,
    signal: AbortSignal
  ): Promise<A> => {
    const asked = Effect.flatMap(client, question).pipe(
      // Headers of traces are none that a server must allow
      Effect.locally(HttpClient.currentTracerPropagation, false),
      Effect.provide(layer)
    )
    const exit = await Effect.runPromiseExit(asked, { signal })
    if (Exit.isSuccess(exit)) return exit.value
    if (signal.aborted) {
      const isLate = signal.reason instanceof DOMException && signal.reason.name === "TimeoutError"
      throw new TroubleError({ what: isLate ? `${url.host} has not answered in time` : "It was stopped" })
    }
    const error = Cause.squash(exit.cause)
    const isPassing = typeof error === "object" && error !== null && "_tag" in error && passing.has(error._tag)
    throw new TroubleError(await troubleOf(url, token, fetch, error), isPassing)
  }

  const end = async (jobId: string, signal: AbortSignal): Promise<JobEnd> => {
    for (;;) {
      const result = await ask(
        ({ jobs }) => jobs.result({ path: { jobId }, urlParams: { wait: waitSeconds } }),
        signal
      )
      if (result._tag === "Returned") return { status: "returned", value: result.value }
      if (result._tag === "Failed") {
        const { error, remedy, what, why } = result
        return { status: error, trouble: { what, why, remedy } }
      }
    }
  }

  return {
    about: (signal) => ask(({ cluster }) => cluster.describe(), signal),
    has: (digest, signal) =>
      ask(({ packages }) =>
        packages.find({ path: { digest } }).pipe(
          Effect.as(true),
          Effect.catchTag("PackageMissing", () => Effect.succeed(false))
        ), signal),
    upload: async (digest, zip, signal) => {
      await ask(({ packages }) => packages.upload({ path: { digest }, payload: zip }), signal)
    },
    submit: async (digest, { args, kwargs, limits }, signal) => {
      // What JSON can say can be carried
      const options = ValueText.encode(kwargs)
      const job = await ask(({ jobs }) =>
        jobs.submit({
          payload: {
            digest,
            json: args,
            ...(Object.keys(limits).length === 0 ? {} : { limits }),
            ...(options.ok && Object.keys(kwargs).length > 0 ? { options: options.text } : {})
          }
        }), signal)
      return job.jobId
    },
    status: async (jobId, signal) => {
      const { host, reason, state } = await ask(({ jobs }) => jobs.status({ path: { jobId } }), signal)
      return { state, reason, host }
    },
    follow: (jobId, heard, signal) =>
      ask(({ jobs }) =>
        Stream.runForEach(jobs.logs(jobId), (event) =>
          Effect.sync(() => {
            if (event.event === "progress") heard.progress(event.progress)
            else if (event.event !== "end") heard.print({ stream: event.event, text: event.text })
          })), signal),
    end,
    cancel: async (jobId, signal) => {
      await ask(({ jobs }) => jobs.cancel({ path: { jobId } }), signal)
    }
  }
}
