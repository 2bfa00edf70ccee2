import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs"
import { PackageInfo } from "../../../core/packaging/PackageInfo.ts"
import { loadedWith, makeWorkbench, type Workbench } from "./command.ts"

let bench: Workbench

const configuration = `cluster_type: slurm
cluster_host: login.cluster.edu
password: hunter2
environment_variables: [LANG]

profiles:
  hpc:
    cores: 16
    module_loads: [gcc/13, 3.10]
  here:
    cluster_type: local
`

beforeAll(async () => {
  bench = await makeWorkbench()
  bench.write("package.json", JSON.stringify({ name: "config-test", type: "module" }))
  bench.write("main.ts", "export const main = () => [process.env[\"LANG\"], process.env[\"WORD\"]]\n")
  bench.write("with/clustrix.yml", configuration)
  bench.write("with/main.ts", "export { main } from \"../main.ts\"\n")
  bench.write("wrong/clustrix.toml", "cores = 4\n\n[profiles.hpc]\ncluster_hots = \"a\"\n")
  bench.write("broken/clustrix.yml", "cores: 4\npassword: \"hunter2\n")
})

afterAll(() => bench.remove())

const runIn = (directory: string, words: ReadonlyArray<string>, environment?: Readonly<Record<string, string>>) =>
  bench.run(words, environment, directory)

const invocationOf = async (directory: string, ...words: Array<string>) => {
  const { code, stderr, stdout } = await runIn(directory, ["package", ...words, "--json"])
  assert.strictEqual(code, 0, stderr)
  const { invocationPath = "" } = Schema.decodeUnknownSync(PackageInfo)(JSON.parse(stdout))
  const invocation: unknown = JSON.parse(Fs.readFileSync(invocationPath, "utf8"))
  return Object.fromEntries(Object.entries(invocation ?? {}))
}

