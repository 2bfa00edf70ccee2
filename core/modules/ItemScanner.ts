/**
 * One walk over one top-level item: what it refers to, and what its text asks for.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, topLevel, unresolved } from "../language/Ast.ts"
import type { CodeRequest, Cut, GlobalReference, PlaceReference, Reference } from "./ModuleRecord.ts"
import { asName, calleeOf, isFunctionSyntax, isTypeSyntax, type Name, staticKey, staticString, type Syntax, syntax,
  unwrap } from "../language/Syntax.ts"

/** What the names of the module mean, as far as one item's walk needs it. */
export interface ScanContext {
  /** Names that only types or `declare` introduce. */
  readonly ambient: ReadonlySet<string>
  /** What all declarations of a top-level namespace export, by the namespace's name. */
  readonly namespaceMembers: ReadonlyMap<string, ReadonlySet<string>>
  /** Whether the expression is Clustrix's own `cluster`. */
  readonly isClusterWrapper: (node: Ast.AnyNode) => boolean
  /** Whether Node gets the module as CommonJS, although it is written as an ES module. */
  readonly isCompiledToCommonJs: boolean
}

/** What `typeof` says of the names of CommonJS that code in a package has a value for. */
const commonJsTypes: ReadonlyMap<string, string> = new Map([
  ["require", "function"],
  ["__dirname", "string"],
  ["__filename", "string"]
])

export interface Scan {
  readonly references: ReadonlyArray<Reference>
  readonly globals: ReadonlyArray<GlobalReference>
  readonly requests: ReadonlyArray<CodeRequest>
  readonly places: ReadonlyArray<PlaceReference>
  readonly cuts: ReadonlyArray<Cut>
  readonly jsx: boolean
  readonly metadataTypes: ReadonlyArray<string>
  readonly evaluates: ReadonlyArray<number>
}

const placeKinds = new Set(["url", "dirname", "filename"] as const)
type MetaPlace = "url" | "dirname" | "filename"
const isMetaPlace = (key: string | undefined): key is MetaPlace =>
  key !== undefined && (placeKinds as ReadonlySet<string>).has(key)

/** `__dirname` and `__filename` of the module itself. */
const isPlaceName = (name: Name): name is Name & { readonly value: "__dirname" | "__filename" } =>
  name.ctxt === unresolved && (name.value === "__dirname" || name.value === "__filename")

