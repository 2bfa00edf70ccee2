/**
 * Compares two syntax trees of one module: before a step of canonicalisation and after it.
 *
 * Both are seen through the same views, which take away what a step may change: types, parentheses, and the spellings that
 * the rules in `normalisations/` make one. What a view takes away never changes what a program does. What lowering replaces
 * (enums, JSX, ...) is skipped on both sides, and the code around it is compared.
 */
import * as Order from "effect/Order"
import { isTypeSyntax } from "../../../language/Syntax.ts"
import * as Ast from "../../../language/Ast.ts"
import * as Literals from "../../printing/Literals.ts"
import { isMember, staysNameless, unwrapped } from "../runtimeParts.ts"

type AnyNode = Ast.AnyNode

/** Two places at which the trees differ. */
export interface Difference {
  readonly before: AnyNode
  /** `undefined` when nothing stands there. */
  readonly after: AnyNode | undefined
}

export interface NamedNode extends AnyNode {
  value: string
}

/** A variable that has another name in the second tree. */
export interface Renaming {
  readonly before: NamedNode
  readonly after: NamedNode
}

export interface Comparison {
  readonly difference: Difference | undefined
  readonly renamings: ReadonlyArray<Renaming>
}

type Fields = Readonly<Record<string, unknown>>

/** What stands after the step in the place of other specifiers. */
type Specifiers = Readonly<Record<string, string>>

/** Fields that say nothing about what the program does: types, positions, spellings. */
const silent: ReadonlySet<string> = new Set([
  "accessibility",
  "bodyCtxt",
  "ctxt",
  "declare",
  "decorators",
  "definite",
  "implements",
  "interpreter",
  "isAbstract",
  "isOptional",
  "isOverride",
  "optional",
  "override",
  "raw",
  "readonly",
  "rest",
  "returnType",
  "script",
  "span",
  "superTypeParams",
  "thisParam",
  "typeAnnotation",
  "typeArguments",
  "typeOnly",
  "typeParameters",
  "typeParams"
])

/** Statements that a block around them does not change. */
const loops: ReadonlySet<string> = new Set([
  "DoWhileStatement",
  "ForInStatement",
  "ForOfStatement",
  "ForStatement",
  "FunctionDeclaration",
  "LabeledStatement",
  "SwitchStatement",
  "WhileStatement"
])

const isRecord = (value: unknown): value is Fields => typeof value === "object" && value !== null

const isNode = (value: unknown): value is AnyNode => isRecord(value) && typeof value["type"] === "string"

/** The fields of a node by name, for views that look at nodes of many types. */
const fields = (node: AnyNode): Fields => node as unknown as Fields

const node = (parent: AnyNode, key: string): AnyNode | undefined => {
  const value = fields(parent)[key]
  return isNode(value) ? value : undefined
}

const nodes = (parent: AnyNode, key: string): ReadonlyArray<AnyNode> => {
  const value = fields(parent)[key]
  // Lists of a tree hold nodes; holes of arrays are looked at where they may be
  return Array.isArray(value) ? value as ReadonlyArray<AnyNode> : []
}

/** A node of a view, which stands where `at` does. */
const view = (at: AnyNode, type: string, parts: Fields): AnyNode => {
  const made: AnyNode & Fields = { type, at, ...parts }
  return made
}

/** Where a node of the tree or of a view stands. */
export const spanOf = (node: AnyNode): Ast.Span => "at" in node && isNode(node.at) ? spanOf(node.at) : Ast.spanOf(node)

const special: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"])

/** The name that a literal gives a property. */
const literalName = (literal: AnyNode): string | undefined => {
  const value = fields(literal)["value"]
  if (literal.type === "StringLiteral" && typeof value === "string") return stringValue(literal)
  if (literal.type === "NumericLiteral") return String(value)
  if (literal.type === "BigIntLiteral") return String(fields(literal)["raw"]).replace(/n$/, "")
  const [quasi, ...more] = literal.type === "TemplateLiteral" ? nodes(literal, "quasis") : []
  return quasi === undefined || more.length > 0 ? undefined : Literals.unescaped(String(fields(quasi)["raw"]))
}

