/**
 * Who calls which function of the project with what: this is how a path that is passed as an argument becomes known.
 */
import type * as Evaluation from "./Evaluation.ts"
import type * as Fold from "./Fold.ts"
import type * as Value from "./Value.ts"

/** A call as an analysis has recorded it. `module` is an absolute path. */
export interface RecordedCall {
  readonly module: string
  readonly callee: Fold.Fold
  readonly arguments: ReadonlyArray<Fold.Fold>
  readonly construct: boolean
}

/** The arguments of one call. */
export interface CallSite {
  readonly arguments: ReadonlyArray<Value.Thunk>
}

/** Calls by `module|function`. */
export interface CallSites {
  /** How many calls of known functions were found. */
  readonly size: number
  readonly get: (key: string) => ReadonlyArray<CallSite>
  /** Whether the function is handed to code that is not followed: it may be called with anything. */
  readonly escapes: (key: string) => boolean
}

/** Methods that call a function with each element; the number is the place of the element among the arguments. */
const iterating: ReadonlyMap<string, number> = new Map([
  ...["map", "flatMap", "forEach", "filter", "find", "findLast", "findIndex", "some", "every"].map((name) =>
    [name, 0] as const
  ),
  ["reduce", 1],
  ["reduceRight", 1]
])

/** Whether `name` is that of a method that calls a function with each element. */
export const isIterating = (name: string): boolean => iterating.has(name)

const keyOf = (value: Value.FunctionValue): string => `${value.context.module}|${value.id}`

/** Finds the functions that `calls` call. */
export const make = (calls: ReadonlyArray<RecordedCall>, evaluator: Evaluation.Evaluator): CallSites => {
  const sites = new Map<string, Array<CallSite>>()
  const escaped = new Set<string>()

  const record = (key: string, args: ReadonlyArray<Value.Thunk>): void => {
    const known = sites.get(key)
    if (known === undefined) sites.set(key, [{ arguments: args }])
    else known.push({ arguments: args })
  }

  /** The class whose constructor `new` runs: the class's own, or the nearest above it. */
  const recordConstruction = (target: Value.ClassValue, args: ReadonlyArray<Value.Thunk>): void => {
    record(`${target.context.module}|${target.fold.id}`, args)
    if (target.fold.extends === undefined) return
    for (const parent of evaluator.values(target.fold.extends, target.context)) {
      if (parent._tag === "Class") recordConstruction(parent, args)
    }
  }

  for (const one of calls) {
    const context = evaluator.context(one.module)
    const args = one.arguments.map((argument): Value.Thunk => () =>
      argument._tag === "Spread"
        ? evaluator.values(argument.of, context).flatMap((list) => evaluator.elements(list, context))
        : evaluator.values(argument, context)
    )
    const callbacks = (): ReadonlyArray<Value.FunctionValue> =>
      one.arguments
        .filter(({ _tag }) => _tag === "Function" || _tag === "Binding" || _tag === "Import" || _tag === "Member")
        .flatMap((argument) => evaluator.values(argument, context))
        .filter((value) => value._tag === "Function")

    const { callee } = one
    const name = callee._tag === "Member" && callee.key._tag === "Literal" ? String(callee.key.value) : undefined
    if (callee._tag === "Member" && name !== undefined && (iterating.has(name) || name === "then")) {
      const place = iterating.get(name) ?? 0
      for (const object of evaluator.values(callee.object, context)) {
        for (const callback of callbacks()) {
          if (name === "then" && object._tag !== "Unknown") record(keyOf(callback), [() => [object]])
          else if (object._tag === "Array") {
            const element: Value.Thunk = () => evaluator.elements(object, context)
            record(keyOf(callback), place === 0 ? [element] : [() => [], element])
          } else escaped.add(keyOf(callback))
        }
      }
      continue
    }
    for (const target of evaluator.values(callee, context)) {
      if (target._tag === "Function") record(keyOf(target), args)
      else if (target._tag === "Class" && one.construct) recordConstruction(target, args)
      for (const callback of callbacks()) {
        if (target._tag === "Unknown" || target._tag === "Known") escaped.add(keyOf(callback))
      }
    }
  }

  const none: ReadonlyArray<CallSite> = []
  const size = [...sites.values()].reduce((sum, each) => sum + each.length, 0)
  return { size, get: (key) => sites.get(key) ?? none, escapes: (key) => escaped.has(key) }
}
