import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as ClusterConfig from "../../../core/config/ClusterConfig.ts"
import { createExecutionContext, ExecutionHost } from "../../../core/packaging/ExecutionContext.ts"
import * as Hasher from "../../../platform-node/Hasher.ts"

const input = {
  clusterType: "slurm",
  clusterHost: "cluster.edu",
  username: "researcher",
  password: "hunter2-secret",
  keyPassphrase: "also-secret",
  remoteWorkDir: "/scratch/project",
  cores: 8,
  memory: "16GB",
  time: "02:00:00"
}

describe("ClusterConfig", () => {
  it.effect("decodes, and hashes without secrets and without regard to order", () =>
    Effect.gen(function*() {
      const config = yield* ClusterConfig.decode(input)
      assert.strictEqual(config.password === undefined ? "" : Redacted.value(config.password), "hunter2-secret")
      assert.notInclude(JSON.stringify(ClusterConfig.withoutSecrets(config)), "secret")
      assert.notInclude(String(JSON.stringify(config)), "hunter2")
      const hash = yield* ClusterConfig.hash(config)
      assert.match(hash, /^[0-9a-f]{64}$/)
      const other = yield* ClusterConfig.decode(
        Object.fromEntries(Object.entries({ ...input, password: "another" }).reverse())
      )
      assert.strictEqual(yield* ClusterConfig.hash(other), hash)
      assert.notStrictEqual(yield* ClusterConfig.hash({ ...config, cores: 9 }), hash)
      assert.lengthOf(ClusterConfig.secretsOf(config), 2)
    }).pipe(Effect.provide(Hasher.layer)))

  it.effect("names the key that is wrong, and never a secret", () =>
    Effect.gen(function*() {
      const cases: ReadonlyArray<readonly [Record<string, unknown>, RegExp]> = [
        [{ ...input, cores: 0 }, /cores/],
        [{ ...input, memory: "lots" }, /amount such as 8GB/],
        [{ ...input, time: "soon" }, /time such as 01:30:00/],
        // Schedulers do not agree on what a number alone means
        [{ ...input, memory: "64" }, /memory: Expected a unit: 64MB or 64GB/],
        [{ ...input, memory: "1.5" }, /memory: Expected a unit: 1.5MB or 1.5GB/],
        [{ ...input, time: "90" }, /time: Expected a unit: 90s for seconds or 90m for minutes/],
        ...["0", "0s", "0.0h", "00:00", "0-00:00:00"].map((time) =>
          [{ ...input, time }, /time: Expected a time above zero/] as const
        ),
        ...["0", "0GB", "0.0 m"].map((memory) =>
          [{ ...input, memory }, /memory: Expected an amount above zero/] as const
        ),
        [{ ...input, colour: "red" }, /colour/],
        [{ ...input, clusterType: "cray" }, /clusterType/],
        [{ ...input, environmentVariables: ["A=hunter2"] }, /environmentVariables/],
        [{ ...input, password: ["hunter2-secret"] }, /password/]
      ]
      for (const [config, words] of cases) {
        const error = yield* Effect.flip(ClusterConfig.decode(config))
        assert.match(error.message, words)
        assert.notInclude(error.message, "hunter2-secret")
      }
    }))

  it("reads times and amounts of memory", () => {
    const times = {
      "90s": 90,
      "1:30": 90,
      "01:30:00": 5400,
      "2-12:00:00": 216_000,
      "1-06": 108_000,
      "1.5h": 5400,
      "36h": 129_600,
      "2d": 172_800
    }
    for (const [text, seconds] of Object.entries(times)) {
      assert.strictEqual(ClusterConfig.timeSeconds(text), seconds, text)
    }
    const amounts = {
      "8GB": 8 * 1024 ** 3,
      "8g": 8 * 1024 ** 3,
      "1.5 GiB": 1.5 * 1024 ** 3,
      "512M": 512 * 1024 ** 2,
      "100B": 100,
      "1KB": 1024,
      "2T": 2 * 1024 ** 4
    }
    for (const [text, bytes] of Object.entries(amounts)) {
      assert.strictEqual(ClusterConfig.memoryBytes(text), bytes, text)
    }
  })
})

describe("createExecutionContext", () => {
  it.effect("has the original's fields", () =>
    Effect.gen(function*() {
      const config = { ...ClusterConfig.local, environmentVariables: ["B", "A", "B"] }
      const context = yield* createExecutionContext(config, [1, "two"], { three: 3 })
      assert.deepStrictEqual({ ...context }, {
        workingDirectory: "/project",
        runtimeVersion: "v20",
        environmentVariables: ["A", "B"],
        clusterConfig: config,
        functionArgs: [1, "two"],
        functionKwargs: { three: 3 }
      })
      const bare = yield* createExecutionContext(ClusterConfig.local)
      assert.deepStrictEqual([bare.functionArgs, bare.functionKwargs], [[], {}])
    }).pipe(Effect.provideService(ExecutionHost, { workingDirectory: "/project", runtimeVersion: "v20" })))
})
