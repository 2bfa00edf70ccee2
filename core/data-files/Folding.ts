/**
 * From expressions of a syntax tree to {@link Fold.Fold folds}. Local constants are written out in place, top-level ones are
 * referred to by name, so that a fold stands on its own beside the bindings of its module.
 */
import type * as Ast from "../language/Ast.ts"
import * as Fold from "./Fold.ts"
import * as ModuleNames from "./ModuleNames.ts"
import * as Syntax from "./Syntax.ts"

/** Folds the expressions of one module. */
export interface Folding {
  readonly names: ModuleNames.ModuleNames
  readonly fold: (expression: Ast.Expression) => Fold.Fold
  /** The class that `super(...)`, a call of this module, constructs. */
  readonly superClassAt: (call: object) => Fold.Fold | undefined
  /**
   * What the top-level bindings of the module may be, by name. `default` is the value of an `export default` without a
   * name; `module.exports` is what a CommonJS module exports. Bindings about which nothing is known are left out.
   */
  readonly bindings: () => ReadonlyMap<string, Fold.Fold>
}

/** Whether a value of this kind can have to do with a path or a reading function. */
const mayMatter = (fold: Fold.Fold): boolean =>
  Fold.some(fold, (part) =>
    part._tag !== "Unknown" && part._tag !== "Undefined" && part._tag !== "Choice"
    && !(part._tag === "Literal" && typeof part.value !== "string"))

