/**
 * Bad luck on the way: cut connections, full and read-only disks. A job runs once, and nothing is half-written.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as clustrix from "../../platform-node/index.ts"
import * as Sshd from "./Sshd.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-faults-")))
const project = path.join(scratch, "project")
let sshd: Sshd.Sshd

beforeAll(async () => {
  process.env["CLUSTRIX_PACKAGE_DIR"] = path.join(scratch, "packages")
  fs.mkdirSync(project)
  fs.writeFileSync(path.join(project, "package.json"), JSON.stringify({ name: "faults", type: "module" }))
  fs.writeFileSync(
    path.join(project, "main.ts"),
    `import { appendFileSync, readFileSync } from "node:fs"
export const once = async (file: string, n: number) => {
  appendFileSync(file, \`\${n}\\n\`)
  for (let line = 0; line < 60; line += 1) {
    console.log(\`\${n}: \${line}\`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return n * n
}
export const large = () => readFileSync("noise.bin").length
`
  )
  fs.writeFileSync(path.join(project, "noise.bin"), randomBytes(8 * 1024 * 1024))
  if (Sshd.missing === undefined) sshd = await Sshd.make()
})

afterAll(() => {
  sshd?.stop()
  fs.rmSync(scratch, { recursive: true, force: true })
})

const cluster = (remoteWorkDir: string): clustrix.ClusterConfig => ({
  clusterType: "ssh",
  clusterHost: "127.0.0.1",
  clusterPort: sshd.port,
  username: Sshd.user,
  keyFile: path.join(sshd.directory, "id"),
  knownHostsFile: sshd.known,
  sshConfigFile: "none",
  agent: false,
  remoteWorkDir
})

const main = (name: string): string => `${path.join(project, "main.ts")}#${name}`
const wait = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

/** A small disk at `directory`, or why there can be none. */
const mount = (directory: string, options: string): boolean => {
  fs.mkdirSync(directory, { recursive: true })
  return spawnSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", directory]).status === 0
}

describe.skipIf(Sshd.missing !== undefined)("bad luck over SSH", () => {
  it("the connection is cut at 20 moments of deployment and execution: each job runs once", async () => {
    const config = cluster(path.join(scratch, "cut"))
    const log = path.join(scratch, "ran.txt")
    const numbers = [1, 2]
    let done = false
    const runs = Promise.all(numbers.map((n) => clustrix.run(main("once"), config, [log, n]))).finally(() => {
      done = true
    })
    const cutting = (async () => {
      const accepted = (): number => sshd.log().match(/Accepted publickey/g)?.length ?? 0
      // A host that cannot be reached at all is told of at once
      while (!done && accepted() < numbers.length) await wait(20)
      for (let cuts = 0; cuts < 20 && !done; cuts += 1) {
        const before = accepted()
        sshd.cut()
        // Somebody came through, and is somewhere by now: not in step with anything
        while (!done && accepted() === before) await wait(20)
        await wait((cuts * 7919) % 1500)
      }
    })()
    assert.deepStrictEqual(await runs, numbers.map((n) => n * n))
    await cutting
    assert.deepStrictEqual(fs.readFileSync(log, "utf8").trim().split("\n").sort(), numbers.map(String))
  }, 240_000)

  it("the connection is cut during the upload: it is continued, and nothing is left", async () => {
    const config = cluster(path.join(scratch, "upload"))
    const run = clustrix.run(main("large"), config)
    let done = false
    const ended = run.finally(() => {
      done = true
    })
    while (!done) {
      const uploads = path.join(scratch, "upload/.clustrix/uploads")
      const [part] = fs.existsSync(uploads) ? fs.readdirSync(uploads).filter((name) => name.endsWith(".part")) : []
      if (part !== undefined) {
        sshd.cut()
        break
      }
      await wait(1)
    }
    assert.strictEqual(await ended, 8 * 1024 * 1024)
    assert.deepStrictEqual(fs.readdirSync(path.join(scratch, "upload/.clustrix/uploads")), [])
  })

  it("sshd is killed and comes back: the result comes", async () => {
    const config = cluster(path.join(scratch, "killed"))
    const log = path.join(scratch, "killed.txt")
    const run = clustrix.run(main("once"), config, [log, 7])
    while (!fs.existsSync(log)) await wait(20)
    sshd.kill()
    await wait(1500)
    await sshd.start()
    assert.strictEqual(await run, 49)
    assert.strictEqual(fs.readFileSync(log, "utf8"), "7\n")
  })

  it("the disk there is full, or may not be written", async (context) => {
    const disk = path.join(scratch, "disk")
    if (!mount(disk, "size=4m")) {
      if (process.env["CI"] === "true" && Sshd.isRoot) assert.fail("no file system can be mounted here")
      console.warn("Not tested: a full disk on the host, for this user may not mount one")
      return context.skip()
    }
    try {
      const error = await clustrix.run(main("large"), cluster(disk)).then(
        () => assert.fail("it fits"),
        (error) => error
      )
      assert.deepStrictEqual([error._tag, error.reason], ["TransportError", "DiskFull"])
      assert.include(error.message, "clean --remote")
      assert.notInclude(fs.readdirSync(path.join(disk, ".clustrix")), "packages")
      spawnSync("mount", ["-o", "remount,ro", disk])
      const closed = await clustrix.run(main("once"), cluster(disk), ["/dev/null", 1]).then(
        () => assert.fail("it was written"),
        (error) => error
      )
      assert.include(["TransportError", "UnpackError"], closed._tag)
      assert.match(closed.message, /read-only/i)
    } finally {
      spawnSync("umount", [disk])
    }
  })
})
