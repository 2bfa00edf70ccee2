/**
 * Pinned knowledge about the language's and Node's library: what each function and method does with values. What is not
 * listed is unknown code, which may do anything with what it is given.
 */
import * as Arrays from "./builtins/Arrays.ts"
import { type Behaviour, each, type Rules, type Table, words } from "./builtins/Behaviour.ts"
import * as Collections from "./builtins/Collections.ts"
import * as GlobalNames from "./builtins/GlobalNames.ts"
import * as NodeFiles from "./builtins/NodeFiles.ts"
import * as NodeGlobals from "./builtins/NodeGlobals.ts"
import * as NodeModules from "./builtins/NodeModules.ts"
import * as Objects from "./builtins/Objects.ts"
import * as Text from "./builtins/Text.ts"
import * as Web from "./builtins/Web.ts"
import { lazy } from "./lazy.ts"

export type { Behaviour, Callback, Place } from "./builtins/Behaviour.ts"

type Behaviours = ReadonlyMap<string, Behaviour>

const join = (...parts: ReadonlyArray<string>): string => parts.filter((part) => part !== "").join(".")

const functionsOf = (tables: ReadonlyArray<Table>): Behaviours =>
  new Map(
    tables.flatMap((table) =>
      Object.entries(table).flatMap(([namespace, rules]) =>
        each(rules).map(([name, behaviour]) => [join(namespace, name), behaviour] as const)
      )
    )
  )

const methodsOf = (type: string, rules: Rules): Behaviours =>
  new Map(each(rules).map(([name, behaviour]) => [name, { ...behaviour, on: [type] }]))

/** The functions of the globals by their path. */
export const globals = lazy((): Behaviours =>
  functionsOf([
    Arrays.functions,
    Collections.functions,
    Objects.functions,
    Text.functions,
    Web.functions,
    NodeGlobals.functions
  ])
)

/** The methods of each type of the library by their name. */
export const methods = lazy((): ReadonlyMap<string, Behaviours> =>
  new Map(
    [Objects, Arrays, Collections, Text, Web, NodeGlobals, NodeModules].flatMap((group) =>
      Object.entries(group.methods).map(([type, rules]) => [type, methodsOf(type, rules)] as const)
    )
  )
)

/** The functions of Node's modules, by specifier and path. */
export const nodeModules = lazy((): ReadonlyMap<string, Behaviours> =>
  new Map(
    [NodeModules.functions, NodeFiles.functions].flatMap((table) =>
      Object.entries(table).map(([name, rules]) => [name, new Map(each(rules))] as const)
    )
  )
)

const sameEffects = (left: Behaviour, right: Behaviour): boolean =>
  JSON.stringify({ ...left, on: undefined }) === JSON.stringify({ ...right, on: undefined })

/** Behaviours of one name, each once, with all the types that have it. */
const byName = lazy((): ReadonlyMap<string, ReadonlyArray<Behaviour>> => {
  const found = new Map<string, ReadonlyArray<Behaviour>>()
  for (const behaviours of methods().values()) {
    for (const [name, behaviour] of behaviours) {
      const known = found.get(name) ?? []
      const twin = known.find((other) => sameEffects(other, behaviour))
      found.set(
        name,
        twin === undefined
          ? [...known, behaviour]
          : known.map((other) => other === twin ? { ...twin, on: [...twin.on ?? [], ...behaviour.on ?? []] } : other)
      )
    }
  }
  return found
})

/** The types of whose prototypes an object inherits, the nearest first. */
const prototypes: Readonly<Record<string, string>> = {
  ...Object.fromEntries([
    ...words(Arrays.typedArrays).map((name) => [name, "TypedArray"]),
    ...words(Text.intlServices).map((name) => [`Intl.${name}`, "Intl"]),
    ...words(Objects.errors).map((name) => [name, "Error"])
  ]),
  Buffer: "Buffer TypedArray",
  AbortSignal: "AbortSignal EventTarget",
  CustomEvent: "Event"
}

const prototypeMethod = (type: string, name: string): Behaviour | undefined => {
  for (const prototype of words(`${prototypes[type] ?? type} Object`)) {
    const found = methods().get(prototype)?.get(name)
    if (found !== undefined) return found
  }
  return undefined
}

