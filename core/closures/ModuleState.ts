/**
 * What a module's own code says of a function or class that it declares at its top level.
 */
import { asName, isFunctionSyntax, isTypeSyntax, syntax, unwrap } from "../language/Syntax.ts"
import type * as Ast from "../language/Ast.ts"
import { children, topLevel } from "../language/Ast.ts"

/** Whether the value of a static field is what the module gives it. Only what is plain to see is looked at. */
export const isInitial = (value: unknown, written: Ast.AnyNode | undefined, isMentioned: boolean): boolean => {
  if (written === undefined) return value === undefined
  const self = unwrap(written)
  switch (self.type) {
    case "StringLiteral":
    case "NumericLiteral":
    case "BooleanLiteral":
      return value === self.value
    case "NullLiteral":
      return value === null
    case "ArrayExpression":
      return isMentioned || self.elements.length > 0 || (Array.isArray(value) && value.length === 0)
    case "ObjectExpression":
      return isMentioned || self.properties.length > 0 ||
        (typeof value === "object" && value !== null && Reflect.ownKeys(value).length === 0)
    case "NewExpression": {
      const made = asName(unwrap(self.callee))
      const isEmpty = made?.ctxt === 1 && (made.value === "Map" || made.value === "Set") &&
        (self.arguments ?? []).length === 0
      return isMentioned || !isEmpty || ((value instanceof Map || value instanceof Set) && value.size === 0)
    }
    default:
      return true
  }
}

/** Whether code that runs when the module is loaded mentions the name, but for its declaration and its export. */
export const isMentionedOutside = (module: Ast.Module, name: string, declaration: Ast.AnyNode): boolean => {
  const visit = (node: Ast.AnyNode): boolean => {
    if (node === declaration || isTypeSyntax(node)) return false
    const self = syntax(node)
    if (self.type === "ExportNamedDeclaration" || isFunctionSyntax(self) || self.type === "MethodProperty") return false
    if (self.type === "VariableDeclarator") return self.init ? visit(self.init) : false
    if (self.type === "ExportDefaultExpression" && unwrap(self.expression).type === "Identifier") return false
    if (self.type === "ClassMethod" || self.type === "Constructor") return false
    if (self.type === "ClassProperty" && !self.isStatic) return false
    // Extending it does not change it
    if ("superClass" in self && self.superClass && asName(unwrap(self.superClass)) !== undefined) {
      return self.body.some(visit)
    }
    const found = asName(self)
    return found === undefined ? children(self).some(visit) : found.value === name && found.ctxt === topLevel
  }
  return module.body.some(visit)
}
