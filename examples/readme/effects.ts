import { Pipeline } from "clustrix"
import { Cluster } from "clustrix/node"
import * as Effect from "effect/Effect"

const fn = "examples/local-dependencies/main.ts#mainAnalysis"

const program = Pipeline.run({ fn }).pipe(
  Effect.map(({ result }) => result.value),
  Effect.catchTag("JobFailedError", (error) => Effect.succeed(error.message)),
  Effect.provide(Cluster.layer({ clusterType: "local" }))
)

console.log(await Effect.runPromise(program)) // [ 12, 20, 30 ]
