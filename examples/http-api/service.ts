/**
 * The service of ../http-service as an HttpApi: a call gives a job, whose logs are server-sent events.
 *
 *     curl -sS --json '{"limit": 10000}' localhost:3000/primes       # {"jobId":"..."}
 *     curl -N localhost:3000/primes/JOB/logs
 *     curl localhost:3000/primes/JOB
 */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpServer from "@effect/platform/HttpServer"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { RemoteFunction } from "clustrix"
import { Cluster } from "clustrix/node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { createServer } from "node:http"
import { countPrimes } from "../http-service/primes.ts"
import { Api, JobFailed } from "./Api.ts"

const port = Number(process.env["PORT"] ?? 3000)

/** Every error of Clustrix has a message for people. */
const failed = (error: Error): JobFailed => new JobFailed({ message: error.message })

/** A line of output as an event. */
const eventOf = (line: string): string => `data: ${line}\n\n`

const primes = HttpApiBuilder.group(Api, "primes", (handlers) =>
  Effect.gen(function*() {
    const remote = yield* RemoteFunction.make(countPrimes)
    return handlers
      .handle("submit", ({ payload: { limit } }) =>
        remote.submit({ limit }).pipe(
          Effect.map(({ jobId }) => ({ jobId })),
          Effect.mapError(failed)
        ))
      .handle("result", ({ path: { jobId } }) =>
        remote.attach(jobId).pipe(
          Effect.flatMap((job) => job.result),
          Effect.map((count) => ({ primes: count })),
          Effect.mapError(failed)
        ))
      .handleRaw("logs", ({ path: { jobId } }) =>
        remote.attach(jobId).pipe(
          Effect.map((job) =>
            HttpServerResponse.stream(
              job.logs.pipe(
                Stream.map(({ bytes }) => bytes),
                Stream.decodeText(),
                Stream.splitLines,
                Stream.map(eventOf),
                Stream.encodeText
              ),
              { contentType: "text/event-stream" }
            )
          ),
          Effect.mapError(failed)
        ))
  }))

const server = HttpApiBuilder.serve().pipe(
  Layer.provide(Layer.provide(HttpApiBuilder.api(Api), primes)),
  HttpServer.withLogAddress,
  Layer.provide(NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" })),
  Layer.provide(Cluster.layerConfigured())
)

NodeRuntime.runMain(Layer.launch(server))