/**
 * Says what a call (or `new`) of a global does, by its path: "parseInt", "Object.assign", "Map". "new.String" is the object
 * that `new String` makes, where the call gives a primitive ("new.Number", "new.Boolean" too). "Array.prototype.push" is the
 * method of arrays. `undefined`: unknown code.
 */
export const globalCall = (path: string): Behaviour | undefined => {
  const plain = path.replace(/^(globalThis|global)\./, "")
  const method = /^(.*)\.prototype\.(.*)$/.exec(plain)
  return method === null ? globals().get(plain) : prototypeMethod(method[1] ?? "", method[2] ?? "")
}

/**
 * Says what a call `x.name(...)` does, where `x` is one of the library's own values: the behaviours of all types that have
 * such a method. Empty: no type of the library has it. Symbols are written "Symbol.iterator". Functions that stand on a
 * constructor or namespace (`Object.keys`) are not among them: see {@link staticCalls}.
 */
export const methodCalls = (name: string): ReadonlyArray<Behaviour> => byName().get(name) ?? []

const staticsByName = lazy((): ReadonlyMap<string, ReadonlyArray<Behaviour>> => {
  const found = new Map<string, Array<Behaviour>>()
  for (const behaviours of [globals(), ...nodeModules().values()]) {
    for (const [path, behaviour] of behaviours) {
      const name = path.slice(path.lastIndexOf(".") + 1)
      found.set(name, [...found.get(name) ?? [], behaviour])
    }
  }
  return found
})

/** Says the same of `x.name(...)` where `x` may be a constructor, namespace or module of the library: `Object` by another name. */
export const staticCalls = (name: string): ReadonlyArray<Behaviour> => staticsByName().get(name) ?? []

/** Whether types of the library have this method, and all of them, and all functions of this name, return a primitive. */
export const returnsPrimitive = (name: string): boolean => {
  const behaviours = methodCalls(name)
  return behaviours.length > 0 && [...behaviours, ...staticCalls(name)].every(({ result }) => result === "primitive")
}

/**
 * Says what a function does that a module of Node exports: `path` like "readFileSync", "promises.readFile", "join", or ""
 * for calling the default export. `undefined`: unknown code.
 */
export const nodeCall = (specifier: string, path: string): Behaviour | undefined => {
  const module = specifier.replace(/^node:/, "")
  const plain = path.replace(/^default(\.|$)/, "")
  if (NodeModules.globalModules.has(module)) return globalCall(join(module, plain))
  const [head = ""] = plain.split(".")
  const globals = NodeModules.sameAsGlobals[module]
  if (globals !== undefined && words(globals).includes(head)) return globalCall(plain)
  if (module === "crypto" && head === "webcrypto") return globalCall(plain.replace("webcrypto", "crypto"))
  const end = plain.lastIndexOf(".")
  const [namespace, name] = end < 0 ? ["", plain] : [plain.slice(0, end), plain.slice(end + 1)]
  return nodeModules().get(join(module, namespace))?.get(name)
}

/**
 * Says what reading a global gives: a primitive (`NaN`), a function or namespace of the library without state that a
 * program sees unless it writes to it, or state (`process`). `undefined`: not a global of every supported runtime.
 */
export const globalValue = (name: string): "primitive" | "library" | "state" | undefined =>
  GlobalNames.primitives.has(name)
    ? "primitive"
    : GlobalNames.states.has(name)
    ? "state"
    : GlobalNames.library.has(name)
    ? "library"
    : undefined

/** Whether a member of a global is a primitive: "Math.PI", "process.platform", "process.env.HOME". */
export const isPrimitiveMember = (path: string): boolean =>
  GlobalNames.primitiveMembers.has(path) ||
  GlobalNames.primitiveNamespaces.some((prefix) => path.startsWith(prefix) && !path.slice(prefix.length).includes("."))

/** Properties that are primitives on every value of the library that has them. A plain object may have others of that name. */
export const primitiveFields: ReadonlySet<string> = GlobalNames.fields

/** Properties by which a value of the library hands out another that shares its state: `buffer`, `searchParams`, `signal`. */
export const sharedFields: ReadonlySet<string> = GlobalNames.shared
