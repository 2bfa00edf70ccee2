import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { buildSync } from "esbuild"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as PackageEntry from "../../core/archive/PackageEntry.ts"
import * as ClusterExecutor from "../../core/cluster/ClusterExecutor.ts"
import { layerOf } from "../../core/config/Cluster.ts"
import * as ClusterConfig from "../../core/config/ClusterConfig.ts"
import * as PackageDeployer from "../../core/cluster/deploy/PackageDeployer.ts"
import * as LocalHost from "../../platform-node/LocalHost.ts"
import * as LocalScheduler from "../../platform-node/LocalScheduler.ts"
import * as LocalTransport from "../../platform-node/LocalTransport.ts"
import * as contract from "../contract/Scheduler.ts"
import * as sample from "./runner/package.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix it's 'local'-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))
const stateDirectory = path.join(scratch, "state")

const fresh = (config: ClusterConfig.ClusterConfig = ClusterConfig.local) =>
  ClusterExecutor.layer({ stateDirectory }).pipe(
    Layer.provide(PackageDeployer.layerFileSystem(LocalHost.current())),
    Layer.provideMerge(Layer.mergeAll(LocalTransport.layer, LocalScheduler.layer)),
    Layer.provide(Layer.merge(sample.platform, layerOf(config)))
  )

contract.suite("local", ClusterConfig.local, () => fresh())
contract.arraySuite("local", () => fresh())

const live = <A, E>(title: string, body: Effect.Effect<A, E, ClusterExecutor.ClusterExecutor>) =>
  it.live(title, () => Effect.provide(body, fresh()), 60_000)
const submit = (name: string, options?: contract.SubmitOptions) => contract.submit(ClusterConfig.local, name, options)

/** All files under a directory. */
const all = (directory: string): ReadonlyArray<string> =>
  (fs.readdirSync(directory, { recursive: true }) as Array<string>).map((name) => path.join(directory, name))

