/**
 * The channels of one connection: as many at once as the host allows, which only its refusals tell.
 */
import * as Effect from "effect/Effect"

type Kind = "Command" | "Files"

export interface SshChannels {
  /**
   * Runs `use` as soon as there is room for its channel. `refused` tells a refusal from other failures: then it is tried again
   * when another channel has ended.
   */
  readonly run: <A, E, R>(
    kind: Kind,
    use: Effect.Effect<A, E, R>,
    refused: (error: E) => boolean
  ) => Effect.Effect<A, E, R>
  /** The channel for files, which its users share, has ended. */
  readonly filesEnded: () => void
}

/** sshd's own default allows ten (`MaxSessions`). */
const mostChannels = 9
/** A host counts a channel for some time after its end. */
const lateTries = 6
const lateMillis = 50

/** `closeFiles` ends the channel for files, when nobody uses it and its place is needed. */
export const make = (closeFiles: Effect.Effect<void>): SshChannels => {
  let limit = mostChannels
  let commands = 0
  let fileUsers = 0
  let filesOpen = false
  const waiting: Array<{ readonly kind: Kind; readonly admit: () => void }> = []

  const count = (): number => commands + (filesOpen ? 1 : 0)
  const hasRoom = (kind: Kind): boolean =>
    count() < limit || (filesOpen && (kind === "Files" || (fileUsers === 0 && commands < limit)))

  const admitNext = (): void => {
    for (let [first] = waiting; first !== undefined && hasRoom(first.kind); [first] = waiting) {
      waiting.shift()
      first.admit()
    }
  }

  /** Gives what has to be done first. */
  const take = (kind: Kind): Effect.Effect<void> => {
    if (kind === "Files") {
      fileUsers += 1
      filesOpen = true
      return Effect.void
    }
    const isFull = count() >= limit
    commands += 1
    if (!isFull) return Effect.void
    filesOpen = false
    return closeFiles
  }

  const enter = (kind: Kind, entered: () => void): Effect.Effect<void> =>
    Effect.flatten(Effect.async<Effect.Effect<void>>((resume) => {
      const admit = (): void => {
        entered()
        resume(Effect.succeed(take(kind)))
      }
      if (waiting.length === 0 && hasRoom(kind)) return admit()
      const entry = { kind, admit }
      waiting.push(entry)
      return Effect.sync(() => {
        const index = waiting.indexOf(entry)
        if (index !== -1) waiting.splice(index, 1)
        admitNext()
      })
    }))

  const leave = (kind: Kind): void => {
    if (kind === "Files") fileUsers -= 1
    else commands -= 1
    admitNext()
  }

  const run: SshChannels["run"] = (kind, use, refused) => {
    const attempt = (late: number): typeof use =>
      Effect.suspend(() => {
        let isIn = false
        let next: typeof use | undefined
        const entered = (): void => {
          isIn = true
        }
        const retryLater = (): void => {
          // Others of ours are in the way, or one that has just ended
          const others = kind === "Files" ? commands : count() - 1
          if (kind === "Files" && fileUsers === 1) filesOpen = false
          if (others > 0) {
            limit = Math.min(limit, others)
            next = attempt(0)
          } else if (late < lateTries) {
            next = Effect.delay(Effect.suspend(() => attempt(late + 1)), lateMillis * 2 ** late)
          }
        }
        return Effect.zipRight(enter(kind, entered), use).pipe(
          Effect.tapError((error) => Effect.sync(() => refused(error) ? retryLater() : undefined)),
          Effect.ensuring(Effect.sync(() => isIn ? leave(kind) : undefined)),
          Effect.catchAll((error) => next ?? Effect.fail(error))
        )
      })
    return attempt(0)
  }

  return {
    run,
    filesEnded: () => {
      filesOpen = false
      admitNext()
    }
  }
}
