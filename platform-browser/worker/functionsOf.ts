/**
 * The functions of a project that can be packaged.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { anonymousDefault, type Item, type Signature } from "../../core/modules/ModuleRecord.ts"
import { type CodeModule, locate } from "../../core/modules/Module.ts"
import * as ModuleLoader from "../../core/modules/ModuleLoader.ts"
import { isDeclaration, kindOf } from "../../core/resolution/SourceFile.ts"
import * as Describe from "./describe.ts"
import type { FunctionList, PackageableFunction, PlaceRange } from "./PackageAnalysis.ts"

const isCode = (path: string): boolean => {
  const kind = kindOf(path)
  return kind !== undefined && kind.language !== "json" && !isDeclaration(path) && /\.[^/]+$/.test(path) &&
    !/(^|\/)node_modules\//.test(path)
}

const rangeOf = (module: CodeModule, [start, end]: readonly [number, number]): PlaceRange => {
  const [from, to] = [locate(module, start), locate(module, end)]
  return {
    file: module.file,
    start: { line: from.line, column: from.column },
    end: { line: to.line, column: to.column }
  }
}

const plain: Signature = { isAsync: false, isGenerator: false, parameters: [] }

const described = (
  module: CodeModule,
  name: string,
  exported: boolean,
  range: readonly [number, number],
  { isAsync, isGenerator, parameters }: Signature = plain
): PackageableFunction => ({
  reference: `${module.file}#${name}`,
  file: module.file,
  name,
  exported,
  isAsync,
  isGenerator,
  parameters,
  range: rangeOf(module, range)
})

const ofItem = (module: CodeModule, item: Item, exported: ReadonlySet<string>): ReadonlyArray<PackageableFunction> =>
  item.declares.flatMap((local) => {
    const name = local === anonymousDefault ? "default" : local
    const isExported = name === "default" || exported.has(local)
    const methods = item.methods.map((method) =>
      described(module, `${name}.${method.name}`, isExported, method.range, method.signature)
    )
    return item.callable === "function" ? [described(module, name, isExported, item.range, item.signature), ...methods]
      : methods
  })

const ofModule = (module: CodeModule): ReadonlyArray<PackageableFunction> => {
  const { record } = module
  if (record.system === "commonjs") {
    return record.commonJsExports.flatMap(({ functionOffset, local, name }) => {
      const item = local === undefined ? undefined : module.declarations.get(local)?.[0]
      const at = functionOffset ?? item?.range[0]
      if (at === undefined || (functionOffset === undefined && item?.callable !== "function")) return []
      return [described(module, name, true, item?.range ?? [at, at], item?.signature)]
    })
  }
  const exported = new Set(record.exports.flatMap(({ from, local }) => from === undefined ? [local] : []))
  return record.items.flatMap((item) => ofItem(module, item, exported))
}

/** What a module's functions are, as long as its text stays; the files that say how modules are read have none. */
export interface FunctionMemory {
  /** By path. */
  readonly known: Map<string, { readonly content: string | Uint8Array; readonly list: FunctionList }>
}

/** Whether the file decides how others are read. */
export const isConfiguration = (path: string): boolean => /(?:^|\/)(?:package|[tj]sconfig[^/]*)\.json$/.test(path)

/**
 * Looks at every module among `contents`, by path relative to `directory`, that `memory` does not know. A module that cannot
 * be read is a remark.
 */
export const functionsOf = (
  directory: string,
  contents: ReadonlyMap<string, string | Uint8Array>,
  memory: FunctionMemory
) =>
  Effect.gen(function*() {
    const loader = ModuleLoader.make((path) => path.slice(directory.length + 1))
    const lists: Array<FunctionList> = []
    for (const path of [...contents.keys()].filter(isCode).sort(Order.string)) {
      const content = contents.get(path) ?? ""
      const known = memory.known.get(path)
      if (known?.content === content) {
        lists.push(known.list)
        continue
      }
      const loaded = yield* Effect.either(loader.load(`${directory}/${path}`))
      const list: FunctionList = loaded._tag === "Left"
        ? { functions: [], diagnostics: [Describe.remarkOf(loaded.left)] }
        : { functions: loaded.right._tag === "Code" ? ofModule(loaded.right) : [], diagnostics: [] }
      memory.known.set(path, { content, list })
      lists.push(list)
    }
    return {
      functions: lists.flatMap(({ functions }) => functions),
      diagnostics: lists.flatMap(({ diagnostics }) => diagnostics)
    } satisfies FunctionList
  })