/** The value of a string literal of a tree. */
const stringValue = (literal: AnyNode): string => Literals.stringValue(literal as Ast.StringLiteral)

/** A key of an object, a pattern or a class, and a property of a member expression. */
const keyView = (key: AnyNode): AnyNode => {
  if (key.type === "Identifier") return view(key, "Key", { name: fields(key)["value"] })
  const written = key.type === "Computed" ? node(key, "expression") : undefined
  const computed = written === undefined ? undefined : unwrapped(written)
  const name = literalName(computed ?? key)
  if (name === undefined) return key
  return view(key, "Key", { name: computed !== undefined && special.has(name) ? `computed ${name}` : name })
}

const shorthandKey = (name: AnyNode): AnyNode =>
  fields(name)["value"] === "__proto__"
    ? view(name, "Key", { name: "computed __proto__" })
    : view(name, "Key", { name: fields(name)["value"] })

const propertyView = (property: AnyNode): AnyNode => {
  switch (property.type) {
    case "Identifier":
      return view(property, "KeyValueProperty", { key: shorthandKey(property), value: property })
    case "AssignmentPatternProperty": {
      const key = node(property, "key") ?? property
      const initial = node(property, "value")
      return view(property, "KeyValuePatternProperty", {
        key: view(key, "Key", { name: fields(key)["value"] }),
        value: initial === undefined ? key : view(property, "AssignmentPattern", { left: key, right: initial })
      })
    }
    default:
      return property
  }
}

/** `a && (b && c)` and `(a && b) && c` are `a`, `b`, `c`. */
const operands = (expression: AnyNode, operator: unknown, into: Array<AnyNode>): Array<AnyNode> => {
  const inner = unwrapped(expression)
  if (inner.type !== "BinaryExpression" || fields(inner)["operator"] !== operator) into.push(inner)
  else {
    operands(node(inner, "left") ?? inner, operator, into)
    operands(node(inner, "right") ?? inner, operator, into)
  }
  return into
}

/** Whether it is as good as nothing where its value is not used. `1e999` is printed as `1/0`, which is none. */
const isLiteral = (expression: AnyNode): boolean =>
  (expression.type === "NumericLiteral" && fields(expression)["value"] !== Infinity) ||
  expression.type === "StringLiteral" || expression.type === "BooleanLiteral" ||
  expression.type === "NullLiteral"

/** What the member of an enum may be written as. */
const isConstant = (expression: AnyNode): boolean =>
  isLiteral(expression) || expression.type === "UnaryExpression" || expression.type === "BinaryExpression"

/** What is evaluated where the value is not used. */
const effect = (expression: AnyNode): AnyNode => {
  const inner = unwrapped(expression)
  const argument = inner.type === "UnaryExpression" && fields(inner)["operator"] === "void"
    ? node(inner, "argument")
    : undefined
  return argument === undefined ? inner : effect(argument)
}

const parts = (expression: AnyNode, into: Array<AnyNode>): Array<AnyNode> => {
  const inner = unwrapped(expression)
  if (inner.type === "SequenceExpression") { for (const part of nodes(inner, "expressions")) parts(part, into) }
  else into.push(inner)
  return into
}

/** `(0, value)`, which is the value but no reference, and names no function. */
const detached = (at: AnyNode, value: AnyNode): AnyNode =>
  view(at, "SequenceExpression", { expressions: [view(at, "NumericLiteral", { value: 0 }), value] })

/** `(a, (1, b))` is `(a, b)`, but `(1, b)` is `(0, b)`. */
const sequence = (expression: AnyNode): AnyNode => {
  const all = parts(expression, [])
  const last = all[all.length - 1] ?? expression
  const kept = all.slice(0, -1).map(effect).filter((part) => !isLiteral(part))
  return kept.length === 0 ? detached(expression, last)
    : view(expression, "SequenceExpression", { expressions: [...kept, last] })
}

