/**
 * `clustrix clean`.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { cleanupPackages } from "../../../core/archive/PackageCleanup.ts"
import { ClusterExecutor } from "../../../core/cluster/ClusterExecutor.ts"
import { unfinishedPackages } from "../../../core/cluster/execute/UnfinishedPackages.ts"
import { PackageStore } from "../../../core/archive/PackageStore.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"
import * as ClusterConfig from "../../../core/config/ClusterConfig.ts"
import * as Cluster from "../../Cluster.ts"
import { type Call, usageError, valueOf } from "../CommandLine.ts"
import * as ExitCode from "../ExitCode.ts"
import * as PackagingArguments from "../PackagingArguments.ts"
import { cleanupJson, cleanupLines } from "../render/cleanup.ts"
import { runCommand, withProgress } from "../runCommand.ts"
import type { Terminal } from "../Terminal.ts"

/** The store, except that nothing is removed: it only tells whether it would be. */
const untouched = (store: typeof PackageStore.Service): typeof PackageStore.Service => ({
  ...store,
  remove: (name, options) =>
    Effect.map(store.list, (files) =>
      files.some((file) =>
        file.name === name
        && (options?.unlessModifiedAfter === undefined || file.modifiedAt <= options.unlessModifiedAfter)
      ))
})

const program = (call: Call, terminal: Terminal) =>
  Effect.gen(function*() {
    if (call.values.has("cluster")) {
      return yield* Effect.fail(
        usageError("`--cluster` means nothing to packages on this machine", "Add --remote to clean up on the cluster.")
      )
    }
    const olderThan = yield* PackagingArguments.age(valueOf(call, "older-than") ?? "1h")
    const dryRun = call.switches.has("dry-run")
    const store = yield* PackageStore
    const executor = yield* ClusterExecutor
    const cleanup = yield* withProgress(
      terminal,
      `Cleaning ${store.location}`,
      Effect.provideService(
        cleanupPackages({ olderThan, references: unfinishedPackages(executor) }),
        PackageStore,
        dryRun ? untouched(store) : store
      )
    )
    const report = { ...cleanup, location: store.location, dryRun, now: yield* Clock.currentTimeMillis }
    terminal.print(
      call.switches.has("json") ? [Quotation.json(cleanupJson(report), 2)]
        : cleanupLines(report, terminal.style)
    )
    return ExitCode.done
  })

export const main = async (call: Call, terminal: Terminal): Promise<number> =>
  call.switches.has("remote")
    ? (await import("./cleanRemote.ts")).main(call, terminal)
    : runCommand(call, terminal, program(call, terminal), Cluster.layer(ClusterConfig.local))
