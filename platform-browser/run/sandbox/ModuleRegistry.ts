/**
 * ES modules without a loader: linked before anything runs, evaluated in the order of the language, with cycles, live
 * bindings, dead zones and awaits at the top.
 *
 * What differs: a module that awaits at its top starts some microtasks later than it would in an engine, and the names
 * of a CommonJS module are those that it has when it has run.
 */
import path from "path-browserify"
import type { CommonJsModule, EsModule, LinkedModule, LinkTarget } from "../LinkedProgram.ts"
import { NotInPageError } from "./NotInPageError.ts"
import { fileURLToPath } from "./UrlModule.ts"

type Getter = () => unknown
type Namespace = Record<string, unknown>

interface Instance {
  /** Names the module in messages. */
  readonly path: string
  readonly module: EsModule | CommonJsModule | undefined
  readonly namespace: Namespace
  readonly getters: Map<string, Getter>
  body: { readonly next: () => unknown } | undefined
  state: "linked" | "evaluating" | "evaluated" | "failed"
  /** While it awaits, or what it waits for does. */
  pending: Promise<void> | undefined
  error: unknown
}

interface CommonJsInstance {
  exports: unknown
  readonly loaded: boolean
}

export interface RegistryOptions {
  readonly modules: ReadonlyArray<LinkedModule>
  /** What the modules of Node export. */
  readonly builtins: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Where the package lies. */
  readonly directory: string
  readonly readText: (path: string) => string
}

/** `export` of a namespace, as engines define it: enumerable, in order, not to be changed. */
const define = (namespace: Namespace, getters: ReadonlyMap<string, Getter>): void => {
  for (const [name, get] of [...getters].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0)) {
    Object.defineProperty(namespace, name, { get, enumerable: true, configurable: false })
  }
  Object.preventExtensions(namespace)
}

const newNamespace = (): Namespace =>
  Object.defineProperty(Object.create(null) as Namespace, Symbol.toStringTag, { value: "Module" }) // empty

/** Strict or sloppy as the text says: called indirectly, `eval` reads it at the top level. */
// oxlint-disable-next-line no-eval -- running text is what this is for, where nothing can be reached
const evaluateText = (text: string, url: string): unknown => (0, eval)(`${text}\n//# sourceURL=${url}`)

export class ModuleRegistry {
  readonly #options: RegistryOptions
  readonly #modules: ReadonlyMap<string, LinkedModule>
  readonly #instances = new Map<string, Instance>()
  readonly #commonJs = new Map<string, CommonJsInstance>()

  constructor(options: RegistryOptions) {
    this.#options = options
    this.#modules = new Map(options.modules.map((module) => [module.path, module]))
  }

  /** Loads the module at `path` of the package, and all that it imports. */
  async import(file: string): Promise<Namespace> {
    return this.#load({ kind: "module", path: file })
  }

