/**
 * Connections that end, stall or are narrow: what was begun is finished, or fails by name in time, and nothing is left.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as RandomAccess from "../../core/archive/RandomAccess.ts"
import type { Transport } from "../../core/cluster/Transport.ts"
import * as SshTarget from "../../platform-node/ssh/SshTarget.ts"
import * as SshTransport from "../../platform-node/ssh/SshTransport.ts"
import * as CuttingProxy from "./CuttingProxy.ts"
import * as Sshd from "./Sshd.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-reconnect-")))
const closing: Array<() => void> = []
const warnings: Array<string> = []
const warned = (warning: Error): void => void warnings.push(`${warning.name}: ${warning.message}`)
let sshd: Sshd.Sshd

beforeAll(async () => {
  process.on("warning", warned)
  if (Sshd.missing !== undefined) return
  sshd = await Sshd.make()
  closing.push(() => sshd.stop())
})
afterAll(() => {
  for (const close of closing.reverse()) close()
  fs.rmSync(scratch, { recursive: true, force: true })
  process.off("warning", warned)
  // Such as of listeners that nobody has taken away
  assert.deepStrictEqual(warnings, [])
})

type T = typeof Transport.Service
const directory = (): string => fs.mkdtempSync(path.join(scratch, "d"))

const over = <A, E>(options: SshTarget.SshOptions, use: (t: T) => Effect.Effect<A, E>): Promise<A> =>
  Effect.runPromise(Effect.scoped(
    Effect.flatMap(Effect.flatMap(SshTarget.resolve({ reconnectMillis: 4000, ...options }), SshTransport.scoped), use)
  ))
/** Through a proxy that can cut. */
const broken = async <A, E>(
  use: (t: T, proxy: CuttingProxy.CuttingProxy) => Effect.Effect<A, E>,
  more: Partial<SshTarget.SshOptions> = {}
): Promise<A> => {
  const proxy = await CuttingProxy.make(sshd.port)
  const known = path.join(scratch, `known${proxy.port}`)
  fs.writeFileSync(known, fs.readFileSync(sshd.known, "utf8").replace(String(sshd.port), String(proxy.port)))
  try {
    return await over({ ...sshd.options, port: proxy.port, knownHostsFile: known, ...more }, (t) => use(t, proxy))
  } finally {
    proxy.stop()
  }
}

const collect = (t: T, from: string) =>
  Effect.map(Stream.runCollect(t.download(from)), (pieces) => Buffer.concat([...pieces]))
const size = 8 * 1024 * 1024
const content = Buffer.alloc(size, "0123456789abcdefghijklmnopqrstuvwxyz-")
/** Always the same, not in step with anything. */
const points = Array.from({ length: 20 }, (_, index) => 30_000 + (index * 7_919_003) % size)

