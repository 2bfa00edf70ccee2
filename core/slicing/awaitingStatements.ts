/**
 * Statements that wait at the top level of a module. While they do, modules beside theirs are evaluated, so they are part
 * of the order of evaluation even where nothing of what they say is used.
 */
import type { Item } from "../modules/ModuleRecord.ts"
import type { CodeModule } from "../modules/Module.ts"
import { importersOf, type LoadedProgram } from "./loadProgram.ts"

export interface AwaitingStatement {
  readonly module: CodeModule
  readonly item: Item
}

/** All modules that can be reached from `path` by `edges`, itself included. */
const closure = (path: string, edges: (path: string) => ReadonlyArray<string>): ReadonlySet<string> => {
  const found = new Set([path])
  for (const each of found) for (const next of edges(each)) found.add(next)
  return found
}

/** Each module's place in the order of evaluation, if nothing waits: what it imports comes first. */
const evaluationOrder = (program: LoadedProgram, entry: string): ReadonlyMap<string, number> => {
  const order = new Map<string, number>()
  const entered = new Set<string>()
  for (const root of [entry, ...program.sources.map(({ path }) => path)]) {
    const work: Array<{ readonly path: string; at: number }> = []
    const enter = (path: string): void => {
      if (entered.has(path)) return
      entered.add(path)
      work.push({ path, at: 0 })
    }
    enter(root)
    for (let frame = work[work.length - 1]; frame !== undefined; frame = work[work.length - 1]) {
      const edge = program.edges.get(frame.path)?.[frame.at++]
      if (edge !== undefined) enter(edge.path)
      else {
        work.pop()
        order.set(frame.path, order.size)
      }
    }
  }
  return order
}

/**
 * The statements whose waiting may show: they delay a module that is among `conflicting`, or their own is, and another one
 * of these is evaluated meanwhile. `conflicting` are the modules whose place in the order of evaluation can be observed.
 */
export const awaitingStatements = (
  program: LoadedProgram,
  entry: string,
  conflicting: ReadonlySet<string>
): ReadonlyArray<AwaitingStatement> => {
  const awaiting = program.sources.flatMap((module) => {
    const items = module.record.items.filter((item) => item.awaits)
    return items.length === 0 ? [] : [{ module, items }]
  })
  if (awaiting.length === 0 || conflicting.size < 2) return []
  const importers = importersOf(program)
  const from = (path: string): ReadonlyArray<string> => importers.get(path) ?? []
  const importsOf = (path: string): ReadonlyArray<string> => (program.edges.get(path) ?? []).map((edge) => edge.path)
  const order = evaluationOrder(program, entry)
  const waiting = new Set(awaiting.flatMap(({ module }) => [...closure(module.path, from)]))

  const found: Array<AwaitingStatement> = []
  for (const { items, module } of awaiting) {
    const delayed = closure(module.path, from)
    if (![...delayed].some((path) => conflicting.has(path))) continue
    const before = closure(module.path, importsOf)
    const place = order.get(module.path) ?? 0
    const isMeanwhile = (path: string): boolean =>
      !delayed.has(path) && !before.has(path) && (waiting.has(path) || (order.get(path) ?? 0) > place)
    if ([...conflicting].some(isMeanwhile)) found.push(...items.map((item) => ({ module, item })))
  }
  return found
}
