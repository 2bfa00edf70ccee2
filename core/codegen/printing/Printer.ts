/**
 * Prints a syntax tree of ES2022 in one layout: a statement a line, two spaces of indent, no comments.
 *
 * What is printed is a function of the tree alone, and is read as the same tree again: parentheses stand where the tree
 * needs them, and nowhere else. Types are passed over; what has to be lowered first (enums, JSX, decorators) is refused.
 */
import type * as Ast from "../../language/Ast.ts"
import * as Literals from "./Literals.ts"
import { Output, type Segment } from "./Output.ts"
import { binaryPrecedence, holdsCall, leftOf, Precedence, precedenceOf, rightOf } from "./precedence.ts"

export interface Printed {
  readonly code: string
  /** In the order of the text. */
  readonly segments: ReadonlyArray<Segment>
}

/** A node that has no text: it is lowered before anything is printed. */
export class NotPrintable extends Error {
  readonly node: Ast.AnyNode
  constructor(node: Ast.AnyNode) {
    super(`A ${node.type} is not printed`)
    this.node = node
  }
}

/** Nowhere in the text. */
const nowhere = -1

type Argument = Ast.Argument | Ast.ExprOrSpread

/** Parts that `@swc/types` does not declare. */
interface Attributed {
  readonly with?: Ast.ObjectExpression | null
  readonly phase?: string
}

interface Method {
  readonly key: Ast.PropertyName | Ast.PrivateName
  readonly params: ReadonlyArray<Ast.AnyNode>
  readonly body: Ast.BlockStatement | null | undefined
  readonly prefix: string
}

const isDirective = (statement: Ast.AnyNode): boolean =>
  statement.type === "ExpressionStatement" &&
  // `type` says so
  (statement as Ast.ExpressionStatement).expression.type === "StringLiteral"

class Printer {
  readonly out = new Output()
  /** Where an expression would be read as a declaration or a block. */
  #statementStart = nowhere
  #defaultStart = nowhere
  #bodyStart = nowhere
  #forStart = nowhere
  /** Whether `in` would be read as the one of `for (a in b)`. */
  #isForHead = false

  module({ body }: Ast.Module): void {
    let prologue = true
    for (const [index, item] of body.entries()) {
      if (index > 0) this.out.newLine()
      prologue &&= isDirective(item)
      this.#statement(item, prologue)
    }
    if (body.length > 0) this.out.newLine()
  }

