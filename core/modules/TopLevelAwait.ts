/**
 * Whether evaluating a statement awaits something: `await`, `for await` and `await using` outside of functions.
 */
import { syntax } from "../language/Syntax.ts"
import type * as Ast from "../language/Ast.ts"
import { children } from "../language/Ast.ts"

/** Whether running `node` at the top level of a module awaits; what functions in it do when they are called does not. */
export const awaitsAtTopLevel = (node: Ast.AnyNode): boolean => {
  const self = syntax(node)
  switch (self.type) {
    case "AwaitExpression":
      return true
    case "ForOfStatement":
      return Boolean(self.await) || children(self).some(awaitsAtTopLevel)
    case "UsingDeclaration":
      return self.isAwait || children(self).some(awaitsAtTopLevel)
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return false
    case "MethodProperty":
    case "GetterProperty":
    case "SetterProperty":
    case "ClassMethod":
      return awaitsAtTopLevel(self.key)
    case "PrivateMethod":
    case "Constructor":
      return false
    default:
      return children(self).some(awaitsAtTopLevel)
  }
}