/** Walks `nodes`, the parts of one item. */
export const scanItem = (nodes: ReadonlyArray<Ast.AnyNode>, context: ScanContext): Scan => {
  const references = new Map<string, Reference>()
  const globals = new Map<string, GlobalReference>()
  const requests: Array<CodeRequest> = []
  const places: Array<PlaceReference> = []
  const cuts: Array<Cut> = []
  const metadataTypes = new Set<string>()
  const evaluates: Array<number> = []
  const enumMembers = new Set<string>()
  let jsx = false

  /** How many `try` blocks with a handler the walk is in. */
  let tries = 0

  /** The top-level namespace that the walk is in. */
  let namespace: string | undefined
  /** Whether another declaration of the merged namespace exports it, which SWC does not connect. */
  const isNamespaceMember = (name: Name): boolean =>
    name.ctxt === unresolved && namespace !== undefined &&
    context.namespaceMembers.get(namespace)?.has(name.value) === true
  const refer = (
    name: Name,
    member: string | undefined,
    isEager: boolean,
    guarded = false,
    shorthand = false
  ): void => {
    if (namespace !== undefined && isNamespaceMember(name)) {
      const { end, start } = name.span
      cuts.push({ range: [start, end], replacement: `${shorthand ? `${name.value}: ` : ""}${namespace}.${name.value}` })
      return
    }
    if (name.ctxt === topLevel && !context.ambient.has(name.value)) {
      const key = `${name.value}\0${member ?? ""}\0${isEager}`
      if (!references.has(key)) {
        references.set(key, { name: name.value, member, offset: name.span.start, eager: isEager })
      }
    } else if (name.ctxt === unresolved || name.ctxt === topLevel) {
      const known = globals.get(name.value)
      const isGuarded = guarded || known?.guarded === true || context.ambient.has(name.value)
      if (!enumMembers.has(name.value) && (known === undefined || known.guarded !== isGuarded)) {
        globals.set(name.value, { name: name.value, offset: known?.offset ?? name.span.start, guarded: isGuarded })
      }
    }
  }

  const visitKey = (key: Ast.AnyNode, isEager: boolean): void => {
    if (key.type === "Computed") visit(key, isEager)
  }

  const visitFunctionParts = (node: Ast.AnyNode, isEager: boolean): void => {
    for (const child of children(node)) {
      if (child.type === "Decorator") visitDecorator(child, isEager)
      else visit(child, isEager)
    }
  }

  const visitDecorator = (node: Ast.AnyNode, isEager: boolean): void => {
    if (node.type !== "Decorator" || !("expression" in node)) return
    // A Decorator's `expression` is an expression node
    const expression = node.expression as Ast.AnyNode
    const called = unwrap(expression)
    if (context.isClusterWrapper(called.type === "CallExpression" ? called.callee : called)) {
      cuts.push({ range: [spanOf(node).start, spanOf(node).end], replacement: "" })
      return
    }
    visit(expression, isEager)
  }

  /** A function that is written where it is handed over, or called, may run at once. */
  const visitValue = (node: Ast.AnyNode, isEager: boolean): void => {
    const self = unwrap(node)
    if (isFunctionSyntax(self)) return visitFunctionParts(self, isEager)
    if (self.type === "ArrayExpression") {
      for (const element of self.elements) if (element) visitValue(element.expression, isEager)
    } else if (self.type === "ObjectExpression") {
      for (const property of self.properties) {
        if (property.type === "KeyValueProperty") {
          visitKey(property.key, isEager)
          visitValue(property.value, isEager)
        } else if (
          property.type === "MethodProperty" || property.type === "GetterProperty" || property.type === "SetterProperty"
        ) visitFunctionParts(property, isEager)
        else visitProperty(property, isEager)
      }
    } else visit(node, isEager)
  }

  const visitProperty = (property: Ast.AnyNode, isEager: boolean): void => {
    const name = asName(property)
    if (name === undefined) visit(property, isEager)
    else if (isPlaceName(name)) {
      places.push({ kind: name.value, range: [name.span.start, name.span.end], shorthand: true })
    } else refer(name, undefined, isEager, false, true)
  }

  const visitCall = (callee: Ast.AnyNode, args: ReadonlyArray<Ast.AnyNode>, isEager: boolean): void => {
    const bare = unwrap(callee)
    const name = asName(bare)
    if (
      name !== undefined && (name.ctxt === unresolved || context.ambient.has(name.value)) &&
      // What `Function` makes sees globals only, here as in the package
      name.value === "eval"
    ) evaluates.push(spanOf(callee).start)
    if (bare.type === "MemberExpression" && isFunctionSyntax(unwrap(bare.object))) {
      visitFunctionParts(unwrap(bare.object), isEager)
      visitKey(bare.property, isEager)
    } else visitValue(callee, isEager)
    for (const argument of args) visitValue(argument, isEager)
  }

  const request = (
    kind: CodeRequest["kind"],
    call: Ast.AnyNode,
    argument: Ast.AnyNode | undefined,
    attributes?: Ast.AnyNode | undefined
  ): void => {
    if (argument === undefined) return
    const { end, start } = spanOf(argument)
    requests.push({
      kind,
      specifier: staticString(argument),
      range: [start, end],
      offset: spanOf(call).start,
      attributes: attributes === undefined ? undefined : [end, spanOf(attributes).end],
      optional: tries > 0
    })
  }

  const visitChildren = (node: Ast.AnyNode, isEager: boolean): void => {
    for (const child of children(node)) visit(child, isEager)
  }

  const visitMetadataTypes = (node: Ast.AnyNode): void => {
    const name = asName(node)
    if (name !== undefined && name.ctxt === topLevel) metadataTypes.add(name.value)
    for (const child of children(node)) visitMetadataTypes(child)
  }

  const collectMetadata = (node: Ast.AnyNode): void => {
    for (const child of children(node)) {
      if (child.type === "TsTypeAnnotation") visitMetadataTypes(child)
      else if (child.type !== "BlockStatement") collectMetadata(child)
    }
  }

  const isDecorated = (node: Ast.AnyNode): boolean =>
    children(node).some((child) =>
      child.type === "Decorator" ||
      ((child.type === "ClassMethod" || child.type === "ClassProperty" || child.type === "Constructor" ||
        child.type === "Parameter") && isDecorated(child))
    )

  const visitClass = (node: Ast.AnyNode, isEager: boolean): void => {
    if (isDecorated(node)) collectMetadata(node)
    for (const child of children(node)) visit(child, isEager)
  }

  const visitMember = (
    node: Ast.AnyNode & { readonly object: Ast.AnyNode; readonly property: Ast.AnyNode },
    isEager: boolean
  ): void => {
    const object = unwrap(node.object)
    const name = asName(object)
    const key = staticKey(node.property)
    if (object.type === "MetaProperty" && object.kind === "import.meta" && isMetaPlace(key)) {
      places.push({ kind: key, range: [spanOf(node).start, spanOf(node).end] })
      return
    }
    if (name !== undefined && !isPlaceName(name)) refer(name, key, isEager)
    else visit(object, isEager)
    visitKey(node.property, isEager)
  }

  const visitPlain = (self: Syntax, isEager: boolean): void => {
    switch (self.type) {
      case "Identifier": {
        const name = asName(self)
        if (name === undefined) return
        if (isPlaceName(name)) {
          places.push({ kind: name.value, range: [name.span.start, name.span.end] })
        } else refer(name, undefined, isEager)
        return
      }
      case "MemberExpression":
        return visitMember(self, isEager)
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        return visitFunctionParts(self, false)
      case "ClassMethod":
      case "PrivateMethod":
      case "Constructor":
      case "MethodProperty":
      case "GetterProperty":
      case "SetterProperty":
        for (const child of children(self)) {
          if (child.type === "Decorator") visitDecorator(child, isEager)
          else visit(child, child.type === "Computed" ? isEager : false)
        }
        return
      case "ClassProperty":
      case "PrivateProperty":
      case "AutoAccessor":
        for (const child of children(self)) {
          if (child.type === "Decorator") visitDecorator(child, isEager)
          else visit(child, child.type === "Computed" || self.isStatic ? isEager : false)
        }
        return
      case "ClassDeclaration":
      case "ClassExpression":
        return visitClass(self, isEager)
      case "Decorator":
        return visitDecorator(self, isEager)
      case "CallExpression": {
        if (self.callee.type === "Import") {
          const first = self.arguments[0]?.expression
          request("dynamic-import", self, first, self.arguments[1]?.expression)
          for (const argument of self.arguments) visit(argument.expression, isEager)
          return
        }
        if (self.callee.type === "Super") {
          for (const argument of self.arguments) visitValue(argument.expression, isEager)
          return
        }
        const inner = unwrap(self.callee)
        const wrapped = self.arguments[0]
        if (inner.type === "CallExpression" && context.isClusterWrapper(inner.callee) && wrapped !== undefined) {
          cuts.push({ range: [spanOf(self).start, spanOf(wrapped.expression).start], replacement: "(" })
          cuts.push({ range: [spanOf(wrapped.expression).end, spanOf(self).end], replacement: ")" })
          visit(wrapped.expression, isEager)
          return
        }
        const target = calleeOf(self.callee)
        const first = self.arguments[0]?.expression
        if (
          target !== undefined && target.name.value === "require" && target.name.ctxt === unresolved && !target.deep
        ) {
          if (target.member === undefined) request("require", self, first)
          if (target.member === "resolve") request("require-resolve", self, first)
        }
        return visitCall(self.callee, self.arguments.map((argument) => argument.expression), isEager)
      }
      case "NewExpression": {
        const target = calleeOf(self.callee)
        const first = self.arguments?.[0]?.expression
        if (
          target !== undefined && (target.name.value === "Worker" || target.member === "Worker") && first !== undefined
        ) {
          const url = unwrap(first)
          if (url.type === "NewExpression") request("worker", self, url.arguments?.[0]?.expression)
        }
        return visitCall(self.callee, (self.arguments ?? []).map((argument) => argument.expression), isEager)
      }
      case "TaggedTemplateExpression":
        return visitCall(self.tag, "expressions" in self.template ? self.template.expressions : [], isEager)
      case "AssignmentExpression": {
        visit(self.left, isEager)
        const target = unwrap(self.left)
        // What is stored in an object is not run by that
        if (isFunctionSyntax(unwrap(self.right)) && target.type === "MemberExpression") {
          visitFunctionParts(unwrap(self.right), false)
        } else visit(self.right, isEager)
        return
      }
      case "AssignmentPatternProperty": {
        const name = asName(self.key)
        // Assigned or declared: a declaration's own name is no reference of the item
        if (name !== undefined) refer(name, undefined, isEager)
        if (self.value) visit(self.value, isEager)
        return
      }
      case "UnaryExpression": {
        const argument = unwrap(self.argument)
        const name = asName(argument)
        if (self.operator === "typeof" && name !== undefined) {
          const type = context.isCompiledToCommonJs && name.ctxt === unresolved
            ? commonJsTypes.get(name.value) : undefined
          if (type === undefined) refer(name, undefined, isEager, true)
          else cuts.push({ range: [spanOf(self).start, spanOf(self).end], replacement: JSON.stringify(type) })
        } else visit(argument, isEager)
        return
      }
      case "TryStatement":
        if (self.handler) tries += 1
        visit(self.block, isEager)
        if (self.handler) {
          tries -= 1
          visit(self.handler, isEager)
        }
        return self.finalizer ? visit(self.finalizer, isEager) : undefined
      case "TsEnumDeclaration":
        for (const member of self.members) {
          const key = staticKey(member.id)
          if (key !== undefined) enumMembers.add(key)
        }
        for (const member of self.members) if (member.init) visit(member.init, isEager)
        return
      case "TsModuleDeclaration": {
        const outer = namespace
        namespace ??= self.id.value
        if (self.body) visit(self.body, isEager)
        namespace = outer
        return
      }
      case "ObjectExpression":
        for (const property of self.properties) visitProperty(property, isEager)
        return
      case "JSXOpeningElement": {
        jsx = true
        const name = self.name
        // A lower-case tag is a string
        if (name.type !== "Identifier" || !/^[a-z]/.test(name.value)) visitJsxName(name, isEager)
        return visitChildrenOf(self.attributes, isEager)
      }
      case "JSXAttribute":
        if (self.value) visit(self.value, isEager)
        return
      default:
        if (self.type === "LabeledStatement") return visit(self.body, isEager)
        return visitChildren(self, isEager)
    }
  }

  const visitChildrenOf = (nodes: ReadonlyArray<Ast.AnyNode>, isEager: boolean): void => {
    for (const node of nodes) visit(node, isEager)
  }

  const visitJsxName = (node: Ast.AnyNode, isEager: boolean): void => {
    const name = asName(node)
    if (name !== undefined) refer(name, undefined, isEager)
    else if (node.type === "JSXMemberExpression" && "object" in node) {
      // JSXMemberExpression.object is a JSXObject
      const object = node.object as Ast.AnyNode
      const root = asName(object)
      const key = "property" in node ? staticKey(node.property as Ast.AnyNode) : undefined
      if (root !== undefined) refer(root, key, isEager)
      else visitJsxName(object, isEager)
    }
  }

  const visit = (node: Ast.AnyNode, isEager: boolean): void => {
    if (isTypeSyntax(node)) return
    if (node.type === "JSXClosingElement") return
    if (node.type === "JSXOpeningFragment") jsx = true
    visitPlain(syntax(node), isEager)
  }

  for (const node of nodes) visit(node, true)
  return {
    references: [...references.values()],
    globals: [...globals.values()].filter((reference) => !enumMembers.has(reference.name)),
    requests,
    places,
    cuts,
    jsx,
    metadataTypes: [...metadataTypes],
    evaluates
  }
}
