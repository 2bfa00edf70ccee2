/**
 * Finds the references of a module's top-level items in its syntax tree.
 */
import * as Ast from "../language/Ast.ts"
import { type AssetReference, mention, type ModuleFolds } from "./AssetReference.ts"
import { isIterating } from "./CallSites.ts"
import * as Fold from "./Fold.ts"
import * as Folding from "./Folding.ts"
import * as ReadingFunctions from "./ReadingFunctions.ts"
import * as Syntax from "./Syntax.ts"

export interface AssetFinder {
  /** The references in the parts of one top-level item. The nodes are those of the tree that the finder was made for. */
  readonly references: (nodes: ReadonlyArray<Ast.AnyNode>) => ReadonlyArray<AssetReference>
  readonly folds: () => ModuleFolds
}

const isPlace = (fold: Fold.Fold): boolean =>
  fold._tag === "ImportMeta" || (fold._tag === "Global" && (fold.name === "__dirname" || fold.name === "__filename"))

/** `__dirname`, `import.meta.url`, `process.env` and the like: nothing was built from them yet. */
const isUnbuilt = (fold: Fold.Fold): boolean =>
  isPlace(fold) || fold._tag === "Global" || (fold._tag === "Member" && isUnbuilt(fold.object))

/** The expression that a callee is a member, an element or a result of. */
const root = (fold: Fold.Fold): Fold.Fold => {
  switch (fold._tag) {
    case "Member":
      return root(fold.object)
    case "Call":
      return root(fold.callee)
    case "Element":
    case "Key":
    case "Spread":
      return root(fold.of)
    default:
      return fold
  }
}

/** Whether a call of `callee` may give a path, by its name alone. */
const makesPaths = (callee: Fold.Fold, construct: boolean): boolean => {
  const origin = root(callee)
  switch (origin._tag) {
    case "Import": {
      const known = ReadingFunctions.moduleName(origin.specifier)
      return known !== undefined && !ReadingFunctions.isReadingModule(known)
    }
    case "Global":
      return isPlace(origin) || (construct ? origin.name === "URL" : origin.name.startsWith("decodeURI"))
    case "Binding":
      return !construct
    case "ImportMeta":
    case "Concat":
    case "Literal":
      return true
    default:
      return false
  }
}

/** Collections and branches are no paths: their parts are looked at one by one. */
const isPathlike = (fold: Fold.Fold): boolean =>
  (fold._tag === "Concat" || (fold._tag === "Call" && makesPaths(fold.callee, fold.construct)))
  && Fold.some(fold, isPlace) && !isUnbuilt(fold)

/** Whether an argument may be a path or lead to one. */
const maySay = (fold: Fold.Fold): boolean =>
  Fold.some(fold, (part) => {
    switch (part._tag) {
      case "Literal":
        return typeof part.value === "string"
      case "Binding":
      case "Import":
      case "Parameter":
      case "ImportMeta":
        return true
      case "Global":
        return isPlace(part) || part.name === "process"
      default:
        return false
    }
  })

/** Whether an argument can be a path that is built from the module's place: literals of its own cannot. */
const mayHand = (fold: Fold.Fold): boolean => fold._tag !== "Literal" && maySay(fold)

const isReadingMember = (fold: Fold.Fold): boolean =>
  fold._tag === "Member" && fold.key._tag === "Literal" && ReadingFunctions.isReadingName(String(fold.key.value))

/** `names.map(f)`: each of the names may be a path that `f` reads. */
const isIteration = (fold: Fold.Fold): boolean =>
  fold._tag === "Member" && fold.key._tag === "Literal" && isIterating(String(fold.key.value))

/** A native addon is a file like any other, although `require` loads it. */
const isAddonName = (value: Fold.Fold & { readonly _tag: "Literal" }): boolean =>
  typeof value.value === "string" && value.value.endsWith(".node")

/** A function that is handed on is followed by its name alone. */
const slim = (fold: Fold.Fold): Fold.Fold =>
  fold._tag === "Function" && fold.returns !== undefined ? { _tag: "Function", id: fold.id, name: fold.name } : fold

