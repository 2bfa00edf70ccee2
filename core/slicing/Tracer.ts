/**
 * Follows references from declaration to declaration, across modules, until the worklist is empty.
 */
import * as Effect from "effect/Effect"
import type { CodeRequest, ImportRequest, Item, Reference } from "../modules/ModuleRecord.ts"
import { isClustrix } from "../modules/recordModule.ts"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import { ModuleResolver, type Resolution } from "../resolution/ModuleResolver.ts"
import { explainMissing, exportedNames, type FollowError, importOf, isTypeName, provide,
  type Provision } from "./Exports.ts"
import { hostGlobals } from "./HostGlobals.ts"
import { isAddon, jsxRuntime, workerSpecifier } from "../modules/RequestedModule.ts"
import { jobApi } from "./jobApi.ts"
import { type CodeModule, isCompiledToCommonJs, isForEffects, itemLabel, type JsonModule, locate,
  nodeId } from "../modules/Module.ts"
import { type LoadRequirements, type ModuleLoader, UnresolvedImportError } from "../modules/ModuleLoader.ts"
import { FunctionNotPackageableError } from "./NotPackageable.ts"
import type { ClustrixUse, ExternalRequest, ReachedJson, ReachedModule } from "./Reached.ts"
import type { NodeId, Reason } from "../modules/Reason.ts"

export type ReachError = FollowError | FunctionNotPackageableError

type Task = Effect.Effect<void, ReachError, LoadRequirements>

/** What has been reached so far, and the ways to reach more. */
export interface Tracer {
  readonly modules: ReadonlyMap<string, ReachedModule>
  readonly json: ReadonlyMap<string, ReachedJson>
  readonly externals: ReadonlyMap<string, ExternalRequest>
  readonly clustrix: ReadonlyMap<string, ClustrixUse>
  readonly reasons: ReadonlyMap<NodeId, Reason>
  readonly diagnostics: ReadonlyMap<string, Diagnostic>
  /** Whether reached code reads a global that other code may set. */
  readonly readsGlobals: () => boolean
  readonly report: (diagnostic: Diagnostic) => void
  /** Notes that something of the module is reached. */
  readonly enter: (module: CodeModule, reason: Reason) => ReachedModule
  /** Reaches a top-level name: its declarations, or what it imports. */
  readonly reachName: (module: CodeModule, name: string, member: string | undefined, reason: Reason) => void
  readonly reachItem: (module: CodeModule, item: Item, reason: Reason) => void
  /** Reaches all that the module holds. */
  readonly reachWhole: (module: CodeModule, reason: Reason) => void
  /** Does all that is to be done. */
  readonly drain: Effect.Effect<void, ReachError, LoadRequirements>
}

export interface TracerOptions {
  /** Items that stay out of modules that are reached whole. */
  readonly isDropped: (module: CodeModule, item: Item) => boolean
  /** Whether it is known which module the call at `offset` asks for by a path that it computes. */
  readonly isAnswered: (module: CodeModule, offset: number) => boolean
}