const logical: ReadonlySet<unknown> = new Set(["&&", "||", "??"])

/** What is compared in the place of an expression or a pattern. */
const expressionView = (expression: AnyNode): AnyNode => {
  const inner = unwrapped(expression)
  switch (inner.type) {
    case "SequenceExpression":
      return sequence(inner)
    case "BinaryExpression": {
      const { operator } = fields(inner)
      return logical.has(operator)
        ? view(inner, "LogicalExpression", { operator, operands: operands(inner, operator, []) })
        : inner
    }
    case "AssignmentExpression":
    case "AssignmentPattern": {
      const left = node(inner, "left")
      const right = node(inner, "right")
      const { operator } = fields(inner)
      if (left === undefined || right === undefined) return inner
      if (!staysNameless(left, typeof operator === "string" ? operator : undefined, right)) return inner
      return view(inner, inner.type, {
        operator,
        left: unwrapped(left),
        right: detached(right, unwrapped(right))
      })
    }
    case "NewExpression":
      return fields(inner)["arguments"] === null
        ? view(inner, "NewExpression", { callee: fields(inner)["callee"], arguments: [] })
        : inner
    case "NumericLiteral":
      // `1e999` is printed so
      return fields(inner)["value"] === Infinity
        ? view(inner, "BinaryExpression", {
          operator: "/",
          left: view(inner, "NumericLiteral", { value: 1 }),
          right: view(inner, "NumericLiteral", { value: 0 })
        })
        : inner
    case "TsParameterProperty":
      return view(inner, "Parameter", { pat: fields(inner)["param"] })
    default:
      return inner
  }
}

const isSuperCall = (expression: AnyNode): boolean =>
  expression.type === "CallExpression" && node(expression, "callee")?.type === "Super"

const isLexical = (statement: AnyNode): boolean =>
  statement.type === "ClassDeclaration" || statement.type === "FunctionDeclaration" ||
  statement.type === "UsingDeclaration" ||
  (statement.type === "VariableDeclaration" && fields(statement)["kind"] !== "var")

/** A request for a module, or the clause of names that a module exports. */
interface Clause {
  readonly key: string
  readonly at: AnyNode
  readonly names: Array<string>
}

interface Statements {
  readonly list: ReadonlyArray<AnyNode>
  readonly requests: ReadonlyMap<string, Clause>
  readonly exports: ReadonlySet<string>
  /** Those of them that are namespaces, which may hold nothing but types. */
  readonly namespaces: ReadonlySet<string>
}

const nameOf = (name: AnyNode | undefined): string => name === undefined ? "" : String(fields(name)["value"])

class Comparer {
  readonly renamings: Array<Renaming> = []
  difference: Difference | undefined
  readonly #lowered: ReadonlySet<object>
  readonly #movesFields: boolean
  readonly #script: boolean
  readonly #specifiers: Specifiers
  /** The enums of `before`, whose members lowering may write as their values. */
  readonly #enums: ReadonlySet<string>
  /** Whether statements may have come to every list, as in a constructor. */
  #isGrown = false

