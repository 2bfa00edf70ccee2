/**
 * The worker that writes and reads links: a project may be large.
 */
import { decode, encode, parse, stringify } from "./LinkState.ts"
import type { LinkState } from "./LinkState.ts"

export type LinkRequest =
  | { readonly id: number; readonly encode: LinkState }
  | { readonly id: number; readonly stringify: LinkState }
  | { readonly id: number; readonly decode: string }
  /** The text of a project's file. */
  | { readonly id: number; readonly parse: string }

export type LinkAnswer =
  | { readonly id: number; readonly output: string | LinkState }
  | { readonly id: number; readonly error: string }

const outputOf = (request: LinkRequest): string | LinkState =>
  "encode" in request ? encode(request.encode)
    : "stringify" in request ? stringify(request.stringify)
    : "decode" in request ? decode(request.decode) : parse(request.parse)

const answerTo = (request: LinkRequest): LinkAnswer => {
  try {
    return { id: request.id, output: outputOf(request) }
  } catch (cause) {
    return { id: request.id, error: cause instanceof Error ? cause.message : String(cause) }
  }
}

addEventListener("message", ({ data }: MessageEvent<LinkRequest>) => postMessage(answerTo(data)))
