/**
 * The constraints of all modules of a program under one numbering, linked: an import is the variable that it imports.
 */
import type { ModuleRecord } from "../modules/ModuleRecord.ts"
import { type Code, computedSpecifier, type Constraints, Field, type FunctionShape, Hidden, Kind, none,
  type Variable } from "../modules/Constraints.ts"

/** What a specifier in a module means. */
export type Target =
  | { readonly _tag: "Module"; readonly index: number }
  | { readonly _tag: "Json" }
  /** A module of Node, without `node:`. */
  | { readonly _tag: "Builtin"; readonly name: string }
  /** Another package, or nothing that is known. */
  | { readonly _tag: "Unknown"; readonly name: string }

export interface ProgramModule {
  readonly path: string
  readonly record: ModuleRecord
  /** Whether it is evaluated when the program starts; else when code asks for it. */
  readonly isStatic: boolean
  /** Whether its default import of a CommonJS module may be the module's `default`. */
  readonly isCompiled: boolean
  readonly target: (specifier: string, kind: "import" | "require") => Target
  /** Indices of the modules that it requires by names that it computes, as far as they are known. */
  readonly computed: () => ReadonlyArray<number>
}

/** A code of a module, with the offset that its variables have in the program. */
export interface ProgramCode {
  readonly code: Code
  readonly module: number
  /** Index of the code that makes it, or -1. */
  readonly parent: number
  /** To add to the module's variables. */
  readonly offset: number
  /** The program's numbers of the module's fields. */
  readonly fields: ReadonlyArray<number>
  /** To add to the module's function indices. */
  readonly functions: number
}

/** What links give beside the codes of modules. */
export interface Links {
  /** `[variable, kind]` */
  readonly makes: Array<readonly [Variable, number]>
  /** `[base, field, from]` */
  readonly stores: Array<readonly [Variable, number, Variable]>
  /** `[to, base, field]` */
  readonly loads: Array<readonly [Variable, Variable, number]>
  /** `[to, from]` */
  readonly spreads: Array<readonly [Variable, Variable]>
  /** The library's own values, by their path: `Object`, `node:fs`. */
  readonly natives: Array<readonly [Variable, string]>
}

export interface Program {
  readonly modules: ReadonlyArray<ProgramModule>
  readonly codes: ReadonlyArray<ProgramCode>
  /** The code that an item of a module runs when the module is evaluated. */
  readonly codeOf: (module: number, item: number) => number
  /** Of each module the index of its first code. */
  readonly firstCode: ReadonlyArray<number>
  readonly functions: ReadonlyArray<FunctionShape & { readonly index: number }>
  readonly variables: number
  /** The code that a variable belongs to, or -1. */
  readonly owners: Int32Array
  readonly find: (variable: Variable) => Variable
  readonly fieldIndex: (name: string) => number
  readonly fieldNames: ReadonlyArray<string>
  readonly links: Links
  readonly global: (name: string) => Variable
  readonly globals: ReadonlyMap<string, Variable>
  /** The one function that a variable holds for ever. */
  readonly bound: ReadonlyMap<Variable, number>
  readonly named: (module: number, name: string) => Variable | undefined
  /** Modules that a code loads when it runs. */
  readonly requires: (code: number) => ReadonlyArray<number>
  /** Whether a code requires what nobody has seen yet: by a name that it computes, which is not known. */
  readonly requiresUnseen: (code: number) => boolean
}

