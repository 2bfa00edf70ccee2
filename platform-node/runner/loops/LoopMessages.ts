/**
 * What the main thread and the threads of loops say to each other.
 */
import type { MessagePort } from "node:worker_threads"
import type { Patch } from "./Carriage.ts"

/** What the package says of a loop. */
export interface LoopSpec {
  /** The package's path of the module of bodies. */
  readonly plan: string
  readonly body: string
  readonly set: string
  /** Modules of bodies that take data. */
  readonly sets: ReadonlyArray<string>
  readonly depths: ReadonlyArray<number>
  readonly stateful: boolean
  readonly guarded: ReadonlyArray<number>
  /** By accumulator: what it has to be, so that updates in a `try` cannot fail. */
  readonly kinds: ReadonlyArray<ReadonlyArray<"Array" | "Set" | "Map" | "Keyed" | "Primitive">>
  /** By reduction: which cells of its rows must be no objects. */
  readonly strict: ReadonlyArray<ReadonlyArray<number>>
  /** Whether an update is a call of `set`. */
  readonly copies: boolean
  readonly range: boolean
  /** The method whose iterator it goes over, if what that belongs to is known. */
  readonly over: "entries" | "keys" | "values" | null
}

/** Everything that iterations read, in one graph. `items` is empty where numbers are counted. */
export interface LoopData {
  readonly captured: ReadonlyArray<unknown>
  readonly values: ReadonlyArray<ReadonlyArray<unknown>>
  readonly items: ReadonlyArray<unknown>
}

/** A contribution: which reduction, then its values. */
export type Row = Array<unknown>

export type Request =
  | {
    readonly kind: "loop"
    readonly id: number
    readonly spec: LoopSpec
    readonly data: LoopData
    /** First number and distance, where numbers are counted. */
    readonly start: number
    readonly step: number
  }
  | { readonly kind: "chunk"; readonly id: number; readonly from: number; readonly to: number }

export interface Reply {
  readonly id: number
  readonly from: number
  /** By iteration; `null` where the main thread has to do it itself, and everything behind it. */
  readonly steps: ReadonlyArray<ReadonlyArray<Row> | null>
  readonly patches: ReadonlyArray<Patch>
  readonly ms: number
  /** Why a step is `null`: the error is thrown again by the main thread, or a value cannot cross. */
  readonly why: string | undefined
}

/** Cells of the shared signal. */
export const counterCell = 0
/** Loops up to this number are over. */
export const overCell = 1
/** Counts while the coordinator lives. */
export const beatCell = 2
/** From here on: which threads have ended. */
export const firstEndedCell = 3

/** How often the coordinator shows that it lives, in milliseconds. */
export const beatMs = 500
/** Without a sign of life for so long, in milliseconds, it is taken to be dead. */
export const silentMs = 20_000

export interface ThreadData {
  readonly clustrixLoops: "coordinator" | "thread"
  readonly ports: ReadonlyArray<MessagePort>
  readonly signal: SharedArrayBuffer
  readonly index: number
}
