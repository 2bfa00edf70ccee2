/**
 * Calls an entry in every way that its samples allow, and compares what happens with what the table says.
 */
import { type Seen, violation } from "./Coverage.ts"
import { type Entry } from "./Entries.ts"
import { convert, hook, override, positions, watch } from "./Instruments.ts"
import { callback, type Instrument, observe, plain, type Sample } from "./Observation.ts"
import { circumstances } from "./State.ts"
import { isObject } from "./Places.ts"
import { nested } from "./Samples.ts"

/** Whatever a function may be given. */
const anything: ReadonlyArray<() => ReadonlyArray<unknown>> = [
  () => [],
  () => [nested()],
  () => [nested(), nested(), nested()],
  () => [[nested(), [nested()]]],
  () => [callback(() => nested()), nested()],
  () => [nested(), callback(() => nested())],
  () => [new Map([[nested(), nested()]])],
  () => ["a", nested()],
  () => [1, 2, 3],
  () => [null, undefined]
]

/** A result as a text, if it is one that two calls can be compared by. */
const outcome = ({ result, thrown }: { readonly result: unknown; readonly thrown: unknown }): string =>
  thrown !== undefined || typeof result === "symbol"
    ? ""
    : Array.isArray(result) || result instanceof URL || result instanceof Date
    ? JSON.stringify(result)
    : isObject(result)
    ? ""
    : String(result)

/** State that is the same in two calls, unless it is changed between them. */
const constant = new Set(["cwd", "timezone", "locale", "stack", "process.env"])

/** Of which circumstances the result is a matter, though the entry does not say so. */
const dependences = async (
  entry: Entry,
  call: (sample: Sample) => unknown,
  make: () => Sample
): Promise<ReadonlyArray<string>> => {
  const known = entry.behaviour.readsState ?? []
  // What is another each time may be so in other circumstances, too.
  if (known.some((state) => !constant.has(state))) return []
  const result = async (): Promise<string> => outcome(await observe(call, make, plain))
  const found: Array<string> = []
  for (const [name, change] of Object.entries(circumstances)) {
    const first = await result()
    const undo = change()
    const second = await result()
    undo()
    if (first !== second && !known.includes(name)) found.push(`gives ${first} and, ${name}, ${second}`)
  }
  return found
}

/** What the entry does not allow, over all its samples and instruments. */
export const check = async (entry: Entry, seen: Seen): Promise<ReadonlyArray<string>> => {
  const violations: Array<string> = []
  let worked = false
  const run = async (call: (sample: Sample) => unknown, make: () => Sample, instrument: Instrument, what: string) => {
    const { events, thrown } = await observe(call, make, instrument, entry)
    if (instrument === plain && thrown === undefined) worked = true
    // Whoever is refused is shown in the error.
    const refused = thrown instanceof Error && "code" in thrown && String(thrown.code).startsWith("ERR_")
    for (const event of events) {
      if (refused && (event._tag === "Read" || event._tag === "Invoked")) continue
      // Node matches, too.
      if (event._tag === "Changed" && event.state === "regexp" && !entry.language) continue
      const found = violation(entry.behaviour, event, seen)
      if (found !== undefined) violations.push(`${found} (${what})`)
    }
  }
  const instruments = { watched: watch, hooked: hook, converted: convert, overridden: override }
  for (const [index, make] of entry.samples.entries()) {
    for (const call of entry.calls(make())) {
      await run(call, make, plain, `sample ${index}`)
      if (entry.patient !== true) violations.push(...await dependences(entry, call, make))
      for (const position of entry.instrumented ? positions(make()) : []) {
        for (const [name, instrument] of Object.entries(instruments)) {
          await run(call, make, instrument(position), `sample ${index}, ${position.join(".")} ${name}`)
        }
      }
    }
  }
  const [first] = entry.samples
  if (entry.fuzzed && first !== undefined) {
    for (const [index, args] of anything.entries()) {
      const make = (): Sample => ({ ...first(), args: args() })
      for (const call of entry.calls(make())) await run(call, make, plain, `anything ${index}`)
    }
  }
  if (!worked && entry.throws !== true) violations.push("no sample works")
  return [...new Set(violations)]
}
