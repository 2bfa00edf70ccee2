/**
 * Functions that hold classes, functions and instances which were changed since they were made.
 */
import type { AnyFunction } from "../../core/closures/FunctionLocator.ts"
import type { Closure } from "./closures.ts"
import { describeValue } from "./describeValue.ts"
import { attempted } from "./objects.ts"

const makeClass = () => {
  class Known {
    static count = 0
    field = 1
    method(): string {
      return "declared"
    }
    get accessor(): number {
      return this.field
    }
    set accessor(value: number) {
      this.field = value
    }
    static make(): unknown {
      return new this()
    }
  }
  return Known
}

const makeFunction = () => {
  function known(a: number, b: number): number {
    return a + b
  }
  return known
}

/** What instances and statics of a class show. */
const shown = (of: new() => object, ...keys: ReadonlyArray<string>): unknown => {
  const made = new of()
  return keys.map((key) => {
    const value: unknown = Reflect.get(made, key)
    return typeof value === "function" ? value.call(made) : value
  })
}

export class Declared {
  static level = 1
  static readonly table = new Map<string, number>()
  static label = `level ${1 + 1}`
  method(): string {
    return "declared"
  }
  other(): string {
    return `${this.method()}!`
  }
}

export function declared(): number {
  return 1
}

/** Its own module puts something on it. */
export class Registered {
  static entries: Array<string> = []
  method(): unknown {
    return Registered.entries
  }
}
Registered.entries.push("first")
Object.assign(Registered.prototype, {
  added() {
    return "added"
  }
})

export function Old(this: { a: number }) {
  this.a = 1
}
Old.prototype.read = function(this: { a: number }) {
  return this.a
}

export class Base {
  static read(): string {
    return "base"
  }
  read(): string {
    return "base"
  }
}

const inner = Symbol("inner")

