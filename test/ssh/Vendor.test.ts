/**
 * npm packages that go along, on a host that has neither a registry nor npm's cache.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as clustrix from "../../platform-node/index.ts"
import * as Vendored from "../core/packaging/vendorProject.ts"
import * as Sshd from "./Sshd.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-vendor-ssh-")))
const project = path.join(scratch, "project")
let sshd: Sshd.Sshd

beforeAll(async () => {
  if (Sshd.missing !== undefined) return
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
  process.env["XDG_CACHE_HOME"] = path.join(scratch, "cache")
  Vendored.make(project, Vendored.packBundler(scratch))
  sshd = await Sshd.make(["SetEnv npm_config_registry=http://127.0.0.1:1/ npm_config_cache=/nonexistent/cache"])
})

afterAll(() => {
  sshd?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

describe.skipIf(Sshd.missing !== undefined)("vendored npm packages over SSH", () => {
  it("run where nothing can be installed, and are linked", async () => {
    const work = path.join(scratch, "it's work")
    const config: clustrix.ClusterConfig = {
      clusterType: "ssh",
      clusterHost: "127.0.0.1",
      clusterPort: sshd.port,
      username: Sshd.user,
      keyFile: path.join(sshd.directory, "id"),
      knownHostsFile: sshd.known,
      sshConfigFile: "none",
      agent: false,
      remoteWorkDir: work
    }
    const run = () => clustrix.run(`${project}/src/main.ts#main`, config, ["2 days"], {}, { dependencies: "vendor" })
    assert.deepStrictEqual(await run(), Vendored.expected)
    const packages = path.join(work, ".clustrix/packages")
    const [name = "", ...others] = fs.readdirSync(packages)
    assert.deepStrictEqual(others, [])
    const link = path.join(packages, name, "node_modules")
    assert.strictEqual(fs.readlinkSync(link), "vendor/node_modules")
    assert.isFalse(fs.existsSync(path.join(work, ".clustrix/envs")))
    // A link that somebody removed is made again
    fs.rmSync(link)
    assert.deepStrictEqual(await Promise.all([run(), run()]), [Vendored.expected, Vendored.expected])
    assert.strictEqual(fs.readlinkSync(link), "vendor/node_modules")
  })
})
