/**
 * What has to be on a host before a job can run there: runtime, package, npm packages.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as clustrix from "../../platform-node/index.ts"
import * as Sshd from "./Sshd.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-deploy-")))
const project = path.join(scratch, "project")
const running: Array<Sshd.Sshd> = []
let sshd: Sshd.Sshd

const start = async (lines: ReadonlyArray<string> = []): Promise<Sshd.Sshd> => {
  const made = await Sshd.make(lines)
  running.push(made)
  return made
}

beforeAll(async () => {
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
  process.env["XDG_CACHE_HOME"] = path.join(scratch, "cache")
  fs.mkdirSync(project)
  fs.writeFileSync(
    path.join(project, "package.json"),
    JSON.stringify({ name: "deployed", type: "module", dependencies: { ms: "2.1.3" } })
  )
  fs.writeFileSync(
    path.join(project, "main.ts"),
    `import ms from "ms"
import { readFileSync } from "node:fs"
export const plain = (n: number) => ["plain", n * 2, process.version] as const
export const scaled = (text: string) => ms(text)
export const reads = () => readFileSync("table.txt", "utf8").length
`
  )
  fs.writeFileSync(path.join(project, "table.txt"), "x".repeat(300_000))
  const installed = spawnSync("npm", ["install", "--no-audit", "--no-fund"], { cwd: project, encoding: "utf8" })
  assert.strictEqual(installed.status, 0, installed.stderr)
  if (Sshd.missing === undefined) sshd = await start()
})

afterAll(() => {
  for (const each of running) each.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

let count = 0
const cluster = (
  host: Sshd.Sshd,
  more: Omit<Partial<clustrix.ClusterConfig>, "remoteWorkDir"> = {}
): clustrix.ClusterConfig & { readonly remoteWorkDir: string } => ({
  clusterType: "ssh",
  clusterHost: "127.0.0.1",
  clusterPort: host.port,
  username: Sshd.user,
  keyFile: path.join(host.directory, "id"),
  knownHostsFile: host.known,
  sshConfigFile: "none",
  agent: false,
  remoteWorkDir: path.join(scratch, `work-${count += 1}`),
  ...more
})

const main = (name: string): string => `${path.join(project, "main.ts")}#${name}`
const state = (config: { readonly remoteWorkDir: string }, ...names: ReadonlyArray<string>): string =>
  path.join(config.remoteWorkDir, ".clustrix", ...names)
const failure = (
  run: Promise<unknown>
): Promise<{ readonly _tag: string; readonly message: string; readonly reason?: string }> =>
  run.then(() => assert.fail("it succeeded"), (error) => error)

/** A directory for PATH with all programs of the system but Node's. */
const withoutNode = (): string => {
  const directory = path.join(scratch, "bin")
  if (fs.existsSync(directory)) return directory
  fs.mkdirSync(directory)
  for (const from of ["/usr/bin", "/bin"]) {
    for (const name of fs.readdirSync(from)) {
      if (["node", "nodejs", "npm", "npx", "corepack"].includes(name) || fs.existsSync(path.join(directory, name))) {
        continue
      }
      fs.symlinkSync(path.join(from, name), path.join(directory, name))
    }
  }
  return directory
}

