/**
 * Who asks a server that serves others as well: neither a hostile request nor a slow one is felt by them.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as https from "node:https"
import * as net from "node:net"
import * as path from "node:path"
import type { ClusterClient } from "../../core/http/ClusterClient.ts"
import type { Workbench } from "../platform-node/cli/command.ts"
import * as HostilePackage from "./HostilePackage.ts"
import * as StandStill from "./StandStill.ts"
import { type Answer, ask, failure, makePackage, makePlace, type ServerProcess, sleep, start, talk, type TestPackage,
  until } from "./ServerProcess.ts"

const tokens = { ada: "ada-0123456789abcdef", bob: "bob-0123456789abcdef" } as const
const ownerOf = (token: string): string => createHash("sha256").update(token).digest("hex").slice(0, 8)

let bench: Workbench
let zip: TestPackage
let server: ServerProcess
let standStill: StandStill.StandStill

const serving = async (words: ReadonlyArray<string>): Promise<ServerProcess> => {
  const file = path.join(bench.directory, "tokens")
  fs.writeFileSync(file, `${Object.values(tokens).join("\n")}\n`, { mode: 0o600 })
  standStill = StandStill.make(bench.directory)
  return start(bench, {
    words: ["--token-file", file, "--rate", "1000000", ...words],
    environment: standStill.environment
  })
}

beforeAll(async () => {
  bench = await makePlace()
  zip = await makePackage()
  server = await serving([])
  await talk(server, upload, tokens.ada)
})

afterAll(async () => {
  await server?.end("SIGKILL")
  bench?.remove()
})

const upload = (client: ClusterClient) => client.packages.upload({ path: { digest: zip.digest }, payload: zip.bytes })

const submit = (client: ClusterClient, ...json: ReadonlyArray<unknown>) =>
  client.jobs.submit({ payload: { digest: zip.digest, json: [...json] } })

const as = (token: string): Readonly<Record<string, string>> => ({ authorization: `Bearer ${token}` })

const post = (body: unknown, token: string = tokens.ada, headers: Readonly<Record<string, string>> = {}) =>
  ask(server, "/v1/jobs", {
    method: "POST",
    headers: { ...as(token), ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body)
  })

const put = ({ bytes, digest }: { readonly bytes: Uint8Array; readonly digest: string }) =>
  ask(server, `/v1/packages/${digest}`, { method: "PUT", headers: as(tokens.ada), body: bytes })

const metric = (text: string, name: string): number =>
  Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? "NaN")

const metrics = async (): Promise<string> => (await ask(server, "/metrics", { headers: as(tokens.bob) })).body

const many = (count: number, text: string): string => Array(count).fill(text).join(",")

describe("hostile requests", () => {
  /** Each with the statuses that it may have. */
  const attacks: Readonly<Record<string, readonly [() => Promise<Answer>, ReadonlyArray<number>]>> = {
    "sparse arrays": [
      () => post({ digest: zip.digest, arguments: `[[${many(500_000, "1")}],[-7,4294967295]]` }),
      [201, 400]
    ],
    "an array of 40 million holes": [() => post({ digest: zip.digest, arguments: "[[1],[-7,40000000]]" }), [201]],
    "four million numbers": [
      () => post({ digest: zip.digest, arguments: `[[${many(3_900_000, "1")}],1]` }),
      [400]
    ],
    "a list that lies of its length": [
      () =>
        post({
          digest: zip.digest,
          arguments: "[[\"List\",1],{\"items\":2,\"properties\":3},[],{\"length\":4},30000000]"
        }),
      [400]
    ],
    "a big integer of 8 million digits": [
      () => post({ digest: zip.digest, arguments: `[[1],["BigInt","${"9".repeat(8_000_000)}"]]` }),
      [400]
    ],
    "an expression that never ends": [
      () => post({ digest: zip.digest, arguments: "[[1],[\"RegExp\",\"(?:||){60}x\"]]" }),
      [201]
    ],
    "JSON as arguments, a million deep": [
      () => post(`{"digest":"${zip.digest}","json":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`),
      [400]
    ],
    "maps in maps, 200,000 deep": [
      async () => {
        const maps = Array.from({ length: 200_000 }, (_, at) => ["Map", at + 2, -1])
        const answer = await post({ digest: zip.digest, arguments: JSON.stringify([[1], ...maps, "inside"]) })
        assert.include(answer.body, "nested more than 1000 levels deep")
        return answer
      },
      [400]
    ],
    "two million objects": [() => post(`{"digest":"${zip.digest}","json":[${many(2_000_000, "{}")}]}`), [400]],
    "a package of 20,000 files": [
      () =>
        put(HostilePackage.make(
          Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`data/${index}`, new Uint8Array(0)]))
        )),
      [200]
    ],
    "a manifest of a million numbers": [
      () =>
        put(HostilePackage.make({}, undefined, {
          manifest: (text) => text.replace("\"options\": {}", `"options": {"a": [${many(1_000_000, "0")}]}`)
        })),
      [422]
    ],
    "a name of 5 MB": [
      () =>
        put(HostilePackage.make({}, undefined, {
          metadata: (text) => text.replace("\"name\": \"mainAnalysis\"", `"name": "${"x".repeat(5_000_000)}"`)
        })),
      [422]
    ],
    "50 MB of zeros": [() => put(HostilePackage.make({ "data/zeros": new Uint8Array(50_000_000) })), [200]]
  }

  it("keep nobody else waiting, and are answered with little", async () => {
    for (const [name, [attack, statuses]] of Object.entries(attacks)) {
      standStill.take()
      const { body, status } = await attack()
      assert.include(statuses, status, `${name}: ${body.slice(0, 200)}`)
      assert.isBelow(body.length, 2000, name)
      await sleep(200)
      assert.isBelow(standStill.take(), 200, name)
    }
  }, 300_000)

  it("of numbers beyond all bounds are refused", async () => {
    const beyond = "9".repeat(400)
    const limits = [
      { memory: `${beyond}G` },
      { memory: "0" },
      { memory: "0G" },
      { memory: "1B" },
      { memory: "999999999999T" },
      { time: "0" },
      { time: "0-0" },
      { time: `${beyond}d` },
      { time: "999999999d" },
      { cores: 0 },
      { cores: -1 },
      { cores: 1.5 },
      { cores: 1e300 },
      { cores: 2 ** 31 }
    ]
    for (const each of limits) {
      const { body, status } = await post({ digest: zip.digest, json: ["echo"], limits: each })
      assert.strictEqual(status, 400, JSON.stringify(each).slice(0, 60))
      assert.isBelow(body.length, 1500)
    }
    for (const query of ["limit=0", "limit=1001", `limit=${beyond}`, "limit=NaN", "limit=1e3.", "limit=-1"]) {
      assert.strictEqual((await ask(server, `/v1/jobs?${query}`, { headers: as(tokens.ada) })).status, 400, query)
    }
    for (const wait of ["61", "-1", "NaN", "Infinity", beyond]) {
      const { body, status } = await ask(server, `/v1/jobs/x/result?wait=${wait}`, { headers: as(tokens.ada) })
      assert.strictEqual(status, 400, wait)
      assert.isBelow(body.length, 1000)
    }
  })

  it("are answered without what they said, whatever part they said it in", async () => {
    const long = "x".repeat(5000)
    const answers = [
      await ask(server, `/v1/packages/${long}`, { headers: as(tokens.ada) }),
      await ask(server, `/v1/jobs/${long}`, { headers: as(tokens.ada) }),
      await ask(server, `/v1/jobs?limit=${long}`, { headers: as(tokens.ada) }),
      await ask(server, `/${long}`, { headers: as(tokens.ada) }),
      await ask(server, "/v1/jobs", { headers: { ...as(tokens.ada), origin: `https://${long}` } }),
      await ask(server, "/v1/jobs", { headers: { ...as(tokens.ada), host: long } }),
      await post({ digest: long }),
      await post({ [long]: 1 }),
      await post({ digest: zip.digest, json: [], limits: { memory: long } }),
      await post({ digest: zip.digest, json: [], limits: { [`\u202e${long}`]: 1 } }),
      await post({ digest: zip.digest, arguments: long }),
      await post(`{"digest": ${long}`),
      await post({ digest: zip.digest, json: [] }, tokens.ada, { "idempotency-key": long })
    ]
    for (const { body, status } of answers) {
      assert.include([400, 403, 404], status)
      assert.notMatch(body, /x{201}/)
      assert.notInclude(body, "\u202e")
    }
    for (const line of server.printed().split("\n").filter((each) => each.startsWith("{"))) {
      assert.notMatch(line, /x{201}/)
    }
  })
})

