/**
 * What the names of a module may stand for: every variable with all that is ever assigned to it, found in one walk over
 * the module's syntax tree. Values are described by thunks over a {@link Folder}, so that only what is asked for is folded.
 */
import type * as Ast from "../language/Ast.ts"
import * as Fold from "./Fold.ts"
import * as Syntax from "./Syntax.ts"

/** Folds the parts of the tree that a {@link Value} was made of. */
export interface Folder {
  readonly expression: (expression: Ast.Expression) => Fold.Fold
  readonly functionOf: (parts: Syntax.FunctionParts, name: string) => Fold.Fold
  /** What calling the function gives: for getters. */
  readonly returnOf: (parts: Syntax.FunctionParts) => Fold.Fold
  readonly classOf: (shape: ClassShape) => Fold.Fold
}

/** A value that is folded when it is asked for. */
export type Value = (folder: Folder) => Fold.Fold

/** A variable, and whatever it may hold. */
export interface Variable {
  readonly name: string
  readonly isTopLevel: boolean
  readonly values: Array<Value>
  /** The class that the variable declares: for `super`'s members. */
  shape: ClassShape | undefined
}

/** Members by name, each with all its possible values. */
export type Members = Map<string, Array<Value>>

/** What `this` has in the methods of a class or of an object literal. */
export interface ClassShape {
  /** The constructor's, or the class's own where it has none. */
  readonly id: Fold.FunctionId
  readonly superClass: Ast.Expression | undefined
  readonly statics: Members
  readonly instance: Members
}

/** The `this` at some place. */
export interface This {
  readonly shape: ClassShape
  readonly isStatic: boolean
}

export interface ModuleNames {
  /** By {@link Syntax.variableKey}. */
  readonly variables: ReadonlyMap<string, Variable>
  /** Keys of names that the module only declares (`declare const x`): they are global. */
  readonly ambient: ReadonlySet<string>
  /** By `this` expressions and by calls of `super`. */
  readonly thisOf: ReadonlyMap<object, This>
  readonly shapeOf: ReadonlyMap<object, ClassShape>
  readonly functionIds: ReadonlyMap<object, Fold.FunctionId>
  /** `export default` expressions and what CommonJS assigns to `exports` and `module.exports`. */
  readonly defaultExport: ReadonlyArray<Value>
  readonly commonJsExports: ReadonlyArray<Value>
}

const add = (members: Members, name: string, value: Value): void => {
  const values = members.get(name)
  if (values === undefined) members.set(name, [value])
  else values.push(value)
}

const memberOf = (source: Value, key: string | number): Value => (folder) => Fold.member(source(folder), key)

/** The object `{ [key]: value }`; with a computed key, one about which nothing more is known. */
const objectWith = (key: string | undefined, value: Value): Value => (folder) =>
  key === undefined
    ? { _tag: "Object", entries: [], open: true }
    : { _tag: "Object", entries: [[key, value(folder)]], open: false }

const memberKey = (property: Ast.MemberExpression["property"]): string | undefined => Syntax.propertyName(property)

/** `this` outside of all functions: without members, whatever the module system. */
export const moduleThis: This = {
  shape: { id: "", superClass: undefined, statics: new Map(), instance: new Map() },
  isStatic: true
}

/** The object that `target[key] = source[key]` copies members of. */
const copied = (target: Ast.Expression | Ast.Pattern, value: Ast.Expression): Ast.Expression | undefined => {
  if (target.type !== "MemberExpression" || target.property.type !== "Computed") return undefined
  const source = Syntax.bare(value)
  if (source.type !== "MemberExpression" || source.property.type !== "Computed") return undefined
  const to = Syntax.bare(target.property.expression)
  const from = Syntax.bare(source.property.expression)
  return to.type === "Identifier" && from.type === "Identifier" && Syntax.variableKey(to) === Syntax.variableKey(from)
    ? source.object
    : undefined
}

