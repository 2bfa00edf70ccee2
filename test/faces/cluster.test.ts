/**
 * The cluster is said in one place, by the layer; every service in it can be replaced; and tests of users need no cluster.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as NodeContext from "@effect/platform-node/NodeContext"
import { ClusterExecutor, layerFilePackager, PackageStore, Pipeline, Transport } from "clustrix"
import { AnalysisCache, Cluster, FunctionLocator, Hasher, LocalScheduler, NodeHost, SourceParser } from "clustrix/node"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as fs from "node:fs"
import { createServer, type Server } from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import type { ClusterConfig } from "../../core/config/ClusterConfig.ts"
import * as ClusterServices from "../../platform-node/ClusterServices.ts"
import * as work from "./work.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-cluster-")))
const reference = `${fileURLToPath(new URL("./work.ts", import.meta.url))}#double`
const before = { ...process.env }

beforeAll(() => {
  Object.assign(process.env, {
    CLUSTRIX_PACKAGE_DIR: path.join(scratch, "packages"),
    CLUSTRIX_STATE_DIR: path.join(scratch, "state"),
    XDG_CACHE_HOME: path.join(scratch, "cache"),
    XDG_CONFIG_HOME: path.join(scratch, "config")
  })
})
afterAll(() => {
  process.env = before
  fs.rmSync(scratch, { recursive: true, force: true })
})

const local = { clusterType: "local" } as const
const valueOf = (ran: Effect.Effect.Success<ReturnType<typeof Pipeline.run>>) => ran.result.value

describe("a cluster", () => {
  it.live("is where its layer says, whatever a call says", () =>
    Effect.gen(function*() {
      // @ts-expect-error A call has no cluster
      const call: Pipeline.FunctionCall = { fn: work.double, config: { clusterType: "slurm" }, args: [2] }
      const ran = yield* Effect.provide(Pipeline.run(call), Cluster.layer(local))
      assert.strictEqual(ran.result.value, 4)
      assert.isTrue(ran.job.directory.startsWith(path.join(scratch, "state")))
      // What a program in JavaScript may write
      const job: Cluster.JobSettings = JSON.parse(`{"clusterType": "slurm", "cores": 2}`)
      const error = yield* Effect.flip(
        Effect.provide(Pipeline.run({ fn: work.double, args: [2], job }), Cluster.layer(local))
      )
      assert.strictEqual(error._tag, "ClusterConfigError")
      assert.include(error.message, "clusterType")
    }), 60_000)

  it.live("is that of the nearest layer, not of one around it", () =>
    Effect.gen(function*() {
      const inner = Effect.provide(
        Effect.all([ClusterExecutor.ClusterExecutor, Cluster.Cluster, Transport.Transport]),
        Cluster.layer({ clusterType: "local", cores: 1 })
      )
      const [executor, cluster, transport] = yield* Effect.provide(
        inner,
        Cluster.layer({ clusterType: "local", cores: 7 }, { replace: Transport.layerMemory })
      )
      assert.strictEqual(cluster.config.cores, 1)
      assert.strictEqual(transport.location, "this machine")
      assert.strictEqual(executor.stateDirectory, path.join(scratch, "state"))
    }))

  it.live("is refused when its configuration cannot be used, before anything is connected", () =>
    Effect.gen(function*() {
      for (
        const config of [{ clusterType: "loca" }, { clusterType: "local", memory: "much" }, {
          clusterType: "local",
          hots: 1
        }]
      ) {
        const layer = Cluster.layer(config as ClusterConfig)
        const error = yield* Effect.flip(Effect.provide(Pipeline.run({ fn: work.double }), layer))
        assert.strictEqual(error._tag, "ClusterConfigError")
      }
    }))

  it.live("comes from Effect's Config", () =>
    Effect.gen(function*() {
      const layer = Cluster.layerConfig({
        clusterType: Config.literal("local", "ssh")("CLUSTER"),
        cores: Config.integer("CORES")
      })
      const from = (values: Record<string, string>) =>
        Effect.provide(Cluster.Cluster, layer).pipe(
          Effect.withConfigProvider(
            ConfigProvider.orElse(
              ConfigProvider.fromMap(new Map(Object.entries(values))),
              () => ConfigProvider.fromEnv()
            )
          )
        )
      assert.deepStrictEqual((yield* from({ CLUSTER: "local", CORES: "3" })).config, { clusterType: "local", cores: 3 })
      const error = yield* Effect.flip(from({ CLUSTER: "local" }))
      assert.include(String(error), "CORES")
    }))

  it.live("is the one that is configured", () =>
    Effect.gen(function*() {
      fs.writeFileSync(path.join(scratch, "clustrix.yml"), "profiles:\n  mine:\n    cores: 5\n")
      const layer = Cluster.layerConfigured({ workingDirectory: scratch, profile: "mine" })
      assert.strictEqual((yield* Effect.provide(Cluster.Cluster, layer)).config.cores, 5)
    }))
})

describe("a cluster that cannot be reached", () => {
  it.live("is a typed error at its first use, tried again as the program says", () =>
    Effect.gen(function*() {
      let connections = 0
      const port = yield* Effect.acquireRelease(
        Effect.async<{ readonly port: number; readonly server: Server }>((resume) => {
          const server = createServer((socket) => {
            connections += 1
            socket.destroy()
          }).listen(0, "127.0.0.1", () => {
            const address = server.address()
            resume(Effect.succeed({
              server,
              port: typeof address === "object" && address !== null ? address.port : 0
            }))
          })
        }),
        ({ server }) => Effect.sync(() => server.close())
      ).pipe(Effect.map((listening) => listening.port))
      const config = {
        clusterType: "ssh",
        clusterHost: "127.0.0.1",
        clusterPort: port,
        sshConfigFile: "none",
        agent: false
      } as const
      for (const [retry, tries] of [[undefined, 1], [Schedule.recurs(3), 4]] as const) {
        connections = 0
        const layer = Cluster.layer(config, { retry })
        assert.strictEqual(connections, 0)
        const error = yield* Effect.flip(Effect.provide(Pipeline.run({ fn: work.double, args: [1] }), layer))
        assert.strictEqual(error._tag, "TransportError")
        assert.strictEqual(error._tag === "TransportError" ? error.reason : "", "Connection")
        assert.strictEqual(connections, tries)
      }
    }).pipe(Effect.scoped), 60_000)
})

describe("a service of a cluster's layer", () => {
  for (const fn of [reference, work.double]) {
    const title = typeof fn === "string" ? "by reference" : "by value"
    it.live(`is replaced: packages that stay in memory, of a function ${title}`, () =>
      Effect.gen(function*() {
        const packages = path.join(scratch, "packages")
        fs.rmSync(packages, { recursive: true, force: true })
        const ran = yield* Effect.provide(
          Effect.flatMap(
            Pipeline.run({ fn, args: [4] }),
            (first) => Effect.map(Pipeline.run({ fn, args: [5] }), (second) => [first, second] as const)
          ),
          Cluster.layer(local, { replace: PackageStore.layerMemory })
        )
        assert.deepStrictEqual(ran.map(valueOf), [8, 10])
        assert.match(ran[0].packaged.info.packagePath, /^memory:/)
        assert.isFalse(fs.existsSync(packages))
      }), 60_000)
  }

  it.live("is replaced below those that are made from it", () =>
    Effect.gen(function*() {
      const { stateDirectory } = yield* ClusterExecutor.ClusterExecutor
      const transport = yield* Transport.Transport
      assert.strictEqual(transport.location, "memory")
      yield* transport.makeDirectory(`${stateDirectory}/jobs`)
      const executor = yield* ClusterExecutor.ClusterExecutor
      assert.deepStrictEqual(yield* executor.list, [])
      const error = yield* Effect.flip(executor.find("latest"))
      assert.include(error.message, "There are no jobs on memory")
    }).pipe(Effect.provide(Cluster.layer(local, { replace: Transport.layerMemory }))))

  it.live("can be had alone: a composition of one's own runs references and values", () => {
    const services = Layer.mergeAll(
      PackageStore.layerMemory,
      AnalysisCache.layerConfig,
      Hasher.layer,
      SourceParser.layer,
      FunctionLocator.layer,
      NodeHost.layerExecutionHost
    ).pipe(Layer.provideMerge(NodeContext.layer))
    const own = Layer.mergeAll(layerFilePackager, ClusterServices.layer(local)).pipe(Layer.provideMerge(services))
    return Effect.gen(function*() {
      assert.strictEqual((yield* Pipeline.run({ fn: reference, args: [1] })).result.value, 2)
      assert.strictEqual((yield* Pipeline.run({ fn: work.adder(3), args: [1] })).result.value, 4)
    }).pipe(Effect.provide(own))
  })

  it("is exported for whoever composes", () => {
    for (const layer of [Transport.layerMemory, LocalScheduler.layer, FunctionLocator.layer]) {
      assert.isTrue(Layer.isLayer(layer))
    }
  })
})

describe("a cluster for tests", () => {
  it.live("runs functions, and leaves the user's directories alone", () =>
    Effect.gen(function*() {
      const touched = ["packages", "state", "cache"].map((name) => path.join(scratch, name))
      for (const directory of touched) fs.rmSync(directory, { recursive: true, force: true })
      const { job, result } = yield* Effect.provide(
        Pipeline.run({ fn: work.adder(2), args: [40] }),
        Cluster.layerTest({ cores: 1 })
      )
      assert.strictEqual(result.value, 42)
      assert.deepStrictEqual(touched.filter((directory) => fs.existsSync(directory)), [])
      assert.isFalse(fs.existsSync(job.directory))
    }), 60_000)
})
