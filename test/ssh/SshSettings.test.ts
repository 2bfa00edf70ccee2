/**
 * ssh_config as OpenSSH reads it: `ssh -G` has the last word.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as PatternList from "../../platform-node/ssh/PatternList.ts"
import * as SshSettings from "../../platform-node/ssh/SshSettings.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-settings-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const localUser = os.userInfo().username
const write = (name: string, text: string): string => {
  const file = path.join(scratch, name)
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text)
  return file
}
const question = (host: string, username?: string): SshSettings.Question => ({
  host,
  username,
  localUser,
  home: os.homedir()
})
const read = (text: string, host = "h", username?: string): SshSettings.Settings =>
  SshSettings.read(question(host, username), [
    { file: write("config", text), base: scratch, isPrivate: false, isOptional: false }
  ])

/** What both print: the options that decide where the connection goes and how it is guarded. */
const compared = [
  "Port",
  "User",
  "StrictHostKeyChecking",
  "UserKnownHostsFile",
  "IdentitiesOnly",
  "RequiredRSASize",
  "HashKnownHosts",
  "PubkeyAuthentication",
  "HostKeyAlias",
  "ProxyJump"
]

/** `ssh -G`: option in lower case to value; `undefined` where it refuses the file. */
const shownBySsh = (file: string, host: string, username?: string): ReadonlyMap<string, string> | undefined => {
  const ran = spawnSync("ssh", ["-G", "-F", file, ...(username === undefined ? [] : ["-l", username]), host], {
    encoding: "utf8"
  })
  if (ran.status !== 0) return undefined
  return new Map(
    ran.stdout.split("\n").map((line): [string, string] => {
      const space = line.indexOf(" ")
      return [line.slice(0, space), line.slice(space + 1)]
    })
  )
}

const spellings: Readonly<Record<string, string>> = { ask: "ask", off: "false", no: "false", yes: "true" }

/** As `ssh -G` spells it. */
const normal = (name: string, text: string): string =>
  ["StrictHostKeyChecking", "PubkeyAuthentication"].includes(name) ? spellings[text.toLowerCase()] ?? text : text

const differences = (file: string, host: string, username?: string): ReadonlyArray<unknown> => {
  const expected = shownBySsh(file, host, username)
  let settings: SshSettings.Settings
  try {
    settings = SshSettings.read(question(host, username), [
      { file, base: scratch, isPrivate: false, isOptional: false }
    ])
  } catch (cause) {
    return expected === undefined ? [] : [String(cause)]
  }
  if (expected === undefined) return ["refused by ssh"]
  const hostName = settings.get("HostName")?.words[0]
  const name = hostName === undefined ? host : SshSettings.expandHostName(hostName, host)
  return [
    ...(name.toLowerCase() === expected.get("hostname")?.toLowerCase() ? [] : [[name, expected.get("hostname")]]),
    ...compared.flatMap((option) => {
      const given = settings.get(option)?.words.join(" ")
      const mine = option === "ProxyJump" && given === "none" ? undefined : given
      const theirs = expected.get(option.toLowerCase())
      return mine === undefined || normal(option, mine) === theirs ? [] : [[option, mine, theirs]]
    })
  ]
}

