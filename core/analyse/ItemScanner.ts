/**
 * One walk over one top-level item: what it refers to and what it does, at evaluation and when called.
 */
import type * as Ast from "../syntax/Ast.ts"
import { children, spanOf, topLevel, unresolved } from "../syntax/Ast.ts"
import { ActivityBuilder } from "./ActivityBuilder.ts"
import { isFunctionMethod, isMutator, isPureGlobal, isPureMethod, isReflectCall } from "./KnownEffects.ts"
import type { CodeRequest, Cut, GlobalReference, PlaceReference, Reference, Share } from "./ModuleRecord.ts"
import { calleeOf, inlineMethods, isInlineFunction, makesHolder, type Root, roots } from "./Root.ts"
import { asName, boundNames, isFunctionSyntax, isTypeSyntax, type Name, staticKey, staticString, type Syntax, syntax,
  unwrap } from "../language/Syntax.ts"

/** What the names of the module mean, as far as one item's walk needs it. */
export interface ScanContext {
  /** Names that only types or `declare` introduce. */
  readonly ambient: ReadonlySet<string>
  /** Top-level constants that hold a value of the language's own types. */
  readonly builtinValues: ReadonlySet<string>
  /** Whether calling the imported name, or its member, changes nothing that it is given. */
  readonly isPureImport: (name: string, member: string | undefined) => boolean
  /** Whether the item is a statement, which is there for its effects alone. */
  readonly isStatement: boolean
  /** What all declarations of a top-level namespace export, by the namespace's name. */
  readonly namespaceMembers: ReadonlyMap<string, ReadonlySet<string>>
  /** Whether the expression is Clustrix's own `cluster`. */
  readonly isClusterWrapper: (node: Ast.AnyNode) => boolean
}

export interface Scan {
  readonly references: ReadonlyArray<Reference>
  readonly globals: ReadonlyArray<GlobalReference>
  readonly eager: ActivityBuilder
  readonly deferred: ActivityBuilder
  readonly mutatesParameters: ReadonlyArray<number>
  readonly requests: ReadonlyArray<CodeRequest>
  readonly places: ReadonlyArray<PlaceReference>
  readonly cuts: ReadonlyArray<Cut>
  readonly shares: ReadonlyArray<Share>
  readonly jsx: boolean
  readonly metadataTypes: ReadonlyArray<string>
  readonly evaluates: ReadonlyArray<number>
  readonly runsUncalled: boolean
}

/** Members that run without a call in the text: by conversion, serialisation or `await`. */
const implicitMembers: ReadonlySet<string> = new Set(["toString", "valueOf", "toJSON", "then"])

const placeKinds = new Set(["url", "dirname", "filename"] as const)
type MetaPlace = "url" | "dirname" | "filename"
const isMetaPlace = (key: string | undefined): key is MetaPlace =>
  key !== undefined && (placeKinds as ReadonlySet<string>).has(key)

const topLevelNames = (root: Root): ReadonlyArray<string> => {
  if (root._tag === "Result") return topLevelNames(root.callee)
  return root._tag === "Name" && root.name.ctxt === topLevel ? [root.name.value] : []
}

