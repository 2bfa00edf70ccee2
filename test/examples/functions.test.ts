/**
 * Every function of the examples, packaged and run as a job, against what it must give.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { cleanupPackages, ClusterExecutor, createExecutionContext, FilePackager, inspectPackage,
  packageFunctionForExecution, run } from "clustrix/node"
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

const examples = fileURLToPath(new URL("../../examples/", import.meta.url))
const local = { clusterType: "local" } as const
let scratch = ""

beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), "clustrix-examples-"))
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
  process.env["CLUSTRIX_STATE_DIR"] = path.join(scratch, "state")
  process.env["XDG_CACHE_HOME"] = path.join(scratch, "cache")
})
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true })
})

const cases: ReadonlyArray<
  readonly [fn: string, expected: unknown, args?: ReadonlyArray<unknown>, kwargs?: Record<string, unknown>]
> = [
  ["simple-analysis/main.ts#simpleAnalysis", 6.48074069840786],
  ["local-dependencies/main.ts#mainAnalysis", [12, 20, 30]],
  ["filesystem-analysis/main.ts#filesystemAnalysis", {
    totalFiles: 4,
    totalBytes: 1524,
    csvFiles: 2,
    jsonFiles: 1,
    largeFiles: [{ name: "large.txt", size: 1500, sizeKb: 1.5 }]
  }],
  ["external-packages/main.ts#scientificAnalysis", [
    { file: "first.csv", column: "height", mean: 2.5, std: 1.118033988749895 },
    { file: "first.csv", column: "weight", mean: 25, std: 11.180339887498949 },
    { file: "second.csv", column: "x", mean: 3, std: 1.4142135623730951 },
    { file: "second.csv", column: "y", mean: 7, std: 1.4142135623730951 }
  ]],
  ["custom-context/analysis.ts#customAnalysis", { "one.dat": { size: 3 }, "two.dat": { size: 6 } }, ["experiments/"], {
    outputFormat: "object"
  }],
  ["automated-packaging/main.ts#automatedPackaging", 12]
]

describe("the examples", () => {
  for (const [fn, expected, args, kwargs] of cases) {
    it(fn, async () => assert.deepStrictEqual(await run(path.join(examples, fn), local, args, kwargs), expected))
  }
})

describe("the original's surface", () => {
  const mainAnalysis = path.join(examples, "local-dependencies/main.ts#mainAnalysis")

  it("packages with a context, and inspects", async () => {
    const context = createExecutionContext(local, [1], { a: 2 })
    const info = await new FilePackager().packageFunction(mainAnalysis, context)
    assert.isTrue(existsSync(info.packagePath))
    assert.strictEqual(info.metadata["has_dependencies"], true)
    assert.strictEqual(info.metadata["has_filesystem_ops"], true)
    const inspected = await inspectPackage(info.packagePath)
    assert.strictEqual(inspected.digest, info.digest)
    assert.deepStrictEqual(inspected.metadata.dependencies.filesystem_calls, [
      { function: "clusterFind", lineno: 2, args: ["\"*.txt\"", "\"input/\""] }
    ])
  })

  it("submits, tells the status, and brings the result", async () => {
    const info = await packageFunctionForExecution(mainAnalysis, local)
    const executor = new ClusterExecutor(local)
    const job = await executor.submit(info)
    assert.deepStrictEqual(await executor.result(job), [12, 20, 30])
    assert.strictEqual((await executor.status(job)).state, "succeeded")
  })

  it("submits a package that needs npm packages, which are linked from the project", async () => {
    const info = await packageFunctionForExecution(path.join(examples, "external-packages/main.ts#scientificAnalysis"))
    const executor = new ClusterExecutor(local)
    const result: unknown = await executor.result(await executor.submit(info))
    assert.isTrue(Array.isArray(result) && result.length > 0)
  })

  it("says that a function of the runtime has no source", async () => {
    const error: unknown = await packageFunctionForExecution("node:fs#readFile", local).then(
      () => undefined,
      (thrown: unknown) => thrown
    )
    assert.instanceOf(error, Error)
    assert.match(error instanceof Error ? error.message : "", /Cannot get source of node:fs#readFile/)
  })

  it("cleans up what is old, and only that", async () => {
    const { packagePath } = await packageFunctionForExecution(mainAnalysis, local)
    assert.deepStrictEqual((await cleanupPackages({ olderThan: "1 hour" })).removed, [])
    assert.isTrue(existsSync(packagePath))
    assert.isNotEmpty((await cleanupPackages({ olderThan: 0 })).removed)
    assert.isFalse(existsSync(packagePath))
    assert.deepStrictEqual(readdirSync(path.dirname(packagePath)).filter((name) => name.endsWith(".zip")), [])
  })
})
