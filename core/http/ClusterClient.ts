/**
 * The client of a deploy endpoint, derived from {@link ClusterApi}: on Node, in a page, wherever there is an `HttpClient`.
 */
import * as HttpApiClient from "@effect/platform/HttpApiClient"
import * as HttpClient from "@effect/platform/HttpClient"
import { type HttpClientError, ResponseError } from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as ParseResult from "effect/ParseResult"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createParser, type EventSourceMessage } from "eventsource-parser"
import * as ApiError from "./ApiError.ts"
import * as BoundedResponse from "./BoundedResponse.ts"
import type { ApiCall } from "./ApiJob.ts"
import { ClusterApi, idempotencyKey } from "./ClusterApi.ts"
import * as LogEvent from "./LogEvent.ts"

export interface Options {
  /** Where the server is, such as `http://127.0.0.1:4747`. */
  readonly endpoint: string
  readonly token?: Redacted.Redacted | undefined
}

/** What following the logs may fail with. The connection itself is made anew; see {@link follow}. */
export type LogsError =
  | HttpClientError
  | ParseResult.ParseError
  | ApiError.JobMissing
  | ApiError.Unauthorized
  | ApiError.Forbidden
  | ApiError.ClusterFailed
  | ApiError.TooManyRequests
  | ApiError.ShuttingDown

const LogsFailure = Schema.Union(
  ApiError.JobMissing,
  ApiError.Unauthorized,
  ApiError.Forbidden,
  ApiError.ClusterFailed,
  ApiError.TooManyRequests,
  ApiError.ShuttingDown
)

/** What a server says that ends or has too much to do, and what is said in front of one that is not there. */
const passing: ReadonlySet<LogsError["_tag"]> = new Set([
  "RequestError",
  "ResponseError",
  "TooManyRequests",
  "ShuttingDown"
])

/** Gateways whose server is not there speak no JSON. */
const isGateway = ({ status }: HttpClientResponse.HttpClientResponse): boolean => status >= 502 && status <= 504

/** How often in a row a stream may break off before anything came. */
const attempts = 10
const shortestWait = Duration.millis(200)
const longestWait = Duration.seconds(10)

/** Of the request that is being made. */
class IdempotencyKey extends Context.Tag("clustrix/serve/IdempotencyKey")<IdempotencyKey, string>() {}

const clientFor = ({ endpoint, token }: Options) => (client: HttpClient.HttpClient): HttpClient.HttpClient =>
  HttpClient.mapRequestEffect(client, (request) =>
    Effect.map(Effect.serviceOption(IdempotencyKey), (key) => {
      const there = HttpClientRequest.prependUrl(request, endpoint.replace(/\/+$/, ""))
      const known = token === undefined ? there : HttpClientRequest.bearerToken(there, Redacted.value(token))
      return Option.isSome(key) ? HttpClientRequest.setHeader(known, idempotencyKey, key.value) : known
    }))

/** Of one event: what a job prints comes in pieces of a megabyte. */
const mostEventCharacters = 67_108_864

/** The events in a response, until it ends or breaks off. */
const eventsOf = (response: HttpClientResponse.HttpClientResponse) =>
  Stream.suspend(() => {
    const found: Array<EventSourceMessage> = []
    const parser = createParser({ onEvent: (event) => found.push(event) })
    let pending = 0
    return response.stream.pipe(
      Stream.decodeText(),
      Stream.mapConcatEffect((text) => {
        parser.feed(text)
        pending = found.length > 0 ? text.length : pending + text.length
        if (pending > mostEventCharacters) {
          return Effect.fail(BoundedResponse.refused(response, "An event of the logs does not end."))
        }
        return Effect.succeed(
          found.splice(0).flatMap(({ data, event, id }) => LogEvent.decode(event, id, data) ?? [])
        )
      })
    )
  })

/** The logs of a job from the beginning to its end; a connection that breaks off is made anew, and goes on where it was. */
const follow = (client: HttpClient.HttpClient, jobId: string): Stream.Stream<LogEvent.LogEvent, LogsError> =>
  Stream.suspend(() => {
    let last: string | undefined
    let isOver = false
    let failures = 0
    const once = Stream.unwrapScoped(Effect.gen(function*() {
      const request = HttpClientRequest.get(`/v1/jobs/${encodeURIComponent(jobId)}/logs`).pipe(
        HttpClientRequest.setHeader("accept", "text/event-stream"),
        last === undefined ? (same) => same : HttpClientRequest.setHeader("last-event-id", last)
      )
      const response = yield* client.execute(request)
      if (response.status !== 200) {
        const error = BoundedResponse.bounded(response).pipe(
          Effect.flatMap(HttpClientResponse.schemaBodyJson(LogsFailure)),
          Effect.catchIf(
            () => isGateway(response),
            () => new ResponseError({ request: response.request, response, reason: "StatusCode" })
          )
        )
        return yield* Effect.flatMap(error, (error) => Effect.fail(error))
      }
      return Stream.tap(eventsOf(response), (event) =>
        Effect.sync(() => {
          last = event.id
          isOver = event.event === "end"
          failures = 0
        }))
    }))
    const patient: Stream.Stream<LogEvent.LogEvent, LogsError> = Stream.catchAll(
      Stream.concat(
        once,
        // Ended without its last event: the server went away
        Stream.suspend(() => isOver ? Stream.empty : again(undefined))
      ),
      (error) => passing.has(error._tag) ? again(error) : Stream.fail(error)
    )
    const again = (error: LogsError | undefined): Stream.Stream<LogEvent.LogEvent, LogsError> =>
      Stream.suspend(() => {
        failures += 1
        if (error !== undefined && failures > attempts) return Stream.fail(error)
        const wait = Duration.min(Duration.times(shortestWait, 2 ** Math.min(failures - 1, 10)), longestWait)
        return Stream.unwrap(Effect.as(Effect.sleep(wait), patient))
      })
    return patient
  })

/** Effects for every endpoint, by group and name, and `logs` as a stream. */
export const make = (options: Options) =>
  Effect.gen(function*() {
    const withToken = clientFor(options)
    const client = withToken(yield* HttpClient.HttpClient)
    const { cluster, jobs, packages } = yield* HttpApiClient.make(ClusterApi, {
      transformClient: (inner) => HttpClient.transform(withToken(inner), Effect.flatMap(BoundedResponse.bounded))
    })
    const { logs: _, submit, ...rest } = jobs
    return {
      cluster,
      packages,
      jobs: {
        ...rest,
        /** Sent again with the same `idempotencyKey`, a call stays one job. */
        submit: (
          request: { readonly payload: ApiCall; readonly idempotencyKey?: string | undefined }
        ) => {
          const submitted = submit({ payload: request.payload })
          return request.idempotencyKey === undefined
            ? submitted
            : Effect.provideService(submitted, IdempotencyKey, request.idempotencyKey)
        },
        logs: (jobId: string) => follow(client, jobId)
      }
    }
  })

export type ClusterClient = Effect.Effect.Success<ReturnType<typeof make>>
