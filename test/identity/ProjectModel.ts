/**
 * Projects of several modules as data: what they declare and what needs what, without a way of writing it.
 */
import * as Choices from "./Choices.ts"

/** What a declaration is; `printProject` knows how each is written. */
export type Kind =
  | "function"
  | "async"
  | "generator"
  | "arrow"
  | "constant"
  | "object"
  | "regex"
  | "class"
  | "subclass"
  | "enum"
  | "namespace"
  | "table"
  | "data"
  | "workingData"
  | "json"
  | "npm"
  | "builtin"

export interface Declaration {
  readonly id: number
  readonly name: string
  readonly kind: Kind
  /** A literal somewhere in its text. */
  readonly salt: number
  /** The name of a local variable in it. */
  readonly local: string
  /** Ids of the declarations that it uses when it runs, not when it is evaluated. */
  readonly uses: ReadonlyArray<number>
  /** Ids of the declarations that its evaluation needs. */
  readonly needs: ReadonlyArray<number>
}

/** A statement at the top level that puts something into the table `target`. */
export interface Fill {
  readonly target: number
  readonly way: "call" | "loop" | "index" | "immediate" | "handedOn"
  readonly key: number
  readonly needs: ReadonlyArray<number>
}

export type Item =
  | { readonly _tag: "Declaration"; readonly declaration: Declaration }
  | { readonly _tag: "Fill"; readonly fill: Fill }

export interface ModuleModel {
  /** Without extension, below the project's directory. */
  readonly path: string
  readonly items: ReadonlyArray<Item>
  /** Declarations of other modules that it re-exports, by name or (`"*"`) with all of their modules. */
  readonly reexports: ReadonlyArray<{ readonly module: number; readonly names: ReadonlyArray<number> | "*" }>
}

export interface ProjectModel {
  readonly modules: ReadonlyArray<ModuleModel>
  /** Id of the function to package. */
  readonly entry: number
  readonly wrapped: boolean
  /** Through which module `[importer, target]` is imported, when not directly. */
  readonly through: ReadonlyMap<string, number>
  readonly packageVersion: string
  /** Contents of data and JSON files by the id of the declaration that reads them; `undefined`: there is none. */
  readonly contents: ReadonlyMap<number, string | undefined>
}

export const declarationsOf = (model: ProjectModel): ReadonlyArray<Declaration> =>
  model.modules.flatMap(({ items }) => items.flatMap((item) => item._tag === "Declaration" ? [item.declaration] : []))

export const declarationOf = (model: ProjectModel, id: number): Declaration => {
  const found = declarationsOf(model).find((each) => each.id === id)
  if (found === undefined) throw new Error(`The model has no declaration ${id}`)
  return found
}

export const moduleOf = (model: ProjectModel, id: number): number =>
  model.modules.findIndex(({ items }) =>
    items.some((item) => item._tag === "Declaration" && item.declaration.id === id)
  )

/** What must go along with the entry, worked out on the model alone. */
export interface Needed {
  readonly declarations: ReadonlySet<number>
  readonly fills: ReadonlySet<Fill>
  /** Modules of which anything goes along, or through which it is imported. */
  readonly modules: ReadonlySet<number>
}

export const needed = (model: ProjectModel): Needed => {
  const declarations = new Set<number>()
  const fills = new Set<Fill>()
  const modules = new Set<number>()
  const need = (id: number, from: number | undefined): void => {
    const home = moduleOf(model, id)
    modules.add(home)
    const through = from === undefined ? undefined : model.through.get(`${from} ${home}`)
    if (through !== undefined) modules.add(through)
    if (declarations.has(id)) return
    declarations.add(id)
    const { needs, uses } = declarationOf(model, id)
    for (const each of [...needs, ...uses]) need(each, home)
  }
  need(model.entry, undefined)
  for (let before = -1; before !== fills.size;) {
    before = fills.size
    for (const [index, module] of model.modules.entries()) {
      if (!modules.has(index)) continue
      for (const item of module.items) {
        if (item._tag === "Declaration" || fills.has(item.fill) || !declarations.has(item.fill.target)) continue
        fills.add(item.fill)
        need(item.fill.target, index)
        for (const each of item.fill.needs) need(each, index)
      }
    }
  }
  return { declarations, fills, modules }
}

const kinds: readonly [Kind, ...ReadonlyArray<Kind>] = [
  "function",
  "function",
  "async",
  "generator",
  "arrow",
  "arrow",
  "constant",
  "object",
  "regex",
  "class",
  "subclass",
  "enum",
  "namespace",
  "table",
  "table",
  "data",
  "workingData",
  "json",
  "npm",
  "builtin"
]

const plain: ReadonlySet<Kind> = new Set(["function", "async", "generator", "arrow"])
const evaluates: ReadonlySet<Kind> = new Set(["object", "subclass"])
const runs: ReadonlySet<Kind> = new Set(["function", "async", "generator", "arrow", "class", "subclass", "namespace"])

