import { afterAll, beforeAll, describe } from "@effect/vitest"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { ClusterConfig } from "../../core/ClusterConfig.ts"
import * as Cluster from "../../platform-node/Cluster.ts"
import * as contract from "../contract/Scheduler.ts"
import * as sample from "../platform-node/runner/package.ts"
import * as GridEngine from "./GridEngine.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix 'sge'-")))
let gridEngine: GridEngine.GridEngine

beforeAll(async () => {
  if (GridEngine.missing !== undefined) return
  gridEngine = await GridEngine.make()
  process.env["PATH"] = `${gridEngine.commands}:${process.env["PATH"]}`
})
afterAll(async () => {
  await gridEngine?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

const config: ClusterConfig = {
  clusterType: "sge",
  remoteWorkDir: path.join(scratch, "work"),
  remoteNodePath: process.execPath
}
const fresh = () => Layer.provide(Layer.suspend(() => Cluster.layer(config)), sample.platform)

describe.skipIf(GridEngine.missing !== undefined)("under Grid Engine", () => {
  contract.suite("sge", config, fresh)
  contract.arraySuite("sge", fresh)
})
