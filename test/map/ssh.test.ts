import { afterAll, beforeAll, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { ClusterConfig } from "../../core/config/ClusterConfig.ts"
import * as ClusterServices from "../../platform-node/ClusterServices.ts"
import * as sample from "../platform-node/runner/package.ts"
import * as Sshd from "../ssh/Sshd.ts"
import * as tasks from "./tasks.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix it's 'far'-")))
let sshd: Sshd.Sshd

beforeAll(async () => {
  if (Sshd.missing === undefined) sshd = await Sshd.make()
})
afterAll(() => {
  sshd?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

const config = (): ClusterConfig => ({
  clusterType: "ssh",
  clusterHost: "127.0.0.1",
  clusterPort: sshd.port,
  username: Sshd.user,
  keyFile: path.join(sshd.directory, "id"),
  knownHostsFile: sshd.known,
  sshConfigFile: "none",
  agent: false,
  remoteWorkDir: path.join(scratch, "work")
})

describe.skipIf(Sshd.missing !== undefined)("a host over SSH", () => {
  tasks.suite(
    { clusterType: "ssh" },
    () => scratch,
    () => Layer.provide(Layer.unwrapEffect(Effect.sync(() => ClusterServices.layer(config()))), sample.platform)
  )
})
