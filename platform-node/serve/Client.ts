/**
 * Who asks: the owner of the token in a request.
 */
import type * as HttpServerRequest from "@effect/platform/HttpServerRequest"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import type { Tokens } from "./Tokens.ts"

/** The token of an `Authorization` header (RFC 6750): the scheme is `Bearer`, in letters of either case, and no other. */
export const bearerOf = (header: string | undefined): Redacted.Redacted | undefined => {
  if (header === undefined) return undefined
  const space = header.indexOf(" ")
  if (space === -1 || header.slice(0, space).toLowerCase() !== "bearer") return undefined
  const token = header.slice(space).trim()
  return token === "" || token.includes(" ") ? undefined : Redacted.make(token)
}

export interface Client {
  /** What the audit log calls it; `undefined` for who has no right token. */
  readonly name: string | undefined
  /** Whose jobs these are; `undefined` where nobody needs a token. */
  readonly owner: string | undefined
  /** What shares in the server's room are counted by; `undefined`: all are one. */
  readonly share: string | undefined
}

export const of = (request: HttpServerRequest.HttpServerRequest, tokens: Tokens): Client => {
  const token = bearerOf(request.headers["authorization"])
  const owner = token === undefined ? undefined : tokens.ownerOf(token)
  return {
    name: owner?.slice(0, 8),
    owner,
    // Who has no right token is sent away, and is one with all others of this kind until then
    share: tokens.required ? owner ?? "" : undefined
  }
}

/** Says which scheme is taken, as each 401 has to (RFC 9110, 11.6.1). */
export const challenging = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse =>
  response.status === 401 ? HttpServerResponse.setHeader(response, "www-authenticate", "Bearer") : response
