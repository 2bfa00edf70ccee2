import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import { ClusterExecutor, Configuration, configure, createExecutionContext, run } from "clustrix/node"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { spawnSync } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { ConfigurationError } from "../../core/config/ConfigurationError.ts"
import { describe as describeOrigin } from "../../core/config/Sourced.ts"

let root = ""
const environment = { ...process.env }

/** In place: what else reads the home directory looks at the process's own environment. */
const setEnvironment = (wanted: NodeJS.ProcessEnv): void => {
  for (const name of Object.keys(process.env)) if (!(name in wanted)) delete process.env[name]
  Object.assign(process.env, wanted)
}

beforeEach(() => {
  root = Fs.realpathSync(Fs.mkdtempSync(Path.join(Os.tmpdir(), "clustrix-configuration-")))
  const own = Object.entries(environment).filter(([name]) => !name.startsWith("CLUSTRIX_"))
  setEnvironment({
    ...Object.fromEntries(own),
    HOME: Path.join(root, "home"),
    XDG_CONFIG_HOME: Path.join(root, "xdg")
  })
})
afterEach(() => {
  configure({ profile: undefined, clusterType: undefined, cores: undefined, password: undefined })
  setEnvironment(environment)
  Fs.rmSync(root, { recursive: true, force: true })
})

const write = (path: string, text: string): void => {
  Fs.mkdirSync(Path.dirname(Path.join(root, path)), { recursive: true })
  Fs.writeFileSync(Path.join(root, path), text)
}

const load = (options: Configuration.LoadOptions = {}) => {
  const workingDirectory = Path.join(root, "project/src")
  Fs.mkdirSync(workingDirectory, { recursive: true })
  return Configuration.load({ workingDirectory, ...options })
}

const originOf = (resolved: Effect.Effect.Success<ReturnType<typeof load>>, name: "cores" | "queue" | "time") => {
  const sourced = resolved.values.get(name)
  return sourced === undefined ? undefined : describeOrigin(sourced.origin)
}

const thrownBy = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  return undefined
}

const isConfigurationError = Schema.is(ConfigurationError)

