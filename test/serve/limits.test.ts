/**
 * The limits of the deploy endpoint that no test can wait for: a server of its own in this process, with small ones.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import type { ClusterClient } from "../../core/http/ClusterClient.ts"
import * as LocalCluster from "../../platform-node/LocalCluster.ts"
import * as PackageFiles from "../../platform-node/PackageStore.ts"
import * as Server from "../../platform-node/serve/Server.ts"
import { defaultLimits, type Limits } from "../../platform-node/serve/ServeOptions.ts"
import * as Tokens from "../../platform-node/serve/Tokens.ts"
import * as sample from "../platform-node/runner/package.ts"
import { ask, failure, makePackage, talk, type TestPackage, until } from "./ServerProcess.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-limits-")))
const packages = path.join(scratch, "packages")
let zip: TestPackage

beforeAll(async () => {
  zip = await makePackage()
})
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

interface Served {
  readonly endpoint: string
  readonly port: number
  readonly records: ReadonlyArray<Readonly<Record<string, unknown>>>
}

/** Runs `use` while a server with these limits listens. */
const serving = async (limits: Partial<Limits>, use: (served: Served) => Promise<void>): Promise<void> => {
  const records: Array<Readonly<Record<string, unknown>>> = []
  const program = Effect.gen(function*() {
    const { port } = yield* Server.serve({
      host: "127.0.0.1",
      port: 0,
      tokens: Tokens.make([]),
      origins: [],
      limits: { ...defaultLimits, ...limits },
      audit: (line) => {
        records.push(JSON.parse(line) as Readonly<Record<string, unknown>>)
      }
    })
    yield* Effect.promise(() => use({ endpoint: `http://127.0.0.1:${port}`, port, records }))
  })
  const services = Layer.mergeAll(LocalCluster.layer(), PackageFiles.layer(packages)).pipe(
    Layer.provideMerge(sample.local)
  )
  const environment = ConfigProvider.fromMap(new Map([["XDG_STATE_HOME", path.join(scratch, "state")]]))
  await Effect.runPromise(
    Effect.scoped(program).pipe(Effect.provide(services), Effect.withConfigProvider(environment))
  )
}

const upload = (client: ClusterClient) => client.packages.upload({ path: { digest: zip.digest }, payload: zip.bytes })

const submit = (client: ClusterClient, ...json: ReadonlyArray<unknown>) =>
  client.jobs.submit({ payload: { digest: zip.digest, json: [...json] } })

/** Says `text`, and waits for what comes until the server ends the connection. */
const say = (port: number, text: string): Promise<string> =>
  new Promise((resolve) => {
    let answer = ""
    const socket = net.connect(port, "127.0.0.1", () => socket.write(text))
    socket.setEncoding("utf8").on("data", (part: string) => {
      answer += part
    })
    socket.on("error", () => socket.destroy())
    socket.on("close", () => resolve(answer))
  })

const beginning = (port: number, digest: string): string =>
  `PUT /v1/packages/${digest} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Length: 5000\r\n\r\nhalf of it`

const other = "0".repeat(64)
const staging = (): ReadonlyArray<string> => fs.readdirSync(packages).filter((name) => name.includes("staging"))

