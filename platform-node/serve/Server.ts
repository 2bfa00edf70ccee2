/**
 * The server of {@link ClusterApi}: runs uploaded packages on the cluster that it is configured with. It keeps nothing of a job:
 * whoever starts it again finds all jobs in their directories.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpApiSwagger from "@effect/platform/HttpApiSwagger"
import * as HttpServer from "@effect/platform/HttpServer"
import type { ServeError } from "@effect/platform/HttpServerError"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as http from "node:http"
import * as https from "node:https"
import type { Cluster } from "../../core/config/Cluster.ts"
import type { ClusterExecutor } from "../../core/cluster/ClusterExecutor.ts"
import type { PackageStore } from "../../core/archive/PackageStore.ts"
import { ClusterApi } from "../../core/http/ClusterApi.ts"
import type { Transport } from "../../core/cluster/Transport.ts"
import * as Connections from "./Connections.ts"
import * as Cpu from "./Cpu.ts"
import * as Guard from "./Guard.ts"
import * as Handlers from "./handlers.ts"
import * as Metrics from "./Metrics.ts"
import * as Occupancy from "./Occupancy.ts"
import * as Readiness from "./Readiness.ts"
import type { ServeOptions } from "./ServeOptions.ts"
import * as UploadDirectory from "./UploadDirectory.ts"

/** How long a connection may stand still on which something is sent. Streams say something every 15 seconds. */
const idleMillis = 300_000

/** Where the server listens. */
export interface Serving {
  readonly host: string
  readonly port: number
}

/**
 * Serves until the scope ends. Then requests that are under way have `graceTime` to end, streams of logs are closed, and jobs go on.
 */
export const serve = (
  options: ServeOptions
): Effect.Effect<
  Serving,
  ServeError,
  Cluster | ClusterExecutor | FileSystem.FileSystem | PackageStore | Scope.Scope | Transport
> =>
  Effect.gen(function*() {
    const ending = yield* Deferred.make<void>()
    const { limits, tls } = options
    const settings = {
      headersTimeout: Duration.toMillis(limits.headTime),
      requestTimeout: Duration.toMillis(limits.requestTime),
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 5000,
      maxHeaderSize: 16_384
    }
    const node: http.Server = tls === undefined
      ? http.createServer(settings)
      : https.createServer({ ...settings, ...tls, minVersion: "TLSv1.2", handshakeTimeout: 10_000 })
    // A client that takes nothing of its answer
    node.timeout = idleMillis
    node.maxConnections = limits.requests * 8
    Connections.share(node, node.maxConnections)
    // A client that asks first is told before it sends what would be too large
    node.on("checkContinue", (request, response) => {
      if (Number(request.headers["content-length"] ?? 0) <= limits.packageBytes) response.writeContinue()
      node.emit("request", request, response)
    })
    const cpu = yield* Cpu.make({ package: limits.packageTime, call: limits.callTime, result: limits.callTime })
    const uploads = yield* UploadDirectory.make(limits, cpu)
    const requests = Occupancy.make(limits.requests, "requests")
    const rooms = {
      uploads: Occupancy.make(limits.uploads, "uploads"),
      streams: Occupancy.make(limits.streams, "open streams"),
      results: Occupancy.make(limits.results, "large results")
    }
    const metrics = yield* Effect.acquireRelease(
      Effect.sync(() =>
        Metrics.make([
          { name: "clustrix_requests", help: "Requests under way.", value: requests.now },
          { name: "clustrix_uploads", help: "Uploads under way.", value: rooms.uploads.now },
          { name: "clustrix_streams", help: "Open streams of logs and waits for results.", value: rooms.streams.now },
          { name: "clustrix_results", help: "Large results under way.", value: rooms.results.now },
          { name: "clustrix_cpu_tasks_running", help: "Tasks on threads.", value: () => cpu.load().running },
          { name: "clustrix_cpu_tasks_waiting", help: "Tasks that wait for a thread.", value: () => cpu.load().waiting }
        ])
      ),
      ({ stop }) => Effect.sync(stop)
    )
    const api = HttpApiBuilder.api(ClusterApi).pipe(
      Layer.provide(Handlers.layerCluster(options)),
      Layer.provide(Handlers.layerPackages(options, uploads, rooms)),
      Layer.provide(Handlers.layerJobs(options, uploads, cpu, rooms, ending)),
      Layer.provide(Handlers.layerProbes(yield* Readiness.make)),
      Layer.provide(Handlers.layerMetrics(metrics)),
      Layer.provide(Handlers.layerAuthorization(options))
    )
    const guard = Guard.make(options, ending, requests, metrics)
    const server = Layer.unwrapEffect(Effect.map(HttpApiBuilder.httpApp, (app) => HttpServer.serve(guard(app)))).pipe(
      Layer.provide([HttpApiBuilder.Router.Live, HttpApiBuilder.Middleware.layer]),
      Layer.provide(HttpApiSwagger.layer()),
      Layer.provide(HttpApiBuilder.middlewareOpenApi()),
      Layer.provide(api),
      Layer.provideMerge(NodeHttpServer.layer(() => node, { host: options.host, port: options.port }))
    )
    const context = yield* Layer.build(server)
    // Runs before the server is closed, which waits for what is under way
    yield* Effect.addFinalizer(() =>
      Effect.zipRight(
        Deferred.succeed(ending, undefined),
        Effect.sync(() => {
          node.closeIdleConnections()
          const late = setTimeout(() => node.closeAllConnections(), Duration.toMillis(limits.graceTime))
          node.once("close", () => clearTimeout(late))
        })
      )
    )
    const { address } = Context.get(context, HttpServer.HttpServer)
    return address._tag === "TcpAddress"
      ? { host: options.host, port: address.port }
      : { host: address.path, port: 0 }
  })
