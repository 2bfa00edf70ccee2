/**
 * Which top-level bindings keep the value that they have at a place of the text: there, a copy of the value and the live
 * binding are the same.
 */
import type { Scope } from "../language/Scope.ts"

/**
 * Whether the top-level binding `name` has at `offset` the value that it keeps. False where that cannot be seen: for an
 * import, or for a `var` inside of a block.
 */
export const isSettled = (scope: Scope, name: string, offset: number): boolean => {
  const binding = scope.topLevel(name)
  const declarations = binding?.declarations.filter(({ isStatement }) => isStatement) ?? []
  const [first] = declarations
  if (binding === undefined || first === undefined || (first.kind !== "function" && first.start > offset)) return false
  if (first.kind === "constant") return true
  if (declarations.length > 1 && declarations.some(({ kind }) => kind === "variable")) return false
  // By another declaration, in a block, or an assignment; a function may be declared twice
  return !scope.isOpen &&
    binding.given.every(({ start, value }) => start === first.start || value?.type === "FunctionDeclaration") &&
    binding.declarations.every(({ kind, start }) => kind !== "variable" || start === first.start)
}
