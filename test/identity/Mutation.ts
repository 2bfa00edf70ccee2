/**
 * Changes of a generated project that must change its package: each at a place that the function reaches.
 */
import type * as Choices from "./Choices.ts"
import type { Declaration, Fill, Item, ProjectModel } from "./ProjectModel.ts"
import * as Model from "./ProjectModel.ts"

/** What is changed; `undefined` where the project has no place for it. */
export type Mutation = (model: ProjectModel, choices: Choices.Choices) => ProjectModel | undefined

const oneOf = <A>(list: ReadonlyArray<A>, choices: Choices.Choices): A | undefined => list[choices.below(list.length)]

const mapItems = (model: ProjectModel, change: (item: Item) => ReadonlyArray<Item>): ProjectModel => ({
  ...model,
  modules: model.modules.map((module) => ({ ...module, items: module.items.flatMap(change) }))
})

/** Changes one declaration that goes along and fulfils `suits`. */
const declaration = (
  suits: (declaration: Declaration) => boolean,
  change: (declaration: Declaration) => Declaration
): Mutation =>
(model, choices) => {
  const need = Model.needed(model)
  const chosen = oneOf(
    Model.declarationsOf(model).filter((each) => need.declarations.has(each.id) && suits(each)),
    choices
  )
  return chosen && mapItems(model, (item) =>
    item._tag === "Declaration" && item.declaration.id === chosen.id
      ? [{ _tag: "Declaration", declaration: change(item.declaration) }]
      : [item])
}

/** Changes one statement that goes along. */
const fill = (change: (fill: Fill) => ReadonlyArray<Fill>): Mutation => (model, choices) => {
  const chosen = oneOf([...Model.needed(model).fills], choices)
  return chosen && mapItems(model, (item) =>
    item._tag === "Fill" && item.fill === chosen
      ? change(item.fill).map((each): Item => ({ _tag: "Fill", fill: each }))
      : [item])
}

const hasLocal: ReadonlySet<string> = new Set(["function", "async", "generator", "arrow"])
const readsFile: ReadonlySet<string> = new Set(["data", "workingData"])

/** A salt is a literal in the text of every declaration but those that read a file. */
const hasLiteral = ({ kind }: Declaration): boolean => !readsFile.has(kind) && kind !== "json" && kind !== "builtin"

const contents =
  (kinds: ReadonlySet<string>, change: (text: string) => string | undefined): Mutation => (model, choices) => {
    const need = Model.needed(model)
    const chosen = oneOf(
      Model.declarationsOf(model).filter(({ id, kind }) => need.declarations.has(id) && kinds.has(kind)),
      choices
    )
    const text = chosen && model.contents.get(chosen.id)
    return chosen === undefined || text === undefined
      ? undefined
      : { ...model, contents: new Map([...model.contents, [chosen.id, change(text)]]) }
  }

/** By what is changed. */
export const mutations: Readonly<Record<string, Mutation>> = {
  "a literal": declaration(hasLiteral, (each) => ({ ...each, salt: each.salt + 1000 })),
  "the name of a local": declaration(
    ({ kind }) => hasLocal.has(kind),
    (each) => ({ ...each, local: `${each.local}renamed` })
  ),
  "the name of a declaration": declaration(
    ({ name }) => name !== "main",
    (each) => ({ ...each, name: `${each.name}renamed` })
  ),
  "a statement that stays": fill((each) => [{ ...each, key: each.key + 1000 }]),
  "one more statement that stays": fill((each) => [each, { ...each, key: each.key + 1000 }]),
  "one statement less that stays": fill(() => []),
  "the bytes of a data file": contents(readsFile, (text) => `${text}more\n`),
  "the presence of a data file": contents(readsFile, () => undefined),
  "a value in a JSON module": contents(new Set(["json"]), (text) => text.replace("null", "0")),
  "the path of a module": (model) => ({
    ...model,
    modules: model.modules.map((module, index) => index === 0 ? { ...module, path: `${module.path}moved` } : module)
  })
}
