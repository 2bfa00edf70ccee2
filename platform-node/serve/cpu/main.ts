/**
 * One thread of the deploy endpoint: takes a task, gives its output, takes the next.
 */
import * as Effect from "effect/Effect"
import { getHeapStatistics } from "node:v8"
import { parentPort } from "node:worker_threads"
import { callTask } from "./callTask.ts"
import { packageTask } from "./packageTask.ts"
import { resultTask } from "./resultTask.ts"
import type { Failure, Message, Reply, Request, Tasks } from "./Task.ts"

const taskOf = (request: Request): Effect.Effect<Tasks[keyof Tasks]["output"], Failure> => {
  switch (request.kind) {
    case "package":
      return packageTask(request.input)
    case "call":
      return callTask(request.input)
    case "result":
      return resultTask(request.input)
  }
}

parentPort?.on("message", (request: Request) => {
  const reply = taskOf(request).pipe(
    Effect.match({
      onFailure: (failure): Reply => ({ failure }),
      onSuccess: (output): Reply => ({ output })
    }),
    Effect.catchAllDefect((defect) => {
      process.stderr.write(`clustrix serve: ${defect instanceof Error ? defect.stack : String(defect)}\n`)
      return Effect.succeed<Reply>({
        failure: { reason: "Broken", what: "The server failed at it", remedy: "Tell who runs the server." }
      })
    })
  )
  void Effect.runPromise(reply).then((given) => {
    const message: Message = { ...given, heapBytes: getHeapStatistics().total_heap_size }
    parentPort?.postMessage(message)
  })
})
