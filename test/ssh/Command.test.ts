/**
 * The command against a host over SSH.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as net from "node:net"
import * as path from "node:path"
import * as clustrix from "../../platform-node/index.ts"
import { makeWorkbench, outcomeOf, type Workbench } from "../platform-node/cli/command.ts"
import * as Sshd from "./Sshd.ts"

let bench: Workbench
let sshd: Sshd.Sshd
const links: Array<net.Server> = []

const sources = `import ms from "ms"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"

export async function works(name: string): Promise<number> {
  console.log("working on " + name)
  console.error("a word of warning")
  mkdirSync("plots")
  writeFileSync("plots/a.svg", "<svg/>")
  writeFileSync("big.bin", new Uint8Array(5_000_000).fill(7))
  return readFileSync("table.txt", "utf8").length
}

export async function waits(): Promise<void> {
  console.log("ticking")
  await new Promise((resolve) => setTimeout(resolve, 60_000))
}

export const scaled = (text: string) => ms(text)
export const large = () => readFileSync("large.bin").length
`

beforeAll(async () => {
  if (Sshd.missing !== undefined) return
  bench = await makeWorkbench()
  sshd = await Sshd.make()
  bench.write("package.json", JSON.stringify({ name: "far", type: "module", dependencies: { ms: "2.1.3" } }))
  bench.write("main.ts", sources)
  bench.write("table.txt", "packaged")
  bench.write(
    "clustrix.yml",
    `cluster_type: ssh
cluster_host: 127.0.0.1
cluster_port: ${sshd.port}
username: ${Sshd.user}
key_file: ${path.join(sshd.directory, "id")}
known_hosts_file: ${sshd.known}
ssh_config_file: none
agent: false
profiles:
  far:
    remote_work_dir: ${path.join(bench.directory, "it's far")}
  empty:
    remote_work_dir: ${path.join(bench.directory, "empty")}
`
  )
  const installed = spawnSync("npm", ["install", "--no-audit", "--no-fund"], { cwd: bench.directory, encoding: "utf8" })
  assert.strictEqual(installed.status, 0, installed.stderr)
})

afterAll(() => {
  for (const link of links) link.close()
  sshd?.stop()
  bench?.remove()
})

const run = (...words: Array<string>) => bench.run([...words, "--cluster", "far"])
const state = (...names: ReadonlyArray<string>): string => path.join(bench.directory, "it's far", ".clustrix", ...names)

const json = (text: string): Record<string, unknown> => {
  const value: unknown = JSON.parse(text)
  assert.isObject(value)
  return Object.fromEntries(Object.entries(value ?? {}))
}

const detached = async (...words: Array<string>): Promise<string> => {
  const { code, stderr, stdout } = await run("run", ...words, "--detach")
  assert.strictEqual(code, 0, stderr)
  return stdout.trim()
}

/** A way to the host that takes no more than so many bytes per second. Gives its port. */
const slowLink = (bytesPerSecond: number): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer((client) => {
      const host = net.connect(sshd.port, "127.0.0.1")
      host.pipe(client)
      client.on("data", (bytes) => {
        client.pause()
        host.write(bytes)
        setTimeout(() => client.resume(), 1000 * bytes.length / bytesPerSecond)
      })
      client.on("close", () => host.destroy())
      for (const socket of [client, host]) socket.on("error", () => socket.destroy())
    })
    links.push(server)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      fs.appendFileSync(sshd.known, fs.readFileSync(sshd.known, "utf8").replaceAll(`]:${sshd.port} `, `]:${port} `))
      resolve(port)
    })
  })

