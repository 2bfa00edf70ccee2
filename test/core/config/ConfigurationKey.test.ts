import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as ClusterConfig from "../../../core/config/ClusterConfig.ts"
import * as ConfigurationKey from "../../../core/config/ConfigurationKey.ts"

const key = (spelling: string): ConfigurationKey.ConfigurationKey => {
  const found = ConfigurationKey.bySpelling(spelling)
  if (found === undefined) throw new Error(`There is no key ${spelling}.`)
  return found
}

const decode = (spelling: string, value: unknown) => key(spelling).decode(value)
const fromText = (spelling: string, text: string) => ConfigurationKey.fromText(key(spelling), text)

describe("the keys of a configuration", () => {
  it("are those of the Schema, each with its spellings", () => {
    assert.deepStrictEqual(
      ConfigurationKey.keys.map(({ name }) => name as string),
      Object.keys(ClusterConfig.ClusterConfig.fields)
    )
    for (const name of [...ClusterConfig.secrets, ...ClusterConfig.localPaths]) key(name)
    assert.strictEqual(key("cluster_host"), key("clusterHost"))
    assert.strictEqual(key("remote_work_dir").name, "remoteWorkDir")
    assert.strictEqual(key("keyPassphrase").variable, "CLUSTRIX_KEY_PASSPHRASE")
    assert.isUndefined(ConfigurationKey.bySpelling("toString"))
  })

  it("guess what was meant, in the same spelling", () => {
    assert.strictEqual(ConfigurationKey.near("cluster_hots"), "cluster_host")
    assert.strictEqual(ConfigurationKey.near("clusterHots"), "clusterHost")
    assert.strictEqual(ConfigurationKey.near("cluster-host"), "cluster_host")
    assert.strictEqual(ConfigurationKey.near("default_cores"), "cores")
    assert.strictEqual(ConfigurationKey.near("defaultMemory"), "memory")
    assert.isUndefined(ConfigurationKey.near("default_"))
    assert.isUndefined(ConfigurationKey.near("colour"))
  })

  it("take texts as the types that they want", () => {
    assert.strictEqual(fromText("cores", " 8 "), 8)
    assert.strictEqual(fromText("cores", "many"), "many")
    assert.strictEqual(fromText("cores", " "), " ")
    assert.strictEqual(fromText("memory", "8"), "8")
    assert.strictEqual(fromText("agent", "false"), false)
    assert.strictEqual(fromText("agent", "/run/agent"), "/run/agent")
    assert.strictEqual(fromText("password", " 1,2 "), " 1,2 ")
    assert.deepStrictEqual(fromText("module_loads", "gcc/13, python/3.10,"), ["gcc/13", "python/3.10"])
  })

  it("check their values", () => {
    assert.deepStrictEqual(decode("cores", 8), Either.right(8))
    assert.deepStrictEqual(decode("agent", false), Either.right(false))
    assert.deepStrictEqual(decode("allowScripts", ["sharp", "@scope/name"]), Either.right(["sharp", "@scope/name"]))
    for (
      const [spelling, value, why] of [
        ["cores", 0, /between 1 and 10000.*actual 0/],
        ["cores", "0", /^Expected number$/],
        ["agent", true, /^Expected the path of an agent's socket, or false$/],
        ["agent", "", /^Expected the path of an agent's socket, or false$/],
        ["clusterType", "cray", /^Expected one of local, ssh, slurm, sge, pbs$/],
        ["strictHostKeyChecking", true, /^Expected one of yes, accept-new, no$/],
        ["moduleLoads", "gcc", /^Expected a list of texts$/],
        ["environmentVariables", ["A", "B=1"],
          /^Expected the name of an environment variable \(number 2 of the list\)$/],
        ["allowScripts", ["a b"], /name of an npm package/],
        ["connectTimeout", 1.5, /integer/],
        ["username", { password: "hunter2" }, /^Expected string$/]
      ] as const
    ) {
      const result = decode(spelling, value)
      assert.match(Either.isLeft(result) ? result.left : "accepted", why, spelling)
    }
  })

  it("hold secrets redacted, whether they come so or plain", () => {
    for (const value of ["hunter2", Redacted.make("hunter2")]) {
      const secret = Either.getOrThrow(decode("password", value))
      assert.isTrue(Redacted.isRedacted(secret) && Redacted.value(secret) === "hunter2")
    }
    assert.deepStrictEqual(decode("password", Redacted.make(5)), Either.left("Expected a text"))
  })
})
