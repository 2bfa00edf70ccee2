import { assert, describe, it } from "@effect/vitest"
import * as PackagingWorker from "../../platform-browser/worker/PackagingWorker.ts"
import type { FromWorker, ToWorker } from "../../platform-browser/worker/Protocol.ts"

/** A worker whose script does what `answer` does. */
class FakeWorker extends EventTarget {
  terminated = false
  readonly answer: (message: ToWorker, post: (message: FromWorker) => void) => void
  constructor(answer: FakeWorker["answer"]) {
    super()
    this.answer = answer
  }
  postMessage(message: ToWorker): void {
    this.answer(message, (data) => this.dispatchEvent(new MessageEvent("message", { data })))
  }
  terminate(): void {
    this.terminated = true
  }
}

const asWorker = (fake: FakeWorker): Worker => fake as unknown as Worker // it has all that is used

describe("PackagingWorker", () => {
  it("gives up a worker whose script never starts, and asks a new one next time", async () => {
    const started: Array<FakeWorker> = []
    const packaging = new PackagingWorker.PackagingWorker({
      startLimitMillis: 30,
      worker: () => {
        const isFirst = started.length === 0
        const fake = new FakeWorker((message, post) => {
          if (isFirst || message.type === "cancel") return
          setTimeout(() => {
            post({ type: "ready" })
            setTimeout(() => post({ type: "success", id: message.id, output: undefined }), 100)
          }, 5)
        })
        started.push(fake)
        return asWorker(fake)
      }
    })
    const failed = await packaging.load({ wasmUrl: "/x.wasm" }).then(() => undefined, (error: unknown) => error)
    assert.deepInclude(failed, { _tag: "WorkerFailedError", reason: "NotStarted" })
    assert.include(String(failed), "30 ms")
    assert.isTrue(started[0]?.terminated)
    // One that has started may take its time
    await packaging.load({ wasmUrl: "/x.wasm" })
    assert.deepStrictEqual([started.length, started[1]?.terminated], [2, false])
    packaging.close()
    assert.isTrue(started[1]?.terminated)
  })
})
