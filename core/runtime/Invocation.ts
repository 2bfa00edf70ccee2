/**
 * One call of a packaged function: everything that is not the function. A file beside the package, named by its own
 * digest, that holds names of environment variables but never their values, and no secret of the cluster.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import * as Schema from "effect/Schema"
import type * as BoundedJson from "../archive/BoundedJson.ts"
import * as CanonicalJson from "../archive/CanonicalJson.ts"
import * as ForeignJson from "../archive/ForeignJson.ts"
import * as ClusterConfig from "../config/ClusterConfig.ts"
import * as Explanation from "../diagnostics/Explanation.ts"
import * as Hasher from "../archive/Hasher.ts"
import { Name } from "../archive/Manifest.ts"
import * as ValueCodec from "./ValueCodec.ts"

export const format = "clustrix-invocation"
export const formatVersion = 1

const Digest = Schema.String.pipe(Schema.pattern(/^[0-9a-f]{64}$/))

/** Where the function stands: in the job's own `work/`, or in the cluster's `remote_work_dir`. */
export const WorkingDirectory = Schema.Literal("job", "remote_work_dir")
export type WorkingDirectory = typeof WorkingDirectory.Type

export const Invocation = Schema.Struct({
  format: Schema.Literal(format),
  formatVersion: Schema.Literal(formatVersion),
  package: Schema.Struct({ packageId: Name, digest: Digest, functionName: Name }),
  /** Value text of the array of positional arguments. */
  arguments: Schema.String,
  /** Value text of the options object; passed as the last argument when it has any key. */
  options: Schema.String,
  /** Names of the environment variables that go along, sorted. */
  environmentVariables: Schema.Array(Name),
  /** The cluster, without secrets. */
  cluster: Schema.Record({ key: Schema.String, value: CanonicalJson.Json }),
  /** The root of the cluster file functions; absolute. Default: the cluster's `remoteWorkDir`, else where the job starts. */
  filesystemRoot: Schema.optional(Schema.String.pipe(Schema.maxLength(4096))),
  /** The version of the runtime that packaged: for people, nothing depends on it. */
  runtimeVersion: Name,
  workingDirectory: WorkingDirectory,
  /** Whether data files are copied into `work/` instead of linked. */
  copyData: Schema.Boolean,
  /** The digest of the source map document that belongs to the package. */
  sourceMap: Schema.optional(Digest)
})
export type Invocation = typeof Invocation.Type

/** A text that is no invocation. */
export class InvocationError extends Schema.TaggedError<InvocationError>()("InvocationError", {
  file: Schema.String,
  ...Explanation.fields
}) {
  override get message(): string {
    return Explanation.render(this)
  }
}

/** What {@link make} needs. */
export interface InvocationInput {
  readonly package: Invocation["package"]
  readonly arguments?: ReadonlyArray<unknown> | undefined
  readonly options?: Readonly<Record<string, unknown>> | undefined
  /** In place of both: their texts, as {@link encodeCall} gives them. */
  readonly encoded?: Pick<Invocation, "arguments" | "options"> | undefined
  readonly cluster: ClusterConfig.ClusterConfig
  readonly filesystemRoot?: string | undefined
  readonly runtimeVersion: string
  readonly workingDirectory?: WorkingDirectory | undefined
  readonly copyData?: boolean | undefined
  readonly sourceMap?: string | undefined
}

/** The texts of a call's arguments and options; fails with the path of the first part that cannot be carried (`$[0].a`). */
export const encodeCall = (
  args: ReadonlyArray<unknown>,
  options: Readonly<Record<string, unknown>>
): Effect.Effect<Pick<Invocation, "arguments" | "options">, ValueCodec.ValueNotCarriedError> =>
  Effect.all({
    arguments: ValueCodec.encode(args, { subject: "The arguments" }),
    options: ValueCodec.encode(options, { subject: "The options object" })
  })

/** The invocation; fails with the path of the first argument that cannot be carried (`$[0].a`). */
export const make = (input: InvocationInput): Effect.Effect<Invocation, ValueCodec.ValueNotCarriedError> =>
  Effect.gen(function*() {
    const names = new Set(input.cluster.environmentVariables ?? [])
    return {
      format,
      formatVersion,
      package: input.package,
      ...input.encoded ?? (yield* encodeCall(input.arguments ?? [], input.options ?? {})),
      environmentVariables: [...names].sort(Order.string),
      cluster: ClusterConfig.withoutSecrets(input.cluster),
      ...(input.filesystemRoot === undefined ? {} : { filesystemRoot: input.filesystemRoot }),
      runtimeVersion: input.runtimeVersion,
      workingDirectory: input.workingDirectory ?? "job",
      copyData: input.copyData ?? false,
      ...(input.sourceMap === undefined ? {} : { sourceMap: input.sourceMap })
    }
  })

/** The canonical text. */
export const encode = (invocation: Invocation): string => CanonicalJson.encode(invocation)

/** SHA-256 of the canonical text. */
export const digest = (invocation: Invocation): Effect.Effect<string, never, Hasher.Hasher> =>
  Hasher.digest(encode(invocation))

/** `clustrix_package_<id>.<digest>.invocation.json`, the digest being the invocation's own, shortened as the ID is. */
export const fileName = (invocation: Invocation): Effect.Effect<string, never, Hasher.Hasher> =>
  Effect.map(
    digest(invocation),
    (digest) => `clustrix_package_${invocation.package.packageId}.${digest.slice(0, 16)}.invocation.json`
  )

/** The arguments are one text in it, as large as a string can be. */
export const limits: BoundedJson.Limits = {
  bytes: 536_870_888,
  depth: 32,
  elements: 20_000,
  stringBytes: 536_870_888
}

const parse = ForeignJson.decoder(Invocation, limits, { onExcessProperty: "error" })

/** What is wrong with the texts of the call, in a sentence: found before anything is sent or started. */
const callFlaw = (invocation: Invocation): string | undefined => {
  for (const part of ["arguments", "options"] as const) {
    const flaw = ValueCodec.textFlaw(invocation[part])
    if (flaw !== undefined) return `${part}: the text is no value's: ${flaw}`
  }
  return undefined
}

/** Reads the text of an invocation; `file` is named in the error. */
export const decode = (text: string, file: string): Effect.Effect<Invocation, InvocationError> => {
  const refuse = (why: string): InvocationError =>
    new InvocationError({
      file,
      what: `${file} is not an invocation of Clustrix`,
      why,
      remedy: "Package the function again: the invocation is written beside the ZIP."
    })
  return parse(text).pipe(
    Effect.mapError(({ why }) => refuse(why)),
    Effect.flatMap((invocation) => {
      const flaw = callFlaw(invocation)
      return flaw === undefined ? Effect.succeed(invocation) : Effect.fail(refuse(flaw))
    })
  )
}
