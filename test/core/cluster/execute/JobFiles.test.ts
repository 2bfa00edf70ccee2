import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import type { Job } from "../../../../core/cluster/ClusterExecutor.ts"
import * as JobFiles from "../../../../core/cluster/execute/JobFiles.ts"
import * as Manifest from "../../../../core/archive/Manifest.ts"
import { Transport } from "../../../../core/cluster/Transport.ts"
import * as Hasher from "../../../../platform-node/Hasher.ts"
import * as LocalTransport from "../../../../platform-node/LocalTransport.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-files-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

let count = 0
const layer = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, Hasher.layer)

/** A job that left `files`, and a new directory to bring them to. */
const leave = (files: Readonly<Record<string, string>>) => {
  const root = path.join(scratch, String(count += 1))
  const job: Job = {
    jobId: "job",
    directory: path.join(root, "job"),
    functionName: "f",
    packageId: "0",
    packageDirectory: path.join(root, "package"),
    createdAt: 0
  }
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(job.directory, "work", name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text)
  }
  return { job, to: path.join(root, "here") }
}

const fetch = (job: Job, to: string, options?: JobFiles.FetchOptions, transport = LocalTransport.make) =>
  Effect.provide(JobFiles.fetch(Transport.of(transport), job, to, options), layer)

describe("fetching", () => {
  it.effect("leaves out copies of packaged data that the function did not change", () =>
    Effect.gen(function*() {
      const { job, to } = leave({ "table.txt": "as it was", "other.txt": "changed", "new.txt": "new" })
      const entry = (name: string, text: string) => ({
        path: `data/${name}`,
        mode: "0644",
        size: text.length,
        sha256: createHash("sha256").update(text).digest("hex")
      })
      fs.mkdirSync(job.packageDirectory)
      fs.writeFileSync(
        path.join(job.packageDirectory, Manifest.path),
        JSON.stringify({
          format: "clustrix-package",
          formatVersion: Manifest.formatVersion,
          entry: { module: "modules/a.mjs", export: "f", kind: "function" },
          options: {},
          entries: [entry("table.txt", "as it was"), entry("other.txt", "as was!")]
        })
      )
      assert.deepStrictEqual((yield* fetch(job, to)).map(({ path }) => path), ["new.txt", "other.txt"])
      assert.deepStrictEqual(fs.readdirSync(to).sort(), ["new.txt", "other.txt"])
    }))

  it.effect("believes no host that calls a file `..`", () =>
    Effect.gen(function*() {
      for (const name of ["..", "../../outside", "/etc/outside", "", "a\0b"]) {
        const { job, to } = leave({ "a.txt": "a" })
        const lying: typeof Transport.Service = {
          ...LocalTransport.make,
          readFile: () => Effect.succeed(new Uint8Array(1)),
          files: {
            ...LocalTransport.make.files,
            readDirectory: async () => [
              { name, type: "file", status: { type: "file", size: 1, modified: 0, mode: 0o644 } }
            ]
          }
        }
        const error = yield* Effect.flip(fetch(job, to, {}, lying))
        assert.strictEqual(error._tag, "TransportError", name)
        assert.isFalse(fs.existsSync(to))
      }
    }))

  it.effect("leaves nothing half when it is cut off", () =>
    Effect.gen(function*() {
      const { job, to } = leave({ "a.txt": "a", "b.txt": "b" })
      const broken: typeof Transport.Service = {
        ...LocalTransport.make,
        readFile: (file, offset) => LocalTransport.make.readFile(file.endsWith("b.txt") ? `${file}.gone` : file, offset)
      }
      const error = yield* Effect.flip(fetch(job, to, {}, broken))
      assert.propertyVal(error, "reason", "NotFound")
      assert.isEmpty(fs.readdirSync(to).filter((name) => name !== "a.txt"))
    }))

  it.effect("hears how much is there", () =>
    Effect.gen(function*() {
      const { job, to } = leave({ "a.txt": "abc", "b.txt": "de" })
      const heard: Array<readonly [number, number]> = []
      yield* fetch(job, to, { progress: (bytes, total) => heard.push([bytes, total]) })
      assert.deepStrictEqual(heard.at(-1), [5, 5])
      assert.lengthOf(heard, 2)
    }))
})
