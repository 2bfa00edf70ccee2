/**
 * What strangers try on the deploy endpoint: nothing is lost, memory stays bounded, and the next request works.
 */
import { afterAll, afterEach, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as http from "node:http"
import * as net from "node:net"
import * as path from "node:path"
import * as zlib from "node:zlib"
import type { ClusterClient } from "../../core/http/ClusterClient.ts"
import type { Workbench } from "../platform-node/cli/command.ts"
import * as Zip from "../core/archive/HostileZip.ts"
import * as HostilePackage from "./HostilePackage.ts"
import { type Answer, ask, failure, makePackage, makePlace, type ServerProcess, start, talk, type TestPackage,
  until } from "./ServerProcess.ts"

const megabyte = 1_048_576
/** What the server may hold on top of what it holds when it has just started: its threads are part of that. */
const memory = 512 * megabyte

let bench: Workbench
let zip: TestPackage
let server: ServerProcess
let atFirst = 0

beforeAll(async () => {
  bench = await makePlace()
  zip = await makePackage()
  server = await start(bench, { words: ["--max-package", "64M", "--rate", "1000000"] })
  await talk(server, (client) => client.packages.upload({ path: { digest: zip.digest }, payload: zip.bytes }))
  atFirst = server.residentBytes()
})

afterAll(async () => {
  await server?.end("SIGKILL")
  bench?.remove()
})

/** All files of packages, and of those that are being received. */
const stored = (): ReadonlyArray<string> => fs.readdirSync(bench.packages).sort()

// Whatever was tried: a job runs as if nothing had been
afterEach(async () => {
  const result = await talk(server, (client) =>
    Effect.gen(function*() {
      const { jobId } = yield* client.jobs.submit({ payload: { digest: zip.digest, json: ["echo", "still here"] } })
      return yield* client.jobs.result({ path: { jobId }, urlParams: { wait: 30 } })
    }))
  assert.strictEqual(result._tag, "Returned")
  await until("cleaned up", () => stored().every((name) => !name.includes("staging")))
  assert.isBelow(server.residentBytes() - atFirst, memory)
})

/** A connection that says `head` and then what `feed` gives, as fast as it is taken, until the server ends it. */
const pour = (
  head: string,
  feed?: () => Uint8Array | undefined
): Promise<{ readonly sent: number; readonly answer: string }> =>
  new Promise((resolve) => {
    const socket = net.connect(server.port, "127.0.0.1")
    let sent = 0
    let answer = ""
    let ended = false
    const more = (): void => {
      while (!ended) {
        const bytes = feed?.()
        if (bytes === undefined) return
        sent += bytes.length
        // Nobody listens to all of it, and a fast machine says a lot while it waits for the answer
        if (sent > 96 * megabyte) {
          socket.write(bytes)
          setTimeout(more, 10)
          return
        }
        if (!socket.write(bytes)) return
      }
    }
    socket.setEncoding("utf8")
    socket.on("connect", () => {
      socket.write(head)
      more()
    })
    socket.on("drain", () => {
      if (sent <= 96 * megabyte) more()
    })
    socket.on("data", (text: string) => {
      answer += text
    })
    // Cut: that is an answer too
    socket.on("error", () => socket.destroy())
    socket.on("end", () => {
      ended = true
      socket.destroy()
    })
    socket.on("close", () => {
      ended = true
      resolve({ sent, answer })
    })
  })

const put = (digest: string, ...headers: ReadonlyArray<string>): string =>
  [
    `PUT /v1/packages/${digest} HTTP/1.1`,
    `Host: 127.0.0.1:${server.port}`,
    "Content-Type: application/octet-stream",
    ...headers,
    "",
    ""
  ].join("\r\n")

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])

const other = "0".repeat(64)

