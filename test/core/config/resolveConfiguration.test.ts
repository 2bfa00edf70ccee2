import { assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as ConfigurationKey from "../../../core/config/ConfigurationKey.ts"
import * as GivenSettings from "../../../core/config/GivenSettings.ts"
import { type ConfigurationSources, resolveConfiguration } from "../../../core/config/resolveConfiguration.ts"
import { describe as describeOrigin } from "../../../core/config/Sourced.ts"

type Given = Parameters<typeof GivenSettings.read>[0]

interface Places {
  readonly call?: Given
  readonly configured?: Given
  readonly environment?: Readonly<Record<string, string>>
  readonly nearest?: string
  readonly user?: string
  readonly localPath?: ConfigurationSources["localPath"]
}

const resolve = ({ call, configured, environment = {}, localPath, nearest, user }: Places) =>
  Effect.gen(function*() {
    return yield* resolveConfiguration({
      call: call === undefined ? undefined : yield* GivenSettings.read(call, { _tag: "Call" }),
      configured: configured === undefined ? undefined : yield* GivenSettings.read(configured, { _tag: "Configure" }),
      nearestFile: nearest === undefined ? undefined : { file: "clustrix.yml", text: nearest },
      userFile: user === undefined ? undefined : { file: "/home/ada/.config/clustrix/clustrix.toml", text: user },
      localPath
    })
  }).pipe(Effect.withConfigProvider(ConfigProvider.fromMap(new Map(Object.entries(environment)))))

const all: Required<Omit<Places, "localPath">> = {
  call: { queue: "call" },
  configured: { queue: "configured", profile: "hpc" },
  environment: { CLUSTRIX_QUEUE: "environment" },
  nearest: "queue: common\nprofiles:\n  hpc:\n    queue: profile\n",
  user: "queue = \"user common\"\n[profiles.hpc]\nqueue = \"user profile\"\n"
}

describe("resolving a configuration", () => {
  it.effect("is this machine by default, and nothing else", () =>
    Effect.gen(function*() {
      const { config, files, profile, profiles, values } = yield* resolve({})
      assert.deepStrictEqual(config, { clusterType: "local" })
      assert.deepStrictEqual([files, profile, profiles], [[], undefined, []])
      assert.deepStrictEqual([...values.values()].map(({ origin }) => describeOrigin(origin)), ["default"])
    }))

  it.effect("takes each key from the first place that has it", () =>
    Effect.gen(function*() {
      const user = "/home/ada/.config/clustrix/clustrix.toml"
      const steps: ReadonlyArray<readonly [Places, string, string]> = [
        [all, "call", "options of the call"],
        [{ ...all, call: {} }, "configured", "configure()"],
        [{ ...all, call: {}, configured: { profile: "hpc" } }, "environment", "environment variable CLUSTRIX_QUEUE"],
        [
          { nearest: all.nearest, user: all.user, configured: { profile: "hpc" } },
          "profile",
          "clustrix.yml:4:5 (profile hpc)"
        ],
        [{ nearest: all.nearest, user: all.user }, "common", "clustrix.yml:1:1"],
        [{ nearest: "profile: hpc\n", user: all.user }, "user profile", `${user}:3:1 (profile hpc)`],
        [{ nearest: "cores: 1\n", user: all.user }, "user common", `${user}:1:1`]
      ]
      for (const [places, queue, origin] of steps) {
        const { config, values } = yield* resolve(places)
        const sourced = values.get("queue")
        assert.strictEqual(config.queue, queue)
        assert.strictEqual(sourced === undefined ? "" : describeOrigin(sourced.origin), origin)
      }
    }))

  it.effect("selects the profile in the same order, and lays common keys below it", () =>
    Effect.gen(function*() {
      const nearest = "profile: a\nusername: ada\nprofiles:\n  a: { cores: 1 }\n  b: { cores: 2 }\n  c: { cores: 3 }\n"
      const user = "profile = \"d\"\n[profiles.d]\ncores = 4\n[profiles.b]\nmemory = \"2GB\"\n"
      const environment = { CLUSTRIX_PROFILE: "b" }
      for (
        const [places, cores, origin] of [
          [{ nearest, user, environment, configured: { profile: "c" }, call: { profile: "d" } }, 4,
            "options of the call"],
          [{ nearest, user, environment, configured: { profile: "c" } }, 3, "configure()"],
          [{ nearest, user, environment }, 2, "environment variable CLUSTRIX_PROFILE"],
          [{ nearest, user, environment: { CLUSTRIX_PROFILE: "" } }, 1, "clustrix.yml:1:1"],
          [{ user }, 4, "/home/ada/.config/clustrix/clustrix.toml:1:1"]
        ] as const
      ) {
        const { config, profile, profiles } = yield* resolve(places)
        assert.strictEqual(config.cores, cores)
        assert.strictEqual(profile === undefined ? "" : describeOrigin(profile.origin), origin)
        assert.strictEqual(config.username, "nearest" in places ? "ada" : undefined)
        assert.deepStrictEqual(profiles, "nearest" in places ? ["a", "b", "c", "d"] : ["b", "d"])
      }
      assert.strictEqual((yield* resolve({ nearest, user, environment })).config.memory, "2GB")
    }))

  it.effect("names the profiles that there are when it is told another", () =>
    Effect.gen(function*() {
      const nearest = "profiles: { hpc: {}, gpu: {} }\n"
      const call = yield* Effect.flip(resolve({ nearest, call: { profile: "hcp" } }))
      assert.strictEqual(call.reason, "UnknownProfile")
      assert.include(call.message, "gpu, hpc")
      assert.include(call.message, "Did you mean `hpc`?")
      const environment = yield* Effect.flip(resolve({ nearest, environment: { CLUSTRIX_PROFILE: "laptop" } }))
      assert.include(environment.message, "CLUSTRIX_PROFILE")
      const file = yield* Effect.flip(resolve({ nearest: `profile: laptop\n${nearest}` }))
      assert.include(file.message, "clustrix.yml:1:1: There is no profile \"laptop\"")
      assert.include((yield* Effect.flip(resolve({ call: { profile: "a" } }))).message, "clustrix.toml")
      assert.include((yield* Effect.flip(resolve({ nearest: "", call: { profile: "a" } }))).message, "in clustrix.yml")
    }))

  it.effect("reads a variable for every key", () =>
    Effect.gen(function*() {
      const { config } = yield* resolve({
        environment: {
          CLUSTRIX_CLUSTER_TYPE: "slurm",
          CLUSTRIX_CLUSTER_HOST: "",
          CLUSTRIX_CLUSTER_PORT: "2222",
          CLUSTRIX_PASSWORD: "hunter2",
          CLUSTRIX_AGENT: "false",
          CLUSTRIX_MODULE_LOADS: "gcc/13, python/3.10",
          CLUSTRIX_MEMORY: "512M"
        }
      })
      const { password, ...rest } = config
      assert.deepStrictEqual(rest, {
        clusterType: "slurm",
        clusterPort: 2222,
        agent: false,
        moduleLoads: ["gcc/13", "python/3.10"],
        memory: "512M"
      })
      assert.strictEqual(password === undefined ? "" : Redacted.value(password), "hunter2")
      // Each is read: a list of two words that no text holds is refused by all that are neither lists nor texts
      for (const { name, variable } of ConfigurationKey.keys) {
        const result = yield* Effect.either(resolve({ environment: { [variable]: "a b" } }))
        if (result._tag === "Left") assert.include(result.left.message, variable)
        else assert.isTrue(result.right.values.has(name), variable)
      }
      const error = yield* Effect.flip(resolve({ environment: { CLUSTRIX_CORES: "hunter2" } }))
      assert.include(error.message, "The environment variable CLUSTRIX_CORES")
      assert.notInclude(error.message, "hunter2")
    }))

  it.effect("checks what a program says", () =>
    Effect.gen(function*() {
      const wrong: ReadonlyArray<readonly [Record<string, unknown>, RegExp]> = [
        [{ coers: 1 }, /`coers`.*configure\(\)[\s\S]*Did you mean `cores`/],
        [{ cores: 0 }, /`cores` that configure\(\) was given[\s\S]*between 1 and 10000/],
        [{ cluster_host: "a", clusterHost: "b" }, /the same key/],
        [{ profile: 5 }, /The profile is not named/],
        [{ cores: { password: "hunter2" } }, /`cores`/]
      ]
      for (const [configured, words] of wrong) {
        const error = yield* Effect.flip(resolve({ configured }))
        assert.match(error.message, words)
        assert.notInclude(error.message, "hunter2")
      }
      assert.deepStrictEqual((yield* resolve({ configured: { cores: undefined }, nearest: "cores: 2\n" })).config, {
        clusterType: "local",
        cores: 2
      })
    }))

  it.effect("asks the host what its paths mean", () =>
    Effect.gen(function*() {
      const { config, values } = yield* resolve({
        nearest: "key_file: id\nagent: false\nremote_work_dir: work\nssh_config_file: none\n",
        localPath: (path, origin) => `${describeOrigin(origin)}/${path}`
      })
      assert.deepStrictEqual(config, {
        clusterType: "local",
        keyFile: "clustrix.yml:1:1/id",
        agent: false,
        sshConfigFile: "clustrix.yml:4:1/none",
        remoteWorkDir: "work"
      })
      assert.strictEqual(values.get("keyFile")?.value, "clustrix.yml:1:1/id")
    }))
})