describe.skipIf(spawnSync("ssh", ["-V"]).status !== 0)("ssh_config, compared with ssh -G", () => {
  const name = fc.constantFrom("a", "b", "ab", "a.c", "B")
  const pattern = fc.constantFrom("a", "b", "ab", "a*", "*", "?", "??", "!a", "!b", "*.c", "a,b", "B", "!*")
  const list = fc.array(pattern, { minLength: 1, maxLength: 3 })
  const value = fc.oneof(
    fc.integer({ min: 1, max: 65_535 }).map((port) => ["Port", String(port)]),
    fc.constantFrom("x", "y", "\"z w\"", "'v'", "q\\\\r").map((user) => ["User", user]),
    fc.constantFrom("a.c", "%h.c", "real", "%%h").map((host) => ["HostName", host]),
    fc.constantFrom("yes", "no", "ask", "accept-new", "off").map((mode) => ["StrictHostKeyChecking", mode]),
    fc.constantFrom("/k1", "/k1 /k2", "\"/k 3\"", "none").map((files) => ["UserKnownHostsFile", files]),
    fc.constantFrom("yes", "no").map((flag) => ["IdentitiesOnly", flag]),
    fc.constantFrom("yes", "no").map((flag) => ["PubkeyAuthentication", flag]),
    fc.constantFrom("yes", "no").map((flag) => ["HashKnownHosts", flag]),
    fc.constantFrom("2048", "4096").map((bits) => ["RequiredRSASize", bits]),
    fc.constantFrom("alias", "b").map((alias) => ["HostKeyAlias", alias]),
    fc.constantFrom("j", "none", "u@j").map((jump) => ["ProxyJump", jump])
  )
  const criterion = fc.oneof(
    fc.tuple(fc.constantFrom("host", "originalhost", "user", "localuser"), list).map(([kind, patterns]) =>
      `${kind} ${patterns.join(",")}`
    ),
    fc.constantFrom("exec true", "exec false", "exec \"test %n = a\"", "final", "canonical")
  )
  const match = fc.oneof(
    fc.constantFrom("all", "all", "!all"),
    fc.array(fc.tuple(fc.constantFrom("", "", "!"), criterion).map((both) => both.join("")), {
      minLength: 1,
      maxLength: 3
    }).map((criteria) => criteria.join(" "))
  )
  const spelled = fc.record({
    before: fc.constantFrom("", "  ", "\t"),
    separator: fc.constantFrom(" ", "=", " = ", "\t", "   "),
    after: fc.constantFrom("", "", " # a comment", "  ", "\r", " \f"),
    isLower: fc.boolean()
  })
  const line = fc.tuple(
    fc.oneof(
      { weight: 6, arbitrary: value },
      { weight: 3, arbitrary: list.map((patterns) => ["Host", patterns.join(" ")]) },
      { weight: 2, arbitrary: match.map((criteria) => ["Match", criteria]) },
      { weight: 1, arbitrary: fc.constant(["Include", "included*"]) }
    ),
    spelled
  ).map(([[keyword = "", text = ""], { after, before, isLower, separator }]) =>
    `${before}${isLower ? keyword.toLowerCase() : keyword}${/^(?:Host|Match)$/.test(keyword) ? " " : separator}${text}${
      keyword === "Match" ? "" : after
    }\n`
  )
  const file = fc.array(line, { maxLength: 12 }).map((lines) => lines.join(""))

  it("generated files", () => {
    fc.assert(
      fc.property(
        file,
        file,
        name,
        fc.option(fc.constantFrom("x", "y"), { nil: undefined }),
        (main, included, host, username) => {
          // A file that includes itself has no end
          write("included.conf", included.replaceAll(/^.*include.*$/gim, ""))
          const at = write("main", main.replaceAll("included*", path.join(scratch, "included*")))
          assert.deepStrictEqual(differences(at, host, username), [], `${main}\n--\n${included}`)
        }
      ),
      { numRuns: 120 }
    )
  })

  it("files that it refuses", () => {
    for (
      const text of [
        "NoSuchOption yes",
        "Port",
        "User \"open",
        "User a b",
        "Match nothing x",
        "Match host",
        "Match all host h",
        "Host h\n  Whatever 1"
      ]
    ) {
      const at = write("bad", text)
      assert.isUndefined(shownBySsh(at, "h"), text)
      assert.throws(() => read(text), undefined, undefined, text)
    }
  })
})

