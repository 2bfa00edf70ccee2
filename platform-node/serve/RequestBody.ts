/**
 * The bytes that a client sends.
 */
import * as NodeHttpServerRequest from "@effect/platform-node/NodeHttpServerRequest"
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { IncomingMessage } from "node:http"
import { TooSlow } from "../../core/http/ApiError.ts"
import type { Limits } from "./ServeOptions.ts"

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

/** How long a body may come more slowly than it must. */
const patienceMillis = 15_000

const tooSlow = ({ bodyBytesPerSecond }: Limits): TooSlow =>
  new TooSlow({
    what: `The body comes more slowly than ${bodyBytesPerSecond} bytes in a second`,
    remedy: "Send it again over a faster connection."
  })

/**
 * Fails with `broken` when the client goes away, and as `TooSlow` when it sends hardly anything. Whoever stops reading leaves a
 * connection on which an answer can be sent.
 */
export const bytesOf = <E>(
  request: HttpServerRequest.HttpServerRequest,
  limits: Limits,
  broken: (cause: unknown) => E
): Stream.Stream<Uint8Array, E | TooSlow> =>
  Stream.unwrapScoped(Effect.gen(function*() {
    const message = yield* Effect.acquireRelease(
      Effect.sync(() => NodeHttpServerRequest.toIncomingMessage(request)),
      linger
    )
    const began = yield* Clock.currentTimeMillis
    let received = 0
    return Stream.fromAsyncIterable<Uint8Array, E>(message.iterator({ destroyOnReturn: false }), broken).pipe(
      Stream.timeoutFail(() => tooSlow(limits), patienceMillis),
      Stream.tap((piece) =>
        Effect.flatMap(Clock.currentTimeMillis, (now) => {
          received += piece.length
          const due = (now - began - patienceMillis) / 1000 * limits.bodyBytesPerSecond
          return received < due ? Effect.fail(tooSlow(limits)) : Effect.void
        })
      )
    )
  }))

/** The whole body, if it has not more than `limitBytes`. */
export const wholeOf = <E, E2>(
  bytes: Stream.Stream<Uint8Array, E>,
  limitBytes: number,
  tooLarge: E2
): Effect.Effect<Uint8Array, E | E2> =>
  Effect.suspend(() => {
    const pieces: Array<Uint8Array> = []
    let received = 0
    return Effect.map(
      Stream.runForEach(bytes, (piece): Effect.Effect<void, E2> => {
        received += piece.length
        pieces.push(piece)
        return received > limitBytes ? Effect.fail(tooLarge) : Effect.void
      }),
      () => Buffer.concat(pieces, received)
    )
  })
