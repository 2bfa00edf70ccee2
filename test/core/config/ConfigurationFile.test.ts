import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Redacted from "effect/Redacted"
import * as ConfigurationFile from "../../../core/config/ConfigurationFile.ts"
import type { ConfigurationError } from "../../../core/config/ConfigurationError.ts"
import type { Settings } from "../../../core/config/Settings.ts"
import { describe as describeOrigin } from "../../../core/config/Sourced.ts"

const accepted = (file: string, text: string): ConfigurationFile.ConfigurationFile =>
  Either.getOrThrowWith(ConfigurationFile.read({ file, text }), (error) => error)

const refused = (file: string, text: string): ConfigurationError => {
  const result = ConfigurationFile.read({ file, text })
  if (Either.isRight(result)) throw new Error(`${file} was accepted:\n${text}`)
  return result.left
}

/** Values in the clear, and origins in words. */
const shown = ({ values }: Settings) =>
  Object.fromEntries([...values].map(([name, { origin, value }]) => [name, [
    Redacted.isRedacted(value) ? Redacted.value(value) : value,
    describeOrigin(origin)
  ]]))

const yaml = `# the cluster of the institute
cluster_type: slurm
cluster_host: login.cluster.edu
moduleLoads: [gcc/13, 3.10]
time: 01:30:00
profile: gpu

profiles:
  gpu:
    cores: 16
    password: 0123
    agent: false
  empty:
`

const json = `{
  // the cluster of the institute
  "cluster_type": "slurm",
  "cluster_host": "login.cluster.edu",
  "moduleLoads": ["gcc/13", 3.10],
  "time": "01:30:00",
  "profile": "gpu",
  "profiles": {
    "gpu": { "cores": 16, "password": "0123", "agent": false },
    "empty": null,
  }
}
`

const toml = `# the cluster of the institute
cluster_type = "slurm"
cluster_host = 'login.cluster.edu'
moduleLoads = ["gcc/13", 3.10]
time = 01:30:00
profile = "gpu"
profiles.empty = {}

[profiles.gpu]
cores = 16
password = "0123"
agent = false
`

const files = [["clustrix.yml", yaml], ["clustrix.json", json], ["clustrix.toml", toml]] as const

