/**
 * Notes about dependencies that kept code names in strings only: plugins, transports, drivers. What loads them by that
 * name finds them here, and misses them in the job, for npm packages are found by imports.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import type { Json } from "../archive/CanonicalJson.ts"
import { Diagnostic } from "../diagnostics/Diagnostic.ts"
import { type CodeModule, locate } from "../modules/Module.ts"
import { isTypeSyntax, staticString, syntax } from "../language/Syntax.ts"
import { ModuleResolver } from "../resolution/ModuleResolver.ts"
import * as JsonText from "../npm/JsonText.ts"
import type { Declaration } from "../npm/LockGraph.ts"
import { importerFrom } from "../npm/NpmLockfile.ts"
import { SourceLocation } from "../diagnostics/SourceLocation.ts"
import { SourceParser } from "../language/SourceParser.ts"
import * as Ast from "../language/Ast.ts"
import type { AnalysedFunction } from "./analyseFunction.ts"
import type { CollectedDependencies } from "./collectDependencies.ts"

/** Whether the name may be a word that means something else, such as `debug`. */
const isWord = (name: string): boolean => /^[a-z]+$/i.test(name)

/** The dependency that `text` names, as a whole or with a path in it. */
const named = (text: string, names: ReadonlySet<string>): string | undefined => {
  if (names.has(text)) return text
  const parts = text.split("/")
  const name = parts.slice(0, text.startsWith("@") ? 2 : 1).join("/")
  return parts.length > 1 && names.has(name) ? name : undefined
}

const comparisons: ReadonlySet<string> = new Set(["===", "!==", "==", "!=", "in"])

interface Text {
  readonly text: string
  readonly offset: number
  /** Whether an ordinary word in this place is most likely no name of a package: a key, or one of several words. */
  readonly isWeak: boolean
}

/** Strings of the code that something may load, but for those that are only compared. */
const textsIn = (module: Ast.Module, isName: (text: string) => boolean): ReadonlyArray<Text> => {
  const found: Array<Text> = []
  const add = (node: Ast.AnyNode, isWeak: boolean): void => {
    const text = staticString(node)
    if (text !== undefined) found.push({ text, offset: Ast.spanOf(node).start, isWeak })
  }
  const visit = (node: Ast.AnyNode): void => {
    if (isTypeSyntax(node)) return
    const self = syntax(node)
    switch (self.type) {
      case "StringLiteral":
      case "TemplateLiteral":
        add(self, false)
        break
      case "ArrayExpression": {
        const elements = self.elements.flatMap((element) => element ? [element.expression] : [])
        const texts = elements.flatMap((element) => staticString(element) ?? [])
        const isWeak = !texts.every(isName)
        for (const element of elements) {
          if (staticString(element) === undefined) visit(element)
          else add(element, isWeak)
        }
        return
      }
      case "ImportDeclaration":
      case "ExportAllDeclaration":
      case "ExportNamedDeclaration":
        return
      case "BinaryExpression":
        if (comparisons.has(self.operator)) {
          for (const side of [self.left, self.right]) if (staticString(side) === undefined) visit(side)
          return
        }
        break
      case "SwitchStatement":
        visit(self.discriminant)
        for (const each of self.cases) {
          if (each.test && staticString(each.test) === undefined) visit(each.test)
          for (const statement of each.consequent) visit(statement)
        }
        return
      case "KeyValueProperty":
        if (self.key.type === "StringLiteral") add(self.key, true)
        else visit(self.key)
        return visit(self.value)
      case "MemberExpression":
        visit(self.object)
        if (self.property.type === "Computed" && staticString(self.property.expression) === undefined) {
          visit(self.property.expression)
        }
        return
      default:
    }
    for (const child of Ast.children(self)) visit(child)
  }
  for (const statement of module.body) visit(statement)
  return found
}

/** Strings of a JSON module, keys among them. */
const textsOf = (value: Json, isName: (text: string) => boolean): ReadonlyArray<Omit<Text, "offset">> => {
  if (typeof value === "string") return [{ text: value, isWeak: false }]
  if (Array.isArray(value)) {
    const isWeak = !value.every((each) => typeof each !== "string" || isName(each))
    return value.flatMap((each) => textsOf(each, isName).map((text) => ({ ...text, isWeak: text.isWeak || isWeak })))
  }
  return JsonText.isObject(value)
    ? Object.entries(value).flatMap(([key, each]) => [
      { text: key, isWeak: true },
      ...textsOf(each ?? null, isName)
    ])
    : []
}

/**
 * Tells which texts may hold one of `names` as a string, without parsing them. What follows `from` and `import` is an
 * import.
 */
const mayName = (names: ReadonlySet<string>): (text: string) => boolean => {
  const any = [...names].map((name) => name.replace(/[^\w@/-]/g, "\\$&")).join("|")
  const pattern = new RegExp(`(?<!\\bfrom\\s*|\\bimport\\s*)["'\`](?:${any})["'\`/]`)
  return (text) => pattern.test(text)
}

