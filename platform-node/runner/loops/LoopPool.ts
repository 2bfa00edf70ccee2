/**
 * The threads of this process: started when a loop first needs them, and kept.
 */
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from "node:worker_threads"
import { beatCell, counterCell, firstEndedCell, overCell, type Reply, type Request, silentMs,
  type ThreadData } from "./LoopMessages.ts"

export class LoopPool {
  readonly #ports: ReadonlyArray<MessagePort>
  readonly #cells: Int32Array
  readonly #receive = new Map<number, (reply: Reply, thread: number) => void>()

  readonly #coordinator: Worker
  /** Chunks that were sent and not answered. */
  #open = 0
  #beat = -1
  #beatAt = performance.now()

  readonly width: number

  constructor(width: number) {
    this.width = width
    const signal = new SharedArrayBuffer(4 * (firstEndedCell + width))
    this.#cells = new Int32Array(signal)
    const channels = Array.from({ length: width }, () => new MessageChannel())
    this.#ports = channels.map(({ port1 }) => port1)
    const ports = channels.map(({ port2 }) => port2)
    const workerData: ThreadData = { clustrixLoops: "coordinator", ports, signal, index: 0 }
    const coordinator = new Worker(new URL(import.meta.url), { workerData, transferList: ports })
    coordinator.unref()
    this.#coordinator = coordinator
    coordinator.on("error", () => {
      for (let index = 0; index < width; index += 1) Atomics.store(this.#cells, firstEndedCell + index, 1)
    })
    this.#ports.forEach((port, thread) => {
      port.on("message", (reply: Reply) => this.#deliver(reply, thread))
      port.unref()
    })
  }

  #deliver(reply: Reply, thread: number): void {
    this.#open -= 1
    this.#receive.get(reply.id)?.(reply, thread)
  }

  /** Whether a thread still computes something. */
  get isBusy(): boolean {
    return this.#open > 0
  }

  /** Ends all threads, whatever they do. */
  end(): void {
    void this.#coordinator.terminate()
    for (const port of this.#ports) port.close()
  }

  send(thread: number, request: Request): void {
    if (request.kind === "chunk") this.#open += 1
    this.#ports[thread]?.postMessage(request)
  }

  /** The time until now was not spent waiting. */
  listen(): void {
    this.#beatAt = performance.now()
  }

  /** `receive` gets the replies for the loop `id`. */
  open(id: number, receive: (reply: Reply, thread: number) => void): void {
    this.#receive.set(id, receive)
  }

  /** What is not computed yet of loop `id` will not be. */
  close(id: number): void {
    this.#receive.delete(id)
    Atomics.store(this.#cells, overCell, Math.max(Atomics.load(this.#cells, overCell), id))
  }

  /** Whether a thread has ended, or the coordinator that would say so. */
  hasEnded(thread: number): boolean {
    const beat = Atomics.load(this.#cells, beatCell)
    const now = performance.now()
    if (beat !== this.#beat) {
      this.#beat = beat
      this.#beatAt = now
    } else if (now - this.#beatAt > silentMs) return true
    return Atomics.load(this.#cells, firstEndedCell + thread) !== 0
  }

  /** Delivers what has arrived; waits for something, at most a second, when nothing has. */
  receiveNow(): void {
    const before = Atomics.load(this.#cells, counterCell)
    let arrived = false
    this.#ports.forEach((port, thread) => {
      for (;;) {
        const message = receiveMessageOnPort(port)
        if (message === undefined) return
        arrived = true
        this.#deliver(message.message, thread)
      }
    })
    if (!arrived) Atomics.wait(this.#cells, counterCell, before, 1000)
  }
}
