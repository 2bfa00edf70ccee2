/**
 * The name of a class inside of it, where `experimentalDecorators` may put another class in its place: in its body, too, the
 * name is what the decorators made of it, as TypeScript has it.
 *
 *     @a class C { static make() { return new C() } }
 *
 * becomes `let self; @a class C { static { self = this } static make() { return new self() } } self = C`.
 */
import { asName, isTypeSyntax } from "../../../../language/Syntax.ts"
import * as Ast from "../../../../language/Ast.ts"
import type { Context, TextRule } from "../TextRule.ts"
import { bodyStart } from "./classHead.ts"

/** Where the class is mentioned in its body: each name, and whether it is a shorthand property. */
const mentions = (self: Ast.ClassDeclaration): ReadonlyArray<readonly [Ast.AnyNode, boolean]> => {
  const own = asName(self.identifier)
  const found: Array<readonly [Ast.AnyNode, boolean]> = []
  const visit = (node: Ast.AnyNode, parent: Ast.AnyNode): void => {
    if (isTypeSyntax(node) || node.type === "Decorator") return
    const name = asName(node)
    if (name !== undefined && name.value === own?.value && name.ctxt === own.ctxt) {
      found.push([node, parent.type === "ObjectExpression"])
    }
    for (const child of Ast.children(node)) visit(child, node)
  }
  for (const member of self.body) visit(member, self)
  return found
}

const visit = (self: Ast.ClassDeclaration, outer: Ast.AnyNode, { edits, text }: Context): void => {
  const [first] = self.decorators ?? []
  if (first === undefined) return
  const found = mentions(self)
  if (found.length === 0) return
  const { value } = self.identifier
  const alias = `clustrix$${value}`
  for (const [node, isShorthand] of found) {
    const { end, start } = Ast.spanOf(node)
    edits.replace(start, end, isShorthand ? `${value}:${alias}` : alias)
  }
  const start = Math.min(Ast.spanOf(outer).start, Ast.spanOf(first).start)
  const { end } = Ast.spanOf(self)
  edits.wrap(start, end, `let ${alias};`, `;${alias}=${value};`)
  edits.insertAfter(bodyStart(self, text), `static{${alias}=this;}`)
}

export const legacyClassNames = (): TextRule => {
  const exported = new WeakMap<Ast.AnyNode, Ast.AnyNode>()
  return {
    ExportDeclaration: (item) => {
      exported.set(item.declaration, item)
    },
    ClassDeclaration: (self, context) => visit(self, exported.get(self) ?? self, context)
  }
}