/** Links `modules`; the first is not special. */
export const link = (modules: ReadonlyArray<ProgramModule>): Program => {
  const codes: Array<ProgramCode> = []
  const functions: Array<FunctionShape & { readonly index: number }> = []
  const firstCode: Array<number> = []
  const offsets: Array<number> = []
  const fieldNames: Array<string> = []
  const fieldIndices = new Map<string, number>()
  const fieldIndex = (name: string): number => {
    let index = fieldIndices.get(name)
    if (index === undefined) {
      fieldIndices.set(name, index = fieldNames.length)
      fieldNames.push(name)
    }
    return index
  }
  let variables = 0
  const constraintsOf = (index: number): Constraints | undefined => modules[index]?.record.constraints
  const shift = (variable: Variable, by: number): Variable => variable === none ? none : variable + by

  for (const [module, { record: { constraints } }] of modules.entries()) {
    const offset = variables
    const base = codes.length
    const firstFunction = functions.length
    offsets.push(offset)
    firstCode.push(base)
    const fields = constraints.fields.map(fieldIndex)
    for (const code of constraints.codes) {
      codes.push({
        code,
        module,
        parent: code.parent < 0 ? -1 : code.parent + base,
        offset,
        fields,
        functions: firstFunction
      })
    }
    for (const fn of constraints.functions) {
      functions.push({
        index: functions.length,
        code: fn.code + base,
        parameters: fn.parameters.map((each) => shift(each, offset)),
        rest: fn.rest,
        args: shift(fn.args, offset),
        result: shift(fn.result, offset),
        self: shift(fn.self, offset),
        constructs: fn.constructs
      })
    }
    variables += constraints.owners.length
  }

  const extra: Array<number> = []
  const fresh = (): Variable => {
    extra.push(-1)
    return variables++
  }
  const globals = new Map<string, Variable>()
  const global = (name: string): Variable => {
    let variable = globals.get(name)
    if (variable === undefined) globals.set(name, variable = fresh())
    return variable
  }
  for (const name of [Hidden.thrown, Hidden.primitive, Hidden.unknown, Hidden.globalObject]) global(name)
  const links: Links = { makes: [], stores: [], loads: [], spreads: [], natives: [] }
  const aliases: Array<readonly [Variable, Variable]> = []
  const names = modules.map(({ record }) => new Map(Object.entries(record.constraints.names)))
  const named = (module: number, name: string): Variable | undefined => {
    const variable = names[module]?.get(name)
    return variable === undefined ? undefined : variable + (offsets[module] ?? 0)
  }

  const externals = new Map<string, Variable>()
  const external = (name: string): Variable => {
    let variable = externals.get(name)
    if (variable === undefined) {
      externals.set(name, variable = fresh())
      links.makes.push([variable, Kind.unknown])
    }
    return variable
  }
  const builtins = new Map<string, Variable>()
  const builtin = (name: string): Variable => {
    let variable = builtins.get(name)
    if (variable === undefined) {
      builtins.set(name, variable = fresh())
      links.natives.push([variable, `node:${name}`])
    }
    return variable
  }
  let json: Variable | undefined
  const data = (): Variable => {
    if (json === undefined) {
      json = fresh()
      links.makes.push([json, Kind.object | Kind.library])
      links.stores.push([json, fieldIndex(Field.any), json])
    }
    return json
  }
  const moduleExports = (module: number): Variable => {
    const variable = constraintsOf(module)?.moduleExports ?? none
    return variable === none ? external("a module") : variable + (offsets[module] ?? 0)
  }
  const loaded = (base: Variable, name: string): Variable => {
    const to = fresh()
    links.loads.push([to, base, fieldIndex(Field.named(name))])
    return to
  }

  const namespaces = new Map<number, Variable>()
  /** The namespace object of a module. */
  const namespace = (module: number): Variable => {
    const known = namespaces.get(module)
    if (known !== undefined) return known
    const variable = fresh()
    namespaces.set(module, variable)
    links.makes.push([variable, Kind.object])
    const record = modules[module]?.record
    if (record?.system === "commonjs") {
      links.stores.push([variable, fieldIndex(".default"), moduleExports(module)])
      links.spreads.push([variable, moduleExports(module)])
      return variable
    }
    for (const name of exportedNames(module, new Set())) {
      const exported = resolveExport(module, name, new Set())
      if (exported !== undefined) links.stores.push([variable, fieldIndex(Field.named(name)), exported])
    }
    return variable
  }
  const isCommonJs = (module: number): boolean => modules[module]?.record.system === "commonjs"
  /** What `require` of a module gives. */
  const requiredFrom = (module: number): Variable => isCommonJs(module) ? moduleExports(module) : namespace(module)
  const targetOf = (module: number, specifier: string, kind: "import" | "require"): Target =>
    modules[module]?.target(specifier, kind) ?? { _tag: "Unknown", name: specifier }

  const exportedNames = (module: number, seen: Set<number>): ReadonlySet<string> => {
    const found = new Set<string>()
    if (seen.has(module)) return found
    seen.add(module)
    const record = modules[module]?.record
    for (const { exported } of record?.exports ?? []) found.add(exported)
    for (const { specifier } of record?.stars ?? []) {
      const target = targetOf(module, specifier, "import")
      if (target._tag !== "Module") continue
      for (const name of exportedNames(target.index, seen)) if (name !== "default") found.add(name)
    }
    return found
  }

  /** The variable that `name` of a target means. */
  const imported = (target: Target, name: string, seen: Set<string>): Variable | undefined => {
    switch (target._tag) {
      case "Module":
        return name === "*" ? namespace(target.index) : resolveExport(target.index, name, seen)
      case "Json":
        return data()
      case "Builtin":
        return name === "*" || name === "default" ? builtin(target.name) : loaded(builtin(target.name), name)
      case "Unknown":
        return external(target.name)
    }
  }

  /** A top-level name; an import that the module only passes on is looked up where it comes from. */
  const localVariable = (module: number, local: string, seen: Set<string>): Variable | undefined => {
    const own = named(module, local)
    if (own !== undefined) return own
    for (const { bindings, require, specifier } of modules[module]?.record.imports ?? []) {
      const binding = bindings.find((each) => each.local === local)
      if (binding === undefined) continue
      return imported(targetOf(module, specifier, require ? "require" : "import"), binding.imported, seen)
    }
    return undefined
  }
  const resolved = new Map<string, Variable | undefined>()
  const resolveExport = (module: number, name: string, seen: Set<string>): Variable | undefined => {
    const key = `${module}\0${name}`
    if (resolved.has(key)) return resolved.get(key)
    if (seen.has(key)) return undefined
    seen.add(key)
    const record = modules[module]?.record
    if (record === undefined) return undefined
    const find = (): Variable | undefined => {
      if (record.system === "commonjs") {
        return name === "default" ? moduleExports(module) : loaded(moduleExports(module), name)
      }
      const own = record.exports.find(({ exported }) => exported === name)
      if (own !== undefined) {
        return own.from === undefined ? localVariable(module, own.local, seen)
          : imported(targetOf(module, own.from, "import"), own.local, seen)
      }
      if (name === "default") return undefined
      let unknown: Variable | undefined
      for (const { specifier } of record.stars) {
        const target = targetOf(module, specifier, "import")
        if (target._tag !== "Module" || modules[target.index]?.record.system === "commonjs") {
          unknown ??= imported(target, name, seen)
          continue
        }
        const found = resolveExport(target.index, name, seen)
        if (found !== undefined) return found
      }
      return unknown
    }
    const found = find()
    resolved.set(key, found)
    return found
  }

  for (const [module, { record }] of modules.entries()) {
    const offset = offsets[module] ?? 0
    for (const [name, variable] of Object.entries(record.constraints.globals)) {
      aliases.push([variable + offset, global(name)])
    }
    for (const { bindings, require, specifier } of record.imports) {
      const target = targetOf(module, specifier, require ? "require" : "import")
      for (const { imported: name, local } of bindings) {
        const variable = named(module, local)
        if (variable === undefined) continue
        const means = require && target._tag === "Module" && isCommonJs(target.index) ? moduleExports(target.index)
          : imported(target, name, new Set())
        if (means === undefined) continue
        aliases.push([variable, means])
        if (modules[module]?.isCompiled === true && name === "default") aliases.push([loaded(means, "default"), means])
      }
    }
    for (const [variable, specifier, kind] of record.constraints.requested) {
      if (specifier === computedSpecifier) {
        for (const index of modules[module]?.computed() ?? []) aliases.push([variable + offset, requiredFrom(index)])
        continue
      }
      const target = targetOf(module, specifier, kind)
      const means = kind === "require" && target._tag === "Module" ? requiredFrom(target.index)
        : imported(target, "*", new Set())
      if (means !== undefined) aliases.push([variable + offset, means])
    }
  }

  const total = variables
  const up = new Int32Array(total)
  for (let each = 0; each < total; each++) up[each] = each
  const find = (variable: Variable): Variable => {
    let at = variable
    for (let next = up[at]; next !== undefined && next !== at; next = up[at]) {
      up[at] = up[next] ?? next
      at = next
    }
    return at
  }
  for (const [from, to] of aliases) up[find(from)] = find(to)

  const owners = new Int32Array(total).fill(-1)
  for (const [module, { record: { constraints } }] of modules.entries()) {
    const offset = offsets[module] ?? 0
    const base = firstCode[module] ?? 0
    for (const [variable, owner] of constraints.owners.entries()) {
      if (owner >= 0) owners[variable + offset] = owner + base
    }
  }

  const bound = new Map<Variable, number>()
  /** What is assigned, or declared with a function more than once. */
  const changing = new Set<Variable>()
  for (const { code, offset } of codes) for (const variable of code.assigns) changing.add(find(variable + offset))
  for (const [module, { record: { constraints } }] of modules.entries()) {
    const offset = offsets[module] ?? 0
    const first = codes[firstCode[module] ?? 0]?.functions ?? 0
    for (let at = 0; at < constraints.bound.length; at += 2) {
      const variable = find((constraints.bound[at] ?? 0) + offset)
      if (bound.has(variable)) changing.add(variable)
      bound.set(variable, (constraints.bound[at + 1] ?? 0) + first)
    }
  }

  for (const variable of changing) bound.delete(variable)

  const requiresUnseen = (code: number): boolean => {
    const found = codes[code]
    if (found === undefined || found.code.requires.length === 0) return false
    const requested = constraintsOf(found.module)?.requested
    return found.code.requires.some((index) => requested?.[index]?.[1] === computedSpecifier) &&
      modules[found.module]?.computed().length === 0
  }
  const requires = (code: number): ReadonlyArray<number> => {
    const found = codes[code]
    if (found === undefined || found.code.requires.length === 0) return []
    const constraints = constraintsOf(found.module)
    const loading = new Set(found.code.requires.flatMap((index) => {
      const request = constraints?.requested[index]
      if (request === undefined) return []
      if (request[1] === computedSpecifier) return modules[found.module]?.computed() ?? []
      return modulesOf(found.module, request[1], request[2])
    }))
    // And what these import
    for (const module of loading) {
      for (const each of imports(module)) if (modules[each]?.isStatic !== true) loading.add(each)
    }
    return [...loading]
  }
  const modulesOf = (module: number, specifier: string, kind: "import" | "require"): ReadonlyArray<number> => {
    const target = targetOf(module, specifier, kind)
    return target._tag === "Module" ? [target.index] : []
  }
  /** The modules that a module imports when it is loaded. */
  const imports = (module: number): ReadonlyArray<number> => {
    const record = modules[module]?.record
    if (record === undefined) return []
    return [
      ...record.imports.flatMap(({ require, specifier }) =>
        modulesOf(module, specifier, require ? "require" : "import")
      ),
      ...record.exports.flatMap(({ from }) => from === undefined ? [] : modulesOf(module, from, "import")),
      ...record.stars.flatMap(({ specifier }) => modulesOf(module, specifier, "import"))
    ]
  }

  return {
    modules,
    codes,
    codeOf: (module, item) => (constraintsOf(module)?.itemCodes[item] ?? 0) + (firstCode[module] ?? 0),
    firstCode,
    functions,
    variables: total,
    owners,
    find,
    fieldIndex,
    fieldNames,
    links,
    global: (name) => globals.get(name) ?? none,
    globals,
    bound,
    named,
    requires,
    requiresUnseen
  }
}