describe("a file of configuration", () => {
  it("says the same in each language, and where", () => {
    const places = {
      "clustrix.yml": ["2:1", "3:1", "4:1", "5:1", "6:1", "10:5", "11:5", "12:5"],
      "clustrix.json": ["3:3", "4:3", "5:3", "6:3", "7:3", "9:14", "9:27", "9:47"],
      "clustrix.toml": ["2:1", "3:1", "4:1", "5:1", "6:1", "10:1", "11:1", "12:1"]
    }
    for (const [file, text] of files) {
      for (const variant of [text, `\uFEFF${text}`, text.replaceAll("\n", "\r\n")]) {
        const read = accepted(file, variant)
        const [type, host, modules, time, profile, cores, password, agent] = places[file].map((at) => `${file}:${at}`)
        assert.deepStrictEqual(shown(read.common), {
          clusterType: ["slurm", type],
          clusterHost: ["login.cluster.edu", host],
          moduleLoads: [["gcc/13", "3.10"], modules],
          time: ["01:30:00", time]
        })
        assert.deepStrictEqual([...read.profiles.keys()].sort(), ["empty", "gpu"])
        const gpu = read.profiles.get("gpu")
        assert.deepStrictEqual(gpu === undefined ? {} : shown(gpu), {
          cores: [16, `${cores} (profile gpu)`],
          password: ["0123", `${password} (profile gpu)`],
          agent: [false, `${agent} (profile gpu)`]
        })
        assert.strictEqual(read.profile?.value, "gpu")
        assert.strictEqual(read.profile === undefined ? "" : describeOrigin(read.profile.origin), profile)
      }
    }
  })

  it("may be empty, and may leave keys empty", () => {
    for (
      const [file, text] of [["clustrix.yml", ""], ["clustrix.yaml", "# nothing"], ["clustrix.json", ""], [
        "clustrix.json",
        "{}"
      ], ["clustrix.toml", "\n"], ["clustrix.yml", "profile:\nprofiles:\n"]] as const
    ) {
      assert.deepStrictEqual([accepted(file, text).profile, accepted(file, text).common.values.size], [undefined, 0])
    }
    const { common } = accepted("clustrix.yml", "cluster_host:\nusername: ~\ncores: 4\n")
    assert.deepStrictEqual(Object.entries(shown(common)).map(([name, [value]]) => [name, value]), [
      ["clusterHost", undefined],
      ["username", undefined],
      ["cores", 4]
    ])
  })

  it("names the key that is wrong and its place, and what was meant", () => {
    for (
      const [file, text, place, ...words] of [
        ["clustrix.yml", "cores: 1\ncluster_hots: a\n", "2:1", "`cluster_hots`", "Did you mean `cluster_host`?"],
        ["clustrix.yml", "a: 1\n", "1:1", "There is no key `a`", "cluster_type, cluster_host"],
        ["clustrix.yml", "profiles:\n  a:\n    coers: 1\n", "3:5", "`coers`", "Did you mean `cores`?"],
        ["clustrix.yml", "profiles:\n  a:\n    profile: b\n", "3:5", "`profile`"],
        ["clustrix.yml", "<<: { cores: 1 }\n", "1:1", "There is no key"],
        ["clustrix.yml", "cluster_host: a\nclusterHost: b\n", "2:1", "are the same key", "clustrix.yml:1:1"],
        ["clustrix.json", "{\"cores\": 1,\n \"cores\": 2}", "2:2", "`cores` is given twice"],
        ["clustrix.json", "{\"profiles\": {},\n \"profiles\": {}}", "2:2", "`profiles` is given twice"],
        ["clustrix.json", "{\"profiles\": {\"a\": {},\n \"a\": {}}}", "2:2", "\"a\" is given twice"],
        ["clustrix.json", "{\"__proto__\": {\"cores\": 1}}", "1:2", "__proto__"],
        ["clustrix.toml", "\ncores = \"four\"\n", "2:1", "`cores`", "Expected number"],
        ["clustrix.toml", "[[profiles]]\ncores = 1\n[[profiles]]\n[profiles.a]\n", "1:3", "`profiles`", "not a table"],
        ["clustrix.toml", "[[module_loads]]\n", "1:3", "`module_loads`", "Expected string"],
        ["clustrix.toml", "[__proto__.a]\ncores = 1\n", "1:2", "__proto__"],
        ["clustrix.toml", "x = \"😀\"\n", "1:1", "`x`"],
        ["clustrix.yml", "cluster_type: slrum\n", "1:1", "Expected one of local, ssh", "Did you mean `slurm`?"],
        ["clustrix.yml", "memory: lots\n", "1:1", "8GB"],
        ["clustrix.yml", "module_loads: gcc\n", "1:1", "a list of texts"],
        ["clustrix.yml", "profile: [a]\n", "1:1", "not the name of a profile"],
        ["clustrix.yml", "profiles: [a]\n", "1:1", "not a table of profiles"],
        ["clustrix.yml", "profiles:\n  a: 5\n", "2:3", "The profile \"a\" does not hold keys"],
        ["clustrix.yml", "- cores\n", "1:1", "does not hold keys and values"],
        ["clustrix.json", "5", "1:1", "does not hold keys and values"]
      ] as const
    ) {
      const error = refused(file, text)
      assert.strictEqual(error.message.split(": ")[0], `${file}:${place}`, error.message)
      for (const word of words) assert.include(error.message, word)
      assert.isDefined(error.remedy)
    }
  })

  it("tells of all mistakes at once, in the order of the file", () => {
    const { message } = refused("clustrix.yml", "cores: 0\nprofiles:\n  a:\n    tiem: 1\nclusterHosts: b\n")
    const at = ["clustrix.yml:1:1", "clustrix.yml:4:5", "clustrix.yml:5:1"].map((place) => message.indexOf(place))
    assert.deepStrictEqual(at, [...at].sort((a, b) => a - b))
    assert.isTrue(at.every((index) => index >= 0))
  })

  it("tells the line of a mistake in the syntax", () => {
    for (
      const [file, text, line, reason] of [
        ["clustrix.yml", "cores: 1\n\tmemory: 8GB\n", 2, "Tabs"],
        ["clustrix.yml", "cores: 1\ncores: 2\n", 2, "unique"],
        ["clustrix.yml", "a: 1\nb: [1, 2\nc: 3\n", 3, "end with a ]"],
        ["clustrix.yml", "a: 1\n---\nb: 2\n", 2, "documents"],
        ["clustrix.yml", "a: 1\npassword: *hunter2\n", 2, "begins with `*`"],
        ["clustrix.yml", "a: 1\npassword: !hunter2 x\n", 2, "begins with `!`"],
        ["clustrix.yml", "a: 1\npassword: @hunter2\n", 2, "quoted"],
        ["clustrix.yml", "a: 1\npassword: \"\\hunter2\"\n", 2, "escape"],
        ["clustrix.yml", "a: &a [*a]\n", 1, "inside of what it stands for"],
        ["clustrix.json", "{\n  \"cores\": 1\n  \"memory\": \"8GB\"\n}", 3, "Comma expected."],
        ["clustrix.json", "{\n", 2, "Close brace expected."],
        ["clustrix.toml", "cores = 1\nmemory 8\n", 2, "equal"],
        ["clustrix.toml", "cores = 1\ncores = 2\n", 2, "multiple times"],
        ["clustrix.toml", "cores = 1\nx = \"\\uD800\"\n", 2, "Invalid code point"]
      ] as const
    ) {
      const error = refused(file, text)
      assert.strictEqual(error.reason, "InvalidSyntax", text)
      assert.strictEqual(error.location?.line, line, error.message)
      assert.include(error.why, reason)
      assert.notInclude(error.message, "hunter2")
      assert.isUndefined(error.cause)
    }
  })

  it("may use aliases, but not to fill the memory", () => {
    const { common } = accepted("clustrix.yml", "module_loads: &m [gcc]\npre_execution_commands: *m\n")
    assert.deepStrictEqual(common.values.get("preExecutionCommands")?.value, ["gcc"])
    const levels = "abcdefghi".split("")
    const bomb = levels.map((name, index) =>
      `${name}: &${name} [${Array.from({ length: 9 }, () => index === 0 ? "lol" : `*${levels[index - 1]}`).join(", ")}]`
    )
    const error = refused("clustrix.yml", bomb.join("\n"))
    assert.strictEqual(error.reason, "InvalidSyntax")
    assert.include(error.why, "aliases")
    assert.isBelow(error.message.length, 500)
  })

  it("may be as deep as it likes without harm", () => {
    for (
      const [file, text] of [["clustrix.yml", "a: "], ["clustrix.json", "{\"a\": "], ["clustrix.toml", "a = "]] as const
    ) {
      assert.instanceOf(refused(file, text + "[".repeat(100_000)), Error)
    }
  })

  it("keeps its secrets, wherever they stand", () => {
    for (
      const text of [
        "{ username: ada, password:hunter2 }",
        "profile: \"a\npassword: hunter2\nqueue: \"b",
        "cores: 4\n  password hunter2\n",
        "cluster_host:\n  password: hunter2\n",
        "cluster_type: ssh\n  password hunter2\n",
        "memory: 8GB\n  password hunter2\n",
        "cores: [password, hunter2]\n",
        "environment_variables: [API_KEY=hunter2]\n",
        "environment_variables: { API_KEY: hunter2 }\n",
        "password: [hunter2]\n",
        "profiles:\n  a password: hunter2\n",
        "profiles: password hunter2\n",
        "password hunter2\n"
      ]
    ) assert.notInclude(refused("clustrix.yml", text).message, "hunter2", text)
  })

  it("keeps its secrets, whatever slips into it or is lost", () => {
    const secrets = ["s3cr3tOne", "s3cr3tTwo"]
    const [one, two] = secrets
    const texts = {
      "clustrix.yml": `username: ada\npassword: ${one}\nprofiles:\n  a:\n    key_passphrase: "${two}"\n    cores: 4\n`,
      "clustrix.json":
        `{"username": "ada", "password": "${one}", "profiles": {"a": {"key_passphrase": "${two}", "cores": 4}}}`,
      "clustrix.toml": `username = "ada"\npassword = "${one}"\n[profiles.a]\nkey_passphrase = "${two}"\ncores = 4\n`
    }
    let mistakes = 0
    for (const [file, text] of Object.entries(texts)) {
      const edits = Array.from({ length: text.length + 1 }, (_, at) => [
        text.slice(0, at) + text.slice(at + 1),
        ...Array.from("\"'{}[]:,=#*!\n a\\", (character) => text.slice(0, at) + character + text.slice(at))
      ])
      for (const edited of edits.flat()) {
        const result = ConfigurationFile.read({ file, text: edited })
        if (Either.isRight(result)) continue
        mistakes++
        const said = result.left.message + JSON.stringify(result.left)
        for (const secret of secrets) assert.notInclude(said, secret, edited)
      }
    }
    assert.isAbove(mistakes, 1000)
  })

  it("is no larger than anybody writes it, and is not parsed to find that out", () => {
    const texts = {
      "clustrix.yml": `a: [${"0,".repeat(5_000_000)}0]`,
      "clustrix.json": `{"a":[${"0,".repeat(5_000_000)}0]}`,
      "clustrix.toml": `a = [${"0,".repeat(5_000_000)}0]`
    }
    for (const [file, text] of Object.entries(texts)) {
      const before = process.cpuUsage()
      assert.include(refused(file, text).message, "It has more than 131072 bytes.")
      assert.isBelow(process.cpuUsage(before).user / 1000, 500)
    }
  })

  it("in YAML is refused where a key is given twice, and where it is nested too deeply", () => {
    assert.deepInclude(refused("clustrix.yml", "cores: 1\nprofiles: {a: {cores: 1, cores: 2}}\n").location, {
      line: 2,
      column: 26
    })
    assert.include(refused("clustrix.yml", "? ".repeat(60_000)).message, "too deeply nested")
  })
})