export const make = (module: Ast.Module | Ast.Script): Folding => {
  const names = ModuleNames.make(module)
  const variableFolds = new Map<ModuleNames.Variable, Fold.Fold>()
  const memberFolds = new Map<ReadonlyArray<ModuleNames.Value>, Fold.Fold>()
  const functionFolds = new Map<object, Fold.Fold>()

  const bounded = (value: Fold.Fold, start: number): Fold.Fold =>
    Fold.size(value) > Fold.maxSize ? Fold.unknown("the expression is too large to follow", start) : value

  /** All that `values` may be; while they are being folded, they are unknown to themselves. */
  const anyOf = <Key>(memo: Map<Key, Fold.Fold>, key: Key, values: ReadonlyArray<ModuleNames.Value>, name: string) => {
    const known = memo.get(key)
    if (known !== undefined) return known
    memo.set(key, Fold.unknown(`\`${name}\` is computed from itself`, 0))
    const folded = values.length === 0 ? Fold.undefinedFold : Fold.choice(values.map((value) => value(folder)))
    const result = bounded(folded, 0)
    memo.set(key, result)
    return result
  }

  const identifier = (node: Ast.Identifier): Fold.Fold => {
    const context = Syntax.contextOf(node)
    const variable = names.variables.get(Syntax.variableKey(node))
    if (context === 1 || names.ambient.has(Syntax.variableKey(node)) && (variable?.values.length ?? 0) === 0) {
      if (node.value === "undefined") return Fold.undefinedFold
      return { _tag: "Global", name: node.value }
    }
    if (variable === undefined) return Fold.unknown(`\`${node.value}\` is not followed`, node.span.start)
    if (variable.isTopLevel) {
      const [only] = variable.values
      // An import is a leaf: referring to it by name would only be longer.
      if (only !== undefined && variable.values.length === 1) {
        const value = imported(only)
        if (value !== undefined) return value
      }
      return { _tag: "Binding", name: variable.name }
    }
    return anyOf(variableFolds, variable, variable.values, variable.name)
  }

  const imports = new Map<ModuleNames.Value, Fold.Fold | undefined>()
  /** The fold of `value` if it is an import; nothing else is folded by asking. */
  const imported = (value: ModuleNames.Value): Fold.Fold | undefined => {
    // Only values without parameters are made from import declarations.
    if (value.length > 0) return undefined
    if (!imports.has(value)) {
      const fold = value(folder)
      imports.set(value, fold._tag === "Import" ? fold : undefined)
    }
    return imports.get(value)
  }

  const template = (node: Ast.TemplateLiteral, text: (element: Ast.TemplateElement) => string): Fold.Fold => {
    const parts: Array<Fold.Fold> = []
    node.quasis.forEach((element, index) => {
      const piece = text(element)
      if (piece !== "") parts.push(Fold.literal(piece))
      const expression = node.expressions[index]
      if (expression !== undefined) parts.push(fold(expression))
    })
    // An empty first part keeps `${url}` a text.
    return parts.length === 0
      ? Fold.literal("")
      : parts.length === 1 && parts[0]?._tag === "Literal" && typeof parts[0].value === "string"
      ? parts[0]
      : { _tag: "Concat", parts }
  }

  const shapeMember = (self: ModuleNames.This, name: string, start: number): Fold.Fold => {
    if (self === ModuleNames.moduleThis) return Fold.undefinedFold
    const own = (self.isStatic ? self.shape.statics : self.shape.instance).get(name)
    if (own !== undefined) return anyOf(memberFolds, own, own, name)
    const parent = self.shape.superClass === undefined ? undefined : Syntax.bare(self.shape.superClass)
    const shape = parent?.type === "Identifier" ? names.variables.get(Syntax.variableKey(parent))?.shape : undefined
    return shape === undefined || shape === self.shape
      ? Fold.unknown(`\`this.${name}\` is not followed`, start)
      : shapeMember({ shape, isStatic: self.isStatic }, name, start)
  }

  const property = (node: Ast.MemberExpression): Fold.Fold => {
    const name = Syntax.propertyName(node.property)
    const object = Syntax.bare(node.object)
    if (object.type === "ThisExpression" && name !== undefined) {
      const self = names.thisOf.get(object)
      return self === undefined
        ? Fold.unknown(`\`this.${name}\` is not followed`, node.span.start)
        : shapeMember(self, name, node.span.start)
    }
    return {
      _tag: "Member",
      object: fold(object),
      key: name !== undefined
        ? Fold.literal(name)
        : node.property.type === "Computed"
        ? fold(node.property.expression)
        : Fold.unknown("a private member", node.span.start)
    }
  }

  const object = (node: Ast.ObjectExpression): Fold.Fold => {
    const entries: Array<Fold.Entry> = []
    const spreads: Array<Fold.Fold> = []
    let open = false
    for (const item of node.properties) {
      if (item.type === "SpreadElement") {
        spreads.push(fold(item.arguments))
        continue
      }
      if (item.type === "Identifier") {
        entries.push([item.value, fold(item)])
        continue
      }
      const key = Syntax.propertyName(item.key)
      const parts = Syntax.functionParts(item)
      if (key === undefined) open = true
      else if (item.type === "KeyValueProperty" || item.type === "AssignmentProperty") {
        entries.push([key, fold(item.value)])
      } else if (item.type === "GetterProperty" && parts !== undefined) entries.push([key, folder.returnOf(parts)])
      else if (item.type === "MethodProperty" && parts !== undefined) entries.push([key, folder.functionOf(parts, key)])
    }
    const own: Fold.Fold = { _tag: "Object", entries, open }
    return spreads.length === 0 ? own : Fold.choice([own, ...spreads])
  }

  const args = (list: ReadonlyArray<Ast.Argument> | null | undefined): ReadonlyArray<Fold.Fold> =>
    (list ?? []).map(({ expression, spread }) => spread ? { _tag: "Spread", of: fold(expression) } : fold(expression))

  const callExpression = (node: Ast.CallExpression): Fold.Fold => {
    const { callee } = node
    const [first] = node.arguments
    const specifier = first === undefined ? undefined : Syntax.bare(first.expression)
    if (callee.type === "Super") return Fold.unknown("the result of `super()` is not followed", node.span.start)
    if (callee.type === "Import") {
      const target = specifier === undefined ? undefined : fold(specifier)
      return target?._tag === "Literal" && typeof target.value === "string"
        ? { _tag: "Import", specifier: target.value, name: "*", kind: "import" }
        : Fold.unknown("the module is imported by a computed name", node.span.start)
    }
    const target = fold(callee)
    if (target._tag === "Global" && target.name === "require" && specifier?.type === "StringLiteral") {
      return { _tag: "Import", specifier: specifier.value, name: "*", kind: "require" }
    }
    return Fold.call(target, args(node.arguments))
  }

  const binary = (node: Ast.BinaryExpression): Fold.Fold => {
    switch (node.operator) {
      case "+": {
        const left = fold(node.left)
        const right = fold(node.right)
        if (
          left._tag === "Literal" && right._tag === "Literal" && typeof left.value === "number"
          && typeof right.value === "number"
        ) return Fold.literal(left.value + right.value)
        return {
          _tag: "Concat",
          parts: [
            ...(left._tag === "Concat" ? left.parts : [left]),
            // `a + (b + c)` may add numbers first: only the left side is flat.
            right
          ]
        }
      }
      case "||":
      case "??":
        return { _tag: "Logical", operator: node.operator, left: fold(node.left), right: fold(node.right) }
      case "&&":
        // What the left side gives alone is falsy: no path.
        return fold(node.right)
      default:
        return Fold.unknown(`it is computed by \`${node.operator}\``, node.span.start)
    }
  }

  const foldBare = (node: Ast.Expression): Fold.Fold => {
    switch (node.type) {
      case "StringLiteral":
      case "NumericLiteral":
      case "BooleanLiteral":
        return Fold.literal(node.value)
      case "NullLiteral":
        return Fold.literal(null)
      case "RegExpLiteral":
        return { _tag: "Regex", pattern: node.pattern, flags: node.flags }
      case "TemplateLiteral":
        return template(node, (element) => element.cooked ?? element.raw)
      case "TaggedTemplateExpression": {
        const tag = fold(node.tag)
        return tag._tag === "Member" && tag.object._tag === "Global" && tag.object.name === "String"
            && tag.key._tag === "Literal" && tag.key.value === "raw"
          ? template(node.template, (element) => element.raw)
          : Fold.unknown("it is made by a template's tag", node.span.start)
      }
      case "Identifier":
        return identifier(node)
      case "MetaProperty":
        return node.kind === "import.meta"
          ? { _tag: "ImportMeta" }
          : Fold.unknown("`new.target` is not followed", node.span.start)
      case "MemberExpression":
        return property(node)
      case "BinaryExpression":
        return binary(node)
      case "UnaryExpression":
        return node.operator === "void"
          ? Fold.undefinedFold
          : Fold.unknown(`it is computed by \`${node.operator}\``, node.span.start)
      case "ConditionalExpression":
        return Fold.choice([fold(node.consequent), fold(node.alternate)])
      case "AssignmentExpression":
        return node.operator === "="
          ? fold(node.right)
          : Fold.unknown(`it is computed by \`${node.operator}\``, node.span.start)
      case "CallExpression":
        return callExpression(node)
      case "NewExpression":
        return Fold.call(fold(node.callee), args(node.arguments), true)
      case "ArrayExpression":
        return {
          _tag: "Array",
          elements: node.elements.map((element) =>
            element === null || element === undefined
              ? Fold.undefinedFold
              : element.spread
              ? { _tag: "Spread", of: fold(element.expression) }
              : fold(element.expression)
          )
        }
      case "ObjectExpression":
        return object(node)
      case "ArrowFunctionExpression":
      case "FunctionExpression": {
        const parts = Syntax.functionParts(node)
        const name = node.type === "FunctionExpression" ? node.identifier?.value : undefined
        return parts === undefined
          ? Fold.unknown("the function is not followed", node.span.start)
          : folder.functionOf(parts, name ?? "the function")
      }
      case "ClassExpression": {
        const shape = names.shapeOf.get(node)
        return shape === undefined ? Fold.unknown("the class is not followed", node.span.start) : folder.classOf(shape)
      }
      default:
        return Fold.unknown("the expression is computed when it runs", "span" in node ? node.span.start : 0)
    }
  }

  const folds = new Map<Ast.Expression, Fold.Fold>()
  const fold = (expression: Ast.Expression): Fold.Fold => {
    const node = Syntax.bare(expression)
    const known = folds.get(node)
    if (known !== undefined) return known
    const result = bounded(foldBare(node), "span" in node ? node.span.start : 0)
    folds.set(node, result)
    return result
  }

  const entriesOf = (members: ModuleNames.Members): ReadonlyArray<Fold.Entry> =>
    [...members].map(([name, values]): Fold.Entry => [name, anyOf(memberFolds, values, values, name)])

  const returnOf = (parts: Syntax.FunctionParts): Fold.Fold => Fold.choice(Syntax.returned(parts.body).map(fold))

  const folder: ModuleNames.Folder = {
    expression: fold,
    returnOf,
    functionOf: (parts, name) => {
      const known = functionFolds.get(parts.node)
      if (known !== undefined) return known
      const id = names.functionIds.get(parts.node) ?? String(parts.start)
      functionFolds.set(parts.node, { _tag: "Function", id, name })
      const returns = returnOf(parts)
      const result: Fold.Fold = {
        _tag: "Function",
        id,
        name,
        ...(mayMatter(returns) && Fold.size(returns) < Fold.maxSize / 2 ? { returns } : {})
      }
      functionFolds.set(parts.node, result)
      return result
    },
    classOf: (shape) => ({
      _tag: "Class",
      id: shape.id,
      ...(shape.superClass === undefined ? {} : { extends: fold(shape.superClass) }),
      statics: entriesOf(shape.statics),
      instance: entriesOf(shape.instance)
    })
  }

  const superClassAt = (call: object): Fold.Fold | undefined => {
    const superClass = names.thisOf.get(call)?.shape.superClass
    return superClass === undefined ? undefined : fold(superClass)
  }

  let bound: ReadonlyMap<string, Fold.Fold> | undefined
  const bindings = (): ReadonlyMap<string, Fold.Fold> => bound ??= foldBindings()
  const foldBindings = (): ReadonlyMap<string, Fold.Fold> => {
    const found = new Map<string, Fold.Fold>()
    const put = (name: string, value: Fold.Fold): void => {
      const checked = bounded(value, 0)
      if (checked._tag !== "Undefined") found.set(name, checked)
    }
    for (const variable of names.variables.values()) {
      if (variable.isTopLevel && variable.values.length > 0) {
        put(variable.name, anyOf(variableFolds, variable, variable.values, variable.name))
      }
    }
    if (names.defaultExport.length > 0) put("default", Fold.choice(names.defaultExport.map((value) => value(folder))))
    if (names.commonJsExports.length > 0) {
      put("module.exports", Fold.choice(names.commonJsExports.map((value) => value(folder))))
    }
    return found
  }

  return { names, fold, superClassAt, bindings }
}