  #mark(node: Ast.AnyNode): void {
    if ("span" in node) {
      // Nodes that no source has stand nowhere
      const { end, start } = (node as Ast.Node).span
      if (end > 0) this.out.mark(start)
    }
  }

  // Statements

  #statements(statements: ReadonlyArray<Ast.AnyNode>, isBody = false): void {
    let prologue = isBody
    for (const statement of statements) {
      this.out.newLine()
      prologue &&= isDirective(statement)
      this.#statement(statement, prologue)
    }
  }

  #block({ stmts }: Ast.BlockStatement, isBody = false): void {
    const { out } = this
    if (stmts.length === 0) return out.write("{}")
    const isForHead = this.#isForHead
    this.#isForHead = false
    out.write("{")
    out.indent()
    this.#statements(stmts, isBody)
    out.dedent()
    out.newLine()
    out.write("}")
    this.#isForHead = isForHead
  }

  /** The body of a loop, of a branch or behind a label. */
  #nested(statement: Ast.Statement): void {
    this.out.write(" ")
    if (statement.type === "BlockStatement") {
      this.#mark(statement)
      this.#block(statement)
    } else this.#statement(statement, false)
  }

  #test(keyword: string, test: Ast.Expression): void {
    this.out.write(`${keyword} (`)
    this.#expression(test, Precedence.Sequence)
    this.out.write(")")
  }

  #keyword(keyword: string, argument: Ast.Expression | null | undefined): void {
    this.out.write(keyword)
    if (argument !== null && argument !== undefined) {
      this.out.write(" ")
      this.#expression(argument, Precedence.Sequence)
    }
    this.out.write(";")
  }

  #jump(keyword: string, label: Ast.Identifier | null | undefined): void {
    this.out.write(label === null || label === undefined ? `${keyword};` : `${keyword} ${label.value};`)
  }

  #statement(node: Ast.AnyNode, inPrologue: boolean): void {
    const { out } = this
    // The lists of a tree hold statements and declarations
    const statement = node as Ast.ModuleItem
    this.#mark(statement)
    switch (statement.type) {
      case "ExpressionStatement":
        return this.#expressionStatement(statement, inPrologue)
      case "BlockStatement":
        return this.#block(statement)
      case "EmptyStatement":
        return out.write(";")
      case "DebuggerStatement":
        return out.write("debugger;")
      case "VariableDeclaration":
        this.#variables(statement)
        return out.write(";")
      case "FunctionDeclaration":
        return this.#function(statement, statement.identifier)
      case "ClassDeclaration":
        return this.#class(statement, statement.identifier)
      case "ReturnStatement":
        return this.#keyword("return", statement.argument)
      case "ThrowStatement":
        return this.#keyword("throw", statement.argument)
      case "BreakStatement":
        return this.#jump("break", statement.label)
      case "ContinueStatement":
        return this.#jump("continue", statement.label)
      case "IfStatement":
        return this.#if(statement)
      case "ForStatement":
        return this.#for(statement)
      case "ForInStatement":
        return this.#forEach("for (", "in", statement, Precedence.Sequence)
      case "ForOfStatement": {
        const isAwait = statement.await !== undefined && statement.await !== null && Boolean(statement.await)
        return this.#forEach(isAwait ? "for await (" : "for (", "of", statement, Precedence.Assignment)
      }
      case "WhileStatement":
        this.#test("while", statement.test)
        return this.#nested(statement.body)
      case "DoWhileStatement":
        out.write("do")
        this.#nested(statement.body)
        this.#test(" while", statement.test)
        return out.write(";")
      case "WithStatement":
        this.#test("with", statement.object)
        return this.#nested(statement.body)
      case "LabeledStatement":
        out.write(`${statement.label.value}:`)
        return this.#nested(statement.body)
      case "SwitchStatement":
        return this.#switch(statement)
      case "TryStatement":
        return this.#try(statement)
      case "ImportDeclaration":
        return this.#import(statement)
      case "ExportDeclaration":
        out.write("export ")
        return this.#statement(statement.declaration, false)
      case "ExportNamedDeclaration":
        return this.#exportNamed(statement)
      case "ExportDefaultDeclaration":
        out.write("export default ")
        this.#mark(statement.decl)
        if (statement.decl.type === "FunctionExpression") {
          return this.#function(statement.decl, statement.decl.identifier)
        }
        if (statement.decl.type === "ClassExpression") return this.#class(statement.decl, statement.decl.identifier)
        throw new NotPrintable(statement.decl)
      case "ExportDefaultExpression":
        out.write("export default ")
        this.#defaultStart = out.length
        this.#expression(statement.expression, Precedence.Assignment)
        return out.write(";")
      case "ExportAllDeclaration":
        out.write("export * from ")
        return this.#from(statement)
      default:
        throw new NotPrintable(statement)
    }
  }

  #expressionStatement({ expression }: Ast.ExpressionStatement, inPrologue: boolean): void {
    const { out } = this
    const inner = expression.type === "ParenthesisExpression" ? expression.expression : expression
    // A string that begins a body is a directive, unless it stands in parentheses
    if (inner.type === "StringLiteral") {
      if (expression === inner && inPrologue && inner.raw !== undefined) {
        return out.writeLines(`${Literals.directive(inner.raw)};`)
      }
      return out.write(`(${Literals.quoted(Literals.stringValue(inner))});`)
    }
    this.#statementStart = out.length
    this.#expression(expression, Precedence.Sequence)
    out.write(";")
  }

  #variables({ declarations, kind }: Ast.VariableDeclaration): void {
    const { out } = this
    out.write(`${kind} `)
    for (const [index, { id, init }] of declarations.entries()) {
      if (index > 0) out.write(", ")
      this.#pattern(id)
      if (init !== undefined && init !== null) {
        out.write(" = ")
        this.#expression(init, Precedence.Assignment)
      }
    }
  }

  #if(first: Ast.IfStatement): void {
    const { out } = this
    for (let statement = first;;) {
      this.#test("if", statement.test)
      this.#nested(statement.consequent)
      const { alternate } = statement
      if (alternate === undefined || alternate === null) return
      if (statement.consequent.type === "BlockStatement") out.write(" ")
      else out.newLine()
      out.write("else")
      if (alternate.type !== "IfStatement") return this.#nested(alternate)
      out.write(" ")
      this.#mark(alternate)
      statement = alternate
    }
  }

  /** What stands first in the head of a loop. */
  #head(head: Ast.VariableDeclaration | Ast.Pattern): void {
    this.#isForHead = true
    if (head.type === "VariableDeclaration") {
      this.#mark(head)
      this.#variables(head)
    } else {
      this.#forStart = this.out.length
      this.#pattern(head, Precedence.Sequence)
    }
    this.#isForHead = false
  }

  #part(part: Ast.Expression | null | undefined): void {
    if (part === undefined || part === null) return
    this.out.write(" ")
    this.#expression(part, Precedence.Sequence)
  }

  #for({ body, init, test, update }: Ast.ForStatement): void {
    const { out } = this
    out.write("for (")
    if (init !== undefined && init !== null) this.#head(init)
    out.write(";")
    this.#part(test)
    out.write(";")
    this.#part(update)
    out.write(")")
    this.#nested(body)
  }

  #forEach(
    open: string,
    keyword: string,
    { body, left, right }: Ast.ForInStatement | Ast.ForOfStatement,
    precedence: number
  ): void {
    const { out } = this
    out.write(open)
    this.#head(left)
    out.write(` ${keyword} `)
    this.#expression(right, precedence)
    out.write(")")
    this.#nested(body)
  }

  #switch({ cases, discriminant }: Ast.SwitchStatement): void {
    const { out } = this
    this.#test("switch", discriminant)
    if (cases.length === 0) return out.write(" {}")
    out.write(" {")
    out.indent()
    for (const { consequent, test } of cases) {
      out.newLine()
      if (test === undefined || test === null) out.write("default:")
      else {
        out.write("case ")
        this.#expression(test, Precedence.Sequence)
        out.write(":")
      }
      out.indent()
      this.#statements(consequent)
      out.dedent()
    }
    out.dedent()
    out.newLine()
    out.write("}")
  }

  #try({ block, finalizer, handler }: Ast.TryStatement): void {
    const { out } = this
    out.write("try ")
    this.#block(block)
    if (handler !== undefined && handler !== null) {
      out.write(" catch ")
      if (handler.param !== undefined && handler.param !== null) {
        out.write("(")
        this.#pattern(handler.param)
        out.write(") ")
      }
      this.#block(handler.body)
    }
    if (finalizer !== undefined && finalizer !== null) {
      out.write(" finally ")
      this.#block(finalizer)
    }
  }

  // Modules

  #moduleName(name: Ast.ModuleExportName): string {
    return name.type === "Identifier" ? name.value : Literals.quoted(Literals.stringValue(name))
  }

  #from(declaration: Attributed & { readonly source: Ast.StringLiteral }): void {
    const { out } = this
    out.write(Literals.quoted(Literals.stringValue(declaration.source)))
    const attributes = declaration.with
    if (attributes !== undefined && attributes !== null) {
      out.write(" with ")
      this.#properties(attributes.properties, false)
    }
    out.write(";")
  }

  #import(declaration: Ast.ImportDeclaration & Attributed): void {
    const { out } = this
    const { phase, specifiers } = declaration
    out.write(phase === undefined || phase === "evaluation" ? "import " : `import ${phase} `)
    const clauses: Array<string> = []
    const names: Array<string> = []
    for (const specifier of specifiers) {
      const local = specifier.local.value
      if (specifier.type === "ImportDefaultSpecifier") clauses.push(local)
      else if (specifier.type === "ImportNamespaceSpecifier") clauses.push(`* as ${local}`)
      else {
        const { imported } = specifier
        const name = imported === undefined || imported === null ? local : this.#moduleName(imported)
        names.push(name === local ? local : `${name} as ${local}`)
      }
    }
    if (names.length > 0) clauses.push(`{ ${names.join(", ")} }`)
    if (clauses.length > 0) out.write(`${clauses.join(", ")} from `)
    this.#from(declaration)
  }

  #exportNamed(declaration: Ast.ExportNamedDeclaration & Attributed): void {
    const { out } = this
    const names = declaration.specifiers.map((specifier) => {
      if (specifier.type === "ExportNamespaceSpecifier") return `* as ${this.#moduleName(specifier.name)}`
      if (specifier.type === "ExportDefaultSpecifier") throw new NotPrintable(specifier)
      const original = this.#moduleName(specifier.orig)
      const { exported } = specifier
      const name = exported === undefined || exported === null ? original : this.#moduleName(exported)
      return name === original ? original : `${original} as ${name}`
    })
    const isNamespace = declaration.specifiers.some(({ type }) => type === "ExportNamespaceSpecifier")
    out.write(
      isNamespace ? `export ${names.join(", ")}` : names.length === 0 ? "export {}" : `export { ${names.join(", ")} }`
    )
    const { source } = declaration
    if (source === undefined || source === null) return out.write(";")
    out.write(" from ")
    this.#from({ ...declaration, source })
  }

  // Functions and classes

  #function(node: Ast.FunctionDeclaration | Ast.FunctionExpression, name: Ast.Identifier | null | undefined): void {
    const { out } = this
    const fn: Ast.Fn = node
    out.write(`${fn.async ? "async " : ""}function${fn.generator ? "*" : ""} `)
    if (name !== null && name !== undefined) {
      this.#mark(name)
      out.write(name.value)
    }
    this.#parameters(fn.params)
    out.write(" ")
    if (fn.body === undefined || fn.body === null) throw new NotPrintable(node)
    this.#block(fn.body, true)
  }

  #parameters(params: ReadonlyArray<Ast.AnyNode>): void {
    const { out } = this
    out.write("(")
    for (const [index, param] of params.entries()) {
      if (index > 0) out.write(", ")
      // Parameters of arrow functions are bare patterns
      this.#pattern(param.type === "Parameter" ? (param as Ast.Param).pat : param as Ast.Pattern)
    }
    out.write(")")
  }

  #arrow({ async, body, params }: Ast.ArrowFunctionExpression): void {
    const { out } = this
    if (async) out.write("async ")
    this.#parameters(params)
    out.write(" => ")
    if (body.type === "BlockStatement") return this.#block(body, true)
    this.#bodyStart = out.length
    this.#expression(body, Precedence.Assignment)
  }

  #class(node: Ast.ClassDeclaration | Ast.ClassExpression, name: Ast.Identifier | null | undefined): void {
    const { out } = this
    if (node.decorators !== undefined && node.decorators.length > 0) throw new NotPrintable(node)
    out.write("class")
    if (name !== null && name !== undefined) {
      out.write(" ")
      this.#mark(name)
      out.write(name.value)
    }
    if (node.superClass !== undefined && node.superClass !== null) {
      out.write(" extends ")
      this.#expression(node.superClass, Precedence.Member)
    }
    if (node.body.length === 0) return out.write(" {}")
    const isForHead = this.#isForHead
    this.#isForHead = false
    out.write(" {")
    out.indent()
    for (const member of node.body) {
      out.newLine()
      this.#mark(member)
      this.#member(member)
    }
    out.dedent()
    out.newLine()
    out.write("}")
    this.#isForHead = isForHead
  }

  #member(member: Ast.ClassMember): void {
    const { out } = this
    switch (member.type) {
      case "Constructor":
        return this.#method({ key: member.key, params: member.params, body: member.body, prefix: "" })
      case "ClassMethod":
      case "PrivateMethod": {
        const { function: fn, isStatic, key, kind } = member
        const accessor = kind === "getter" ? "get " : kind === "setter" ? "set " : ""
        const prefix = `${isStatic ? "static " : ""}${accessor}${fn.async ? "async " : ""}${fn.generator ? "*" : ""}`
        return this.#method({ key, params: fn.params, body: fn.body, prefix })
      }
      case "ClassProperty":
      case "PrivateProperty":
        if (member.isStatic) out.write("static ")
        this.#key(member.key)
        if (member.value !== undefined && member.value !== null) {
          out.write(" = ")
          this.#expression(member.value, Precedence.Assignment)
        }
        return out.write(";")
      case "StaticBlock":
        out.write("static ")
        return this.#block(member.body)
      case "EmptyStatement":
        return out.write(";")
      default:
        throw new NotPrintable(member)
    }
  }

  #method({ body, key, params, prefix }: Method): void {
    const { out } = this
    out.write(prefix)
    this.#key(key)
    this.#parameters(params)
    out.write(" ")
    if (body === undefined || body === null) throw new NotPrintable(key)
    this.#block(body, true)
  }

  #key(key: Ast.PropertyName | Ast.PrivateName): void {
    const { out } = this
    this.#mark(key)
    switch (key.type) {
      case "Identifier":
        return out.write(key.value)
      case "PrivateName":
        return out.write(`#${privateName(key)}`)
      case "StringLiteral":
        return out.write(Literals.quoted(Literals.stringValue(key)))
      case "NumericLiteral":
        return out.write(Literals.number(Literals.numberValue(key)))
      case "BigIntLiteral":
        return out.write(`${Literals.bigintDigits(key)}n`)
      case "Computed":
        out.write("[")
        this.#expression(key.expression, Precedence.Assignment)
        out.write("]")
    }
  }

  // Patterns

  #pattern(pattern: Ast.Pattern, precedence: number = Precedence.Assignment): void {
    const { out } = this
    switch (pattern.type) {
      case "ArrayPattern":
        this.#mark(pattern)
        out.write("[")
        this.#elements(pattern.elements, (element) => this.#pattern(element))
        return out.write("]")
      case "ObjectPattern":
        this.#mark(pattern)
        if (pattern.properties.length === 0) return out.write("{}")
        out.write("{ ")
        for (const [index, property] of pattern.properties.entries()) {
          if (index > 0) out.write(", ")
          this.#patternProperty(property)
        }
        return out.write(" }")
      case "AssignmentPattern":
        this.#pattern(pattern.left)
        out.write(" = ")
        return this.#expression(pattern.right, Precedence.Assignment)
      case "RestElement":
        out.write("...")
        return this.#pattern(pattern.argument)
      case "Invalid":
        throw new NotPrintable(pattern)
      default:
        // Names are patterns and expressions
        return this.#expression(pattern as Ast.Expression, precedence)
    }
  }

  #patternProperty(property: Ast.ObjectPatternProperty): void {
    const { out } = this
    switch (property.type) {
      case "KeyValuePatternProperty":
        this.#key(property.key)
        out.write(": ")
        return this.#pattern(property.value)
      case "AssignmentPatternProperty":
        this.#key(property.key)
        if (property.value !== undefined && property.value !== null) {
          out.write(" = ")
          this.#expression(property.value, Precedence.Assignment)
        }
        return
      case "RestElement":
        out.write("...")
        return this.#pattern(property.argument)
    }
  }

  /** Elements of an array, holes among them: the last hole has a comma of its own. */
  #elements<A>(elements: ReadonlyArray<A | null | undefined>, print: (element: A) => void): void {
    const { out } = this
    for (const [index, element] of elements.entries()) {
      if (index > 0) out.write(" ")
      const isHole = element === undefined || element === null
      if (!isHole) print(element)
      if (index < elements.length - 1 || isHole) out.write(",")
    }
  }

  // Expressions

  #expression(node: Ast.Expression, precedence: number): void {
    const { out } = this
    if (node.type === "ParenthesisExpression") return this.#expression(node.expression, precedence)
    const needed = precedenceOf(node) < precedence || this.#isMisread(node)
    if (needed) {
      out.write("(")
      this.#bare(node)
      out.write(")")
    } else this.#bare(node)
  }

  /** Whether what stands here would be read as something else than the expression that it is. */
  #isMisread(node: Ast.Expression): boolean {
    const at = this.out.length
    switch (node.type) {
      case "ClassExpression":
      case "FunctionExpression":
        return at === this.#statementStart || at === this.#defaultStart
      case "ObjectExpression":
        return at === this.#statementStart || at === this.#bodyStart
      case "AssignmentExpression":
        return node.left.type === "ObjectPattern" && (at === this.#statementStart || at === this.#bodyStart)
      case "Identifier":
        return (node.value === "let" && (at === this.#statementStart || at === this.#forStart)) ||
          (node.value === "async" && at === this.#forStart)
      case "BinaryExpression":
        return node.operator === "in" && this.#isForHead
      default:
        return false
    }
  }

  #bare(node: Ast.Expression): void {
    const { out } = this
    if (node.type !== "BinaryExpression") this.#mark(node)
    switch (node.type) {
      case "Identifier":
        return out.write(node.value)
      case "ThisExpression":
        return out.write("this")
      case "StringLiteral":
        return out.write(Literals.quoted(Literals.stringValue(node)))
      case "NumericLiteral":
        return out.write(Literals.number(Literals.numberValue(node)))
      case "BigIntLiteral":
        return out.write(`${Literals.bigintDigits(node)}n`)
      case "BooleanLiteral":
        return out.write(node.value ? "true" : "false")
      case "NullLiteral":
        return out.write("null")
      case "RegExpLiteral":
        return out.write(Literals.regularExpression(node))
      case "TemplateLiteral":
        return this.#template(node, false)
      case "TaggedTemplateExpression":
        this.#callee(node.tag)
        return this.#template(node.template, true)
      case "ArrayExpression":
        out.write("[")
        this.#elements(node.elements, (element) => this.#argument(element))
        return out.write("]")
      case "ObjectExpression":
        return this.#properties(node.properties, true)
      case "FunctionExpression":
        return this.#function(node, node.identifier)
      case "ClassExpression":
        return this.#class(node, node.identifier)
      case "ArrowFunctionExpression":
        return this.#arrow(node)
      case "UnaryExpression":
        if (node.operator.length > 1) out.write(`${node.operator} `)
        else out.writeSign(node.operator)
        return this.#expression(node.argument, Precedence.Unary)
      case "UpdateExpression":
        if (node.prefix) out.writeSign(node.operator)
        this.#expression(node.argument, node.prefix ? Precedence.Unary : Precedence.Member)
        return node.prefix ? undefined : out.write(node.operator)
      case "AwaitExpression":
        out.write("await ")
        return this.#expression(node.argument, Precedence.Unary)
      case "YieldExpression":
        out.write(node.delegate ? "yield*" : "yield")
        if (node.argument === undefined || node.argument === null) return
        out.write(" ")
        return this.#expression(node.argument, Precedence.Assignment)
      case "BinaryExpression":
        return this.#binary(node)
      case "AssignmentExpression":
        this.#pattern(node.left, Precedence.Member)
        out.write(` ${node.operator} `)
        return this.#expression(node.right, Precedence.Assignment)
      case "ConditionalExpression":
        this.#expression(node.test, Precedence.Coalesce)
        out.write(" ? ")
        this.#expression(node.consequent, Precedence.Assignment)
        out.write(" : ")
        return this.#expression(node.alternate, Precedence.Assignment)
      case "SequenceExpression":
        for (const [index, each] of node.expressions.entries()) {
          if (index > 0) out.write(", ")
          this.#expression(each, Precedence.Assignment)
        }
        return
      case "MemberExpression":
        this.#callee(node.object)
        return this.#property(node.property, ".")
      case "SuperPropExpression":
        out.write("super")
        return this.#property(node.property, ".")
      case "OptionalChainingExpression":
        return this.#chain(node)
      case "CallExpression":
        this.#callee(node.callee)
        return this.#arguments(node.arguments)
      case "NewExpression":
        out.write("new ")
        this.#expression(node.callee, holdsCall(node.callee) ? Precedence.Primary : Precedence.Member)
        return this.#arguments(node.arguments ?? [])
      case "MetaProperty":
        return out.write(node.kind)
      case "PrivateName":
        return out.write(`#${privateName(node)}`)
      default:
        throw new NotPrintable(node)
    }
  }

  /** What is called, or what a property is read of. Such a chain ends with its parentheses: `(a?.b).c`. */
  #callee(callee: Ast.Super | Ast.Import | Ast.Expression): void {
    const { out } = this
    switch (callee.type) {
      case "Super":
        this.#mark(callee)
        return out.write("super")
      case "Import": {
        this.#mark(callee)
        const { phase } = callee as Attributed
        return out.write(phase === undefined || phase === "evaluation" ? "import" : `import.${phase}`)
      }
      case "OptionalChainingExpression":
        return this.#expression(callee, Precedence.Primary)
      case "NumericLiteral":
        // `1.a` would be a malformed number
        out.write("(")
        this.#expression(callee, Precedence.Sequence)
        return out.write(")")
      default:
        return this.#expression(callee, Precedence.Member)
    }
  }

  #chain({ base, ...chain }: Ast.OptionalChainingExpression): void {
    const { out } = this
    const isOptional = "optional" in chain && chain.optional === true
    const object = base.type === "MemberExpression" ? base.object : base.callee
    if (object.type === "OptionalChainingExpression") this.#expression(object, Precedence.Member)
    else this.#callee(object)
    if (base.type === "MemberExpression") return this.#property(base.property, isOptional ? "?." : ".")
    if (isOptional) out.write("?.")
    this.#arguments(base.arguments)
  }

  #property(property: Ast.Identifier | Ast.PrivateName | Ast.ComputedPropName, dot: string): void {
    const { out } = this
    if (property.type === "Computed") {
      out.write(dot === "." ? "[" : "?.[")
      this.#expression(property.expression, Precedence.Sequence)
      return out.write("]")
    }
    out.write(dot)
    this.#mark(property)
    out.write(property.type === "PrivateName" ? `#${privateName(property)}` : property.value)
  }

  #argument({ expression, spread }: Argument): void {
    if (spread !== undefined && spread !== null) this.out.write("...")
    this.#expression(expression, Precedence.Assignment)
  }

  #arguments(args: ReadonlyArray<Argument>): void {
    const { out } = this
    out.write("(")
    for (const [index, argument] of args.entries()) {
      if (index > 0) out.write(", ")
      this.#argument(argument)
    }
    out.write(")")
  }

  /** A chain of operators is as deep as it is long, and is printed without going down. */
  #binary(node: Ast.BinaryExpression): void {
    const { out } = this
    const chain: Array<Ast.BinaryExpression> = []
    let first: Ast.Expression = node
    for (;;) {
      while (first.type === "ParenthesisExpression") first = first.expression
      const outer = chain[chain.length - 1]
      if (first.type !== "BinaryExpression") break
      if (outer !== undefined && (binaryPrecedence(first.operator) < leftOf(outer) || this.#isMisread(first))) break
      chain.push(first)
      first = first.left
    }
    const innermost = chain[chain.length - 1] ?? node
    this.#expression(first, leftOf(innermost))
    for (const { operator, ...parts } of chain.reverse()) {
      out.write(` ${operator} `)
      this.#expression(parts.right, rightOf({ operator, ...parts }))
    }
  }

  #template({ expressions, quasis }: Ast.TemplateLiteral, tagged: boolean): void {
    const { out } = this
    out.write("`")
    for (const [index, { raw }] of quasis.entries()) {
      out.writeLines(tagged ? raw : Literals.templateText(Literals.unescaped(raw)))
      const expression = expressions[index]
      if (expression === undefined) continue
      out.write("${")
      this.#expression(expression, Precedence.Sequence)
      out.write("}")
    }
    out.write("`")
  }

  #properties(properties: ReadonlyArray<Ast.SpreadElement | Ast.Property>, onLines: boolean): void {
    const { out } = this
    if (properties.length === 0) return out.write("{}")
    out.write(onLines ? "{" : "{ ")
    if (onLines) out.indent()
    for (const [index, property] of properties.entries()) {
      if (index > 0) out.write(onLines ? "," : ", ")
      if (onLines) out.newLine()
      this.#objectProperty(property)
    }
    if (onLines) {
      out.dedent()
      out.newLine()
    }
    out.write(onLines ? "}" : " }")
  }

  #objectProperty(property: Ast.SpreadElement | Ast.Property): void {
    const { out } = this
    switch (property.type) {
      case "Identifier":
        this.#mark(property)
        return out.write(property.value)
      case "SpreadElement":
        out.write("...")
        return this.#expression(property.arguments, Precedence.Assignment)
      case "KeyValueProperty":
        this.#key(property.key)
        out.write(": ")
        return this.#expression(property.value, Precedence.Assignment)
      case "GetterProperty":
        return this.#method({ key: property.key, params: [], body: property.body, prefix: "get " })
      case "SetterProperty":
        return this.#method({ key: property.key, params: [property.param], body: property.body, prefix: "set " })
      case "MethodProperty": {
        const prefix = `${property.async ? "async " : ""}${property.generator ? "*" : ""}`
        return this.#method({ key: property.key, params: property.params, body: property.body, prefix })
      }
      default:
        throw new NotPrintable(property)
    }
  }
}

/** `@swc/types` says `id`; the tree has the name itself. */
const privateName = (node: Ast.PrivateName): string =>
  "value" in node && typeof node.value === "string" ? node.value : node.id.value

/**
 * The text of a tree, which ends with a line break unless there is nothing. Throws a {@link NotPrintable} for what has to be
 * lowered first.
 */
export const print = (module: Ast.Module): Printed => {
  const printer = new Printer()
  printer.module(module)
  return { code: printer.out.text, segments: printer.out.segments }
}