describe("uploads", () => {
  it("of 10 GB that are announced are refused before a byte of them comes", async () => {
    const silent = await pour(put(other, "Content-Length: 10000000000"))
    assert.strictEqual(statusOf(silent.answer), 413)
    const polite = await pour(put(other, "Content-Length: 10000000000", "Expect: 100-continue"))
    assert.strictEqual(statusOf(polite.answer), 413)
    const piece = new Uint8Array(megabyte)
    const eager = await pour(put(other, "Content-Length: 10000000000"), () => piece)
    assert.isBelow(eager.sent, 64 * megabyte)
  })

  it("of 10 GB that come in pieces are cut when there is more than the server takes", async () => {
    const size = megabyte
    const piece = Buffer.concat([
      Buffer.from(`${size.toString(16)}\r\n`),
      new Uint8Array(size),
      Buffer.from("\r\n")
    ])
    const { answer, sent } = await pour(put(other, "Transfer-Encoding: chunked"), () => piece)
    assert.isAtLeast(sent, 64 * megabyte)
    assert.isBelow(sent, 1024 * megabyte)
    assert.strictEqual(statusOf(answer), 413)
  })

  it("whose client goes away leave nothing", async () => {
    await new Promise<void>((resolve) => {
      const socket = net.connect(server.port, "127.0.0.1", () => {
        socket.write(put(other, "Content-Length: 50000000"))
        socket.write(new Uint8Array(20 * megabyte), () => {
          socket.destroy()
          resolve()
        })
      })
      socket.on("error", () => resolve())
    })
  })

  it("of the same package at the same time are each answered, and one is kept", async () => {
    const other = HostilePackage.make({ "data/large": randomBytes(200_000) })
    const before = stored()
    const put = () =>
      ask(server, `/v1/packages/${other.digest}`, {
        method: "PUT",
        headers: { "content-type": "application/octet-stream" },
        body: other.bytes
      })
    const statuses = (await Promise.all(Array.from({ length: 30 }, put))).map(({ status }) => status)
    assert.deepStrictEqual(statuses.filter((status) => status !== 200 && status !== 429), [])
    assert.include(statuses, 200)
    assert.strictEqual((await ask(server, `/v1/packages/${other.digest}`, { method: "HEAD" })).status, 200)
    await until("cleaned up", () => stored().length === before.length + 1)
  })

  it("under another digest are refused, and not kept", async () => {
    for (const digest of [other, zip.digest.slice(0, 16) + "0".repeat(48)]) {
      const error = await failure(server, (client) => client.packages.upload({ path: { digest }, payload: zip.bytes }))
      assert.deepInclude(error, { _tag: "PackageRefused", reason: "DigestMismatch" })
      const missing = await failure(server, (client) => client.packages.find({ path: { digest } }))
      assert.strictEqual(missing._tag, "PackageMissing")
    }
    const damaged = zip.bytes.slice()
    damaged[300] = (damaged[300] ?? 0) ^ 1
    const good = await talk(server, (client) => client.packages.find({ path: { digest: zip.digest } }))
    // What is here already is not read again, and stays what it is
    await talk(
      server,
      (client) => Effect.ignore(client.packages.upload({ path: { digest: zip.digest }, payload: damaged }))
    )
    assert.deepStrictEqual(
      await talk(server, (client) => client.packages.find({ path: { digest: zip.digest } })),
      good
    )
  })

  it("of bombs are refused without being unpacked", async () => {
    const zeros = zlib.deflateRawSync(new Uint8Array(200 * megabyte), { level: 9 })
    const claiming = (size: number) =>
      HostilePackage.make({ "data/zeros": new Uint8Array(42) }, (entry, name) => {
        if (name !== "data/zeros") return
        entry.data = zeros
        Object.assign(entry.central, { compressedSize: zeros.length, size })
        entry.descriptor = Zip.descriptorOf(entry.central)
      })
    for (const [bomb, reason] of [[claiming(4_000_000_000), "TooLarge"], [claiming(42), "SizeMismatch"]] as const) {
      assert.isBelow(bomb.bytes.length, megabyte)
      const error = await failure(
        server,
        (client) => client.packages.upload({ path: { digest: bomb.digest }, payload: bomb.bytes })
      )
      assert.deepStrictEqual([error._tag, Reflect.get(error, "reason")], ["PackageRefused", reason])
    }
  })

  it("of names that lead outside are refused, and so are addresses that do", async () => {
    const before = stored()
    for (
      const name of ["../../evil.txt", "/tmp/evil.txt", "data/../../evil.txt", "data\\..\\evil.txt", "C:/evil.txt"]
    ) {
      const hostile = HostilePackage.make({ [name]: new Uint8Array(1) })
      const error = await failure(
        server,
        (client) => client.packages.upload({ path: { digest: hostile.digest }, payload: hostile.bytes })
      )
      assert.deepInclude(error, { _tag: "PackageRefused", reason: "UnsafePath" }, name)
    }
    const link = HostilePackage.make({ "data/link": new TextEncoder().encode("/etc/passwd") }, (entry, name) => {
      if (name === "data/link") entry.externalAttributes = 0o120777 * 0x1_0000
    })
    const error = await failure(
      server,
      (client) => client.packages.upload({ path: { digest: link.digest }, payload: link.bytes })
    )
    assert.deepInclude(error, { _tag: "PackageRefused", reason: "NotARegularFile" })
    assert.deepStrictEqual(stored(), before)
    const addresses = ["..%2f..%2fetc%2fpasswd", "%00", `${other}/../../x`, "%e2%98%83", "a".repeat(10_000), "%"]
    for (const address of addresses) {
      for (const place of [`/v1/packages/${address}`, `/v1/jobs/${address}`, `/v1/jobs/${address}/logs`]) {
        const { status } = await ask(server, place)
        assert.include([400, 404, 414, 431], status, place.slice(0, 50))
      }
    }
    assert.isFalse(fs.existsSync("/tmp/evil.txt"))
    assert.isFalse(fs.existsSync(path.join(bench.directory, "evil.txt")))
  })
})

