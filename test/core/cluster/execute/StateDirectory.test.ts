/**
 * The state directory on a host: what is cleaned, what is believed, and from where nothing is run.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as ClusterConfig from "../../../../core/config/ClusterConfig.ts"
import * as ClusterExecutor from "../../../../core/cluster/ClusterExecutor.ts"
import * as HostScript from "../../../../core/cluster/deploy/HostScript.ts"
import * as PackageDeployer from "../../../../core/cluster/deploy/PackageDeployer.ts"
import { sweepLeftovers } from "../../../../core/cluster/deploy/sweepLeftovers.ts"
import { cleanupCluster } from "../../../../core/cluster/execute/ClusterCleanup.ts"
import * as LocalHost from "../../../../platform-node/LocalHost.ts"
import * as LocalScheduler from "../../../../platform-node/LocalScheduler.ts"
import * as LocalTransport from "../../../../platform-node/LocalTransport.ts"
import { submit } from "../../../contract/Scheduler.ts"
import * as sample from "../../../platform-node/runner/package.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-state-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

const isRoot = process.getuid?.() === 0
const day = 86_400_000
const digest = "0".repeat(64)

/** Made `days` ago. A name that ends with `/` is a directory with a file in it. */
const leave = (state: string, name: string, days: number): string => {
  const place = path.join(state, name)
  fs.mkdirSync(name.endsWith("/") ? place : path.dirname(place), { recursive: true, mode: 0o700 })
  fs.writeFileSync(name.endsWith("/") ? path.join(place, "file") : place, "x".repeat(5000))
  const then = new Date(Date.now() - days * day)
  fs.utimesSync(place, then, then)
  return place
}

const executorIn = (state: string) =>
  ClusterExecutor.layer({ stateDirectory: state }).pipe(
    Layer.provide(PackageDeployer.layerFileSystem(LocalHost.current())),
    Layer.provideMerge(Layer.mergeAll(LocalTransport.layer, LocalScheduler.layer)),
    Layer.provide(sample.local)
  )

const live = <A, E>(
  title: string,
  body: (state: string) => Effect.Effect<A, E, Layer.Layer.Success<ReturnType<typeof executorIn>>>
) =>
  it.live(title, () => {
    const state = fs.mkdtempSync(path.join(scratch, "state-"))
    return Effect.provide(body(state), executorIn(state))
  })

describe("clean --remote", () => {
  live(
    "removes old tools, runtimes, uploads and what interrupted work left, with their sizes",
    (state) =>
      Effect.gen(function*() {
        const old = [
          "tools/0123456789abcdef.mjs",
          "tools/0123456789abcdef.mjs.8e0c.tmp",
          "runtimes/v20.11.0-linux-x64/",
          "runtimes/.v20.11.0-linux-x64.Ab12Cd/",
          "uploads/abc.zip",
          "uploads/abc.zip.part",
          `packages/.${digest}-linux-x64-node115.x1/`,
          `envs/.${digest}-linux-x64-node115.x1/`,
          `envs/${digest}-linux-x64-node115/`,
          "packages/.removed.00000000.x/"
        ]
        // The same, used yesterday; and what is not ours
        const young = old.map((name) =>
          name.replace("20.11.0", "22.1.0").replace("0123", "4567").replace(digest, "1".repeat(64)).replace(
            "abc",
            "def"
          )
            .replace("removed.0", "removed.1")
        )
        const places = old.map((name) => leave(state, name, 30))
        const stay = [
          ...young.map((name) => leave(state, name, 1)),
          ...["tools/mine.txt", "runtimes/my-node/", "packages/.keep"].map((name) => leave(state, name, 300))
        ]
        const cleanup = yield* cleanupCluster({ olderThan: "7 days" })
        assert.deepStrictEqual(
          cleanup.removed.map(({ path: place }) => place),
          places.map((place) => place.replace(/\/$/, "")).sort()
        )
        for (const { path: place, sizeBytes } of cleanup.removed) assert.isAtLeast(sizeBytes ?? 0, 4096, place)
        for (const place of places) assert.isFalse(fs.existsSync(place), place)
        for (const place of stay) assert.isTrue(fs.existsSync(place), place)
      })
  )

  live("keeps the runtime of a job that has not ended", (state) =>
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const job = yield* submit(ClusterConfig.local, "slow")
      const used = leave(state, "runtimes/v18.20.0-linux-x64/", 30)
      const unused = leave(state, "runtimes/v18.20.1-linux-x64/", 30)
      fs.appendFileSync(path.join(job.directory, "job.sh"), `# ${used}bin/node\n`)
      const { kept } = yield* cleanupCluster({ olderThan: "7 days" })
      assert.deepStrictEqual(kept.map(({ because, name }) => [name, because]), [["v18.20.0-linux-x64", "unfinished"]])
      assert.deepStrictEqual([fs.existsSync(used), fs.existsSync(unused)], [true, false])
      yield* executor.cancel(job.jobId)
    }))
})

