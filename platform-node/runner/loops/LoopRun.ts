/**
 * One execution of one loop on the main thread. It begins serially and measures; when what is left is worth it, threads
 * compute the iterations and the main thread takes their contributions in the original order. Whatever a thread cannot do
 * (an iteration that throws, a value that cannot cross, a thread that ends) the main thread does itself, from that
 * iteration on.
 */
import { types } from "node:util"
import * as Carriage from "./Carriage.ts"
import type { LoopData, LoopSpec, Reply, Row } from "./LoopMessages.ts"
import { LoopPool } from "./LoopPool.ts"
import * as Natives from "./Natives.ts"
import * as Resources from "./Resources.ts"

/** How wide loops run, and whether they wait until it is worth it. */
export interface LoopSettings {
  readonly width: number
  readonly eager: boolean
}

export interface LoopNote {
  readonly loop: string
  readonly iterations: number
  /** By other threads. */
  readonly computed: number
  readonly why: string | undefined
}

/** In milliseconds: what the first threads cost, and what a loop costs once they are there. */
const startingMs = 120
const warmMs = 8
/** How long one chunk should take. */
const chunkMs = 25
/** What it costs to take one contribution from another thread. */
const rowMs = 0.0005
/** Below this an iteration is cheaper than its way. */
const leastMs = 0.002

let pool: LoopPool | undefined
let lastId = 0
/** Whether threads could not be started, so that it is not tried again. */
let hasFailed = false

const iteratorPrototypes: ReadonlySet<unknown> = new Set([
  Object.getPrototypeOf([].values()),
  Object.getPrototypeOf(new Map().entries()),
  Object.getPrototypeOf(new Set().values())
])

const isIterator = (given: unknown): boolean =>
  typeof given === "object" && given !== null && iteratorPrototypes.has(Object.getPrototypeOf(given))

/** How many values `for...of` takes from what the language itself defines, if nothing adds to it meanwhile. */
const countOf = (given: unknown): number | undefined => {
  if (typeof given === "string") return Array.from(given).length
  if (typeof given !== "object" || given === null || types.isProxy(given)) return undefined
  if (Object.hasOwn(given, Symbol.iterator)) return undefined
  switch (Object.getPrototypeOf(given)) {
    case Array.prototype:
      return (given as ReadonlyArray<unknown>).length // its prototype says so
    case Map.prototype:
    case Set.prototype:
      return (given as ReadonlySet<unknown>).size // as above
    default:
      return ArrayBuffer.isView(given) && !(given instanceof DataView) ? Reflect.get(given, "length") as number
        : undefined
  }
}

/** What a loop is given beside what it goes over. */
export interface LoopSurroundings {
  readonly settings: LoopSettings
  readonly spec: LoopSpec
  /** Asked only when threads are to be used: the variables may not be there before. */
  readonly captured: () => ReadonlyArray<unknown>
  readonly accumulators: () => ReadonlyArray<unknown>
  readonly values: () => ReadonlyArray<ReadonlyArray<unknown>>
  /** What the iterator that it goes over belongs to, if that is known. */
  readonly source: () => ReadonlyArray<unknown>
  readonly note: (note: LoopNote) => void
}

/** What a variant asks of an execution of its loop. */
export interface Run {
  readonly items: Iterable<unknown>
  readonly isOdd: boolean
  readonly nextNow: () => ReadonlyArray<Row> | undefined
  readonly next: () => ReadonlyArray<Row> | undefined | Run
  readonly later: () => Promise<ReadonlyArray<Row> | undefined>
}

/** What is known of one loop from its executions so far. */
interface Experience {
  /** The least that an iteration took on average, in milliseconds. */
  least: number
  /** Executions since it was last measured. */
  unmeasured: number
  /** How often threads were tried and did not pay. */
  losses: number
  /** Executions since then that were left alone. */
  spared: number
}

/** Whether an execution of a loop is left alone, for threads did not pay before: ever longer, and never for good. */
const isSpared = (known: Experience): boolean => {
  if (known.losses === 0 || known.spared >= 50 * 4 ** known.losses) return false
  known.spared += 1
  return true
}

const experiences = new WeakMap<LoopSpec, Experience>()