describe.skipIf(Sshd.missing !== undefined)("a connection that is cut", () => {
  it("at 20 points of an upload: it goes on where it was", () =>
    broken((t, proxy) =>
      Effect.gen(function*() {
        const there = directory()
        for (const point of points) {
          const before = proxy.sent()
          const connections = proxy.connections()
          yield* t.exists(there)
          proxy.cutAfter(point)
          yield* t.upload(RandomAccess.fromBytes(content), `${there}/one`)
          assert.isTrue(fs.readFileSync(`${there}/one`).equals(content))
          assert.deepStrictEqual(fs.readdirSync(there), ["one"])
          assert.isAbove(proxy.connections(), connections)
          assert.isBelow(proxy.sent() - before, 1.5 * size)
        }
      })
    ), 60_000)

  it("again and again within one upload and one download", () =>
    broken((t, proxy) =>
      Effect.gen(function*() {
        const there = directory()
        yield* t.exists(there)
        const step = 2_000_000
        let seen = 0
        const cutting = setInterval(() => {
          if (proxy.connections() === seen) return
          seen = proxy.connections()
          proxy.cutAfter(step)
        }, 5)
        try {
          yield* t.upload(RandomAccess.fromBytes(content), `${there}/one`)
          assert.isTrue((yield* collect(t, `${there}/one`)).equals(content))
          assert.isTrue(Buffer.from(yield* t.readFile(`${there}/one`)).equals(content))
        } finally {
          clearInterval(cutting)
        }
        assert.isAbove(proxy.connections(), 3)
        assert.isBelow(proxy.sent(), 2 * size)
      })
    ), 60_000)

  it("at 20 points of a download", () =>
    broken((t, proxy) =>
      Effect.gen(function*() {
        const there = directory()
        fs.writeFileSync(`${there}/one`, content)
        for (const [index, point] of points.entries()) {
          yield* t.exists(there)
          const before = proxy.received()
          proxy.cutAfter(point)
          const got = index % 4 === 0 ? Buffer.from(yield* t.readFile(`${there}/one`))
            : yield* collect(t, `${there}/one`)
          assert.isTrue(got.equals(content))
          assert.isBelow(proxy.received() - before, 2 * size)
        }
        assert.isAbove(proxy.connections(), 15)
      })
    ), 60_000)

  it("during a command: it runs again only if that is the same", () =>
    broken((t, proxy) =>
      Effect.gen(function*() {
        const there = directory()
        const script = (name: string): string => `echo x >> ${name}; sleep 0.4; cat ${name}`
        const during = <A, E>(name: string, effect: Effect.Effect<A, E>) =>
          Effect.gen(function*() {
            const running = yield* Effect.fork(Effect.either(effect))
            while (!fs.existsSync(`${there}/${name}`)) yield* Effect.sleep(10)
            proxy.cutAfter(1)
            return yield* Fiber.join(running)
          })
        const twice = yield* during("again", t.exec(script("again"), { workingDirectory: there, idempotent: true }))
        assert.deepStrictEqual(twice._tag === "Right" ? twice.right.stdout : twice, "x\nx\n")
        const once = yield* during("once", t.exec(script("once"), { workingDirectory: there }))
        assert.strictEqual(once._tag === "Left" ? once.left.reason : once, "Connection")
        yield* Effect.sleep(500)
        assert.strictEqual(fs.readFileSync(`${there}/once`, "utf8"), "x\n")
      })
    ))

  it("half: nothing comes, and nobody says so", () =>
    broken((t, proxy) =>
      Effect.gen(function*() {
        const there = directory()
        yield* t.writeFile(`${there}/one`, "1")
        proxy.freeze()
        const before = performance.now()
        assert.strictEqual(Buffer.from(yield* t.readFile(`${there}/one`)).toString(), "1")
        assert.isBelow(performance.now() - before, 20_000)
        proxy.freeze()
        // Who is interrupted does not wait for an answer that never comes
        const writing = yield* Effect.fork(t.upload(RandomAccess.fromBytes(content), `${there}/two`))
        yield* Effect.sleep(100)
        const interrupted = performance.now()
        yield* Fiber.interrupt(writing)
        assert.isBelow(performance.now() - interrupted, 20_000)
        assert.isFalse(fs.existsSync(`${there}/two`))
      }), { keepAliveMillis: 200 }), 60_000)

  it("by the end of sshd: it comes back, or fails by name in time", async () => {
    const own = await Sshd.make()
    closing.push(() => own.stop())
    await over(own.options, (t) =>
      Effect.gen(function*() {
        const there = directory()
        yield* t.writeFile(`${there}/one`, "1")
        own.kill()
        const reading = yield* Effect.fork(t.readFile(`${there}/one`))
        yield* Effect.sleep(700)
        yield* Effect.promise(own.start)
        assert.strictEqual(Buffer.from(yield* Fiber.join(reading)).toString(), "1")
        own.kill()
        yield* Effect.sleep(50)
        const before = performance.now()
        // All fail together, not one after the other
        const errors = yield* Effect.all(
          Array.from({ length: 20 }, (_, index) =>
            Effect.flip(
              index % 2 === 0 ? t.readFile(`${there}/one`) : Effect.asVoid(t.exec("true", { idempotent: true }))
            )),
          { concurrency: "unbounded" }
        )
        assert.isBelow(performance.now() - before, 12_000)
        assert.isAbove(performance.now() - before, 2000)
        for (const error of errors) {
          assert.deepStrictEqual([error.reason, /cannot be reached/.test(error.message)], ["Connection", true])
        }
      }))
  }, 30_000)
})