describe("requests", () => {
  it("that come 1,000 at once are all answered", async () => {
    const answers = await Promise.all(
      Array.from({ length: 1000 }, (_, index) =>
        index % 4 === 0
          ? ask(server, `/v1/packages/${zip.digest}`)
          : index % 4 === 1
          ? ask(server, "/v1/jobs?limit=1")
          : index % 4 === 2
          ? ask(server, "/v1/jobs", {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ digest: other, json: [] })
          })
          : ask(server, "/v1/cluster"))
    )
    const counts = new Map<number, number>()
    for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1)
    assert.deepStrictEqual(
      [...counts.keys()].filter((status) => ![200, 404, 429].includes(status)),
      [],
      [...counts].join(" ")
    )
    assert.isAbove(counts.get(200) ?? 0, 0)
    for (const { headers, status } of answers) {
      if (status === 429) assert.match(headers["retry-after"] ?? "", /^\d+$/)
    }
  })

  it("that cannot be understood are refused", async () => {
    const post = (body: string, type = "application/json"): Promise<Answer> =>
      ask(server, "/v1/jobs", { method: "POST", headers: { "content-type": type }, body })
    for (const body of ["", "{", "[]", "{\"digest\":1}", `{"digest":"${zip.digest}","arguments":"no value text"}`]) {
      assert.strictEqual((await post(body)).status, 400, body)
    }
    const deep = `{"digest":"${zip.digest}","json":${"[".repeat(100_000)}${"]".repeat(100_000)}}`
    assert.include([400, 413], (await post(deep)).status)
    const large = `{"digest":"${zip.digest}","json":["echo","${"x".repeat(40 * megabyte)}"]}`
    const answer = await pour([
      "POST /v1/jobs HTTP/1.1",
      `Host: 127.0.0.1:${server.port}`,
      "Content-Type: application/json",
      "Transfer-Encoding: chunked",
      "",
      large.length.toString(16),
      large,
      "0",
      "",
      ""
    ].join("\r\n"))
    assert.strictEqual(statusOf(answer.answer), 413)
    for (
      const garbage of [
        "\0\0\0\0",
        "HELO there\r\n\r\n",
        `GET / HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX: ${"x".repeat(100_000)}\r\n\r\n`,
        "POST /v1/jobs HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
      ]
    ) {
      const { answer } = await pour(`${garbage}\r\n\r\n`)
      assert.include([400, 403, 431], statusOf(answer), garbage.slice(0, 20))
    }
  })

  it("with a token that is wrong come to nothing, however many there are", async () => {
    const locked = await start(bench, { environment: { CLUSTRIX_SERVE_TOKEN: "right-0123456789abcdef" } })
    try {
      const wrong = await Promise.all(
        Array.from(
          { length: 100 },
          (_, index) => ask(locked, "/v1/jobs", { headers: { authorization: `Bearer wrong-${index}` } })
        )
      )
      assert.deepStrictEqual(
        [...new Set(wrong.map(({ status }) => status))].filter((status) => status !== 401 && status !== 429),
        []
      )
      assert.isTrue(wrong.some(({ status }) => status === 401))
    } finally {
      await locked.end("SIGKILL")
    }
  })
})

