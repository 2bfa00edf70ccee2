/**
 * What an expression comes to, as far as its text says: the small language that the analysis of data files keeps of a
 * module. Plain JSON, so that it can be cached with the module's record; `Evaluation.ts` gives it meaning.
 */

/**
 * A folded expression.
 *
 * - `Binding`: a top-level binding of the same module; `Import`: a name (`*`: the whole module, `default`) of another one.
 * - `Parameter`: the argument number `index` (from `index` on, when `rest`) of the function `function` of this module.
 *   Functions are named by {@link FunctionId}.
 * - `Global`: a name that the module does not declare.
 * - `Choice`: any one of several (branches, assignments). `Element` and `Key`: any element or key of a collection.
 * - `Function`: `returns` is missing where its result cannot be a path.
 * - `Unknown`: nothing is known, `reason` says why; `start` is the UTF-16 offset in the module's text.
 */
export type Fold =
  | { readonly _tag: "Literal"; readonly value: string | number | boolean | null }
  | { readonly _tag: "Undefined" }
  | { readonly _tag: "Regex"; readonly pattern: string; readonly flags: string }
  | { readonly _tag: "Concat"; readonly parts: ReadonlyArray<Fold> }
  | { readonly _tag: "Binding"; readonly name: string }
  | { readonly _tag: "Import"; readonly specifier: string; readonly name: string; readonly kind: "import" | "require" }
  | {
    readonly _tag: "Parameter"
    readonly function: FunctionId
    readonly index: number
    readonly name: string
    readonly rest?: true
  }
  | { readonly _tag: "Global"; readonly name: string }
  | { readonly _tag: "ImportMeta" }
  | { readonly _tag: "Member"; readonly object: Fold; readonly key: Fold }
  | {
    readonly _tag: "Call"
    readonly callee: Fold
    readonly arguments: ReadonlyArray<Fold>
    readonly construct: boolean
  }
  | { readonly _tag: "Choice"; readonly of: ReadonlyArray<Fold> }
  | { readonly _tag: "Logical"; readonly operator: "||" | "??"; readonly left: Fold; readonly right: Fold }
  | { readonly _tag: "Array"; readonly elements: ReadonlyArray<Fold> }
  | { readonly _tag: "Spread"; readonly of: Fold }
  | { readonly _tag: "Object"; readonly entries: ReadonlyArray<Entry>; readonly open: boolean }
  | { readonly _tag: "Element"; readonly of: Fold }
  | { readonly _tag: "Key"; readonly of: Fold }
  | { readonly _tag: "Function"; readonly id: FunctionId; readonly name: string; readonly returns?: Fold }
  | {
    readonly _tag: "Class"
    readonly id: FunctionId
    readonly extends?: Fold
    readonly statics: ReadonlyArray<Entry>
    readonly instance: ReadonlyArray<Entry>
  }
  | { readonly _tag: "Unknown"; readonly reason: string; readonly start: number }

/** A property and its value. In an object that is `open` other properties may exist. */
export type Entry = readonly [key: string, value: Fold]

/** A function of a module: the offset of its text as a decimal number. Unique within the module. */
export type FunctionId = string

export const literal = (value: string | number | boolean | null): Fold => ({ _tag: "Literal", value })
export const undefinedFold: Fold = { _tag: "Undefined" }
export const unknown = (reason: string, start: number): Fold => ({ _tag: "Unknown", reason, start })
export const member = (object: Fold, key: string | number): Fold => ({ _tag: "Member", object, key: literal(key) })
export const call = (callee: Fold, args: ReadonlyArray<Fold>, construct = false): Fold => ({
  _tag: "Call",
  callee,
  arguments: args,
  construct
})

/** Any one of `folds`; a single one stands for itself. */
export const choice = (folds: ReadonlyArray<Fold>): Fold => {
  const flat = folds.flatMap((fold) => fold._tag === "Choice" ? fold.of : [fold])
  const [first] = flat
  return first !== undefined && flat.length === 1 ? first : { _tag: "Choice", of: flat }
}

/** The direct parts of a fold. */
export const parts = (self: Fold): ReadonlyArray<Fold> => {
  switch (self._tag) {
    case "Concat":
      return self.parts
    case "Member":
      return [self.object, self.key]
    case "Call":
      return [self.callee, ...self.arguments]
    case "Choice":
      return self.of
    case "Logical":
      return [self.left, self.right]
    case "Array":
      return self.elements
    case "Spread":
    case "Element":
    case "Key":
      return [self.of]
    case "Object":
      return self.entries.map(([, value]) => value)
    case "Function":
      return self.returns === undefined ? [] : [self.returns]
    case "Class":
      return [
        ...(self.extends === undefined ? [] : [self.extends]),
        ...self.statics.map(([, value]) => value),
        ...self.instance.map(([, value]) => value)
      ]
    default:
      return []
  }
}

/** Whether `predicate` holds for the fold or any of its parts. */
export const some = (self: Fold, predicate: (fold: Fold) => boolean): boolean =>
  predicate(self) || parts(self).some((part) => some(part, predicate))

/** A fold of more nodes than this is unknown: tables of data are no paths, and local constants are written out in place. */
export const maxSize = 600

const sizes = new WeakMap<Fold, number>()

/** The number of nodes, counted no further than just above {@link maxSize}. */
export const size = (self: Fold): number => {
  const known = sizes.get(self)
  if (known !== undefined) return known
  let total = 1
  for (const part of parts(self)) {
    total += size(part)
    if (total > maxSize) break
  }
  sizes.set(self, total)
  return total
}
