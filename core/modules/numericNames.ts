/**
 * Variables that hold numbers: as a key, one means an element. Without a value one is `undefined`, which as a key means an
 * element, too ({@link Field.named}).
 */
import { asName, type Name, syntax, unwrap } from "../language/Syntax.ts"
import type * as Ast from "../language/Ast.ts"
import { children, unresolved } from "../language/Ast.ts"

const arithmetic: ReadonlySet<string> = new Set(["-", "*", "/", "%", "&", "|", "^", "<<", ">>", ">>>", "**"])
const logical: ReadonlySet<string> = new Set(["&&", "||", "??"])

const keyOf = ({ ctxt, value }: Name): string => `${value}#${ctxt}`

/** Whether a variable, by its name, holds nothing but numbers. */
export type IsNumericName = (name: Name) => boolean

/** Whether an expression gives a number by its form. */
export const isNumeric = (node: Ast.AnyNode, isNumericName: IsNumericName): boolean => {
  const self = unwrap(node)
  const recur = (each: Ast.AnyNode): boolean => isNumeric(each, isNumericName)
  switch (self.type) {
    case "NumericLiteral":
    case "UpdateExpression":
      return true
    case "Identifier": {
      const name = asName(self)
      return name !== undefined && isNumericName(name)
    }
    case "UnaryExpression":
      return self.operator === "-" || self.operator === "~" || self.operator === "+"
    case "BinaryExpression":
      return arithmetic.has(self.operator) ||
        ((self.operator === "+" || logical.has(self.operator)) && recur(self.left) && recur(self.right))
    case "ConditionalExpression":
      return recur(self.consequent) && recur(self.alternate)
    case "AssignmentExpression":
      return assigned(self, recur)
    default:
      return false
  }
}

/** Whether what an assignment puts into its target is a number, if what was there before is one. */
const assigned = (node: Ast.AssignmentExpression, recur: (each: Ast.AnyNode) => boolean): boolean => {
  const operator = node.operator.slice(0, -1)
  return arithmetic.has(operator) || recur(node.right)
}

/** By the tree of a whole module. */
export const numericNames = (module: Ast.Module): IsNumericName => {
  /** Of each declared variable what it is given. */
  const given = new Map<string, Array<Ast.AnyNode>>()
  /** Variables that are given something else, too. */
  const open = new Set<string>()
  const give = (target: Ast.AnyNode, value?: Ast.AnyNode | null): void => {
    const name = asName(target)
    if (name === undefined) return
    const known = given.get(keyOf(name)) ?? []
    given.set(keyOf(name), known)
    if (value) known.push(value)
  }
  const giveAnything = (node: Ast.AnyNode | null | undefined): void => {
    if (!node) return
    const self = syntax(node)
    const name = asName(self)
    if (name === undefined) { for (const child of children(self)) giveAnything(child) }
    else open.add(keyOf(name))
  }
  let isOpen = false
  const visit = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    switch (self.type) {
      case "VariableDeclarator": {
        if (asName(self.id) === undefined) giveAnything(self.id)
        else give(self.id, self.init)
        break
      }
      case "AssignmentExpression": {
        const target = unwrap(self.left)
        if (asName(target) !== undefined) give(target, self)
        else if (target.type === "ArrayPattern" || target.type === "ObjectPattern") giveAnything(target)
        break
      }
      case "ForInStatement":
      case "ForOfStatement":
        giveAnything(self.left)
        break
      case "FunctionDeclaration":
      case "ClassDeclaration":
        giveAnything(self.identifier)
        break
      case "TsModuleDeclaration":
      case "TsEnumDeclaration":
        giveAnything(self)
        break
      case "TryStatement":
        giveAnything(self.handler?.param)
        break
      case "SetterProperty":
        giveAnything(self.param)
        break
      case "CallExpression": {
        const name = asName(unwrap(self.callee))
        if (name?.value === "eval" && name.ctxt === unresolved) isOpen = true
        break
      }
      case "WithStatement":
        isOpen = true
        break
      default:
    }
    if ("params" in self && Array.isArray(self.params)) { for (const each of self.params) giveAnything(each) }
    for (const child of children(self)) visit(child)
  }
  for (const statement of module.body) visit(statement)
  if (isOpen) return () => false
  const found = new Set([...given.keys()].filter((key) => !open.has(key)))
  const isNumericName: IsNumericName = (name) => name.ctxt !== unresolved && found.has(keyOf(name))
  for (let again = true; again;) {
    again = false
    for (const key of found) {
      if (given.get(key)?.every((value) => isNumeric(value, isNumericName)) === true) continue
      found.delete(key)
      again = true
    }
  }
  return isNumericName
}