/** Walks `nodes`, the parts of one item. `parameters` are those of the function that the item declares, if it does. */
export const scanItem = (
  nodes: ReadonlyArray<Ast.AnyNode>,
  parameters: ReadonlyArray<Ast.AnyNode>,
  context: ScanContext
): Scan => {
  const references = new Map<string, Reference>()
  const globals = new Map<string, GlobalReference>()
  const eager = new ActivityBuilder()
  const deferred = new ActivityBuilder()
  const mutatesParameters = new Set<number>()
  const requests: Array<CodeRequest> = []
  const places: Array<PlaceReference> = []
  const cuts: Array<Cut> = []
  const metadataTypes = new Set<string>()
  const evaluates: Array<number> = []
  const enumMembers = new Set<string>()
  const shares = new Map<string, Share>()
  /** Local constants that hold an object made on the spot. */
  const freshLocals = new Set<string>()
  let jsx = false
  let runsUncalled = false

  const share = (holders: ReadonlyArray<Root>, others: ReadonlyArray<Root>, alias: boolean): void => {
    for (const holder of holders.flatMap(topLevelNames)) {
      for (const held of others.flatMap(topLevelNames)) {
        if (holder !== held) shares.set(`${holder}\0${held}\0${alias}`, { holder, held, alias })
      }
    }
  }

  const parameterIndex = new Map<string, number>()
  parameters.forEach((parameter, index) => {
    for (const name of boundNames(parameter)) parameterIndex.set(`${name.value}#${name.ctxt}`, index)
  })

  const activity = (isEager: boolean): ActivityBuilder => isEager ? eager : deferred

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

  /** Something that hangs on `root` changes. */
  const change = (root: Root, isEager: boolean, how: "writes" | "passes"): void => {
    const current = activity(isEager)
    switch (root._tag) {
      case "Name":
        if (namespace !== undefined && isNamespaceMember(root.name)) current[how].add(namespace)
        else if (root.name.ctxt === topLevel && !context.ambient.has(root.name.value)) current[how].add(root.name.value)
        else if (root.name.ctxt === unresolved || root.name.ctxt === topLevel) {
          if (root.name.value !== "arguments") {
            ;(how === "writes" ? current.globalWrites : current.globalCalls).add(root.name.value)
          }
        } else {
          const key = `${root.name.value}#${root.name.ctxt}`
          const index = parameterIndex.get(key)
          // What hangs on a parameter is what the call hands over: the call site accounts for it
          if (index === undefined) current.throughLocals ||= !freshLocals.has(key)
          else if (how === "writes") mutatesParameters.add(index)
        }
        return
      case "Result": {
        const callee = root.callee
        if (callee._tag === "Name" && callee.name.ctxt === topLevel) current.results.add(callee.name.value)
        else if (callee._tag === "Name" && callee.name.ctxt > topLevel) current.throughLocals = true
        else if (callee._tag === "Result") change(callee, isEager, how)
        return
      }
      case "This":
      case "Fresh":
        return
    }
  }

  const assign = (target: Ast.AnyNode, isEager: boolean): void => {
    const self = unwrap(target)
    switch (self.type) {
      case "Identifier": {
        const name = asName(self)
        if (name === undefined) return
        refer(name, undefined, isEager)
        if (name.ctxt <= topLevel) change({ _tag: "Name", name }, isEager, "writes")
        return
      }
      case "MemberExpression":
        for (const root of roots(self.object)) change(root, isEager, "writes")
        visit(self, isEager)
        return
      case "ArrayPattern":
        for (const element of self.elements) if (element) assign(element, isEager)
        return
      case "ObjectPattern":
        for (const property of self.properties) assign(property, isEager)
        return
      case "KeyValuePatternProperty":
        visitKey(self.key, isEager)
        assign(self.value, isEager)
        return
      case "AssignmentPatternProperty":
        assign(self.key, isEager)
        if (self.value) visit(self.value, isEager)
        return
      case "AssignmentPattern":
        assign(self.left, isEager)
        visit(self.right, isEager)
        return
      case "RestElement":
        assign(self.argument, isEager)
        return
      default:
        visit(self, isEager)
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
    for (const root of roots(expression)) {
      const name = root._tag === "Name" ? root.name
        : root._tag === "Result" && root.callee._tag === "Name" ? root.callee.name : undefined
      if (name !== undefined && name.ctxt === topLevel) activity(isEager).calls.add(name.value)
    }
    visit(expression, isEager)
  }

  /** An argument is handed over: objects may change, functions may run. */
  const pass = (argument: Ast.AnyNode, isEager: boolean, pure: boolean): void => {
    if (isInlineFunction(argument)) {
      visitFunctionParts(unwrap(argument), isEager)
      return
    }
    for (const method of inlineMethods(argument)) visitFunctionParts(method, isEager)
    for (const root of roots(argument)) {
      if (!pure) change(root, isEager, "passes")
      if (root._tag === "Name" && root.name.ctxt === topLevel) activity(isEager).callbacks.add(root.name.value)
    }
    visit(argument, isEager)
  }

  /**
   * Whether a method's name tells what it does: the receiver is of the language's own types, or a doubt costs too much
   * (a declaration that nothing reaches would go along for the sake of `list.map(f)`).
   */
  const isTrusted = (root: Root, isEager: boolean): boolean =>
    root._tag !== "Name" || root.name.ctxt !== topLevel || !isEager || !context.isStatement ||
    context.builtinValues.has(root.name.value)

  const visitCall = (
    callee: Ast.AnyNode,
    args: ReadonlyArray<Ast.AnyNode>,
    isEager: boolean,
    constructs: boolean
  ): void => {
    const current = activity(isEager)
    const target = calleeOf(callee)
    const isGlobal = target !== undefined &&
      (target.name.ctxt === unresolved || context.ambient.has(target.name.value))
    // What `Function` makes sees globals only, here as in the package
    if (isGlobal && target.name.value === "eval") evaluates.push(spanOf(callee).start)
    if (isGlobal && !target.deep && isMutator(target.name.value, target.member)) {
      const [first, ...rest] = args
      if (first !== undefined) {
        for (const root of roots(first)) change(root, isEager, "writes")
        visit(first, isEager)
      }
      for (const argument of rest) pass(argument, isEager, true)
      visit(callee, isEager)
      return
    }
    // Array.prototype.push.call(T, x): the first argument is the receiver. Reflect.apply(T.push, T, [x]): the second
    const reflects = isGlobal && !target.deep && isReflectCall(target.name.value, target.member)
    const borrowed = isGlobal && target.deep && (target.member === "call" || target.member === "apply")
    const receiver = reflects ? args[1] : borrowed ? args[0] : undefined
    const pure = (isGlobal && !target.deep && isPureGlobal(target.name.value, target.member)) ||
      (isGlobal && constructs && isPureGlobal(target.name.value, undefined)) ||
      (target?.name.ctxt === topLevel && !target.deep && context.isPureImport(target.name.value, target.member))
    if (receiver !== undefined) { for (const root of roots(receiver)) change(root, isEager, "writes") }
    if (reflects && args[0] !== undefined) {
      for (const root of roots(args[0])) {
        if (root._tag === "Name" && root.name.ctxt === topLevel) current.calls.add(root.name.value)
      }
    }
    const bare = unwrap(callee)
    if (isFunctionSyntax(bare)) visitFunctionParts(bare, isEager)
    else if (bare.type === "MemberExpression") {
      const method = staticKey(bare.property)
      if (isInlineFunction(bare.object)) visitFunctionParts(unwrap(bare.object), isEager)
      for (const root of roots(bare.object)) {
        if (root._tag === "Name" && root.name.ctxt === topLevel) current.calls.add(root.name.value)
        const harmless = pure || borrowed || reflects || (method !== undefined &&
          (isFunctionMethod(method) || (isPureMethod(method) && isTrusted(root, isEager))))
        if (!harmless) change(root, isEager, "passes")
      }
      visit(callee, isEager)
    } else {
      // One of several, as in `(a ? f : g)()` and `(0, f)()`
      for (const root of roots(bare)) {
        if (root._tag !== "Name") continue
        const { ctxt, value } = root.name
        if (ctxt > topLevel) current.throughLocals = true
        else if (ctxt === topLevel && !context.ambient.has(value)) current.calls.add(value)
        else if (!isPureGlobal(value, undefined)) current.globalCalls.add(value)
      }
      visit(callee, isEager)
    }
    const method = bare.type === "MemberExpression" ? staticKey(bare.property) : undefined
    if (bare.type === "MemberExpression" && !pure) share(roots(bare.object), args.flatMap(roots), false)
    const argumentsSafe = pure || (method !== undefined && isPureMethod(method) && bare.type === "MemberExpression" &&
      roots(bare.object).every((root) => isTrusted(root, isEager)))
    for (const argument of args) pass(argument, isEager, argumentsSafe)
  }

  const isImplicit = (self: Syntax): boolean => {
    switch (self.type) {
      case "GetterProperty":
      case "SetterProperty":
        return true
      case "ClassMethod":
      case "PrivateMethod":
        return self.kind !== "method" || (self.key.type === "Computed") ||
          implicitMembers.has(staticKey(self.key) ?? "")
      case "MethodProperty":
        return self.key.type === "Computed" || implicitMembers.has(staticKey(self.key) ?? "")
      default:
        return false
    }
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
    if (name !== undefined) refer(name, key, isEager)
    else visit(object, isEager)
    visitKey(node.property, isEager)
  }

  const visitPlain = (self: Syntax, isEager: boolean): void => {
    switch (self.type) {
      case "Identifier": {
        const name = asName(self)
        if (name === undefined) return
        if (name.ctxt === unresolved && (name.value === "__dirname" || name.value === "__filename")) {
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
        runsUncalled ||= isImplicit(self)
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
          for (const argument of self.arguments) pass(argument.expression, isEager, false)
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
        return visitCall(self.callee, self.arguments.map((argument) => argument.expression), isEager, false)
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
        return visitCall(self.callee, (self.arguments ?? []).map((argument) => argument.expression), isEager, true)
      }
      case "TaggedTemplateExpression":
        return visitCall(self.tag, "expressions" in self.template ? self.template.expressions : [], isEager, false)
      case "VariableDeclarator": {
        visit(self.id, isEager)
        if (!self.init) return
        const held = roots(self.init)
        for (const name of boundNames(self.id)) {
          if (name.ctxt === topLevel) share([{ _tag: "Name", name }], held, !makesHolder(self.init))
          else if (held.every((root) => root._tag === "Fresh")) freshLocals.add(`${name.value}#${name.ctxt}`)
        }
        return visit(self.init, isEager)
      }
      case "AssignmentExpression": {
        assign(self.left, isEager)
        share(
          roots(self.left),
          roots(self.right),
          unwrap(self.left).type !== "MemberExpression" && !makesHolder(self.right)
        )
        const written = asName(unwrap(self.left))
        if (written !== undefined) freshLocals.delete(`${written.value}#${written.ctxt}`)
        const target = unwrap(self.left)
        // What is stored in a top-level object becomes reachable from it: the assignment changes the object only
        if (isFunctionSyntax(unwrap(self.right)) && target.type === "MemberExpression") {
          visitFunctionParts(unwrap(self.right), false)
        } else visit(self.right, isEager)
        return
      }
      case "UpdateExpression":
        return assign(self.argument, isEager)
      case "UnaryExpression": {
        const argument = unwrap(self.argument)
        const name = asName(argument)
        if (self.operator === "typeof" && name !== undefined) refer(name, undefined, isEager, true)
        else if (self.operator === "delete") assign(argument, isEager)
        else visit(argument, isEager)
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
      case "ForOfStatement":
      case "ForInStatement":
        if (self.left.type === "VariableDeclaration") visit(self.left, isEager)
        else assign(self.left, isEager)
        visit(self.right, isEager)
        return visit(self.body, isEager)
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
        for (const property of self.properties) {
          const name = asName(property)
          if (name === undefined) visit(property, isEager)
          else refer(name, undefined, isEager, false, true)
        }
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
    eager,
    deferred,
    mutatesParameters: [...mutatesParameters],
    requests,
    places,
    cuts,
    shares: [...shares.values()],
    jsx,
    metadataTypes: [...metadataTypes],
    evaluates,
    runsUncalled: runsUncalled || globals.has("Proxy")
  }
}
