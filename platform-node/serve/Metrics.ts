/**
 * Numbers of the server for whoever watches it, in the text format of Prometheus (version 0.0.4).
 */
import { monitorEventLoopDelay } from "node:perf_hooks"

/** Buckets of how long requests take, in seconds. */
const bounds = [0.005, 0.02, 0.1, 0.5, 2, 10, 60]

export interface Metrics {
  /** Counts a request that was answered. */
  readonly answered: (method: string, status: number, millis: number) => void
  readonly text: () => string
  readonly stop: () => void
}

interface Gauge {
  readonly name: string
  readonly help: string
  readonly value: () => number
}

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "POST", "OPTIONS"])

/** `gauges`: what others count, asked when the text is made. */
export const make = (gauges: ReadonlyArray<Gauge>): Metrics => {
  const began = Date.now()
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  const requests = new Map<string, number>()
  const buckets = bounds.map(() => 0)
  let count = 0
  let seconds = 0
  const nanos = (value: number): number => Number.isFinite(value) ? value / 1e9 : 0
  const process_: ReadonlyArray<Gauge> = [
    { name: "process_resident_memory_bytes", help: "Resident memory.", value: () => process.memoryUsage.rss() },
    { name: "process_start_time_seconds", help: "When the server began.", value: () => began / 1000 },
    {
      name: "clustrix_event_loop_delay_seconds_p99",
      help: "Delay of the event loop, 99th percentile since the last look.",
      value: () => nanos(delay.percentile(99))
    },
    {
      name: "clustrix_event_loop_delay_seconds_max",
      help: "Delay of the event loop, the most since the last look.",
      value: () => nanos(delay.max)
    }
  ]
  return {
    answered: (method, status, millis) => {
      // Of methods and statuses there are few: a stranger cannot make more series
      const key = `method="${methods.has(method) ? method : "other"}",status="${status}"`
      requests.set(key, (requests.get(key) ?? 0) + 1)
      count += 1
      seconds += millis / 1000
      bounds.forEach((bound, at) => {
        if (millis / 1000 <= bound) buckets[at] = (buckets[at] ?? 0) + 1
      })
    },
    text: () => {
      const lines = [
        "# HELP clustrix_requests_total Requests that were answered.",
        "# TYPE clustrix_requests_total counter",
        ...[...requests].map(([labels, value]) => `clustrix_requests_total{${labels}} ${value}`),
        "# HELP clustrix_request_seconds How long requests took until the answer began.",
        "# TYPE clustrix_request_seconds histogram",
        ...bounds.map((bound, at) => `clustrix_request_seconds_bucket{le="${bound}"} ${buckets[at] ?? 0}`),
        `clustrix_request_seconds_bucket{le="+Inf"} ${count}`,
        `clustrix_request_seconds_sum ${seconds}`,
        `clustrix_request_seconds_count ${count}`,
        ...[...gauges, ...process_].flatMap(({ help, name, value }) => [
          `# HELP ${name} ${help}`,
          `# TYPE ${name} gauge`,
          `${name} ${value()}`
        ])
      ]
      delay.reset()
      return `${lines.join("\n")}\n`
    },
    stop: () => delay.disable()
  }
}
