/**
 * V8's inspector, asked by the very process that it inspects.
 */
import type { Debugger, Runtime } from "node:inspector"
import { Session } from "node:inspector"
import type { AnyFunction, BoundFunction } from "../../core/FunctionLocator.ts"

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

/** Handed over through the global object, under a key that no program has. */
const slot = Symbol.for("clustrix.FunctionLocator")

/** One session with the inspector; `Debugger.enable` makes it tell of every script that was loaded. */
export class Inspector {
  readonly #session = new Session()
  readonly #scripts = new Map<string, Script>()
  constructor() {
    this.#session.connect()
    this.#session.on("Debugger.scriptParsed", ({ params }: { readonly params: Debugger.ScriptParsedEventDataType }) => {
      this.#scripts.set(params.scriptId, {
        scriptId: params.scriptId,
        url: params.url,
        sourceMapURL: params.sourceMapURL ?? ""
      })
    })
    this.#post("Debugger.enable", {})
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
  /** Runs `use` with the inspector's name of `value`. */
  #with<A>(value: unknown, use: (objectId: string) => A): A {
    Reflect.set(globalThis, slot, value)
    try {
      const { result } = this.#post<Runtime.EvaluateReturnType>("Runtime.evaluate", {
        expression: `globalThis[Symbol.for("clustrix.FunctionLocator")]`,
        objectGroup: "clustrix"
      })
      return use(result.objectId ?? "")
    } finally {
      Reflect.deleteProperty(globalThis, slot)
      this.#post("Runtime.releaseObjectGroup", { objectGroup: "clustrix" })
    }
  }
  #internals(objectId: string): ReadonlyMap<string, Runtime.RemoteObject | undefined> {
    const { internalProperties = [] } = this.#post<Runtime.GetPropertiesReturnType>("Runtime.getProperties", {
      objectId,
      ownProperties: true
    })
    return new Map(internalProperties.map(({ name, value }) => [name, value]))
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
    return this.#with(fn, (objectId) => {
      const found: unknown = this.#internals(objectId).get("[[FunctionLocation]]")?.value
      if (typeof found !== "object" || found === null) return undefined
      const { columnNumber, lineNumber, scriptId } = found as {
        scriptId: string
        lineNumber: number
        columnNumber: number
      } // as the protocol says
      const script = this.#scripts.get(scriptId)
      return script === undefined ? undefined : { script, line: lineNumber, column: columnNumber }
    })
  }
  /** `undefined` for a function that `bind` did not make. */
  bound(fn: AnyFunction): BoundFunction | undefined {
    return this.#with(fn, (objectId) => {
      const internals = this.#internals(objectId)
      const target = internals.get("[[TargetFunction]]")
      if (target?.objectId === undefined) return undefined
      const receiver = internals.get("[[BoundThis]]")
      const list = internals.get("[[BoundArgs]]")
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
  /** What the functions around `fn` left it, by name; the nearest of each name. */
  variables(fn: AnyFunction): ReadonlyMap<string, unknown> {
    return this.#with(fn, (objectId) => {
      const found = new Map<string, unknown>()
      const scopes = this.#internals(objectId).get("[[Scopes]]")?.objectId
      if (scopes === undefined) return found
      const { result } = this.#post<Runtime.GetPropertiesReturnType>("Runtime.getProperties", {
        objectId: scopes,
        ownProperties: true
      })
      for (const { value: scope } of result) {
        if (scope?.objectId === undefined || /^(Global|Script|Module)\b/.test(scope.description ?? "")) continue
        const { result: names } = this.#post<Runtime.GetPropertiesReturnType>("Runtime.getProperties", {
          objectId: scope.objectId,
          ownProperties: true
        })
        for (const { name, value } of names) {
          // A variable before its declaration has no value at all
          if (value !== undefined && !found.has(name)) found.set(name, this.#value(value))
        }
      }
      return found
    })
  }
}
