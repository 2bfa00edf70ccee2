/**
 * What `HttpApi` says of parameters that it cannot decode repeats them whole: made short.
 */
import * as HttpApiError from "@effect/platform/HttpApiError"
import * as HttpServerResponse from "@effect/platform/HttpServerResponse"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as BoundedJson from "../../core/archive/BoundedJson.ts"
import * as Quotation from "../../core/diagnostics/Quotation.ts"

const decode = Schema.decodeUnknownEither(HttpApiError.HttpApiDecodeError)
const mostIssues = 5

/** Other responses stay as they are. */
export const shorten = (response: HttpServerResponse.HttpServerResponse): HttpServerResponse.HttpServerResponse => {
  const { body, headers, status } = response
  if (status !== 400 || body._tag !== "Uint8Array") return response
  const error = Either.flatMap(
    Either.try((): unknown => BoundedJson.parse(new TextDecoder().decode(body.body), BoundedJson.small)),
    decode
  )
  if (Either.isLeft(error)) return response
  const issues = error.right.issues.slice(0, mostIssues).map(({ _tag, message, path }) => ({
    _tag,
    path: path.map((key) => typeof key === "string" ? Quotation.plain(key) : key),
    message: Quotation.plain(message)
  }))
  const message = issues.map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`).join("\n")
  const { "content-length": _, ...rest } = headers
  return HttpServerResponse.unsafeJson({ _tag: error.right._tag, issues, message }, { status, headers: rest })
}
