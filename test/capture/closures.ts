/**
 * Functions that hold on to what is around them: each case makes one, and says with which arguments it is called.
 */
import { createHash } from "node:crypto"
import { EventEmitter } from "node:events"
import * as Fs from "node:fs"
import { readFileSync } from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { isDeepStrictEqual } from "node:util"
import type { AnyFunction } from "../../core/closures/FunctionLocator.ts"

export interface Closure {
  readonly fn: AnyFunction
  readonly args?: ReadonlyArray<unknown>
}

const factor = 3
const triple = (x: number): number => x * factor

class Point {
  readonly x: number
  readonly y: number
  constructor(x: number, y: number) {
    this.x = x
    this.y = y
  }
  norm(): number {
    return Math.hypot(this.x, this.y)
  }
  static origin(): Point {
    return new Point(0, 0)
  }
}

const table = [(x: number): number => x + 1, (x: number): number => triple(x) + 1]

/** Gives back what it captures. */
const holding = (value: unknown): Closure => ({ fn: () => value })

export const closures: Readonly<Record<string, () => Closure>> = {
  "a top-level function is no closure": () => ({ fn: triple, args: [2] }),
  "a static method keeps its class": () => ({ fn: Point.origin }),
  "an element of a top-level array": () => ({ fn: table[1] ?? triple, args: [2] }),
  "primitives": () => {
    const values = [1, -0, NaN, Infinity, -Infinity, "a\u2028\"'`${b}\\", true, null, undefined, 12345678901234567890n]
    return { fn: () => values.map((each) => Object.is(each, -0) ? "-0" : String(each)) }
  },
  "modules of Node, their members, and what they make": () => {
    const path = Path
    const { join } = Path.posix
    const everything = { os: Os, promises: Fs.promises, read: readFileSync, Emitter: EventEmitter, env: process.env }
    const make = new Map<string, unknown>([["hash", createHash], ["path", Path]])
    return {
      fn: () => [
        path.basename("/a/b"),
        join("a", "b"),
        typeof everything.os.cpus,
        everything.promises === Fs.promises,
        everything.read === Fs.readFileSync,
        new everything.Emitter().listenerCount("x"),
        everything.env === process.env,
        [...make.keys()],
        make.get("path") === Path
      ]
    }
  },
  "an array with holes and a property of its own": () => {
    const list: Array<number> & { note?: string } = [1]
    list[2] = 3
    list.note = "own"
    return { fn: () => [list.length, 1 in list, list.note, Object.keys(list)] }
  },
  "a function with methods on its prototype": () => {
    const factor = 3
    function Box(this: { size: number }, size: number) {
      this.size = size
    }
    Box.prototype.scaled = function(this: { size: number }) {
      return this.size * factor
    }
    return { fn: () => Reflect.construct(Box, [2]).scaled() }
  },
  "two counters that stand differently, each with a variable of its own": () => {
    const make = (start: number) => {
      let count = start
      return () => ++count
    }
    const [first, second] = [make(0), make(10)]
    first()
    return { fn: () => [first(), second(), first()] }
  },
  "a counter in an object that two functions share": () => {
    const state = { count: 0 }
    const increase = () => ++state.count
    const read = () => state.count
    return { fn: () => [increase(), increase(), read()] }
  },
  "a variable that only the one function that holds it changes": () => {
    let total = 5
    return { fn: (n: number) => (total += n, total * 2), args: [3] }
  },
  "one variable of each kind of declaration": () => {
    var a = 1 // oxlint-disable-line no-var
    let b = 2 // oxlint-disable-line prefer-const
    const c = 3
    function d(): number {
      return a + b + c
    }
    class E {
      value = d()
    }
    return { fn: (x: number) => [a, b, c, d(), new E().value, x], args: [4] }
  },
  "variables that the function changes": () => {
    let count = 10
    const add = (by: number): number => count += by
    return { fn: (x: number) => [add(x), add(x)].length, args: [1] }
  },
  "a parameter, its default and the rest": () => {
    const make = (a: number, b = a + 1, ...rest: ReadonlyArray<number>) => () => [a, b, rest]
    return { fn: make(1, undefined, 7, 8) }
  },
  "a variable of a loop and of a catch clause": () => {
    const found: Array<() => unknown> = []
    for (const each of [1, 2, 3]) found.push(() => each)
    try {
      throw new RangeError("caught")
    } catch (error) {
      found.push(() => String(error))
    }
    return { fn: () => found.map((each) => each()) }
  },
  "a destructured variable": () => {
    const { a: [first], ...others } = { a: [1, 2], b: 3, c: { d: 4 } }
    return { fn: () => [first, others] }
  },
  "a shadowed name: the nearest one counts": () => {
    const value: string = "outer"
    const make = () => {
      const value: string = "inner"
      return () => value
    }
    return { fn: () => [value, make()()] }
  },
  "a name like one of the top level, and the top-level one through another function": () => {
    const factor = 100
    return { fn: (x: number) => [factor, triple(x)], args: [2] }
  },
  "a recursive arrow": () => {
    const factorial = (n: number): number => n < 2 ? 1 : n * factorial(n - 1)
    return { fn: factorial, args: [5] }
  },
  "two functions that call each other": () => {
    const isEven = (n: number): boolean => n === 0 || isOdd(n - 1)
    const isOdd = (n: number): boolean => n !== 0 && isEven(n - 1)
    return { fn: isEven, args: [7] }
  },
  "an async generator and an async arrow": () => {
    const base = 2
    async function* numbers() {
      for (let n = 0; n < 3; n++) yield n * base
    }
    return {
      fn: async () => {
        const all: Array<number> = []
        for await (const each of numbers()) all.push(each)
        return all
      }
    }
  },
  "a method of an object, and the object's other parts": () => {
    const tool = {
      base: 4,
      scale: (x: number) => x * tool.base,
      nested: {
        add(x: number) {
          return x + 1
        }
      }
    }
    return { fn: (x: number) => tool.nested.add(tool.scale(x)), args: [2] }
  },
  "a method that is bound to its object": () => {
    const counter = {
      count: 5,
      next() {
        return ++this.count
      }
    }
    return { fn: counter.next.bind(counter) }
  },
  "a function that is bound to arguments": () => {
    const list = ["a"]
    const join = (a: ReadonlyArray<string>, b: string, c: string) => [...a, b, c].join("-")
    return { fn: join.bind(null, list, "b"), args: ["c"] }
  },
  "a function of a function of a function": () => {
    const a = (x: number) => (y: number) => (z: number) => [x, y, z, triple(z)]
    return { fn: a(1)(2), args: [3] }
  },
  "objects that are shared between two functions stay one object": () => {
    const shared = { list: [1] }
    const push = (x: number) => shared.list.push(x)
    const read = () => shared.list
    return {
      fn: (x: number) => {
        push(x)
        return [read(), shared.list === read()]
      },
      args: [2]
    }
  },
  "cycles": () => {
    const node: { name: string; self?: unknown; list: Array<unknown> } = { name: "n", list: [] }
    node.self = node
    node.list.push(node, node.list)
    return { fn: () => [node.self === node, node.list[0] === node, node.list[1] === node.list, node.name] }
  },
  "order of keys, odd keys, holes and properties of arrays": () => {
    const object = { b: 1, a: { c: 2 }, "odd key": [3], ["__proto__"]: 4, 10: "ten", 2: "two" }
    const array: Array<unknown> & { extra?: unknown } = [1, , { x: 1 }] // oxlint-disable-line no-sparse-arrays
    array.extra = object
    return { fn: () => [Object.keys(object), object, 1 in array, array.length, array.extra === object] }
  },
  "Map and Set in their order, with objects as keys": () => {
    const key = { k: 1 }
    const map = new Map<unknown, unknown>([[key, "object"], ["b", new Set([3, key, 1])], [NaN, map0()]])
    function map0(): Map<string, number> {
      return new Map([["z", 1], ["a", 2]])
    }
    return { fn: () => [map.get(key), [...map.keys()].length, (map.get("b") as Set<unknown>).has(key), map.get(NaN)] }
  },
  "dates, regular expressions, boxed primitives, URLs": () => {
    const expression = /a(b)/gi
    expression.lastIndex = 2
    const values = [new Date(86_400_000), new Date(NaN), Object(1), Object("s"), new URL("https://example.org/a?b=c#d")]
    return { fn: () => [values.map(String), expression.source, expression.flags, expression.lastIndex] }
  },
  "typed arrays over one buffer": () => {
    const buffer = new ArrayBuffer(16)
    const bytes = new Uint8Array(buffer, 4, 8)
    const view = new DataView(buffer)
    const floats = new Float64Array([1.5, -0, NaN])
    bytes[0] = 255
    return {
      fn: () => {
        bytes[1] = 7
        return [view.getUint8(4), view.getUint8(5), bytes.length, floats]
      }
    }
  },
  "a Buffer": () => {
    const bytes = Buffer.from("häß")
    return { fn: () => [bytes.toString("utf8"), Buffer.isBuffer(bytes)] }
  },
  "Buffers that share their bytes": () => {
    const whole = Buffer.from("shared bytes")
    const part = whole.subarray(2, 6)
    return {
      fn: () => {
        part[0] = 65
        return [whole.toString(), part.toString()]
      }
    }
  },
  "a Buffer and another view onto its memory": () => {
    const memory = new ArrayBuffer(8)
    const buffer = Buffer.from(memory, 2, 4)
    const words = new Uint16Array(memory)
    return {
      fn: () => {
        words[1] = 0x4142
        return [buffer.toString("latin1"), buffer.byteOffset]
      }
    }
  },
  "a URL and its parameters": () => {
    const url = new URL("https://example.org/?a=1")
    const { searchParams } = url
    return {
      fn: () => {
        searchParams.set("b", "2")
        return [url.href, url.searchParams === searchParams]
      }
    }
  },
  "a variable whose value is undefined": () => {
    const nothing = [].at(0)
    const later: number | undefined = undefined
    const read = () => [nothing, later]
    return { fn: () => read() }
  },
  "errors with causes and properties": () => {
    const error = Object.assign(new RangeError("far", { cause: new Error("near") }), { code: "E" })
    return {
      fn: () => [error.message, (error.cause as Error).message, error.code, error instanceof RangeError, error.name]
    }
  },
  "frozen, sealed and null-prototype objects": () => {
    const frozen = Object.freeze({ a: Object.freeze([1, 2]) })
    const sealed = Object.seal({ b: 1 })
    const bare: Record<string, unknown> = Object.assign(Object.create(null), { c: 1 })
    return {
      fn:
        () => [Object.isFrozen(frozen), Object.isFrozen(frozen.a), Object.isSealed(sealed), Object.getPrototypeOf(bare),
          bare["c"]]
    }
  },
  "registered and well-known symbols, as values and as keys": () => {
    const key = Symbol.for("clustrix.test")
    const object = { [key]: 1, [Symbol.toStringTag]: "Tagged" }
    return { fn: () => [object[key], String(object), Symbol.keyFor(key), Symbol.iterator === Symbol.iterator] }
  },
  "functions of the language and of the platform": () => {
    const { max } = Math
    const own = Object.prototype.hasOwnProperty
    const clone = structuredClone
    return { fn: () => [max(1, 3), own.call({ a: 1 }, "a"), clone({ b: 2 })] }
  },
  "functions of other modules and of npm, imported at the top": () => {
    const local = isDeepStrictEqual
    void local
    return { fn: () => [isDeepStrictEqual([1], [1]), typeof readFileSync] }
  },
  "a class of the module, and instances of it": () => {
    const point = new Point(3, 4)
    return { fn: () => [point.norm(), point instanceof Point, Point.origin().x] }
  },
  "a class of the function, over a class of the module": () => {
    const scale = 2
    class Scaled extends Point {
      static readonly made = [scale]
      readonly z = scale
      override norm(): number {
        return super.norm() * scale
      }
    }
    const scaled = new Scaled(3, 4)
    return {
      fn:
        () => [scaled.norm(), scaled.z, scaled instanceof Scaled, scaled instanceof Point, Scaled.made,
          new Scaled(6, 8).norm()]
    }
  },
  "a class that a mixin made": () => {
    const mixin = (base: typeof Point, extra: number) =>
      class Mixed extends base {
        more(): number {
          return this.norm() + extra
        }
      }
    const Mixed = mixin(Point, 10)
    return { fn: () => new Mixed(3, 4).more() }
  },
  "functions with properties": () => {
    const counted = Object.assign((x: number) => x + counted.by, { by: 5, log: [1] })
    return { fn: (x: number) => [counted(x), counted.log, counted.name], args: [1] }
  },
  "names of functions": () => {
    const named = () => 1
    const object = {
      key: () => 2,
      ["computed" as string]: () => 3,
      method() {
        return 4
      }
    }
    const list = [() => 5]
    return { fn: () => [named.name, object.key.name, object.method.name, list[0]?.name] }
  },
  "a value that nothing changes is carried deep": () => {
    let deep: unknown = "end"
    for (let level = 0; level < 5_000; level++) deep = { deep }
    const depth = (value: unknown): number => {
      let levels = 0
      for (let at = value; typeof at === "object" && at !== null; levels++) at = Reflect.get(at, "deep")
      return levels
    }
    return { fn: () => depth(deep) }
  },
  "many values": () => holding(Array.from({ length: 3_000 }, (_, at) => ({ at, text: `n${at}` })))
}
