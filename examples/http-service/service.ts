/**
 * A service that counts primes on the cluster that is configured: `curl -N localhost:3000/primes/10000`.
 *
 * The function is packaged once; each request is a job, whose output is streamed as it is written and ends with the result.
 * A client that goes away takes its job with it.
 */
import * as HttpRouter from "@effect/platform/HttpRouter"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { ClusterExecutor, FilePackager, Invocation, RandomAccess } from "clustrix"
import { Configuration, NodeHost } from "clustrix/node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createServer } from "node:http"
import { countPrimes } from "./primes.ts"

const port = Number(process.env["PORT"] ?? 3000)
const parameters = Schema.Struct({ limit: Schema.NumberFromString.pipe(Schema.int(), Schema.between(2, 1_000_000)) })

/** Packages the function, and gives what starts a call of it. */
const makePrimes = Effect.gen(function*() {
  const config = (yield* Configuration.load()).config
  const packager = yield* FilePackager.FilePackager
  const executor = yield* ClusterExecutor.ClusterExecutor
  const { info } = yield* packager.packageFunctionForExecution(countPrimes, config)
  const access = yield* RandomAccess.fromFile(info.packagePath)
  const start = (limit: number) =>
    Effect.gen(function*() {
      const invocation = yield* Invocation.make({
        package: { packageId: info.packageId, digest: info.digest, functionName: info.functionName },
        arguments: [{ limit, pauseMillis: 20 }],
        cluster: config,
        runtimeVersion: process.version
      })
      return yield* executor.submit({ package: access, invocation, config })
    })
  /** What the job prints, then what it returns. Whoever stops listening cancels it. */
  const count = (limit: number) =>
    Stream.unwrapScoped(Effect.gen(function*() {
      let isOver = false
      const { jobId } = yield* Effect.acquireRelease(
        start(limit),
        ({ jobId }) => isOver ? Effect.void : Effect.ignore(executor.cancel(jobId))
      )
      const printed = Stream.map(executor.logs(jobId), ({ bytes }) => bytes)
      const result = Effect.map(executor.result(jobId), ({ value }) => {
        isOver = true
        return new TextEncoder().encode(`${String(value)} primes\n`)
      })
      return Stream.concat(printed, Stream.fromEffect(result))
    }))
  return { count }
})

const routes = Effect.gen(function*() {
  const primes = yield* makePrimes
  return HttpRouter.empty.pipe(
    HttpRouter.get(
      "/primes/:limit",
      Effect.map(
        HttpRouter.schemaPathParams(parameters),
        ({ limit }) => HttpServerResponse.stream(primes.count(limit), { contentType: "text/plain" })
      )
    ),
    HttpRouter.catchTag("ParseError", () => HttpServerResponse.text("Say how far: /primes/10000\n", { status: 400 }))
  )
})

const server = Layer.unwrapScoped(Effect.map(routes, (router) => HttpServer.serve(router))).pipe(
  HttpServer.withLogAddress,
  Layer.provide(NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" })),
  Layer.provide(Layer.unwrapEffect(
    Effect.map(Configuration.load(), ({ config }) => NodeHost.layerCluster(config))
  ))
)

NodeRuntime.runMain(Layer.launch(server))
