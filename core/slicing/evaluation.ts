/**
 * Which modules have to be loaded although nothing of them is named: those that lead to modules whose evaluation matters,
 * so that these are evaluated at all, and in the program's order.
 */
import * as Order from "effect/Order"
import type { CodeModule } from "../modules/Module.ts"
import type { Evaluation, ReachedModule, StaticEdge } from "./Reached.ts"
import { orderedModules } from "./evaluationOrder.ts"
import type { LiveStatements } from "./LiveStatements.ts"
import { importersOf, type LoadedProgram } from "./loadProgram.ts"
import { condense } from "./reachability.ts"

export interface FoundEvaluation extends Evaluation {
  /** Paths of the modules that, while they are loaded, may change or see what another one changes meanwhile. */
  readonly conflicting: ReadonlySet<string>
}

/**
 * `root` is the path of the module that is loaded first; `kept` are the modules of which something is kept; `isWanted` says whether that is so because of what it does while the
 * module is loaded.
 */
export const evaluationOf = (
  program: LoadedProgram,
  live: LiveStatements,
  root: string,
  kept: ReadonlyMap<string, ReachedModule>,
  isWanted: (module: CodeModule) => boolean
): FoundEvaluation => {
  const items = new Map<number, ReadonlySet<number>>()
  for (const [path, reached] of kept) {
    const index = program.indexOf.get(path)
    if (index !== undefined && reached.items.size > 0) items.set(index, reached.items)
  }
  const conflicting = new Set<string>()
  for (const index of orderedModules(live, items)) {
    const source = program.sources[index]
    if (source !== undefined) conflicting.add(source.path)
  }
  const matters = new Set(conflicting)
  for (const { module } of kept.values()) if (module.record.system === "commonjs") matters.add(module.path)
  const component = components(program)
  const eager = new Set<number>()
  for (const [path, { items: own, module }] of kept) {
    const cycle = component.get(path)
    if (cycle === undefined || cycle.size < 2) continue
    const within = new Set(
      (program.edges.get(path) ?? []).filter((edge) => component.get(edge.path) === cycle)
        .map(({ request }) => request.specifier)
    )
    const imports = new Set(
      module.record.imports.filter(({ specifier }) => within.has(specifier))
        .flatMap(({ bindings }) => bindings.map(({ local }) => local))
    )
    const uses = [...own].some((index) =>
      module.record.items[index]?.references.some((each) => each.eager && imports.has(each.name)) === true
    )
    if (uses) eager.add(cycle.id)
  }
  for (const path of kept.keys()) {
    const cycle = component.get(path)
    if (cycle === undefined || !eager.has(cycle.id)) continue
    matters.add(path)
    // What the cycle imports has to be there before it
    for (const edge of program.edges.get(path) ?? []) if (kept.has(edge.path)) matters.add(edge.path)
  }

  // Whoever leads there
  const importers = importersOf(program)
  const ordered = new Set(matters)
  const queue = [...matters]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    // Whoever imports the first module, in a cycle, leads to what is being loaded already
    for (const importer of path === root ? [] : importers.get(path) ?? []) {
      if (ordered.has(importer)) continue
      ordered.add(importer)
      queue.push(importer)
    }
  }
  const requests = new Map<string, ReadonlyArray<StaticEdge>>()
  for (const path of ordered) {
    requests.set(path, (program.edges.get(path) ?? []).filter((edge) => edge.path !== root && ordered.has(edge.path)))
  }

  // Of others it matters only that they are loaded: by one way, the shortest
  const distances = distancesFrom(root, program)
  for (const source of program.sources) {
    if (!isWanted(source)) continue
    for (let path = source.path; path !== root && !ordered.has(path);) {
      const distance = distances.get(path) ?? Infinity
      const importer = (importers.get(path) ?? []).filter((each) => distances.get(each) === distance - 1)
        .sort(Order.string)[0]
      ordered.add(path)
      if (importer === undefined) break
      const edge = program.edges.get(importer)?.find((each) => each.path === path)
      const known = requests.get(importer) ?? []
      if (edge !== undefined && !known.includes(edge)) requests.set(importer, [...known, edge])
      path = importer
    }
  }
  return { ordered, requests, conflicting }
}

/** How many imports lead from a module to each other. */
const distancesFrom = (root: string, program: LoadedProgram): ReadonlyMap<string, number> => {
  const distances = new Map([[root, 0]])
  for (const [path, distance] of distances) {
    for (const edge of program.edges.get(path) ?? []) {
      if (!distances.has(edge.path)) distances.set(edge.path, distance + 1)
    }
  }
  return distances
}

/** The cycles of imports, by the modules in them. */
const components = ({ edges, indexOf, sources }: LoadedProgram): ReadonlyMap<string, Component> => {
  const { nodes } = condense(
    sources.keys(),
    (index) => (edges.get(sources[index]?.path ?? "") ?? []).flatMap(({ path }) => indexOf.get(path) ?? [])
  )
  const found = new Map<string, Component>()
  for (const [id, members] of nodes.entries()) {
    const component: Component = { id, size: members.length }
    for (const index of members) found.set(sources[index]?.path ?? "", component)
  }
  return found
}

interface Component {
  readonly id: number
  readonly size: number
}
