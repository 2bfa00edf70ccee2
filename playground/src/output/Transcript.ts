/**
 * What a program printed: chunks of text, up to a limit. A view follows it by `version`, and reads what is new.
 */
import { signal } from "@preact/signals"

export interface Chunk {
  readonly stream: "stdout" | "stderr" | "refused"
  readonly text: string
}

/** What is kept, in UTF-16 code units. */
export const longestTranscript = 200_000

/** What a chunk costs beside its text. */
const chunkCost = 64

/** Lets the page draw between two looks at it. */
const updateMillis = 50

export class Transcript {
  readonly #chunks: Array<Chunk> = []
  #length = 0
  #full = false
  #waits = false
  /** Grows when there are new chunks. */
  readonly version = signal(0)

  get chunks(): ReadonlyArray<Chunk> {
    return this.#chunks
  }

  add({ stream, text }: Chunk): void {
    if (this.#full) return
    const room = longestTranscript - this.#length - chunkCost
    this.#full = text.length > room
    this.#length += text.length + chunkCost
    this.#chunks.push(
      this.#full ? { stream, text: `${text.slice(0, Math.max(0, room))}\n... More is not shown.\n` } : { stream, text }
    )
    if (this.#waits) return
    this.#waits = true
    setTimeout(() => {
      this.#waits = false
      this.version.value += 1
    }, updateMillis)
  }
}