export const make = (loader: ModuleLoader, options: TracerOptions): Tracer => {
  const modules = new Map<string, ReachedModule>()
  const json = new Map<string, ReachedJson>()
  const externals = new Map<string, ExternalRequest & { readonly names: Set<string> }>()
  const clustrix = new Map<string, ClustrixUse>()
  const reasons = new Map<NodeId, Reason>()
  const diagnostics = new Map<string, Diagnostic>()
  const done = new Set<string>()
  const worklist: Array<Task> = []
  let readsGlobals = false

  const once = (key: string, task: () => Task): void => {
    if (done.has(key)) return
    done.add(key)
    worklist.push(Effect.suspend(task))
  }
  const because = (node: NodeId, reason: Reason): void => {
    if (!reasons.has(node)) reasons.set(node, reason)
  }
  const report = (diagnostic: Diagnostic): void => {
    diagnostics.set(`${diagnostic.code}\0${diagnostic.location ?? ""}\0${diagnostic.what}`, diagnostic)
  }

  const enter = (module: CodeModule, reason: Reason): ReachedModule => {
    const known = modules.get(module.path)
    if (known !== undefined) return known
    const reached: ReachedModule = {
      module,
      items: new Set(),
      imports: new Set(),
      effects: new Set(),
      links: new Set(),
      exports: new Map(),
      stars: new Set(),
      hasNamespace: false,
      whole: false
    }
    modules.set(module.path, reached)
    because(module.file, reason)
    for (const request of module.record.imports) {
      if (isForEffects(module, request)) {
        once(`effects\0${module.path}\0${request.offset}`, () => importForEffects(reached, request))
      }
    }
    if (module.record.system === "commonjs") reachWhole(module, reason)
    return reached
  }

  const importForEffects = (reached: ReachedModule, request: ImportRequest): Task =>
    Effect.gen(function*() {
      const { module } = reached
      if (isClustrix(request.specifier)) return
      const following = follow(module, request.specifier, request.offset, "import")
      // One that is not there is warned of
      const target = yield* request.bare ? following : Effect.orElseSucceed(following, () => undefined)
      if (target === undefined) return
      if (!request.bare) {
        // Of a module of the program what has effects is kept; of a package all
        if (target._tag !== "External" || target.resolution._tag !== "Package") return
        const { path } = target.resolution
        if (path !== undefined && (yield* (yield* ModuleResolver).isFreeOfSideEffects(path))) return
      }
      reached.effects.add(request.offset)
      const reason: Reason = {
        kind: "side-effect-import",
        from: module.file,
        because: `${module.file} imports it for its effects`,
        location: locate(module, request.offset)
      }
      if (target._tag === "Code") reachWhole(target, reason)
      else if (target._tag === "Json") reachJson(target, reason, undefined, module)
      else external(target.resolution, request.specifier, "import", module, request.offset, undefined)
    })

  const external = (
    resolution: Extract<Resolution, { readonly _tag: "Package" | "Builtin" }>,
    specifier: string,
    kind: "import" | "require",
    module: CodeModule,
    offset: number,
    name: string | undefined
  ): void => {
    const key = `${module.path}\0${kind}\0${specifier}`
    const known = externals.get(key)
    const request = known ?? { resolution, specifier, kind, module, offset, names: new Set<string>() }
    if (name !== undefined) request.names.add(name)
    externals.set(key, request)
  }

  type Followed = CodeModule | JsonModule | {
    readonly _tag: "External"
    readonly resolution: Extract<Resolution, { readonly _tag: "Package" | "Builtin" }>
  }
  const follow = (
    module: CodeModule,
    specifier: string,
    offset: number,
    kind: "import" | "require"
  ): Effect.Effect<Followed, ReachError, LoadRequirements> =>
    Effect.gen(function*() {
      const resolution = yield* loader.resolve(module, specifier, offset, kind)
      if (resolution._tag === "Source") return yield* loader.load(resolution.path)
      return { _tag: "External", resolution }
    })

  const reachJson = (module: JsonModule, reason: Reason, imported: string | undefined, importer: CodeModule): void => {
    const reached = json.get(module.path) ?? { module, imported: false, required: false, named: false }
    if (reason.kind === "commonjs" || importer.record.system === "commonjs") reached.required = true
    else reached.imported = true
    if (imported !== undefined && imported !== "default") reached.named = true
    json.set(module.path, reached)
    because(module.file, reason)
  }

  const reachWhole = (module: CodeModule, reason: Reason): void => {
    const reached = enter(module, reason)
    if (reached.whole) return
    reached.whole = true
    for (const item of module.record.items) {
      if (!options.isDropped(module, item)) reachItem(module, item, reason)
    }
  }

  /** Every exported name of `module` under its own name: a namespace of it is used in ways that cannot be seen. */
  const reachNamespace = (module: CodeModule, reason: Reason): void =>
    once(`namespace\0${module.path}`, () =>
      Effect.gen(function*() {
        reachWhole(module, reason)
        const reached = enter(module, reason)
        reached.hasNamespace = true
        // Beside names that show when the module runs, Node decides which names of other modules count
        const isListed = !(yield* isOpen(module))
        const names = isListed ? yield* exportedNames(loader, module)
          : module.record.exports.map(({ exported }) => exported)
        for (const name of names) yield* exportUnder(module, name, reason)
        for (const [index, star] of module.record.stars.entries()) {
          if (isClustrix(star.specifier)) continue
          const target = yield* follow(module, star.specifier, star.offset, "import")
          // The names of what can be listed are reached one by one, as far as they are seen from here
          if (isListed && (target._tag !== "Code" || !(yield* isNameless(target)))) continue
          yield* reachStar(module, index, reason)
        }
      }))

  /** `export * from` a module that tells its names when it runs. */
  const reachStar = (module: CodeModule, index: number, reason: Reason): Task =>
    Effect.gen(function*() {
      const star = module.record.stars[index]
      if (star === undefined) return
      const target = yield* follow(module, star.specifier, star.offset, "import")
      // It has a default export alone
      if (target._tag === "Json") return
      enter(module, reason).stars.add(index)
      if (target._tag === "External") {
        external(target.resolution, star.specifier, "import", module, star.offset, "*")
      } else if (target.record.system === "commonjs") reachWhole(target, reason)
      else reachNamespace(target, reason)
    })

  /** Whether some of the names that the module exports cannot be listed. */
  const isOpen = (
    module: CodeModule,
    seen: Set<string> = new Set()
  ): Effect.Effect<boolean, ReachError, LoadRequirements> =>
    Effect.gen(function*() {
      if (seen.has(module.path)) return false
      seen.add(module.path)
      for (const star of module.record.stars) {
        if (isClustrix(star.specifier)) continue
        const target = yield* follow(module, star.specifier, star.offset, "import")
        if (target._tag === "Json") continue
        if (target._tag !== "Code" || target.record.system !== "esm" || (yield* isOpen(target, seen))) return true
      }
      return false
    })

  /** Whether only running the program shows if the module exports `name`: then no import can name it. */
  const isUncertain = (module: CodeModule, name: string): Effect.Effect<boolean, ReachError, LoadRequirements> =>
    module.record.stars.length === 0 || module.record.exports.some(({ exported }) => exported === name)
      ? Effect.succeed(false)
      : isOpen(module)

  /** Whether `export * from` the module is there for its effects alone. */
  const isNameless = (module: CodeModule): Effect.Effect<boolean, ReachError, LoadRequirements> =>
    Effect.map(exportedNames(loader, module), (names) => names.every((name) => name === "default"))

  /** `module` must export `name` under this name. */
  const exportUnder = (module: CodeModule, name: string, reason: Reason): Task =>
    Effect.gen(function*() {
      const reached = enter(module, reason)
      if (reached.exports.has(name)) return
      const provision = yield* provide(loader, module, name)
      if (provision._tag === "Circular") return yield* missing(module, name, provision, module, 0)
      if (provision._tag === "Type" || provision._tag === "Missing" || provision._tag === "Ambiguous") return
      reached.exports.set(name, provision)
      yield* reachProvision(module, name, provision, reason)
    })

  const reachProvision = (module: CodeModule, name: string, provision: Provision, reason: Reason): Task =>
    Effect.gen(function*() {
      if (provision._tag === "Local") {
        reachName(module, provision.local, undefined, reason)
        return
      }
      if (provision._tag === "Open") {
        for (const index of provision.stars) yield* reachStar(module, index, reason)
        return
      }
      if (provision._tag !== "From") return
      const passing: Reason = {
        kind: "re-export",
        from: module.file,
        because: `${module.file} re-exports it as \`${name}\``,
        location: locate(module, provision.offset)
      }
      if (isClustrix(provision.specifier)) return useClustrix(module, provision.imported, provision.offset)
      const target = yield* follow(module, provision.specifier, provision.offset, "import")
      if (target._tag === "External") {
        external(target.resolution, provision.specifier, "import", module, provision.offset, provision.imported)
      } else if (target._tag === "Json") reachJson(target, passing, provision.imported, module)
      else if (target.record.system === "commonjs") reachWhole(target, passing)
      else if (provision.imported === "*") reachNamespace(target, passing)
      else yield* link(target, provision.imported, passing, module, provision.offset)
    })

  /** Another module links to `name` of `module`. */
  const link = (module: CodeModule, name: string, reason: Reason, importer: CodeModule, offset: number): Task =>
    Effect.gen(function*() {
      const provision = yield* provide(loader, module, name)
      if (provision._tag === "Type") return
      if (provision._tag === "Missing" || provision._tag === "Ambiguous" || provision._tag === "Circular") {
        return yield* missing(module, name, provision, importer, offset)
      }
      const reached = enter(module, reason)
      if (provision._tag === "Local") reached.links.add(provision.local)
      else reached.exports.set(name, provision)
      yield* reachProvision(module, name, provision, reason)
    })

  /** `importer` asks at `offset` for a name that the module does not give. */
  const missing = (
    module: CodeModule,
    name: string,
    provision: Provision,
    importer: CodeModule,
    offset: number
  ): Task =>
    Effect.gen(function*() {
      return yield* new UnresolvedImportError({
        specifier: module.file,
        location: locate(importer, offset),
        ...explainMissing(module, name, provision, yield* exportedNames(loader, module))
      })
    })

  const useClustrix = (module: CodeModule, name: string, offset: number): Task => {
    if (!jobApi.has(name)) {
      return new FunctionNotPackageableError({
        reason: "NotInJob",
        reference: name,
        what: `The function uses \`${name}\` of clustrix, which does not exist inside a job`,
        location: locate(module, offset),
        why: "Only the cluster file system functions, `progress` and `cluster` go along with a package.",
        remedy: "Move the lines that package and run the function out of what the function calls."
      })
    }
    clustrix.set(`${module.path}\0${name}\0${offset}`, { module, name, offset })
    return Effect.void
  }

  const reachName = (module: CodeModule, name: string, member: string | undefined, reason: Reason): void => {
    const items = module.declarations.get(name)
    if (items !== undefined) {
      enter(module, reason)
      for (const item of items) reachItem(module, item, reason)
      return
    }
    once(`import\0${module.path}\0${name}\0${member ?? ""}`, () => reachImport(module, name, member, reason))
  }

  const reachImport = (module: CodeModule, name: string, member: string | undefined, reason: Reason): Task =>
    Effect.gen(function*() {
      const found = importOf(module, name)
      if (found === undefined) return
      const { binding, request } = found
      const reached = enter(module, reason)
      if (isClustrix(request.specifier)) {
        const used = binding.imported === "*" || binding.imported === "default" ? member : binding.imported
        yield* useClustrix(module, used ?? "the whole of it", request.offset)
        reached.imports.add(name)
        return
      }
      const here: Reason = { ...reason, location: reason.location ?? locate(module, request.offset) }
      const target = yield* follow(module, request.specifier, request.offset, request.require ? "require" : "import")
      if (target._tag === "External") {
        const used = binding.imported === "*" ? member ?? "*" : binding.imported
        external(
          target.resolution,
          request.specifier,
          request.require ? "require" : "import",
          module,
          request.offset,
          used
        )
      } else if (target._tag === "Json") reachJson(target, here, binding.imported, module)
      else if (target.record.system === "commonjs") reachWhole(target, { ...here, kind: "commonjs" })
      else if (request.require) {
        const provision = yield* provide(loader, target, "default")
        if (provision._tag === "Missing") reachNamespace(target, { ...here, kind: "namespace" })
        else yield* link(target, "default", here, module, request.offset)
      } else if (binding.imported !== "*") {
        const provision = yield* provide(loader, target, binding.imported)
        if (provision._tag === "Type") return
        yield* link(target, binding.imported, here, module, request.offset)
      } else if (member === undefined || (yield* isUncertain(target, member))) {
        reachNamespace(target, { ...here, kind: "namespace" })
      } else {
        enter(target, here)
        yield* exportUnder(target, member, here)
      }
      reached.imports.add(name)
    })

  const reachItem = (module: CodeModule, item: Item, reason: Reason): void => {
    const reached = enter(module, reason)
    if (reached.items.has(item.index)) return
    reached.items.add(item.index)
    const node = nodeId(module, item)
    because(node, reason)
    for (const reference of item.references) reachReference(module, item, node, reference)
    if (module.compilerOptions.emitDecoratorMetadata) {
      for (const name of item.metadataTypes) {
        if (!isTypeName(module, name)) {
          reachName(module, name, undefined, referenceReason(module, item, node, name, item.range[0]))
        }
      }
    }
    const factory = jsxFactory(module)
    if (item.jsx && factory !== undefined) {
      reachName(module, factory, undefined, referenceReason(module, item, node, factory, item.range[0]))
    } else if (item.jsx) once(`jsx\0${module.path}`, () => reachJsxRuntime(module, item, node))
    for (const request of item.requests) {
      once(`request\0${module.path}\0${request.range[0]}`, () => reachRequest(module, node, request))
    }
    for (const reference of item.globals) {
      if (module.record.system === "commonjs" && commonJsNames.has(reference.name)) continue
      if (reference.guarded && isCompiledToCommonJs(module) && commonJsObjects.has(reference.name)) {
        report(
          new Diagnostic({
            severity: "warning",
            code: "commonjs-object",
            what: `${itemLabel(module, item)} asks for \`${reference.name}\`, which is not there in the package`,
            location: locate(module, reference.offset),
            why: `${module.file} is compiled to CommonJS, and goes along as an ES module.`,
            remedy: `Say "type": "module" in package.json, or keep such code out of what the function calls.`
          })
        )
      }
      if (
        !hostGlobals.has(reference.name) || reference.name === "process" || reference.name === "globalThis" ||
        reference.name === "global"
      ) readsGlobals = true
    }
    for (const offset of item.loaderHooks) {
      report(
        new Diagnostic({
          severity: "warning",
          code: "loader-hooks",
          what: `${itemLabel(module, item)} registers hooks of Node's module loader`,
          location: locate(module, offset),
          why: "The hooks are not in the package, and modules that they find or make cannot be seen.",
          remedy: "Import the modules themselves, or add the files of the hooks with the option `include`."
        })
      )
    }
    const [evaluated] = item.evaluates
    // A CommonJS module has all its names
    if (evaluated !== undefined && module.record.system === "esm") reachNames(module, item, evaluated)
  }

  /** Every name that a module declares or imports: code in a string may use any of them. */
  const reachNames = (module: CodeModule, item: Item, offset: number): void => {
    const node = nodeId(module, item)
    const imported = module.record.imports.filter(({ specifier }) => !isClustrix(specifier))
      .flatMap(({ bindings }) => bindings.map(({ local }) => local))
    for (const name of [...module.declarations.keys(), ...imported]) {
      reachName(module, name, undefined, {
        kind: "reference",
        from: node,
        because: `${itemLabel(module, item)} evaluates code that may use \`${name}\``,
        location: locate(module, offset)
      })
    }
  }

  const referenceReason = (module: CodeModule, item: Item, node: NodeId, name: string, offset: number): Reason => ({
    kind: "reference",
    from: node,
    because: `${itemLabel(module, item)} uses \`${name}\``,
    location: locate(module, offset)
  })

  const reachReference = (module: CodeModule, item: Item, node: NodeId, reference: Reference): void => {
    const reason = referenceReason(module, item, node, reference.name, reference.offset)
    const imported = importOf(module, reference.name)
    reachName(
      module,
      reference.name,
      imported?.binding.imported === "*" || (imported !== undefined && isClustrix(imported.request.specifier))
        ? reference.member : undefined,
      reason
    )
  }

  const reachJsxRuntime = (module: CodeModule, item: Item, node: NodeId): Task =>
    Effect.gen(function*() {
      const specifier = jsxRuntime(module)
      const target = yield* follow(module, specifier, item.range[0], "import")
      if (target._tag === "External") external(target.resolution, specifier, "import", module, item.range[0], "*")
      else if (target._tag === "Code") {
        reachNamespace(target, referenceReason(module, item, node, specifier, item.range[0]))
      }
    })

  /** `new Worker(new URL("./worker.ts", import.meta.url))`: the module is another entry. */
  const reachWorker = (module: CodeModule, node: NodeId, request: CodeRequest): Task =>
    Effect.gen(function*() {
      const specifier = workerSpecifier(request)
      if (specifier === undefined) return
      const target = yield* follow(module, specifier, request.range[0], "import")
      if (target._tag !== "Code") return
      reachWhole(target, {
        kind: "dynamic-import",
        from: node,
        because: `${module.file} starts a worker with it`,
        location: locate(module, request.range[0])
      })
    })

  const reachRequest = (module: CodeModule, node: NodeId, request: CodeRequest): Task =>
    Effect.gen(function*() {
      const location = locate(module, request.range[0])
      if (request.kind === "require-resolve" || request.kind === "import-meta-resolve") return
      if (request.kind === "worker") return yield* reachWorker(module, node, request)
      if (request.specifier === undefined) {
        if (options.isAnswered(module, request.offset)) return
        report(
          new Diagnostic({
            severity: "warning",
            code: "unknown-module",
            what: request.kind === "dynamic-import" ? "A module is imported by a computed name"
              : request.escapes === true ? "`require` is handed on to code that is not followed"
              : "A module is required by a computed name",
            location,
            why: request.escapes === true
              ? "Which modules it loads there cannot be seen, so they are not in the package."
              : "Which module that is cannot be seen, so it does not go along.",
            remedy: "Import it by a constant name, or add its files with the option `include`."
          })
        )
        return
      }
      if (isClustrix(request.specifier) || isAddon(request)) return
      const kind = request.kind === "require" ? "require" : "import"
      const followed = yield* Effect.either(follow(module, request.specifier, request.range[0], kind))
      if (followed._tag === "Left") {
        if (!request.optional || followed.left._tag !== "UnresolvedImportError") return yield* followed.left
        return report(
          new Diagnostic({
            severity: "info",
            code: "optional-module",
            what: `"${request.specifier}" is not there, and does not go along`,
            location,
            why: "The code is prepared for that: it handles the error.",
            remedy: undefined
          })
        )
      }
      const target = followed.right
      const reason: Reason = {
        kind: request.kind === "require" ? "commonjs" : "dynamic-import",
        from: node,
        because: request.kind === "require" ? `${module.file} requires it` : `${module.file} imports it dynamically`,
        location
      }
      if (target._tag === "External") {
        external(target.resolution, request.specifier, kind, module, request.range[0], "*")
      } else if (target._tag === "Json") reachJson(target, reason, undefined, module)
      else if (target.record.system === "commonjs") reachWhole(target, reason)
      else reachNamespace(target, reason)
      if (request.isFixed === true && target._tag === "Code" && !isRequiredAsWritten(target)) {
        report(
          new Diagnostic({
            severity: "warning",
            code: "unknown-module",
            what: `"${request.specifier}" does not find ${target.file} in the package`,
            location,
            why: "The module has another name there, and the text that names it is used elsewhere, too.",
            remedy: "Write the name where the module is required."
          })
        )
      }
    })

  const drain = Effect.gen(function*() {
    for (let task = worklist.pop(); task !== undefined; task = worklist.pop()) yield* task
  })

  return {
    modules,
    json,
    externals,
    clustrix,
    reasons,
    diagnostics,
    readsGlobals: () => readsGlobals,
    report,
    enter,
    reachName,
    reachItem,
    reachWhole,
    drain
  }
}

/** Whether the module keeps its name in a package, so that a text that names it finds it there. */
const isRequiredAsWritten = ({ path, record }: CodeModule): boolean =>
  record.system === "commonjs" && /\.c?js$/.test(path)

/** Objects that a CommonJS module has, and code that is written as an ES module in a package has not. */
const commonJsObjects = new Set(["module", "exports"])

const commonJsNames = new Set(["require", "module", "exports", "__dirname", "__filename"])

/** The name that classic JSX needs in scope, if the module's JSX is classic. */
const jsxFactory = (module: CodeModule): string | undefined => {
  const { factory, runtime } = module.record.pragmas
  const classic = runtime === undefined ? module.compilerOptions.jsx === "react" || factory !== undefined
    : runtime === "classic"
  if (!classic) return undefined
  return (factory ?? module.compilerOptions.jsxFactory ?? "React").split(".")[0]
}
