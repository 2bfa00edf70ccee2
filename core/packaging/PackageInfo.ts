/**
 * What is known of a finished package: what the original calls `PackageInfo`.
 */
import * as Schema from "effect/Schema"
import * as CanonicalJson from "../archive/CanonicalJson.ts"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"

export class PackageInfo extends Schema.Class<PackageInfo>("PackageInfo")({
  /** The first 16 hexadecimal digits of `digest`. */
  packageId: Schema.String,
  /** SHA-256 of the package's manifest: its whole identity. */
  digest: Schema.String,
  /** Absolute path of the ZIP. */
  packagePath: Schema.String,
  /** Absolute path of the invocation that was written beside it, if one was. */
  invocationPath: Schema.optional(Schema.String),
  /** Absolute path of the source map that was written beside it, if one was. */
  sourceMapPath: Schema.optional(Schema.String),
  /** Absolute path of the project's own `node_modules`, when npm packages are needed and it is there: a local job uses it. */
  nodeModules: Schema.optional(Schema.String),
  functionName: Schema.String,
  /** What the function needs, as metadata.json describes it under `dependencies`. */
  dependencies: Schema.Record({ key: Schema.String, value: CanonicalJson.Json }),
  sizeBytes: Schema.Int.pipe(Schema.nonNegative()),
  /** When this packaging ended; no part of the package. */
  createdAt: Schema.Date,
  /** SHA-256 of the cluster's configuration without secrets; no part of the package's identity. */
  configHash: Schema.String,
  /** With `has_dependencies` and `has_filesystem_ops`, and whatever else metadata.json says. */
  metadata: Schema.Record({ key: Schema.String, value: CanonicalJson.Json }),
  /** Warnings and notes of this packaging; no part of the package. */
  diagnostics: Schema.Array(Diagnostic)
}) {}
