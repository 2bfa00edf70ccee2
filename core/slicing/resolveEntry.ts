/**
 * From a reference to the declaration it names: through re-exports and wrappers to the one function.
 */
import * as Quotation from "../diagnostics/Quotation.ts"
import * as Effect from "effect/Effect"
import type { Item } from "../modules/ModuleRecord.ts"
import { anonymousDefault } from "../modules/ModuleRecord.ts"
import { isClustrix } from "../modules/recordModule.ts"
import type { FunctionReference } from "./FunctionReference.ts"
import { explainMissing, exportedNames, type FollowError, importOf, isTypeName, provide } from "./Exports.ts"
import { type CodeModule, locate } from "../modules/Module.ts"
import { type LoadRequirements, type ModuleLoader, SourceFileError } from "../modules/ModuleLoader.ts"
import { FunctionNotPackageableError } from "./NotPackageable.ts"
import type { Entry } from "./Reached.ts"

type Resolved<A> = Effect.Effect<A, FollowError | FunctionNotPackageableError, LoadRequirements>

/** `path` is the absolute real path of the reference's file. */
export const resolveEntry = (
  loader: ModuleLoader,
  reference: FunctionReference,
  path: string
): Resolved<Entry> =>
  Effect.gen(function*() {
    const module = yield* loader.load(path)
    if (module._tag === "Json") {
      return yield* new SourceFileError({
        reason: "Unreadable",
        path,
        what: `${module.file} is a JSON file and declares no function`,
        remedy: "Name a TypeScript or JavaScript file."
      })
    }
    if (module.record.system === "commonjs") {
      if (reference._tag === "NamedReference") return yield* ofCommonJs(module, `${reference}`, reference.name)
      return yield* new FunctionNotPackageableError({
        reason: "InvalidReference",
        reference: `${reference}`,
        what: `${module.file} is a CommonJS module`,
        why: "Only what it exports can be had, and no position tells what that is.",
        remedy: `Name the function as it is exported: ${module.file}#NAME.`
      })
    }
    if (reference._tag === "PositionReference") {
      return yield* atPosition(module, `${reference}`, reference.line, reference.column)
    }
    const [first = "", ...rest] = reference.name.split(".")
    return yield* named(loader, module, `${reference}`, first, rest)
  })

/** A function of a CommonJS module is named as it is exported; of a script, which exports nothing, as it is declared. */
const ofCommonJs = (
  module: CodeModule,
  reference: string,
  name: string
): Effect.Effect<Entry, FunctionNotPackageableError> => {
  const [first = "", ...path] = name.split(".")
  const { commonJsExports, commonJsNames } = module.record
  const isScript = commonJsExports.length === 0 && commonJsNames.includes(first)
  if (isScript || commonJsExports.some((each) => each.name === first)) {
    return Effect.succeed({ _tag: "Binding", module, local: first, path })
  }
  const names = Quotation.listed(commonJsExports.map((each) => each.name))
  return new FunctionNotPackageableError({
    reason: "NoSuchExport",
    reference,
    what: `${module.file} does not export \`${Quotation.plain(first)}\``,
    why: names === "" ? "It is a CommonJS module, and nothing in it assigns to `exports`." : `It exports ${names}.`,
    remedy: names === "" ? `Write module.exports = { ${first} } at its end.`
      : "Name one of these, or export the function."
  })
}

const named = (
  loader: ModuleLoader,
  module: CodeModule,
  reference: string,
  name: string,
  path: ReadonlyArray<string>
): Resolved<Entry> =>
  Effect.gen(function*() {
    const provision = yield* provide(loader, module, name)
    switch (provision._tag) {
      case "Local":
        return yield* local(loader, module, reference, provision.local, path)
      case "From":
        return yield* through(
          loader,
          module,
          reference,
          provision.specifier,
          provision.imported,
          provision.offset,
          path
        )
      case "Type":
        return yield* isType(module, reference, name)
      case "Ambiguous":
      case "Circular":
        return yield* new FunctionNotPackageableError({
          reason: "NoSuchExport",
          reference,
          ...explainMissing(module, name, provision, [])
        })
      case "Open":
      case "Missing":
        break
    }
    if (module.declarations.has(name) || importOf(module, name) !== undefined) {
      return yield* local(loader, module, reference, name, path)
    }
    if (isTypeName(module, name)) {
      return yield* isType(module, reference, name)
    }
    const exported = yield* exportedNames(loader, module)
    const functions = [...module.declarations].filter(([each, items]) =>
      each !== anonymousDefault && !exported.includes(each) && items.some((item) => item.callable === "function")
    )
      .map(([each]) => each)
    return yield* new FunctionNotPackageableError({
      reason: "NoSuchExport",
      reference,
      what: `${module.file} has no top-level name \`${Quotation.plain(name)}\``,
      why: [
        exported.length === 0 ? "It exports nothing" : `It exports ${Quotation.listed(exported)}`,
        ...(functions.length === 0 ? [] : [`it also declares ${Quotation.listed(functions)}`])
      ].join("; ") + ".",
      remedy: exported.length + functions.length === 0 ? "Write the function there, or name another file."
        : "Name one of these."
    })
  })

