/**
 * What a client and our own code on a host say to each other: one question, one answer, as JSON.
 */
import * as Schema from "effect/Schema"
import * as BoundedJson from "../../archive/BoundedJson.ts"
import * as ForeignJson from "../../archive/ForeignJson.ts"
import { HostError } from "./DeployError.ts"
import { HostRuntime } from "./HostRuntime.ts"

/** What is to be there in the end. */
export const Question = Schema.Struct({
  /** Absolute. */
  stateDirectory: Schema.String,
  digest: Schema.String,
  /** Absolute path of the package's ZIP, where it was sent; removed when it is no longer needed. */
  archive: Schema.optional(Schema.String),
  /** Absolute path of a tar.gz with the `node_modules` that the package needs, where it was sent. */
  environment: Schema.optional(Schema.String),
  /** What the package takes to be there, and the `node_modules` in which it is looked for. */
  assumed: Schema.optional(Schema.Struct({
    nodeModules: Schema.String,
    packages: Schema.Array(Schema.Struct({ name: Schema.String, version: Schema.String }))
  })),
  /** npm packages whose install scripts may run. */
  allowScripts: Schema.Array(Schema.String)
})
export type Question = typeof Question.Type

/**
 * `Ready`: package and npm packages are there. `NeedsArchive`: the package is not, and must be sent. `NeedsEnvironment`: its
 * npm packages cannot be installed there, for `why`, but may be sent.
 */
export const Outcome = Schema.Union(
  Schema.TaggedStruct("Ready", { directory: Schema.String, created: Schema.Boolean }),
  Schema.TaggedStruct("NeedsArchive", { damaged: Schema.optional(Schema.String) }),
  Schema.TaggedStruct("NeedsEnvironment", { why: Schema.String, packageJson: Schema.String, lockfile: Schema.String }),
  Schema.TaggedStruct("Failed", { error: HostError })
)
export type Outcome = typeof Outcome.Type

export const Answer = Schema.Struct({ host: HostRuntime, outcome: Outcome })
export type Answer = typeof Answer.Type

/** What the script says before there is a runtime that could say more. */
export const NoRuntime = Schema.Struct({
  /** As `uname` has it, in Node's words: `linux-x64`, `linux-arm64-musl`. */
  platform: Schema.String,
  tried: Schema.Array(Schema.String)
})

/** A package.json and a lockfile may be in it, as texts. */
const limits: BoundedJson.Limits = { ...BoundedJson.small, bytes: 134_217_728, stringBytes: 67_108_864 }

export const decodeNoRuntime = ForeignJson.decoder(NoRuntime, BoundedJson.small)
export const encodeQuestion = Schema.encodeSync(Schema.parseJson(Question))
export const decodeQuestion = ForeignJson.decoder(Question, limits)
export const encodeAnswer = Schema.encodeSync(Schema.parseJson(Answer))
export const decodeAnswer = ForeignJson.decoder(Answer, limits)

/** Each answer is a line of its own behind one of these: login shells and modules print what they like. */
export const marks = {
  answer: "clustrix-answer ",
  noRuntime: "clustrix-no-runtime ",
  noTool: "clustrix-no-tool ",
  untrusted: "clustrix-untrusted "
} as const

/** What follows {@link marks.noTool} when the package is not there either. */
export const absent = "absent"

/** What follows `mark` in the output of the host. */
export const lineAfter = (output: string, mark: string): string | undefined =>
  output.split("\n").findLast((line) => line.startsWith(mark))?.slice(mark.length)
