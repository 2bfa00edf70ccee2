/**
 * Calls of one process that mean the same cluster share a connection, which keeps no process alive.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as clustrix from "clustrix/node"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath, pathToFileURL } from "node:url"
import { makeProject } from "../capture/nodeBundle.ts"
import * as Sshd from "../ssh/Sshd.ts"
import * as work from "./work.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-sharing-")))
const asked = path.join(scratch, "asked")
const node = path.join(scratch, "node")
const before = { ...process.env }
let sshd: Sshd.Sshd

const url = (file: string): string => pathToFileURL(fileURLToPath(new URL(file, import.meta.url))).href
const reference = `${fileURLToPath(new URL("./work.ts", import.meta.url))}#double`

const ssh = (name = "work") => ({
  clusterType: "ssh" as const,
  clusterHost: "127.0.0.1",
  clusterPort: sshd.port,
  username: Sshd.user,
  keyFile: path.join(sshd.directory, "id"),
  knownHostsFile: sshd.known,
  sshConfigFile: "none",
  agent: false as const,
  remoteWorkDir: path.join(scratch, name),
  remoteNodePath: node
})
const logins = (): number => sshd.log().split("Accepted publickey").length - 1

/** How often Clustrix's own program ran on the host, which it does when it is asked what is there. */
const probes = (): number =>
  fs.existsSync(asked) ? fs.readFileSync(asked, "utf8").split("\n").filter((line) => /remote/.test(line)).length : 0

const environment = {
  CLUSTRIX_PACKAGE_DIR: path.join(scratch, "packages"),
  CLUSTRIX_STATE_DIR: path.join(scratch, "state"),
  XDG_CACHE_HOME: path.join(scratch, "cache"),
  XDG_CONFIG_HOME: path.join(scratch, "config")
}

