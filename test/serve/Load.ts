/**
 * Many clients of a deploy endpoint at once, hostile ones among them, and one that only asks whether it lives: what `npm run bench
 * -- serve` measures for ten minutes, and a test for half of one.
 */
import * as http from "node:http"
import { Worker } from "node:worker_threads"
import * as HostilePackage from "./HostilePackage.ts"
import { sleep } from "./ServerProcess.ts"

export interface Target {
  readonly port: number
  /** Of the clients that mean well, and of the others. */
  readonly tokens: readonly [good: string, hostile: string]
  /** A package that is there, whose function takes a way to go (see `makePackage`). */
  readonly digest: string
}

interface Request {
  readonly method: string
  readonly path: string
  readonly body?: string | Uint8Array
}

const send = (agent: http.Agent, port: number, token: string, { body, method, path }: Request): Promise<number> =>
  new Promise((resolve) => {
    const request = http.request({
      host: "127.0.0.1",
      port,
      agent,
      method,
      path,
      headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-length": body.length }) }
    }, (response) => {
      response.resume()
      response.on("end", () => resolve(response.statusCode ?? 0))
      response.on("error", () => resolve(0))
    })
    // Cut, as an upload is that is not wanted: no answer, and none of another client
    request.on("error", () => resolve(0))
    request.end(body)
  })

const many = (count: number, text: string): string => Array(count).fill(text).join(",")

/** What costs a server most that is not prepared for it, by name. */
export const attacks = (digest: string): Readonly<Record<string, Request>> => {
  const call = (args: string): Request => ({
    method: "POST",
    path: "/v1/jobs",
    // Of a package that is not there: all of it is read, and no job comes of it
    body: JSON.stringify({ digest: "6".repeat(64), arguments: args })
  })
  const upload = ({ bytes, digest }: { readonly bytes: Uint8Array; readonly digest: string }): Request => ({
    method: "PUT",
    path: `/v1/packages/${digest}`,
    body: bytes
  })
  const wrong = ({ bytes }: { readonly bytes: Uint8Array }): Request => upload({ bytes, digest: "4".repeat(64) })
  return {
    "sparse arrays": call(`[[${many(400_000, "1")}],[-7,4294967295]]`),
    "four million numbers": call(`[[${many(3_900_000, "1")}],1]`),
    "a big integer": call(`[["BigInt","${"9".repeat(8_000_000)}"]]`),
    "deep JSON": {
      method: "POST",
      path: "/v1/jobs",
      body: `{"digest":"${digest}","json":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}}`
    },
    "a manifest of a million numbers": upload(HostilePackage.make({}, undefined, {
      manifest: (text) => text.replace("\"options\": {}", `"options": {"a": [${many(1_000_000, "0")}]}`)
    })),
    "5,000 files under a wrong digest": wrong(HostilePackage.make(
      Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`data/${index}`, new Uint8Array(0)]))
    )),
    "30 MB of zeros": wrong(HostilePackage.make({ "data/zeros": new Uint8Array(30_000_000) }))
  }
}

/** Runs in a thread of its own, whose event loop has nothing else to do. */
const probe = `const { parentPort, workerData: { port, everyMillis } } = require("node:worker_threads")
const http = require("node:http")
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
let times = []
const ask = () => {
  const began = performance.now()
  const done = (ok) => {
    times.push(ok ? performance.now() - began : Infinity)
    setTimeout(ask, everyMillis)
  }
  http.get({ host: "127.0.0.1", port, path: "/healthz", agent }, (response) => {
    response.resume()
    response.on("end", () => done(response.statusCode === 200))
  }).on("error", () => done(false))
}
parentPort.on("message", () => { parentPort.postMessage(times); times = [] })
ask()
`

export interface Percentiles {
  readonly samples: number
  readonly p50: number
  readonly p99: number
  readonly most: number
}

const percentilesOf = (times: ReadonlyArray<number>): Percentiles => {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN
  return { samples: sorted.length, p50: at(0.5), p99: at(0.99), most: sorted.at(-1) ?? NaN }
}

/** Asks every 20 ms whether the server lives. `take`: the times since it was taken last, in milliseconds. */
export const watchHealth = (port: number) => {
  const worker = new Worker(probe, { eval: true, workerData: { port, everyMillis: 20 } })
  return {
    take: (): Promise<Percentiles> =>
      new Promise((resolve) => {
        worker.once("message", (times: ReadonlyArray<number>) => resolve(percentilesOf(times)))
        worker.postMessage("take")
      }),
    stop: () => worker.terminate()
  }
}

/** Sends one request after the other until the time is over. Gives how often each status came. */
export const attack = async (target: Target, requests: ReadonlyArray<Request>, millis: number) => {
  const agent = new http.Agent({ keepAlive: true })
  const statuses = new Map<number, number>()
  const end = performance.now() + millis
  for (let index = 0; performance.now() < end; index += 1) {
    const request = requests[index % requests.length]
    if (request === undefined) break
    const status = await send(agent, target.port, target.tokens[1], request)
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
  }
  agent.destroy()
  return statuses
}

/** `clients` that ask about twice a second each; one of them calls the function. Gives how often each status came. */
export const clients = async (target: Target, count: number, millis: number) => {
  const { digest, port, tokens } = target
  const [token] = tokens
  const statuses = new Map<number, number>()
  const end = performance.now() + millis
  const questions: ReadonlyArray<Request> = [
    { method: "GET", path: "/v1/cluster" },
    { method: "GET", path: `/v1/packages/${digest}` },
    { method: "GET", path: `/v1/packages/${"5".repeat(64)}` },
    { method: "GET", path: "/v1/jobs/no-such-job" }
  ]
  const client = async (number: number): Promise<void> => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    await sleep(Math.min(millis / 2, number * 5))
    for (let index = number; performance.now() < end; index += 1) {
      const question = number === 0
        ? { method: "POST", path: "/v1/jobs", body: JSON.stringify({ digest, json: ["echo", index] }) }
        : questions[index % questions.length]
      if (question === undefined) break
      const status = await send(agent, port, token, question)
      statuses.set(status, (statuses.get(status) ?? 0) + 1)
      await sleep(number === 0 ? 3000 : 400 + 200 * (index % 2))
    }
    agent.destroy()
  }
  await Promise.all(Array.from({ length: count }, (_, number) => client(number)))
  return statuses
}
