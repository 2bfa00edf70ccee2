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
import { createServer } from "node:http"
import type { ClusterExecutor } from "../../core/ClusterExecutor.ts"
import type { Hasher } from "../../core/Hasher.ts"
import type { PackageStore } from "../../core/PackageStore.ts"
import { ClusterApi } from "../../core/serve/ClusterApi.ts"
import * as Guard from "./Guard.ts"
import * as Handlers from "./handlers.ts"
import type { ServeOptions } from "./ServeOptions.ts"
import * as UploadDirectory from "./UploadDirectory.ts"

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
  ClusterExecutor | FileSystem.FileSystem | Hasher | PackageStore | Scope.Scope
> =>
  Effect.gen(function*() {
    const ending = yield* Deferred.make<void>()
    const { limits } = options
    const node = createServer({
      headersTimeout: Duration.toMillis(limits.headTime),
      requestTimeout: Duration.toMillis(limits.requestTime),
      connectionsCheckingInterval: 1000,
      keepAliveTimeout: 5000,
      maxHeaderSize: 16_384
    })
    node.maxConnections = limits.requests * 4
    // A client that asks first is told before it sends what would be too large
    node.on("checkContinue", (request, response) => {
      if (Number(request.headers["content-length"] ?? 0) <= limits.packageBytes) response.writeContinue()
      node.emit("request", request, response)
    })
    const uploads = yield* UploadDirectory.make(limits)
    const api = HttpApiBuilder.api(ClusterApi).pipe(
      Layer.provide(Handlers.layerCluster(options)),
      Layer.provide(Handlers.layerPackages(options, uploads)),
      Layer.provide(Handlers.layerJobs(options, uploads, ending)),
      Layer.provide(Handlers.layerAuthorization(options))
    )
    const guard = Guard.make(options, ending)
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