describe("ssh_config", () => {
  const values = (settings: SshSettings.Settings, option: string) => settings.get(option)?.words

  it("options that are not known are refused by name, unless they are to be ignored", () => {
    assert.throws(() => read("Port 22\nRefuseEverything yes"), /config:2: the option refuseeverything is not known/)
    const ignored = read("IgnoreUnknown Refuse*,X\nRefuseEverything yes\nPort 23")
    assert.deepStrictEqual(values(ignored, "Port"), ["23"])
    // In a block that does not apply
    assert.deepStrictEqual(values(read("Host other\n  RefuseEverything yes\nHost *\n  Port 24"), "Port"), ["24"])
  })

  it("files that are included: patterns, hidden ones, blocks that end with their file", () => {
    write("parts/1.conf", "Host other\n  User included\n")
    write("parts/2.conf", "Port 2\n")
    write("parts/.hidden.conf", "Port 3\n")
    write("parts/{a,b}", "HostKeyAlias braces\n")
    const settings = read("Host h\n  Include parts/*.conf parts/{a,b} parts/none\n  User mine\n", "h")
    assert.deepStrictEqual(values(settings, "Port"), ["2"])
    assert.deepStrictEqual(values(settings, "User"), ["mine"])
    assert.deepStrictEqual(values(settings, "HostKeyAlias"), ["braces"])
    assert.isUndefined(read("Host other\n  Include parts/2.conf\n", "h").get("Port"))
    const loop = write("loop", "")
    fs.writeFileSync(loop, `Include ${loop}\n`)
    assert.throws(() => read(`Include ${loop}`), /too deeply/)
  })

  it("files that others may write are refused", () => {
    const file = write("open.conf", "Port 2\n")
    fs.chmodSync(file, 0o666)
    assert.throws(() => read("Include open.conf"), /open\.conf may be written by others/)
    const source = { file, base: scratch, isPrivate: true, isOptional: true }
    assert.throws(() => SshSettings.read(question("h"), [source]), /may be written by others/)
    fs.chmodSync(file, 0o644)
    assert.deepStrictEqual(values(SshSettings.read(question("h"), [source]), "Port"), ["2"])
    assert.isUndefined(
      SshSettings.read(question("h"), [{ ...source, file: `${file}.none` }]).get("Port")
    )
  })

  it("of ProxyJump and ProxyCommand, the first counts", () => {
    assert.isUndefined(read("ProxyJump j\nProxyCommand nc").get("ProxyCommand"))
    assert.isUndefined(read("ProxyCommand none\nProxyJump j").get("ProxyJump"))
  })

  it("names that OpenSSH would complete are refused, others are not", () => {
    const text = "CanonicalizeHostname yes\nCanonicalDomains example.com\n"
    assert.throws(() => read(text, "short"), /config:1: CanonicalizeHostname is not supported/)
    assert.throws(() => read(`${text}HostName other`, "a.b.c.d"), /CanonicalizeHostname/)
    for (const host of ["a.b.c", "127.0.0.1", "::1"]) {
      assert.deepStrictEqual(values(read(`${text}Match canonical\n  Port 5\n`, host), "Port"), ["5"], host)
    }
    assert.isUndefined(read("Match canonical\n  Port 5\n").get("Port"))
  })
})

describe("pattern lists", () => {
  it("match in time, whatever stars there are", () => {
    const before = performance.now()
    assert.isFalse(PatternList.matchesPattern("*a".repeat(500), `${"a".repeat(4000)}b`))
    assert.isBelow(performance.now() - before, 2000)
  })

  it("match as regular expressions do", () => {
    const sign = fc.constantFrom("a", "b", "*", "?", ".")
    const text = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 })
    fc.assert(
      fc.property(fc.array(sign, { maxLength: 7 }), text, (signs, text) => {
        const expression = new RegExp(
          `^${signs.map((each) => each === "*" ? ".*" : each === "?" ? "." : each === "." ? "\\." : each).join("")}$`
        )
        assert.strictEqual(PatternList.matchesPattern(signs.join(""), text), expression.test(text))
      }),
      { numRuns: 2000 }
    )
  })
})