beforeAll(async () => {
  Object.assign(process.env, environment)
  fs.writeFileSync(node, `#!/bin/sh\necho "$@" >> '${asked}'\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 })
  if (Sshd.missing === undefined) sshd = await Sshd.make()
})
afterAll(async () => {
  await clustrix.close()
  sshd?.stop()
  process.env = before
  fs.rmSync(scratch, { recursive: true, force: true })
})

/**
 * A process that something shared holds ends when that is idle, after a minute; one that nothing holds ends in some
 * milliseconds, on a machine that also runs other tests in a second.
 */
const heldMillis = 5_000

/** `lateMillis`: from the line `done` to the end of the process. */
const started = (args: ReadonlyArray<string>) =>
  new Promise<{ readonly code: number | null; readonly output: string; readonly lateMillis: number }>((resolve) => {
    const child = spawn(process.execPath, [...args], {
      timeout: 100_000,
      env: { ...process.env, ...environment }
    })
    let output = ""
    let doneAt = 0
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes: Buffer) => {
        output += bytes.toString()
        if (doneAt === 0 && output.includes("done\n")) doneAt = performance.now()
      })
    }
    child.once("exit", (code) => {
      const lateMillis = performance.now() - doneAt
      child.once("close", () => resolve({ code, output, lateMillis }))
    })
  })

/** A program as users write it. */
const program = (text: string) => {
  const file = path.join(scratch, `program${Math.random()}.mts`)
  fs.writeFileSync(
    file,
    `import { close, cluster, run } from ${JSON.stringify(url("../../platform-node/index.ts"))}\n` +
      `import * as work from ${JSON.stringify(url("./work.ts"))}\n` +
      `const ssh = ${JSON.stringify(ssh())}\n${text}`
  )
  const tsx = createRequire(import.meta.url).resolve("tsx")
  return started(["--import", pathToFileURL(tsx).href, file])
}

describe.skipIf(Sshd.missing !== undefined)("calls of one process", () => {
  it("have one connection, are packaged and deployed once, and all give their results", async () => {
    const from = { logins: logins(), probes: probes() }
    for (let n = 0; n < 20; n += 1) {
      assert.strictEqual(await clustrix.run<typeof work.double>(reference, { args: [n], cluster: ssh() }), n * 2)
    }
    assert.strictEqual(logins() - from.logins, 1)
    const seldom = probes() - from.probes
    const zips = fs.readdirSync(environment.CLUSTRIX_PACKAGE_DIR).filter((name) => name.endsWith(".zip"))
    assert.strictEqual(zips.length, 1)

    global.gc?.()
    const resident = process.memoryUsage.rss()
    const all = await Promise.all(
      Array.from({ length: 60 }, (_, n) => clustrix.run(work.adder(n), { args: [1], cluster: ssh(), onLog: false }))
    )
    assert.deepStrictEqual(all, Array.from({ length: 60 }, (_, n) => n + 1))
    assert.strictEqual(logins() - from.logins, 1)
    assert.isBelow((process.memoryUsage.rss() - resident) / 60, 10 * 1024 ** 2)

    // Wrapped functions, jobs and files mean the same cluster, too
    const hpc = clustrix.cluster({ ...ssh(), onLog: false })
    assert.deepStrictEqual(await hpc(work.double).map([1, 2]), [2, 4])
    const job = await hpc(work.later).submit("a")
    assert.strictEqual(await job.result(), "A")
    clustrix.configure(ssh())
    assert.isTrue(await clustrix.clusterExists("."))
    clustrix.configure(Object.fromEntries(Object.keys(ssh()).map((key) => [key, undefined])))
    assert.strictEqual(logins() - from.logins, 1)
    assert.isAtMost(seldom, 3)
  })

  it("ask for a password once, however many there are and however they begin", async (context) => {
    if (!Sshd.isRoot) {
      console.warn("Not tested: questions of a host to calls that share a connection, for only root may make a user")
      return context.skip()
    }
    const password = "c0rrect horse"
    const { remove, username } = Sshd.addUser(password)
    const pam = await Sshd.make(["UsePAM yes", "PasswordAuthentication no", "KbdInteractiveAuthentication yes"])
    const place = fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-asked-"))
    fs.chmodSync(place, 0o777)
    try {
      const { keyFile: _, ...others } = ssh()
      const config = path.join(scratch, "nokeys")
      fs.writeFileSync(config, "Host *\n  IdentityFile none\n")
      const cluster = {
        ...others,
        username,
        clusterPort: pam.port,
        knownHostsFile: pam.known,
        sshConfigFile: config,
        remoteWorkDir: place,
        remoteNodePath: process.execPath
      }
      const questions: Array<boolean> = []
      const prompt = async (_question: string, isSecret: boolean): Promise<string> => {
        questions.push(isSecret)
        await sleep(300)
        return password
      }
      const call = (n: number) => clustrix.run(work.double, { args: [n], cluster, prompt })
      assert.deepStrictEqual(await Promise.all([1, 2, 3, 4].map(call)), [2, 4, 6, 8])
      const hpc = clustrix.cluster({ ...cluster, prompt })
      assert.deepStrictEqual(await hpc(work.double).map([5, 6]), [10, 12])
      assert.strictEqual(await call(7), 14)
      assert.deepStrictEqual(questions, [true])
    } finally {
      await clustrix.close()
      pam.stop()
      remove()
      fs.rmSync(place, { recursive: true, force: true })
    }
  }, 90_000)

  it("bring again what somebody damaged on the host between two of them", async () => {
    const cluster = ssh("damaged")
    const call = (n: number) => clustrix.run(work.double, { args: [n], cluster })
    assert.strictEqual(await call(1), 2)
    const files = fs.readdirSync(cluster.remoteWorkDir, { recursive: true, encoding: "utf8" }).filter((name) =>
      /work\.ts\.mjs$|execute\.mjs$/.test(name)
    ).map((name) => path.join(cluster.remoteWorkDir, name))
    assert.strictEqual(files.length, 2, files.join("\n"))
    for (const [index, file] of files.entries()) {
      fs.chmodSync(path.dirname(file), 0o700)
      fs.rmSync(file)
      assert.strictEqual(await call(index), index * 2, file)
      assert.isTrue(fs.existsSync(file))
    }
  }, 60_000)

  it("connect anew after the connection was closed for want of calls, or by hand", async () => {
    await clustrix.close()
    const from = logins()
    const quiet = { cluster: ssh(), idleTimeout: "200 millis" } as const
    assert.strictEqual(await clustrix.run(work.double, { ...quiet, args: [1] }), 2)
    while (sshd.sessions() > 0) await sleep(20)
    assert.strictEqual(await clustrix.run(work.double, { args: [2], cluster: ssh() }), 4)
    assert.strictEqual(logins() - from, 2)
    await clustrix.close()
    while (sshd.sessions() > 0) await sleep(20)
  })

  it("are refused by name when their cluster was closed", async () => {
    let escaped: ((n: number) => Promise<number>) | undefined
    {
      await using hpc = clustrix.cluster(ssh())
      escaped = hpc(work.double)
      assert.strictEqual(await escaped(1), 2)
    }
    const failure: unknown = await escaped(2).catch((error: unknown) => error)
    assert.instanceOf(failure, clustrix.ClusterClosedError)
    assert.include(String(failure), "was closed")
  })

  it("tell what is wrong with the connection, each anew", async () => {
    const wrong = { ...ssh(), keyFile: path.join(scratch, "none") }
    for (let tries = 0; tries < 2; tries += 1) {
      const failure: unknown = await clustrix.run(work.double, { args: [1], cluster: wrong }).catch((error: unknown) =>
        error
      )
      assert.include(failure, { _tag: "TransportError", reason: "Authentication" })
    }
  })

  it("let a script end with its last result", async () => {
    const { code, lateMillis, output } = await program(
      `const double = cluster(ssh)(work.double)
console.log(await run(work.adder(1), { args: [2], cluster: ssh }), await double(3), await double.map([1, 2]))
console.log("done")`
    )
    assert.strictEqual(code, 0, output)
    assert.include(output, "3 6 [ 2, 4 ]")
    assert.isBelow(lateMillis, heldMillis)
  })

  it("let a script end by process.exit, a worker end, and a script whose worker has ended", async () => {
    // A worker of Node 20 has no tsx
    const project = await makeProject("sharing")
    fs.writeFileSync(path.join(project.directory, "package.json"), `{ "name": "sharing", "type": "module" }`)
    fs.writeFileSync(path.join(project.directory, "double.js"), "export const double = (n) => n * 2\n")
    const file = path.join(project.directory, "program.js")
    fs.writeFileSync(
      file,
      `import { isMainThread, Worker } from "node:worker_threads"
import { run } from "clustrix/node"
import { double } from "./double.js"
const ssh = ${JSON.stringify(ssh())}
if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url))
  const code = await new Promise((resolve) => worker.once("exit", resolve))
  console.log("worker", code)
  console.log(await run(double, { args: [5], cluster: ssh }))
  console.log("done")
  process.exit(0)
} else console.log("in the worker", await run(double, { args: [4], cluster: ssh }))
`
    )
    const { code, lateMillis, output } = await started([file])
    project.remove()
    assert.strictEqual(code, 0, output)
    assert.include(output, "in the worker 8")
    assert.match(output, /worker 0\n10\ndone/)
    assert.isBelow(lateMillis, heldMillis)
  })
})

describe("what a function prints", () => {
  it("is passed on, while it runs", async () => {
    const { code, output } = await program(
      `console.log(await run(work.later, { args: ["text"], cluster: { clusterType: "local" } }))