  constructor(lowered: ReadonlySet<object>, movesFields: boolean, script: boolean, specifiers: Specifiers) {
    this.#lowered = lowered
    this.#movesFields = movesFields
    this.#script = script
    this.#specifiers = specifiers
    this.#enums = new Set(
      [...lowered].filter(isNode).filter(({ type }) => type === "TsEnumDeclaration").map((declared) =>
        nameOf(node(declared, "id"))
      )
    )
  }

  /** Whether lowering replaces the node, or one below it. */
  #isLowered(self: AnyNode): boolean {
    return this.#lowered.has(self) || ("at" in self && isNode(self.at) && this.#isLowered(self.at))
  }

  /** Whether nothing of the node's form is left. */
  #isSkipped(self: AnyNode): boolean {
    return (skipped.has(self.type) && this.#lowered.has(self)) || (this.#movesFields && fieldTypes.has(self.type))
  }

  #differ(before: AnyNode, after: AnyNode | undefined): false {
    this.difference ??= { before, after }
    return false
  }

  /** Whether the two are the same, without a trace when they are not. */
  #matches(before: AnyNode, after: AnyNode): boolean {
    const { difference } = this
    const count = this.renamings.length
    if (this.same(before, after)) return true
    this.difference = difference
    this.renamings.length = count
    return false
  }

  same(before: AnyNode, after: AnyNode): boolean {
    const a = expressionView(before)
    const b = expressionView(after)
    if (this.#isSkipped(a) || (this.#isEnumMember(a) && isConstant(b))) return true
    // What follows `super()` stands in the same expression, where its value is used: `[super(), this.x = 1][0]`
    if (isSuperCall(a) && b.type === "MemberExpression" && this.#lowered.size > 0) {
      const [first] = nodes(node(b, "object") ?? b, "elements")
      const call = first === undefined ? undefined : node(first, "expression")
      return call === undefined ? this.#differ(a, b) : this.same(a, call)
    }
    if (a.type !== b.type) return this.#differ(a, b)
    switch (a.type) {
      case "Module":
        return this.#module(a, b)
      case "BlockStatement":
        return this.#list(
          a,
          statements(nodes(a, "stmts"), false, this.#script),
          statements(nodes(b, "stmts"), false, this.#script)
        )
      case "Identifier":
        return this.#identifier(a, b)
      case "StringLiteral":
        return stringValue(a) === stringValue(b) || this.#differ(a, b)
      case "NumericLiteral":
        return Object.is(fields(a)["value"], fields(b)["value"]) || this.#differ(a, b)
      case "RegExpLiteral":
        return (fields(a)["pattern"] === fields(b)["pattern"] && flags(a) === flags(b)) || this.#differ(a, b)
      case "TemplateElement":
        return fields(a)["cooked"] === fields(b)["cooked"] || this.#differ(a, b)
      case "TaggedTemplateExpression":
        return this.#field(a, b, "tag") && this.#tagged(node(a, "template") ?? a, node(b, "template") ?? b)
      case "ClassDeclaration":
      case "ClassExpression":
        return this.#class(a, b)
      case "Constructor":
        return this.#made(a, b)
      case "IfStatement":
        return this.#field(a, b, "test") && this.#branch(a, b, "consequent") && this.#branch(a, b, "alternate")
      case "LabeledStatement":
        return this.#field(a, b, "label") && this.#labelled(a, b)
      case "SwitchCase":
        return this.#field(a, b, "test") &&
          this.#list(a, caseStatements(a, this.#script), caseStatements(b, this.#script))
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
      case "WithStatement":
        return this.#fields(a, b, fields(a), fields(b), "body") && this.#branch(a, b, "body")
      case "ObjectExpression":
      case "ObjectPattern":
        return this.#nodes(a, b, nodes(a, "properties").map(propertyView), nodes(b, "properties").map(propertyView))
      case "OptionalChainingExpression":
        return (fields(a)["optional"] === fields(b)["optional"] || this.#differ(a, b)) && this.#field(a, b, "base")
      case "BinaryExpression":
        return this.#binary(a, b)
      default:
        return this.#fields(a, b, fields(a), fields(b))
    }
  }

  /** Left operands nest as deep as an expression is long. */
  #binary(before: AnyNode, after: AnyNode): boolean {
    let a = before
    let b = after
    while (a.type === "BinaryExpression" && b.type === "BinaryExpression") {
      if (fields(a)["operator"] !== fields(b)["operator"]) return this.#differ(a, b)
      if (!this.#field(a, b, "right")) return false
      const [left, other] = [node(a, "left"), node(b, "left")]
      if (left === undefined || other === undefined) return this.#differ(a, b)
      a = expressionView(left)
      b = expressionView(other)
    }
    return this.same(a, b)
  }

  #isEnumMember(a: AnyNode): boolean {
    const object = a.type === "MemberExpression" ? node(a, "object") : undefined
    return object !== undefined && object.type === "Identifier" && this.#enums.has(nameOf(object))
  }

  #identifier(a: AnyNode, b: AnyNode): boolean {
    const [before, after] = [fields(a), fields(b)]
    if (before["value"] === after["value"]) return true
    if (typeof before["ctxt"] !== "number" || typeof after["ctxt"] !== "number") return this.#differ(a, b)
    // Identifiers of the tree have a name
    this.renamings.push({ before: a as NamedNode, after: b as NamedNode })
    return true
  }

  #field(a: AnyNode, b: AnyNode, key: string): boolean {
    return this.#value(a, b, key, fields(a)[key], fields(b)[key])
  }

  #fields(a: AnyNode, b: AnyNode, before: Fields, after: Fields, except?: string): boolean {
    for (const key in before) {
      if (key === "type" || key === "at" || key === except || silent.has(key)) continue
      if (!this.#value(a, b, key, before[key], after[key], before)) return false
    }
    return true
  }

  #value(a: AnyNode, b: AnyNode, key: string, before: unknown, after: unknown, owner: Fields = fields(a)): boolean {
    const none = before === null || before === undefined || before === false
    if (none) return after === null || after === undefined || after === false || this.#differ(a, b)
    // The span of `...`
    if (key === "spread") return isRecord(after) || this.#differ(a, b)
    if (Array.isArray(before)) {
      if (!Array.isArray(after)) return this.#differ(a, b)
      return this.#values(a, b, before, after)
    }
    if (!isRecord(before)) return before === after || this.#differ(a, b)
    if (!isRecord(after)) return this.#differ(a, b)
    if (!isNode(before) || !isNode(after)) return this.#fields(a, b, before, after)
    if (key === "key" || key === "property") return this.same(keyView(before), keyView(after))
    if (key === "body" && before.type === "BlockStatement" && after.type === "BlockStatement" && isFunction(owner)) {
      return this.#list(
        a,
        statements(nodes(before, "stmts"), true, this.#script),
        statements(nodes(after, "stmts"), true, this.#script)
      )
    }
    return this.same(before, after)
  }

  #values(a: AnyNode, b: AnyNode, before: ReadonlyArray<unknown>, after: ReadonlyArray<unknown>): boolean {
    if (before.length !== after.length) return this.#differ(a, b)
    return before.every((value, index) => this.#value(a, b, "", value, after[index]))
  }

  #nodes(a: AnyNode, b: AnyNode, before: ReadonlyArray<AnyNode>, after: ReadonlyArray<AnyNode>): boolean {
    for (const [index, item] of before.entries()) {
      const other = after[index]
      if (other === undefined) return this.#differ(item, undefined)
      if (!this.same(item, other)) return false
    }
    return before.length === after.length || this.#differ(a, b)
  }

  /** Statements of the same list, or members of the same class. Where something was lowered, other code may stand between. */
  #list(owner: AnyNode, before: ReadonlyArray<AnyNode>, after: ReadonlyArray<AnyNode>): boolean {
    if (this.#isGrown || this.#isLowered(owner)) return this.#sublist(before, after)
    for (const [index, item] of before.entries()) {
      const other = after[index]
      if (other === undefined) return this.#differ(item, undefined)
      if (!this.same(item, other)) return false
    }
    const more = after[before.length]
    return more === undefined || this.#differ(owner, more)
  }

  #sublist(before: ReadonlyArray<AnyNode>, written: ReadonlyArray<AnyNode>): boolean {
    const after = before.some(({ type }) => type === "UsingDeclaration") ? written.flatMap(tried) : written
    let at = 0
    for (const item of before) {
      if (this.#isSkipped(item)) continue
      let found = at
      while (found < after.length) {
        const other = after[found]
        if (other !== undefined && this.#matchesLowered(item, other)) break
        found += 1
      }
      if (found === after.length) return this.#differ(item, undefined)
      at = found + 1
    }
    return true
  }

  /** A class that is decorated may be anywhere in the statement that has taken its place. */
  #matchesLowered(item: AnyNode, other: AnyNode): boolean {
    if (this.#matches(item, other)) return true
    return (item.type === "ClassDeclaration" && this.#isLowered(item)) &&
      classesIn(other).some((found) => this.#matches(item, found))
  }

  #branch(a: AnyNode, b: AnyNode, key: string): boolean {
    const [before, after] = [node(a, key), node(b, key)]
    if (before === undefined || after === undefined) return before === after || this.#differ(a, b)
    return this.#list(before, branchStatements(before, this.#script), branchStatements(after, this.#script))
  }

  #labelled(a: AnyNode, b: AnyNode): boolean {
    const [before, after] = [node(a, "body"), node(b, "body")]
    if (before === undefined || after === undefined) return this.#differ(a, b)
    // `continue` needs the loop itself
    return loops.has(before.type) || loops.has(after.type) ? this.same(before, after) : this.#branch(a, b, "body")
  }

  /** A tag sees how the text was spelled. */
  #tagged(a: AnyNode, b: AnyNode): boolean {
    const raw = (template: AnyNode): string => nodes(template, "quasis").map((quasi) => fields(quasi)["raw"]).join("$")
    return raw(a) === raw(b) ? this.same(a, b) : this.#differ(a, b)
  }

  #class(a: AnyNode, b: AnyNode): boolean {
    return this.#field(a, b, "identifier") && this.#field(a, b, "superClass") &&
      this.#list(a, nodes(a, "body").filter(isMember), nodes(b, "body").filter(isMember))
  }

  /** What becomes of fields stands behind `super()`, wherever that is. */
  #made(a: AnyNode, b: AnyNode): boolean {
    const outer = this.#isGrown
    this.#isGrown ||= this.#isLowered(a)
    const same = this.#fields(a, b, fields(a), fields(b))
    this.#isGrown = outer
    return same
  }

  #module(a: AnyNode, b: AnyNode): boolean {
    const [before, after] = [moduleStatements(a, this.#script, this.#specifiers), moduleStatements(b, this.#script, {})]
    const lenient = this.#lowered.has(a)
    const wanted = [...before.requests.values()]
    const found = [...after.requests.values()]
    for (const [index, clause] of wanted.entries()) {
      const other = lenient ? after.requests.get(clause.key) : found[index]
      const same = other?.key === clause.key &&
        (lenient
          ? clause.names.every((name) => other.names.includes(name))
          : clause.names.sort(Order.string).join() === other.names.sort(Order.string).join())
      if (!same && !(lenient && clause.names.length === 0)) return this.#differ(clause.at, other?.at)
    }
    if (!lenient && found.length > wanted.length) return this.#differ(a, found[wanted.length]?.at)
    const exported = new Set(after.exports)
    if (
      [...before.exports].some((name) => !exported.delete(name) && !before.namespaces.has(name)) || exported.size > 0
    ) {
      return this.#differ(a, b)
    }
    return this.#list(a, before.list, after.list)
  }
}

