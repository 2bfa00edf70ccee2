/**
 * Where `require` goes in a module that hands it on: to a variable, a parameter, a property. Calls of it under another
 * name are requests as its own calls are; what leaves the module is a request that nobody can follow.
 *
 * Flow-insensitive: a variable holds all that is ever assigned to it, and a property all that is assigned to one of its
 * name on any object.
 */
import { asName, isFunctionSyntax, staticKey, staticString, syntax, unwrap } from "../language/Syntax.ts"
import type * as Ast from "../language/Ast.ts"
import { keyOf, type Scope } from "../language/Scope.ts"
import { children, spanOf, topLevel, unresolved } from "../language/Ast.ts"
import type { CodeRequest } from "./ModuleRecord.ts"

/**
 * A function, class or list of the module; `require`; one that the module makes for itself, for its own place or for
 * another; anything else.
 */
type Value = "require" | "created" | "elsewhere" | "unknown" | Ast.AnyNode

type Values = ReadonlySet<Value>

const nothing: Values = new Set()

export interface RequireFlowOptions {
  /** Whether the module has a `require` of its own, as CommonJS has. */
  readonly hasRequire: boolean
  /** See {@link creatorsOf}. */
  readonly creators: ReadonlySet<string>
}

const isGlobal = (node: Ast.AnyNode, value: string): boolean => {
  const name = asName(unwrap(node))
  return name?.ctxt === unresolved && name.value === value
}

/** The names under which a module has `createRequire`, by {@link keyOf}. */
export const creatorsOf = ({ bindings }: Scope): ReadonlySet<string> => {
  const found = new Set<string>()
  for (let size = -1; size !== found.size;) {
    size = found.size
    for (const [key, { given }] of bindings) {
      const isOne = given.some(({ key: name, value }) =>
        name === "createRequire" || (value !== undefined && isCreator(rightOf(value), found))
      )
      if (isOne) found.add(key)
    }
  }
  return found
}

/** What an assignment puts into its target; any other expression itself. */
const rightOf = (node: Ast.AnyNode): Ast.AnyNode => {
  const self = syntax(node)
  return self.type === "AssignmentExpression" ? self.right : self
}

/** Whether it is `createRequire`, of whatever object or under another of its names. */
export const isCreator = (callee: Ast.AnyNode, creators: ReadonlySet<string>): boolean => {
  const self = unwrap(callee)
  const name = asName(self)
  if (name !== undefined) return name.value === "createRequire" || creators.has(keyOf(name))
  return self.type === "MemberExpression" && staticKey(self.property) === "createRequire"
}

const isModuleRequire = (node: Ast.AnyNode): boolean => {
  const self = unwrap(node)
  return self.type === "MemberExpression" && isGlobal(self.object, "module") && staticKey(self.property) === "require"
}

/** Properties of `require` that hand nothing on. */
const ownProperties: ReadonlySet<string> = new Set(["resolve", "main", "cache", "extensions", "length", "name"])

/** Methods that call a function with each element of a list. */
const iterating: ReadonlySet<string> = new Set(["map", "forEach", "flatMap", "filter", "find", "some", "every"])

/** Functions that do nothing with what they are given but look at it. */
const looking: ReadonlySet<string> = new Set(["String", "Boolean"])

/** Whether the module mentions `require` in any way but calling it, reading its own properties, and asking for its type. */
const handsOn = (node: Ast.AnyNode): boolean => {
  const self = syntax(node)
  switch (self.type) {
    case "Identifier":
      return isGlobal(self, "require") || self.value === "createRequire"
    case "CallExpression":
      return (!isGlobal(self.callee, "require") && handsOn(self.callee)) ||
        self.arguments.some(({ expression }) => handsOn(expression))
    case "MemberExpression":
      if (isGlobal(self.object, "module")) return self.property.type === "Computed" || isModuleRequire(self)
      if (isGlobal(self.object, "require") && ownProperties.has(staticKey(self.property) ?? "")) return false
      return staticKey(self.property) === "createRequire" || children(self).some(handsOn)
    case "UnaryExpression":
      return self.operator !== "typeof" && handsOn(self.argument)
    case "VariableDeclarator":
      return (self.init !== null && self.init !== undefined && isGlobal(self.init, "module")) ||
        children(self).some(handsOn)
    default:
      return children(self).some(handsOn)
  }
}