const heard: Array<string> = []
const quiet = cluster({ clusterType: "local", onLog: ({ stream, bytes }) => heard.push(stream + new TextDecoder().decode(bytes)) })
await quiet(work.later)("other")
console.log(JSON.stringify(heard))
await run(work.later, { args: ["silent"], cluster: { clusterType: "local" }, onLog: false })
console.log("done")`
    )
    assert.strictEqual(code, 0, output)
    assert.include(output, "got text\n")
    assert.include(output, "and waited\n")
    assert.include(output, `["stdoutgot other\\n","stderrand waited\\n"]`)
    assert.notInclude(output, "got silent")
    assert.notInclude(output, "\ngot other")
  })
})

describe("one call", () => {
  const local = { clusterType: "local" } as const

  it("takes arguments, the options object and a signal", async () => {
    const { scaled } = await clustrix.run(work.scale, { args: [2], kwargs: { factor: 4 }, cluster: local })
    assert.strictEqual(scaled, 8)
    assert.strictEqual((await clustrix.run(work.scale, { args: [2, { factor: 3 }], cluster: local })).scaled, 6)
    // The original's form
    assert.strictEqual(await clustrix.run(work.double, local, [4]), 8)
    assert.deepStrictEqual(await clustrix.run(work.scale, local, [4], { factor: 2 }), { scaled: 8 })
    assert.strictEqual(await clustrix.run(reference, local, [4]), 8)
    const stopping = new AbortController()
    const slow = clustrix.run(work.slow, { args: [60], cluster: local, onLog: false, signal: stopping.signal })
    setTimeout(() => stopping.abort(), 1500)
    const failure: unknown = await slow.catch((error: unknown) => error)
    assert.match(String(failure), /interrupt/i)
    const executor = new clustrix.ClusterExecutor(local)
    const job = (await executor.list()).at(-1)
    assert.strictEqual((await executor.status(job?.jobId ?? "")).state, "cancelled")
  })

  it("is refused before anything is sent when an argument cannot be carried", async () => {
    const executor = new clustrix.ClusterExecutor(local)
    const jobs = (await executor.list()).length
    const count = (given: { readonly deep: ReadonlyArray<unknown> }): number => given.deep.length
    const failure: unknown = await clustrix.run(count, { args: [{ deep: [() => 1] }], cluster: local }).catch((
      error: unknown
    ) => error)
    assert.include(failure, { _tag: "ValueNotCarriedError" })
    assert.include(String(failure), "deep[0]")
    assert.strictEqual((await executor.list()).length, jobs)
  })

  it("is not made many times with one argument where it needs two", async () => {
    const sum = clustrix.cluster(local)((a: number, b: number) => a + b)
    // @ts-expect-error It is not there
    const results: PromiseLike<unknown> = sum.map([1, 2])
    const failure: unknown = await Promise.resolve(results).catch((error: unknown) => error)
    assert.include(failure, { _tag: "InputsError", reason: "SeveralParameters" })
  })
})