describe("who asks", () => {
  it("is known by a Bearer token, and by no other word before it", async () => {
    const statusOf = async (authorization: string): Promise<number> =>
      (await ask(server, "/v1/cluster", { headers: { authorization } })).status
    const { ada } = tokens
    for (const right of [`Bearer ${ada}`, `bearer ${ada}`, `BEARER  ${ada}`]) {
      assert.strictEqual(await statusOf(right), 200, right)
    }
    const wrong = [`XXXXXX ${ada}`, `Basic ${ada}`, `Beare  ${ada}`, ada, `       ${ada}`, `Bearer${ada}`,
      `Bearerx ${ada}`, `Bearer ${ada} x`, `Bearer "${ada}"`, `Bearer\t${ada}`, `Digest ${ada}`, "Bearer ", "Bearer"]
    for (const each of wrong) {
      const { headers, status } = await ask(server, "/v1/cluster", { headers: { authorization: each } })
      assert.deepStrictEqual([status, headers["www-authenticate"]], [401, "Bearer"], each)
    }
    const records = server.printed().split("\n").filter((line) => line.startsWith("{")).map((line) =>
      JSON.parse(line) as Readonly<Record<string, unknown>>
    )
    // Whoever was let in is named
    for (const { client, path: asked, status } of records) {
      if (asked === "/v1/cluster") assert.strictEqual(client, status === 200 ? ownerOf(ada) : undefined)
    }
  })

  it("leaves room for others, however slowly he sends", async () => {
    const sockets: Array<net.Socket> = []
    let refused = 0
    const slow = (head: string): void => {
      const socket = net.connect(server.port, "127.0.0.1", () => socket.write(head))
      socket.setEncoding("utf8").on("data", (text: string) => {
        if (text.startsWith("HTTP/1.1 429")) refused += 1
      })
      socket.on("error", () => socket.destroy())
      sockets.push(socket)
    }
    const head = (request: string, token: string): string =>
      `${request} HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${token}\r\nContent-Length: 5000\r\n\r\n{`
    try {
      for (let index = 0; index < 450; index += 1) slow(head("POST /v1/jobs", tokens.ada))
      for (let index = 0; index < 20; index += 1) slow(head(`PUT /v1/packages/${"3".repeat(64)}`, tokens.ada))
      await until("full for her", () => refused >= 150)
      const own = await ask(server, "/v1/cluster", { headers: as(tokens.ada) })
      assert.strictEqual(own.status, 429)
      for (let index = 0; index < 20; index += 1) {
        assert.strictEqual((await ask(server, "/v1/cluster", { headers: as(tokens.bob) })).status, 200)
      }
      const other = HostilePackage.make({ "data/of-bob": new Uint8Array(1000) })
      const { status } = await ask(server, `/v1/packages/${other.digest}`, {
        method: "PUT",
        headers: as(tokens.bob),
        body: other.bytes
      })
      assert.strictEqual(status, 200)
      const { jobId } = await talk(server, (client) => submit(client, "echo", 1), tokens.bob)
      assert.isString(jobId)
    } finally {
      for (const socket of sockets) socket.destroy()
    }
    await until("room", async () => (await ask(server, "/v1/cluster", { headers: as(tokens.ada) })).status === 200)
  })

  it("and sends hardly anything is told so, at last", async () => {
    const answer = await new Promise<string>((resolve) => {
      let text = ""
      const socket = net.connect(server.port, "127.0.0.1", () =>
        socket.write(
          `POST /v1/jobs HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nAuthorization: Bearer ${tokens.ada}\r\nContent-Length: 50000\r\n\r\n`
        ))
      const drop = setInterval(() => socket.write(" "), 1000)
      socket.setEncoding("utf8").on("data", (part: string) => {
        text += part
      })
      socket.on("error", () => socket.destroy())
      socket.on("close", () => {
        clearInterval(drop)
        resolve(text)
      })
    })
    assert.match(answer, /^HTTP\/1\.1 408 /)
  })
})

