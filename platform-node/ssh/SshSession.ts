/**
 * The one connection to a host: made when it is first needed, shared by all, made anew when it was cut.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schedule from "effect/Schedule"
import * as Scope from "effect/Scope"
import type { SFTPWrapper } from "ssh2"
import { TransportError } from "../../core/Transport.ts"
import * as Sftp from "./Sftp.ts"
import { connect, type SshConnection } from "./SshConnection.ts"
import * as SshTarget from "./SshTarget.ts"

/**
 * After a cut: at once, then after 0.2 s, 0.4 s, ... at most 5 s, for one minute; with jitter, so that a thousand clients do not
 * come back in the same moment.
 */
export const reconnectSchedule: Schedule.Schedule<unknown> = Schedule.exponential("200 millis").pipe(
  Schedule.union(Schedule.spaced("5 seconds")),
  Schedule.jittered,
  Schedule.upTo("1 minute")
)

/** Worth another try: the network failed, not the host's answer. */
export const isTransient = (error: TransportError): boolean =>
  error.reason === "Connection" || error.reason === "TimedOut"

/** Channels at once, beside the one for files; sshd's own default allows ten (`MaxSessions`). */
const mostChannels = 8

export interface SshSession {
  readonly target: SshTarget.SshTarget
  /** Whether there has been a connection: then the target is right, and a failure is one of the network. */
  readonly hasConnected: () => boolean
  /** The connection as it is now. */
  readonly connection: Effect.Effect<SshConnection, TransportError>
  /** The channel for files as it is now. */
  readonly sftp: Effect.Effect<SFTPWrapper, TransportError>
  /** Runs `use` with a channel of its own reserved, as soon as there is one. */
  readonly withChannel: <A>(use: Effect.Effect<A, TransportError>) => Effect.Effect<A, TransportError>
  /** Gives up the channel for files, for a host that allows one channel only. */
  readonly closeFiles: Effect.Effect<void>
}

interface Live {
  readonly connection: SshConnection
  readonly scope: Scope.CloseableScope
  sftp: Promise<SFTPWrapper> | undefined
}

const openSftp = (connection: SshConnection): Promise<SFTPWrapper> => Sftp.call((done) => connection.client.sftp(done))

export const make = (target: SshTarget.SshTarget): Effect.Effect<SshSession, never, Scope.Scope> =>
  Effect.gen(function*() {
    const one = yield* Effect.makeSemaphore(1)
    const channels = yield* Effect.makeSemaphore(mostChannels)
    let live: Live | undefined
    let connected = false

    const end = Effect.suspend(() => {
      const ended = live
      live = undefined
      return ended === undefined ? Effect.void : Scope.close(ended.scope, Exit.void)
    })
    yield* Effect.addFinalizer(() => end)

    const ready: Effect.Effect<Live, TransportError> = one.withPermits(1)(Effect.suspend(() => {
      if (live !== undefined && !live.connection.isClosed()) return Effect.succeed(live)
      return Effect.uninterruptibleMask((restore) =>
        Effect.gen(function*() {
          yield* end
          const scope = yield* Scope.make()
          const connection = yield* restore(Scope.extend(connect(target), scope)).pipe(
            Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
          )
          const made: Live = { connection, scope, sftp: undefined }
          live = made
          connected = true
          return made
        })
      )
    })).pipe(Effect.withSpan("ssh.connect"))

    const files = (made: Live): Effect.Effect<SFTPWrapper, TransportError> =>
      Effect.tryPromise({
        try: () => {
          if (made.sftp !== undefined) return made.sftp
          const opening = openSftp(made.connection)
          made.sftp = opening
          // One that was refused, or has ended, is opened anew by the next
          const forget = (): void => {
            if (made.sftp === opening) made.sftp = undefined
          }
          opening.then((sftp) => sftp.once("close", forget), forget)
          return opening
        },
        catch: (cause) =>
          new TransportError({
            reason: made.connection.isClosed() ? "Connection" : "Unavailable",
            what: `${SshTarget.describe(target)} gives no access to files (SFTP)`,
            why: cause instanceof Error ? cause.message : String(cause),
            remedy: "Ask its administrator for the sftp subsystem.",
            cause
          })
      })

    return {
      target,
      hasConnected: () => connected,
      connection: Effect.map(ready, ({ connection }) => connection),
      sftp: Effect.flatMap(ready, files),
      withChannel: channels.withPermits(1),
      closeFiles: Effect.promise(async () => {
        const opening = live?.sftp
        if (live !== undefined) live.sftp = undefined
        const sftp = await opening?.catch(() => undefined)
        if (sftp === undefined) return
        await new Promise<void>((resolve) => {
          sftp.once("close", () => resolve())
          sftp.end()
        })
      })
    }
  })
