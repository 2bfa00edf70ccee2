/**
 * Parentheses that SWC's lowering would drop although they mean something.
 *
 * It prints ``(await f())`a` `` as ``await f()`a` ``, `(await a) ** 2` as `await a ** 2`, `new (() => {})()` as `new () => {}`,
 * and `("use strict")` as a directive. What stands in such parentheses is made the argument of a call before the lowering,
 * and the call is made parentheses again behind it. The printer of the last step keeps those that it is given.
 */
import { isTypeSyntax } from "../../../language/Syntax.ts"
import * as Ast from "../../../language/Ast.ts"
import type { Context, TextRule } from "./TextRule.ts"
import { staysNameless, unwrapped } from "../runtimeParts.ts"

/** The function that is called. No program has one of this name by chance. */
const marker = "clustrix$parentheses"

const keep = (node: Ast.AnyNode, { edits }: Context): void => {
  const { end, start } = Ast.spanOf(node)
  edits.wrap(start, end, `(${marker}(`, "))")
}

const keepIf = (node: Ast.AnyNode | null | undefined, types: ReadonlySet<string>, context: Context): void => {
  if (node !== null && node !== undefined && types.has(unwrapped(node).type)) keep(node, context)
}

const asTag: ReadonlySet<string> = new Set([
  "AwaitExpression",
  "ClassExpression",
  "UpdateExpression",
  "YieldExpression"
])
const asPowerBase: ReadonlySet<string> = new Set(["AwaitExpression"])
const asCallee: ReadonlySet<string> = new Set(["UpdateExpression"])
const asOptionalCallee: ReadonlySet<string> = new Set(["NewExpression", "UpdateExpression"])
const asConstructor: ReadonlySet<string> = new Set(["ArrowFunctionExpression", "NewExpression", "UpdateExpression"])
const asHeritage: ReadonlySet<string> = new Set(["ArrowFunctionExpression", "UpdateExpression"])
const asDivisor: ReadonlySet<string> = new Set(["RegExpLiteral"])
const asDefault: ReadonlySet<string> = new Set(["ClassExpression", "FunctionExpression"])

/** `(a?.b).c`, where the chain ends with the parentheses. */
const keepChain = (object: Ast.AnyNode, context: Context): void => {
  let inner = object
  let ends = false
  for (let next = inner; inner !== unwrapped(object); inner = next) {
    ends ||= inner.type === "ParenthesisExpression"
    // What is not unwrapped yet holds an expression
    next = (inner as Ast.ParenthesisExpression).expression
  }
  if (ends && inner.type === "OptionalChainingExpression") keep(object, context)
}

/** ``new (f()`a`.b)()``: whether a tag under `node` is called. */
const callsTag = (node: Ast.AnyNode, tagged: boolean): boolean => {
  // `unwrapped` gives an expression for an expression
  const inner = unwrapped(node) as Ast.Expression
  switch (inner.type) {
    case "MemberExpression":
      return callsTag(inner.object, tagged)
    case "TaggedTemplateExpression":
      return callsTag(inner.tag, true)
    case "CallExpression":
    // Which becomes a call
    case "OptionalChainingExpression":
      return tagged
    default:
      return tagged && asTag.has(inner.type)
  }
}

const heritage = ({ superClass }: { readonly superClass?: Ast.Expression | null }, context: Context): void =>
  keepIf(superClass, asHeritage, context)

/** `a = (0, function () {})` gives no name, either. */
const nameless = (left: Ast.AnyNode, operator: string | undefined, right: Ast.AnyNode, { edits }: Context): void => {
  if (staysNameless(left, operator, right)) edits.wrap(Ast.spanOf(right).start, Ast.spanOf(right).end, "(0,", ")")
}

/** Strings that would become directives: behind nothing but directives and what goes. */
const strings = (statements: ReadonlyArray<Ast.AnyNode>, context: Context): void => {
  let prologue = true
  for (const statement of statements) {
    if (statement.type === "ExpressionStatement") {
      // `type` says so
      const { expression } = statement as Ast.ExpressionStatement
      if (unwrapped(expression).type !== "StringLiteral") return
      if (expression.type === "StringLiteral" && prologue) continue
      keep(expression, context)
    } else if (statement.type !== "EmptyStatement" && !isTypeSyntax(statement)) return
    prologue = false
  }
}

