/**
 * Whether a printed text is read as the tree that was printed: the net under the printer.
 */
import type * as Ast from "../../language/Ast.ts"
import * as Literals from "../printing/Literals.ts"

type Fields = Readonly<Record<string, unknown>>

/** Two places at which the trees differ. */
export interface Difference {
  readonly before: Ast.AnyNode
  /** `undefined` when nothing stands there. */
  readonly after: Ast.AnyNode | undefined
}

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
  "isTypeOnly",
  "override",
  "questionDotToken",
  "raw",
  "readonly",
  "rest",
  "returnType",
  "script",
  "span",
  "superTypeParams",
  "tail",
  "thisParam",
  "typeAnnotation",
  "typeArguments",
  "typeOnly",
  "typeParameters",
  "typeParams"
])

const isRecord = (value: unknown): value is Fields => typeof value === "object" && value !== null

const isNode = (value: unknown): value is Ast.AnyNode => isRecord(value) && typeof value["type"] === "string"

/** What is not there is written in several ways: `null`, `false`, an empty list, or nothing. */
const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === false || (Array.isArray(value) && value.length === 0)

const raws = ({ quasis }: Ast.TemplateLiteral): string => quasis.map(({ raw }) => raw).join("${}")

const texts = ({ quasis }: Ast.TemplateLiteral): string => quasis.map(({ raw }) => Literals.unescaped(raw)).join("${}")

/** The first difference between the tree that was printed and the one that was read, both without types and parentheses. */
export const difference = (printed: Ast.Module, read: Ast.Module): Difference | undefined => {
  let found: Difference | undefined
  const differ = (before: Ast.AnyNode, after: Ast.AnyNode | undefined): false => {
    found ??= { before, after }
    return false
  }
  const fields = (a: Ast.AnyNode, b: Ast.AnyNode, before: Fields, after: Fields): boolean => {
    for (const key in before) {
      if (!silent.has(key) && !values(a, b, key, before[key], after[key])) return false
    }
    for (const key in after) {
      if (!silent.has(key) && !(key in before) && !isNothing(after[key])) return differ(a, b)
    }
    return true
  }
  const values = (a: Ast.AnyNode, b: Ast.AnyNode, key: string, before: unknown, after: unknown): boolean => {
    if (isNothing(before)) return isNothing(after) || differ(a, b)
    // Of calls and elements, whether they are spread; of names, whether a type made them optional
    if (key === "spread") return !isNothing(after) || differ(a, b)
    if (key === "optional" && a.type !== "OptionalChainingExpression") return true
    if (Array.isArray(before)) {
      if (!Array.isArray(after) || before.length !== after.length) {
        const at: unknown = Array.isArray(after) ? before[after.length] : undefined
        return differ(isNode(at) ? at : a, b)
      }
      // An empty list was nothing
      return before.every((item, index) => values(a, b, "", item, after[index]))
    }
    if (!isRecord(before)) return before === after || differ(a, b)
    if (!isRecord(after)) return differ(isNode(before) ? before : a, b)
    if (isNode(before) && isNode(after)) return same(before, after)
    return fields(a, b, before, after)
  }
  const same = (before: Ast.AnyNode, after: Ast.AnyNode): boolean => {
    if (before.type !== after.type) return differ(before, after)
    switch (before.type) {
      case "StringLiteral":
        return Literals.stringValue(before as Ast.StringLiteral) === Literals.stringValue(after as Ast.StringLiteral) ||
          differ(before, after)
      case "NumericLiteral":
        return Object.is(
          Literals.numberValue(before as Ast.NumericLiteral),
          Literals.numberValue(after as Ast.NumericLiteral)
        ) || differ(before, after)
      case "BigIntLiteral":
        return Literals.bigintDigits(before as Ast.BigIntLiteral) ===
            Literals.bigintDigits(after as Ast.BigIntLiteral) || differ(before, after)
      case "ExpressionStatement":
        return statement(before as Ast.ExpressionStatement, after as Ast.ExpressionStatement)
      case "TaggedTemplateExpression": {
        const [a, b] = [before as Ast.TaggedTemplateExpression, after as Ast.TaggedTemplateExpression]
        return raws(a.template) === raws(b.template)
          ? same(a.tag, b.tag) && values(a, b, "", a.template.expressions, b.template.expressions)
          : differ(before, after)
      }
      case "TemplateLiteral": {
        const [a, b] = [before as Ast.TemplateLiteral, after as Ast.TemplateLiteral]
        return texts(a) === texts(b) ? values(a, b, "", a.expressions, b.expressions) : differ(before, after)
      }
      default:
        // A node is a record
        return fields(before, after, before as unknown as Fields, after as unknown as Fields)
    }
  }
  /** A directive is what it is written as. */
  const statement = (before: Ast.ExpressionStatement, after: Ast.ExpressionStatement): boolean => {
    const [a, b] = [before.expression, after.expression]
    if (a.type !== "StringLiteral" || b.type !== "StringLiteral") return same(a, b)
    return Literals.directiveText(a.raw ?? "") === Literals.directiveText(b.raw ?? "") || differ(before, after)
  }
  same(printed, read)
  return found
}
