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
import { RemoteFunction } from "clustrix"
import { Cluster } from "clustrix/node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { createServer } from "node:http"
import { countPrimes } from "./primes.ts"

const port = Number(process.env["PORT"] ?? 3000)
const parameters = Schema.Struct({ limit: Schema.NumberFromString.pipe(Schema.int(), Schema.between(2, 1_000_000)) })

const bytesOf = (event: RemoteFunction.CallEvent<number>): Uint8Array =>
  event._tag === "Printed"
    ? event.bytes
    : new TextEncoder().encode(event._tag === "Returned" ? `${event.value} primes\n` : "")

const routes = Effect.map(RemoteFunction.make(countPrimes), (primes) =>
  HttpRouter.empty.pipe(
    HttpRouter.get(
      "/primes/:limit",
      Effect.map(HttpRouter.schemaPathParams(parameters), ({ limit }) =>
        HttpServerResponse.stream(
          // What the job prints, then what it returns. Whoever stops listening cancels it
          Stream.map(primes.stream({ limit, pauseMillis: 20 }), bytesOf),
          { contentType: "text/plain" }
        ))
    ),
    HttpRouter.catchTag("ParseError", () => HttpServerResponse.text("Say how far: /primes/10000\n", { status: 400 }))
  ))

const server = Layer.unwrapScoped(Effect.map(routes, (router) => HttpServer.serve(router))).pipe(
  HttpServer.withLogAddress,
  Layer.provide(NodeHttpServer.layer(createServer, { port, host: "127.0.0.1" })),
  Layer.provide(Cluster.layerConfigured())
)

NodeRuntime.runMain(Layer.launch(server))