const fieldTypes: ReadonlySet<string> = new Set(["ClassProperty", "PrivateProperty"])

/** What lowering leaves nothing of. */
const skipped: ReadonlySet<string> = new Set([
  "AutoAccessor",
  "JSXElement",
  "JSXFragment",
  "TsEnumDeclaration",
  "TsExportAssignment",
  "TsImportEqualsDeclaration",
  "TsModuleDeclaration",
  "TsNamespaceDeclaration",
  "UsingDeclaration"
])

/** `try` is what `using` is lowered to: the statements that stood beside it are in there. */
const tried = (statement: AnyNode): ReadonlyArray<AnyNode> => {
  const block = statement.type === "TryStatement" ? node(statement, "block") : undefined
  return block === undefined ? [statement] : [statement, ...statements(nodes(block, "stmts"), false, false)]
}

const classesIn = (statement: AnyNode): ReadonlyArray<AnyNode> => {
  const found: Array<AnyNode> = []
  const pending = [statement]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.type === "ClassExpression" || next.type === "ClassDeclaration") {
      found.push(view(next, "ClassDeclaration", { ...next, type: "ClassDeclaration" }))
    } else pending.push(...Ast.children(next))
  }
  return found
}

const flags = (literal: AnyNode): string => [...String(fields(literal)["flags"])].sort().join("")

