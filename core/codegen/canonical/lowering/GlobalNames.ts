/**
 * Keeps the names of locals that shadow a global.
 *
 * SWC gives a local another name (`fetch1`) when the module also means the global `fetch` somewhere: that would change what
 * `fn.name` says. A declaration at the top of the module prevents it: the local then shadows that. It is added for the
 * lowering alone, with a first name that no program has.
 */
import * as Ast from "../../../language/Ast.ts"

const marker = "clustrix$globals"

/** Words that end in a digit, as the names that SWC makes do. */
const numbered = /\b[A-Za-z_$][\w$]*\d\b/g

/** How often each of them occurs. */
const words = (text: string): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const word of text.match(numbered) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}

/** Cannot be declared in strict mode. */
const undeclarable: ReadonlySet<string> = new Set(["arguments", "eval", "await", "yield", "let", "static"])

const unresolvedNames = (module: Ast.Module): ReadonlySet<string> => {
  const names = new Set<string>()
  const pending: Array<object> = [module]
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if ("ctxt" in node && node.ctxt === Ast.unresolved && "value" in node && typeof node.value === "string") {
      names.add(node.value)
    }
    for (const value of Object.values(node)) {
      if (typeof value === "object" && value !== null) pending.push(value)
    }
  }
  return names
}

/** The globals whose shadows were renamed when `before` was lowered to `after`, whose tree is `module`. */
export const renamed = (before: string, after: string, module: Ast.Module): ReadonlyArray<string> => {
  const made = words(after)
  if (made.size === 0) return []
  const written = words(before)
  const found = new Set<string>()
  let globals: ReadonlySet<string> | undefined
  for (const [word, count] of made) {
    if (count <= (written.get(word) ?? 0)) continue
    globals ??= unresolvedNames(module)
    for (let stem = word.slice(0, -1);; stem = stem.slice(0, -1)) {
      if (globals.has(stem) && !undeclarable.has(stem)) found.add(stem)
      if (!/\d$/.test(stem)) break
    }
  }
  return [...found]
}

/** `text` with a declaration of `names`, which nothing before it notices. */
export const declare = (text: string, names: ReadonlyArray<string>): string =>
  `${text}\nlet ${[marker, ...names].join(",")};`

const declarationIn = (module: Ast.Module): Ast.VariableDeclaration | undefined =>
  module.body.find((item): item is Ast.VariableDeclaration => {
    if (item.type !== "VariableDeclaration") return false
    const id = item.declarations[0]?.id
    return id?.type === "Identifier" && id.value === marker
  })

/** Whether the lowering left the declared names alone: only then can the declaration be taken out again. */
export const isIntact = (module: Ast.Module, names: ReadonlyArray<string>): boolean => {
  const found = declarationIn(module)?.declarations.slice(1).map(({ id }) => id.type === "Identifier" ? id.value : "")
  return found !== undefined && found.length === names.length && found.every((name, index) => name === names[index])
}

/** Takes the declaration out again. */
export const undeclare = (module: Ast.Module): void => {
  const declaration = declarationIn(module)
  module.body = module.body.filter((item) => item !== declaration)
}
