/**
 * Members of an enum that another declaration of it mentions by their bare names: `enum E { a = 1 } enum E { b = a * 2 }`.
 *
 * They are written as `E.a`. In a namespace of the same name they are refused where nothing else has the name: there
 * TypeScript takes the member, and esbuild, which runs the source, a variable that does not exist.
 */
import { asName, isTypeSyntax } from "../../../../language/Syntax.ts"
import * as Ast from "../../../../language/Ast.ts"
import type { Context, TextRule } from "../TextRule.ts"

const memberName = (member: Ast.TsEnumMember): string => member.id.value

/** Each mention of one of `names` below `node` as a variable. */
const mentions = (node: Ast.AnyNode, names: ReadonlySet<string>, into: Array<Ast.AnyNode>): void => {
  if (isTypeSyntax(node)) return
  const name = asName(node)
  if (name !== undefined && names.has(name.value)) into.push(node)
  for (const child of Ast.children(node)) mentions(child, names, into)
}

const declared = (item: Ast.AnyNode): Ast.AnyNode =>
  item.type === "ExportDeclaration" ? (item as Ast.ExportDeclaration).declaration : item

const list = (statements: ReadonlyArray<Ast.AnyNode>, { edits, refused }: Context): void => {
  const members = new Map<string, Set<string>>()
  for (const statement of statements.map(declared)) {
    if (statement.type === "TsEnumDeclaration") {
      // `type` says so
      const { id, members: own } = statement as Ast.TsEnumDeclaration
      const known = members.get(id.value) ?? new Set()
      const earlier = new Set(known)
      for (const member of own) earlier.delete(memberName(member))
      for (const { init } of own) {
        const found: Array<Ast.AnyNode> = []
        if (init) mentions(init, earlier, found)
        for (const node of found) edits.wrap(Ast.spanOf(node).start, Ast.spanOf(node).start, `${id.value}.`, "")
      }
      for (const member of own) known.add(memberName(member))
      members.set(id.value, known)
    } else if (statement.type === "TsModuleDeclaration") {
      const { body, id } = statement as Ast.TsModuleDeclaration
      const known = id.type === "Identifier" ? members.get(id.value) : undefined
      if (known === undefined || !body) continue
      const found: Array<Ast.AnyNode> = []
      mentions(body, known, found)
      const node = found.find((each) => asName(each)?.ctxt === Ast.unresolved)
      if (node === undefined) continue
      const name = `${id.value}.${asName(node)?.value ?? ""}`
      refused.push({
        node,
        why: `It is a member of the enum of this name, which compilers see differently: write ${name}.`
      })
    }
  }
}

export const mergedEnums: TextRule = {
  Module: ({ body }, context) => list(body, context),
  BlockStatement: ({ stmts }, context) => list(stmts, context)
}