const through = (
  loader: ModuleLoader,
  module: CodeModule,
  reference: string,
  specifier: string,
  imported: string,
  offset: number,
  path: ReadonlyArray<string>
): Resolved<Entry> =>
  Effect.gen(function*() {
    const resolution = isClustrix(specifier)
      ? { _tag: "Builtin" as const, name: specifier }
      : yield* loader.resolve(module, specifier, offset, "import")
    if (resolution._tag !== "Source") {
      return yield* new FunctionNotPackageableError({
        reason: "Native",
        reference,
        what: `Cannot get source of ${reference}`,
        location: locate(module, offset),
        why: `It is \`${imported}\` of ${resolution.name}, not a function of this project.`,
        remedy: "Wrap the call in a function of your own and package that."
      })
    }
    const target = yield* loader.load(resolution.path)
    if (target._tag === "Json" || target.record.system === "commonjs" || imported === "*") {
      const [member, ...rest] = path
      if (target._tag === "Code" && target.record.system === "esm" && member !== undefined) {
        return yield* named(loader, target, reference, member, rest)
      }
      return yield* new FunctionNotPackageableError({
        reason: "NotAFunction",
        reference,
        what: `${reference} is not a function that can be named`,
        location: locate(module, offset),
        why: `It stands for ${target.file}.`,
        remedy: "Name a function that an ES module of the project declares."
      })
    }
    return yield* named(loader, target, reference, imported, path)
  })

const local = (
  loader: ModuleLoader,
  module: CodeModule,
  reference: string,
  name: string,
  path: ReadonlyArray<string>
): Resolved<Entry> =>
  Effect.gen(function*() {
    const items = module.declarations.get(name)
    if (items === undefined) {
      const found = importOf(module, name)
      if (found === undefined) return yield* isType(module, reference, name)
      return yield* through(
        loader,
        module,
        reference,
        found.request.specifier,
        found.binding.imported,
        found.request.offset,
        path
      )
    }
    const snapshot = yield* copied(loader, module, reference, items, path)
    if (snapshot !== undefined) return snapshot
    const item = items.find((each) => each.callable === "function") ?? items[0]
    if (item === undefined) return yield* isType(module, reference, name)
    if (item.wraps !== undefined && path.length === 0) return yield* local(loader, module, reference, item.wraps, path)
    yield* path.length === 0 ? mustBeCallable(module, reference, item) : mustHave(module, reference, items, path)
    return { _tag: "Binding", module, local: name, path }
  })

/** The function that a default export copies from an import, if the import is a function for good. */
const copied = (
  loader: ModuleLoader,
  module: CodeModule,
  reference: string,
  items: ReadonlyArray<Item>,
  path: ReadonlyArray<string>
): Resolved<Entry | undefined> =>
  Effect.gen(function*() {
    const name = items[0]?.snapshotOf
    if (name === undefined || importOf(module, name) === undefined) return undefined
    const entry = yield* local(loader, module, reference, name, path)
    const declarations = entry.module.declarations.get(entry.local) ?? []
    const { codes, names } = entry.module.record.constraints
    const variable = names[entry.local]
    const isAssigned = variable !== undefined && codes.some(({ assigns }) => assigns.includes(variable))
    return !isAssigned && declarations.every(({ kind, prefix }) =>
        kind === "function" || kind === "class" || kind === "default" || prefix === "const "
      )
      ? entry
      : undefined
  })

