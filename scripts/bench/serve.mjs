/**
 * A deploy endpoint and 200 clients for ten minutes, hostile ones among them: how long others wait for an answer, and what its
 * memory does.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { tsImport } from "tsx/esm/api"

const mebibytes = (bytes) => bytes / 2 ** 20
const ms = (value) => value.toFixed(1)

const show = (what, { most, p50, p99, samples }) =>
  console.log(`  ${what.padEnd(36)} p50 ${ms(p50)} ms, p99 ${ms(p99)} ms, most ${ms(most)} ms (${samples} asked)`)

const text = (statuses) => [...statuses].sort(([a], [b]) => a - b).map(([status, n]) => `${n} x ${status}`).join(", ")

/** `clients`, `seconds`: of the long run. */
export const measure = async ({ aim, quick, clients = 200, seconds = quick ? 60 : 600 }) => {
  const Server = await tsImport("../../test/serve/ServerProcess.ts", import.meta.url)
  const Load = await tsImport("../../test/serve/Load.ts", import.meta.url)
  const bench = await Server.makePlace()
  const zip = await Server.makePackage()
  const tokens = ["good-0123456789abcdef", "evil-0123456789abcdef"]
  const file = path.join(bench.directory, "tokens")
  fs.writeFileSync(file, `${tokens.join("\n")}\n`, { mode: 0o600 })
  const audit = path.join(bench.directory, "audit.log")
  const server = await Server.start(bench, {
    words: ["--token-file", file, "--rate", "100000000", "--audit-log", audit]
  })
  const health = Load.watchHealth(server.port)
  try {
    await Server.talk(
      server,
      (client) => client.packages.upload({ path: { digest: zip.digest }, payload: zip.bytes }),
      tokens[0]
    )
    const target = { port: server.port, tokens, digest: zip.digest }
    const pause = quick ? 5_000 : 15_000
    await Server.sleep(2000)
    await health.take()
    await Server.sleep(pause)
    const alone = await health.take()
    show("alone", alone)
    const atFirst = server.residentBytes()
    for (const [name, request] of Object.entries(Load.attacks(zip.digest))) {
      await health.take()
      const statuses = await Load.attack(target, [request], pause)
      const beside = await health.take()
      show(`beside ${name}`, beside)
      console.log(`    ${text(statuses)}`)
      aim(`p99 beside ${name}, above that alone`, beside.p99 - alone.p99, 100, "ms")
    }
    await health.take()
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, server.residentBytes())
    }, 200)
    const [asked, attacked] = await Promise.all([
      Load.clients(target, clients, seconds * 1000),
      Load.attack(target, Object.values(Load.attacks(zip.digest)), seconds * 1000)
    ])
    clearInterval(watch)
    show(`${clients} clients, ${seconds} s, hostile ones too`, await health.take())
    console.log(`    of the clients: ${text(asked)}`)
    console.log(`    of the hostile: ${text(attacked)}`)
    console.log(
      `    memory: ${mebibytes(atFirst).toFixed(0)} MiB at first, ${mebibytes(most).toFixed(0)} MiB at most, ${
        mebibytes(server.residentBytes()).toFixed(0)
      } MiB in the end`
    )
    aim("memory of the server", mebibytes(most), 768, "MiB")
    aim("requests of clients that failed", [...asked].reduce((n, [s, c]) => s === 0 || s >= 500 ? n + c : n, 0), 0, "")
  } finally {
    await health.stop()
    await server.end("SIGKILL")
    bench.remove()
  }
}
