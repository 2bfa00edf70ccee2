/**
 * What tells the requests for modules apart: the specifier, and the attributes.
 */
import type * as Ast from "../../../language/Ast.ts"

const ignored: ReadonlySet<string> = new Set(["ctxt", "raw", "span"])

export const requestKey = (
  declaration: Ast.AnyNode & { readonly with?: Ast.ObjectExpression | null },
  specifier: string
): string =>
  JSON.stringify(
    [specifier, declaration.with ?? null],
    // `JSON.stringify` hands over what it is to write
    (key, value: unknown) => ignored.has(key) ? undefined : value
  )