describe("limits of the deploy endpoint", () => {
  it(
    "of time: an upload that stops in the middle is ended, and leaves nothing",
    () =>
      serving({ headTime: Duration.seconds(1), requestTime: Duration.seconds(2) }, async (served) => {
        const stopped = say(served.port, beginning(served.port, other))
        await until("begun", () => fs.existsSync(packages) && staging().length > 0)
        await stopped
        await until("removed", () => staging().length === 0)
        await talk(served, upload)
      }),
    60_000
  )

  it(
    "of time: 200 heads that come byte by byte are ended, and others are answered meanwhile",
    () =>
      serving({ headTime: Duration.seconds(2) }, async (served) => {
        let open = 0
        const slow = Array.from({ length: 200 }, () =>
          new Promise<void>((resolve) => {
            const socket = net.connect(served.port, "127.0.0.1", () => {
              open += 1
              socket.write(`GET /v1/cluster HTTP/1.1\r\nHost: 127.0.0.1:${served.port}\r\nX-Slow: `)
            })
            // It would go on for ever
            const drop = setInterval(() => socket.write("x"), 200)
            socket.resume()
            socket.on("error", () => socket.destroy())
            socket.on("end", () => socket.destroy())
            socket.on("close", () => {
              clearInterval(drop)
              resolve()
            })
          }))
        await until("open", () => open === 200)
        assert.strictEqual((await ask(served, "/v1/cluster")).status, 200)
        await Promise.all(slow)
        assert.strictEqual((await ask(served, "/v1/cluster")).status, 200)
      }),
    60_000
  )

  it("of uploads at once: one more is told to come back, and comes", () =>
    serving({ uploads: 1 }, async (served) => {
      fs.rmSync(packages, { recursive: true, force: true })
      const first = net.connect(served.port, "127.0.0.1", () => first.write(beginning(served.port, other)))
      first.on("error", () => first.destroy())
      await until("begun", () => fs.existsSync(packages) && staging().length > 0)
      const full = await failure(served, upload)
      assert.strictEqual(full._tag, "TooManyRequests")
      first.destroy()
      await until("written down", () => served.records.some(({ method, status }) => method === "PUT" && status === 499))
      await until("room", () => talk(served, (client) => Effect.isSuccess(upload(client))))
      assert.deepStrictEqual(staging(), [])
    }), 60_000)

  it(
    "of jobs: one more is told to come back, and comes when another has ended; a new server counts those of the old",
    () =>
      serving({ jobs: 1 }, async (first) => {
        const { jobId } = await talk(first, (client) => Effect.zipRight(upload(client), submit(client, "waits")))
        const full = await failure(first, (client) => submit(client, "echo"))
        assert.strictEqual(full._tag, "TooManyRequests")
        await serving({ jobs: 1 }, async (second) => {
          assert.strictEqual((await failure(second, (client) => submit(client, "echo")))._tag, "TooManyRequests")
          await talk(second, (client) => client.jobs.cancel({ path: { jobId } }))
          await until("room", () => talk(second, (client) => Effect.isSuccess(submit(client, "echo"))))
        })
      }),
    60_000
  )

  it(
    "of requests in a minute: who asks too often is told when to come back",
    () =>
      serving({ requestsPerMinute: 60 }, async (served) => {
        const answers = []
        for (let index = 0; index < 70; index += 1) answers.push(await ask(served, "/v1/cluster"))
        const refused = answers.filter(({ status }) => status === 429)
        assert.isNotEmpty(refused)
        assert.deepInclude(JSON.parse(refused[0]?.body ?? ""), { _tag: "TooManyRequests" })
        assert.match(refused[0]?.headers["retry-after"] ?? "", /^\d+$/)
        await until("answered", async () => (await ask(served, "/v1/cluster")).status === 200)
      }),
    60_000
  )

  it("of results: what is too large is told, and what is large waits until there is room", () => {
    const large = "x".repeat(3_000_000)
    const result = (served: Served, text: string) =>
      talk(served, (client) =>
        Effect.gen(function*() {
          yield* upload(client)
          const { jobId } = yield* submit(client, "echo", text)
          return yield* Effect.either(client.jobs.result({ path: { jobId }, urlParams: { wait: 30 } }))
        }))
    return serving({ resultBytes: 2_000_000 }, async (served) => {
      const refused = await result(served, large)
      assert.deepInclude(Either.getOrThrow(refused), { _tag: "Failed", error: "ResultTooLargeError" })
      await serving({ results: 0 }, async (full) => {
        const busy = await result(full, large)
        assert.deepInclude(Either.isLeft(busy) ? busy.left : {}, { _tag: "TooManyRequests" })
        assert.deepInclude(Either.getOrThrow(await result(full, "small")), { _tag: "Returned" })
      })
      await serving({ results: 1 }, async (roomy) => {
        // Each gives its room back
        for (let index = 0; index < 3; index += 1) {
          assert.deepInclude(Either.getOrThrow(await result(roomy, large)), { _tag: "Returned" })
        }
      })
    })
  })

  it("of a call: its own are kept", () =>
    serving({}, async (served) => {
      const result = await talk(served, (client) =>
        Effect.gen(function*() {
          yield* upload(client)
          const { jobId } = yield* client.jobs.submit({
            payload: { digest: zip.digest, json: ["waits"], limits: { time: "1s" } }
          })
          return yield* client.jobs.result({ path: { jobId }, urlParams: { wait: 30 } })
        }))
      assert.deepInclude(result, { _tag: "Failed", error: "TimeLimitError" })
    }), 60_000)

  it("of patience: what is under way when the server ends is ended when the time is over", async () => {
    let stopped: Promise<string> | undefined
    await serving({ graceTime: Duration.seconds(1) }, async ({ port }) => {
      stopped = say(port, beginning(port, other))
      await until("begun", () => staging().length > 0)
    })
    await stopped
    await until("removed", () => staging().length === 0)
  })
})
