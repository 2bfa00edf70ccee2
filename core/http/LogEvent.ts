/**
 * What a job prints as server-sent events.
 *
 * An event is named `stdout`, `stderr`, `progress` or `end`. Its data is a JSON string: text, or the job's last state; that of
 * `progress` is an object with `done`, `total`, and perhaps `note`. Its ID is the position behind it, `<bytes of stdout>-<bytes of stderr>`, so whoever comes back with it misses nothing and sees nothing twice.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as BoundedJson from "../archive/BoundedJson.ts"
import * as JobProgress from "../cluster/execute/JobProgress.ts"
import type { LogChunk, LogPosition } from "../cluster/execute/JobLogs.ts"
import { beginning } from "../cluster/execute/JobLogs.ts"
import type { Progress } from "../runtime/Progress.ts"

export type LogEvent =
  | { readonly event: "stdout" | "stderr"; readonly id: string; readonly text: string }
  | { readonly event: "progress"; readonly id: string; readonly progress: Progress }
  | { readonly event: "end"; readonly id: string; readonly state: string }

const idOf = ({ stderr, stdout }: LogPosition): string => `${stdout}-${stderr}`

/** The position that an event's ID stands for; the beginning for anything else. */
export const positionOf = (id: string | undefined): LogPosition => {
  const [, stdout, stderr] = /^(\d{1,15})-(\d{1,15})$/.exec(id ?? "") ?? []
  return stdout === undefined || stderr === undefined ? beginning : { stdout: Number(stdout), stderr: Number(stderr) }
}

/** How many bytes at the end of `bytes` begin a character whose rest is not there: 0 to 3. */
const unfinished = (bytes: Uint8Array): number => {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return 0
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return back < length ? back : 0
    }
  }
  return 0
}

/** The events of what is printed `from` a position on. Bytes that are no UTF-8 become U+FFFD. */
export const fromLogs = <E, R>(logs: Stream.Stream<LogChunk, E, R>, from: LogPosition): Stream.Stream<LogEvent, E, R> =>
  Stream.unwrap(Effect.map(
    Ref.make({ position: from, stdout: new Uint8Array(0), stderr: new Uint8Array(0) }),
    (progress) => {
      const event = (name: "stdout" | "stderr", given: Uint8Array, isLast: boolean) =>
        Ref.modify(progress, (before) => {
          const bytes = new Uint8Array(before[name].length + given.length)
          bytes.set(before[name])
          bytes.set(given, before[name].length)
          const whole = bytes.length - (isLast ? 0 : unfinished(bytes))
          const position = { ...before.position, [name]: before.position[name] + whole }
          const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, whole))
          const events: ReadonlyArray<LogEvent> = whole === 0 ? [] : [{ event: name, id: idOf(position), text }]
          return [events, { ...before, position, [name]: bytes.slice(whole) }]
        })
      const printed = Stream.mapConcatEffect(logs, ({ bytes, stream }) => event(stream, bytes, false))
      const rest = Stream.unwrap(Effect.map(
        Effect.all([event("stdout", new Uint8Array(0), true), event("stderr", new Uint8Array(0), true)]),
        (events) => Stream.fromIterable(events.flat())
      ))
      return Stream.concat(printed, rest)
    }
  ))

/** How far the function is; what was printed up to `position` has been told. */
export const ofProgress = (position: LogPosition, { done, note, total }: Progress): LogEvent => ({
  event: "progress",
  id: idOf(position),
  progress: { done, total, ...(note === undefined ? {} : { note }) }
})

/** The last event, behind all others. */
export const end = (position: LogPosition, state: string): LogEvent => ({ event: "end", id: idOf(position), state })

/** As it goes over the wire. */
export const encode = (event: LogEvent): string =>
  `event: ${event.event}\nid: ${event.id}\ndata: ${
    JSON.stringify(event.event === "end" ? event.state : event.event === "progress" ? event.progress : event.text)
  }\n\n`

const mostBytes = 67_108_864
const parseData = (data: string): Either.Either<string, unknown> =>
  Either.filterOrLeft(
    Either.try(() => BoundedJson.parse(data, { bytes: mostBytes, depth: 0, elements: 1, stringBytes: mostBytes })),
    (text) => typeof text === "string",
    () => "it is no text"
  )

/** From the parts of an event; `undefined` for one that is none of ours. */
export const decode = (event: string | undefined, id: string | undefined, data: string): LogEvent | undefined => {
  if (event === "progress") {
    const progress = id === undefined ? undefined : JobProgress.parseSaid(data)
    return progress === undefined || id === undefined ? undefined : { event, id, progress }
  }
  const text = Either.getOrUndefined(parseData(data))
  if (text === undefined || id === undefined) return undefined
  if (event === "end") return { event, id, state: text }
  return event === "stdout" || event === "stderr" ? { event, id, text } : undefined
}