  async #load(target: LinkTarget): Promise<Namespace> {
    const instance = this.#link(target)
    await this.#evaluate(instance)
    return instance.namespace
  }

  #url(file: string): string {
    return `file://${this.#options.directory}/${file.split("/").map(encodeURIComponent).join("/")}`
  }

  /** What the constant or computed `specifier` means in the module at `referrer`. */
  #target(specifier: string, referrer: LinkedModule): LinkTarget {
    const known = referrer.kind === "json" ? undefined : referrer.targets[specifier]
    if (known !== undefined) return known
    if (/^(?:\.{0,2}\/|file:)/.test(specifier)) {
      const file = fileURLToPath(new URL(specifier, this.#url(referrer.path)))
      const inside = path.relative(this.#options.directory, file)
      // `require` may leave out how a name ends
      const endings = referrer.kind === "commonjs" ? ["", ".js", ".json", ".cjs", "/index.js", "/index.json"] : [""]
      const ending = endings.find((each) => this.#modules.has(inside + each))
      if (ending !== undefined) return { kind: "module", path: inside + ending }
      return { kind: "refused", message: `Cannot find module '${file}' in this package` }
    }
    const name = specifier.startsWith("node:") ? specifier : `node:${specifier}`
    return Object.hasOwn(this.#options.builtins, name) ? { kind: "builtin", name } : {
      kind: "refused",
      message: `${specifier} is not to be had in a page: neither the package nor a run in a page has it`
    }
  }

  #importer(referrer: LinkedModule): (specifier: unknown) => Promise<Namespace> {
    return async (specifier) => this.#load(this.#target(String(specifier), referrer))
  }

  // -- Linking: every module of the graph is declared before one of them runs

  #link(target: LinkTarget): Instance {
    const fresh: Array<Instance> = []
    const instance = this.#instantiate(target, fresh)
    for (const each of fresh) this.#defineNamespace(each)
    for (const each of fresh) this.#checkImports(each)
    return instance
  }

  #instantiate(target: LinkTarget, fresh: Array<Instance>): Instance {
    if (target.kind === "refused") throw new NotInPageError(target.message)
    const key = target.kind === "module" ? target.path : target.name
    const known = this.#instances.get(key)
    if (known !== undefined) return known
    const module = target.kind === "module" ? this.#modules.get(target.path) : undefined
    const instance: Instance = {
      path: key,
      module: module?.kind === "json" ? undefined : module,
      namespace: newNamespace(),
      getters: new Map(),
      body: undefined,
      state: "linked",
      pending: undefined,
      error: undefined
    }
    if (target.kind === "builtin") this.#declareBuiltin(instance, target.name)
    else if (module === undefined) throw new NotInPageError(`There is no module ${key} in this package`)
    else if (module.kind === "json") {
      const value: unknown = JSON.parse(this.#options.readText(module.path))
      instance.getters.set("default", () => value)
      instance.state = "evaluated"
    }
    this.#instances.set(key, instance)
    fresh.push(instance)
    if (module?.kind === "esm") {
      const imported = module.requests.map((specifier) =>
        this.#instantiate(this.#target(specifier, module), fresh).namespace
      )
      this.#declare(instance, module, imported)
    }
    return instance
  }

  #declareBuiltin(instance: Instance, name: string): void {
    const exports = this.#options.builtins[name] ?? {}
    for (const member of Object.keys(exports)) instance.getters.set(member, () => exports[member])
    instance.getters.set("default", () => exports)
    instance.state = "evaluated"
  }

  /** Runs a module up to its first `yield`: functions are there, nothing else is. */
  #declare(instance: Instance, module: EsModule, imported: ReadonlyArray<Namespace>): void {
    const url = this.#url(module.path)
    const filename = `${this.#options.directory}/${module.path}`
    const meta = Object.assign(Object.create(null) as Record<string, unknown>, { // empty
      url,
      filename,
      dirname: path.dirname(filename),
      resolve: (specifier: unknown) => {
        const target = this.#target(String(specifier), module)
        if (target.kind === "refused") throw new NotInPageError(target.message)
        return target.kind === "module" ? this.#url(target.path) : target.name
      }
    })
    const declareExports = (exported: ReadonlyArray<readonly [name: string, getter: Getter]>): void => {
      for (const [name, getter] of exported) instance.getters.set(name, getter)
    }
    // What `ModuleText.esModule` writes
    const make = evaluateText(module.code, url) as (...args: ReadonlyArray<unknown>) => { readonly next: () => unknown }
    instance.body = Reflect.apply(make, undefined, [imported, declareExports, meta, this.#importer(module)])
    // A generator that awaits gives a promise, which nothing can reject before its first `yield`
    void instance.body.next()
  }

  #instanceOf(module: EsModule, request: number): Instance | undefined {
    const target = this.#target(module.requests[request] ?? "", module)
    return target.kind === "refused" ? undefined
      : this.#instances.get(target.kind === "module" ? target.path : target.name)
  }

  /** The getter of an exported name; `undefined` where there is none, or two. */
  #resolveExport(instance: Instance, name: string, seen: ReadonlySet<string> = new Set()): Getter | undefined {
    const step = `${instance.path}\0${name}`
    if (seen.has(step)) return undefined
    const own = instance.getters.get(name)
    if (own !== undefined) return own
    const { module } = instance
    // Its names are known when it has run
    if (module?.kind === "commonjs") return () => instance.namespace[name]
    if (module === undefined) return undefined
    const further = new Set([...seen, step])
    const indirect = module.indirect.find(({ exported }) => exported === name)
    if (indirect !== undefined) {
      const from = this.#instanceOf(module, indirect.request)
      if (from === undefined) return undefined
      return indirect.imported === "*" ? () => from.namespace : this.#resolveExport(from, indirect.imported, further)
    }
    if (name === "default") return undefined
    const found = new Set(
      module.stars.flatMap((request) => {
        const from = this.#instanceOf(module, request)
        const getter = from === undefined || !this.#exportNames(from).has(name) ? undefined
          : this.#resolveExport(from, name, further)
        return getter === undefined ? [] : [getter]
      })
    )
    const [getter] = found
    return found.size === 1 ? getter : undefined
  }

  #exportNames(instance: Instance, seen: Set<Instance> = new Set()): ReadonlySet<string> {
    if (seen.has(instance)) return new Set()
    seen.add(instance)
    const names = new Set(instance.getters.keys())
    const { module } = instance
    if (module?.kind === "esm") {
      for (const { exported } of module.indirect) names.add(exported)
      for (const request of module.stars) {
        const from = this.#instanceOf(module, request)
        if (from === undefined) continue
        for (const name of this.#exportNames(from, seen)) if (name !== "default") names.add(name)
      }
    }
    return names
  }

  #defineNamespace(instance: Instance): void {
    if (instance.module?.kind === "commonjs") return
    const getters = new Map<string, Getter>()
    for (const name of this.#exportNames(instance)) {
      const getter = this.#resolveExport(instance, name)
      if (getter !== undefined) getters.set(name, getter)
    }
    define(instance.namespace, getters)
  }

  #checkImports({ module }: Instance): void {
    if (module?.kind !== "esm") return
    for (const { imported, request } of [...module.imports, ...module.indirect]) {
      const from = this.#instanceOf(module, request)
      if (imported === "*" || from === undefined || this.#resolveExport(from, imported) !== undefined) continue
      throw new SyntaxError(
        `The requested module '${module.requests[request]}' does not provide an export named '${imported}'`
      )
    }
  }

  // -- Evaluation

  /** Runs what has not run yet. A promise when something awaits; throws what the module threw. */
  #evaluate(instance: Instance): Promise<void> | undefined {
    if (instance.state === "failed") throw instance.error
    // In a cycle, whoever was asked first runs last
    if (instance.state !== "linked") return instance.pending
    const { module } = instance
    instance.state = "evaluating"
    const fail = (error: unknown): never => {
      instance.state = "failed"
      instance.error = error
      instance.pending = undefined
      throw error
    }
    try {
      if (module?.kind === "commonjs") {
        this.#runCommonJs(instance, module)
        instance.state = "evaluated"
        return undefined
      }
      if (module === undefined) return undefined
      const waits = module.requests.flatMap((_, request) => {
        const from = this.#instanceOf(module, request)
        const pending = from === undefined ? undefined : this.#evaluate(from)
        return pending === undefined ? [] : [pending]
      })
      instance.state = "evaluated"
      if (waits.length === 0 && !module.isAsync) {
        instance.body?.next()
        return undefined
      }
      const run = async (): Promise<void> => {
        if (waits.length > 0) await Promise.all(waits)
        await instance.body?.next()
        instance.pending = undefined
      }
      instance.pending = run().catch(fail)
      // Whoever waits for it hears of it
      instance.pending.catch(() => undefined)
      return instance.pending
    } catch (error) {
      return fail(error)
    }
  }

  #runCommonJs(instance: Instance, module: CommonJsModule): void {
    const exports = this.#require(module)
    const names = new Map<string, Getter>([["default", () => exports]])
    if ((typeof exports === "object" && exports !== null) || typeof exports === "function") {
      for (const name of Object.keys(exports)) if (name !== "default") names.set(name, () => Reflect.get(exports, name))
    }
    define(instance.namespace, names)
  }

  /** The exports of a CommonJS module, run if it has not run; in a cycle as far as they are there. */
  #require(module: CommonJsModule): unknown {
    const known = this.#commonJs.get(module.path)
    if (known !== undefined) return known.exports
    const filename = `${this.#options.directory}/${module.path}`
    const own = { exports: {} as unknown, id: filename, filename, loaded: false, children: [], paths: [] }
    this.#commonJs.set(module.path, own)
    const require = Object.assign(
      (specifier: unknown): unknown => this.#required(this.#target(String(specifier), module), String(specifier)),
      {
        resolve: (specifier: unknown): string => {
          const target = this.#target(String(specifier), module)
          if (target.kind === "refused") throw new NotInPageError(target.message)
          return target.kind === "module" ? `${this.#options.directory}/${target.path}` : target.name
        },
        cache: Object.create(null) as Record<string, unknown> // empty
      }
    )
    try {
      // What `ModuleText.commonJsModule` writes
      const run = evaluateText(module.code, this.#url(module.path)) as (...args: ReadonlyArray<unknown>) => unknown
      Reflect.apply(run, own.exports, [
        own.exports,
        require,
        own,
        filename,
        path.dirname(filename),
        this.#importer(module)
      ])
    } catch (error) {
      this.#commonJs.delete(module.path)
      throw error
    }
    own.loaded = true
    return own.exports
  }

  #required(target: LinkTarget, specifier: string): unknown {
    if (target.kind === "refused") {
      throw Object.assign(new NotInPageError(target.message), { code: "MODULE_NOT_FOUND" })
    }
    if (target.kind === "builtin") return this.#options.builtins[target.name]
    const module = this.#modules.get(target.path)
    switch (module?.kind) {
      case "commonjs":
        return this.#require(module)
      case "json": {
        const known = this.#commonJs.get(module.path)
        if (known !== undefined) return known.exports
        const exports: unknown = JSON.parse(this.#options.readText(module.path))
        this.#commonJs.set(module.path, { exports, loaded: true })
        return exports
      }
      default:
        throw new NotInPageError(`require() of the ES module ${specifier} is not to be had in a page: import it`)
    }
  }
}