/** Whether the call is worth keeping, from what the module says about its callee. */
const isRelevant = (
  callee: Fold.Fold,
  args: ReadonlyArray<Fold.Fold>,
  bindings: ReadonlyMap<string, Fold.Fold>
): boolean => {
  const follows = new Set<string>()
  const leads = (fold: Fold.Fold): boolean => {
    const origin = root(fold)
    switch (origin._tag) {
      case "Import": {
        const known = ReadingFunctions.moduleName(origin.specifier)
        if (known !== undefined) {
          // What `promisify` or `createRequire` give is called in turn.
          return ReadingFunctions.isReadingModule(known) || known === "node:module" || known === "node:util"
        }
        return !/^clustrix(\/|$)/.test(origin.specifier) && args.some(maySay)
      }
      case "Global":
        return ReadingFunctions.readingGlobals.has(origin.name)
          || (!ReadingFunctions.pureGlobals.has(origin.name) && args.some(mayHand))
      case "ImportMeta":
        return true
      case "Binding": {
        if (args.some(maySay) || args.some(({ _tag }) => _tag === "Function")) return true
        if (follows.has(origin.name)) return false
        follows.add(origin.name)
        // An alias of a reading function is worth a report even when nothing is known of its argument.
        const bound = bindings.get(origin.name)
        return bound !== undefined && leads(bound)
      }
      case "Choice":
        return origin.of.some(leads)
      case "Logical":
        return leads(origin.left) || leads(origin.right)
      case "Function":
      case "Class":
      case "Object":
      case "Array":
        return args.some(maySay) || args.some(({ _tag }) => _tag === "Function")
      default:
        // A module of Node may come as an argument: `import("node:fs").then((fs) => ...)`.
        return args.some(mayHand) || (isReadingMember(fold) && args.some(maySay)) ||
          (isIteration(fold) && args.some(({ _tag }) => _tag === "Function"))
    }
  }
  return leads(callee)
}

/** Prepares a module; its names are collected once, when they are first asked for. */
export const findAssetReferences = (module: Ast.Module): AssetFinder => {
  let made: Folding.Folding | undefined
  const prepared = (): Folding.Folding => made ??= Folding.make(module)

  const references = (nodes: ReadonlyArray<Ast.AnyNode>): ReadonlyArray<AssetReference> => {
    const found: Array<AssetReference> = []
    /** Expressions that the call around them already tells of. */
    const covered = new Set<object>()

    const visitCall = (call: Ast.CallExpression | Ast.NewExpression): void => {
      if (call.callee.type === "Import") return
      const folding = prepared()
      const callee = call.callee.type === "Super" ? folding.superClassAt(call) : folding.fold(call.callee)
      const list = call.arguments ?? []
      if (callee === undefined) return
      // Without arguments a call still tells that defaults hold.
      const tellsDefaults = callee._tag === "Binding" || (callee._tag === "Import" && callee.specifier.startsWith("."))
      if (list.length === 0 && !tellsDefaults) return
      const args = list.map(({ expression, spread }): Fold.Fold =>
        spread ? { _tag: "Spread", of: folding.fold(expression) } : slim(folding.fold(expression))
      )
      // A module that is required by name is the graph's business.
      if (
        callee._tag === "Global" && callee.name === "require" && args[0]?._tag === "Literal" && !isAddonName(args[0])
      ) return
      if (args.length > 0 && !isRelevant(callee, args, folding.bindings())) return
      for (const { expression } of list) covered.add(Syntax.bare(expression))
      const construct = call.type === "NewExpression" || call.callee.type === "Super"
      found.push({ start: Ast.spanOf(call).start, callee, arguments: args, construct })
    }

    /** Whether the expression was kept as a path: its parts are then no paths of their own. */
    const visitPath = (expression: Ast.Expression): boolean => {
      const path = prepared().fold(expression)
      if (!isPathlike(path)) return false
      found.push({ start: Ast.spanOf(expression).start, callee: mention, arguments: [path], construct: false })
      return true
    }

    const visit = (node: object, isPart: boolean): void => {
      let inside = isPart
      if (Syntax.isTyped(node)) {
        // The casts below follow from `type`, which tells SWC's nodes apart.
        switch (node.type) {
          case "CallExpression":
          case "NewExpression":
            visitCall(node as Ast.CallExpression | Ast.NewExpression)
            inside = inside || covered.has(node) || visitPath(node as Ast.CallExpression | Ast.NewExpression)
            break
          case "BinaryExpression":
          case "TemplateLiteral":
            inside = inside || covered.has(node) || visitPath(node as Ast.BinaryExpression | Ast.TemplateLiteral)
            break
          case "ArrowFunctionExpression":
          case "FunctionExpression":
          case "FunctionDeclaration":
          case "ClassExpression":
          case "ClassDeclaration":
          case "ObjectExpression":
          case "ArrayExpression":
          case "ConditionalExpression":
            inside = false
            break
          case "TsInterfaceDeclaration":
          case "TsTypeAliasDeclaration":
          case "ImportDeclaration":
            return
          default:
        }
      }
      Syntax.forEachChild(node, (child) => visit(child, inside))
    }

    for (const node of nodes) visit(node, false)
    return found
  }

  return { references, folds: () => [...prepared().bindings()] }
}