/**
 * Whether modules of a cycle need each other while they load. Then every import in the cycle counts, also of what is not
 * reached: it is a matter of the order of evaluation whether the program can be loaded.
 */
export const hasNeedsInCycle = (model: ProjectModel): boolean => {
  const edges = model.modules.map(({ items, reexports }, index) => ({
    needs: new Set(
      items.flatMap((item) => item._tag === "Fill" ? [item.fill.target, ...item.fill.needs] : item.declaration.needs)
        .map((id) => moduleOf(model, id)).filter((other) => other !== index)
    ),
    uses: new Set([
      ...items.flatMap((item) => item._tag === "Fill" ? [] : item.declaration.uses).map((id) => moduleOf(model, id)),
      ...reexports.map(({ module }) => module)
    ])
  }))
  const leads = (from: number, to: number): boolean => {
    const seen = new Set([from])
    for (const at of seen) for (const next of [...edges[at]?.needs ?? [], ...edges[at]?.uses ?? []]) seen.add(next)
    return seen.has(to)
  }
  return edges.some(({ needs }, index) => [...needs].some((other) => leads(other, index)))
}

/** A project with about `size` declarations, as `seed` decides. */
export const generate = (seed: number, size: number): ProjectModel => {
  const choices = Choices.make(seed)
  const count = 1 + choices.below(Math.min(5, size))
  const folders = choices.pick<ReadonlyArray<string>>([["src"], ["src", "src/lib"], ["src", "src/lib", "tools"]])
  const homes: Array<Array<Item>> = Array.from({ length: count }, () => [])
  const made: Array<{ readonly declaration: Declaration; readonly home: number }> = []
  const someOf = (
    list: ReadonlyArray<number>,
    most: number
  ): ReadonlyArray<number> => [...new Set(choices.shuffled(list).slice(0, choices.below(most + 1)))]

  const total = 2 + choices.below(size)
  for (let id = 0; id < total; id++) {
    const kind: Kind = id === total - 1 ? choices.pick(["function", "async", "arrow"]) : choices.pick(kinds)
    const home = id === total - 1 ? 0 : choices.below(count)
    const earlier = made.map(({ declaration }) => declaration.id)
    const classes = made.flatMap(({ declaration }) => declaration.kind === "class" ? [declaration.id] : [])
    const declaration: Declaration = {
      id,
      name: id === total - 1 ? "main" : `${kind}${id}`,
      kind: kind === "subclass" && classes.length === 0 ? "class" : kind,
      salt: choices.below(1000),
      local: `local${choices.below(9)}`,
      // Later ones too: cycles
      uses: runs.has(kind) ? someOf(Array.from({ length: total - 1 }, (_, each) => each), id === total - 1 ? 4 : 2)
        : [],
      needs: kind === "subclass" ? classes.slice(-1) : evaluates.has(kind) ? someOf(earlier, 2) : []
    }
    made.push({ declaration, home })
    homes[home]?.push({ _tag: "Declaration", declaration })
    if (declaration.kind !== "table") continue
    for (let fills = choices.below(4); fills > 0; fills--) {
      const at = choices.once(4) ? choices.below(count) : home
      const way = choices.pick<Fill["way"]>(["call", "loop", "index", "immediate", "handedOn"])
      const fill: Fill = {
        target: id,
        way,
        key: choices.below(100),
        // Plain functions: handing over anything else may change that
        needs: way === "index" || way === "handedOn" ? [] : someOf(
          made.flatMap((each) => plain.has(each.declaration.kind) ? [each.declaration.id] : []),
          1
        )
      }
      homes[at]?.push({ _tag: "Fill", fill })
    }
  }

  const modules: Array<ModuleModel> = homes.map((items, index) => ({
    path: `${folders[choices.below(folders.length)] ?? "src"}/m${index}`,
    items,
    reexports: []
  }))
  const through = new Map<string, number>()
  for (const [index, items] of homes.entries()) {
    if (items.length === 0 || !choices.once(2)) continue
    const names = items.flatMap((item) => item._tag === "Declaration" ? [item.declaration.id] : [])
    const barrel = modules.length
    modules.push({
      path: `src/barrel${index}`,
      items: [],
      reexports: [{ module: index, names: choices.once(2) ? "*" : names }]
    })
    for (let importer = 0; importer < count; importer++) {
      if (importer !== index && choices.once(2)) through.set(`${importer} ${index}`, barrel)
    }
  }
  return {
    modules,
    entry: total - 1,
    wrapped: choices.once(4),
    through,
    packageVersion: "1.0.0",
    contents: new Map(
      made.flatMap(({ declaration: { id, kind, salt } }): ReadonlyArray<readonly [number, string]> =>
        kind === "json" ? [[id, `{ "a": ${salt}, "b": [true, null] }\n`]]
          : kind === "data" || kind === "workingData" ? [[id, `data ${salt}\n`]]
          : []
      )
    )
  }
}