describe("a call that is sent again", () => {
  const jobsOf = async (): Promise<number> =>
    (JSON.parse((await ask(server, "/v1/jobs?limit=1000", { headers: as(tokens.ada) })).body) as ReadonlyArray<unknown>)
      .length

  it("with its key becomes no second job", async () => {
    const before = await jobsOf()
    const call = { digest: zip.digest, json: ["echo", "once"] }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post(call, tokens.ada, { "idempotency-key": "the-key" }))
    )
    assert.deepStrictEqual([...new Set(answers.map(({ status }) => status))], [201])
    assert.strictEqual(new Set(answers.map(({ body }) => body)).size, 1)
    assert.strictEqual(await jobsOf(), before + 1)
    assert.strictEqual(answers.filter(({ headers }) => headers["idempotency-replayed"] === "true").length, 7)
    const other = await post({ ...call, json: ["echo", "twice"] }, tokens.ada, { "idempotency-key": "the-key" })
    assert.strictEqual(other.status, 409)
    assert.deepInclude(JSON.parse(other.body), { _tag: "KeyConflict" })
    // Keys are each client's own
    const bobs = await post({ ...call, json: ["echo", "twice"] }, tokens.bob, { "idempotency-key": "the-key" })
    assert.strictEqual(bobs.status, 201)
    assert.strictEqual(await jobsOf(), before + 2)
    const twice = await talk(server, (client) =>
      Effect.all([
        client.jobs.submit({ payload: { digest: zip.digest, json: ["echo"] }, idempotencyKey: "typed" }),
        client.jobs.submit({ payload: { digest: zip.digest, json: ["echo"] }, idempotencyKey: "typed" })
      ]), tokens.ada)
    assert.strictEqual(twice[0].jobId, twice[1].jobId)
    assert.strictEqual(await jobsOf(), before + 3)
  })

  it("does so over the death of the server, and when the server never wrote down which job it was", async () => {
    const call = { digest: zip.digest, json: ["echo", "survives"] }
    const first = await post(call, tokens.ada, { "idempotency-key": "survives" })
    assert.strictEqual(first.status, 201)
    const before = await jobsOf()
    await server.end("SIGKILL")
    // As a server leaves it that is killed in the middle
    const keys = path.join(bench.packages, ".clustrix_serve_keys")
    for (const name of fs.readdirSync(keys)) {
      const file = path.join(keys, name)
      const { fingerprint, job } = JSON.parse(fs.readFileSync(file, "utf8")) as {
        readonly fingerprint: string
        readonly job: { readonly jobId: string }
      }
      if (first.body.includes(job.jobId)) fs.writeFileSync(file, JSON.stringify({ fingerprint }))
    }
    server = await serving([])
    const again = await post(call, tokens.ada, { "idempotency-key": "survives" })
    assert.deepStrictEqual([again.status, JSON.parse(again.body)], [201, JSON.parse(first.body)])
    assert.strictEqual(await jobsOf(), before)
  })

  it("may be sent again when it was refused", async () => {
    const call = { digest: "0".repeat(64), json: [] }
    const refused = await post(call, tokens.ada, { "idempotency-key": "refused" })
    assert.strictEqual(refused.status, 404)
    const again = await post(call, tokens.ada, { "idempotency-key": "refused" })
    assert.strictEqual(again.status, 404)
  })
})

