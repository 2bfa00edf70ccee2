/**
 * Whether a behaviour allows what was seen, and which of its parts were seen.
 */
import { type Behaviour } from "../../../../core/language/Builtins.ts"
import { type Event } from "./Observation.ts"
import { covers } from "./Places.ts"

type Places = ReadonlySet<string>

/** The parts of a behaviour that some call has shown. */
export type Seen = Set<string>

/** The places of what callbacks return: "call0" is what the function at `calls[0].fn` returned. */
const returned = (behaviour: Behaviour, place: string): ReadonlyArray<string> => {
  const call = /^(deep:)?call(\d+)((?:\[\])*)$/.exec(place)
  if (call === null) return [place]
  const fn = behaviour.calls?.[Number(call[2])]?.fn
  return fn === undefined ? [] : [`${call[1] ?? ""}call:${fn}${call[3]}`]
}

const coversCall = (declared: string, actual: string): boolean => {
  const call = /^(deep:)?call:(.*?)((?:\[\])*)$/.exec(declared)
  const seen = /^call:(.*?)((?:\[\])*)$/.exec(actual)
  if (call === null || seen === null) return false
  // The function may itself stand in a container: what it returned has the rest of the brackets.
  return [declared.replace("deep:", "")].some((place) => place === actual) ||
    (call[1] === "deep:" && actual.startsWith(declared.slice("deep:".length))) ||
    (covers(call[2] ?? "", seen[1] ?? "") && call[3] === seen[2])
}

const allows = (behaviour: Behaviour, declared: string, actual: Places): boolean =>
  returned(behaviour, declared).some((place) =>
    [...actual].some((each) => covers(place, each) || coversCall(place, each))
  )

const some = (
  behaviour: Behaviour,
  part: string,
  declared: ReadonlyArray<string>,
  actual: Places,
  seen: Seen
): boolean => {
  const found = declared.filter((place) => allows(behaviour, place, actual))
  for (const place of found) seen.add(`${part} ${place}`)
  return found.length > 0
}

const text = (places: Places | string): string => typeof places === "string" ? places : [...places].join(" or ")

const isTree = (behaviour: Behaviour): boolean =>
  behaviour.stores?.some(([into, value]) => into === "result" && value === "result") === true

/** Whether something may be at `place` in the result. In a tree of new objects the level does not matter. */
const intoResult = (behaviour: Behaviour, declared: string, place: string): boolean =>
  declared === place || (isTree(behaviour) && declared.startsWith("result") && place.startsWith("result"))

/** `["result", "result[][]"]`: what contains is opened at every depth. */
const isFlattened = (behaviour: Behaviour): boolean =>
  behaviour.stores?.some(([into, value]) => into === "result" && value === "result[][]") === true

/** What is the same as another value, a proxy or a pair that a map yields, contains what that contains. */
const below = (pair: readonly [string, string]): NonNullable<Behaviour["stores"]> => [
  pair,
  [`${pair[0]}[]`, `${pair[1]}[]`],
  [`${pair[0]}[][]`, `${pair[1]}[][]`]
]

const withContents = (behaviour: Behaviour): NonNullable<Behaviour["stores"]> => [
  ...(behaviour.stores ?? []).flatMap(below),
  ...(typeof behaviour.result === "string" ? [] : behaviour.result.flatMap((place) => below(["result", `${place}[]`])))
]

const stored = (behaviour: Behaviour, into: Places, value: Places, seen: Seen): boolean => {
  const found = withContents(behaviour).filter(([declared, from]) =>
    [...into].some((place) =>
      place.startsWith("result") ? intoResult(behaviour, declared, place)
        : allows(behaviour, declared, new Set([place]))
    ) && (allows(behaviour, from, value) || (isFlattened(behaviour) && allows(behaviour, `deep:${from}`, value)))
  )
  for (const [declared, from] of found) seen.add(`stores ${declared} <- ${from}`)
  return found.length > 0
}

const argument = (
  behaviour: Behaviour,
  declared: ReadonlyArray<string | undefined>,
  actual: Places | "primitive" | "fresh",
  index: number
): boolean => {
  if (actual === "primitive") return true
  const last = declared.at(-1)
  const place = index < declared.length ? declared[index] : last?.includes("+") === true ? last : undefined
  if (place === undefined) return false
  return actual === "fresh" ? /^(fresh|result)/.test(place) || place.includes("[]") : allows(behaviour, place, actual)
}