const isType = (module: CodeModule, reference: string, name: string): FunctionNotPackageableError => {
  const found = module.record.types.find((type) => type.name === name)
  return new FunctionNotPackageableError({
    reason: "Type",
    reference,
    what: `\`${name}\` is ${found?.ambient === true ? "only declared" : "a type"}, not a function`,
    location: found === undefined ? undefined : locate(module, found.offset),
    why: found?.ambient === true ? "Nothing of `declare` is left when the code runs."
      : "Types vanish when the code runs.",
    remedy: "Name a function."
  })
}

const mustBeCallable = (
  module: CodeModule,
  reference: string,
  item: Item
): Effect.Effect<void, FunctionNotPackageableError> => {
  if (item.callable === "function" || item.callable === "unknown") return Effect.void
  const location = locate(module, item.range[0])
  const label = item.declares[0] === anonymousDefault ? "The default export" : `\`${item.declares[0] ?? reference}\``
  const methods = item.methods.map(({ name }) => `\`${item.declares[0]}.${name}\``)
  return item.callable === "class"
    ? new FunctionNotPackageableError({
      reason: "Class",
      reference,
      what: `${label} is a class, not a function`,
      location,
      why: "A class cannot be called.",
      remedy: methods.length === 0
        ? "Package a function that makes and uses an instance."
        : `Name a static method (${methods.join(", ")}), or a function that uses the class.`
    })
    : new FunctionNotPackageableError({
      reason: "NotAFunction",
      reference,
      what: `${label} is ${item.describes}, not a function`,
      location,
      remedy: methods.length === 0 ? "Name a function." : `Name a function in it (${methods.join(", ")}).`
    })
}

const mustHave = (
  module: CodeModule,
  reference: string,
  items: ReadonlyArray<Item>,
  path: ReadonlyArray<string>
): Effect.Effect<void, FunctionNotPackageableError> => {
  const methods = items.flatMap((item) => item.methods.map(({ name }) => name))
  const [first] = path
  const known = items.some((item) => item.callable === "unknown" || item.kind === "namespace" || item.kind === "enum")
  if (known || (path.length === 1 && first !== undefined && methods.includes(first))) return Effect.void
  const owner = items[0]
  return new FunctionNotPackageableError({
    reason: "NoSuchExport",
    reference,
    what: `\`${owner?.declares[0]}\` in ${module.file} has no function \`${path.join(".")}\` of its own`,
    location: owner === undefined ? undefined : locate(module, owner.range[0]),
    why: methods.length === 0 ? "It has no static functions." : `It has ${
      methods.map((each) => `\`${each}\``).join(", ")
    }.`,
    remedy: methods.length === 0 ? "Write a function that calls it, and name that."
      : "Name one of these, or a function that calls the method on an instance."
  })
}

const atPosition = (
  module: CodeModule,
  reference: string,
  line: number,
  column: number | undefined
): Effect.Effect<Entry, FunctionNotPackageableError> => {
  const lines = module.text.split("\n")
  const text = lines[line - 1]
  const start = lines.slice(0, line - 1).reduce((offset, each) => offset + each.length + 1, 0)
  const missing = (why: string): FunctionNotPackageableError =>
    new FunctionNotPackageableError({
      reason: "InvalidReference",
      reference,
      what: `There is no top-level function at ${reference}`,
      why,
      remedy: "Give a position inside a function that the module declares at its top level, or its name."
    })
  if (text === undefined || (column !== undefined && column > text.length + 1)) {
    return missing(`${module.file} has ${lines.length} lines.`)
  }
  const offset = column === undefined ? start + (text.length - text.trimStart().length) : start + column - 1
  const within = ([from, to]: readonly [number, number]): boolean => from <= offset && offset < to
  const item = module.record.items.find((each) =>
    // `export`, decorators and `const` before a declarator belong to it for a person
    each.kind !== "statement" &&
    (within(each.range) || (column === undefined && locate(module, each.range[0]).line === line))
  )
  const name = item?.declares[0]
  if (item === undefined || name === undefined) return missing("No declaration stands there.")
  const method = item.methods.find((each) => within(each.range))
  if (method !== undefined) return Effect.succeed({ _tag: "Binding", module, local: name, path: [method.name] })
  return Effect.as(mustBeCallable(module, reference, item), { _tag: "Binding", module, local: name, path: [] })
}
