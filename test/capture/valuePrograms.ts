/**
 * Programs that make a graph of values: what they make is held by a function. A program is a list of steps; those that
 * the language does not allow (a property on a frozen object) leave things as they are.
 */
import * as FastCheck from "effect/FastCheck"
import { attempted } from "./objects.ts"

/** Makes something that holds `held`. */
type Maker = (held: unknown) => object

const makers: ReadonlyArray<Maker> = [
  () => ({}),
  (held) => ({ held, list: [held] }),
  () => Object.create(null),
  () => [],
  (held) => [held, , 1], // oxlint-disable-line no-sparse-arrays
  () => [1, "two", -0],
  (held) => new Map<unknown, unknown>([[held, 1], ["key", held]]),
  (held) => new Set([held, NaN]),
  () => new Date(86_400_000),
  () => /a(b)/gy,
  () => Object(1),
  () => Object("text"),
  () => Object(2n),
  () => new URL("https://example.org/?a=1"),
  () => new URLSearchParams("a=1&b=2"),
  () => new ArrayBuffer(4),
  () => Reflect.construct(ArrayBuffer, [4, { maxByteLength: 8 }]),
  (held) => held instanceof ArrayBuffer ? new Uint8Array(held) : new Uint8Array(3),
  (held) => new DataView(held instanceof ArrayBuffer ? held : new ArrayBuffer(3)),
  () => Float64Array.of(1.5, NaN, -0),
  () => Buffer.from("bytes"),
  (held) => new Error("failed", { cause: held }),
  () => new RangeError("far"),
  (held) => new AggregateError([held], "all"),
  (held) => () => held,
  (held) =>
    function plain(this: unknown) {
      return [typeof this, held]
    },
  (held) =>
    async function later() {
      return held
    },
  (held) =>
    function* numbers() {
      yield held
    },
  (held) => {
    function Old(this: { held: unknown }) {
      this.held = held
    }
    Old.prototype.read = function(this: { held: unknown }) {
      return this.held
    }
    return Old
  },
  (held) =>
    class Known {
      static count = 1
      static readonly held = held
      static #secret = held
      own = held
      method(): unknown {
        return [this.own, "method"]
      }
      get accessor(): unknown {
        return held
      }
      set accessor(value: unknown) {
        this.own = value
      }
      static secret(): unknown {
        return Known.#secret
      }
    },
  (held) => {
    class Parent {
      name(): string {
        return "parent"
      }
    }
    class Child extends Parent {
      override name(): string {
        return `child of ${super.name()}`
      }
      static list = [held]
    }
    return Child
  },
  (held) => {
    class Table extends Map<unknown, unknown> {
      field = held
    }
    return new Table([[1, held]])
  },
  (held) => {
    class Instance {
      field = held
      method(): unknown {
        return this.field
      }
    }
    return new Instance()
  },
  (held) => {
    class Failure extends TypeError {
      detail = held
    }
    return new Failure("own")
  },
  (held) => ({
    get got() {
      return held
    },
    set got(_: unknown) {},
    method() {
      return held
    },
    async *[Symbol.asyncIterator]() {
      yield held
    }
  }),
  (held) => (typeof held === "function" ? held : () => 1).bind(held, 1),
  (held) => Object.create(Object(held)),
  (held) => Reflect.construct(typeof held === "function" ? held : Object, []),
  () => Object.getOwnPropertyDescriptor(Object(makers), "length") ?? {}
]

const keys: ReadonlyArray<string | symbol> = ["a", "b", "name", "length", "prototype", "constructor", "method", "read",
  "accessor", "count", "held", "message", "stack", "lastIndex", "0", "7", "__proto__", "odd key", "toString",
  Symbol.for("registered"), Symbol.iterator, Symbol.toStringTag]

export interface Step {
  readonly kind:
    | "make"
    | "define"
    | "assign"
    | "delete"
    | "freeze"
    | "seal"
    | "close"
    | "inherit"
    | "lock"
    | "put"
    | "accessor"
  readonly what: number
  readonly on: number
  readonly to: number
  readonly key: number
  readonly flags: number
}

const steps: FastCheck.Arbitrary<Step> = FastCheck.record({
  kind: FastCheck.constantFrom(
    ...["make", "make", "make", "define", "define", "assign", "assign", "delete", "put", "accessor"] as const,
    ...["freeze", "seal", "close", "inherit", "lock"] as const
  ),
  what: FastCheck.nat(makers.length - 1),
  on: FastCheck.nat(30),
  to: FastCheck.nat(40),
  key: FastCheck.nat(keys.length - 1),
  flags: FastCheck.nat(7)
})

export const valuePrograms: FastCheck.Arbitrary<ReadonlyArray<Step>> = FastCheck.array(steps, {
  minLength: 4,
  maxLength: 40
})

const primitives: ReadonlyArray<unknown> = [undefined, null, 1, -0, NaN, "text", "\ud800", true, 3n,
  Symbol.for("value")]

/** The objects that the program makes. */
export const runProgram = (program: ReadonlyArray<Step>): ReadonlyArray<object> => {
  const made: Array<object> = []
  const pick = (at: number): object => made[at % Math.max(made.length, 1)] ?? {}
  for (const { flags, key: at, kind, on, to, what } of program) {
    const target = pick(on)
    const value = to < made.length ? pick(to) : primitives[to % primitives.length]
    const key = keys[at] ?? "a"
    const [writable, enumerable, configurable] = [(flags & 1) > 0, (flags & 2) > 0, (flags & 4) > 0]
    attempted(() => {
      switch (kind) {
        case "make":
          return made.push(makers[what]?.(value) ?? {})
        case "define":
          return Object.defineProperty(target, key, { value, writable, enumerable, configurable })
        case "assign":
          return Reflect.set(target, key, value)
        case "delete":
          return Reflect.deleteProperty(target, key)
        case "accessor":
          return Object.defineProperty(target, key, { get: () => value, enumerable, configurable })
        case "freeze":
          return Object.freeze(target)
        case "seal":
          return Object.seal(target)
        case "close":
          return Object.preventExtensions(target)
        case "inherit":
          return Object.setPrototypeOf(target, typeof value === "object" || typeof value === "function" ? value : null)
        case "lock":
          return Object.defineProperty(target, "length", { writable: false })
        case "put":
          return target instanceof Map ? target.set(value, key) : target instanceof Set ? target.add(value) : undefined
      }
    })
  }
  return made
}