const called = (behaviour: Behaviour, event: Extract<Event, { _tag: "Called" }>, seen: Seen): string | undefined => {
  const calls = (behaviour.calls ?? []).filter(({ fn, later }) =>
    allows(behaviour, fn, event.places) && (event.later || later !== true)
  )
  const invokes = (behaviour.invokes ?? []).filter(([place]) =>
    allows(behaviour, place.startsWith("deep:") ? place : `${place}[]`, event.places)
  )
  for (const [place, method] of invokes) seen.add(`invokes ${place}.${method}`)
  if (calls.length === 0 && invokes.length > 0) return undefined
  if (calls.length === 0) return `calls ${text(event.places)}${event.later ? " later" : ""}`
  for (const call of calls) seen.add(`calls ${call.fn}`)
  const wrong = event.args.findIndex((arg, index) => !calls.some(({ args }) => argument(behaviour, args, arg, index)))
  if (wrong >= 0) return `calls ${text(event.places)} with ${text(event.args[wrong] ?? "")} as argument ${wrong}`
  const self = event.self
  const knowsSelf = self === "primitive" ||
    calls.some((call) =>
      call.self !== undefined &&
      (self === "fresh" ? /^(fresh|result)/.test(call.self) : allows(behaviour, call.self, self))
    )
  return knowsSelf ? undefined : `calls ${text(event.places)} on ${text(self)}`
}

const resulted = (behaviour: Behaviour, places: Places | string, seen: Seen): boolean => {
  const { result } = behaviour
  if (places === "primitive") {
    seen.add("result primitive")
    return true
  }
  if (result === "primitive") return false
  if (places === "library") return true
  if (typeof places === "string") {
    const isNew = result === "fresh" || result.includes("fresh")
    if (isNew) seen.add("result fresh")
    return isNew
  }
  return typeof result !== "string" && some(behaviour, "result", result, places, seen)
}

/** Places of which the operation looks at something, so that a program can notice. */
const lookedAt = (behaviour: Behaviour): ReadonlyArray<string> => [
  ...behaviour.reads ?? [],
  ...behaviour.mutates ?? [],
  ...behaviour.converts ?? [],
  ...behaviour.iterates ?? [],
  ...(behaviour.invokes ?? []).map(([place]) => place),
  ...(isFlattened(behaviour) ? ["deep:this"] : [])
]

/** What the behaviour does not allow, or nothing. */
export const violation = (behaviour: Behaviour, event: Event, seen: Seen): string | undefined => {
  switch (event._tag) {
    case "Result":
      return resulted(behaviour, event.places, seen) ? undefined : `returns ${text(event.places)}`
    case "Stored":
      return stored(behaviour, event.into, event.value, seen)
        ? undefined
        : `stores ${text(event.value)} into ${text(event.into)}`
    case "Mutated":
      return some(behaviour, "mutates", behaviour.mutates ?? [], event.places, seen)
        ? undefined
        : `mutates ${text(event.places)}`
    case "Read": {
      some(behaviour, "reads", behaviour.reads ?? [], event.places, seen)
      return some(behaviour, "looks", lookedAt(behaviour), event.places, seen) ? undefined
        : `reads ${text(event.places)}`
    }
    case "Converted": {
      const invoked = (behaviour.invokes ?? []).some(([place, method]) =>
        method === "toString" && allows(behaviour, place, event.places)
      )
      return some(behaviour, "converts", behaviour.converts ?? [], event.places, seen) || invoked
        ? undefined
        : `converts ${text(event.places)}`
    }
    case "Iterated":
      return some(behaviour, "iterates", behaviour.iterates ?? [], event.places, seen)
        ? undefined
        : `iterates ${text(event.places)}`
    case "Invoked": {
      const found = (behaviour.invokes ?? []).filter(([place, method]) =>
        method === event.method && allows(behaviour, place, event.places)
      )
      for (const [place, method] of found) seen.add(`invokes ${place}.${method}`)
      const converts = (event.method === "toString" || event.method === "valueOf") &&
        some(behaviour, "converts", behaviour.converts ?? [], event.places, seen)
      // A function in the object, whatever its name is.
      const inside = new Set([...event.places].map((place) => `${place}[]`))
      const calls = (behaviour.calls ?? []).some(({ fn }) => allows(behaviour, fn, inside))
      return found.length > 0 || converts || calls ? undefined : `invokes ${event.method} of ${text(event.places)}`
    }
    case "Changed": {
      const isKnown = behaviour.changesState?.includes(event.state) === true
      if (isKnown) seen.add(`changes ${event.state}`)
      return isKnown ? undefined : `changes ${event.state}`
    }
    case "Called":
      return called(behaviour, event, seen)
  }
}

/** The parts of a behaviour, as {@link Seen} names them. */
export const parts = (behaviour: Behaviour): ReadonlyArray<string> => [
  ...(typeof behaviour.result === "string" ? [behaviour.result] : behaviour.result).map((place) => `result ${place}`),
  ...(behaviour.stores ?? []).filter(([, value]) => value !== "result").map(([into, value]) =>
    `stores ${into} <- ${value}`
  ),
  ...(behaviour.mutates ?? []).map((place) => `mutates ${place}`),
  ...(behaviour.converts ?? []).map((place) => `converts ${place}`),
  ...(behaviour.iterates ?? []).map((place) => `iterates ${place}`),
  ...(behaviour.calls ?? []).map(({ fn }) => `calls ${fn}`),
  ...(behaviour.invokes ?? []).map(([place, method]) => `invokes ${place}.${method}`)
]
