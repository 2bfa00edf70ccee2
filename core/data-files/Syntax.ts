/**
 * The few questions about SWC's syntax tree that folding asks again and again.
 */
import * as Ast from "../language/Ast.ts"

/** What the parser returns where `@swc/types` says "maybe missing": `null` as often as `undefined`. */
export type Maybe<A> = A | null | undefined

/** The part of a function that is the same for every kind of it. `node` is the object of the tree that stands for it. */
export interface FunctionParts {
  readonly node: object
  readonly start: number
  readonly parameters: ReadonlyArray<Ast.Pattern>
  readonly body: Maybe<Ast.BlockStatement | Ast.Expression>
}

/** Types never hold a path. */
const typeKeys: ReadonlySet<string> = new Set([
  "span",
  "typeAnnotation",
  "typeParameters",
  "typeArguments",
  "typeParams",
  "superTypeParams",
  "returnType",
  "implements"
])

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null

/** A node, or a part of the tree without a type of its own (an argument, a method's function). */
export const isTyped = (value: object): value is Ast.Node => "type" in value && typeof value.type === "string"

/** Calls `visit` for every object directly below `node`, types left out. */
export const forEachChild = (node: object, visit: (child: object) => void): void => {
  // The tree is plain JSON: every object of it is a record.
  const record = node as Record<string, unknown>
  for (const key in record) {
    if (typeKeys.has(key)) continue
    const value = record[key]
    if (Array.isArray(value)) {
      for (const item of value) if (isObject(item)) visit(item)
    } else if (isObject(value)) visit(value)
  }
}

/** The hygiene context of an identifier; `@swc/types` leaves it out of its types. */
export const contextOf = (identifier: object): number =>
  "ctxt" in identifier && typeof identifier.ctxt === "number" ? identifier.ctxt : Ast.unresolved

/** Names the variable that an identifier means: the same key, the same variable. */
export const variableKey = (identifier: Ast.Identifier | Ast.BindingIdentifier): string =>
  `${identifier.value}#${contextOf(identifier)}`

/** What is left of an expression without parentheses, casts, assertions, `await`, optional chaining and all but the last of a sequence. */
export const bare = (expression: Ast.Expression): Ast.Expression => {
  let current = expression
  for (;;) {
    switch (current.type) {
      case "ParenthesisExpression":
      case "TsAsExpression":
      case "TsSatisfiesExpression":
      case "TsNonNullExpression":
      case "TsConstAssertion":
      case "TsTypeAssertion":
      case "TsInstantiation":
        // `TsInstantiation` types its operand as any expression-like node.
        current = current.expression as Ast.Expression
        continue
      case "AwaitExpression":
        current = current.argument
        continue
      case "OptionalChainingExpression":
        // An optional call has the shape of a plain one, but for `super()` and `import()`, which cannot be optional.
        current = current.base as Ast.Expression
        continue
      case "SequenceExpression": {
        const last = current.expressions.at(-1)
        if (last === undefined) return current
        current = last
        continue
      }
      default:
        return current
    }
  }
}

/** The name that a property has, unless it is computed. */
export const propertyName = (key: Ast.PropertyName | Ast.PrivateName): string | undefined => {
  switch (key.type) {
    case "Identifier":
    case "StringLiteral":
      return key.value
    case "NumericLiteral":
      return String(key.value)
    case "PrivateName":
      // SWC 1.16 puts the name straight into `value`.
      return "value" in key && typeof key.value === "string" ? `#${key.value}` : undefined
    case "Computed": {
      const expression = bare(key.expression)
      return expression.type === "StringLiteral" ? expression.value : undefined
    }
    default:
      return undefined
  }
}

/** The parts of `node` if it is a function of any kind. */
export const functionParts = (node: object): FunctionParts | undefined => {
  if (!isTyped(node)) return undefined
  // The casts below follow from `type`, which tells SWC's nodes apart.
  switch (node.type) {
    case "ArrowFunctionExpression": {
      const arrow = node as Ast.ArrowFunctionExpression
      return { node, start: arrow.span.start, parameters: arrow.params, body: arrow.body }
    }
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "MethodProperty": {
      const fn = node as Ast.FunctionExpression
      return { node, start: fn.span.start, parameters: fn.params.map((parameter) => parameter.pat), body: fn.body }
    }
    case "ClassMethod":
    case "PrivateMethod": {
      const method = node as Ast.ClassMethod
      return {
        node,
        start: method.span.start,
        parameters: method.function.params.map((parameter) => parameter.pat),
        body: method.function.body
      }
    }
    case "Constructor": {
      const constructor = node as Ast.Constructor
      return {
        node,
        start: constructor.span.start,
        parameters: constructor.params.map((parameter) =>
          parameter.type === "TsParameterProperty" ? parameter.param : parameter.pat
        ),
        body: constructor.body
      }
    }
    case "GetterProperty": {
      const getter = node as Ast.GetterProperty
      return { node, start: getter.span?.start ?? 0, parameters: [], body: getter.body }
    }
    case "SetterProperty": {
      const setter = node as Ast.SetterProperty
      return { node, start: setter.span?.start ?? 0, parameters: [setter.param], body: setter.body }
    }
    default:
      return undefined
  }
}

/** Every `return` of a function's body that is its own, in the order of the text. */
export const returned = (body: FunctionParts["body"]): ReadonlyArray<Ast.Expression> => {
  if (body === null || body === undefined) return []
  if (body.type !== "BlockStatement") return [body]
  const found: Array<Ast.Expression> = []
  const visit = (node: object): void => {
    if (functionParts(node) !== undefined) return
    if (isTyped(node)) {
      if (node.type === "ClassDeclaration" || node.type === "ClassExpression") return
      if (node.type === "ReturnStatement") {
        const { argument } = node as Ast.ReturnStatement
        if (argument !== null && argument !== undefined) found.push(argument)
        return
      }
    }
    forEachChild(node, visit)
  }
  visit(body)
  return found
}