describe("clustrix config show", () => {
  it("loads neither the packager nor a transport", () => {
    const loaded = [...loadedWith(bench.metafile, "platform-node/cli/commands/config.ts")]
    assert.include(loaded, "core/config/resolveConfiguration.ts")
    assert.isEmpty(loaded.filter((input) => /@swc|ssh2|core\/(graph|npm|package|execute)\//.test(input)))
  })

  it("shows this machine where nothing is configured", async () => {
    const { code, stderr, stdout } = await runIn("", ["config", "show"])
    assert.deepStrictEqual([code, stderr], [0, ""])
    assert.match(stdout, /^cluster_type {2}local {2}default\n\nNot set: cluster_host, /)
    assert.match(stdout, /\nFiles: none\n$/)
  })

  it("shows each key with its value and where it comes from", async () => {
    const { code, stdout } = await runIn("with", ["config", "show", "--cluster", "hpc"], { CLUSTRIX_MEMORY: "8GB" })
    assert.strictEqual(code, 0)
    assert.deepStrictEqual(stdout.split("\n\n")[0]?.split("\n"), [
      "profile                hpc                --cluster",
      "cluster_type           slurm              clustrix.yml:1:1",
      "cluster_host           login.cluster.edu  clustrix.yml:2:1",
      "password               <redacted>         clustrix.yml:3:1",
      "cores                  16                 clustrix.yml:8:5 (profile hpc)",
      "memory                 8GB                environment variable CLUSTRIX_MEMORY",
      "module_loads           gcc/13, 3.10       clustrix.yml:9:5 (profile hpc)",
      "environment_variables  LANG               clustrix.yml:4:1"
    ])
    assert.match(stdout, /\nProfiles: here, hpc\nFiles: clustrix\.yml\n$/)
    assert.notInclude(stdout, "hunter2")
  })

  it("prints the same for machines", async () => {
    const { code, stdout } = await runIn("with", ["config", "show", "--json"], { CLUSTRIX_PROFILE: "here" })
    assert.strictEqual(code, 0)
    assert.notInclude(stdout, "hunter2")
    const at = (line: number, column: number) => ({ file: "clustrix.yml", line, column })
    assert.deepStrictEqual(JSON.parse(stdout), {
      profile: { value: "here", origin: "environment variable CLUSTRIX_PROFILE" },
      profiles: ["here", "hpc"],
      files: ["clustrix.yml"],
      values: {
        clusterType: { value: "local", origin: "clustrix.yml:11:5 (profile here)", location: at(11, 5) },
        clusterHost: { value: "login.cluster.edu", origin: "clustrix.yml:2:1", location: at(2, 1) },
        password: { value: "<redacted>", origin: "clustrix.yml:3:1", location: at(3, 1) },
        environmentVariables: { value: ["LANG"], origin: "clustrix.yml:4:1", location: at(4, 1) }
      }
    })
  })

  it("refuses with 2 what cannot be used, and says where", async () => {
    for (
      const [directory, words, expected] of [
        ["with", ["config", "show", "--cluster", "hcp"], "Did you mean `hpc`?"],
        ["with", ["config", "list"], "clustrix config show"],
        ["with", ["config"], "needs one argument"],
        ["wrong", ["config", "show"], "error: clustrix.toml:4:1: There is no key `cluster_hots`"],
        ["broken", ["config", "show"], "error: clustrix.yml:3:1: clustrix.yml is not valid YAML"],
        ["wrong", ["run", "../main.ts#main"], "Did you mean `cluster_host`?"],
        ["with", ["package", "main.ts#main", "--cluster", "none"], "here, hpc"]
      ] as const
    ) {
      const { code, stderr, stdout } = await runIn(directory, words)
      assert.deepStrictEqual([code, stdout], [2, ""], words.join(" "))
      assert.include(stderr, expected)
      assert.notInclude(stderr, "hunter2")
    }
    const { code, stdout } = await runIn("wrong", ["config", "show", "--json"])
    assert.strictEqual(code, 2)
    const { error } = Object.fromEntries(Object.entries(JSON.parse(stdout) as object))
    assert.deepInclude(error, { tag: "ConfigurationError", reason: "UnknownKey" })
  })
})

describe("the cluster of a call", () => {
  it("is this machine, and what the command line says, where nothing is configured", async () => {
    assert.deepStrictEqual((await invocationOf("", "main.ts#main"))["cluster"], { clusterType: "local" })
    const words = ["--time", "90s", "--cores", "2", "--memory", "1GB", "--partition", "p", "--queue", "q", "--env",
      "WORD"]
    const invocation = await invocationOf("", "main.ts#main", ...words)
    assert.deepStrictEqual(invocation["cluster"], {
      clusterType: "local",
      cores: 2,
      environmentVariables: ["WORD"],
      memory: "1GB",
      partition: "p",
      queue: "q",
      time: "90s"
    })
  })

  it("is the profile that is named, with the command line over it, and without its secrets", async () => {
    const { cluster, environmentVariables } = await invocationOf(
      "with",
      "main.ts#main",
      "--cluster",
      "hpc",
      "--cores",
      "4",
      "--env",
      "WORD"
    )
    assert.deepStrictEqual(cluster, {
      clusterType: "slurm",
      clusterHost: "login.cluster.edu",
      cores: 4,
      moduleLoads: ["gcc/13", "3.10"],
      environmentVariables: ["LANG", "WORD"]
    })
    assert.deepStrictEqual(environmentVariables, ["LANG", "WORD"])
  })

  it("gives no variable to an invocation that only the invocation names", async () => {
    const { code, stdout } = await runIn("", ["package", "main.ts#main", "--json"])
    assert.strictEqual(code, 0)
    const info = Schema.decodeUnknownSync(PackageInfo)(JSON.parse(stdout))
    const stored: unknown = JSON.parse(Fs.readFileSync(info.invocationPath ?? "", "utf8"))
    bench.write("foreign.json", JSON.stringify({ ...Object(stored), environmentVariables: ["LANG", "WORD"] }))
    const words = ["run", info.packagePath, "--invocation", "foreign.json", "--json"]
    const environment = { LANG: "C", WORD: "hunter2" }
    for (const own of [[], ["--env", "LANG"]]) {
      const refused = await runIn("", [...words, ...own], environment)
      assert.strictEqual(refused.code, 2, refused.stderr)
      const { error } = Object.fromEntries(Object.entries(JSON.parse(refused.stdout) as object))
      assert.deepInclude(error, {
        tag: "JobEnvironmentError",
        what: `The invocation asks for the environment variable ${own.length === 0 ? `"LANG" and 1 more` : `"WORD"`}`
      })
      assert.notInclude(refused.stdout + refused.stderr, "hunter2")
    }
    const both = await runIn("", [...words, "--env", "LANG", "--env", "WORD"], environment)
    assert.deepStrictEqual([both.code, JSON.parse(both.stdout).value], [0, ["C", "hunter2"]], both.stderr)
  })

  it("gives a job the variables that are configured, and those of --env", async () => {
    const environment = { LANG: "C", WORD: "hello" }
    const { code, stderr, stdout } = await runIn(
      "with",
      ["run", "main.ts#main", "--cluster", "here", "--env", "WORD", "--json"],
      environment
    )
    assert.strictEqual(code, 0, stderr)
    assert.deepInclude(JSON.parse(stdout), { value: ["C", "hello"] })
  })

  it("refuses amounts that are none", async () => {
    for (
      const [option, value] of [["--cores", "0"], ["--cores", "1.5"], ["--memory", "lots"], ["--env", "A=1"]] as const
    ) {
      const { code, stderr } = await runIn("", ["run", "main.ts#main", option, value])
      assert.strictEqual(code, 2)
      assert.include(stderr, JSON.stringify(value))
    }
  })
})