/** What an expression begins with, where it needs no parentheses. */
const first = (node: Ast.AnyNode): Ast.AnyNode => {
  // `unwrapped` gives an expression for an expression
  const inner = unwrapped(node) as Ast.Expression
  switch (inner.type) {
    case "BinaryExpression":
      return first(inner.left)
    case "ConditionalExpression":
      return first(inner.test)
    case "SequenceExpression":
      return inner.expressions[0] === undefined ? inner : first(inner.expressions[0])
    case "MemberExpression":
      return first(inner.object)
    case "CallExpression":
      return first(inner.callee)
    case "TaggedTemplateExpression":
      return first(inner.tag)
    case "OptionalChainingExpression":
      return first(inner.base)
    default:
      return inner
  }
}

const isNamed = (node: Ast.AnyNode, name: string): boolean => {
  const inner = unwrapped(node)
  return inner.type === "Identifier" && "value" in inner && inner.value === name
}

export const keepParentheses: TextRule = {
  Module: ({ body }, context) => strings(body, context),
  BlockStatement: ({ stmts }, context) => strings(stmts, context),
  TaggedTemplateExpression: ({ tag }, context) => {
    keepIf(tag, asTag, context)
    keepChain(tag, context)
  },
  BinaryExpression: ({ left, operator, right }, context) => {
    if (operator === "**") keepIf(left, asPowerBase, context)
    // `a//b/` would be a comment
    if (operator === "/") keepIf(first(right), asDivisor, context)
  },
  CallExpression: ({ callee }, context) => {
    keepIf(callee, asCallee, context)
    keepChain(callee, context)
    const made = unwrapped(callee)
    // `(new a)()` would be `new a()`
    if (made.type === "NewExpression" && "arguments" in made && made.arguments === null) {
      context.edits.wrap(Ast.spanOf(made).start, Ast.spanOf(made).end, "", "()")
    }
  },
  MemberExpression: ({ object, property }, context) => {
    keepChain(object, context)
    // In sloppy mode `let [` would begin a declaration
    if (property.type === "Computed" && isNamed(object, "let")) keep(object, context)
  },
  OptionalChainingExpression: ({ base }, context) => {
    if (base.type === "CallExpression") keepIf(base.callee, asOptionalCallee, context)
  },
  NewExpression: ({ callee }, context) => {
    if (callsTag(callee, false)) keep(callee, context)
    else keepIf(callee, asConstructor, context)
  },
  YieldExpression: ({ argument }, context) => {
    // `yield#a in b` is not understood
    if (argument !== undefined && argument !== null && first(argument).type === "PrivateName") keep(argument, context)
  },
  AssignmentExpression: ({ left, operator, right }, context) => nameless(left, operator, right, context),
  AssignmentPattern: ({ left, right }, context) => nameless(left, undefined, right, context),
  ClassDeclaration: heritage,
  ClassExpression: heritage,
  ExportDefaultExpression: ({ expression }, context) => keepIf(expression, asDefault, context)
}

/** The argument of a call that was put there, which is the parentheses around it. */
const argumentOf = (node: Ast.AnyNode): Ast.Expression | undefined => {
  if (node.type !== "CallExpression") return undefined
  // `type` says so
  const { arguments: [argument], callee } = node as Ast.CallExpression
  return callee.type === "Identifier" && callee.value === marker ? argument?.expression : undefined
}

/** Takes the calls in the lowered tree away: the printer sets parentheses where they are needed. */
export const restore = (module: Ast.Module): void => {
  const pending: Array<object> = [module]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ("type" in node && typeof node.type === "string") {
      // `type` makes it a node
      const self = node as Ast.AnyNode
      const outer = self.type === "ParenthesisExpression" ? (self as Ast.ParenthesisExpression).expression : self
      const argument = argumentOf(outer)
      if (argument !== undefined) Object.assign(self, { type: "ParenthesisExpression", expression: argument })
    }
    for (const value of Object.values(node)) if (typeof value === "object" && value !== null) pending.push(value)
  }
}