describe.skipIf(Sshd.missing !== undefined)("deployment over SSH", () => {
  it("installs npm packages once, and asks in one command when all is there", async () => {
    const config = cluster(sshd)
    assert.strictEqual(await clustrix.run(main("scaled"), config, ["2 days"]), 172_800_000)
    const [environment, ...others] = fs.readdirSync(state(config, "envs"))
    assert.lengthOf(others, 0)
    const made = fs.statSync(state(config, "envs", environment ?? "")).ino
    const again = () => clustrix.run(main("scaled"), { args: ["1 s"], cluster: config, onLog: false })
    const before = sshd.log().length
    const sessionsSince = (length: number): number =>
      (sshd.log().slice(length).match(/Starting session: command/g) ?? []).length
    /** One submits and one waits for the end; each further second it is asked whether the process lives, and waited again. */
    const most = (began: number): number => 2 + 2 * Math.floor((performance.now() - began) / 1000)
    const began = performance.now()
    assert.strictEqual(await again(), 1000)
    assert.strictEqual(fs.statSync(state(config, "envs", environment ?? "")).ino, made)
    // What was deployed a moment ago is looked for by the command that submits
    assert.isAtMost(sessionsSince(before), most(began))
    await clustrix.close()
    const anew = sshd.log().length
    const begunAnew = performance.now()
    assert.strictEqual(await again(), 1000)
    // One more asks and deploys
    assert.isAtMost(sessionsSince(anew), 1 + most(begunAnew))
  })

  it("replaces a copy that was damaged", async () => {
    const config = cluster(sshd)
    assert.strictEqual(await clustrix.run(main("reads"), config), 300_000)
    const [directory = ""] = fs.readdirSync(state(config, "packages"))
    const damages: ReadonlyArray<(at: string) => void> = [
      (at) => {
        fs.chmodSync(path.join(at, "data/table.txt"), 0o644)
        fs.writeFileSync(path.join(at, "data/table.txt"), "y".repeat(300_000))
      },
      (at) => fs.rmSync(path.join(at, "execute.mjs")),
      (at) => fs.rmSync(path.join(at, "manifest.json")),
      (at) => {
        fs.chmodSync(path.join(at, "manifest.json"), 0o644)
        fs.writeFileSync(path.join(at, "manifest.json"), "{}")
      },
      (at) => {
        fs.rmSync(at, { recursive: true })
        fs.writeFileSync(at, "a file")
      }
    ]
    for (const damage of damages) {
      damage(state(config, "packages", directory))
      // Who asks anew sees it
      await clustrix.close()
      assert.strictEqual(await clustrix.run(main("reads"), config), 300_000)
      assert.deepStrictEqual(fs.readdirSync(state(config, "packages")), [directory])
      assert.strictEqual(fs.readFileSync(state(config, "packages", directory, "data/table.txt"), "utf8")[0], "x")
    }
    assert.deepStrictEqual(fs.readdirSync(state(config, "uploads")), [])
  })

  it("is safe when many do it at once", async () => {
    const config = cluster(sshd)
    const values = await Promise.all(
      ["1 s", "2 s", "3 s", "4 s"].map((text) => clustrix.run(main("scaled"), config, [text]))
    )
    assert.deepStrictEqual(values, [1000, 2000, 3000, 4000])
    assert.lengthOf(fs.readdirSync(state(config, "packages")), 1)
    assert.lengthOf(fs.readdirSync(state(config, "envs")), 1)
    assert.deepStrictEqual(fs.readdirSync(state(config, "uploads")), [])
  })

  it("sends a runtime to a host that has none, with its npm", async () => {
    const bare = await start([`SetEnv PATH=${withoutNode()} SHELL=/nonexistent`])
    const config = cluster(bare)
    const value = await clustrix.run(main("plain"), config, [21])
    assert.deepStrictEqual(value, ["plain", 42, process.version])
    const [runtime = ""] = fs.readdirSync(state(config, "runtimes"))
    assert.include(runtime, process.version)
    assert.strictEqual(await clustrix.run(main("scaled"), config, ["2 s"]), 2000)
    assert.lengthOf(fs.readdirSync(state(config, "envs")), 1)
  }, 240_000)

  it("says what is wrong with a runtime that is named, and what it tried", async () => {
    const named = await failure(clustrix.run(main("plain"), cluster(sshd, { remoteNodePath: "/nowhere/node" }), [1]))
    assert.strictEqual(named._tag, "RuntimeMissingError")
    assert.include(named.message, "/nowhere/node: not found")
    const old = path.join(scratch, "old-node")
    fs.writeFileSync(old, "#!/bin/sh\necho v16.20.0\n", { mode: 0o755 })
    const tooOld = await failure(clustrix.run(main("plain"), cluster(sshd, { remoteNodePath: old }), [1]))
    assert.include(tooOld.message, "older than 18.18")
    const broken = path.join(scratch, "broken-node")
    fs.writeFileSync(broken, "#!/bin/sh\necho 'cannot load \"libx\\y\"' >&2; exit 127\n", { mode: 0o755 })
    assert.include(
      (await failure(clustrix.run(main("plain"), cluster(sshd, { remoteNodePath: broken }), [1]))).message,
      "does not run"
    )
    const loaded = await failure(clustrix.run(main("plain"), cluster(sshd, { moduleLoads: ["nodejs/99"] }), [1]))
    assert.match(loaded.message, /module.*not found/)
  })

  it("sends a distribution that the configuration names, when it runs there", async () => {
    const bare = await start([`SetEnv PATH=${withoutNode()} SHELL=/nonexistent`])
    const distribution = path.join(scratch, "node-v99")
    fs.mkdirSync(path.join(distribution, "bin"), { recursive: true })
    fs.writeFileSync(path.join(distribution, "bin/node"), "#!/bin/sh\necho no such loader >&2; exit 126\n", {
      mode: 0o755
    })
    const config = cluster(bare, { runtimeArchive: distribution })
    const error = await failure(clustrix.run(main("plain"), config, [1]))
    assert.strictEqual(error._tag, "RuntimeMissingError")
    assert.include(error.message, "no such loader")
    assert.deepStrictEqual(fs.readdirSync(state(config, "runtimes")), [])
    fs.rmSync(path.join(distribution, "bin/node"))
    fs.copyFileSync(process.execPath, path.join(distribution, "bin/node"))
    assert.deepStrictEqual(await clustrix.run(main("plain"), cluster(bare, { runtimeArchive: distribution }), [2]), [
      "plain",
      4,
      process.version
    ])
  }, 240_000)

  it("installs here for a host without a registry", async () => {
    const lonely = await start(["SetEnv npm_config_registry=http://127.0.0.1:1/ npm_config_cache=/nonexistent/cache"])
    const config = cluster(lonely)
    assert.strictEqual(await clustrix.run(main("scaled"), config, ["3 s"]), 3000)
    assert.deepStrictEqual(fs.readdirSync(state(config, "uploads")), [])
    process.env["npm_config_registry"] = "http://127.0.0.1:1/"
    process.env["npm_config_cache"] = path.join(scratch, "empty-cache")
    try {
      const error = await failure(clustrix.run(main("scaled"), cluster(lonely), ["3 s"]))
      assert.deepStrictEqual([error._tag, error.reason], ["DependenciesError", "Unreachable"])
      assert.match(error.message, /ECONNREFUSED[\s\S]*vendor/)
    } finally {
      delete process.env["npm_config_registry"]
      delete process.env["npm_config_cache"]
    }
  })

  it("takes npm packages to be there when told so, and checks it", async () => {
    const config = cluster(sshd)
    const assume = { dependencies: "assume" } as const
    const missing = await failure(clustrix.run(main("scaled"), config, ["4 s"], {}, assume))
    assert.deepStrictEqual([missing._tag, missing.reason], ["DependenciesError", "NotInstalled"])
    assert.include(missing.message, "ms is missing")
    fs.cpSync(path.join(project, "node_modules"), path.join(config.remoteWorkDir, "node_modules"), { recursive: true })
    assert.strictEqual(await clustrix.run(main("scaled"), config, ["4 s"], {}, assume), 4000)
  })

  it("keeps secrets out of everything that is written", async () => {
    const secret = "pl4nted-s3cret"
    process.env["DEPLOY_TOKEN"] = `${secret} 'quoted' $HOME \`x\`\nsecond line`
    const config = cluster(sshd, { environmentVariables: ["DEPLOY_TOKEN"] })
    fs.writeFileSync(
      path.join(project, "token.ts"),
      "export const length = () => (process.env[\"DEPLOY_TOKEN\"] ?? \"\").length\nexport const fails = () => { throw new Error(\"x\") }\n"
    )
    const token = `${path.join(project, "token.ts")}`
    assert.strictEqual(await clustrix.run(`${token}#length`, config), process.env["DEPLOY_TOKEN"].length)
    const error = await failure(clustrix.run(`${token}#fails`, config))
    assert.notInclude(JSON.stringify(error) + error.message, secret)
    const places = [config.remoteWorkDir, path.join(scratch, "packages"), path.join(scratch, "cache"), sshd.directory]
    const found = spawnSync("grep", ["-rl", secret, ...places], { encoding: "utf8" })
    assert.strictEqual(found.stdout, "")
    for (const [directory, mode] of [[state(config, "jobs"), 0o700], [state(config), 0o700]] as const) {
      assert.strictEqual(fs.statSync(directory).mode & 0o777, mode, directory)
    }
    for (const job of fs.readdirSync(state(config, "jobs"))) {
      assert.strictEqual(fs.statSync(state(config, "jobs", job)).mode & 0o777, 0o700)
      for (const name of fs.readdirSync(state(config, "jobs", job))) {
        const stats = fs.statSync(state(config, "jobs", job, name))
        assert.strictEqual(stats.mode & 0o077, 0, name)
      }
    }
  })
})
