/**
 * The service of examples/http-api, as a process, by its typed client.
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpApiClient from "@effect/platform/HttpApiClient"
import { afterAll, assert, beforeAll, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { Api } from "../../examples/http-api/Api.ts"
import * as Program from "../map/program.ts"
import { freePort } from "../serve/ServerProcess.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix-api-")))
let service: Program.RunningProgram
let baseUrl = ""

beforeAll(async () => {
  const port = await freePort()
  baseUrl = `http://127.0.0.1:${port}`
  service = Program.start(fileURLToPath(new URL("../../examples/http-api/service.ts", import.meta.url)), [], {
    PORT: String(port),
    CLUSTRIX_PACKAGE_DIR: path.join(scratch, "packages"),
    CLUSTRIX_STATE_DIR: path.join(scratch, "state"),
    XDG_CACHE_HOME: path.join(scratch, "cache"),
    XDG_CONFIG_HOME: path.join(scratch, "config")
  })
  while (!service.output().includes("Listening")) {
    assert.isNull(service.child.exitCode, service.output())
    await sleep(100)
  }
})
afterAll(async () => {
  service.child.kill("SIGTERM")
  await service.end
  fs.rmSync(scratch, { recursive: true, force: true })
})

it.live("a remote function inside an HttpApi: a job, its logs as events, its result", () =>
  Effect.gen(function*() {
    const client = yield* HttpApiClient.make(Api, { baseUrl })
    const { jobId } = yield* client.primes.submit({ payload: { limit: 1000 } })
    const logs = yield* Effect.promise(() => fetch(`${baseUrl}/primes/${jobId}/logs`))
    assert.strictEqual(logs.headers.get("content-type"), "text/event-stream")
    assert.match(yield* Effect.promise(() => logs.text()), /^data: 100 of 1000\n\ndata: 200 of 1000\n\n/)
    assert.deepStrictEqual(yield* client.primes.result({ path: { jobId } }), { primes: 168 })
    const error = yield* Effect.flip(client.primes.result({ path: { jobId: "20200101T000000000-00000000" } }))
    assert.strictEqual(error._tag, "JobFailed")
  }).pipe(Effect.provide(FetchHttpClient.layer)), 60_000)
