import { ClusterConfig, Pipeline } from "clustrix"
import { NodeHost } from "clustrix/node"
import * as Effect from "effect/Effect"

const fn = "examples/local-dependencies/main.ts#mainAnalysis"

const program = Pipeline.run({ fn, config: ClusterConfig.local }).pipe(
  Effect.map(({ result }) => result.value),
  Effect.catchTag("JobFailedError", (error) => Effect.succeed(error.message)),
  Effect.provide(NodeHost.layerLocal)
)

console.log(await Effect.runPromise(program)) // [ 12, 20, 30 ]
