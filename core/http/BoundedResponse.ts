/**
 * What a server answers, within limits: it may be another one than is thought.
 */
import { type HttpClientError, ResponseError } from "@effect/platform/HttpClientError"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as BoundedJson from "../archive/BoundedJson.ts"

/** A result is one text in it, as large as a server may hand it on. */
const limits: BoundedJson.Limits = {
  bytes: 268_435_456,
  depth: 32,
  elements: 200_000,
  stringBytes: 268_435_456
}

/** The error of an answer that is too much. */
export const refused = (response: HttpClientResponse.HttpClientResponse, description: string): ResponseError =>
  new ResponseError({ request: response.request, response, reason: "Decode", description })

/** The same response with its whole body, which was counted while it came. */
export const bounded = (
  response: HttpClientResponse.HttpClientResponse
): Effect.Effect<HttpClientResponse.HttpClientResponse, HttpClientError> =>
  Effect.gen(function*() {
    const count = BoundedJson.counter(limits)
    const pieces: Array<Uint8Array<ArrayBuffer>> = []
    yield* Stream.runForEach(response.stream, (piece) => {
      const excess = count(piece)
      pieces.push(piece.slice())
      return excess === undefined ? Effect.void : Effect.fail(refused(response, excess))
    })
    return HttpClientResponse.fromWeb(
      response.request,
      new Response(pieces.length === 0 ? null : new Blob(pieces), {
        status: response.status,
        headers: response.headers
      })
    )
  })
