/**
 * Clients that are killed with -9, at any step: what they leave is whole or nothing, and others go on with it.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as path from "node:path"
import { makeWorkbench, type Workbench } from "../platform-node/cli/command.ts"
import * as Sshd from "./Sshd.ts"

let bench: Workbench
let sshd: Sshd.Sshd

const dataBytes = 8 * 1024 * 1024

beforeAll(async () => {
  if (Sshd.missing !== undefined) return
  bench = await makeWorkbench()
  sshd = await Sshd.make()
  bench.write("package.json", JSON.stringify({ name: "killed", type: "module" }))
  bench.write(
    "main.ts",
    `import { existsSync, readFileSync } from "node:fs"

export const measures = () => readFileSync("large.bin").length

export async function waits(signal: string): Promise<number> {
  console.log("waiting")
  while (!existsSync(signal)) await new Promise((resolve) => setTimeout(resolve, 50))
  console.log("over")
  return 7
}
`
  )
  // Not to be compressed: sending and unpacking take their time
  const bytes = new Uint8Array(dataBytes)
  for (let index = 0, x = 1; index < dataBytes; index += 1) {
    x = (x * 48_271) % 2_147_483_647
    bytes[index] = x
  }
  fs.writeFileSync(path.join(bench.directory, "large.bin"), bytes)
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
`
  )
})

afterAll(() => {
  sshd?.stop()
  bench?.remove()
})

const in_ = (place: string) => ({ CLUSTRIX_REMOTE_WORK_DIR: path.join(bench.directory, place) })
const names = (place: string, ...more: ReadonlyArray<string>): ReadonlyArray<string> => {
  const directory = path.join(bench.directory, place, ".clustrix", ...more)
  return fs.existsSync(directory) ? fs.readdirSync(directory) : []
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit")
}

/** Kills the client as soon as `moment` has come; says whether it lived until then. */
const killedWhen = async (child: ChildProcess, moment: () => boolean): Promise<boolean> => {
  while (child.exitCode === null && !moment()) await new Promise((resolve) => setTimeout(resolve, 1))
  const lived = child.exitCode === null
  child.kill("SIGKILL")
  await ended(child)
  return lived
}

/** What there is to see on the host, in the order in which a deployment makes it. */
const moments: Readonly<Record<string, (place: string) => boolean>> = {
  "has connected": (place) => names(place).length > 0,
  "sends the package": (place) => names(place, "uploads").some((name) => name.endsWith(".part")),
  "has it unpacked": (place) => names(place, "packages").length > 0,
  "makes the job": (place) => names(place, "jobs").length > 0,
  "has submitted it": (place) =>
    names(place, "jobs").some((job) => names(place, "jobs", job).includes("submitted.json"))
}

describe.skipIf(Sshd.missing !== undefined)("a client that is killed", () => {
  for (const [moment, has] of Object.entries(moments)) {
    it(`when it ${moment}: the next one runs, and nothing half is used`, async () => {
      const place = moment.replaceAll(" ", "-")
      const words = ["run", "main.ts#measures"]
      const lived = await killedWhen(bench.start(words, in_(place)), () => has(place))
      assert.isTrue(lived, "it ended before it was killed")
      const { code, stderr, stdout } = await bench.run(words, in_(place))
      assert.deepStrictEqual([code, stdout.trim()], [0, String(dataBytes)], stderr)
      assert.deepStrictEqual(names(place, "uploads"), [])
      assert.lengthOf(names(place, "packages").filter((name) => !name.startsWith(".")), 1)
    })
  }

  it("while its function runs: another one gets what it prints, and its result", async () => {
    const place = "running"
    const signal = path.join(bench.directory, "signal")
    const client = bench.start(["run", "main.ts#waits", "--args", JSON.stringify([signal])], in_(place))
    const log = (): string => {
      const [job = ""] = names(place, "jobs")
      const file = path.join(bench.directory, place, ".clustrix", "jobs", job, "stdout.log")
      return job !== "" && fs.existsSync(file) ? fs.readFileSync(file, "utf8") : ""
    }
    assert.isTrue(await killedWhen(client, () => log().includes("waiting")))
    const attached = bench.run(["attach", "latest"], in_(place))
    await new Promise((resolve) => setTimeout(resolve, 300))
    assert.strictEqual(log(), "waiting\n")
    fs.writeFileSync(signal, "")
    const { code, stderr, stdout } = await attached
    assert.strictEqual(code, 0, stderr)
    assert.match(stdout, /waiting\nover\n[^]*7\n$/)
  })
})
