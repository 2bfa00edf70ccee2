/**
 * The entries of the table, each with the real function and the samples of its calls.
 */
import { spawnSync } from "node:child_process"
import { createRequire } from "node:module"
import { type Behaviour, globals, methods, nodeModules } from "../../../../core/language/Builtins.ts"
import { keyOf } from "./Instruments.ts"
import * as Language from "./LanguageSamples.ts"
import { invokedOnResult, type Sample } from "./Observation.ts"
import { isObject } from "./Places.ts"
import * as Node from "./NodeSamples.ts"
import { quiet } from "./State.ts"
import { samplesOf } from "./Samples.ts"

export interface Entry {
  readonly name: string
  readonly behaviour: Behaviour
  readonly samples: ReadonlyArray<() => Sample>
  /** How it is called; nothing where this Node does not have it. A constructor can have two ways. */
  readonly calls: (sample: Sample) => ReadonlyArray<(sample: Sample) => unknown>
  /** Whether it may be given just anything. */
  readonly fuzzed: boolean
  /** Whether its values can be replaced by others that write down what is done with them. Node's own lists break. */
  readonly instrumented: boolean
  /** Whether it does nothing else. */
  readonly throws?: boolean
  /** Whether it belongs to the language itself. */
  readonly language: boolean
  /** Whether its callbacks are long in coming. */
  readonly patient?: boolean
}

type Fn = (...args: Array<unknown>) => unknown

const isFunction = (value: unknown): value is Fn => typeof value === "function"

/** What stands at a path below a value. */
const member = (value: unknown, path: string): unknown =>
  path.split(".").reduce((self: unknown, key) => isObject(self) ? Reflect.get(self, key) : undefined, value)

const asFunction = (fn: Fn, owner?: unknown) => ({ self = owner, args }: Sample): unknown =>
  Reflect.apply(fn, self, args)

const asConstructor = (fn: Fn) => ({ args }: Sample): unknown => Reflect.construct(fn, args)

/** A class whose methods are the program's own. */
const asSubclass = (fn: Fn) => ({ args }: Sample): unknown => {
  class Subclass extends (fn as unknown as new() => { add?: unknown; set?: unknown }) {}
  for (const name of ["add", "set"]) {
    const inherited: unknown = Reflect.get(fn.prototype as object, name)
    if (!isFunction(inherited)) continue
    Object.defineProperty(Subclass.prototype, name, {
      value: function(...given: ReadonlyArray<unknown>): unknown {
        invokedOnResult(name)
        return Reflect.apply(inherited, this, given)
      }
    })
  }
  return Reflect.construct(fn, args, Subclass)
}

/** A constructor for which `new` makes something else than the call is an entry of its own. */
const constructors = (path: string, fn: Fn, owner: unknown): ReadonlyArray<(sample: Sample) => unknown> =>
  path.startsWith("new.")
    ? [asConstructor(fn)]
    : /^(String|Number|Boolean|BigInt|Symbol)$/.test(path) || !/^[A-Z]/.test(path.slice(path.lastIndexOf(".") + 1))
    ? [asFunction(fn, owner)]
    : [asConstructor(fn), asFunction(fn, owner), ...(/^(Weak)?(Map|Set)$/.test(path) ? [asSubclass(fn)] : [])]

const require = createRequire(import.meta.url)

/** Functions that end the process: another one's. */
const ends = "process.exit process.abort process.reallyExit".split(" ")

const ended = (path: string) => (): undefined => {
  const { status } = spawnSync(process.execPath, ["-e", `${path}(3); setTimeout(() => {}, 60000)`], { timeout: 20_000 })
  if (status === 0) throw new Error(`${path} ends no process`)
}

/** Functions that are given nothing but what they are made for. */
const careful = /^(process|console|set|clear|queueMicrotask|Proxy)/

const split = (path: string): readonly [namespace: string, name: string] => {
  const end = path.lastIndexOf(".")
  return end < 0 ? ["", path] : [path.slice(0, end), path.slice(end + 1)]
}

const globalEntry = (path: string, behaviour: Behaviour): Entry => {
  const [namespace, name] = split(path)
  const owner = namespace === "" || namespace === "new"
    ? undefined
    : namespace === "console"
    ? quiet
    : member(globalThis, namespace)
  const fn = owner === undefined ? member(globalThis, name) : member(owner, name)
  const calls = { ...Language.functions[namespace], ...Node.functions[namespace] }
  return {
    name: path,
    behaviour,
    samples: ends.includes(path) ? [() => ({ args: [] })] : samplesOf(calls, name),
    calls: () =>
      ends.includes(path) ? [ended(path)] : isFunction(fn)
        ? constructors(path, fn, owner)
        : [],
    fuzzed: !careful.test(path),
    instrumented: !path.startsWith("clear"),
    language: Language.functions[namespace] !== undefined && samplesOf(Language.functions[namespace], name).length > 0
  }
}

const methodEntry = (type: string, name: string, behaviour: Behaviour): Entry => {
  const samples = Language.methods[type] ?? Node.methods[type]
  return {
    name: `${type}#${name}`,
    behaviour,
    samples: samples === undefined ? [] : samplesOf(samples.calls, name, samples.self),
    calls: ({ self }) => {
      const fn: unknown = Reflect.get(Object(self) as object, keyOf(name))
      return isFunction(fn) ? [asFunction(fn)] : []
    },
    fuzzed: !/^(Timeout|Blob)$/.test(type),
    instrumented: !/^(Timeout|Blob)$/.test(type),
    language: Language.methods[type] !== undefined
  }
}

const moduleEntry = (path: string, name: string, behaviour: Behaviour): Entry => {
  const [specifier, ...members] = path.split(".")
  const owner = member({ module: require(`node:${specifier}`) as unknown }, ["module", ...members].join("."))
  const fn = name === "" ? owner : member(owner, name)
  return {
    name: `${path}:${name}`,
    behaviour,
    samples: samplesOf(Node.modules[path] ?? {}, name === "" ? "()" : name),
    calls: () =>
      isFunction(fn) ?
        (/^([A-Z]|$)/.test(name) && !path.startsWith("assert") ? [asConstructor(fn)] : [asFunction(fn, owner)])
        : [],
    fuzzed: /^(path|url|util|querystring)/.test(path),
    instrumented: !/^(readv|writev)/.test(name),
    throws: name === "fail",
    language: false,
    patient: /^(fs|zlib|crypto)$/.test(path)
  }
}

export const entries = (): ReadonlyArray<Entry> => [
  ...[...globals()].map(([path, behaviour]) => globalEntry(path, behaviour)),
  ...[...methods()].flatMap(([type, behaviours]) =>
    [...behaviours].map(([name, behaviour]) => methodEntry(type, name, behaviour))
  ),
  ...[...nodeModules()].flatMap(([module, behaviours]) =>
    [...behaviours].map(([name, behaviour]) => moduleEntry(module, name, behaviour))
  )
]