describe("whoever deploys", () => {
  it.live("sweeps what was left for a week, and nothing that is used", () => {
    const state = fs.mkdtempSync(path.join(scratch, "swept-"))
    const left = [
      "uploads/abc.zip.part",
      "uploads/abc.zip",
      "tools/0123456789abcdef.mjs.8e0c.tmp",
      `packages/.${digest}-linux-x64-node115.x1/`,
      "runtimes/.v20.11.0-linux-x64.Ab12Cd/"
    ]
    const used = [
      "tools/0123456789abcdef.mjs",
      "runtimes/v20.11.0-linux-x64/",
      `packages/${digest}-linux-x64-node115/`,
      `envs/${digest}-linux-x64-node115/`,
      "jobs/20260101T000000000-00000000/"
    ]
    const gone = left.map((name) => leave(state, name, 8))
    const stays = [...used.map((name) => leave(state, name, 400)), leave(state, "uploads/new.zip.part", 6)]
    return Effect.gen(function*() {
      yield* sweepLeftovers(state)
      assert.deepStrictEqual(gone.filter((place) => fs.existsSync(place)), [])
      assert.deepStrictEqual(stays.filter((place) => !fs.existsSync(place)), [])
      // Where there is nothing yet
      yield* sweepLeftovers(path.join(state, "none"))
    }).pipe(Effect.provide(Layer.mergeAll(NodeFileSystem.layer, NodePath.layer)))
  })
})

describe("a job's directory", () => {
  live("is not believed when others may write there, or it is another's, or a link", (state) =>
    Effect.gen(function*() {
      const executor = yield* ClusterExecutor.ClusterExecutor
      const job = yield* submit(ClusterConfig.local, "echo", { args: [7] })
      assert.deepStrictEqual((yield* executor.result(job.jobId)).value, [7])
      const refused = (words: RegExp) =>
        Effect.gen(function*() {
          for (
            const ask of [
              executor.attach(job.jobId),
              executor.status(job.jobId),
              executor.result(job.jobId),
              executor.cancel(job.jobId)
            ] as ReadonlyArray<Effect.Effect<unknown, { readonly _tag: string; readonly message: string }>>
          ) {
            const error = yield* Effect.flip(ask)
            assert.strictEqual(error._tag, "TransportError", error.message)
            assert.include(error.message, `${job.directory} is not believed`)
            assert.match(error.message, words)
          }
          assert.deepStrictEqual(yield* executor.list, [])
        })
      for (const mode of [0o777, 0o770, 0o702]) {
        fs.chmodSync(job.directory, mode)
        yield* refused(/Others may write there \(mode 07\d\d\)/)
      }
      fs.chmodSync(job.directory, 0o755)
      assert.deepStrictEqual((yield* executor.result(job.jobId)).value, [7])
      if (isRoot) {
        fs.chownSync(job.directory, 65_534, 65_534)
        yield* refused(/belongs to another user \(uid 65534\)/)
        fs.chownSync(job.directory, 0, 0)
      }
      const elsewhere = path.join(state, "elsewhere")
      fs.renameSync(job.directory, elsewhere)
      fs.symlinkSync(elsewhere, job.directory)
      yield* refused(/It is not a directory, but a symlink/)
    }))
})

describe("nothing is run from a state directory", () => {
  const ask = (state: string): string => {
    const script = HostScript.render({
      question: { stateDirectory: state, digest, allowScripts: [] },
      tool: "0123456789abcdef.mjs",
      runtime: process.execPath,
      moduleLoads: []
    })
    const ran = spawnSync("/bin/sh", ["-c", script], { encoding: "utf8" })
    assert.strictEqual(ran.status, 0, ran.stderr)
    return ran.stdout.trim()
  }
  const made = (name: string): string => {
    const state = path.join(scratch, name, "it's here")
    for (const folder of ["tools", "packages", "jobs"]) {
      fs.mkdirSync(path.join(state, folder), { recursive: true, mode: 0o700 })
    }
    return state
  }

  it("that others may write, or a folder of it", () => {
    const state = made("modes")
    assert.include(ask(state), "clustrix-no-tool")
    assert.include(ask(path.join(scratch, "not there")), "clustrix-no-tool")
    for (const folder of ["", "tools", "packages", "jobs"]) {
      for (const mode of [0o720, 0o702, 0o777, 0o1777]) {
        fs.chmodSync(path.join(state, folder), mode)
        assert.match(ask(state), /^clustrix-untrusted .* may be written by others \(mode d/)
      }
      fs.chmodSync(path.join(state, folder), 0o755)
      assert.include(ask(state), "clustrix-no-tool")
    }
  })

  it.skipIf(!isRoot)("that belongs to somebody else", () => {
    const state = made("owners")
    fs.chownSync(path.join(state, "tools"), 65_534, 65_534)
    assert.match(ask(state), /^clustrix-untrusted .*\/tools belongs to another user \(uid 65534\)$/)
    assert.deepStrictEqual(fs.readdirSync(path.join(state, "tools")), [])
  })
})
