/**
 * What a living function holds and no package can carry: refused, with what holds it and what to do.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as picomatch from "picomatch"
import { EventEmitter } from "node:events"
import Fs from "node:fs"
import { createContext, runInContext } from "node:vm"
import { Socket } from "node:net"
import { FilePackager } from "../../core/packaging/FilePackager.ts"
import type { AnyFunction } from "../../core/closures/FunctionLocator.ts"
import * as NodeHost from "../../platform-node/NodeHost.ts"
import { holdsModuleSymbol } from "./classes.ts"
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
  "an instance of a class over one of the platform": [() => through(new (class Source extends EventTarget {})()),
    /is a Source, which/, /make the instance in the function/],
  "an instance of a class of Node": [() => through(new EventEmitter()), /is an EventEmitter, which/, /plain object/],
  "a headers object of the platform": [() => through(new Headers()), /is a Headers, which/, /plain object/],
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
  "a private member of a parent": [() => through(new (class Savings extends Account {})()),
    /is an instance of Savings, which has private members, which/, /make the instance in the function/],
  "an auto-accessor of instances": [() =>
    through(
      new (class Auto {
        accessor value = 1
      })()
    ), /is an instance of Auto, which has private members/, /make the instance in the function/],
  "a getter that cannot be carried": [() => {
    const holder = new Account()
    return through(Object.defineProperty({}, "now", { get: holder.self() }))
  }, /\.now is a function that uses `this` of what is around it/, /Put it into a variable/],
  "an iterator": [() => through([1, 2].values()), /is an Array Iterator, which/, /values that it gives/],
  "an iterator of a Map": [() => through(new Map().keys()), /is a Map Iterator, which/, /values that it gives/],
  "a weak reference": [() => through(new WeakRef({})), /is a WeakRef, which/, /plain reference/],
  "a registry of objects that go": [() => through(new FinalizationRegistry(() => {})),
    /is a FinalizationRegistry, which/, /plain reference/],
  "a buffer that was transferred": [() => {
    const buffer = new ArrayBuffer(8)
    structuredClone(buffer, { transfer: [buffer] })
    return through(buffer)
  }, /is a buffer that was transferred, which/, /copy/],
  "a view onto shared memory": [() => through(new Int32Array(new SharedArrayBuffer(8))),
    /is an Int32Array over shared memory, which/, /Hand over a copy/],
  "an object whose prototype is a proxy": [() => through(Object.create(new Proxy({}, {}))),
    /is an object whose prototype is a Proxy/, /Hand over its target/],
  "a method that uses `super`": [() => {
    const object = {
      __proto__: { greet: () => "base" },
      greet() {
        return super.toString()
      }
    }
    return through(object)
  }, /\.greet is a method that uses `super` of what is around it/, /makes the object and calls the method/],
  "a method that uses a private member": [() => through(Account.prototype.balance),
    /is a method that uses `private name` of what is around it/, /makes the object and calls the method/],
  "an arrow that uses `arguments` of the function around it": [() => {
    const make = function(..._: ReadonlyArray<unknown>) {
      return () => arguments.length // oxlint-disable-line prefer-rest-params
    }
    return make(1)
  }, /uses `arguments` of what is around it/, /Put it into a variable/],
  "an arrow that uses `new.target` of the function around it": [() => {
    function Make(this: { read: AnyFunction }) {
      this.read = () => new.target
    }
    return Reflect.construct(Make, []).read
  }, /uses `new\.target` of what is around it/, /Put it into a variable/],
  "a variable whose declaration was not reached": [() => {
    const stages = (function*() {
      yield () => later
      const later = 1
      yield later
    })()
    return stages.next().value as AnyFunction
  }, /^`later` is a variable that may have no value yet, which/, /Hand the function over after the declaration/],
  "a class whose declaration was not reached": [() => {
    const stages = (function*() {
      yield () => new Later()
      class Later {}
      yield Later
    })()
    return stages.next().value as AnyFunction
  }, /^`Later` is a variable that may have no value yet, which/, /Hand the function over after the declaration/],
  "a class with a computed member that was replaced": [() => {
    const key = `computed${Math.sign(1)}`
    class Computed {
      [key](): number {
        return 1
      }
      static key = () => key
    }
    Reflect.set(Computed.prototype, key, 7)
    return through(Computed)
  }, /is a class with a computed member that was replaced or taken away/, /plain name/],
  "a symbol that its module knows": [() => holdsModuleSymbol(), /Symbol\(inner\), which/, /Symbol\.for\("inner"\)/],
  "a symbol that no variable holds": [() => through({ [Symbol("key")]: 1 }),
    /\[Symbol\(key\)\] is Symbol\(key\), which/, /Symbol\.for\("key"\)/],
  "a function of an npm package": [() => through(picomatch.default), /is `picomatch` of the package picomatch, which/,
    /Import it from picomatch at the top/],
  "an arrow that uses `this` of the function around it": [() => new Account().self() as AnyFunction,
    /uses `this` of what is around it/, /Put it into a variable/],
  "a method that uses `this`": [() =>
    ({
      n: 1,
      get() {
        return this.n
      }
    }).get, /is a method that uses `this`/, /Bind it: object\.get\.bind/],
  "a method of instances": [() => Account.prototype.balance, /is a method that uses `private name`/,
    /makes the object and calls the method/],
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

  const patched = (
    title: string,
    holder: object,
    key: string,
    what: RegExp,
    make: () => AnyFunction
  ) =>
    it.effect(title, () =>
      Effect.gen(function*() {
        const before: unknown = Reflect.get(holder, key)
        yield* Effect.acquireRelease(
          Effect.sync(() => Reflect.set(holder, key, () => "patched")),
          () => Effect.sync(() => Reflect.set(holder, key, before))
        )
        const error = yield* Effect.flip(Effect.flatMap(FilePackager, (packager) => packager.prepare(make())))
        assert.match(error.message, what)
        assert.match(error.message, /leave the built-in object as it is/)
      }).pipe(Effect.scoped))

  patched(
    "an object of the language that was changed",
    Math,
    "hypot",
    /is Math with another `hypot`/,
    () => through(Math)
  )
  patched(
    "a prototype of the language that was changed",
    Array.prototype,
    "at",
    /is Array\.prototype with another `at`/,
    () => through(Array.prototype)
  )
  patched(
    "a module of Node that was changed",
    Fs,
    "existsSync",
    /is node:fs with another `existsSync`/,
    () => through(Fs)
  )
})
