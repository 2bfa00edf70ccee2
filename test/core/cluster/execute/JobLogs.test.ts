import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import * as JobLogs from "../../../../core/cluster/execute/JobLogs.ts"
import { Transport } from "../../../../core/cluster/Transport.ts"
import * as LocalTransport from "../../../../platform-node/LocalTransport.ts"

const scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "clustrix it's logs-")))
afterAll(() => fs.rmSync(scratch, { recursive: true, force: true }))

/** Text of both logs, read with `tail` from files that hold `stdout` and `stderr`. */
const read = (tail: number, stdout: string | undefined, stderr?: string) =>
  Effect.gen(function*() {
    const directory = fs.mkdtempSync(path.join(scratch, "job-"))
    if (stdout !== undefined) fs.writeFileSync(path.join(directory, "stdout.log"), stdout)
    if (stderr !== undefined) fs.writeFileSync(path.join(directory, "stderr.log"), stderr)
    const texts = { stdout: "", stderr: "" }
    yield* Stream.runForEach(
      JobLogs.read(yield* Transport, directory, { follow: false, isOver: Effect.succeed(true), tail }),
      ({ bytes, stream }) =>
        Effect.sync(() => {
          texts[stream] += new TextDecoder().decode(bytes)
        })
    )
    return [texts.stdout, texts.stderr]
  })

describe("the last lines of a job's logs", () => {
  it.live("are as many of each as was said, whether the last one has ended or not", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(yield* read(2, "a\nb\nc\n", "1\n2\n3"), ["b\nc\n", "2\n3"])
      assert.deepStrictEqual(yield* read(0, "a\n", "1"), ["", ""])
      assert.deepStrictEqual(yield* read(9, "a\nb", undefined), ["a\nb", ""])
      assert.deepStrictEqual(yield* read(1, "", "\n\n"), ["", "\n"])
      assert.deepStrictEqual(yield* read(3, undefined), ["", ""])
      const long = `${"é".repeat(200_000)}\n`
      assert.deepStrictEqual(yield* read(2, long.repeat(4)), [long.repeat(2), ""])
    }).pipe(Effect.provide(LocalTransport.layer)))
})