/** Waits until a part of a package is there. */
const uploading = async (): Promise<void> => {
  for (let tries = 0; tries < 1200; tries += 1) {
    const names = fs.existsSync(state("uploads")) ? fs.readdirSync(state("uploads")) : []
    if (names.some((name) => name.endsWith(".part") && fs.statSync(state("uploads", name)).size > 0)) return
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  assert.fail("nothing is sent")
}

describe.skipIf(Sshd.missing !== undefined)("the command on a host over SSH", () => {
  it("runs, asks, prints, fetches", async () => {
    const none = await run("jobs")
    assert.deepStrictEqual([none.code, none.stderr], [0, ""])
    assert.match(none.stdout, /^No jobs on /)
    const id = await detached("main.ts#works", "--args", "[\"far\"]")
    const attached = await run("attach", "latest")
    assert.deepStrictEqual([attached.code, attached.stdout], [0, "working on far\n8\n"])
    const status = json((await run("status", id.slice(-8), "--json")).stdout)
    assert.deepInclude(status, { jobId: id, state: "succeeded", directory: state("jobs", id) })
    assert.match((await run("jobs")).stdout, new RegExp(`\n {2}${id} {2}succeeded {2}works {2}`))
    const logs = await run("logs", id, "--follow")
    assert.deepStrictEqual([logs.stdout, logs.stderr], ["working on far\n", "a word of warning\n"])
    const fetched = await run("fetch", id, "--to", "here", "--json")
    assert.strictEqual(fetched.code, 0, fetched.stderr)
    assert.deepStrictEqual(json(fetched.stdout)["files"], [
      { path: "big.bin", sizeBytes: 5_000_000 },
      { path: "plots/a.svg", sizeBytes: 6 }
    ])
    assert.isTrue(fs.readFileSync(path.join(bench.directory, "here/big.bin")).equals(Buffer.alloc(5_000_000, 7)))
    assert.strictEqual((await run("fetch", id, "--to", "here")).code, 6)
  })

  it("fetches for programs too", async () => {
    const id = await detached("main.ts#works", "--args", "[\"programs\"]")
    const executor = new clustrix.ClusterExecutor({
      clusterType: "ssh",
      clusterHost: "127.0.0.1",
      clusterPort: sshd.port,
      username: Sshd.user,
      keyFile: path.join(sshd.directory, "id"),
      knownHostsFile: sshd.known,
      sshConfigFile: "none",
      agent: false,
      remoteWorkDir: path.join(bench.directory, "it's far")
    })
    await executor.result(id)
    const to = path.join(bench.directory, "programs")
    assert.deepStrictEqual(await executor.fetch(id, to, { globs: ["**/*.svg"] }), [{
      path: "plots/a.svg",
      sizeBytes: 6
    }])
    const error: unknown = await executor.fetch(id, to).catch((cause: unknown) => cause)
    assert.propertyVal(error, "_tag", "FilesNotWrittenError")
  })

  it("leaves the job running on Ctrl-C, and cancels it when it is asked to", async () => {
    const id = await detached("main.ts#waits")
    const child = bench.start(["attach", id, "--cluster", "far"])
    const outcome = outcomeOf(child)
    child.stdout?.once("data", () => child.kill("SIGINT"))
    const { code, stderr } = await outcome
    assert.strictEqual(code, 130)
    assert.include(stderr, "goes on")
    assert.strictEqual(json((await run("cancel", id, "--json")).stdout)["state"], "cancelled")
    assert.include((await run("attach", id)).stderr, "was cancelled")
  })

  it("deploys, and says so when it was there", async () => {
    const first = await run("deploy", "main.ts#scaled")
    assert.strictEqual(first.code, 0, first.stderr)
    assert.match(first.stdout, / was deployed to /)
    assert.match((await run("deploy", "main.ts#scaled")).stdout, / was there already, on /)
  })

  it("shows on a terminal what it sends, and gives up sending on Ctrl-C", async () => {
    const port = await slowLink(3_000_000)
    fs.writeFileSync(path.join(bench.directory, "large.bin"), randomBytes(9_000_000))
    const environment = { CLUSTRIX_CLUSTER_PORT: String(port) }
    const jobs = fs.readdirSync(state("jobs")).length
    const child = bench.start(["run", "main.ts#large", "--cluster", "far"], environment)
    const outcome = outcomeOf(child)
    await uploading()
    child.kill("SIGINT")
    const { code, stderr } = await outcome
    assert.strictEqual(code, 130, stderr)
    assert.lengthOf(fs.readdirSync(state("jobs")), jobs)
    assert.lengthOf(fs.readdirSync(state("uploads")).filter((name) => name.endsWith(".part")), 1)

    const script = "import os, pty, sys\nsys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"
    const words = bench.command(["deploy", "main.ts#large", "--cluster", "far"])
    const shown = await outcomeOf(
      spawn("python3", ["-c", script, ...words], {
        cwd: bench.directory,
        env: { ...bench.environment, ...environment, NO_COLOR: "1" },
        stdio: ["ignore", "pipe", "pipe"]
      })
    )
    assert.strictEqual(shown.code, 0, shown.stdout)
    assert.match(shown.stdout, /Sending the package: \d[^ ]* [KM]iB of 8\.6 MiB/)
    assert.match(shown.stdout, / was deployed to /)
  })

  it("cleans up there, and keeps what an unfinished job leads to", async () => {
    const running = await detached("main.ts#waits")
    const past = new Date(Date.now() - 8 * 86_400_000)
    const description = json(fs.readFileSync(state("jobs", running, "job.json"), "utf8"))
    const needed = String(description["packageDirectory"])
    const [environment = ""] = fs.readdirSync(state("envs"))
    assert.notStrictEqual(environment, "")
    fs.symlinkSync(`../../envs/${environment}/node_modules`, path.join(needed, "node_modules"))
    for (const folder of ["jobs", "packages", "envs"]) {
      for (const name of fs.readdirSync(state(folder))) fs.utimesSync(state(folder, name), past, past)
    }
    const { code, stderr, stdout } = await run("clean", "--remote")
    assert.strictEqual(code, 0, stderr)
    assert.match(stdout, /^✓ Removed \d jobs, \d packages \(/)
    assert.deepStrictEqual(fs.readdirSync(state("jobs")), [running])
    assert.deepStrictEqual(fs.readdirSync(state("packages")), [path.basename(needed)])
    assert.deepStrictEqual(fs.readdirSync(state("envs")), [environment])
    assert.strictEqual((await run("cancel", running)).code, 0)
    // Deploying makes young what is there
    assert.strictEqual((await run("run", "main.ts#scaled", "--args", "[\"1 s\"]")).stdout, "1000\n")
    fs.utimesSync(needed, past, past)
    assert.isAbove(fs.statSync(state("envs", environment)).mtimeMs, past.getTime() + 1000)
    const again = json((await run("clean", "--remote", "--json")).stdout)
    assert.include(JSON.stringify(again["removed"]), path.basename(needed))
    assert.deepStrictEqual(fs.readdirSync(state("envs")), [environment])
  })

  it("says that a host does not answer", async () => {
    const { code, stderr } = await bench.run(["jobs", "--cluster", "far"], { CLUSTRIX_CLUSTER_PORT: "1" })
    assert.strictEqual(code, 5)
    assert.match(stderr, /^error: /)
    assert.include(stderr, "→")
  })
})
