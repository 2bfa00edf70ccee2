/**
 * What every request passes before and behind its endpoint: who asks, how often and how much at once; and the audit log.
 */
import type * as HttpApp from "@effect/platform/HttpApp"
import * as HttpServerError from "@effect/platform/HttpServerError"
import * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import { Forbidden, ShuttingDown, TooManyRequests } from "../../core/http/ApiError.ts"
import * as DecodeError from "./DecodeError.ts"
import * as Client from "./Client.ts"
import type { Metrics } from "./Metrics.ts"
import type * as Occupancy from "./Occupancy.ts"
import * as Origin from "./Origin.ts"
import * as RateLimit from "./RateLimit.ts"
import { isLoopback, type ServeOptions } from "./ServeOptions.ts"

type Refusal = Forbidden | ShuttingDown | TooManyRequests

const statuses: Readonly<Record<Refusal["_tag"], number>> = { Forbidden: 403, ShuttingDown: 503, TooManyRequests: 429 }

const answer = (refusal: Refusal): HttpServerResponse.HttpServerResponse => {
  const { _tag, remedy, what, why } = refusal
  const retry = _tag === "TooManyRequests" ? { retryAfterSeconds: refusal.retryAfterSeconds } : {}
  return HttpServerResponse.unsafeJson({ _tag, what, why, remedy, ...retry }, {
    status: statuses[_tag],
    headers: _tag === "TooManyRequests" ? { "retry-after": String(refusal.retryAfterSeconds) } : {}
  })
}

const headersAlways = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  // The page of the API brings all that it needs
  "content-security-policy":
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
}

/** What watchers ask. */
const probes: ReadonlySet<string> = new Set(["/healthz", "/readyz"])

const hasBody = ({ headers }: HttpServerRequest.HttpServerRequest): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0

/** What the audit log has for a status when the client went away before there was one. */
const clientLeft = 499

/** `ending`: done when the server ends. */
export const make = (
  options: ServeOptions,
  ending: Deferred.Deferred<void>,
  room: Occupancy.Occupancy,
  metrics: Metrics
) => {
  const { audit, host, limits, origins, tokens } = options
  const rate = RateLimit.make(limits.requestsPerMinute)
  const onLoopback = isLoopback(host)

  const refusalOf = (request: HttpServerRequest.HttpServerRequest, address: string) =>
    Effect.gen(function*() {
      const { host: own, origin } = request.headers
      if (yield* Deferred.isDone(ending)) {
        return new ShuttingDown({ what: "The server ends", remedy: "Ask again when it is back: no job is lost." })
      }
      if (onLoopback && !Origin.isOwnHost(own)) {
        return new Forbidden({
          what: `This server listens on this machine only, and was asked by the name ${Quotation.quoted(own ?? "")}`,
          remedy: "Use 127.0.0.1 or localhost."
        })
      }
      if (origin !== undefined && !Origin.isAllowed(origin, own, origins)) {
        return new Forbidden({
          what: `Pages of ${Quotation.quoted(origin)} may not ask this server`,
          remedy: "Start it with --allow-origin ORIGIN if they should."
        })
      }
      const seconds = probes.has(request.url) ? 0 : rate.take(address, yield* Clock.currentTimeMillis)
      return seconds === 0 ? undefined : new TooManyRequests({
        retryAfterSeconds: seconds,
        what: `More than ${limits.requestsPerMinute} requests in a minute`,
        remedy: `Ask again in ${seconds} s.`
      })
    })

  /** Tells a page's browser that the page may read the answer. */
  const withOrigin =
    (request: HttpServerRequest.HttpServerRequest) => (response: HttpServerResponse.HttpServerResponse) => {
      const { origin } = request.headers
      return origin === undefined || !Origin.isAllowed(origin, request.headers["host"], origins)
        ? response
        : HttpServerResponse.setHeaders(response, {
          "access-control-allow-origin": origin,
          "access-control-expose-headers": "retry-after",
          vary: "origin"
        })
    }

  const preflight = (request: HttpServerRequest.HttpServerRequest): HttpServerResponse.HttpServerResponse =>
    HttpServerResponse.empty({
      status: 204,
      headers: {
        "access-control-allow-methods": "GET, PUT, POST",
        "access-control-allow-headers": "authorization, content-type, idempotency-key, last-event-id, b3, traceparent",
        "access-control-max-age": "600",
        ...(request.headers["access-control-request-private-network"] === "true"
          ? { "access-control-allow-private-network": "true" }
          : {})
      }
    })

  return <E, R>(app: HttpApp.Default<E, R>): HttpApp.Default<never, R | Scope.Scope> =>
    Effect.gen(function*() {
      const request = yield* HttpServerRequest.HttpServerRequest
      const began = yield* Clock.currentTimeMillis
      const address = Option.getOrElse(request.remoteAddress, () => "unknown")
      const client = Client.of(request, tokens)
      const isPreflight = request.method === "OPTIONS" && request.headers["access-control-request-method"] !== undefined
      // What is no error of the API, such as an address that does not exist, becomes a response here
      const answered = Effect.catchAllCause(app, (cause) =>
        Effect.flatMap(HttpServerError.causeResponse(cause), ([response]) =>
          response.status >= 500
            ? Effect.as(Effect.logError("A request failed", cause), response)
            : Effect.succeed(response)))
      const handled = Effect.flatMap(refusalOf(request, address), (refusal) =>
        refusal !== undefined
          ? Effect.succeed(answer(refusal))
          : isPreflight
          ? Effect.succeed(preflight(request))
          : request.url === "/"
          ? Effect.succeed(HttpServerResponse.redirect("/docs"))
          // Whoever watches the server must be answered when it is full, too
          : probes.has(request.url)
          ? answered
          : Effect.matchEffect(room.enter(client.share), {
            onFailure: (full) =>
              Effect.succeed(answer(full)),
            onSuccess: () =>
              Effect.map(answered, (response) => Client.challenging(DecodeError.shorten(response)))
          }))
      const writeDown = (status: number, location?: string) =>
        Effect.map(Clock.currentTimeMillis, (ended) => {
          metrics.answered(request.method, status, ended - began)
          // Those who watch ask every few seconds
          if (probes.has(request.url)) return
          audit(Quotation.json({
            time: new Date(began).toISOString(),
            address,
            ...(client.name === undefined ? {} : { client: client.name }),
            method: request.method,
            // Names and values that are asked for may be secrets that were put there by mistake
            path: Quotation.plain(request.url.split("?")[0] ?? ""),
            status,
            // The job that was made
            ...(location === undefined ? {} : { location }),
            milliseconds: ended - began,
            ...(request.headers["origin"] === undefined ? {} : { origin: Quotation.plain(request.headers["origin"]) })
          }))
        })
      const watched = Effect.onInterrupt(handled, () => writeDown(clientLeft))
      const response = yield* Effect.map(watched, (response) => {
        const complete = HttpServerResponse.setHeaders(withOrigin(request)(response), headersAlways)
        // What is left of a body that was refused is not read
        return response.status >= 400 && hasBody(request)
          ? HttpServerResponse.setHeader(complete, "connection", "close")
          : complete
      })
      yield* writeDown(response.status, response.headers["location"])
      return response
    })
}