interface FunctionParts {
  readonly parameters: ReadonlyArray<Ast.AnyNode>
  /** Statements, or the expression of an arrow function. */
  readonly body: Ast.AnyNode | undefined
}

/** The parameters and the body of a function; of a class, those of its constructor. */
const partsOf = (node: Ast.AnyNode): FunctionParts | undefined => {
  const self = syntax(node)
  switch (self.type) {
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "MethodProperty":
    case "Constructor":
      return { parameters: self.params, body: self.body ?? undefined }
    case "ArrowFunctionExpression":
      return { parameters: self.params, body: self.body }
    case "ClassMethod":
    case "PrivateMethod":
      return { parameters: self.function.params, body: self.function.body ?? undefined }
    case "ClassDeclaration":
    case "ClassExpression": {
      const made = self.body.find(({ type }) => type === "Constructor")
      return made === undefined ? undefined : partsOf(made)
    }
    default:
      return undefined
  }
}

/** The requests that `module` makes through other names of `require`, and the places where it hands `require` out. */
export const requireRequests = (
  module: Ast.Module,
  options: RequireFlowOptions
): ReadonlyArray<CodeRequest> => {
  if (!module.body.some(handsOn)) return []
  const variables = new Map<string, Set<Value>>()
  const fields = new Map<string, Set<Value>>()
  const results = new Map<Ast.AnyNode, Set<Value>>()
  /** Names of properties, and functions, through which `require` was called. */
  const used = new Set<string | Ast.AnyNode>()
  let grown = true

  const put = <K>(map: Map<K, Set<Value>>, key: K, values: Values): void => {
    const known = map.get(key) ?? new Set()
    map.set(key, known)
    for (const value of values) {
      if (known.has(value)) continue
      known.add(value)
      grown = true
    }
  }

  const union = (...all: ReadonlyArray<Values>): Values => new Set(all.flatMap((each) => [...each]))

  /** `import.meta.url`, `__filename`. */
  const isOwnPlace = (node: Ast.AnyNode): boolean => {
    const self = unwrap(node)
    if (self.type !== "MemberExpression") return isGlobal(self, "__filename")
    const object = unwrap(self.object)
    return object.type === "MetaProperty" && ["url", "filename"].includes(staticKey(self.property) ?? "")
  }

  const valuesOf = (node: Ast.AnyNode, through?: (by: string | Ast.AnyNode) => void): Values => {
    const self = unwrap(node)
    if (isFunctionSyntax(self) || self.type === "ClassExpression" || self.type === "ArrayExpression") {
      return new Set([self])
    }
    switch (self.type) {
      case "Identifier": {
        const name = asName(self)
        if (name === undefined) return nothing
        const assigned = variables.get(keyOf(name)) ?? nothing
        if (name.ctxt !== unresolved) return assigned
        return union(assigned, new Set([name.value === "require" && options.hasRequire ? "require" : "unknown"]))
      }
      case "MemberExpression": {
        if (isModuleRequire(self)) return new Set([options.hasRequire ? "require" : "unknown"])
        const key = staticKey(self.property)
        const found = fields.get(key === undefined || /^\d+$/.test(key) ? "[]" : key)
        if (key !== undefined) through?.(key)
        return found ?? new Set(["unknown"])
      }
      case "ConditionalExpression":
        return union(valuesOf(self.consequent, through), valuesOf(self.alternate, through))
      case "BinaryExpression":
        return self.operator === "&&" ? valuesOf(self.right, through)
          : self.operator === "||" || self.operator === "??"
          ? union(valuesOf(self.left, through), valuesOf(self.right, through))
          : nothing
      case "AssignmentExpression":
        return valuesOf(self.right, through)
      case "SequenceExpression": {
        const last = self.expressions[self.expressions.length - 1]
        return last === undefined ? nothing : valuesOf(last, through)
      }
      case "CallExpression": {
        if (isCreator(self.callee, options.creators)) {
          const base = self.arguments[0]?.expression
          return new Set([base !== undefined && isOwnPlace(base) ? "created" : "elsewhere"])
        }
        const callee = unwrap(self.callee)
        if (callee.type === "MemberExpression" && staticKey(callee.property) === "bind") {
          // With an argument of its own it is a function for one module
          return self.arguments.length > 1 ? nothing : valuesOf(callee.object, through)
        }
        const called = [...valuesOf(callee, through)]
        for (const each of called) if (typeof each !== "string") through?.(each)
        return union(
          ...called.map((each): Values =>
            typeof each === "string" ? new Set(each === "unknown" ? ["unknown"] : []) : results.get(each) ?? nothing
          )
        )
      }
      case "StringLiteral":
      case "NumericLiteral":
      case "BooleanLiteral":
      case "NullLiteral":
      case "ObjectExpression":
      case "TemplateLiteral":
      case "RegExpLiteral":
      case "UnaryExpression":
        return nothing
      default:
        return new Set(["unknown"])
    }
  }

  const bind = (target: Ast.AnyNode, values: Values, source?: Ast.AnyNode): void => {
    const self = unwrap(target)
    const member = (key: string | undefined): Values =>
      key === "require" && source !== undefined && isGlobal(source, "module") && options.hasRequire
        ? new Set(["require"])
        : (key === undefined ? undefined : fields.get(key)) ?? nothing
    switch (self.type) {
      case "Identifier": {
        const name = asName(self)
        if (name !== undefined) put(variables, keyOf(name), values)
        return
      }
      case "MemberExpression":
        return put(fields, staticKey(self.property) ?? "[]", values)
      case "Parameter":
        return bind(self.pat, values, source)
      case "TsParameterProperty":
        return bind(self.param, values, source)
      case "AssignmentPattern":
        return bind(self.left, union(values, valuesOf(self.right)), source)
      case "ArrayPattern":
        for (const element of self.elements) if (element) bind(element, fields.get("[]") ?? nothing)
        return
      case "ObjectPattern":
        for (const property of self.properties) bind(property, nothing, source)
        return
      case "KeyValuePatternProperty":
        return bind(self.value, member(staticKey(self.key)))
      case "AssignmentPatternProperty":
        return bind(self.key, union(member(self.key.value), self.value ? valuesOf(self.value) : nothing))
      default:
    }
  }

  /** Hands `args` to whatever `callee` may be. */
  const call = (callee: Values, args: ReadonlyArray<Ast.AnyNode | undefined>): void => {
    for (const each of callee) {
      if (typeof each === "string") {
        // Code that is not seen may call a function with anything
        for (const argument of args) {
          for (const value of argument === undefined ? nothing : valuesOf(argument)) {
            if (typeof value === "string") continue
            for (const parameter of partsOf(value)?.parameters ?? []) bind(parameter, new Set(["unknown"]))
          }
        }
        continue
      }
      const parameters = partsOf(each)?.parameters ?? []
      for (const [index, parameter] of parameters.entries()) {
        const argument = args[index]
        bind(parameter, argument === undefined ? nothing : valuesOf(argument), argument)
      }
    }
  }

  interface Invocation {
    /** What is called. */
    readonly callee: Values
    readonly args: ReadonlyArray<Ast.AnyNode | undefined>
  }

  /** A call as it comes out: `f.call(self, a)` and `f.apply(self, [a])` call `f` with `a`. */
  const invocation = (
    node: Ast.CallExpression | Ast.NewExpression,
    through?: (by: string | Ast.AnyNode) => void
  ): Invocation => {
    const args = (node.arguments ?? []).map(({ expression, spread }) => spread ? undefined : expression)
    const callee = unwrap(node.callee)
    const method = callee.type === "MemberExpression" ? staticKey(callee.property) : undefined
    if (callee.type !== "MemberExpression" || (method !== "call" && method !== "apply" && method !== "bind")) {
      return { callee: valuesOf(callee, through), args }
    }
    const object = valuesOf(callee.object, through)
    if (method !== "apply") return { callee: object, args: args.slice(1) }
    const list = args[1] === undefined ? undefined : unwrap(args[1])
    return {
      callee: object,
      args: list?.type === "ArrayExpression" ? list.elements.map((element) => element?.expression) : []
    }
  }

  const flow = (node: Ast.AnyNode, around: Ast.AnyNode | undefined): void => {
    const self = syntax(node)
    const parts = partsOf(self)
    switch (self.type) {
      case "FunctionDeclaration":
      case "ClassDeclaration":
        put(variables, keyOf({ ...self.identifier, ctxt: asName(self.identifier)?.ctxt ?? 0 }), new Set([self]))
        break
      case "VariableDeclarator":
        if (self.init) bind(self.id, valuesOf(self.init), self.init)
        break
      case "AssignmentExpression":
        bind(self.left, valuesOf(self.right), self.right)
        break
      case "KeyValueProperty":
        put(fields, staticKey(self.key) ?? "[]", valuesOf(self.value))
        break
      case "MethodProperty":
      case "ClassMethod":
        put(fields, staticKey(self.key) ?? "[]", new Set([self]))
        break
      case "ClassProperty":
        if (self.value) put(fields, staticKey(self.key) ?? "[]", valuesOf(self.value))
        break
      case "ObjectExpression":
        for (const property of self.properties) {
          const name = asName(property)
          if (name !== undefined) put(fields, name.value, valuesOf(name))
        }
        break
      case "ArrayExpression":
        for (const element of self.elements) if (element) put(fields, "[]", valuesOf(element.expression))
        break
      case "ReturnStatement":
        if (self.argument && around !== undefined) put(results, around, valuesOf(self.argument))
        break
      case "CallExpression":
      case "NewExpression": {
        const { args, callee } = invocation(self)
        call(callee, args)
        break
      }
      default:
    }
    if (parts !== undefined) {
      for (const parameter of parts.parameters) bind(parameter, nothing)
      if (parts.body !== undefined && parts.body.type !== "BlockStatement") put(results, self, valuesOf(parts.body))
    }
    const inside = parts === undefined || self.type === "ClassDeclaration" || self.type === "ClassExpression"
      ? around
      : self
    for (const child of children(self)) flow(child, inside)
  }

  // Each round adds to some set of values, of which there are finitely many
  while (grown) {
    grown = false
    for (const statement of module.body) flow(statement, undefined)
  }

  const requests: Array<CodeRequest> = []
  let tries = 0
  const request = (call: Ast.AnyNode, by: Values, argument: Ast.AnyNode, isFixed: boolean): void => {
    const { end, start } = spanOf(argument)
    requests.push({
      kind: "require",
      specifier: staticString(argument),
      range: [start, end],
      offset: spanOf(call).start,
      optional: tries > 0,
      isFixed,
      isCreated: !by.has("require")
    })
  }
  /** `require` goes where nothing follows it. */
  const escape = (at: Ast.AnyNode): void => {
    const { end, start } = spanOf(at)
    requests.push({
      kind: "require",
      specifier: undefined,
      range: [start, end],
      offset: start,
      optional: false,
      isCreated: !valuesOf(at).has("require"),
      escapes: true
    })
  }
  const isRequire = (values: Values): boolean => values.has("require") || values.has("created")
  const isHanded = (node: Ast.AnyNode | null | undefined): boolean => {
    if (node === null || node === undefined) return false
    const values = valuesOf(node)
    return isRequire(values) || values.has("elsewhere")
  }

  const visitCall = (self: Ast.CallExpression | Ast.NewExpression): void => {
    const callee = unwrap(self.callee)
    const method = callee.type === "MemberExpression" ? staticKey(callee.property) : undefined
    const { args, callee: called } = invocation(self, (by) => used.add(by))
    const [first] = args
    // Its own calls are found where code is scanned, those of one that a constant holds where paths are evaluated
    const isOwn = isGlobal(callee, "require")
    const isConstant = !called.has("require") && asName(callee)?.ctxt === topLevel
    if (isRequire(called) && !isOwn && !isConstant && first !== undefined) request(self, called, first, false)
    if (method !== undefined && iterating.has(method) && callee.type === "MemberExpression" && first !== undefined) {
      const by = valuesOf(first)
      if (isRequire(by)) {
        const lists = [...valuesOf(callee.object)]
        for (const list of lists) {
          const array = typeof list === "string" ? undefined : syntax(list)
          if (array?.type !== "ArrayExpression") escape(first)
          else {
            for (const element of array.elements) {
              if (element?.spread) escape(first)
              else if (element) request(self, by, element.expression, array !== unwrap(callee.object))
            }
          }
        }
        if (lists.length === 0) escape(first)
        return
      }
    }
    if (isOwn || isCreator(callee, options.creators)) return
    if (looking.has(asName(callee)?.value ?? "")) return
    for (const [index, argument] of args.entries()) {
      if (!isHanded(argument) || argument === undefined) continue
      const isFollowed = called.size > 0 && !valuesOf(argument).has("elsewhere") &&
        [...called].every((each) => typeof each !== "string" && (partsOf(each)?.parameters.length ?? 0) > index)
      if (!isFollowed) escape(argument)
    }
  }

  /** Stores in properties and results of functions, with what they store it for. */
  const stored: Array<readonly [at: Ast.AnyNode, by: string | Ast.AnyNode]> = []
  const store = (at: Ast.AnyNode, by: string | Ast.AnyNode | undefined): void => {
    if (isHanded(at) && by !== undefined) stored.push([at, by])
  }

  const visit = (node: Ast.AnyNode, around: Ast.AnyNode | undefined): void => {
    const self = syntax(node)
    const parts = partsOf(self)
    switch (self.type) {
      case "CallExpression":
      case "NewExpression":
        visitCall(self)
        break
      case "AssignmentExpression": {
        const target = unwrap(self.left)
        if (target.type !== "MemberExpression") break
        const key = staticKey(target.property)
        const isOutside = isGlobal(target.object, "globalThis") || isGlobal(target.object, "global") ||
          isGlobal(target.object, "exports") || isGlobal(target.object, "module")
        if (isOutside && isHanded(self.right)) escape(self.right)
        else store(self.right, key)
        break
      }
      case "KeyValueProperty":
        store(self.value, staticKey(self.key))
        break
      case "ObjectExpression":
        for (const property of self.properties) store(property, asName(property)?.value)
        break
      case "ReturnStatement":
        if (self.argument) store(self.argument, around)
        break
      case "TryStatement":
        if (self.handler) tries += 1
        visit(self.block, around)
        if (self.handler) {
          tries -= 1
          visit(self.handler, around)
        }
        if (self.finalizer) visit(self.finalizer, around)
        return
      default:
    }
    if (parts?.body !== undefined && parts.body.type !== "BlockStatement") store(parts.body, self)
    const inside = parts === undefined || self.type === "ClassDeclaration" || self.type === "ClassExpression"
      ? around
      : self
    for (const child of children(self)) visit(child, inside)
  }
  for (const statement of module.body) visit(statement, undefined)
  for (const [at, by] of stored) if (!used.has(by)) escape(at)
  return requests
}
