/**
 * Pinned knowledge about Node's own modules: which of their functions change nothing that they are given.
 */
import type * as Ast from "../syntax/Ast.ts"
import { syntax } from "../language/Syntax.ts"

const all = "all"

/** From the documentation of Node 26; what is not listed counts as changing its arguments. */
const pureFunctions: ReadonlyMap<string, typeof all | ReadonlySet<string>> = new Map<
  string,
  typeof all | ReadonlySet<string>
>([
  ["os", all],
  ["path", all],
  ["path/posix", all],
  ["path/win32", all],
  ["querystring", all],
  ["url", all],
  ["util/types", all],
  [
    "util",
    new Set([
      "callbackify",
      "debuglog",
      "deprecate",
      "format",
      "formatWithOptions",
      "inspect",
      "isArray",
      "isDeepStrictEqual",
      "parseArgs",
      "parseEnv",
      "promisify",
      "stripVTControlCharacters",
      "styleText",
      "toUSVString",
      "types"
    ])
  ]
])

const isPure = (specifier: string, path: ReadonlyArray<string>): boolean => {
  const pure = pureFunctions.get(specifier.replace(/^node:/, ""))
  const [first] = path
  return pure === all || (pure !== undefined && first !== undefined && pure.has(first))
}

/** Whether calling the top-level name `name`, or its `member`, calls such a function. */
export const pureImports = (module: Ast.Module): (name: string, member: string | undefined) => boolean => {
  const imported = new Map<string, { readonly specifier: string; readonly name: string | undefined }>()
  for (const statement of module.body) {
    const self = syntax(statement)
    if (self.type !== "ImportDeclaration") continue
    for (const each of self.specifiers) {
      const name = each.type === "ImportSpecifier" ? (each.imported ?? each.local).value : undefined
      imported.set(each.local.value, {
        specifier: self.source.value,
        name: name === "default" ? undefined : name
      })
    }
  }
  return (name, member) => {
    const found = imported.get(name)
    return found !== undefined &&
      isPure(found.specifier, [found.name, member].filter((each) => each !== undefined))
  }
}
