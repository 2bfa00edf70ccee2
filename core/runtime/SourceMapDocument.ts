/**
 * The document that turns positions in a package into positions in the user's own files. It lies beside the package,
 * never in it: two packages with the same bytes may come from differently formatted sources.
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as BoundedJson from "../archive/BoundedJson.ts"
import * as CanonicalJson from "../archive/CanonicalJson.ts"
import * as ForeignJson from "../archive/ForeignJson.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import * as Hasher from "../archive/Hasher.ts"

export const format = "clustrix-source-map"
export const formatVersion = 1

/** A source map, version 3. `sources` are relative to the package root, with `/`; the sources' contents are left out. */
export const SourceMap = Schema.Struct({
  version: Schema.Literal(3),
  sources: Schema.Array(Schema.NullOr(Schema.String)),
  names: Schema.Array(Schema.String),
  mappings: Schema.String
})
export type SourceMap = typeof SourceMap.Type

export const SourceMapDocument = Schema.Struct({
  format: Schema.Literal(format),
  formatVersion: Schema.Literal(formatVersion),
  package: Schema.Struct({ packageId: Schema.String, digest: Schema.String }),
  /** By path in the package: `modules/src/x.ts.mjs`. */
  modules: Schema.Record({ key: Schema.String, value: SourceMap })
})
export type SourceMapDocument = typeof SourceMapDocument.Type

/** A text that is no source map document. */
export class SourceMapDocumentError extends Schema.TaggedError<SourceMapDocumentError>()("SourceMapDocumentError", {
  file: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

export const make = (
  packageOf: SourceMapDocument["package"],
  modules: SourceMapDocument["modules"]
): SourceMapDocument => ({ format, formatVersion, package: packageOf, modules })

/** The canonical text. */
export const encode = (document: SourceMapDocument): string => CanonicalJson.encode(document)

/** SHA-256 of the canonical text. */
export const digest = (document: SourceMapDocument): Effect.Effect<string, never, Hasher.Hasher> =>
  Hasher.digest(encode(document))

/** `clustrix_package_<id>.<digest>.sourcemap.json`, the digest being the document's own, shortened as the ID is. */
export const fileName = (document: SourceMapDocument): Effect.Effect<string, never, Hasher.Hasher> =>
  Effect.map(
    digest(document),
    (digest) => `clustrix_package_${document.package.packageId}.${digest.slice(0, 16)}.sourcemap.json`
  )

const limits: BoundedJson.Limits = { bytes: 268_435_456, depth: 8, elements: 2_000_000, stringBytes: 67_108_864 }

const parse = ForeignJson.decoder(SourceMapDocument, limits)

/** Reads the text of a source map document; `file` is named in the error. */
export const decode = (text: string, file: string): Effect.Effect<SourceMapDocument, SourceMapDocumentError> =>
  Effect.mapError(
    parse(text),
    ({ why }) =>
      new SourceMapDocumentError({
        file,
        what: `${file} is not a source map document of Clustrix`,
        why,
        remedy: "Package the function again: the source map is written beside the ZIP."
      })
  )
