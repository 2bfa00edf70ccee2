/**
 * What a CommonJS module says that it exports. It computes its exports when it runs; this is what can be read of that.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, unresolved } from "../language/Ast.ts"
import type { CommonJsExport } from "./ModuleRecord.ts"
import { asName, isFunctionSyntax, staticKey, staticString, syntax, unwrap } from "../language/Syntax.ts"

const isGlobal = (node: Ast.AnyNode, value: string): boolean => {
  const name = asName(unwrap(node))
  return name?.ctxt === unresolved && name.value === value
}

/** `exports`, `module.exports`. */
const isExports = (node: Ast.AnyNode): boolean => {
  const self = unwrap(node)
  return isGlobal(self, "exports") ||
    (self.type === "MemberExpression" && isGlobal(self.object, "module") && staticKey(self.property) === "exports")
}

const exportOf = (name: string, value: Ast.AnyNode): CommonJsExport => {
  const self = unwrap(value)
  return { name, local: asName(self)?.value, functionOffset: isFunctionSyntax(self) ? spanOf(self).start : undefined }
}

/** The members of `{ a, b: c, d() {} }`. */
const membersOf = (node: Ast.AnyNode): ReadonlyArray<CommonJsExport> => {
  const self = unwrap(node)
  if (self.type !== "ObjectExpression") return []
  return self.properties.flatMap((each): ReadonlyArray<CommonJsExport> => {
    const property = syntax(each)
    const shorthand = asName(property)
    if (shorthand !== undefined) return [{ name: shorthand.value, local: shorthand.value, functionOffset: undefined }]
    if (property.type !== "KeyValueProperty" && property.type !== "MethodProperty") return []
    const name = staticKey(property.key)
    if (name === undefined) return []
    return [property.type === "MethodProperty"
      ? { name, local: undefined, functionOffset: spanOf(property).start }
      : exportOf(name, property.value)]
  })
}

/** Every name that is assigned to `exports` anywhere in the module; `default` for `module.exports` itself. */
export const commonJsExports = (module: Ast.Module): ReadonlyArray<CommonJsExport> => {
  const found = new Map<string, CommonJsExport>()
  const add = (each: CommonJsExport): void => {
    // `exports.a = void 0` of compilers comes first
    const known = found.get(each.name)
    if (known === undefined || (known.local === undefined && known.functionOffset === undefined)) {
      found.set(each.name, each)
    }
  }
  /** The value at the end of `exports = module.exports = value`. */
  const assigned = (node: Ast.AnyNode): Ast.AnyNode => {
    const self = unwrap(node)
    return self.type === "AssignmentExpression" && self.operator === "=" ? assigned(self.right) : self
  }
  const visit = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    if (self.type === "AssignmentExpression" && self.operator === "=") {
      const target = unwrap(self.left)
      const value = assigned(self.right)
      if (isExports(target)) {
        const members = membersOf(value)
        if (members.length === 0) add(exportOf("default", value))
        for (const member of members) add(member)
      } else if (target.type === "MemberExpression" && isExports(target.object)) {
        const name = staticKey(target.property)
        if (name !== undefined) add(exportOf(name, value))
      }
    }
    if (self.type === "CallExpression") {
      const callee = unwrap(self.callee)
      const [target, key] = self.arguments.map(({ expression }) => expression)
      const name = staticString(key)
      if (
        callee.type === "MemberExpression" && isGlobal(callee.object, "Object") &&
        staticKey(callee.property) === "defineProperty" && target !== undefined && isExports(target) &&
        name !== undefined && name !== "__esModule"
      ) add({ name, local: undefined, functionOffset: undefined })
    }
    for (const child of children(node)) visit(child)
  }
  for (const statement of module.body) visit(statement)
  return [...found.values()]
}
