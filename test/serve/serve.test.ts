/**
 * The deploy endpoint as its clients see it: a real server process over this machine, through the typed client.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { createHash, randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as http from "node:http"
import type * as net from "node:net"
import * as path from "node:path"
import * as ValueCodec from "../../core/runtime/ValueCodec.ts"
import type { ClusterClient } from "../../core/http/ClusterClient.ts"
import type { Workbench } from "../platform-node/cli/command.ts"
import * as HostilePackage from "./HostilePackage.ts"
import { ask, failure, freePort, makePackage, makePlace, type ServerProcess, start, talk, type TestPackage,
  until } from "./ServerProcess.ts"

const token = "a-token-of-the-tests-0123456789abcdef"

let bench: Workbench
let zip: TestPackage
let server: ServerProcess
const servers: Array<ServerProcess> = []

const serving = async (...given: Parameters<typeof start> extends [Workbench, ...infer Rest] ? Rest : never) => {
  const started = await start(bench, ...given)
  servers.push(started)
  return started
}

beforeAll(async () => {
  bench = await makePlace()
  zip = await makePackage()
  server = await serving()
})

afterAll(async () => {
  for (const each of servers) await each.end("SIGKILL")
  bench?.remove()
})

const upload = (client: ClusterClient) => client.packages.upload({ path: { digest: zip.digest }, payload: zip.bytes })

const submit = (client: ClusterClient, ...json: ReadonlyArray<unknown>) =>
  client.jobs.submit({ payload: { digest: zip.digest, json: [...json] } })

/** The job's end. */
const resultOf = (client: ClusterClient, jobId: string) =>
  Effect.repeat(client.jobs.result({ path: { jobId }, urlParams: { wait: 20 } }), {
    until: (result) => result._tag !== "Pending"
  })

/** Everything that was printed, and the state at the end. */
const printedBy = (client: ClusterClient, jobId: string) =>
  Effect.map(Stream.runCollect(client.jobs.logs(jobId)), (events) => {
    const all = Chunk.toReadonlyArray(events)
    const text = (name: string): string =>
      all.flatMap((event) => "text" in event && event.event === name ? [event.text] : []).join("")
    const last = all.at(-1)
    return { stdout: text("stdout"), stderr: text("stderr"), end: last?.event === "end" ? last.state : undefined }
  })

/** Reads raw events from a job's logs until `enough` says so, then goes away. Gives the text so far. */
const rawLogs = (
  { port }: Pick<ServerProcess, "port">,
  jobId: string,
  headers: http.OutgoingHttpHeaders,
  enough: (text: string) => boolean
): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = ""
    const request = http.get(
      { host: "127.0.0.1", port, path: `/v1/jobs/${jobId}/logs`, agent: false, headers },
      (response) => {
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part
          if (!enough(text)) return
          request.destroy()
          resolve(text)
        })
        response.on("end", () => resolve(text))
      }
    )
    request.on("error", reject)
  })

const idsIn = (text: string): ReadonlyArray<string> => [...text.matchAll(/^id: (.*)$/gm)].map(([, id]) => id ?? "")

const gate = (name: string): string => path.join(bench.directory, name)

