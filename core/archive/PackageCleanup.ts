/**
 * Removes old packages from a store.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as PackageStore from "./PackageStore.ts"

export interface CleanupOptions {
  /** Packages whose newest file is younger than this stay. */
  readonly olderThan: Duration.DurationInput
  /** IDs of the packages that unfinished jobs refer to; asked for once the old packages are known. */
  readonly references?: Effect.Effect<ReadonlySet<string>>
}

export interface Cleanup {
  readonly removed: ReadonlyArray<PackageStore.Stored>
  /** Old, and kept all the same. */
  readonly kept: ReadonlyArray<{ readonly stored: PackageStore.Stored; readonly because: "leased" | "referenced" }>
}

/**
 * A package and the files beside it (invocations, source maps) go together: when all of them are older than `olderThan`,
 * no unfinished job refers to the package, and nobody holds a fresh lease on it. Leases of dead processes go too. A file
 * that is written anew meanwhile stays.
 */
export const cleanupPackages = (
  options: CleanupOptions
): Effect.Effect<Cleanup, PackageStore.PackageStoreError, PackageStore.PackageStore> =>
  Effect.gen(function*() {
    const store = yield* PackageStore.PackageStore
    const now = yield* Clock.currentTimeMillis
    const limit = new Date(now - Duration.toMillis(options.olderThan))
    const leaseLimit = new Date(now - PackageStore.leaseLifetimeMillis)

    const groups = new Map<string, Array<PackageStore.Stored>>()
    const leased = new Set<string>()
    const deadLeases: Array<PackageStore.Stored> = []
    for (const stored of yield* store.list) {
      const id = PackageStore.packageIdOf(stored.name)
      if (id !== undefined && PackageStore.isLease(stored.name)) {
        if (stored.modifiedAt > leaseLimit) leased.add(id)
        else deadLeases.push(stored)
      } else {
        const key = id ?? stored.name
        groups.set(key, [...(groups.get(key) ?? []), stored])
      }
    }
    const old = [...groups].filter(([, group]) => group.every((stored) => stored.modifiedAt <= limit))
    const references = old.length === 0 ? new Set<string>()
      : yield* options.references ?? Effect.succeed(new Set<string>())

    const removed: Array<PackageStore.Stored> = []
    const kept: Array<Cleanup["kept"][number]> = []
    for (const stored of deadLeases) {
      if (yield* store.remove(stored.name, { unlessModifiedAfter: leaseLimit })) removed.push(stored)
    }
    for (const [id, group] of old) {
      const because = leased.has(id) ? "leased" : references.has(id) ? "referenced" : undefined
      // The ZIP goes last: what is left of an interrupted clean-up is found by the next one.
      const isZip = (stored: PackageStore.Stored): boolean => stored.name.endsWith(".zip")
      for (const stored of [...group.filter((file) => !isZip(file)), ...group.filter(isZip)]) {
        if (because !== undefined) kept.push({ stored, because })
        else if (yield* store.remove(stored.name, { unlessModifiedAfter: limit })) removed.push(stored)
      }
    }
    return { removed, kept }
  }).pipe(Effect.withSpan("cleanupPackages"))