/** What the package.json files of the reached modules declare. */
const declaredBy = ({ reached, root }: AnalysedFunction) =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const resolver = yield* ModuleResolver
    const directories = new Set([root.directory])
    for (const file of reached.modules.keys()) {
      const scope = yield* Effect.orElseSucceed(resolver.namedScope(file), () => undefined)
      if (scope !== undefined) directories.add(scope.directory)
    }
    const declared = new Map<string, Declaration["kind"]>()
    const own = new Set<string>()
    for (const directory of directories) {
      const file = path.join(directory, "package.json")
      // A package.json that is broken or not there declares nothing
      const manifest = yield* fs.readFileString(file).pipe(
        Effect.flatMap((text) => JsonText.parse(file, text)),
        Effect.orElseSucceed((): JsonText.JsonObject => ({}))
      )
      own.add(JsonText.string(manifest, "name") ?? "")
      for (const [name, { kind }] of importerFrom("", manifest).declared) {
        if (declared.get(name) === undefined || kind !== "dev") declared.set(name, kind)
      }
    }
    for (const name of own) declared.delete(name)
    return declared
  })

/** How many are reported one by one. */
const maxNamed = 3

/** Notes each dependency of the project that is named in a string, and not included. */
export const namedDependencies = (analysed: AnalysedFunction, dependencies: CollectedDependencies) =>
  Effect.gen(function*() {
    const { reached } = analysed
    const included = new Set([
      ...dependencies.packages.map(({ name }) => name),
      ...reached.externals.map(({ resolution }) => resolution.name)
    ])
    const declared = yield* declaredBy(analysed)
    const declaredNames = new Set(declared.keys())
    const names = new Set([...declared.keys()].filter((name) => !included.has(name) && !name.startsWith("@types/")))
    if (names.size === 0) return []
    const mayNameOne = mayName(names)
    const isName = (text: string): boolean => named(text, declaredNames) !== undefined
    const isCandidate = ({ isWeak, text }: Omit<Text, "offset">): string | undefined => {
      const name = named(text, names)
      const isCommon = name === text && isWord(text)
      return name === undefined || (isCommon && (isWeak || declared.get(name) === "dev")) ? undefined : name
    }

    const places = new Map<string, { readonly location: SourceLocation; readonly isEsm: boolean }>()
    const parser = yield* SourceParser
    const search = (module: CodeModule, items: ReadonlySet<number>) =>
      Effect.gen(function*() {
        const { file, kind, record, text } = module
        const { jsx, language, moduleSystem } = kind
        if (language === "json" || !mayNameOne(text)) return
        // It was parsed before, so it can be parsed
        const tree = yield* Effect.option(parser.parse({ file, text, language, jsx, moduleSystem }))
        if (tree._tag === "None") return
        const ranges = record.items.filter(({ index }) => items.has(index)).map(({ range }) => range)
        for (const each of textsIn(tree.value, isName)) {
          const name = isCandidate(each)
          if (name === undefined || places.has(name)) continue
          if (!ranges.some(([start, end]) => start <= each.offset && each.offset < end)) continue
          places.set(name, { location: locate(module, each.offset), isEsm: record.system === "esm" })
        }
      })
    for (const { items, module } of reached.modules.values()) yield* search(module, items)
    for (const { module: { file, text } } of reached.json.values()) {
      if (!mayNameOne(text)) continue
      const value = yield* Effect.option(Effect.try((): Json => JSON.parse(text) as Json))
      for (const each of value._tag === "None" ? [] : textsOf(value.value, isName)) {
        const name = isCandidate(each)
        if (name === undefined || places.has(name)) continue
        places.set(name, { location: new SourceLocation({ file, line: 1, column: 1 }), isEsm: true })
      }
    }
    const found = [...places].sort(([a], [b]) => Order.string(a, b))
    const [first] = found
    if (first === undefined) return []
    const note = (what: string, name: string, { isEsm, location }: (typeof first)[1]): Diagnostic =>
      new Diagnostic({
        severity: "info",
        code: "dependency-in-string",
        what,
        location,
        why: "npm packages are included when kept code imports them. What is loaded by its name is missing in the job.",
        remedy: isEsm
          ? `If the function loads it, import it there, too: import "${name}".`
          : `If the function loads it, require it there, too: require("${name}").`
      })
    return found.length <= maxNamed
      ? found.map(([name, place]) => note(`The dependency ${name} is named in a string and not included`, name, place))
      : [
        note(
          `${found.length} dependencies are named in strings and not included: ${
            found.slice(0, maxNamed).map(([name]) => name).join(", ")
          } and ${found.length - maxNamed} more`,
          first[0],
          first[1]
        )
      ]
  })
