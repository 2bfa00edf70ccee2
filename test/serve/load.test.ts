/**
 * Half a minute of what `npm run bench -- serve` does for ten.
 */
import { assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Load from "./Load.ts"
import * as StandStill from "./StandStill.ts"
import { makePackage, makePlace, start, talk } from "./ServerProcess.ts"

const seconds = 30

describe("a deploy endpoint with 200 clients, hostile ones among them", () => {
  it("answers them all, does not stand still, and needs no more memory than it may", async () => {
    const bench = await makePlace()
    const zip = await makePackage()
    const tokens = ["good-0123456789abcdef", "evil-0123456789abcdef"] as const
    const file = path.join(bench.directory, "tokens")
    fs.writeFileSync(file, `${tokens.join("\n")}\n`, { mode: 0o600 })
    const standStill = StandStill.make(bench.directory)
    const server = await start(bench, {
      words: ["--token-file", file, "--rate", "100000000", "--audit-log", path.join(bench.directory, "audit")],
      environment: standStill.environment
    })
    const health = Load.watchHealth(server.port)
    try {
      await talk(
        server,
        (client) => client.packages.upload({ path: { digest: zip.digest }, payload: zip.bytes }),
        tokens[0]
      )
      const target: Load.Target = { port: server.port, tokens, digest: zip.digest }
      const requests = Object.values(Load.attacks(zip.digest))
      await health.take()
      standStill.take()
      let most = 0
      const watch = setInterval(() => {
        most = Math.max(most, server.residentBytes())
      }, 200)
      const [asked, attacked] = await Promise.all([
        Load.clients(target, 200, seconds * 1000),
        Load.attack(target, requests, seconds * 1000)
      ])
      clearInterval(watch)
      const failed = [...asked].filter(([status]) => status === 0 || status >= 500)
      assert.deepStrictEqual(failed, [])
      // Of one machine that does all of it
      assert.isAbove(asked.get(200) ?? 0, 200, [...asked].join(" "))
      assert.isAbove(asked.get(201) ?? 0, 0)
      assert.isNotEmpty([...attacked.keys()].filter((status) => status >= 400))
      assert.deepStrictEqual([...attacked.keys()].filter((status) => status >= 500), [])
      assert.isBelow(standStill.take(), 200)
      const { most: longest, samples } = await health.take()
      assert.isAbove(samples, 100)
      // Each was answered
      assert.isTrue(Number.isFinite(longest))
      assert.isBelow(most, 768 * 1_048_576)
    } finally {
      await health.stop()
      await server.end("SIGKILL")
      bench.remove()
    }
  }, 300_000)
})
