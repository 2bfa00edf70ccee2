/**
 * V8's inspector, asked by the very process that it inspects.
 */
import type { Debugger, Runtime } from "node:inspector"
import { Session } from "node:inspector"
import type { AnyFunction, BoundFunction } from "../../core/closures/FunctionLocator.ts"

/** A loaded script: `sourceMapURL` as its last comment says it, or empty. */
export interface Script {
  readonly scriptId: string
  readonly url: string
  readonly sourceMapURL: string
}

/** Where the parameters of a function begin (of a class: the class), both counted from 0. */
export interface ScriptPosition {
  readonly script: Script
  readonly line: number
  readonly column: number
}

/** With what Node's types leave out. */
interface Properties extends Runtime.GetPropertiesReturnType {
  readonly privateProperties?: ReadonlyArray<{ readonly name: string; readonly value?: Runtime.RemoteObject }>
}

/** Values are handed over through the global object, under a key that no program has. */
const slot = Symbol.for("clustrix.FunctionLocator")

/**
 * A session with the inspector of this process. `Debugger.enable` reports every script that is loaded. A session keeps
 * memory for each of them until it is closed, so the whole process has one at a time: see {@link ask}.
 */
export class Inspector {
  readonly #session = new Session()
  readonly #scripts = new Map<string, Script>()
  constructor() {
    this.#session.connect()
    this.#session.on("Debugger.scriptParsed", ({ params }: { readonly params: Debugger.ScriptParsedEventDataType }) => {
      // What `eval` and the inspector itself compile has no URL
      if (params.url === "") return
      this.#scripts.set(params.scriptId, {
        scriptId: params.scriptId,
        url: params.url,
        sourceMapURL: params.sourceMapURL ?? ""
      })
    })
    this.#post("Debugger.enable", {})
  }
  close(): void {
    this.#session.disconnect()
  }
  // The inspector answers within `post`
  #post<A>(method: string, params: object): A {
    let answer: A | undefined
    let failure: Error | null = null
    this.#session.post(method, params, (error: Error | null, result: unknown) => {
      failure = error
      answer = result as A // as the protocol says of this method
    })
    if (failure !== null || answer === undefined) throw failure ?? new Error(`${method} did not answer`)
    return answer
  }
  #properties(objectId: string): Properties {
    return this.#post("Runtime.getProperties", { objectId, ownProperties: true })
  }
  /** Runs `use` with what the inspector says of `value`, an object. */
  #with<A>(value: unknown, use: (properties: Properties) => A): A {
    Reflect.set(globalThis, slot, value)
    try {
      const { result } = this.#post<Runtime.EvaluateReturnType>("Runtime.evaluate", {
        expression: `globalThis[Symbol.for("clustrix.FunctionLocator")]`,
        objectGroup: "clustrix"
      })
      return use(this.#properties(result.objectId ?? ""))
    } finally {
      Reflect.deleteProperty(globalThis, slot)
      this.#post("Runtime.releaseObjectGroup", { objectGroup: "clustrix" })
    }
  }
  /** The very value that the inspector speaks of. */
  #value({ objectId, unserializableValue, value }: Runtime.RemoteObject): unknown {
    if (objectId === undefined) {
      if (unserializableValue === undefined) return value
      // -0, NaN, Infinity, -Infinity, or a bigint with its n
      return unserializableValue.endsWith("n") ? BigInt(unserializableValue.slice(0, -1)) : Number(unserializableValue)
    }
    this.#post("Runtime.callFunctionOn", {
      objectId,
      functionDeclaration: `function () { "use strict"; globalThis[Symbol.for("clustrix.FunctionLocator")] = this }`
    })
    return Reflect.get(globalThis, slot)
  }
  /** `undefined` for a function of the runtime itself. */
  location(fn: AnyFunction): ScriptPosition | undefined {
    return this.#with(fn, (properties) => {
      const found: unknown = internal(properties, "[[FunctionLocation]]")?.value
      if (typeof found !== "object" || found === null) return undefined
      const { columnNumber, lineNumber, scriptId } = found as {
        scriptId: string
        lineNumber: number
        columnNumber: number
      } // as the protocol says
      const script = this.#scripts.get(scriptId) ?? { scriptId, url: "", sourceMapURL: "" }
      return { script, line: lineNumber, column: columnNumber }
    })
  }
  /** `undefined` for a function that `bind` did not make. */
  bound(fn: AnyFunction): BoundFunction | undefined {
    return this.#with(fn, (properties) => {
      const target = internal(properties, "[[TargetFunction]]")
      if (target?.objectId === undefined) return undefined
      const receiver = internal(properties, "[[BoundThis]]")
      const list = internal(properties, "[[BoundArgs]]")
      const args = list === undefined ? [] : this.#value(list)
      return {
        target: this.#value(target) as AnyFunction, // a function is what was bound
        receiver: receiver === undefined ? undefined : this.#value(receiver),
        args: Array.isArray(args) ? args : []
      }
    })
  }
  /** The text of a script that was loaded. */
  sourceOf({ scriptId }: Script): string {
    return this.#post<Debugger.GetScriptSourceReturnType>("Debugger.getScriptSource", { scriptId }).scriptSource
  }
  /** What the functions around `fn` left it, and its module if asked for, by name; the nearest of each name. */
  variables(fn: AnyFunction, around: "functions" | "module"): ReadonlyMap<string, unknown> {
    return this.#with(fn, (properties) => {
      const found = new Map<string, unknown>()
      const scopes = internal(properties, "[[Scopes]]")?.objectId
      for (const { value: scope } of scopes === undefined ? [] : this.#properties(scopes).result) {
        if (scope === undefined) continue
        const [kind = ""] = /^\w+/.exec(scope.description ?? "") ?? []
        if (outer.has(kind) && (around !== "module" || kind !== "Module")) continue
        // Read from V8's own copy of the scope, not from the protocol: that is exact
        const held: unknown = Reflect.get(Object(this.#value(scope)), "object")
        if (typeof held !== "object" || held === null) continue
        for (const name of Object.keys(held)) if (!found.has(name)) found.set(name, Reflect.get(held, name))
      }
      return found
    })
  }
  /** What the private static fields of a class hold, by name: `#count`. */
  privateFields(value: AnyFunction): ReadonlyMap<string, unknown> {
    return this.#with(
      value,
      ({ privateProperties = [] }) =>
        new Map(
          privateProperties.flatMap(({ name, value: held }) =>
            held === undefined ? [] : [[name, this.#value(held)] as const]
          )
        )
    )
  }
}

/** Scopes that are not a function's. */
const outer: ReadonlySet<string> = new Set(["Global", "Script", "Module"])

const internal = (
  { internalProperties = [] }: Properties,
  name: string
): Runtime.RemoteObject | undefined => internalProperties.find((each) => each.name === name)?.value

let open: { readonly inspector: Inspector; readonly at: number } | undefined
let closing: NodeJS.Timeout | undefined

/** How long it stays open for the next question: opening it takes some 20 ms, and a packaging has many. */
const lingeringMillis = 200
/** However much is asked: a session keeps something of every question. */
const longestMillis = 5000

const close = (): void => {
  clearTimeout(closing)
  open?.inspector.close()
  open = undefined
}

/**
 * Asks the inspector of this process. It is opened for the first question, and closed when there was none for a moment: a service
 * that packages for days would keep what each of its sessions has seen. Throws where the runtime has no inspector.
 */
export const ask = <A>(question: (inspector: Inspector) => A): A => {
  if (open !== undefined && performance.now() - open.at > longestMillis) close()
  open ??= { inspector: new Inspector(), at: performance.now() }
  clearTimeout(closing)
  closing = setTimeout(close, lingeringMillis).unref()
  return question(open.inspector)
}
