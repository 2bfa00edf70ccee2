/**
 * `node --expose-gc service.mjs KIND COUNT DIRECTORY`: what a service that runs for long does COUNT times in one process, over one
 * layer; prints as JSON the memory at ten points.
 *
 * `value` packages closures, `reference` a function of a file, `submit` submits jobs and takes their results, `logs` follows what they
 * print. Jobs of the last two end as soon as they are handed over: the client is measured, not Node's start.
 */
import { FilePackager, RemoteFunction, Scheduler, Transport } from "clustrix"
import { Cluster, LocalTransport } from "clustrix/node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { mkdirSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { pathToFileURL } from "node:url"

const [kind, count, directory] = [process.argv[2], Number(process.argv[3]), process.argv[4]]
mkdirSync(directory, { recursive: true })
writeFileSync(path.join(directory, "package.json"), `{ "name": "service", "type": "module" }\n`)
const file = path.join(directory, "functions.js")
writeFileSync(
  file,
  `export const make = (n) => { const held = { n, list: [n] }; return (m) => held.list[0] + m }
export const main = (n) => n + 1
`
)
const { main, make } = await import(pathToFileURL(file).href)

/** Ends each job when it is submitted: it printed ten lines and returned its number. */
const atOnce = Layer.effect(
  Scheduler.Scheduler,
  Effect.map(Transport.Transport, (transport) => {
    let submitted = 0
    return {
      clusterType: "local",
      endsJobs: false,
      settleMillis: 0,
      pollMillis: 20,
      directives: () => [],
      elementIndex: "0",
      submit: ({ directory: job }) =>
        Effect.gen(function*() {
          submitted += 1
          yield* transport.writeFile(`${job}/stdout.log`, "a line of what a function prints\n".repeat(10))
          yield* transport.writeFile(
            `${job}/result`,
            JSON.stringify({
              format: "clustrix-result",
              formatVersion: 1,
              status: "returned",
              exitCode: 0,
              startedAt: Date.now(),
              finishedAt: Date.now(),
              host: "bench",
              runtime: { name: "node", version: process.version },
              value: "[1]"
            })
          )
          return String(submitted)
        }),
      poll: () => Effect.succeed(new Map()),
      cancel: () => Effect.void
    }
  })
)

const packaging = (fn, n) =>
  Effect.flatMap(FilePackager.FilePackager, (packager) => packager.packageFunctionForExecution(fn, [n]))

/** What is done for each number, once what all need is there. */
const kinds = {
  value: Effect.succeed((n) => packaging(make(n % 20), n)),
  reference: Effect.succeed((n) => packaging(`${file}#main`, n)),
  submit: Effect.map(RemoteFunction.make(main), (remote) => (n) => remote.call(n)),
  logs: Effect.map(RemoteFunction.make(main), (remote) => (n) => Stream.runDrain(remote.stream(n)))
}

const program = Effect.gen(function*() {
  const once = yield* kinds[kind]
  const points = []
  const started = performance.now()
  for (let n = 1; n <= count; n += 1) {
    yield* once(n)
    if (n % Math.ceil(count / 10) === 0) {
      globalThis.gc()
      const { heapUsed, rss } = process.memoryUsage()
      points.push({ calls: n, heapUsed, rss })
    }
  }
  return { milliseconds: performance.now() - started, points }
})

const replace = atOnce.pipe(Layer.provideMerge(LocalTransport.layer))
const layer = Cluster.layer({ clusterType: "local" }, kind === "submit" || kind === "logs" ? { replace } : {})
console.log(JSON.stringify(await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(layer)))))
