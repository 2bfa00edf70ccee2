/**
 * A source file of the project as the graph sees it.
 */
import type { ImportRequest, Item, ModuleRecord } from "./ModuleRecord.ts"
import { anonymousDefault } from "./ModuleRecord.ts"
import type { CompilerOptions, SourceKind } from "../resolution/ModuleResolver.ts"
import { fromLines, lineStarts, type SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { NodeId } from "./Reason.ts"

/** A module that is code: it has a record. */
export interface CodeModule {
  readonly _tag: "Code"
  /** Absolute real path. */
  readonly path: string
  /** As people name it: relative to the directory of the analysis. */
  readonly file: string
  readonly text: string
  /** SHA-256 of `text`. */
  readonly digest: string
  readonly kind: SourceKind
  readonly compilerOptions: CompilerOptions
  readonly record: ModuleRecord
  /** Top-level name to the items that declare it, in order. */
  readonly declarations: ReadonlyMap<string, ReadonlyArray<Item>>
}

/** A JSON module: its value is its export. */
export interface JsonModule {
  readonly _tag: "Json"
  readonly path: string
  readonly file: string
  readonly text: string
  readonly digest: string
}

export type Module = CodeModule | JsonModule

/** Whether Node gets the module as CommonJS, although it is written as an ES module. */
export const isCompiledToCommonJs = ({ kind, record }: CodeModule): boolean =>
  kind.language === "typescript" && kind.moduleSystem !== "esm" && record.system === "esm"

/** Whether nothing that an import binds is used as a value. */
const isUnused = ({ record }: CodeModule, { bindings }: ImportRequest): boolean =>
  bindings.every(({ local }) =>
    record.constraints.names[local] === undefined &&
    !record.exports.some((each) => each.from === undefined && each.local === local) &&
    !record.items.some(({ jsx, metadataTypes }) => jsx || metadataTypes.includes(local))
  )

/** Whether TypeScript leaves the import out, since nothing of it is used as a value. */
export const isElided = (module: CodeModule, request: ImportRequest): boolean =>
  !request.bare && module.kind.language === "typescript" && !module.compilerOptions.verbatimModuleSyntax &&
  isUnused(module, request)

/** Whether all that an import does is to have another module evaluated. */
export const isForEffects = (module: CodeModule, request: ImportRequest): boolean =>
  request.bare || (!request.require && isUnused(module, request) && !isElided(module, request))

export const declarationsOf = (record: ModuleRecord): ReadonlyMap<string, ReadonlyArray<Item>> => {
  const declarations = new Map<string, Array<Item>>()
  for (const item of record.items) {
    for (const name of item.declares) {
      const known = declarations.get(name)
      if (known === undefined) declarations.set(name, [item])
      else known.push(item)
    }
  }
  return declarations
}

const lines = new WeakMap<object, ReadonlyArray<number>>()

/** Where `offset` of the module's text is. */
export const locate = (module: { readonly file: string; readonly text: string }, offset: number): SourceLocation => {
  const starts = lines.get(module) ?? lineStarts(module.text)
  lines.set(module, starts)
  return fromLines(module.file, starts, offset)
}

/** What people call the item: a function inside of others by its own name. */
const nameOf = (item: Item): string | undefined =>
  item.kind === "statement" ? undefined : item.inner === undefined ? item.declares[0] : item.inner.name || undefined

/** `src/a.ts#helper`, `src/a.ts#default`, or `src/a.ts:12` for a statement, or a function without a name. */
export const nodeId = (module: CodeModule, item: Item): NodeId => {
  const name = nameOf(item)
  if (name === undefined) return `${module.file}:${locate(module, item.range[0]).line}`
  return `${module.file}#${name === anonymousDefault ? "default" : name}`
}

/** The name of an item in a sentence. */
export const itemLabel = (module: CodeModule, item: Item): string => {
  const name = nameOf(item)
  if (name === undefined) {
    return `the ${item.inner === undefined ? "statement" : "function"} at ${locate(module, item.range[0])}`
  }
  return name === anonymousDefault ? "the default export" : `\`${name}\``
}
