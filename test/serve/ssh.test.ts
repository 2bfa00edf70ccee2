/**
 * The deploy endpoint before a host over SSH: its clients never see the key, nor the host.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as path from "node:path"
import type { Workbench } from "../platform-node/cli/command.ts"
import * as Sshd from "../ssh/Sshd.ts"
import { ask, makePackage, makePlace, type ServerProcess, start, talk, type TestPackage,
  until } from "./ServerProcess.ts"

let sshd: Sshd.Sshd
let bench: Workbench
let server: ServerProcess
let zip: TestPackage

beforeAll(async () => {
  if (Sshd.missing !== undefined) return
  sshd = await Sshd.make()
  zip = await makePackage()
  bench = await makePlace()
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
remote_work_dir: ${path.join(bench.directory, "far")}
`
  )
  server = await start(bench)
})

afterAll(async () => {
  await server?.end("SIGKILL")
  sshd?.stop()
  bench?.remove()
})

describe.skipIf(Sshd.missing !== undefined)("the deploy endpoint before a host over SSH", () => {
  it("runs a call there, over a network that is cut in the middle of the job", async () => {
    const gate = path.join(bench.directory, "gate")
    let seen = ""
    const result = await talk(server, (client) =>
      Effect.gen(function*() {
        yield* client.packages.upload({ path: { digest: zip.digest }, payload: zip.bytes })
        const { jobId } = yield* client.jobs.submit({ payload: { digest: zip.digest, json: ["gate", gate] } })
        const cutting = Effect.gen(function*() {
          yield* Effect.promise(() => until("printed", () => seen.includes("before the gate")))
          sshd.cut()
          fs.writeFileSync(gate, "")
        })
        const following = Stream.runForEach(client.jobs.logs(jobId), (event) =>
          Effect.sync(() => {
            seen += event.event === "end" ? `[${event.state}]` : event.event === "progress" ? "" : event.text
          }))
        yield* Effect.all([following, cutting], { concurrency: 2 })
        return yield* client.jobs.result({ path: { jobId }, urlParams: { wait: 20 } })
      }))
    assert.strictEqual(seen, "before the gate\nbehind the gate\n[succeeded]")
    assert.strictEqual(result._tag, "Returned")
    assert.isTrue(fs.existsSync(path.join(bench.directory, "far", ".clustrix", "jobs", result.jobId)))
  })

  it("tells no key, no user and no host", async () => {
    const { body } = await ask(server, "/v1/cluster")
    assert.include(body, "\"ssh\"")
    for (const secret of [sshd.directory, String(sshd.port), `"${Sshd.user}"`]) assert.notInclude(body, secret)
  })
})
