/**
 * A client of its own: submits a job, prints its name, and is killed before the job ends.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RandomAccess from "../../core/archive/RandomAccess.ts"
import * as ClusterConfig from "../../core/config/ClusterConfig.ts"
import * as ClusterExecutor from "../../core/cluster/ClusterExecutor.ts"
import * as PackageDeployer from "../../core/cluster/deploy/PackageDeployer.ts"
import * as Invocation from "../../core/runtime/Invocation.ts"
import * as LocalHost from "../../platform-node/LocalHost.ts"
import * as LocalScheduler from "../../platform-node/LocalScheduler.ts"
import * as LocalTransport from "../../platform-node/LocalTransport.ts"
import * as sample from "./runner/package.ts"

const [stateDirectory = ""] = process.argv.slice(2)

await Effect.gen(function*() {
  const executor = yield* ClusterExecutor.ClusterExecutor
  const sealed = yield* sample.seal("prints")
  const invocation = yield* Invocation.make({
    package: { packageId: sealed.packageId, digest: sealed.digest, functionName: "prints" },
    cluster: ClusterConfig.local,
    runtimeVersion: process.version
  })
  const job = yield* executor.submit({
    package: RandomAccess.fromBytes(sealed.bytes),
    invocation
  })
  process.stdout.write(job.jobId)
  process.kill(process.pid, "SIGKILL")
}).pipe(
  Effect.provide(
    ClusterExecutor.layer({ stateDirectory }).pipe(
      Layer.provide(PackageDeployer.layerFileSystem(LocalHost.current())),
      Layer.provide(Layer.mergeAll(LocalTransport.layer, LocalScheduler.layer, sample.local))
    )
  ),
  Effect.runPromise
)