/** Collects the names of a module from its syntax tree. */
export const make = (module: Ast.Module | Ast.Script): ModuleNames => {
  const variables = new Map<string, Variable>()
  const ambient = new Set<string>()
  const thisOf = new Map<object, This>()
  const shapeOf = new Map<object, ClassShape>()
  const functionIds = new Map<object, Fold.FunctionId>()
  const defaultExport: Array<Value> = []
  const commonJsExports: Array<Value> = []

  const variable = (identifier: Ast.Identifier | Ast.BindingIdentifier): Variable => {
    const key = Syntax.variableKey(identifier)
    const known = variables.get(key)
    if (known !== undefined) return known
    const created: Variable = {
      name: identifier.value,
      isTopLevel: Syntax.contextOf(identifier) === 2,
      values: [],
      shape: undefined
    }
    variables.set(key, created)
    return created
  }

  const bind = (pattern: Ast.Pattern, source: Value): void => {
    switch (pattern.type) {
      case "Identifier":
        variable(pattern).values.push(source)
        return
      case "ParenthesisExpression":
        return bind(pattern.expression, source)
      case "TsNonNullExpression":
      case "TsAsExpression":
      case "TsSatisfiesExpression":
      case "TsTypeAssertion":
        return bind(pattern.expression, source)
      case "AssignmentPattern":
        return bind(pattern.left, (folder) => ({
          _tag: "Logical",
          operator: "??",
          left: source(folder),
          right: folder.expression(pattern.right)
        }))
      case "ObjectPattern":
        for (const property of pattern.properties) {
          if (property.type === "KeyValuePatternProperty") {
            const name = Syntax.propertyName(property.key)
            bind(
              property.value,
              name === undefined
                ? () => Fold.unknown("it is taken from an object by a computed key", pattern.span.start)
                : memberOf(source, name)
            )
          } else if (property.type === "AssignmentPatternProperty") {
            const { key, value } = property
            const taken = memberOf(source, key.value)
            variable(key).values.push(
              value === null || value === undefined
                ? taken
                : (folder) => ({
                  _tag: "Logical",
                  operator: "??",
                  left: taken(folder),
                  right: folder.expression(value)
                })
            )
          } else bind(property.argument, source)
        }
        return
      case "ArrayPattern":
        pattern.elements.forEach((element, index) => {
          if (element === null || element === undefined) return
          if (element.type === "RestElement") bind(element.argument, source)
          else bind(element, memberOf(source, index))
        })
        return
      case "MemberExpression":
        return assignMember(pattern, source)
      default:
        return
    }
  }

  const isGlobal = (expression: Ast.Expression, name: string): boolean =>
    expression.type === "Identifier" && expression.value === name && Syntax.contextOf(expression) === 1

  const isModuleExports = (expression: Ast.Expression): boolean =>
    isGlobal(expression, "exports")
    || (expression.type === "MemberExpression" && isGlobal(Syntax.bare(expression.object), "module")
      && memberKey(expression.property) === "exports")

  const assignMember = (target: Ast.MemberExpression, value: Value): void => {
    const object = Syntax.bare(target.object)
    const key = memberKey(target.property)
    if (isModuleExports(target)) commonJsExports.push(value)
    else if (isModuleExports(object)) commonJsExports.push(objectWith(key, value))
    else if (object.type === "Identifier") variable(object).values.push(objectWith(key, value))
    else if (object.type === "ThisExpression") {
      const self = thisOf.get(object)
      if (self !== undefined && self !== moduleThis && key !== undefined) {
        add(self.isStatic ? self.shape.statics : self.shape.instance, key, value)
      }
    }
  }

  const declareFunction = (parts: Syntax.FunctionParts): void => {
    const id = String(parts.start)
    functionIds.set(parts.node, id)
    parts.parameters.forEach((pattern, index) => {
      const parameter = (rest: boolean, name: string): Value => () => ({
        _tag: "Parameter",
        function: id,
        index,
        name,
        ...(rest ? { rest: true } : {})
      })
      if (pattern.type === "RestElement") {
        const { argument } = pattern
        bind(argument, parameter(true, argument.type === "Identifier" ? argument.value : "argument"))
      } else {
        const target = pattern.type === "AssignmentPattern" ? pattern.left : pattern
        bind(pattern, parameter(false, target.type === "Identifier" ? target.value : "argument"))
      }
    })
  }

  const walkFunction = (parts: Syntax.FunctionParts, self: This | undefined): void => {
    declareFunction(parts)
    Syntax.forEachChild(parts.node, (child) => walk(child, self))
  }

  const declareClass = (node: Ast.ClassDeclaration | Ast.ClassExpression, self: This | undefined): ClassShape => {
    const own = node.body.find((item) => item.type === "Constructor")
    const shape: ClassShape = {
      id: String(own?.span.start ?? node.span.start),
      superClass: node.superClass ?? undefined,
      statics: new Map(),
      instance: new Map()
    }
    shapeOf.set(node, shape)
    if (node.superClass !== null && node.superClass !== undefined) walk(node.superClass, self)
    for (const decorator of node.decorators ?? []) walk(decorator, self)
    const inside = (isStatic: boolean): This => ({ shape, isStatic })
    for (const item of node.body) {
      switch (item.type) {
        case "ClassProperty":
        case "PrivateProperty": {
          const name = Syntax.propertyName(item.key)
          const { value } = item
          if (name !== undefined && value !== null && value !== undefined) {
            add(item.isStatic ? shape.statics : shape.instance, name, (folder) => folder.expression(value))
          }
          Syntax.forEachChild(item, (child) => walk(child, inside(item.isStatic)))
          break
        }
        case "ClassMethod":
        case "PrivateMethod": {
          const parts = Syntax.functionParts(item)
          if (parts === undefined) break
          const name = Syntax.propertyName(item.key)
          if (name !== undefined && item.kind !== "setter") {
            add(
              item.isStatic ? shape.statics : shape.instance,
              name,
              item.kind === "getter" ? (folder) => folder.returnOf(parts) : (folder) => folder.functionOf(parts, name)
            )
          }
          walkFunction(parts, inside(item.isStatic))
          break
        }
        case "Constructor": {
          const parts = Syntax.functionParts(item)
          if (parts === undefined) break
          for (const parameter of item.params) {
            if (parameter.type !== "TsParameterProperty") continue
            const target = parameter.param.type === "AssignmentPattern" ? parameter.param.left : parameter.param
            if (target.type !== "Identifier") continue
            const identifier = target
            add(shape.instance, identifier.value, (folder) =>
              // An identifier of a pattern reads like one of an expression.
              folder.expression(identifier as Ast.Identifier))
          }
          walkFunction(parts, inside(false))
          break
        }
        default:
          walk(item, inside(true))
      }
    }
    return shape
  }

  const declareObject = (node: Ast.ObjectExpression, self: This | undefined): void => {
    const shape: ClassShape = {
      id: String(node.span.start),
      superClass: undefined,
      statics: new Map(),
      instance: new Map()
    }
    const inside: This = { shape, isStatic: true }
    for (const property of node.properties) {
      const parts = Syntax.functionParts(property)
      if (property.type === "KeyValueProperty") {
        const name = Syntax.propertyName(property.key)
        if (name !== undefined) add(shape.statics, name, (folder) => folder.expression(property.value))
        walk(property.key, self)
        const value = Syntax.bare(property.value)
        // A function expression as a property is a method in all but spelling.
        if (value.type === "FunctionExpression") walkFunctionExpression(value, inside)
        else walk(property.value, self)
      } else if (parts !== undefined && "key" in property) {
        const name = Syntax.propertyName(property.key)
        if (name !== undefined && property.type !== "SetterProperty") {
          add(
            shape.statics,
            name,
            property.type === "GetterProperty"
              ? (folder) => folder.returnOf(parts)
              : (folder) => folder.functionOf(parts, name)
          )
        }
        walkFunction(parts, inside)
      } else walk(property, self)
    }
  }

  const walkFunctionExpression = (node: Ast.FunctionExpression, self: This | undefined): void => {
    const parts = Syntax.functionParts(node)
    if (parts === undefined) return
    const { identifier } = node
    if (identifier !== null && identifier !== undefined) {
      variable(identifier).values.push((folder) => folder.functionOf(parts, identifier.value))
    }
    walkFunction(parts, self)
  }

  const walkCall = (node: Ast.CallExpression): void => {
    if (node.callee.type === "Super" || node.callee.type === "Import") return
    const callee = Syntax.bare(node.callee)
    if (callee.type !== "MemberExpression") return
    const object = Syntax.bare(callee.object)
    const key = memberKey(callee.property)
    if (object.type !== "Identifier") return
    if ((key === "push" || key === "unshift") && Syntax.contextOf(object) !== 1) {
      variable(object).values.push((folder) => ({
        _tag: "Array",
        elements: node.arguments.map(({ expression, spread }) =>
          spread ? { _tag: "Spread", of: folder.expression(expression) } : folder.expression(expression)
        )
      }))
    } else if (key === "assign" && isGlobal(object, "Object")) {
      const [target, ...sources] = node.arguments
      const targetExpression = target === undefined ? undefined : Syntax.bare(target.expression)
      for (const { expression } of sources) {
        const value: Value = (folder) => folder.expression(expression)
        if (targetExpression?.type === "Identifier") variable(targetExpression).values.push(value)
        else if (targetExpression !== undefined && isModuleExports(targetExpression)) commonJsExports.push(value)
      }
    }
  }

  const namespaceMembers = (body: Ast.TsNamespaceBody): Value => (folder) => {
    if (body.type === "TsNamespaceDeclaration") {
      return { _tag: "Object", entries: [[body.id.value, namespaceMembers(body.body)(folder)]], open: false }
    }
    const entries: Array<Fold.Entry> = []
    for (const item of body.body) {
      if (item.type !== "ExportDeclaration") continue
      const { declaration } = item
      if (declaration.type === "VariableDeclaration") {
        for (const { id } of declaration.declarations) {
          // An identifier of a pattern reads like one of an expression.
          if (id.type === "Identifier") entries.push([id.value, folder.expression(id as Ast.Identifier)])
        }
      } else if (declaration.type === "FunctionDeclaration" || declaration.type === "ClassDeclaration") {
        entries.push([declaration.identifier.value, folder.expression(declaration.identifier)])
      }
    }
    return { _tag: "Object", entries, open: false }
  }

  const walkImport = (node: Ast.ImportDeclaration): void => {
    if (node.typeOnly) return
    for (const item of node.specifiers) {
      const name = item.type === "ImportDefaultSpecifier"
        ? "default"
        : item.type === "ImportNamespaceSpecifier"
        ? "*"
        : item.imported?.value ?? item.local.value
      variable(item.local).values.push(() => ({
        _tag: "Import",
        specifier: node.source.value,
        name,
        kind: "import"
      }))
    }
  }

  const walk = (node: object, self: This | undefined): void => {
    const each = (child: object): void => walk(child, self)
    if (!Syntax.isTyped(node)) return Syntax.forEachChild(node, each)
    // The casts below follow from `type`, which tells SWC's nodes apart.
    switch (node.type) {
      case "ImportDeclaration":
        return walkImport(node as Ast.ImportDeclaration)
      case "TsImportEqualsDeclaration": {
        const { id, isTypeOnly, moduleRef } = node as Ast.TsImportEqualsDeclaration
        if (isTypeOnly || moduleRef.type !== "TsExternalModuleReference") return
        variable(id).values.push(() => ({
          _tag: "Import",
          specifier: moduleRef.expression.value,
          name: "*",
          kind: "require"
        }))
        return
      }
      case "VariableDeclaration": {
        const { declarations, declare } = node as Ast.VariableDeclaration
        for (const { id, init } of declarations) {
          if (declare) {
            if (id.type === "Identifier") ambient.add(Syntax.variableKey(id))
          } else if (init !== null && init !== undefined) {
            bind(id, (folder) => folder.expression(init))
          } else if (id.type === "Identifier") variable(id)
        }
        return Syntax.forEachChild(node, each)
      }
      case "ForOfStatement":
      case "ForInStatement": {
        const { left, right } = node as Ast.ForOfStatement
        const tag = node.type === "ForOfStatement" ? "Element" : "Key"
        const target = left.type === "VariableDeclaration" ? left.declarations[0]?.id : left
        if (target !== undefined) bind(target, (folder) => ({ _tag: tag, of: folder.expression(right) }))
        return Syntax.forEachChild(node, each)
      }
      case "TsEnumDeclaration": {
        const { id, members } = node as Ast.TsEnumDeclaration
        variable(id).values.push((folder) => ({
          _tag: "Object",
          entries: members.map(({ id: name, init }): Fold.Entry => [
            name.value,
            init === null || init === undefined
              ? Fold.unknown("it is the number of an enum's member", node.span.start)
              : folder.expression(init)
          ]),
          open: false
        }))
        return
      }
      case "TsModuleDeclaration": {
        const { body, declare, id } = node as Ast.TsModuleDeclaration
        if (declare || body === null || body === undefined) return
        if (id.type === "Identifier") variable(id).values.push(namespaceMembers(body))
        return Syntax.forEachChild(body, each)
      }
      case "FunctionDeclaration": {
        const declaration = node as Ast.FunctionDeclaration
        const parts = Syntax.functionParts(node)
        if (parts === undefined) return
        if (declaration.declare) ambient.add(Syntax.variableKey(declaration.identifier))
        // An overload has no body.
        else if (parts.body !== null && parts.body !== undefined) {
          const { identifier } = declaration
          variable(identifier).values.push((folder) => folder.functionOf(parts, identifier.value))
        }
        return walkFunction(parts, undefined)
      }
      case "FunctionExpression":
        return walkFunctionExpression(node as Ast.FunctionExpression, undefined)
      case "ArrowFunctionExpression": {
        const parts = Syntax.functionParts(node)
        return parts === undefined ? undefined : walkFunction(parts, self)
      }
      case "ClassDeclaration":
      case "ClassExpression": {
        const declaration = node as Ast.ClassDeclaration | Ast.ClassExpression
        const { identifier } = declaration
        if (declaration.type === "ClassDeclaration" && declaration.declare) {
          ambient.add(Syntax.variableKey(declaration.identifier))
          return
        }
        const shape = declareClass(declaration, self)
        if (identifier !== null && identifier !== undefined) {
          const named = variable(identifier)
          named.shape = shape
          named.values.push((folder) => folder.classOf(shape))
        }
        return
      }
      case "ObjectExpression":
        return declareObject(node as Ast.ObjectExpression, self)
      case "ThisExpression":
        if (self !== undefined) thisOf.set(node, self)
        return
      case "AssignmentExpression": {
        const { left, operator, right } = node as Ast.AssignmentExpression
        // `this` on the left must be known before the assignment is.
        Syntax.forEachChild(node, each)
        const source = copied(left, right)
        const target = source === undefined || left.type !== "MemberExpression" ? undefined : Syntax.bare(left.object)
        if (source !== undefined && target?.type === "Identifier") {
          variable(target).values.push((folder) => folder.expression(source))
          return
        }
        bind(
          left,
          operator === "=" || operator === "||=" || operator === "??=" || operator === "&&="
            ? (folder) => folder.expression(right)
            : () => Fold.unknown(`it changes by \`${operator}\``, node.span.start)
        )
        return
      }
      case "UpdateExpression": {
        const { argument, operator } = node as Ast.UpdateExpression
        bind(argument, () => Fold.unknown(`it changes by \`${operator}\``, node.span.start))
        return Syntax.forEachChild(node, each)
      }
      case "CatchClause": {
        const { param } = node as Ast.CatchClause
        if (param !== null && param !== undefined) {
          bind(param, () => Fold.unknown("it is what a `catch` caught", node.span.start))
        }
        return Syntax.forEachChild(node, each)
      }
      case "CallExpression":
        walkCall(node as Ast.CallExpression)
        if (self !== undefined && (node as Ast.CallExpression).callee.type === "Super") thisOf.set(node, self)
        return Syntax.forEachChild(node, each)
      case "ExportDefaultExpression":
      case "TsExportAssignment": {
        const { expression } = node as Ast.ExportDefaultExpression
        const target = node.type === "ExportDefaultExpression" ? defaultExport : commonJsExports
        target.push((folder) => folder.expression(expression))
        return walk(expression, self)
      }
      case "ExportDefaultDeclaration": {
        const { decl } = node as Ast.ExportDefaultDeclaration
        if (decl.type !== "TsInterfaceDeclaration") defaultExport.push((folder) => folder.expression(decl))
        return walk(decl, undefined)
      }
      case "TsInterfaceDeclaration":
      case "TsTypeAliasDeclaration":
        return
      default:
        return Syntax.forEachChild(node, each)
    }
  }

  for (const item of module.body) walk(item, moduleThis)
  return { variables, ambient, thisOf, shapeOf, functionIds, defaultExport, commonJsExports }
}