describe("private jobs", () => {
  it("are seen, read and cancelled by their owner only", async () => {
    const own = await serving(["--private-jobs"])
    try {
      const { jobId } = await talk(own, (client) => submit(client, "waits"), tokens.ada)
      const places = [
        (client: ClusterClient) => Effect.asVoid(client.jobs.status({ path: { jobId } })),
        (client: ClusterClient) => Effect.asVoid(client.jobs.result({ path: { jobId }, urlParams: {} })),
        (client: ClusterClient) => Effect.asVoid(client.jobs.cancel({ path: { jobId } }))
      ]
      for (const place of places) {
        assert.strictEqual((await failure(own, place, tokens.bob))._tag, "JobMissing")
      }
      assert.strictEqual((await ask(own, `/v1/jobs/${jobId}/logs`, { headers: as(tokens.bob) })).status, 404)
      const listed = async (token: string): Promise<ReadonlyArray<string>> =>
        (await talk(own, (client) => client.jobs.list({ urlParams: { limit: 1000 } }), token)).map((job) => job.jobId)
      assert.notInclude(await listed(tokens.bob), jobId)
      assert.include(await listed(tokens.ada), jobId)
      assert.include(
        ["queued", "running"],
        (await talk(own, (c) => c.jobs.status({ path: { jobId } }), tokens.ada)).state
      )
      await talk(own, (client) => client.jobs.cancel({ path: { jobId } }), tokens.ada)
    } finally {
      await own.end("SIGKILL")
    }
    const pointless = await bench.run(["serve", "--private-jobs", "--port", "0"])
    assert.strictEqual(pointless.code, 2)
  })
})

