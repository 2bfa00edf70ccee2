/**
 * `clustrix serve` as its users have it: a process of its own over a cluster, and clients of it.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { ChildProcess } from "node:child_process"
import * as fs from "node:fs"
import * as http from "node:http"
import * as net from "node:net"
import * as PackageEntry from "../../core/archive/PackageEntry.ts"
import * as ClusterClient from "../../core/http/ClusterClient.ts"
import { makeWorkbench, type Outcome, outcomeOf, type Workbench } from "../platform-node/cli/command.ts"
import * as sample from "../platform-node/runner/package.ts"

/** A port that nobody listens on. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0))
    })
  })

export const sleep = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

/** Waits until `condition` gives something. */
export const until = async <A>(
  what: string,
  condition: () => A | undefined | false | Promise<A | undefined | false>
) => {
  for (let tries = 0; tries < 2400; tries += 1) {
    const found = await condition()
    if (found !== undefined && found !== false) return found
    await sleep(25)
  }
  throw new Error(`In a minute: not ${what}`)
}

export interface ServerProcess {
  readonly port: number
  readonly endpoint: string
  readonly child: ChildProcess
  /** All that it printed. */
  readonly printed: () => string
  /** Its memory now, in bytes. */
  readonly residentBytes: () => number
  /** The end of the process; without a signal it is only waited for. */
  readonly end: (signal?: NodeJS.Signals) => Promise<Outcome>
}

/** Starts the server with these options; it answers when this does. */
export const start = async (
  bench: Workbench,
  options: {
    readonly words?: ReadonlyArray<string>
    readonly environment?: Readonly<Record<string, string>>
    readonly port?: number
  } = {}
): Promise<ServerProcess> => {
  const port = options.port ?? await freePort()
  const child = bench.start(["serve", "--port", String(port), ...options.words ?? []], options.environment)
  let printed = ""
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed += text
    })
  }
  const ended = outcomeOf(child)
  let outcome: Outcome | undefined
  void ended.then((each) => {
    outcome = each
  })
  await until("listening", async () => {
    if (outcome !== undefined) throw new Error(`It ended with ${outcome.code}: ${printed}`)
    return answers(port)
  })
  return {
    port,
    endpoint: `http://127.0.0.1:${port}`,
    child,
    printed: () => printed,
    residentBytes: () => {
      const status = fs.readFileSync(`/proc/${child.pid}/status`, "utf8")
      return 1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1])
    },
    end: async (signal) => {
      if (signal !== undefined && outcome === undefined) child.kill(signal)
      return ended
    }
  }
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = net.connect(port, "127.0.0.1")
    socket.once("error", () => resolve(false))
    socket.once("connect", () => {
      socket.destroy()
      resolve(true)
    })
  })

/** Talks to a server by the typed client. */
export const talk = <A, E>(
  { endpoint }: Pick<ServerProcess, "endpoint">,
  use: (client: ClusterClient.ClusterClient) => Effect.Effect<A, E>,
  token?: string
): Promise<A> =>
  Effect.runPromise(
    Effect.flatMap(
      ClusterClient.make({ endpoint, token: token === undefined ? undefined : Redacted.make(token) }),
      use
    ).pipe(Effect.provide(FetchHttpClient.layer))
  )

/** The error that {@link talk} ends with. */
export const failure = <A, E>(
  server: Pick<ServerProcess, "endpoint">,
  use: (client: ClusterClient.ClusterClient) => Effect.Effect<A, E>,
  token?: string
): Promise<E> => talk(server, (client) => Effect.flip(use(client)), token)

export interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

/** One request, byte by byte as it is said here. */
export const ask = (
  { port }: Pick<ServerProcess, "port">,
  path: string,
  options: Omit<http.RequestOptions, "path" | "port"> & { readonly body?: string | Uint8Array } = {}
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { body, ...rest } = options
    const request = http.request({ host: "127.0.0.1", port, path, agent: false, ...rest }, (response) => {
      let text = ""
      response.setEncoding("utf8").on("data", (part: string) => {
        text += part
      })
      response.on("error", reject)
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    request.on("error", reject)
    request.end(body)
  })

const module = "modules/src/served.ts.mjs"

/** What the jobs of these tests do. */
const source = `import * as fs from "node:fs"
import { progress } from "../../filesystem_utils.mjs"
const opened = async (gate) => { while (!fs.existsSync(gate)) await new Promise((r) => setTimeout(r, 20)) }
const ways = {
  echo: (...args) => args,
  rich: () => new Map([["when", new Date(0)]]),
  prints: () => { console.log("out ☃"); console.error("err ☃"); return 1 },
  fails: () => { throw new RangeError("too far") },
  gate: async (gate) => { console.log("before the gate"); await opened(gate); console.log("behind the gate"); return "through" },
  flood: (megabytes) => { for (let n = 0; n < megabytes; n++) fs.writeSync(1, ("x".repeat(99) + "\\n").repeat(10_000)); return megabytes },
  progresses: async (gate) => { progress(1, 3, "before the gate"); await opened(gate); progress(3, 3); return "through" },
  waits: () => new Promise((r) => setTimeout(r, 60_000))
}
export const main = (way, ...args) => ways[way](...args)
`

/** A package whose function does what its first argument says. */
export const makePackage = () =>
  Effect.runPromise(sample.sealModule(module, "main", [PackageEntry.text(module, source)]))

export type TestPackage = Awaited<ReturnType<typeof makePackage>>

/** A place with a configuration, by default that of this machine as the cluster. */
export const makePlace = async (configuration = "cluster_type: local\n"): Promise<Workbench> => {
  const bench = await makeWorkbench()
  bench.write("clustrix.yml", configuration)
  return bench
}