const isFunction = (owner: Fields): boolean =>
  "params" in owner || owner["type"] === "GetterProperty" || owner["type"] === "SetterProperty"

const isString = (statement: AnyNode): boolean =>
  statement.type === "ExpressionStatement" && node(statement, "expression")?.type === "StringLiteral"

const isStrict = (statement: AnyNode): boolean => {
  const raw = fields(node(statement, "expression") ?? statement)["raw"]
  return typeof raw === "string" && raw.slice(1, -1) === "use strict"
}

/** A list of statements; `body`: of a function or the whole text, which begin with directives. */
const statements = (written: ReadonlyArray<AnyNode>, body: boolean, script: boolean): ReadonlyArray<AnyNode> => {
  const list: Array<AnyNode> = []
  let prologue = body
  for (const statement of written) {
    if (prologue && isString(statement) && isStrict(statement)) {
      if (script) list.push(view(statement, "Directive", {}))
      continue
    }
    if (!isString(statement)) prologue = false
    if (statement.type === "EmptyStatement" || isTypeSyntax(statement)) continue
    if (statement.type === "ExpressionStatement") {
      for (const part of parts(node(statement, "expression") ?? statement, []).map(effect)) {
        if (!isLiteral(part)) list.push(view(part, "Effect", { expression: part }))
      }
      continue
    }
    if (statement.type === "VariableDeclaration") {
      const { kind } = fields(statement)
      for (const declarator of nodes(statement, "declarations")) {
        list.push(view(declarator, "Variable", { kind, declarator }))
      }
    } else list.push(statement)
  }
  return list
}