describe("the deploy endpoint", () => {
  it("takes a package, runs a call of it, prints, returns", () =>
    talk(server, (client) =>
      Effect.gen(function*() {
        const missing = yield* Effect.flip(client.packages.find({ path: { digest: zip.digest } }))
        assert.strictEqual(missing._tag, "PackageMissing")
        const early = yield* Effect.flip(submit(client, "echo"))
        assert.strictEqual(early._tag, "PackageMissing")
        const uploaded = yield* upload(client)
        assert.deepInclude(uploaded, { digest: zip.digest, packageId: zip.packageId, functionName: "main" })
        assert.deepStrictEqual(yield* client.packages.find({ path: { digest: zip.digest } }), uploaded)
        // Again: nothing changes
        assert.deepStrictEqual(yield* upload(client), uploaded)

        const job = yield* submit(client, "prints")
        assert.deepStrictEqual(yield* printedBy(client, job.jobId), {
          stdout: "out ☃\n",
          stderr: "err ☃\n",
          end: "succeeded"
        })
        const result = yield* resultOf(client, job.jobId)
        assert.deepInclude(result, { _tag: "Returned", jobId: job.jobId })
        const status = yield* client.jobs.status({ path: { jobId: job.jobId } })
        assert.deepInclude(status, { jobId: job.jobId, state: "succeeded", functionName: "main", exitCode: 0 })
        const [newest] = yield* client.jobs.list({ urlParams: { limit: 1 } })
        assert.deepStrictEqual(newest, status)
      })), 60_000)

  it(
    "tells how far a function is, among what it prints and in its status",
    () =>
      talk(server, (client) =>
        Effect.gen(function*() {
          yield* upload(client)
          const { jobId } = yield* submit(client, "progresses", gate("progress"))
          const said: Array<unknown> = []
          yield* Stream.runForEach(client.jobs.logs(jobId), (event) =>
            Effect.gen(function*() {
              if (event.event !== "progress") return
              said.push(event.progress)
              if (said.length > 1) return
              const status = yield* client.jobs.status({ path: { jobId } })
              assert.strictEqual(status.state, "running")
              assert.deepInclude(status.progress, { done: 1, total: 3, note: "before the gate" })
              fs.writeFileSync(gate("progress"), "")
            }))
          assert.deepStrictEqual(said, [{ done: 1, total: 3, note: "before the gate" }, { done: 3, total: 3 }])
          assert.deepInclude(yield* resultOf(client, jobId), { _tag: "Returned" })
        })),
    60_000
  )

  it("carries values of our notation both ways", () =>
    talk(server, (client) =>
      Effect.gen(function*() {
        yield* upload(client)
        const value = ["echo", new Map([["a", 1n]]), new Date(5), undefined, Number.NaN]
        const job = yield* client.jobs.submit({
          payload: { digest: zip.digest, arguments: yield* ValueCodec.encode(value) }
        })
        const result = yield* resultOf(client, job.jobId)
        assert.strictEqual(result._tag, "Returned")
        if (result._tag !== "Returned") return
        assert.deepStrictEqual(yield* ValueCodec.decode(result.value), value.slice(1))
      })), 60_000)

  it("says why there is no value", () =>
    talk(server, (client) =>
      Effect.gen(function*() {
        yield* upload(client)
        const { jobId } = yield* submit(client, "fails")
        const result = yield* resultOf(client, jobId)
        assert.strictEqual(result._tag, "Failed")
        if (result._tag !== "Failed") return
        assert.strictEqual(result.error, "JobFailedError")
        assert.strictEqual(result.what, "main threw RangeError: too far")
      })), 60_000)

  it(
    "ends a job on request, and tells while it runs that it does",
    () =>
      talk(server, (client) =>
        Effect.gen(function*() {
          yield* upload(client)
          const { jobId } = yield* submit(client, "waits")
          const early = yield* client.jobs.result({ path: { jobId }, urlParams: {} })
          assert.strictEqual(early._tag, "Pending")
          yield* client.jobs.cancel({ path: { jobId } })
          const result = yield* resultOf(client, jobId)
          assert.deepInclude(result, { _tag: "Failed", error: "JobCancelledError" })
          // Once more is fine
          assert.deepInclude(yield* client.jobs.cancel({ path: { jobId } }), { state: "cancelled" })
        })),
    60_000
  )

  it("says of each job that is not there that it is not there", async () => {
    const jobId = "20200101T000000000-00000000"
    const asked = [
      (client: ClusterClient) => client.jobs.status({ path: { jobId } }),
      (client: ClusterClient) => client.jobs.result({ path: { jobId }, urlParams: {} }),
      (client: ClusterClient) => client.jobs.cancel({ path: { jobId } }),
      (client: ClusterClient) => Stream.runDrain(client.jobs.logs(jobId))
    ] as const
    for (const one of asked) {
      assert.strictEqual((await failure(server, (client) => Effect.asVoid(one(client))))._tag, "JobMissing")
    }
  })

  it("describes the cluster, itself, and nothing that is secret", async () => {
    const cluster = await talk(server, (client) => client.cluster.describe())
    assert.strictEqual(cluster.clusterType, "local")
    const document = await ask(server, "/openapi.json")
    assert.strictEqual(document.status, 200)
    const { paths } = JSON.parse(document.body) as { readonly paths: Readonly<Record<string, unknown>> }
    assert.containsAllKeys(paths, ["/v1/jobs", "/v1/jobs/{jobId}/logs", "/v1/packages/{digest}"])
    const page = await ask(server, "/docs")
    assert.strictEqual(page.status, 200)
    assert.match(page.headers["content-type"] ?? "", /^text\/html/)
    // Nothing is fetched from elsewhere
    assert.notMatch(page.body, /(?:src|href)\s*=\s*["']?(?:https?:)?\/\//)
  })
})

describe("logs that break off", () => {
  it("go on behind the last event, with nothing missing and nothing twice", async () => {
    const open = gate("resumed")
    const { jobId } = await talk(server, (client) => Effect.zipRight(upload(client), submit(client, "gate", open)))
    const first = await rawLogs(server, jobId, {}, (text) => text.includes("before the gate") && /\n\n$/.test(text))
    assert.match(first, /^event: stdout$/m)
    fs.writeFileSync(open, "")
    const last = idsIn(first).at(-1) ?? ""
    const rest = await rawLogs(server, jobId, { "last-event-id": last }, (text) => text.includes("event: end"))
    assert.notInclude(rest, "before the gate")
    assert.include(rest, "behind the gate")
    assert.match(rest, /^event: end$/m)
    const whole = await talk(server, (client) => printedBy(client, jobId))
    assert.deepStrictEqual(whole, { stdout: "before the gate\nbehind the gate\n", stderr: "", end: "succeeded" })
    // Something that is no position is the beginning
    const odd = await rawLogs(server, jobId, { "last-event-id": "../../etc" }, (text) => text.includes("event: end"))
    assert.include(odd, "before the gate")
  })

  it("are followed by the client over the death of the server, in the middle of a job", async () => {
    const port = await freePort()
    const first = await serving({ port })
    const open = gate("restarted")
    const { jobId } = await talk(first, (client) => Effect.zipRight(upload(client), submit(client, "gate", open)))
    let seen = ""
    const following = talk(first, (client) =>
      Stream.runForEach(client.jobs.logs(jobId), (event) =>
        Effect.sync(() => {
          seen += event.event === "end" ? `[${event.state}]` : event.event === "progress" ? "" : event.text
        })))
    await until("printed", () => seen.includes("before the gate"))
    await first.end("SIGKILL")
    fs.writeFileSync(open, "")
    const second = await serving({ port })
    await following
    assert.strictEqual(seen, "before the gate\nbehind the gate\n[succeeded]")
    const result = await talk(second, (client) => resultOf(client, jobId))
    assert.deepInclude(result, { _tag: "Returned", jobId })
    assert.deepInclude(await talk(second, (client) => client.packages.find({ path: { digest: zip.digest } })), {
      digest: zip.digest
    })
  })
})

describe("a server behind a gateway", () => {
  it("may be away for a while: the client of the logs comes back", async () => {
    const open = gate("gateway")
    const { jobId } = await talk(server, (client) => Effect.zipRight(upload(client), submit(client, "gate", open)))
    const ending = JSON.stringify({ _tag: "ShuttingDown", what: "The server ends" })
    const crowded = JSON.stringify({ _tag: "TooManyRequests", retryAfterSeconds: 1, what: "Too many" })
    const away: Array<readonly [number, string]> = [[503, ending], [502, "<html>Bad Gateway</html>"], [429, crowded]]
    const sockets: Array<net.Socket> = []
    const gateway = http.createServer((request, response) => {
      const [status, body] = sockets.length === 0 ? [undefined, ""] : away.shift() ?? [undefined, ""]
      if (status !== undefined) return void response.writeHead(status, { connection: "close" }).end(body)
      sockets.push(request.socket)
      const onward = http.request(
        { host: "127.0.0.1", port: server.port, path: request.url, headers: request.headers, agent: false },
        (answer) =>
          answer.on("error", () => response.destroy()).pipe(response.writeHead(answer.statusCode ?? 0, answer.headers))
      )
      onward.on("error", () => response.destroy())
      response.on("close", () => onward.destroy())
      request.pipe(onward)
    })
    await new Promise<void>((resolve) => gateway.listen(0, "127.0.0.1", resolve))
    const address = gateway.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    let seen = ""
    const following = talk(
      { endpoint: `http://127.0.0.1:${port}` },
      (client) =>
        Stream.runForEach(client.jobs.logs(jobId), (event) =>
          Effect.sync(() => {
            seen += event.event === "end" ? `[${event.state}]` : event.event === "progress" ? "" : event.text
          }))
    )
    await until("printed", () => seen.includes("before the gate"))
    for (const socket of sockets) socket.destroy()
    await until("tried", () => away.length === 0)
    fs.writeFileSync(open, "")
    await following
    gateway.close()
    assert.strictEqual(seen, "before the gate\nbehind the gate\n[succeeded]")
  })
})

describe("a server that is killed in the middle of an upload", () => {
  it("leaves nothing behind when it is started again", async () => {
    const port = await freePort()
    const first = await serving({ port })
    const staging = () => fs.readdirSync(bench.packages).filter((name) => name.includes("staging"))
    const broken = new Promise<void>((resolve) => {
      const request = http.request({
        host: "127.0.0.1",
        port,
        agent: false,
        method: "PUT",
        path: `/v1/packages/${"1".repeat(64)}`,
        headers: { "content-length": 5000 }
      })
      request.on("error", () => resolve())
      request.write("the beginning of it")
    })
    await until("begun", () => staging().length > 0)
    await first.end("SIGKILL")
    await broken
    await serving({ port })
    assert.deepStrictEqual(staging(), [])
  })
})

describe("a server that is told to end", () => {
  it("lets requests end, closes streams, lets jobs go on, and the next one knows them", async () => {
    const port = await freePort()
    const first = await serving({ port })
    const open = gate("ended")
    const { jobId } = await talk(first, (client) => Effect.zipRight(upload(client), submit(client, "gate", open)))
    let seen = ""
    const stream = rawLogs(first, jobId, {}, (text) => {
      seen = text
      return false
    })
    const waiting = ask(first, `/v1/jobs/${jobId}/result?wait=60`)
    const other = HostilePackage.make({ "data/large": randomBytes(100_000) })
    const half = Math.floor(other.bytes.length / 2)
    let answer: number | undefined
    const upward = http.request({
      host: "127.0.0.1",
      port,
      agent: false,
      method: "PUT",
      path: `/v1/packages/${other.digest}`,
      headers: { "content-type": "application/octet-stream", "content-length": other.bytes.length }
    }, (response) => {
      answer = response.statusCode
      response.resume()
    })
    upward.write(other.bytes.subarray(0, half))
    await until(
      "under way",
      () => seen.includes("before the gate") && fs.readdirSync(bench.packages).some((name) => name.includes("staging"))
    )
    first.child.kill("SIGTERM")
    const text = await stream
    assert.include(text, "before the gate")
    assert.strictEqual(JSON.parse((await waiting).body)._tag, "Pending")
    upward.end(other.bytes.subarray(half))
    await until("answered", () => answer !== undefined)
    assert.strictEqual(answer, 200)
    assert.notMatch(text, /^event: end$/m)
    const { code } = await first.end()
    assert.strictEqual(code, 143)
    fs.writeFileSync(open, "")
    const second = await serving({ port })
    const result = await talk(second, (client) => resultOf(client, jobId))
    assert.deepInclude(result, { _tag: "Returned", jobId })
  })
})

describe("who may ask", () => {
  let locked: ServerProcess
  const audit = (): string => locked.printed()

  beforeAll(async () => {
    const file = path.join(bench.directory, "token")
    fs.writeFileSync(file, `${token}\n`, { mode: 0o600 })
    locked = await serving({ words: ["--token-file", file, "--allow-origin", "https://pages.example"] })
  })

  const as = (given: string | undefined) =>
    ask(locked, "/v1/cluster", given === undefined ? {} : { headers: { authorization: `Bearer ${given}` } })

  it("whoever has the token, and nobody else", async () => {
    assert.strictEqual((await as(undefined)).status, 401)
    for (const wrong of ["", "x", `${token}x`, token.slice(0, -1), token.toUpperCase(), "☃".repeat(3).normalize()]) {
      const { body, status } = await as(encodeURI(wrong))
      assert.strictEqual(status, 401, wrong)
      assert.deepInclude(JSON.parse(body), { _tag: "Unauthorized" })
    }
    assert.strictEqual((await as(token)).status, 200)
    const none = await failure(locked, (client) => client.cluster.describe())
    assert.strictEqual(none._tag, "Unauthorized")
    assert.strictEqual((await talk(locked, (client) => client.cluster.describe(), token)).clusterType, "local")
  })

  it("not those who send what nobody looked at: the body of a refused request is not waited for", async () => {
    const { status } = await ask(locked, `/v1/packages/${zip.digest}`, {
      method: "PUT",
      headers: { "content-type": "application/octet-stream" },
      body: zip.bytes
    })
    assert.strictEqual(status, 401)
  })

  it("pages of the list, by CORS", async () => {
    const preflight = (origin: string) =>
      ask(locked, "/v1/jobs", {
        method: "OPTIONS",
        headers: {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization,content-type,last-event-id"
        }
      })
    const allowed = await preflight("https://pages.example")
    assert.isBelow(allowed.status, 300)
    assert.strictEqual(allowed.headers["access-control-allow-origin"], "https://pages.example")
    assert.match(allowed.headers["access-control-allow-methods"] ?? "", /PUT/)
    assert.match(allowed.headers["access-control-allow-headers"] ?? "", /authorization/i)
    assert.match(allowed.headers["access-control-allow-headers"] ?? "", /last-event-id/i)
    const refused = await preflight("https://evil.example")
    assert.isUndefined(refused.headers["access-control-allow-origin"])
    const asked = await ask(locked, "/v1/cluster", {
      headers: { origin: "https://pages.example", authorization: `Bearer ${token}` }
    })
    assert.deepStrictEqual([asked.status, asked.headers["access-control-allow-origin"]], [200, "https://pages.example"])
    // Errors can be read by the page too
    const denied = await ask(locked, "/v1/cluster", { headers: { origin: "https://pages.example" } })
    assert.deepStrictEqual([denied.status, denied.headers["access-control-allow-origin"]], [401,
      "https://pages.example"])
    const evil = await ask(locked, "/v1/cluster", {
      headers: { origin: "https://evil.example", authorization: `Bearer ${token}` }
    })
    assert.deepStrictEqual([evil.status, evil.headers["access-control-allow-origin"]], [403, undefined])
  })

  it("on loopback only under its own name, and no page that is not allowed", async () => {
    for (const host of ["evil.example", `evil.example:${server.port}`, "127.0.0.1.evil.example", "localhost.evil"]) {
      assert.strictEqual((await ask(server, "/v1/cluster", { headers: { host } })).status, 403, host)
    }
    for (const host of [`localhost:${server.port}`, `127.0.0.1:${server.port}`, `[::1]:${server.port}`]) {
      assert.strictEqual((await ask(server, "/v1/cluster", { headers: { host } })).status, 200, host)
    }
    for (const origin of ["https://evil.example", "null", `http://localhost:${server.port + 1}`]) {
      for (const method of ["GET", "POST"]) {
        const { status } = await ask(server, method === "GET" ? "/v1/cluster" : "/v1/jobs", {
          method,
          headers: { origin }
        })
        assert.strictEqual(status, 403, `${method} ${origin}`)
      }
    }
  })

  it("is written down, without tokens and arguments", async () => {
    const secret = "an-argument-of-somebody"
    await talk(locked, (client) => Effect.zipRight(upload(client), submit(client, "echo", secret)), token)
    const records = () =>
      audit().split("\n").filter((line) => line.startsWith("{")).map((line) =>
        JSON.parse(line) as Readonly<Record<string, unknown>>
      )
    await until(
      "written down",
      () => records().some(({ method, path, status }) => method === "POST" && path === "/v1/jobs" && status === 201)
    )
    assert.isTrue(records().some(({ status }) => status === 401))
    const made = records().find(({ status }) => status === 201)
    assert.match(String(made?.["location"]), /^\/v1\/jobs\/\d+T\d+-[0-9a-f]{8}$/)
    // Whose token it was
    assert.strictEqual(made?.["client"], createHash("sha256").update(token).digest("hex").slice(0, 8))
    assert.isTrue(records().every(({ client, status }) => status !== 401 || client === undefined))
    assert.notInclude(audit(), token)
    assert.notInclude(audit(), secret)
  })

  it("needs a token where others can reach it", async () => {
    const refused = await bench.run(["serve", "--host", "0.0.0.0", "--port", String(await freePort())])
    assert.strictEqual(refused.code, 2, refused.stderr)
    assert.match(refused.stderr, /token/i)
  })
})