describe("TLS", () => {
  it("is spoken with a certificate, and nothing else then", async () => {
    const [cert, key] = [path.join(bench.directory, "cert.pem"), path.join(bench.directory, "key.pem")]
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
      "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key,
      "-out", cert], { stdio: "ignore" })
    const own = await serving(["--tls-cert", cert, "--tls-key", key])
    try {
      const status = await new Promise<number>((resolve, reject) => {
        https.get({
          host: "127.0.0.1",
          port: own.port,
          path: "/v1/cluster",
          ca: fs.readFileSync(cert),
          headers: as(tokens.ada),
          agent: false
        }, (response) => {
          response.resume()
          resolve(response.statusCode ?? 0)
        }).on("error", reject)
      })
      assert.strictEqual(status, 200)
      await until("told", () => own.printed().includes(`https://127.0.0.1:${own.port}`))
      const plain = await ask(own, "/v1/cluster").then(() => "answered", () => "cut")
      assert.strictEqual(plain, "cut")
    } finally {
      await own.end("SIGKILL")
    }
    for (const words of [["--tls-cert", cert], ["--tls-key", key], ["--tls-cert", key, "--tls-key", cert]]) {
      const refused = await bench.run(["serve", "--port", "0", ...words])
      assert.strictEqual(refused.code, 2, words.join(" "))
    }
  })
})

describe("what tells of the server", () => {
  it("is there without a token for whether it lives and is ready, and with one for its numbers", async () => {
    assert.deepInclude(await ask(server, "/healthz"), { status: 200, body: "{\"status\":\"ok\"}" })
    assert.deepInclude(await ask(server, "/readyz"), { status: 200, body: "{\"status\":\"ready\"}" })
    assert.strictEqual((await ask(server, "/metrics")).status, 401)
    await ask(server, "/v1/cluster", { headers: as(tokens.ada) })
    const text = await metrics()
    assert.isAbove(metric(text, "clustrix_request_seconds_count"), 0)
    assert.isAbove(metric(text, "process_resident_memory_bytes"), 1_000_000)
    assert.isAbove(metric(text, "clustrix_requests"), 0)
    assert.match(text, /^clustrix_requests_total\{method="GET",status="200"\} \d+$/m)
    // Each line is one of the format
    for (const line of text.trimEnd().split("\n")) {
      assert.match(line, /^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{[^}]*\})? -?[\d.e+-]+)$/)
    }
  })

  it("says when packages cannot be stored", async () => {
    const place = await makePlace()
    fs.writeFileSync(place.packages, "a file where the directory should be")
    const own = await start(place)
    try {
      const { body, status } = await ask(own, "/readyz")
      assert.strictEqual(status, 503)
      assert.deepInclude(JSON.parse(body), { _tag: "NotReady" })
      assert.strictEqual((await ask(own, "/healthz")).status, 200)
    } finally {
      await own.end("SIGKILL")
      place.remove()
    }
    await sleep(0)
  })
})