const branchStatements = (branch: AnyNode, script: boolean): ReadonlyArray<AnyNode> =>
  statements(branch.type === "BlockStatement" ? nodes(branch, "stmts") : [branch], false, script)

const caseStatements = (clause: AnyNode, script: boolean): ReadonlyArray<AnyNode> => {
  let written = nodes(clause, "consequent")
  for (;;) {
    const list = written.filter((statement) => statement.type !== "EmptyStatement")
    const [only] = list
    if (only === undefined || list.length > 1 || only.type !== "BlockStatement") break
    if (nodes(only, "stmts").some(isLexical)) break
    written = nodes(only, "stmts")
  }
  return statements(written, false, script)
}

const boundNames = (pattern: AnyNode, into: Array<string>): void => {
  if (pattern.type === "Identifier") into.push(nameOf(pattern))
  else for (const child of Ast.children(pattern)) if (!isTypeSyntax(child)) boundNamesOf(pattern, child, into)
}

/** Of the parts of a pattern, those that bind: not keys, and not defaults. */
const boundNamesOf = (pattern: AnyNode, child: AnyNode, into: Array<string>): void => {
  if (pattern.type === "AssignmentPattern" && child !== node(pattern, "left")) return
  if (pattern.type === "KeyValuePatternProperty" && child === node(pattern, "key")) return
  if (pattern.type === "AssignmentPatternProperty" && child !== node(pattern, "key")) return
  boundNames(child, into)
}

const declaredNames = (declaration: AnyNode): ReadonlyArray<string> => {
  const names: Array<string> = []
  if (declaration.type === "VariableDeclaration") {
    for (const declarator of nodes(declaration, "declarations")) {
      const id = node(declarator, "id")
      if (id !== undefined) boundNames(id, names)
    }
  } else {
    const id = node(declaration, "identifier") ?? node(declaration, "id")
    if (id !== undefined) names.push(nameOf(id))
  }
  return names
}

