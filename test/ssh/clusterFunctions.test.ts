/**
 * The nine file functions in programs outside of jobs, over a real connection.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import * as clustrix from "../../platform-node/index.ts"
import * as main from "../../platform-node/main.ts"
import * as Sshd from "./Sshd.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-functions-")))
const work = path.join(scratch, "work")
let sshd: Sshd.Sshd

const configuration = (): clustrix.ClusterConfig => ({
  clusterType: "ssh",
  clusterHost: "127.0.0.1",
  clusterPort: sshd.port,
  username: Sshd.user,
  keyFile: path.join(sshd.directory, "id"),
  knownHostsFile: sshd.known,
  sshConfigFile: "none",
  agent: false,
  remoteWorkDir: work
})
const logins = (): number => sshd.log().split("Accepted publickey").length - 1

const nothing = {
  clusterType: undefined,
  clusterHost: undefined,
  clusterPort: undefined,
  username: undefined,
  keyFile: undefined,
  knownHostsFile: undefined,
  sshConfigFile: undefined,
  agent: undefined,
  remoteWorkDir: undefined
}

beforeAll(async () => {
  fs.mkdirSync(path.join(work, "data"), { recursive: true })
  fs.writeFileSync(path.join(work, "data/a.csv"), "12345")
  if (Sshd.missing === undefined) sshd = await Sshd.make()
})
afterAll(() => {
  clustrix.configure(nothing)
  sshd?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

/** A program as users write it, in a process of its own. */
const program = (text: string): Promise<{ readonly code: number | null; readonly output: string }> =>
  new Promise((resolve) => {
    const file = path.join(scratch, `program${Math.random()}.mts`)
    const url = (name: string): string =>
      JSON.stringify(pathToFileURL(fileURLToPath(new URL(`../../platform-node/${name}`, import.meta.url))).href)
    fs.writeFileSync(
      file,
      `import * as main from ${url("main.ts")}\nimport { configure } from ${url("index.ts")}\n` +
        `configure(${JSON.stringify(configuration())})\n${text}`
    )
    const tsx = createRequire(import.meta.url).resolve("tsx")
    const child = spawn(process.execPath, ["--import", pathToFileURL(tsx).href, file], { timeout: 50_000 })
    let output = ""
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes: Buffer) => output += bytes.toString())
    child.once("close", (code) => resolve({ code, output }))
  })

describe.skipIf(Sshd.missing !== undefined)("the file functions of a program", () => {
  it("look at the configured host, over one connection", async () => {
    clustrix.configure(configuration())
    const before = logins()
    assert.deepStrictEqual(
      await Promise.all([
        main.clusterLs("data"),
        main.clusterFind("*.csv"),
        main.clusterStat("data/a.csv").then(({ size }) => size),
        main.clusterExists("data/none"),
        main.clusterIsdir("data"),
        clustrix.clusterIsfile("data/a.csv"),
        clustrix.clusterGlob("*/*"),
        clustrix.clusterDu().then(({ totalBytes }) => totalBytes),
        clustrix.clusterCountFiles()
      ]),
      [["a.csv"], [`${work}/data/a.csv`], 5, false, true, true, [`${work}/data/a.csv`], 5, 1]
    )
    assert.deepStrictEqual(await main.clusterLs(), ["data"])
    assert.strictEqual(logins() - before, 1)
    const failure = await main.clusterLs("none").catch((reason: unknown) => reason)
    assert.include(failure, { name: "FileFailure", reason: "NotFound", path: `${work}/none` })
    // What was cut is connected anew
    sshd.cut()
    assert.deepStrictEqual(await main.clusterLs("data"), ["a.csv"])
    assert.strictEqual(logins() - before, 2)
  })

  it("look at this machine where nothing else is configured", async () => {
    clustrix.configure(nothing)
    const before = logins()
    assert.isTrue(await main.clusterIsfile("package.json"))
    assert.deepStrictEqual(await main.clusterLs(work), ["data"])
    clustrix.configure({ remoteWorkDir: work })
    assert.deepStrictEqual(await main.clusterGlob("**"), [`${work}/data`, `${work}/data/a.csv`])
    clustrix.configure(nothing)
    assert.strictEqual(logins(), before)
  })

  it("say what is wrong with the connection, and try again at the next call", async () => {
    clustrix.configure({ ...configuration(), keyFile: path.join(scratch, "none") })
    for (let tries = 0; tries < 2; tries += 1) {
      const failure = await main.clusterLs().catch((reason: unknown) => reason)
      assert.include(failure, { _tag: "TransportError", reason: "Authentication" })
    }
    clustrix.configure({ ...nothing, clusterType: "ssh" })
    const failure = await main.clusterLs().catch((reason: unknown) => reason)
    assert.include(failure, { _tag: "ClusterConfigError" })
    clustrix.configure(nothing)
  })

  it("wait for answers, and do not keep the program alive behind them", async () => {
    const { code, output } = await program(`
      console.log(await main.clusterLs("data"), await main.clusterCountFiles())
      const answered = performance.now()
      process.on("exit", () => console.log(performance.now() - answered < 2000 ? "ended at once" : "kept alive"))
    `)
    assert.deepStrictEqual({ code, output }, { code: 0, output: "[ 'a.csv' ] 1\nended at once\n" })
  })
})
