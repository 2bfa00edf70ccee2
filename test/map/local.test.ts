import { afterAll } from "@effect/vitest"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as ClusterConfig from "../../core/ClusterConfig.ts"
import * as ClusterExecutor from "../../core/ClusterExecutor.ts"
import * as PackageDeployer from "../../core/deploy/PackageDeployer.ts"
import * as LocalHost from "../../platform-node/LocalHost.ts"
import * as LocalScheduler from "../../platform-node/LocalScheduler.ts"
import * as LocalTransport from "../../platform-node/LocalTransport.ts"
import * as sample from "../platform-node/runner/package.ts"
import * as tasks from "./tasks.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix it's 'many'-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

tasks.suite(
  ClusterConfig.local,
  () => scratch,
  () =>
    ClusterExecutor.layer({ stateDirectory: path.join(scratch, "state") }).pipe(
      Layer.provide(PackageDeployer.layerFileSystem(LocalHost.current())),
      Layer.provideMerge(Layer.mergeAll(LocalTransport.layer, LocalScheduler.layer)),
      Layer.provide(sample.platform)
    )
)
