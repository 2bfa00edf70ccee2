/**
 * Files of jobs, and answers of hosts and servers, that somebody else wrote: a typed error, soon, in few words.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as CanonicalJson from "../../../core/archive/CanonicalJson.ts"
import * as DeployProtocol from "../../../core/cluster/deploy/DeployProtocol.ts"
import * as JobDirectory from "../../../core/cluster/execute/JobDirectory.ts"
import * as JobResultFile from "../../../core/cluster/execute/JobResultFile.ts"
import * as Invocation from "../../../core/runtime/Invocation.ts"
import * as ResultEnvelope from "../../../core/runtime/ResultEnvelope.ts"
import * as SourceMapDocument from "../../../core/runtime/SourceMapDocument.ts"
import * as ValueCodec from "../../../core/runtime/ValueCodec.ts"
import * as LogEvent from "../../../core/http/LogEvent.ts"
import { layerMemory, Transport } from "../../../core/cluster/Transport.ts"

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth)

const values: ReadonlyArray<string> = [
  nested(5000),
  `${"{\"a\":".repeat(5000)}1${"}".repeat(5000)}`,
  `[${Array(1_000_000).fill("0").join(",")}]`,
  `[${Array(1_000_000).fill("{}").join(",")}]`,
  JSON.stringify("x".repeat(5_000_000)),
  `{"__proto__":{"cores":9}}`,
  JSON.stringify(`\u202e\u001b[2J${"x".repeat(5000)}`)
]

const invocation = Effect.runSync(Invocation.make({
  package: { packageId: "0".repeat(16), digest: "0".repeat(64), functionName: "main" },
  cluster: { clusterType: "local" },
  runtimeVersion: "v20.0.0"
}))

const envelope = {
  format: "clustrix-result",
  formatVersion: 1,
  status: "threw",
  error: { type: "error", name: "Error", message: "no" },
  startedAt: 1,
  finishedAt: 2,
  host: "here",
  exitCode: 10,
  runtime: { name: "node", version: "20.0.0" }
}

/** Each member of a document replaced by a value, and one more. */
const spoilt = (document: CanonicalJson.Source, value: string): ReadonlyArray<string> => {
  const place = "\u0000place\u0000"
  return [...Object.keys(document ?? {}), "extra"].map((key) =>
    JSON.stringify({ ...Object(document), [key]: place }).replace(JSON.stringify(place), () => value)
  )
}

// oxlint-disable-next-line no-control-regex -- finding them is the point
const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/

const readers: Readonly<
  Record<string, {
    readonly document: CanonicalJson.Source
    readonly read: (text: string) => Effect.Effect<unknown, { readonly message: string }>
  }>
> = {
  invocation: { document: JSON.parse(Invocation.encode(invocation)), read: (text) => Invocation.decode(text, "file") },
  result: { document: envelope, read: (text) => ResultEnvelope.decode(text, "file") },
  "source map": {
    document: {
      format: "clustrix-source-map",
      formatVersion: 1,
      package: { packageId: "a", digest: "b" },
      modules: {}
    },
    read: (text) => SourceMapDocument.decode(text, "file")
  },
  answer: {
    document: {
      host: { platform: "linux-x64", abi: "node115", runtimePath: "/node" },
      outcome: { _tag: "Ready", directory: "/a", created: true }
    },
    read: DeployProtocol.decodeAnswer
  }
}

describe("texts of others", () => {
  for (const [name, { document, read }] of Object.entries(readers)) {
    it(`${name}: is taken as it is, and not with more in it than anybody reads`, () => {
      Effect.runSync(read(JSON.stringify(document)))
      for (const value of values) {
        for (const text of spoilt(document, value)) {
          const before = process.cpuUsage()
          const result = Effect.runSync(Effect.either(read(text)))
          const { system, user } = process.cpuUsage(before)
          assert.isBelow((system + user) / 1000, 1500, text.slice(0, 80))
          // A large text where a text is due is one, and a member that nobody knows is left alone
          if (result._tag === "Right") continue
          assert.isBelow(result.left.message.length, 1500)
          assert.notMatch(result.left.message, obeyed)
          assert.notMatch(result.left.message, /x{201}/)
        }
      }
      for (const deep of [nested(5000), `{"a":${nested(5000)}}`]) {
        assert.strictEqual(Effect.runSync(Effect.either(read(deep)))._tag, "Left")
      }
    })
  }

  it("values: lists in lists are no notation, and none is built to find that out", () => {
    const text = "[".repeat(10_000_000) + "]".repeat(10_000_000)
    const before = process.memoryUsage().rss
    const error = Effect.runSync(Effect.flip(ValueCodec.decode(text)))
    assert.deepStrictEqual([error._tag, error.why], ["ValueTextError", "It is nested more than 2 levels deep."])
    assert.isBelow(process.memoryUsage().rss - before, 150 * 1_048_576)
  })

  it("events: what is no text is none", () => {
    assert.deepStrictEqual(LogEvent.decode("stdout", "1-1", "\"a\\n\""), { event: "stdout", id: "1-1", text: "a\n" })
    for (const value of [nested(5000), "[]", "{}", "1", "null", "", "\"a"]) {
      assert.isUndefined(LogEvent.decode("stdout", "1-1", value))
    }
  })

  it("files of a job: are not read further than they can be", async () => {
    const program = Effect.gen(function*() {
      const transport = yield* Transport
      const job = "/there/job"
      yield* transport.makeDirectory(job)
      for (const value of [`{"a":${nested(5000)}}`, `{"schedulerId":${JSON.stringify("x".repeat(3_000_000))}}`]) {
        yield* transport.writeFile(`${job}/submitted.json`, value)
        const error = yield* Effect.flip(
          JobDirectory.readJson(transport, job, JobDirectory.files.submitted, JobDirectory.Submission)
        )
        assert.strictEqual(error._tag, "TransportError")
        assert.isBelow(error.message.length, 1000)
      }
      yield* transport.writeFile(`${job}/result`, JSON.stringify({ ...envelope, message: nested(5000) }))
      assert.isDefined(yield* JobResultFile.read(transport, job, 100))
      yield* transport.writeFile(`${job}/result`, `{"format":${nested(5000)}}`)
      const error = yield* Effect.flip(JobResultFile.read(transport, job, 100))
      assert.strictEqual(error._tag, "ResultEnvelopeError")
      // A value comes whole, and what stands before it alone
      const value = JSON.stringify([["a,\"value\":\"", "\\\"}"]])
      const returned = JSON.stringify({
        ...envelope,
        status: "returned",
        error: undefined,
        value: value.repeat(100_000)
      })
      yield* transport.writeFile(`${job}/result`, returned)
      const whole = yield* JobResultFile.read(transport, job)
      assert.strictEqual(whole?.envelope.value, value.repeat(100_000))
      assert.isTrue((yield* JobResultFile.read(transport, job, 1000))?.isHead)
    })
    await Effect.runPromise(Effect.provide(program, layerMemory))
  })
})
