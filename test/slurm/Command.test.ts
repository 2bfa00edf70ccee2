/**
 * The command under Slurm: from elsewhere over SSH, and on the cluster itself, where no SSH is opened.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as path from "node:path"
import { Transport } from "../../core/cluster/Transport.ts"
import * as LocalTransport from "../../platform-node/LocalTransport.ts"
import * as SharedDirectory from "../../platform-node/SharedDirectory.ts"
import { makeWorkbench, outcomeOf, type Workbench } from "../platform-node/cli/command.ts"
import * as Sshd from "../ssh/Sshd.ts"
import * as Slurm from "./Slurm.ts"

let bench: Workbench
let slurm: Slurm.Slurm
let sshd: Sshd.Sshd
const missing = Slurm.missing ?? Sshd.missing

beforeAll(async () => {
  if (missing !== undefined) return
  bench = await makeWorkbench()
  slurm = await Slurm.make()
  sshd = await Sshd.make([`SetEnv SLURM_CONF=${slurm.configFile}`])
  bench.write("package.json", JSON.stringify({ name: "site", type: "module" }))
  bench.write(
    "main.ts",
    `export const works = (name: string) => { console.log("working on " + name); return [name, process.env["SLURM_JOB_PARTITION"] ?? null] }
export const waits = () => new Promise((resolve) => setTimeout(resolve, 60_000))
`
  )
  const host = `cluster_host: 127.0.0.1
    cluster_port: ${sshd.port}
    username: ${Sshd.user}
    key_file: ${path.join(sshd.directory, "id")}
    known_hosts_file: ${sshd.known}
    ssh_config_file: none
    agent: false`
  bench.write(
    "clustrix.yml",
    `cluster_type: slurm
remote_node_path: ${process.execPath}
partition: other
scheduler_options: ["--comment=mine"]
profiles:
  slurm:
    ${host}
    remote_work_dir: ${path.join(bench.directory, "work")}
  here:
    remote_work_dir: ${path.join(bench.directory, "here")}
`
  )
})

afterAll(async () => {
  sshd?.stop()
  await slurm?.stop()
  bench?.remove()
})

const onCluster = () => ({ SLURM_CONF: slurm.configFile })
const logins = (): number => sshd.log().split("Accepted publickey").length - 1

describe.skipIf(missing !== undefined)("the command under Slurm", () => {
  it("runs from elsewhere over SSH, shows, cancels", async () => {
    const ran = await bench.run(["run", "main.ts#works", "--args", "[\"far\"]", "--cluster", "slurm"])
    assert.strictEqual(ran.code, 0, ran.stderr)
    assert.match(ran.stdout, /^working on far\n[^]*far[^]*other/)
    assert.strictEqual(logins(), 1)
    assert.strictEqual(slurm.run("squeue", "-h", "-t", "all", "-o", "%k").trim(), "mine")
    const detached = await bench.run(["run", "main.ts#waits", "--detach", "--cluster", "slurm"])
    assert.strictEqual(detached.code, 0, detached.stderr)
    const id = detached.stdout.trim()
    const cancelled = await bench.run(["cancel", id, "--cluster", "slurm"])
    assert.strictEqual(cancelled.code, 0, cancelled.stderr)
    for (let tries = 0; tries < 50; tries += 1) {
      const status = await bench.run(["status", id, "--json", "--cluster", "slurm"])
      if (JSON.parse(status.stdout).state === "cancelled") return
    }
    assert.fail("it is not cancelled")
  })

  it("sees by a file that it is on the cluster, and opens no SSH from then on", async () => {
    const before = logins()
    const words = ["run", "main.ts#works", "--args", "[\"near\"]", "--cluster", "slurm"]
    const first = await bench.run(words, onCluster())
    assert.strictEqual(first.code, 0, first.stderr)
    assert.strictEqual(logins(), before + 1)
    sshd.kill()
    const second = await bench.run(words, onCluster())
    assert.strictEqual(second.code, 0, second.stderr)
    assert.include(second.stdout, "working on near")
    // From elsewhere nothing goes without it
    const away = await bench.run(words)
    assert.notStrictEqual(away.code, 0)
    // A copy of the directory is another directory
    fs.renameSync(path.join(bench.directory, "work"), path.join(bench.directory, "moved"))
    fs.cpSync(path.join(bench.directory, "moved"), path.join(bench.directory, "work"), { recursive: true })
    const copy = await bench.run(words, onCluster())
    assert.notStrictEqual(copy.code, 0, copy.stdout)
    await sshd.start()
  })

  it("runs on the cluster itself without a host", async () => {
    const before = logins()
    const ran = await bench.run(["run", "main.ts#works", "--args", "[\"here\"]", "--cluster", "here"], onCluster())
    assert.strictEqual(ran.code, 0, ran.stderr)
    assert.include(ran.stdout, "working on here")
    assert.strictEqual(logins(), before)
  })

  it("says that Slurm does not answer while it tries again, and leaves nothing when it is stopped", async () => {
    const jobs = path.join(bench.directory, "here", ".clustrix/jobs")
    const before = fs.existsSync(jobs) ? fs.readdirSync(jobs) : []
    // Without SLURM_CONF
    const child = bench.start(["run", "main.ts#works", "--args", "[\"here\"]", "--cluster", "here"])
    const ended = outcomeOf(child)
    await new Promise<void>((resolve) => {
      let said = ""
      child.stderr?.on("data", (text: string) => {
        said += text
        if (said.includes("minutes at most")) resolve()
      })
      child.once("exit", () => resolve())
    })
    child.kill("SIGINT")
    const { code, stderr } = await ended
    assert.strictEqual(code, 130, stderr)
    assert.match(stderr, /warning: Slurm on this machine does not answer: .*configuration source/s)
    assert.deepStrictEqual(fs.existsSync(jobs) ? fs.readdirSync(jobs) : [], before)
  })

  it("refuses further options that are more than one line", async () => {
    bench.write(
      "broken/clustrix.yml",
      "cluster_type: slurm\nscheduler_options: [\"--comment=mine\\n#SBATCH --hold\"]\n"
    )
    bench.write("broken/main.ts", "export const works = () => 1\n")
    const ran = await bench.run(["run", "main.ts#works"], onCluster(), "broken")
    assert.notStrictEqual(ran.code, 0)
    assert.include(ran.stderr, "scheduler_options")
  })

  it.scoped("does not take a host for this one that has another directory of that name", () =>
    Effect.gen(function*() {
      process.env["SLURM_CONF"] = slurm.configFile
      const here = path.join(bench.directory, "same name")
      const there = path.join(bench.directory, "over there")
      fs.mkdirSync(here)
      const move = (name: string): string => name.replace(here, there)
      const away: typeof Transport.Service = {
        ...LocalTransport.make,
        location: "elsewhere",
        makeDirectory: (name, mode) => LocalTransport.make.makeDirectory(move(name), mode),
        writeFile: (name, content, mode) => LocalTransport.make.writeFile(move(name), content, mode),
        remove: (name) => LocalTransport.make.remove(move(name))
      }
      const choose = Effect.map(
        Layer.build(SharedDirectory.layer(
          { clusterType: "slurm", clusterHost: "elsewhere", remoteWorkDir: here },
          Layer.succeed(Transport, away)
        )),
        (context) => Context.get(context, Transport).location
      )
      assert.strictEqual(yield* choose, "elsewhere")
      assert.deepStrictEqual(fs.readdirSync(path.join(there, ".clustrix")), [])
      fs.rmSync(here, { recursive: true })
      fs.symlinkSync(there, here)
      assert.strictEqual(yield* choose, "this machine")
    }))
})
