import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { fork } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { ClusterFilesystem, type ClusterFilesystemError, type Methods } from "../../core/cluster/ClusterFilesystem.ts"
import { filesystemUtils } from "../../core/runtime/filesystem_utils.generated.ts"
import * as NodeClusterFilesystem from "../../platform-node/ClusterFilesystem.ts"
import { nodeFileSource } from "../../platform-node/runner/NodeFileSource.ts"
import * as ClusterFiles from "../../core/cluster/filesystem/ClusterFiles.ts"
import * as contract from "../contract/ClusterFilesystem.ts"

/** What a function of user code, or of the service, gives or how it fails. */
const settle = async <A>(answer: Promise<A>): Promise<A | { readonly failed: string }> => {
  try {
    return await answer
  } catch (failure) {
    const reason: unknown = typeof failure === "object" && failure !== null ? Reflect.get(failure, "reason") : undefined
    if (typeof reason !== "string") throw failure
    return { failed: reason }
  }
}

contract.suite("service on this machine", {
  call: (root, name, ...args) =>
    settle(
      Effect.runPromise(
        Effect.flatMap(ClusterFilesystem, (service) => {
          // One method at a time; that its arguments are the method's own, `call` has checked.
          const method = service[name] as (
            ...args: ReadonlyArray<unknown>
          ) => Effect.Effect<never, ClusterFilesystemError>
          return Effect.either(method(...args))
        }).pipe(Effect.provide(NodeClusterFilesystem.layer(root)))
      ).then((either) => {
        if (either._tag === "Left") throw either.left
        return either.right
      })
    )
})

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-utils-"))
fs.chmodSync(scratch, 0o755)
const utilities = path.join(scratch, "filesystem_utils.mjs")
fs.writeFileSync(utilities, filesystemUtils)
const caller = path.join(scratch, "call.mjs")
fs.writeFileSync(
  caller,
  `import * as utilities from ${JSON.stringify(pathToFileURL(utilities).href)}
if (process.argv[2]) { process.setgid(65534); process.setuid(65534) }
process.on("message", async ([root, name, ...args]) => {
  process.env.CLUSTRIX_FILESYSTEM_ROOT = root
  const f = utilities["cluster" + name[0].toUpperCase() + name.slice(1)]
  process.send(await f(...args).catch((e) => e.reason ? { failed: e.reason } : { thrown: String(e) }))
})
`
)

const inProcess = (unprivileged: boolean): contract.Subject["call"] => {
  const child = fork(caller, unprivileged && process.getuid?.() === 0 ? ["drop"] : [], { execArgv: [], cwd: "/" })
  afterAll(() => child.kill())
  return (root, name, ...args) =>
    new Promise((resolve) => {
      child.once("message", (answer) => {
        // JSON of what the function gives; the suite compares it.
        resolve(answer as never)
      })
      child.send([root, name, ...args])
    })
}

contract.suite("functions inside a job", { call: inProcess(false), callUnprivileged: inProcess(true) })

describe("the nine functions", () => {
  it("take 100,000 files without recursion or quadratic work", async () => {
    const count = 100_000
    const entries = Array.from({ length: count }, (_, index) => ({ name: `f${index}.csv`, type: "file" as const }))
    let asked = 0
    // A chain of 20,000 directories, the files in the last: a recursion would not come back.
    const files = ClusterFiles.make({
      readDirectory: async (directory) => {
        asked += 1
        const depth = directory.split("/").length
        return depth < 2000 ? [{ name: "d", type: "directory" }] : entries
      },
      stat: async (file) => ({
        type: file.endsWith("d") || file === "/r" ? "directory" : "file",
        size: 1,
        modified: 0,
        mode: 0
      }),
      lstat: async (file) => nodeFileSource.lstat(file)
    }, "/r")
    assert.strictEqual(await files.countFiles(".", "*.csv"), count)
    assert.strictEqual((await files.du()).totalBytes, count)
    assert.lengthOf(await files.find("f1*.csv"), 11_111)
    assert.isBelow(asked, 3 * 2000 + 10)
  })

  it.effect("fail in the service with errors that say what to do", () =>
    Effect.gen(function*() {
      const service: Methods = yield* ClusterFilesystem
      const error = yield* Effect.flip(service.stat("missing.csv"))
      assert.strictEqual(error.reason, "NotFound")
      assert.include(error.message, `${scratch}/missing.csv`)
      assert.include(error.message, "→ Check the path")
    }).pipe(Effect.provide(NodeClusterFilesystem.layer(scratch))))
})