/** What a module asks for, exports and does. */
const moduleStatements = (module: AnyNode, script: boolean, specifiers: Specifiers): Statements => {
  const written: Array<AnyNode> = []
  const requests = new Map<string, Clause>()
  const exports = new Set<string>()
  const namespaces = new Set<string>()
  const request = (at: AnyNode, kind: string): Clause => {
    const source = node(at, "source")
    const specifier = source === undefined ? "" : stringValue(source)
    const key = [
      kind,
      Object.hasOwn(specifiers, specifier) ? specifiers[specifier] : specifier,
      String(fields(at)["phase"] ?? "")
    ].join("\n")
    const known = requests.get(key) ?? { key, at, names: [] }
    // What lowering brings in stands before all others, and belongs where the source asks for it
    if (Object.hasOwn(specifiers, specifier)) requests.delete(key)
    requests.set(key, known)
    return known
  }
  for (const item of nodes(module, "body")) {
    if (fields(item)["typeOnly"] === true) continue
    switch (item.type) {
      case "ImportDeclaration": {
        const { names } = request(item, "import")
        for (const each of nodes(item, "specifiers")) {
          if (fields(each)["isTypeOnly"] === true) continue
          const local = node(each, "local")
          const imported = each.type === "ImportDefaultSpecifier"
            ? "default"
            : each.type === "ImportNamespaceSpecifier"
            ? "*"
            : nameOf(node(each, "imported") ?? local)
          names.push(JSON.stringify([imported, nameOf(local)]))
        }
        break
      }
      case "ExportAllDeclaration":
        request(item, "export *")
        break
      case "ExportNamedDeclaration": {
        const from = node(item, "source")
        const named = nodes(item, "specifiers").filter((each) => fields(each)["isTypeOnly"] !== true).map((each) => {
          if (each.type === "ExportNamespaceSpecifier") return JSON.stringify(["*", nameOf(node(each, "name"))])
          const orig = node(each, "orig")
          return JSON.stringify([nameOf(orig), nameOf(node(each, "exported") ?? orig)])
        })
        if (from === undefined) { for (const name of named) exports.add(name) }
        else if (nodes(item, "specifiers").some(({ type }) => type !== "ExportSpecifier")) {
          request(item, `export ${named.join()}`)
        } else request(item, "export").names.push(...named)
        break
      }
      case "ExportDeclaration": {
        const declaration = node(item, "declaration") ?? item
        if (!isTypeSyntax(declaration)) {
          for (const name of declaredNames(declaration)) {
            exports.add(JSON.stringify([name, name]))
            if (declaration.type === "TsModuleDeclaration") namespaces.add(JSON.stringify([name, name]))
          }
        }
        written.push(declaration)
        break
      }
      case "ExportDefaultDeclaration": {
        const declared = node(item, "decl") ?? item
        const name = node(declared, "identifier")
        if (isTypeSyntax(declared)) break
        if (name === undefined) written.push(view(item, "DefaultDeclaration", { declared }))
        else {
          exports.add(JSON.stringify([nameOf(name), "default"]))
          written.push(declarationView(declared))
        }
        break
      }
      default:
        written.push(item)
    }
  }
  return { list: statements(written, true, script).map(declarationView), requests, exports, namespaces }
}

/** What `export default function f` declares is an expression in SWC's tree. */
const declarationView = (declared: AnyNode): AnyNode =>
  declared.type === "FunctionExpression"
    ? view(declared, "FunctionDeclaration", { ...declared, type: "FunctionDeclaration" })
    : declared.type === "ClassExpression"
    ? view(declared, "ClassDeclaration", { ...declared, type: "ClassDeclaration" })
    : declared

export interface Options {
  /** The nodes of the first tree that lowering replaces, and those that hold one. By default none. */
  readonly lowered?: ReadonlySet<object>
  /** Fields of classes have become assignments. */
  readonly movesFields?: boolean
  /** What the second tree imports in the place of other specifiers. */
  readonly specifiers?: Specifiers
}

/** Compares two trees of one module. */
export const compare = (
  before: Ast.Module,
  after: Ast.Module,
  { lowered = new Set(), movesFields = false, specifiers = {} }: Options = {}
): Comparison => {
  const comparer = new Comparer(lowered, movesFields, Ast.isScript(after), specifiers)
  comparer.same(before, after)
  return { difference: comparer.difference, renamings: comparer.renamings }
}