describe("jobs on this machine", () => {
  live(
    "keep to themselves: modes, environment, secrets",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      process.env["WANTED"] = "s3cret-value"
      process.env["UNWANTED"] = "s3cret-other"
      const config = { environmentVariables: ["WANTED"] }
      const job = yield* submit("environment", { config })
      assert.deepStrictEqual((yield* executor.result(job.jobId)).value, { wanted: "s3cret-value", unwanted: null })
      assert.strictEqual(fs.statSync(job.directory).mode & 0o777, 0o700)
      for (const file of all(job.directory)) {
        const stats = fs.lstatSync(file)
        if (!stats.isFile()) continue
        assert.strictEqual(stats.mode & 0o077, 0, file)
        // The function gave the one value back itself.
        const content = fs.readFileSync(file, "utf8")
        if (path.basename(file) !== "result") assert.notInclude(content, "s3cret", file)
      }
      delete process.env["WANTED"]
      const error = yield* Effect.flip(submit("environment", { config }))
      assert.strictEqual(error._tag, "JobEnvironmentError")
      assert.include(error.message, "WANTED")
      delete process.env["UNWANTED"]
    })
  )

  live(
    "share one package, and leave it as it is",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const packages = path.join(stateDirectory, "packages")
      const jobs = yield* Effect.forEach([1, 2], () => submit("leave"))
      yield* Effect.forEach(jobs, (job) => executor.result(job.jobId))
      const { digest } = yield* sample.seal("leave")
      const [directory, ...others] = fs.readdirSync(packages).filter((name) => name.startsWith(digest))
      assert.lengthOf(others, 0)
      assert.match(directory ?? "", /^[0-9a-f]{64}-[a-z0-9]+-[a-z0-9]+(-musl)?-node\d+$/)
      assert.deepStrictEqual(
        fs.readdirSync(path.join(packages, directory ?? "")).sort(),
        ["data", "execute.mjs", "filesystem_utils.mjs", "manifest.json", "metadata.json", "modules"]
      )
      for (const job of jobs) {
        assert.strictEqual(fs.readFileSync(path.join(job.directory, "work", "out.txt"), "utf8"), "left")
      }
    })
  )

  live(
    "find npm packages through a link, replaced when it leads nowhere",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const install = (at: string, answer: number): string => {
        fs.mkdirSync(`${at}/node_modules/tiny`, { recursive: true })
        fs.writeFileSync(
          `${at}/node_modules/tiny/package.json`,
          "{\"name\":\"tiny\",\"type\":\"module\",\"main\":\"i.js\"}"
        )
        fs.writeFileSync(`${at}/node_modules/tiny/i.js`, `export default ${answer}`)
        return `${at}/node_modules`
      }
      const entries = [PackageEntry.text("package.json", "{\"dependencies\":{\"tiny\":\"1.0.0\"}}")]
      const none = yield* Effect.flip(submit("npm", { entries }))
      assert.strictEqual(none._tag, "DependenciesError")
      const run = (nodeModules: string) =>
        Effect.flatMap(
          submit("npm", { entries, nodeModules }),
          (job) => Effect.map(executor.result(job.jobId), ({ value }) => value)
        )
      const first = install(path.join(scratch, "one"), 41)
      assert.strictEqual(yield* run(first), 41)
      const second = install(path.join(scratch, "two"), 42)
      assert.strictEqual(yield* run(second), 41, "a link that leads somewhere stays: jobs are using it")
      fs.rmSync(path.join(scratch, "one"), { recursive: true })
      assert.strictEqual(yield* run(second), 42)
    })
  )

  live(
    "run out of memory by name",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const job = yield* submit("exhausts", { config: { memory: "50MB" } })
      assert.strictEqual((yield* Effect.flip(executor.result(job.jobId)))._tag, "OutOfMemoryError")
      assert.strictEqual((yield* executor.status(job.jobId)).state, "out-of-memory")
    })
  )

  live(
    "vanish by name when everything is killed",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const job = yield* submit("slow")
      yield* Effect.repeat(executor.status(job.jobId), { until: ({ state }) => state === "running" })
      const state = JSON.parse(fs.readFileSync(`${job.directory}/state`, "utf8"))
      process.kill(state.pid, "SIGKILL")
      // The function itself still runs, and may still leave its result.
      yield* Effect.sleep(100)
      assert.strictEqual((yield* executor.status(job.jobId)).state, "running")
      process.kill(-state.group, "SIGKILL")
      const error = yield* Effect.flip(executor.result(job.jobId))
      assert.strictEqual(error._tag, "JobVanishedError")
      assert.include(error.message, "stderr.log")
    })
  )

  live(
    "are cancelled even without their supervisor",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const job = yield* submit("stubborn")
      yield* Effect.repeat(executor.status(job.jobId), { until: ({ state }) => state === "running" })
      yield* Effect.sleep(200)
      const state = JSON.parse(fs.readFileSync(`${job.directory}/state`, "utf8"))
      process.kill(state.pid, "SIGKILL")
      yield* executor.cancel(job.jobId)
      assert.strictEqual((yield* Effect.flip(executor.result(job.jobId)))._tag, "JobCancelledError")
    })
  )

  live(
    "are cancelled before the function starts",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const job = yield* submit("echo", { config: { preExecutionCommands: ["sleep 60"] } })
      assert.strictEqual((yield* executor.status(job.jobId)).state, "queued")
      yield* Effect.sleep(200)
      yield* executor.cancel(job.jobId)
      assert.strictEqual((yield* Effect.flip(executor.result(job.jobId)))._tag, "JobCancelledError")
    })
  )

  live(
    "say that the runtime is missing",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const job = yield* Effect.provide(
        submit("echo"),
        fresh({ clusterType: "local", remoteNodePath: "/no/such/node" })
      )
      const error = yield* Effect.flip(executor.result(job.jobId))
      assert.strictEqual(error._tag, "JobNotStartedError")
      assert.include(fs.readFileSync(`${job.directory}/stderr.log`, "utf8"), "/no/such/node")
    })
  )

  live(
    "map stacks to the user's own lines",
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const line = sample.lineOf("fails")
      const sourceMap = {
        format: "clustrix-source-map",
        formatVersion: 1,
        package: { packageId: "x", digest: "x" },
        // Every line of the module begins at line 1 + n, column 5 of the source: AAAK, then AACA for each next line.
        modules: {
          [sample.module]: { version: 3, sources: ["src/ways.ts"], names: [], mappings: `AAAI${";AACA".repeat(60)}` }
        }
      } as const
      const job = yield* submit("fails", { sourceMap })
      const error = yield* Effect.flip(executor.result(job.jobId))
      assert.isTrue(error._tag === "JobFailedError")
      if (error._tag !== "JobFailedError") return
      assert.strictEqual(String(error.location), `src/ways.ts:${line}:5`)
      assert.include(error.stackTrace, `at fails (src/ways.ts:${line}:5)`)
      assert.notInclude(error.stackTrace, "execute.mjs")
      assert.strictEqual((error.cause as Error).stack, error.stackTrace)
      assert.isTrue(error.message.startsWith(`src/ways.ts:${line}:5: fails threw RangeError: too far`))
    })
  )

  live(
    "outlive their client",
    Effect.gen(function*() {
      const client = path.join(scratch, "client.mjs")
      buildSync({
        entryPoints: ["test/platform-node/submitInProcess.ts"],
        outfile: client,
        bundle: true,
        platform: "node",
        format: "esm",
        target: "node20",
        // CommonJS within asks for `require`.
        banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url)" },
        logLevel: "error"
      })
      const ran = spawnSync(process.execPath, [client, stateDirectory], { encoding: "utf8" })
      assert.strictEqual(ran.signal, "SIGKILL", ran.stderr)
      const executor = yield* ClusterExecutor.ClusterExecutor
      const job = yield* executor.attach(ran.stdout)
      const logs = yield* Stream.runCollect(executor.logs(job.jobId))
      assert.strictEqual(contract.text(logs, "stdout"), "out 1\nout 2")
      assert.strictEqual((yield* executor.result(job.jobId)).value, 1)
    })
  )
})
