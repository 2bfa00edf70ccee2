/**
 * The one connection to a host: made when it is first needed, shared by all, made anew when it was cut.
 */
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import type { SFTPWrapper } from "ssh2"
import * as Quotation from "../../core/diagnostics/Quotation.ts"
import { TransportError } from "../../core/cluster/Transport.ts"
import * as Sftp from "./Sftp.ts"
import * as SshChannels from "./SshChannels.ts"
import { connect, type SshConnection } from "./SshConnection.ts"
import * as SshTarget from "./SshTarget.ts"

/**
 * After a cut: at once, then after 0.2 s, 0.4 s, ... at most 5 s; with jitter, so that a thousand clients do not come back in
 * the same moment.
 */
const pauses = Schedule.exponential("200 millis").pipe(Schedule.union(Schedule.spaced("5 seconds")), Schedule.jittered)

/** When nobody knows yet whether the host is the right one, but its key is. */
const firstTries = 2

/** Cuts in a row without any progress: then it is not the network. */
const mostCuts = 12

/** Worth another try: the network failed, not the host's answer. */
const isTransient = (error: unknown): boolean =>
  error instanceof TransportError && (error.reason === "Connection" || error.reason === "TimedOut")

/** The host allows no further channel now; `ssh2` gives the number that RFC 4254 (5.1) has for it. */
const isRefusal = (cause: unknown): boolean => cause instanceof Error && "reason" in cause
const wasRefused = (error: unknown): boolean =>
  error instanceof TransportError && error.reason === "Unavailable" && isRefusal(error.cause)

export interface Repetition {
  /** Whether doing it twice does what doing it once does. Default: true. */
  readonly isRepeatable?: boolean | undefined
  /** How far it is: as long as this grows, cuts do not count. */
  readonly progress?: (() => number) | undefined
}

export interface SshSession {
  readonly target: SshTarget.SshTarget
  /** The connection as it is now; a new one if it was cut. */
  readonly connection: Effect.Effect<SshConnection, TransportError>
  /** Runs `use` with the channel for files; again when it was cut. */
  readonly files: <A, E>(
    use: (sftp: SFTPWrapper) => Effect.Effect<A, E>,
    repetition?: Repetition
  ) => Effect.Effect<A, E | TransportError>
  /** Runs `use`, which opens a channel of its own; again when it was cut. */
  readonly command: <A>(
    use: (connection: SshConnection) => Effect.Effect<A, TransportError>,
    repetition?: Repetition
  ) => Effect.Effect<A, TransportError>
  /** Runs `use` with the channel for files, if one is open: what is nice to have when the connection is there. */
  readonly filesIfOpen: (use: (sftp: SFTPWrapper) => Promise<unknown>) => Effect.Effect<void>
}

/** From the end of the channel to that of a call: what came before is to be taken along. */
const lateMillis = 100

interface Live {
  readonly connection: SshConnection
  readonly scope: Scope.CloseableScope
  sftp: Promise<SFTPWrapper> | undefined
  /** Done when the channel for files has ended. */
  filesEnded: Deferred.Deferred<void>
}