describe.skipIf(Sshd.missing !== undefined)("a host that allows little", () => {
  it("one session at once: files and commands take turns", async () => {
    const narrow = await Sshd.make(["MaxSessions 1"])
    closing.push(() => narrow.stop())
    await over(narrow.options, (t) =>
      Effect.gen(function*() {
        const there = directory()
        yield* t.writeFile(`${there}/one`, "1")
        assert.strictEqual((yield* t.exec("cat one", { workingDirectory: there })).stdout, "1")
        const both = yield* Effect.all(
          Array.from({ length: 12 }, (_, index) =>
            index % 3 === 0
              ? Effect.map(t.exec(`sleep 0.1; echo ${index}`), ({ stdout }) => stdout.trim())
              : Effect.as(t.writeFile(`${there}/${index}`, "x"), String(index))),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(both, both.map((_, index) => String(index)))
        assert.strictEqual((yield* t.list(there)).length, 9)
      }))
  }, 30_000)

  it("three sessions, thirty commands", async () => {
    const few = await Sshd.make(["MaxSessions 3"])
    closing.push(() => few.stop())
    await over(few.options, (t) =>
      Effect.gen(function*() {
        yield* t.exists("/")
        const all = yield* Effect.all(
          Array.from({ length: 30 }, (_, index) => Effect.map(t.exec(`echo ${index}`), ({ stdout }) => Number(stdout))),
          { concurrency: "unbounded" }
        )
        assert.deepStrictEqual(all, all.map((_, index) => index))
      }))
  }, 40_000)

  it("no sftp", async () => {
    const bare = await Sshd.make(["Subsystem none"])
    closing.push(() => bare.stop())
    await over(bare.options, (t) =>
      Effect.gen(function*() {
        assert.strictEqual((yield* t.exec("echo 1")).stdout, "1\n")
        const error = yield* Effect.flip(t.readFile("/etc/passwd"))
        assert.deepStrictEqual([error.reason, /no access to files[\s\S]*sftp subsystem/.test(error.message)], [
          "Unavailable",
          true
        ])
      }))
  })

  it("login shells of all kinds, and noisy ones", async (context) => {
    if (!Sshd.isRoot) {
      console.warn("Not tested: other login shells, for only root may make a user")
      return context.skip()
    }
    const noisy = path.join(scratch, "noisy")
    fs.chmodSync(scratch, 0o755)
    fs.writeFileSync(noisy, "#!/bin/sh\nprintf 'Welcome!\\nNo line end'; printf 'Beware!' >&2\nexec /bin/sh \"$@\"\n", {
      mode: 0o755
    })
    const shells = [noisy, "/bin/dash", "/bin/bash", "/usr/bin/tcsh", "/usr/bin/fish", "/bin/zsh"]
    for (const shell of shells) {
      if (!fs.existsSync(shell)) {
        console.warn(`Not tested: the login shell ${shell}, which is not installed`)
        continue
      }
      const { remove, username } = Sshd.addUser(undefined, shell)
      try {
        await over({ ...sshd.options, username }, (t) =>
          Effect.gen(function*() {
            const odd = "it's \"$HOME\" `x` \\n !!  ☃\ttab\nline"
            assert.deepStrictEqual(
              yield* t.exec(`printf %s '${odd.replaceAll("'", "'\\''")}'; echo e >&2; exit 3`, {
                workingDirectory: "/tmp"
              }),
              { stdout: odd, stderr: "e\n", exitCode: 3 },
              shell
            )
            assert.isTrue(yield* t.exists("/tmp"))
          }))
      } finally {
        remove()
      }
    }
  }, 30_000)

  it("a disk that is full, or may not be written", async (context) => {
    const disk = path.join(scratch, "disk")
    fs.mkdirSync(disk)
    if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]).status !== 0) {
      console.warn("Not tested: a full disk on the host, for this user may not mount one")
      return context.skip()
    }
    try {
      await over(sshd.options, (t) =>
        Effect.gen(function*() {
          const source = RandomAccess.fromBytes(content)
          const attempts = [t.upload(source, `${disk}/one`), t.writeFile(`${disk}/one`, content)]
          for (const attempt of attempts) {
            const error = yield* Effect.flip(attempt)
            assert.strictEqual("reason" in error ? error.reason : error, "DiskFull")
            assert.deepStrictEqual(fs.readdirSync(disk), [])
          }
          spawnSync("mount", ["-o", "remount,ro", disk])
          for (const attempt of [...attempts, t.makeDirectory(`${disk}/x`)]) {
            const error = yield* Effect.flip(attempt)
            assert.strictEqual("reason" in error ? error.reason : error, "PermissionDenied", error.message)
          }
          assert.deepStrictEqual(fs.readdirSync(disk), [])
        }))
    } finally {
      spawnSync("umount", [disk])
    }
  })
})

describe.skipIf(Sshd.missing !== undefined)("many at once", () => {
  it("300 operations, and as many that are interrupted, leave nothing", async () => {
    const there = directory()
    await over(sshd.options, (t) =>
      Effect.gen(function*() {
        const one = (index: number): Effect.Effect<unknown, unknown> =>
          [
            () => t.writeFile(`${there}/w${index}`, "x".repeat(index * 100)),
            () => t.exists(`${there}/w${index}`),
            () => t.makeDirectory(`${there}/deep/${index}/x`),
            () => t.list(there),
            () => t.upload(RandomAccess.fromBytes(content.subarray(0, 300_000)), `${there}/u${index}`),
            () => Effect.promise(() => t.files.stat(there))
          ][index % 6]?.() ?? Effect.void
        const all = (effects: ReadonlyArray<Effect.Effect<unknown, unknown>>) =>
          Effect.all(effects, { concurrency: "unbounded", discard: true })
        yield* all(Array.from({ length: 294 }, (_, index) => one(index)))
        yield* all(Array.from({ length: 6 }, () => t.exec("true")))
        assert.strictEqual(fs.readdirSync(there).filter((name) => /^[wu]\d+$/.test(name)).length, 98)
        const before = fs.readdirSync(there).sort()
        const some = yield* Effect.forEach(
          Array.from({ length: 300 }, (_, index) => index),
          (index) => Effect.fork(index % 50 === 49 ? t.exec(`sleep 61.${process.pid}`) : one(index))
        )
        yield* Effect.sleep(30)
        yield* Fiber.interruptAll(some)
        yield* t.exists(there)
        assert.deepStrictEqual(fs.readdirSync(there).filter((name) => name.endsWith(".tmp")), [])
        assert.includeMembers(fs.readdirSync(there), before)
        const left = yield* t.exec(`ps -eo args | grep -c "^[s]leep 61.${process.pid}$"`)
        assert.strictEqual(left.stdout, "0\n")
      }))
    // sshd's side of it is gone, and with it every handle
    for (let tries = 0; tries < 40 && sshd.sessions() > 0; tries += 1) await new Promise((end) => setTimeout(end, 50))
    assert.strictEqual(sshd.sessions(), 0)
  }, 40_000)
})