describe("loading the configuration", () => {
  it.effect("finds the nearest file, then the user's own", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual((yield* load()).config, { clusterType: "local" })
      write("clustrix.yaml", "cores: 1\nqueue: far\n")
      assert.deepStrictEqual((yield* load()).files, ["../../clustrix.yaml"])
      write("project/clustrix.json", "{ \"cores\": 2 }")
      write("xdg/clustrix/clustrix.toml", "cores = 3\ntime = \"1h\"\n")
      const resolved = yield* load()
      assert.deepStrictEqual(resolved.config, { clusterType: "local", cores: 2, time: "1h" })
      assert.strictEqual(originOf(resolved, "cores"), "../clustrix.json:1:3")
      assert.strictEqual(originOf(resolved, "time"), `${Path.join(root, "xdg/clustrix/clustrix.toml")}:2:1`)
      process.env["CLUSTRIX_CORES"] = "4"
      assert.strictEqual(originOf(yield* load(), "cores"), "environment variable CLUSTRIX_CORES")
      configure({ cores: 5 })
      assert.strictEqual(originOf(yield* load(), "cores"), "configure()")
      assert.strictEqual((yield* load({ overrides: { cores: 6 } })).config.cores, 6)
    }))

  it.effect("takes ~/.config where XDG_CONFIG_HOME says nothing, and reads no file twice", () =>
    Effect.gen(function*() {
      write("home/.config/clustrix/clustrix.yml", "cores: 7\n")
      for (const xdg of [undefined, "", "relative"]) {
        if (xdg === undefined) delete process.env["XDG_CONFIG_HOME"]
        else process.env["XDG_CONFIG_HOME"] = xdg
        assert.strictEqual((yield* load()).config.cores, 7)
      }
      const inside = yield* load({ workingDirectory: Path.join(root, "home/.config/clustrix") })
      assert.deepStrictEqual(inside.files, [Path.join(root, "home/.config/clustrix/clustrix.yml")])
      const given = Effect.withConfigProvider(load(), ConfigProvider.fromMap(new Map([["CLUSTRIX_QUEUE", "night"]])))
      assert.deepStrictEqual((yield* given).config, { clusterType: "local", cores: 7, queue: "night" })
    }))

  it.effect("refuses two files in one directory, and names both", () =>
    Effect.gen(function*() {
      write("project/clustrix.yml", "cores: 1\n")
      write("project/clustrix.toml", "cores = 1\n")
      const error = yield* Effect.flip(load())
      assert.strictEqual(error.reason, "SeveralFiles")
      assert.include(error.message, "../clustrix.yml and ../clustrix.toml")
      write("project/src/clustrix.yml", "cores: 1\n")
      assert.strictEqual((yield* load()).config.cores, 1)
      write("xdg/clustrix/clustrix.yml", "")
      write("xdg/clustrix/clustrix.json", "")
      assert.strictEqual((yield* Effect.flip(load())).reason, "SeveralFiles")
    }))

  it.effect("does not wait for what is no file", () =>
    Effect.gen(function*() {
      Fs.mkdirSync(Path.join(root, "project"))
      assert.strictEqual(spawnSync("mkfifo", [Path.join(root, "project/clustrix.yml")]).status, 0)
      const error = yield* Effect.flip(load())
      assert.strictEqual(error.reason, "Unreadable")
      assert.include(error.message, "../clustrix.yml cannot be read")
    }))

  it.effect("selects a profile, and starts relative paths at the file that they stand in", () =>
    Effect.gen(function*() {
      write(
        "project/clustrix.yml",
        "key_file: keys/id\nknown_hosts_file: none\nremote_work_dir: work\nprofiles:\n  a:\n    runtime_archive: ~/node.tar.gz\n"
      )
      const { config } = yield* load({ profile: "a", overrides: { sshConfigFile: "here" } })
      assert.deepStrictEqual(config, {
        clusterType: "local",
        keyFile: Path.join(root, "project/keys/id"),
        knownHostsFile: "none",
        sshConfigFile: "here",
        remoteWorkDir: "work",
        runtimeArchive: Path.join(root, "home/node.tar.gz")
      })
      assert.strictEqual((yield* Effect.flip(load({ profile: "b" }))).reason, "UnknownProfile")
    }))
})

describe("configure", () => {
  it.effect("adds to what was said before, and takes back what is undefined", () =>
    Effect.gen(function*() {
      write("project/clustrix.yml", "profiles:\n  hpc:\n    queue: long\n")
      configure({ cores: 2, password: "hunter2" })
      configure({ clusterType: "slurm", profile: "hpc" })
      const { password, ...config } = (yield* load()).config
      assert.deepStrictEqual(config, { clusterType: "slurm", cores: 2, queue: "long" })
      assert.strictEqual(password === undefined ? "" : Redacted.value(password), "hunter2")
      configure({ cores: undefined, password: undefined, profile: undefined })
      assert.deepStrictEqual((yield* load()).config, { clusterType: "slurm" })
    }))

  it("throws the error itself, and then changes nothing", () => {
    const error = thrownBy(() => configure({ cores: 0, clusterType: "slurm" }))
    assert.isTrue(isConfigurationError(error) && error.message.includes("`cores` that configure() was given"))
    assert.deepStrictEqual(Effect.runSync(load()).config, { clusterType: "local" })
  })

  it("holds for calls that bring no configuration", async () => {
    configure({ clusterType: "slurm", cores: 3 })
    assert.deepStrictEqual(createExecutionContext().clusterConfig, { clusterType: "slurm", cores: 3 })
    assert.deepStrictEqual(new ClusterExecutor().clusterConfig, { clusterType: "slurm", cores: 3 })
    const own = { clusterType: "local" } as const
    assert.deepStrictEqual(createExecutionContext(own).clusterConfig, own)
    assert.strictEqual(new ClusterExecutor(own).clusterConfig, own)
    process.env["CLUSTRIX_CORES"] = "many"
    assert.isTrue(isConfigurationError(thrownBy(() => createExecutionContext())))
    const rejected: unknown = await run("src/none.ts#main").then(() => undefined, (error: unknown) => error)
    assert.isTrue(isConfigurationError(rejected))
  })
})