const openSftp = async (connection: SshConnection, seconds: number): Promise<SFTPWrapper> => {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It did not answer within ${seconds} s.`)), seconds * 1000)
  })
  const opening = Sftp.call<SFTPWrapper>((done) => connection.client.sftp(done))
  try {
    const sftp = await Promise.race([opening, silence])
    // The calls that were on their way hear of it
    sftp.on("error", () => undefined)
    return sftp
  } catch (cause) {
    opening.then((sftp) => sftp.end(), () => undefined)
    throw cause
  } finally {
    clearTimeout(timer)
  }
}

/** Again while it was cut, and something may come of it. */
const again = <A, E>(
  attempt: Effect.Effect<A, E>,
  { isRepeatable = true, progress = () => 0 }: Repetition,
  cuts = 0
): Effect.Effect<A, E> =>
  Effect.suspend(() => {
    const before = progress()
    return Effect.catchAll(attempt, (error) => {
      const inRow = progress() > before ? 0 : cuts + 1
      if (!isRepeatable || !isTransient(error) || inRow > mostCuts) return Effect.fail(error)
      const pause = inRow < 2 ? 0 : Math.min(5000, 50 * 2 ** inRow) * (0.8 + 0.4 * Math.random())
      return Effect.delay(again(attempt, { isRepeatable, progress }, inRow), pause)
    })
  })

export const make = (target: SshTarget.SshTarget): Effect.Effect<SshSession, never, Scope.Scope> =>
  Effect.gen(function*() {
    const sessionScope = yield* Effect.scope
    let live: Live | undefined
    let connecting: { readonly fiber: Fiber.Fiber<Live, TransportError>; waiting: number } | undefined
    let hasConnected = false

    const end = Effect.suspend(() => {
      const ended = live
      live = undefined
      return ended === undefined ? Effect.void : Scope.close(ended.scope, Exit.void)
    })
    yield* Effect.addFinalizer(() => end)

    const connectOnce = (verified: () => void): Effect.Effect<Live, TransportError> =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          yield* end
          const scope = yield* Scope.make()
          const connection = yield* restore(Scope.extend(connect(target, verified), scope)).pipe(
            Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
          )
          hasConnected = true
          live = { connection, scope, sftp: undefined, filesEnded: Deferred.unsafeMake(FiberId.none) }
          return live
        })
      )

    const connectAgain: Effect.Effect<Live, TransportError> = Effect.suspend(() => {
      let isVerified = false
      const verified = (): void => {
        isVerified = true
      }
      if (target.retry !== undefined) {
        return Effect.retry(connectOnce(verified), { schedule: target.retry, while: isTransient })
      }
      return Effect.retry(connectOnce(verified), {
        schedule: hasConnected
          ? pauses.pipe(Schedule.upTo(Duration.millis(target.reconnectMillis)))
          : pauses.pipe(Schedule.intersect(Schedule.recurs(firstTries))),
        while: (error) => isTransient(error) && (hasConnected || isVerified)
      })
    }).pipe(Effect.withSpan("ssh.connect"))

    /** All who wait share one attempt, which ends when nobody waits any more. */
    const ready: Effect.Effect<Live, TransportError> = Effect.uninterruptibleMask((restore) =>
      Effect.gen(function*() {
        if (live !== undefined && !live.connection.isClosed()) return live
        if (connecting === undefined) {
          const fiber = yield* Effect.forkIn(Effect.interruptible(connectAgain), sessionScope)
          const made = { fiber, waiting: 0 }
          connecting = made
          fiber.addObserver(() => {
            if (connecting === made) connecting = undefined
          })
        }
        const mine = connecting
        mine.waiting += 1
        return yield* restore(Fiber.join(mine.fiber)).pipe(
          Effect.onExit(() => {
            mine.waiting -= 1
            if (mine.waiting > 0) return Effect.void
            if (connecting === mine) connecting = undefined
            return Fiber.interrupt(mine.fiber)
          })
        )
      })
    )

    const closeFiles = Effect.promise(async () => {
      const opening = live?.sftp
      if (live !== undefined) live.sftp = undefined
      const sftp = await opening?.catch(() => undefined)
      if (sftp === undefined) return
      await new Promise<void>((resolve) => {
        sftp.once("close", () => resolve())
        sftp.end()
      })
    }).pipe(Effect.timeoutOption("5 seconds"), Effect.asVoid)

    const channels = SshChannels.make(closeFiles)

    const sftpOf = (made: Live): Effect.Effect<SFTPWrapper, TransportError> =>
      Effect.tryPromise({
        try: () => {
          if (made.sftp !== undefined) return made.sftp
          const opening = openSftp(made.connection, target.connectTimeoutSeconds)
          made.sftp = opening
          // One that was refused, or has ended, is opened anew by the next
          const forget = (): void => {
            if (made.sftp !== opening) return
            made.sftp = undefined
            channels.filesEnded()
          }
          const ended = Deferred.unsafeMake<void>(FiberId.none)
          made.filesEnded = ended
          const close = (): void => {
            forget()
            Deferred.unsafeDone(ended, Exit.void)
          }
          opening.then((sftp) => {
            sftp.once("close", close)
            made.connection.client.once("close", close)
            sftp.once("close", () => made.connection.client.off("close", close))
          }, close)
          return opening
        },
        catch: (cause) =>
          new TransportError({
            reason: made.connection.isClosed() ? "Connection" : "Unavailable",
            what: `${SshTarget.describe(target)} gives no access to files (SFTP)`,
            why: Quotation.plain(cause instanceof Error ? cause.message : String(cause)),
            remedy: isRefusal(cause)
              ? "The host allows too few sessions at once (MaxSessions in its sshd_config): ask its administrator."
              : "Ask its administrator for the sftp subsystem; and keep your login shell there from printing anything.",
            cause
          })
      })

    /** `use` may be repeated; that there is no connection to be had is final. */
    const connected = <A, E>(
      use: (made: Live) => Effect.Effect<A, E>,
      repetition: Repetition
    ): Effect.Effect<A, E | TransportError> =>
      Effect.flatten(again(
        Effect.matchEffect(ready, {
          onFailure: (error) => Effect.succeed<Effect.Effect<A, TransportError>>(Effect.fail(error)),
          onSuccess: (made) => Effect.map(use(made), (value): Effect.Effect<A, TransportError> => Effect.succeed(value))
        }),
        repetition
      ))

    /**
     * A call that comes when the channel has ended is never answered by ssh2. Both sides can be interrupted where the whole
     * cannot: a race waits for the end of the one that lost.
     */
    const whileOpen = <A, E>(made: Live, use: Effect.Effect<A, E>): Effect.Effect<A, E | TransportError> =>
      Effect.raceFirst(
        Effect.interruptible(use),
        Effect.suspend(() => Deferred.await(made.filesEnded)).pipe(
          Effect.zipRight(Effect.sleep(lateMillis)),
          Effect.zipRight(Effect.suspend(() =>
            Effect.fail(
              new TransportError({
                reason: "Connection",
                what: `The files of ${SshTarget.describe(target)} cannot be reached`,
                why: "The connection ended before the answer came.",
                remedy: "Try again: what was finished is kept."
              })
            )
          )),
          Effect.interruptible
        )
      )

    return {
      target,
      connection: Effect.map(ready, ({ connection }) => connection),
      files: (use, repetition = {}) =>
        connected(
          (made) =>
            channels.run("Files", Effect.flatMap(sftpOf(made), (sftp) => whileOpen(made, use(sftp))), wasRefused),
          repetition
        ),
      command: (use, repetition = {}) =>
        connected((made) => channels.run("Command", use(made.connection), wasRefused), repetition),
      filesIfOpen: (use) =>
        Effect.promise(async () => {
          const sftp = await live?.sftp?.catch(() => undefined)
          if (sftp !== undefined && live?.connection.isClosed() === false) await use(sftp).catch(() => undefined)
        }).pipe(Effect.interruptible, Effect.timeoutOption("5 seconds"), Effect.asVoid)
    }
  })