/** How many executions of a loop that was too short are not measured. */
const mostUnmeasured = 100

/** How long the loop is at most, as far as that can be told at no cost. */
const roughCount = (spec: LoopSpec, given: unknown, source: () => ReadonlyArray<unknown>): number => {
  if (spec.range) {
    if (!source().every((each) => countOf(each) !== undefined)) return Infinity
    const [from, to, step] = given as readonly [() => unknown, () => unknown, number] // as the variant wrote it
    return (Number(to()) - Number(from())) / step + 1
  }
  if (types.isProxy(given)) return Infinity
  if (Array.isArray(given) || typeof given === "string") return given.length
  return given instanceof Map || given instanceof Set ? given.size : Infinity
}

const nothing = (): undefined => undefined

/** An execution that stays on the main thread from the first iteration on; `undefined` for one that must be measured. */
export const shortRun = (
  spec: LoopSpec,
  given: unknown,
  source: () => ReadonlyArray<unknown>
): Run | undefined => {
  const known = experiences.get(spec)
  if (known === undefined || known.unmeasured >= mostUnmeasured) return undefined
  // Nothing is gained below some milliseconds
  if (!(known.least * roughCount(spec, given, source) < 1)) return undefined
  known.unmeasured += 1
  return {
    items: given as Iterable<unknown>,
    isOdd: false,
    nextNow: nothing,
    next: nothing,
    later: async () => undefined
  }
}

export class LoopRun implements Run {
  readonly #surroundings: LoopSurroundings
  readonly items: Iterable<unknown>
  /** It cannot be iterated at all. */
  readonly isOdd: boolean
  readonly #began = performance.now()
  readonly #count: number
  readonly #source: unknown
  #start = 0
  #step = 1
  #index = 0
  #nextLook = 1
  #isOver = false
  #id = 0
  #handed = 0
  #chunk = 1
  #computed = 0
  #numbered: Carriage.Numbered = { objects: [], numbers: new Map() }
  #arrived = new Map<number, Reply>()
  #flying: Array<number> = []
  #idle: Array<number> = []
  #current: Reply | undefined
  #wake: (() => void) | undefined
  /** What the loop would have taken serially from where threads began, in milliseconds, and when that was. */
  #expected = Infinity
  #handedAt = 0

