/**
 * What one call does, as a trace of OpenTelemetry. Here it is printed; in a service an exporter sends it.
 */
import * as NodeSdk from "@effect/opentelemetry/NodeSdk"
import { type ReadableSpan, SimpleSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base"
import { Pipeline } from "clustrix"
import { Cluster } from "clustrix/node"
import * as Effect from "effect/Effect"

const spans: Array<ReadableSpan> = []
const exporter: SpanExporter = {
  export: (ended, done) => {
    spans.push(...ended)
    done({ code: 0 })
  },
  shutdown: () => Promise.resolve()
}
const telemetry = NodeSdk.layer(() => ({
  resource: { serviceName: "clustrix-example" },
  spanProcessor: new SimpleSpanProcessor(exporter)
}))

const fn = `${import.meta.dirname}/../local-dependencies/main.ts#mainAnalysis`
const value = await Effect.runPromise(
  Pipeline.run({ fn }).pipe(
    Effect.map(({ result }) => result.value),
    Effect.provide(Cluster.layer({ clusterType: "local" })),
    Effect.provide(telemetry)
  )
)
console.log(value)

/** The spans that a call consists of, below one another, with what they say of it. */
const shown = new Set(["clustrix.run", "clustrix.package", "clustrix.submit", "clustrix.deploy", "clustrix.await"])
const print = (parent: string | undefined, indent: string): void => {
  const children = spans.filter(({ parentSpanContext }) => parentSpanContext?.spanId === parent)
  for (const span of children.sort((a, b) => a.startTime[0] - b.startTime[0] || a.startTime[1] - b.startTime[1])) {
    const isShown = shown.has(span.name)
    const { cluster, jobId, packageId } = span.attributes
    const attributes = Object.entries({ packageId, jobId, cluster }).flatMap(([name, text]) =>
      text === undefined ? [] : [`${name}=${String(text)}`]
    )
    if (isShown) console.log([`${indent}${span.name}`, ...attributes].join(" "))
    print(span.spanContext().spanId, isShown ? `${indent}  ` : indent)
  }
}
print(undefined, "")
