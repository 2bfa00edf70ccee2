import { afterAll, beforeAll, describe } from "@effect/vitest"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { ClusterConfig } from "../../core/config/ClusterConfig.ts"
import * as ClusterServices from "../../platform-node/ClusterServices.ts"
import * as contract from "../contract/Scheduler.ts"
import * as tasks from "../map/tasks.ts"
import * as sample from "../platform-node/runner/package.ts"
import * as Slurm from "./Slurm.ts"

// What Slurm makes of `%` in paths is its own affair
const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix 'slurm' 100%j-")))
let slurm: Slurm.Slurm

beforeAll(async () => {
  if (Slurm.missing !== undefined) return
  slurm = await Slurm.make()
  process.env["SLURM_CONF"] = slurm.configFile
})
afterAll(async () => {
  await slurm?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

const config: ClusterConfig = {
  clusterType: "slurm",
  remoteWorkDir: path.join(scratch, "work"),
  remoteNodePath: process.execPath
}
const fresh = () => Layer.provide(Layer.suspend(() => ClusterServices.layer(config)), sample.platform)

describe.skipIf(Slurm.missing !== undefined)("under Slurm", () => {
  contract.suite("slurm", config, fresh)
  contract.arraySuite("slurm", fresh)
  tasks.suite(config, () => scratch, fresh)
})