  constructor(surroundings: LoopSurroundings, given: unknown) {
    this.#surroundings = surroundings
    const { spec } = surroundings
    // `for...of` itself says what is wrong with something that it cannot go over
    this.items = given as Iterable<unknown>
    if (spec.range) {
      this.#source = undefined
      this.isOdd = false
      // As the variant wrote it
      const [from, to, step, inclusive] = given as readonly [() => unknown, () => unknown, number, boolean]
      // What is asked of anything else may answer differently each time
      const isPlain = surroundings.source().every((each) => countOf(each) !== undefined)
      const [start, end] = isPlain ? [from(), to()] : []
      const isCounted = typeof start === "number" && typeof end === "number"
      const last = !isCounted ? NaN : inclusive ? Math.floor((end - start) / step) + 1 : Math.ceil((end - start) / step)
      const isSafe = isCounted && Number.isSafeInteger(start) && Number.isSafeInteger(Math.ceil(end)) &&
        Number.isSafeInteger(start + last * step)
      this.#start = isSafe ? start : 0
      this.#step = step
      this.#count = isSafe ? Math.max(0, last) : 0
      if (!isSafe) this.#stop("what it counts are not integers")
    } else {
      // Of an iterator: what it goes over
      const [source = given] = isIterator(given) ? surroundings.source() : []
      const count = countOf(source)
      this.#source = source
      this.#count = count ?? 0
      this.isOdd = given === null || given === undefined ||
        (!types.isProxy(given) && typeof Reflect.get(Object(given), Symbol.iterator) !== "function")
      if (count === undefined) this.#stop("what it goes over is no array, Map, Set or text")
    }
    if (this.#count < 2) this.#isOver = true
  }

  /** Of the next iteration: its contributions, or `undefined` when the main thread has to compute it. Blocks. */
  nextNow(): ReadonlyArray<Row> | undefined {
    if (!this.#isDue()) return undefined
    for (;;) {
      const step = this.#take()
      if (step !== "wait") return step
      this.#checkThreads()
      if (!this.#isOver) pool?.receiveNow()
    }
  }

  /** As `nextNow`, but gives itself when {@link later} has to be asked. */
  next(): ReadonlyArray<Row> | undefined | this {
    if (!this.#isDue()) return undefined
    const step = this.#take()
    return step === "wait" ? this : step
  }

  async later(): Promise<ReadonlyArray<Row> | undefined> {
    for (;;) {
      const step = this.#take()
      if (step !== "wait") return step
      this.#checkThreads()
      if (this.#isOver) return undefined
      await new Promise<void>((resolve) => {
        // Also keeps the process alive, and looks whether the threads still are
        const timer = setTimeout(resolve, 1000)
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      this.#wake = undefined
    }
  }

  #lose(): void {
    const known = experiences.get(this.#surroundings.spec)
    if (known === undefined) return
    known.losses = Math.min(known.losses + 1, 8)
    known.spared = 0
  }

  #stop(why: string | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    // Whatever the reason was: to copy what it reads once more would end alike
    if (
      !this.#surroundings.settings.eager && (why !== undefined || performance.now() - this.#handedAt > this.#expected)
    ) {
      this.#lose()
    }
    if (this.#id !== 0) pool?.close(this.#id)
    const { note, spec } = this.#surroundings
    note({ loop: `${spec.plan}#${spec.body}`, iterations: this.#count, computed: this.#computed, why })
    // Whatever it holds may be much
    this.#numbered = { objects: [], numbers: new Map() }
    this.#arrived.clear()
  }

  /** Whether another thread computes the iteration that begins now. */
  #isDue(): boolean {
    const index = this.#index
    this.#index += 1
    if (this.#isOver) return false
    if (this.#id !== 0) return true
    const { eager, width } = this.#surroundings.settings
    if (eager) return index > 0 && this.#begin(index, undefined)
    if (index < this.#nextLook) return false
    const elapsed = performance.now() - this.#began
    const mean = elapsed / index
    const known = experiences.get(this.#surroundings.spec)
    if (known === undefined) {
      experiences.set(this.#surroundings.spec, { least: mean, unmeasured: 0, losses: 0, spared: 0 })
    } else {
      known.least = Math.min(known.least, mean)
      known.unmeasured = 0
    }
    this.#nextLook = elapsed > 2 ? index + Math.max(1, Math.floor(2 / mean)) : index * 2
    if (mean < leastMs || hasFailed || (known !== undefined && isSpared(known))) {
      this.#isOver = known !== undefined && known.losses > 0
      return false
    }
    const left = mean * (this.#count - index)
    const gain = left * (1 - 1 / width)
    return elapsed > 2 && gain > (pool === undefined || pool.isBusy ? startingMs : warmMs) ? this.#begin(index, mean)
      : false
  }

  /** All that the loop goes over; the iterator itself is left alone. */
  #values(): ReadonlyArray<unknown> {
    const { spec } = this.#surroundings
    if (spec.range) return []
    const source = this.#source as Iterable<unknown> // countOf knows it
    const isWhole = source === this.items || spec.over === null
    // Every container of the language has these methods
    return [...isWhole ? source : (source as Map<unknown, unknown>)[spec.over]()]
  }

  #begin(index: number, mean: number | undefined): boolean {
    const { accumulators, captured, settings, spec, values } = this.#surroundings
    try {
      if (!Natives.areUntouched()) throw new Error("the program has changed functions of the language")
      Carriage.checkPlain(this.#source)
      const data: LoopData = { captured: captured(), values: values(), items: this.#values() }
      const left = this.#count - index
      this.#numbered = Carriage.numberObjects(
        data,
        spec.stateful,
        mean === undefined ? Infinity : 1000 * mean * left,
        Resources.mostCopiedBytes
      )
      const guarded = spec.guarded.length > 0
      const changed: Carriage.Changed = {
        read: this.#numbered,
        over: this.#source,
        guarded,
        copies: spec.copies,
        places: new Map()
      }
      accumulators().forEach((each, which) => {
        Carriage.checkAccumulator(each, which, spec.depths[which] ?? 0, changed)
        Carriage.checkKinds(each, spec.kinds[which] ?? [])
      })
      // A loop that was left early may have left threads that never end
      if (pool?.isBusy === true) {
        pool.end()
        pool = undefined
      }
      if (pool === undefined) {
        hasFailed = true
        if (!Resources.haveRoomFor(settings.width + 1)) {
          throw new Error("the job has too little address space for threads")
        }
        pool = new LoopPool(settings.width)
        hasFailed = false
      }
      pool.listen()
      const threads = pool
      lastId += 1
      const id = lastId
      for (let thread = 0; thread < threads.width; thread += 1) {
        threads.send(thread, { kind: "loop", id, spec, data, start: this.#start, step: this.#step })
      }
      const even = Math.ceil(left / (threads.width * 3))
      this.#chunk = Math.max(1, mean === undefined ? even : Math.min(even, Math.round(chunkMs / mean)))
      this.#handed = index
      this.#flying = Array.from({ length: threads.width }, () => 0)
      this.#id = id
      this.#expected = mean === undefined ? Infinity : mean * left
      this.#handedAt = performance.now()
      threads.open(id, (reply, thread) => this.#receive(reply, thread))
      for (let round = 0; round < 2; round += 1) {
        for (let thread = 0; thread < threads.width; thread += 1) this.#hand(thread)
      }
      return true
    } catch (thrown) {
      // The variables may not be there yet, a value may not cross: the serial loop needs none of this
      this.#stop(thrown instanceof Error ? thrown.message : String(thrown))
      return false
    }
  }

  /** Gives work to threads that have none, but not far ahead of the main thread: what they answer takes memory. */
  #handOut(): void {
    while (this.#idle.length > 0 && this.#arrived.size < 4 * this.#surroundings.settings.width) {
      const thread = this.#idle.shift()
      if (thread !== undefined) this.#hand(thread)
    }
  }

  #hand(thread: number): void {
    if (this.#isOver || this.#handed >= this.#count) return
    const to = Math.min(this.#count, this.#handed + this.#chunk)
    pool?.send(thread, { kind: "chunk", id: this.#id, from: this.#handed, to })
    this.#handed = to
    this.#flying[thread] = (this.#flying[thread] ?? 0) + 1
  }

  #receive(reply: Reply, thread: number): void {
    this.#flying[thread] = (this.#flying[thread] ?? 1) - 1
    this.#arrived.set(reply.from, reply)
    const rows = reply.steps.reduce((sum, step) => sum + (step?.length ?? 0), 0)
    if (!this.#surroundings.settings.eager && rows * rowMs > reply.ms) this.#chunk = 0
    else {
      this.#idle.push(thread)
      this.#handOut()
    }
    this.#wake?.()
  }

  #checkThreads(): void {
    if (this.#isOver) return
    if (this.#chunk === 0 && this.#current === undefined) return this.#stop("its contributions are many and cheap")
    if (this.#flying.some((chunks, thread) => chunks > 0 && pool?.hasEnded(thread) === true)) {
      this.#stop("a thread has ended")
      pool?.end()
      pool = undefined
      hasFailed = true
    }
  }

  #take(): ReadonlyArray<Row> | undefined | "wait" {
    if (this.#isOver) return undefined
    const index = this.#index - 1
    let reply = this.#current
    if (reply === undefined || index >= reply.from + reply.steps.length) {
      reply = this.#arrived.get(index)
      this.#current = reply
      if (reply === undefined) return "wait"
      this.#arrived.delete(index)
      this.#handOut()
      Carriage.attach(reply.patches, this.#numbered)
    }
    const step = reply.steps[index - reply.from]
    const isOdd = (row: Row): boolean =>
      this.#surroundings.spec.guarded.includes(Number(row[0])) &&
      row.some((value) =>
        typeof value === "bigint" || typeof value === "symbol" || value === "length" || value === "__proto__" ||
        (typeof value === "object" && value !== null && Object.getPrototypeOf(value) !== Object.prototype &&
          !Array.isArray(value))
      )
    if (step === null || step === undefined || step.some(isOdd)) {
      this.#stop(reply.why ?? "an iteration was left out")
      return undefined
    }
    this.#computed += 1
    if (index === this.#count - 1) this.#stop(undefined)
    return step
  }
}
