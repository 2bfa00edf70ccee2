/**
 * What a living function holds and no package can carry: refused, with what holds it and what to do.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as picomatch from "picomatch"
import { createContext, runInContext } from "node:vm"
import { Socket } from "node:net"
import { FilePackager } from "../../core/FilePackager.ts"
import type { AnyFunction } from "../../core/FunctionLocator.ts"
import * as NodeHost from "../../platform-node/NodeHost.ts"
import * as Namespace from "./closures.ts"

class Account {
  readonly #balance = 1
  balance(): number {
    return this.#balance
  }
  self(): () => unknown {
    return () => this
  }
}

const through = (value: unknown): AnyFunction => {
  const db = { conn: [value] }
  const query = () => db.conn
  const main = () => query()
  return main
}

/** Function, what is said first, and what to do. */
const cases: Readonly<Record<string, readonly [make: () => AnyFunction, what: RegExp, remedy: RegExp]>> = {
  "a variable that one function changes and another reads": [() => {
    let count = 0
    const increase = () => ++count
    const read = () => count
    return () => [increase(), read()]
  },
    /^.*`count` is a variable that functions may share and change, which[^]*increase assigns it, and read uses it, too/,
    /const state = \{ count: \.\.\. \}/],
  "a variable that a function inside of another changes in a loop": [() => {
    let last = ""
    const remember = (all: ReadonlyArray<string>) => {
      const each = () => {
        for ([last = ""] of [all]);
      }
      each()
    }
    return (all: ReadonlyArray<string>) => {
      remember(all)
      return last
    }
  }, /`last` is a variable that functions may share/, /Objects stay shared/],
  "a socket": [() => through(new Socket()),
    /^`db`\.conn\[0\] is a Socket, which cannot be carried\n {2}main captures query; query captures db\. /,
    /plain object with its data/],
  "an instance of a subclass of Map": [() => through(new (class Table extends Map {})()),
    /is an instance of a subclass of Map, which/, /Hand over a Map/],
  "an instance of a class of the language": [() => through(new Intl.NumberFormat("en")), /is a NumberFormat, which/,
    /make the instance in the function/],
  "a promise": [() => through(Promise.resolve(1)), /is a Promise, which/, /Await it first/],
  "a weak map": [() => through(new WeakMap()), /is a WeakMap, which/, /Use a Map/],
  "a proxy": [() => through(new Proxy({}, {})), /is a Proxy, which/, /Hand over its target/],
  "a proxy of a function": [() => through(new Proxy(() => 1, {})), /is a Proxy, which/, /Hand over its target/],
  "a generator": [() =>
    through((function*() {
      yield 1
    })()), /is a Generator, which/, /values that it gives/],
  "a module's namespace": [() => through(Namespace), /is a module's namespace object, which/,
    /Import the module at the top/],
  "a symbol of this process": [() => through(Symbol("own")), /is Symbol\(own\), which/, /Symbol\.for\("own"\)/],
  "shared memory": [() => through(new SharedArrayBuffer(8)), /is a SharedArrayBuffer, which/, /Hand over a copy/],
  "an instance with private members": [() => through(new Account()),
    /is an instance of Account, which has private members, which/, /make the instance in the function/],
  "a property with a getter": [() =>
    through({
      get now() {
        return Date.now()
      }
    }), /\.now is a property with a getter/, /plain properties/],
  "a function of an npm package": [() => through(picomatch.default), /is `picomatch` of the package picomatch, which/,
    /Import it from picomatch at the top/],
  "an object without a known class": [() => through(Object.create({ a: 1 })),
    /is an object whose prototype is an object of its own/, /plain object/],
  "an arrow that uses `this` of the function around it": [() => new Account().self() as AnyFunction,
    /uses `this` of what is around it/, /Put it into a variable/],
  "a method that uses `this`": [() =>
    ({
      n: 1,
      get() {
        return this.n
      }
    }).get, /is a method that uses `this`/, /Bind it: object\.get\.bind/],
  "a method of instances": [() => Account.prototype.balance, /is a member of a class/,
    /makes the instance and calls the method/],
  "code that was never in a file": [() => new Function("return 1") as AnyFunction, /^Cannot get source of anonymous\n/,
    /Write it into a file/],
  "a function of another realm": [() => runInContext("(function odd() {})", createContext({})),
    /^Cannot get source of odd\n/, /file/],
  "a native function": [() => Math.max, /^Cannot get source of max\n/, /Wrap the call/],
  "a native function that is bound": [() => Math.max.bind(null, 1), /^Cannot get source of max\n/, /Wrap the call/]
}

it.layer(NodeHost.layer)("a living function is refused for", (it) => {
  for (const [title, [make, what, remedy]] of Object.entries(cases)) {
    it.effect(title, () =>
      Effect.gen(function*() {
        const packager = yield* FilePackager
        const error = yield* Effect.flip(packager.prepare(make()))
        assert.include(["CapturedValueError", "FunctionNotPackageableError"], error._tag)
        const [head = ""] = error.message.split("\n  → ")
        assert.match(head.replace(/^\S+:\d+:\d+: /, ""), what)
        assert.match(error.message, new RegExp(`\\n {2}→ .*${remedy.source}`))
      }))
  }
})
