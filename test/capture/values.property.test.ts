/**
 * Whatever graph of values a function holds, it finds in its package what it finds here, down to attributes, order of
 * keys and identity; or it is refused with what holds the value.
 */
import { afterAll, assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { mkdtempSync, rmSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { FilePackager } from "../../core/packaging/FilePackager.ts"
import * as NodeHost from "../../platform-node/NodeHost.ts"
import { inspecting } from "./inspecting.ts"
import { loadPackage } from "./loadPackage.ts"
import { runProgram, type Step, valuePrograms } from "./valuePrograms.ts"

const scratch = mkdtempSync(
  path.join(fileURLToPath(new URL("../../node_modules/", import.meta.url)), ".clustrix-values-")
)
const runtime = ManagedRuntime.make(NodeHost.layer)
afterAll(async () => {
  await runtime.dispose()
  rmSync(scratch, { recursive: true, force: true })
})

interface Counts {
  carried: number
  refused: number
}

const compare = async (program: ReadonlyArray<Step>, counts: Counts): Promise<void> => {
  const prepared = await runtime.runPromise(
    Effect.either(Effect.flatMap(FilePackager, (packager) => packager.prepare(inspecting(runProgram(program)))))
  )
  if (prepared._tag === "Left") {
    const error = prepared.left
    assert.strictEqual(error._tag, "CapturedValueError", String(error))
    if (error._tag === "CapturedValueError") assert.isNotEmpty(error.chain)
    counts.refused += 1
    return
  }
  const packaged = await loadPackage(scratch, prepared.right)
  assert.deepStrictEqual(packaged(), inspecting(runProgram(program))())
  counts.carried += 1
}

const runs = Number(process.env["CLUSTRIX_VALUE_RUNS"] ?? 60)

for (
  const [title, parameters] of [
    ["the same programs each time", { seed: 20261130, numRuns: runs }],
    ["other programs each time", { numRuns: runs }]
  ] as const
) {
  it(title, async () => {
    const counts: Counts = { carried: 0, refused: 0 }
    await FastCheck.assert(FastCheck.asyncProperty(valuePrograms, (program) => compare(program, counts)), parameters)
    // A packager that refuses everything would find no difference, too
    assert.isAbove(counts.carried, counts.refused * 4, `${counts.carried} carried, ${counts.refused} refused`)
  }, 600_000)
}
