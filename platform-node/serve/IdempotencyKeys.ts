/**
 * Calls by the keys under which clients sent them: a call that is sent again becomes no second job, nor does one that was sent to
 * a server that has ended since. Each key is a file. The job itself knows the key as well, so that a server that ended between the
 * two finds it again.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { createHash, randomUUID } from "node:crypto"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import * as BoundedJson from "../../core/archive/BoundedJson.ts"
import * as ForeignJson from "../../core/archive/ForeignJson.ts"
import { ClusterFailed, KeyConflict } from "../../core/http/ApiError.ts"
import { ApiJob } from "../../core/http/ApiJob.ts"

/** How long a key is kept. */
const keptMillis = 86_400_000

const Kept = Schema.Struct({
  /** Of the call that was sent. */
  fingerprint: Schema.String,
  job: Schema.optional(ApiJob)
})
type Kept = typeof Kept.Type

const decode = ForeignJson.decoder(Kept, BoundedJson.small)

const failed = (cause: unknown): ClusterFailed =>
  new ClusterFailed({
    reason: "KeysNotKept",
    what: "The server cannot keep the idempotency key",
    why: cause instanceof Error && "code" in cause ? String(cause.code) : "Its file cannot be used.",
    remedy: "Ask who runs the server to look at the space in its package directory."
  })

const isMissing = (cause: unknown): boolean => cause instanceof Error && "code" in cause && cause.code === "ENOENT"

export interface IdempotencyKeys {
  /**
   * The job of the call with this `fingerprint` that `client` sent under `key`: one that was made, or the one that `submit` makes.
   * Both `find` and `submit` are given what the job is to know of the key.
   */
  readonly once: <E, R>(
    client: string | undefined,
    key: string,
    fingerprint: string,
    jobs: {
      readonly find: (callKey: string) => Effect.Effect<ApiJob | undefined, E, R>
      readonly submit: (callKey: string) => Effect.Effect<ApiJob, E, R>
    }
  ) => Effect.Effect<{ readonly job: ApiJob; readonly isNew: boolean }, E | KeyConflict | ClusterFailed, R>
}

/** Keeps the keys in `directory`, which is made when it is needed. */
export const make = (directory: string): IdempotencyKeys => {
  const locks = new Map<string, { readonly one: Effect.Semaphore; users: number }>()
  let cleanedAt = 0

  /** Keys of yesterday. */
  const clean = async (): Promise<void> => {
    const now = Date.now()
    if (now - cleanedAt < keptMillis / 24) return
    cleanedAt = now
    for (const name of await fs.readdir(directory)) {
      const file = path.join(directory, name)
      const { mtimeMs } = await fs.stat(file)
      if (now - mtimeMs > keptMillis) await fs.rm(file, { force: true })
    }
  }

  const read = (file: string): Effect.Effect<Kept | undefined, ClusterFailed> =>
    Effect.tryPromise({
      try: () =>
        fs.readFile(file, "utf8").catch((cause: unknown) => {
          if (isMissing(cause)) return undefined
          throw cause
        }),
      catch: failed
    }).pipe(
      Effect.flatMap((text) => text === undefined ? Effect.succeed(undefined) : Effect.mapError(decode(text), failed))
    )

  const write = (file: string, kept: Kept): Effect.Effect<void, ClusterFailed> =>
    Effect.tryPromise({
      try: async () => {
        const temporary = `${file}.${randomUUID()}`
        await fs.writeFile(temporary, JSON.stringify(kept), { mode: 0o600, flush: true })
        await fs.rename(temporary, file)
      },
      catch: failed
    })

  const alone = <A, E, R>(file: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.acquireUseRelease(
      Effect.sync(() => {
        const lock = locks.get(file) ?? { one: Effect.unsafeMakeSemaphore(1), users: 0 }
        lock.users += 1
        locks.set(file, lock)
        return lock
      }),
      ({ one }) => one.withPermits(1)(effect),
      (lock) =>
        Effect.sync(() => {
          lock.users -= 1
          if (lock.users === 0) locks.delete(file)
        })
    )

  return {
    once: (client, key, fingerprint, { find, submit }) => {
      const name = createHash("sha256").update(JSON.stringify([client ?? "", key])).digest("hex")
      const file = path.join(directory, `${name}.json`)
      const program = Effect.gen(function*() {
        yield* Effect.tryPromise({
          try: async () => {
            await fs.mkdir(directory, { recursive: true, mode: 0o700 })
            await clean()
          },
          catch: failed
        })
        const kept = yield* read(file)
        if (kept !== undefined && kept.fingerprint !== fingerprint) {
          return yield* new KeyConflict({
            what: "Another call was sent with this idempotency key",
            remedy: "Use a new key for each call, and the same one only to send the same call again."
          })
        }
        if (kept?.job !== undefined) return { job: kept.job, isNew: false }
        // It failed before, or was cut off: the jobs say whether it became one
        const found = kept === undefined ? undefined : yield* find(name)
        if (kept === undefined) yield* write(file, { fingerprint })
        const job = found ?? (yield* submit(name))
        yield* write(file, { fingerprint, job })
        return { job, isNew: found === undefined }
      })
      // Once begun, it is brought to its end: a client that goes away comes back with its key
      return alone(file, Effect.uninterruptible(program))
    }
  }
}