export const classes: Readonly<Record<string, () => Closure>> = {
  "a method that was replaced": () => {
    const Known = makeClass()
    Known.prototype.method = () => "patched"
    return { fn: () => shown(Known, "method") }
  },
  "a method that calls the one it replaced": () => {
    const Known = makeClass()
    const { method } = Known.prototype
    Known.prototype.method = function() {
      return `${method.call(this)} and more`
    }
    return { fn: () => [shown(Known, "method"), describeValue(Known.prototype)] }
  },
  "a method that was renamed": () => {
    const Known = makeClass()
    Reflect.set(Known.prototype, "alias", Known.prototype.method)
    Reflect.deleteProperty(Known.prototype, "method")
    return { fn: () => [shown(Known, "alias"), describeValue(Known)] }
  },
  "properties that were put on a prototype": () => {
    const Known = makeClass()
    Object.assign(Known.prototype, { q: 7, list: [1] })
    return { fn: () => [shown(Known, "q", "list"), describeValue(Known)] }
  },
  "an instance of a class whose method was replaced": () => {
    const Known = makeClass()
    Known.prototype.method = () => "patched"
    const known = new Known()
    return { fn: () => [known.method(), known instanceof Known, describeValue(known)] }
  },
  "an instance alone, of a class whose method was replaced": () => {
    const Known = makeClass()
    Known.prototype.method = () => "patched"
    const known = new Known()
    return { fn: () => describeValue(known) }
  },
  "a prototype with another prototype": () => {
    const Known = makeClass()
    Object.setPrototypeOf(Known.prototype, { z: () => "based" })
    return { fn: () => [shown(Known, "z"), describeValue(Known)] }
  },
  "a class with another parent": () => {
    const Known = makeClass()
    Object.setPrototypeOf(Known, { inherited: 1 })
    return { fn: () => [Reflect.get(Known, "inherited"), describeValue(Known)] }
  },
  "an accessor that was replaced by half": () => {
    const Known = makeClass()
    Object.defineProperty(Known.prototype, "accessor", { get: () => "patched" })
    const known = new Known()
    return {
      fn: () => {
        known.accessor = 9
        return [known.accessor, known.field, describeValue(Known)]
      }
    }
  },
  "static fields that changed since the class was defined": () => {
    const Known = makeClass()
    Known.count = 5
    Reflect.set(Known, "added", { deep: 1 })
    return { fn: () => [Known.count, describeValue(Known)] }
  },
  "static fields and blocks do not run again": () => {
    const log: Array<string> = []
    const note = (what: string): string => {
      log.push(what)
      return what
    }
    class Noting {
      static first = note("first")
      static second: unknown
      static {
        this.second = note("block")
      }
      static third = () => log.length
    }
    return { fn: () => [Noting.first, Noting.second, Noting.third(), log] }
  },
  "static fields that hold the class and its instances": () => {
    class Single {
      static readonly instance = new Single()
      static readonly self = Single
      static readonly byName = new Map([["one", Single.instance]])
      value = 1
    }
    return { fn: () => [Single.self === Single, Single.byName.get("one") === Single.instance, describeValue(Single)] }
  },
  "private static fields": () => {
    class Hidden {
      static #count = 0
      static #table = new Map([["a", [1]]])
      static #step = () => 2
      static next(): number {
        return Hidden.#count += Hidden.#step() + (this.#table.get("a")?.length ?? 0)
      }
    }
    Hidden.next()
    return { fn: () => [Hidden.next(), Hidden.next()] }
  },
  "a private static field that holds an instance of the class": () => {
    class Lazy {
      static #instance: Lazy | undefined
      value = 3
      static get(): Lazy {
        return Lazy.#instance ??= new Lazy()
      }
    }
    Lazy.get().value = 4
    return { fn: () => [Lazy.get().value, Lazy.get() === Lazy.get(), Lazy.get() instanceof Lazy] }
  },
  "a class with computed members": () => {
    const key = "computed"
    const field = "computedField"
    const own = Symbol.for("own")
    class Computed {
      static [field] = 1;
      [key](): number {
        return 1
      }
      get [own](): number {
        return 2
      }
      static [Symbol.hasInstance](): boolean {
        return false
      }
    }
    return { fn: () => [new Computed()[key](), new Computed()[own], describeValue(Computed)] }
  },
  "a computed key that is not evaluated again": () => {
    const keys = ["first", "second"]
    class Once {
      [keys.shift() ?? "none"](): number {
        return 1
      }
      static [keys.shift() ?? "none"](): number {
        return 2
      }
    }
    return { fn: () => [keys, describeValue(Once)] }
  },
  "classes that mention each other": () => {
    class Left {
      right(): unknown {
        return new Right().name()
      }
      name(): string {
        return "left"
      }
    }
    class Right {
      left(): string {
        return new Left().name()
      }
      name(): string {
        return "right"
      }
    }
    const left = new Left()
    return { fn: () => [left.right(), new Right().left()] }
  },
  "a class over a class of the module, both changed": () => {
    class Derived extends Base {
      override read(): string {
        return `derived ${super.read()}`
      }
      static override read(): string {
        return `derived ${super.read()}`
      }
    }
    Reflect.set(Derived.prototype, "extra", 1)
    const derived = new Derived()
    return { fn: () => [derived.read(), Derived.read(), describeValue(derived)] }
  },
  "a class over nothing": () => {
    class Bare extends (null as unknown as typeof Object) {
      static make(): object {
        return Object.create(this.prototype)
      }
    }
    const bare = Bare.make()
    return { fn: () => [Object.getPrototypeOf(Object.getPrototypeOf(bare)), describeValue(Bare)] }
  },
  "subclasses of what the language has": () => {
    class Table extends Map<string, number> {
      sum(): number {
        return [...this.values()].reduce((all, each) => all + each, 0)
      }
    }
    class List extends Array<number> {
      last(): number | undefined {
        return this.at(-1)
      }
    }
    class Failure extends RangeError {
      code = 7
      override name = "Failure"
    }
    class Moment extends Date {}
    class Bits extends Uint8Array {}
    const table = new Table([["a", 1], ["b", 2]])
    const list = List.from([1, 2, 3]) as List
    const failure = new Failure("far", { cause: table })
    const moment = new Moment(5)
    const bits = new Bits([1, 2])
    return {
      fn: () => [
        table.sum(),
        list.last(),
        list.map((each) => each) instanceof List,
        failure instanceof Failure && failure instanceof RangeError,
        String(failure),
        moment.getTime(),
        bits.subarray(1) instanceof Bits,
        describeValue([table, list, failure, moment, bits])
      ]
    }
  },
  "functions of instances and of prototypes of the old kind": () => {
    function Animal(this: { name: string }, name: string) {
      this.name = name
    }
    Animal.prototype.speak = function(this: { name: string }) {
      return `${this.name} speaks`
    }
    function Dog(this: { name: string }, name: string) {
      Reflect.apply(Animal, this, [name])
    }
    Dog.prototype = Object.create(Animal.prototype, { constructor: { value: Dog, writable: true, configurable: true } })
    Dog.prototype.speak = function(this: { name: string }) {
      return `${Animal.prototype.speak.call(this)} and barks`
    }
    const dog = Reflect.construct(Dog, ["Rex"])
    return {
      fn: () => [dog.speak(), dog instanceof Animal, describeValue(dog), Reflect.construct(Dog, ["Ada"]).speak()]
    }
  },
  "functions whose prototype is an instance, or was replaced": () => {
    function First(this: unknown) {}
    function Second(this: unknown) {}
    First.prototype = { a: 1 }
    Second.prototype = Reflect.construct(First, [])
    return { fn: () => [describeValue(First), describeValue(Reflect.construct(Second, []))] }
  },
  "two functions with one prototype": () => {
    function First(this: unknown) {}
    function Second(this: unknown) {}
    Second.prototype = First.prototype
    return { fn: () => [First.prototype === Second.prototype, describeValue(Second)] }
  },
  "what a generator function gives": () => {
    function* numbers(): Generator<number> {
      yield 1
    }
    Object.assign(numbers.prototype, { extra: 2 })
    return { fn: () => [Reflect.get(numbers(), "extra"), describeValue(numbers)] }
  },
  "a function with another name, length or prototype": () => {
    const named = Object.defineProperty(makeFunction(), "name", { value: "other" })
    const longer = Object.defineProperty(makeFunction(), "length", { value: 7 })
    const bare = Object.setPrototypeOf(makeFunction(), null)
    return { fn: () => [named.name, longer.length, describeValue([named, longer, bare])] }
  },
  "a function without a name": () => {
    const known = makeFunction()
    Reflect.deleteProperty(known, "name")
    return { fn: () => describeValue(known) }
  },
  "functions that cannot be changed": () => {
    const frozen = Object.freeze(makeFunction())
    const sealed = Object.seal(Object.assign(() => 1, { a: 1 }))
    const Closed = Object.preventExtensions(makeClass())
    return { fn: () => [Object.isFrozen(frozen), describeValue([frozen, sealed, Closed])] }
  },
  "functions with accessors and symbols": () => {
    let count = 0
    const known = Object.defineProperties(makeFunction(), {
      counted: { get: () => ++count, enumerable: true },
      [Symbol.for("own")]: { value: [1], enumerable: true }
    })
    return { fn: () => [Reflect.get(known, "counted"), Reflect.get(known, "counted"), describeValue(known)] }
  },
  "a bound function with properties": () => {
    const bound = Object.assign(makeFunction().bind(null, 1), { extra: { a: 1 } })
    return { fn: () => [bound(2), bound.name, bound.length, describeValue(bound)] }
  },
  "a bound class and a function that is bound twice": () => {
    const Known = makeClass()
    const Bound = Known.bind(null) as unknown as typeof Known
    const twice = makeFunction().bind(null, 1).bind(null, 2)
    return { fn: () => [new Bound() instanceof Known, twice.name, Reflect.apply(twice, undefined, [])] }
  },
  "methods of classes that stand alone": () => {
    class Tool {
      static half(x: number): number {
        return x / 2
      }
      double(x: number): number {
        return x * 2
      }
      async *["each"](x: number) {
        yield x
      }
      get size(): number {
        return Number(Reflect.get(this, "n") ?? 1)
      }
    }
    const { double, each } = Tool.prototype
    const { half } = Tool
    const size = Object.getOwnPropertyDescriptor(Tool.prototype, "size")?.get
    return {
      fn: async () => {
        const found: Array<number> = []
        for await (const x of each(4)) found.push(x)
        return [half(4), double(4), found, size?.call({ n: 5 } as unknown as Tool), double.name, each.name, size?.name]
      }
    }
  },
  "a method and its class, in any order": () => {
    const Known = makeClass()
    const holder = { method: Known.prototype.method, Known }
    const reversed = { Known, method: Known.prototype.method }
    return { fn: () => [holder.method === holder.Known.prototype.method, reversed.method === holder.method] }
  },
  "a method of a class of the module": () => {
    const { other } = Declared.prototype
    return { fn: () => other.call({ method: () => "own" } as Declared) }
  },
  "getters and setters of objects": () => {
    const state = { n: 1 }
    const object = {
      base: 2,
      get sum(): number {
        return this.base + state.n
      },
      set sum(value: number) {
        state.n = value
      },
      get [`computed${1}`](): string {
        return "computed"
      }
    }
    return {
      fn: () => {
        const before = object.sum
        object.sum = 10
        return [before, object.sum, state, Reflect.get(object, "computed1"), describeValue(object)]
      }
    }
  },
  "a getter that is not run": () => {
    const state = { runs: 0 }
    const object = Object.defineProperty({}, "lazy", { get: () => ++state.runs, configurable: true })
    class Lazy {
      static get value(): number {
        return ++state.runs
      }
      get [Symbol.toStringTag](): string {
        state.runs += 1
        return "Lazy"
      }
    }
    const lazy = new Lazy()
    return {
      fn: () => [state.runs, Object.keys(object), lazy instanceof Lazy, Reflect.get(object, "lazy"), state.runs]
    }
  },
  "static state of a class of the module": () => {
    const known = Declared
    const restore = [known.level, known.prototype.method] as const
    known.level = 7
    known.prototype.method = () => "patched"
    known.table.set("a", 1)
    const made = new known()
    void restore
    return { fn: () => [known.level, made.other(), [...known.table], known.label, made instanceof Declared] }
  },
  "properties that were put on a function of the module": () => {
    Object.assign(declared, { calls: 3, log: ["a"] })
    const known = declared
    return { fn: () => [Reflect.get(known, "calls"), Reflect.get(known, "log"), known === declared] }
  },
  "a class that its module changes itself": () => {
    const made = new Registered()
    const known = Registered
    return { fn: () => [made.method(), Reflect.get(made, "added").call(made), known.entries.length] }
  },
  "a function of the old kind, of the module": () => {
    const made = Reflect.construct(Old, [])
    return { fn: () => [made.read(), made instanceof Old] }
  },
  "a symbol that only the functions know": () => {
    const own = Symbol("own")
    const object = { [own]: 1, b: own }
    const read = () => object[own]
    return { fn: () => [read(), object.b === own, own.description, describeValue(object)] }
  },
  "what is read-only stays so": () => {
    const object = Object.defineProperty({ list: Object.freeze([1]) }, "a", { value: 1, enumerable: true })
    return {
      fn: () => [
        attempted(() => Reflect.set(object, "a", 2)),
        attempted(() => Reflect.deleteProperty(object, "a")),
        attempted(() => (object.list as Array<number>).push(1))
      ]
    }
  }
}

/** Known to the whole module. */
export const holdsModuleSymbol = (): AnyFunction => {
  const own = inner
  const object = { [own]: 1 }
  return () => [object[own], inner]
}