describe("streams of logs", () => {
  const logs = (jobId: string) =>
    http.get({ host: "127.0.0.1", port: server.port, path: `/v1/jobs/${jobId}/logs`, agent: false })

  const submitted = (client: ClusterClient, ...json: ReadonlyArray<unknown>) =>
    Effect.map(client.jobs.submit({ payload: { digest: zip.digest, json: [...json] } }), ({ jobId }) => jobId)

  it("of a job that floods them come whole to who reads, and do not fill the memory for who does not", async () => {
    const megabytes = 100
    const jobId = await talk(server, (client) => submitted(client, "flood", megabytes))
    let most = 0
    const watch = setInterval(() => {
      most = Math.max(most, server.residentBytes())
    }, 50)
    // They say nothing, and take nothing
    const lazy = Array.from({ length: 6 }, () => logs(jobId))
    for (const each of lazy) {
      each.on("error", () => {})
      each.on("response", (response) => response.pause())
    }
    const lines = await new Promise<number>((resolve, reject) => {
      let count = 0
      const request = logs(jobId)
      request.on("error", reject)
      request.on("response", (response) => {
        let before = ""
        response.setEncoding("latin1").on("data", (text: string) => {
          // The data is JSON: the end of a line is two characters, which may come apart
          const all = before + text
          for (let at = all.indexOf("\\n"); at !== -1; at = all.indexOf("\\n", at + 2)) count += 1
          before = all.endsWith("\\") ? "\\" : ""
        })
        response.on("end", () => resolve(count))
        response.on("error", reject)
      })
    })
    clearInterval(watch)
    for (const each of lazy) each.destroy()
    assert.strictEqual(lines, megabytes * 10_000)
    assert.isBelow(most - atFirst, memory)
  })

  it("whose clients leave make room for others, and the job goes on", async () => {
    const gate = path.join(bench.directory, "gate")
    const jobId = await talk(server, (client) => submitted(client, "gate", gate))
    const open = () =>
      new Promise<{ readonly status: number; readonly leave: () => void }>((resolve, reject) => {
        const request = logs(jobId)
        request.on("response", (response) => {
          response.on("error", () => {})
          response.once("data", () => resolve({ status: response.statusCode ?? 0, leave: () => request.destroy() }))
        })
        request.on("error", reject)
      })
    for (let round = 0; round < 2; round += 1) {
      const opened = await until("room", async () => {
        const all = await Promise.all(Array.from({ length: 64 }, open))
        if (all.every(({ status }) => status === 200)) return all
        for (const { leave } of all) leave()
        return undefined
      })
      const crowded = await ask(server, `/v1/jobs/${jobId}/logs`)
      assert.strictEqual(crowded.status, 429)
      for (const { leave } of opened) leave()
    }
    fs.writeFileSync(gate, "")
    const result = await talk(server, (client) => client.jobs.result({ path: { jobId }, urlParams: { wait: 30 } }))
    assert.strictEqual(result._tag, "Returned")
  })
})
