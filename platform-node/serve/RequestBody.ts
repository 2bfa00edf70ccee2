/**
 * The bytes that a client sends.
 */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { IncomingMessage } from "node:http"

/** How long what nobody wants is still taken: a client that is cut off in the middle of sending would not see the answer. */
const lingerMillis = 2000

/** Ends when the client has sent everything, or has sent long enough in vain. */
const linger = (message: IncomingMessage): Effect.Effect<void> =>
  Effect.async<void>((resume) => {
    if (message.readableEnded || message.destroyed) return resume(Effect.void)
    const done = (): void => {
      clearTimeout(late)
      message.off("end", done).off("close", done).off("error", done)
      resume(Effect.void)
    }
    const late = setTimeout(done, lingerMillis)
    message.on("end", done).on("close", done).on("error", done)
    message.resume()
  })

/** Fails with `broken` when the client goes away. Whoever stops reading leaves a connection on which an answer can be sent. */
export const bytesOf = <E>(
  request: HttpServerRequest.HttpServerRequest,
  broken: (cause: unknown) => E
): Stream.Stream<Uint8Array, E> =>
  Stream.unwrapScoped(Effect.map(
    Effect.acquireRelease(
      Effect.sync(() => NodeHttpServerRequest.toIncomingMessage(request)),
      linger
    ),
    (message) => Stream.fromAsyncIterable<Uint8Array, E>(message.iterator({ destroyOnReturn: false }), broken)
  ))
