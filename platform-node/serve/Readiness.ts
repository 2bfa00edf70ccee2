/**
 * Whether the server can do its work: store packages, and reach its cluster.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Path from "node:path"
import { ClusterExecutor } from "../../core/cluster/ClusterExecutor.ts"
import { PackageStore } from "../../core/archive/PackageStore.ts"
import { NotReady } from "../../core/http/ApiError.ts"
import { stagingName } from "../PackageStore.ts"

/** How long an answer counts: whoever asks often costs nothing. */
const freshness = "10 seconds"
/** How long the cluster is waited for. */
const patience = "10 seconds"

/** No job is called that. */
const nobody = "readiness-probe"

/** Succeeds when it is ready; several who ask at once ask once. */
export const make = Effect.gen(function*() {
  const executor = yield* ClusterExecutor
  const fs = yield* FileSystem.FileSystem
  const store = yield* PackageStore

  const storable = Effect.gen(function*() {
    yield* fs.makeDirectory(store.location, { recursive: true, mode: 0o700 })
    const probe = Path.join(store.location, stagingName())
    yield* fs.writeFile(probe, new Uint8Array(1), { flag: "wx", mode: 0o600 })
    yield* fs.remove(probe, { force: true })
  }).pipe(
    Effect.mapError(() =>
      new NotReady({
        what: "The server cannot store packages",
        remedy: "Look at the space in its package directory, and who may write there."
      })
    )
  )

  const reachable = executor.attach(nobody).pipe(
    Effect.asVoid,
    Effect.catchTag("JobNotFoundError", () => Effect.void),
    Effect.timeoutFail({ duration: patience, onTimeout: () => undefined }),
    Effect.mapError(() =>
      new NotReady({
        what: "The cluster behind the server does not answer",
        remedy: "`clustrix doctor` on the server tells what is wrong."
      })
    )
  )
  return yield* Effect.cachedWithTTL(Effect.exit(Effect.zipRight(storable, reachable)), freshness).pipe(
    Effect.map(Effect.flatten)
  )
})
