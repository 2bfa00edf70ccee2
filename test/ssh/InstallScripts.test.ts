/**
 * Scripts of npm packages on a host: they run for packages that the configuration names, and for no others.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as clustrix from "../../platform-node/index.ts"
import * as Registry from "./Registry.ts"
import * as Sshd from "./Sshd.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-scripts-")))
const project = path.join(scratch, "project")
let registry: Registry.Registry
let sshd: Sshd.Sshd

const write = (file: string, content: string | object): void => {
  fs.mkdirSync(path.dirname(path.join(scratch, file)), { recursive: true })
  fs.writeFileSync(path.join(scratch, file), typeof content === "string" ? content : JSON.stringify(content))
}

/** A package whose script leaves a file, and whose module tells whether it is there. */
const writePackage = (name: string): string => {
  write(`${name}/package.json`, {
    name,
    version: "1.0.0",
    type: "module",
    main: "index.js",
    scripts: { install: "node build.js" }
  })
  write(`${name}/build.js`, "import { writeFileSync } from \"node:fs\"\nwriteFileSync(\"built.txt\", \"\")\n")
  write(
    `${name}/index.js`,
    "import { existsSync } from \"node:fs\"\nexport const isBuilt = existsSync(new URL(\"built.txt\", import.meta.url))\n"
  )
  return path.join(scratch, name)
}

beforeAll(async () => {
  if (Sshd.missing !== undefined) return
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
  process.env["XDG_CACHE_HOME"] = path.join(scratch, "cache")
  registry = await Registry.make(["compiled", "curious"].map(writePackage), scratch)
  const settings = { npm_config_registry: registry.url, npm_config_cache: path.join(scratch, "npm") }
  sshd = await Sshd.make([`SetEnv ${Object.entries(settings).map(([name, value]) => `${name}=${value}`).join(" ")}`])
  write("project/package.json", {
    name: "scripted",
    type: "module",
    dependencies: { compiled: "1.0.0", curious: "1.0.0" }
  })
  write(
    "project/main.ts",
    `import { isBuilt as compiled } from "compiled"
import { isBuilt as curious } from "curious"
export const built = () => ({ compiled, curious })
`
  )
  const installing = spawn("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: project,
    env: { ...process.env, ...settings },
    stdio: "inherit"
  })
  assert.deepStrictEqual(await once(installing, "exit"), [0, null])
})

afterAll(() => {
  sshd?.stop()
  registry?.close()
  fs.rmSync(scratch, { recursive: true, force: true })
})

const run = (allowScripts?: ReadonlyArray<string>) =>
  clustrix.run(path.join(project, "main.ts#built"), {
    clusterType: "ssh",
    clusterHost: "127.0.0.1",
    clusterPort: sshd.port,
    username: Sshd.user,
    keyFile: path.join(sshd.directory, "id"),
    knownHostsFile: sshd.known,
    sshConfigFile: "none",
    agent: false,
    remoteWorkDir: path.join(scratch, "there"),
    ...(allowScripts === undefined ? {} : { allowScripts })
  })

describe.skipIf(Sshd.missing !== undefined)("scripts of packages on a host", () => {
  it("run for those that are named only, also where the packages are installed already", async () => {
    assert.deepStrictEqual(await run(), { compiled: false, curious: false })
    assert.deepStrictEqual(await run(["compiled"]), { compiled: true, curious: false })
    assert.deepStrictEqual(await run(), { compiled: false, curious: false })
  })
})
