/**
 * What a program prints, on its way to the page: gathered for a moment, and cut at a limit. Behind the limit nothing is sent
 * any more, so a program that prints for ever keeps no page busy.
 */
import type { OutputChunk } from "./Message.ts"

/** How long a text waits for others, in ms. */
const gatherMillis = 50

/** What a chunk costs beside its text, in characters: many small ones are a flood, too. */
const chunkCost = 64

// As they were before the program could change them
const now = performance.now.bind(performance)
const later = setTimeout

export class Output {
  readonly #send: (chunks: ReadonlyArray<OutputChunk>) => void
  readonly #limit: number
  #chunks: Array<OutputChunk> = []
  #printed = 0
  #sentAt = -Infinity
  #waits = false
  #closed = false

  /** `limit`: what is sent at most, in UTF-16 code units. */
  constructor(limit: number, send: (chunks: ReadonlyArray<OutputChunk>) => void) {
    this.#limit = limit
    this.#send = send
  }

  write(stream: OutputChunk["stream"], text: string): void {
    if (this.#closed) return
    const room = this.#limit - this.#printed
    if (text.length + chunkCost > room) {
      this.#add(stream, text.slice(0, Math.max(0, room - chunkCost)))
      this.#add("stderr", `\n... What is printed beyond ${this.#limit.toLocaleString("en")} characters is not shown.\n`)
      this.flush()
      this.#closed = true
      return
    }
    this.#add(stream, text)
    // A program that never waits runs no timer
    if (now() - this.#sentAt >= gatherMillis) return this.flush()
    if (this.#waits) return
    this.#waits = true
    later(() => {
      this.#waits = false
      this.flush()
    }, gatherMillis)
  }

  /** Sends what waits. */
  flush(): void {
    if (this.#chunks.length === 0 || this.#closed) return
    const chunks = this.#chunks
    this.#chunks = []
    this.#sentAt = now()
    this.#send(chunks)
  }

  /** Sends what waits, and nothing that comes later. */
  close(): void {
    this.flush()
    this.#closed = true
  }

  #add(stream: OutputChunk["stream"], text: string): void {
    const last = this.#chunks.at(-1)
    if (last?.stream === stream) {
      this.#printed += text.length
      this.#chunks[this.#chunks.length - 1] = { stream, text: last.text + text }
    } else {
      this.#printed += text.length + chunkCost
      this.#chunks[this.#chunks.length] = { stream, text }
    }
  }
}
