/**
 * Gives folds their meaning, across modules: every value that an expression may have, as far as that is known.
 */
import type * as Fold from "./Fold.ts"
import * as CallSites from "./CallSites.ts"
import * as KnownFunctions from "./KnownFunctions.ts"
import * as PathText from "./PathText.ts"
import * as ReadingFunctions from "./ReadingFunctions.ts"
import * as Value from "./Value.ts"

/** What an import of a module of the project leads to: a top-level binding, `default` or `module.exports` of a module, or all of it. */
export type ImportTarget =
  | { readonly _tag: "Binding"; readonly module: string; readonly name: string }
  | { readonly _tag: "Namespace"; readonly module: string }

/** What evaluation asks of the rest of the analysis. Modules are absolute real paths with `/`. */
export interface Environment {
  /** Absolute real path. */
  readonly workingDirectory: string
  /** The fold of a module's top-level binding, of its `default` or its `module.exports`. */
  readonly binding: (module: string, name: string) => Fold.Fold | undefined
  /**
   * Follows an import, through re-exports, to the module that declares it. `name` is `*` for the whole module. `undefined`
   * for what lies in an installed package, is built in, or is not found.
   */
  readonly resolveImport: (
    module: string,
    specifier: string,
    name: string,
    kind: "import" | "require"
  ) => ImportTarget | undefined
  /** The packaged function: its own arguments come from whoever runs the package. A top-level binding and members of it. */
  readonly entry?: { readonly module: string; readonly name: string; readonly path: ReadonlyArray<string> }
  /** Whether any module asks where it lies (`import.meta.url`, `__dirname`); if not, no path can start from there. */
  readonly hasPlaces: boolean
  /** The calls that the reached code contains: they tell what parameters may be. */
  readonly calls: ReadonlyArray<CallSites.RecordedCall>
}

export interface Evaluator {
  readonly environment: Environment
  /** All that `fold` may be in `context`; at most {@link maxAlternatives} values. */
  readonly values: (fold: Fold.Fold, context: Value.Context) => ReadonlyArray<Value.Value>
  readonly context: (module: string) => Value.Context
  readonly member: (object: Value.Value, key: string, context: Value.Context) => ReadonlyArray<Value.Value>
  readonly elements: (collection: Value.Value, context: Value.Context) => ReadonlyArray<Value.Value>
}

/** More alternatives than this count as unknown. */
export const maxAlternatives = 256
const maxDepth = 120
/** Folds looked at for one question; beyond it the answer is unknown. */
const maxSteps = 5_000

const frameKey = (module: string, id: Fold.FunctionId): string => `${module}|${id}`

/** Array methods that give back some of the elements, in some order. */
const selecting: ReadonlySet<string> = new Set([
  "filter",
  "slice",
  "sort",
  "toSorted",
  "reverse",
  "toReversed",
  "values",
  "splice",
  "toSpliced",
  "flat"
])
const picking: ReadonlySet<string> = new Set(["find", "findLast", "at", "pop", "shift"])

const noFrames: Value.Frames = new Map()

/** Makes an evaluator. It remembers what it has worked out: one for one packaging. */
export const make = (environment: Environment): Evaluator => {
  const bindings = new Map<string, ReadonlyArray<Value.Value> | "running">()
  const parameters = new Map<string, ReadonlyArray<Value.Value> | "running">()
  let sites: CallSites.CallSites | "running" | undefined
  let depth = 0
  let steps = 0

  const because = (context: Value.Context, text: string): Value.Reason => ({ text, module: context.module })
  const site = (context: Value.Context): KnownFunctions.Site => ({
    module: context.module,
    workingDirectory: environment.workingDirectory,
    because: (text) => because(context, text)
  })
  const unknown = (context: Value.Context, text: string): ReadonlyArray<Value.Value> => [
    Value.unknown(because(context, text))
  ]

  const distinct = (values: ReadonlyArray<Value.Value>, context: Value.Context): ReadonlyArray<Value.Value> => {
    if (values.length < 2) return values
    const byKey = new Map(values.map((value) => [Value.keyOf(value), value]))
    return byKey.size > maxAlternatives
      ? unknown(context, `it may be more than ${maxAlternatives} different things`)
      : [...byKey.values()]
  }

  /** Every choice of one value for each of `lists`. */
  const products = (
    lists: ReadonlyArray<ReadonlyArray<Value.Value>>,
    context: Value.Context
  ): ReadonlyArray<ReadonlyArray<Value.Value>> => {
    let rows: ReadonlyArray<ReadonlyArray<Value.Value>> = [[]]
    for (const list of lists) {
      if (rows.length * list.length > maxAlternatives) {
        const [value] = unknown(context, `it may be more than ${maxAlternatives} different things`)
        rows = rows.slice(0, 1).map((row) => value === undefined ? row : [...row, value])
      } else rows = rows.flatMap((row) => list.map((value) => [...row, value]))
    }
    return rows
  }

  const lazily = (fold: Fold.Fold, context: Value.Context): Value.Thunk => {
    let memo: ReadonlyArray<Value.Value> | undefined
    return () => memo ??= values(fold, context)
  }

  const thunks = (folds: ReadonlyArray<Fold.Fold>, context: Value.Context): ReadonlyArray<Value.Thunk> =>
    folds.flatMap((fold) => {
      if (fold._tag !== "Spread") return [lazily(fold, context)]
      const [only, ...others] = values(fold.of, context)
      if (only?._tag === "Array" && only.exact && others.length === 0) return only.elements
      return [() => elements(only ?? Value.constant(undefined), context)]
    })

  const values = (fold: Fold.Fold, context: Value.Context): ReadonlyArray<Value.Value> => {
    if (depth === 0) steps = 0
    steps++
    if (depth > maxDepth || steps > maxSteps) return unknown(context, "the expression is too deeply nested to follow")
    depth++
    const result = distinct(evaluate(fold, context), context)
    depth--
    return result
  }

  const evaluate = (fold: Fold.Fold, context: Value.Context): ReadonlyArray<Value.Value> => {
    switch (fold._tag) {
      case "Literal":
        return [typeof fold.value === "string" ? Value.text(fold.value) : Value.constant(fold.value)]
      case "Undefined":
        return [Value.constant(undefined)]
      case "Regex":
        return [{ _tag: "Regex", pattern: fold.pattern, flags: fold.flags }]
      case "Unknown":
        return [
          Value.unknown({ text: fold.reason, module: context.module, ...(fold.start > 0 ? { start: fold.start } : {}) })
        ]
      case "Concat":
        return products(fold.parts.map((part) => values(part, context)), context)
          .map((row) => KnownFunctions.concat(row, site(context)))
      case "Binding":
        return binding(context.module, fold.name)
      case "Import":
        return imported(fold.specifier, fold.name, fold.kind, context)
      case "Parameter":
        return parameter(fold, context)
      case "Global":
        return globalValue(fold.name, context)
      case "ImportMeta":
        return [Value.known("import.meta", Value.text(context.module, "module"))]
      case "Member":
        return alternatives(
          values(fold.object, context).map((object) => () =>
            values(fold.key, context).flatMap((key) => memberBy(object, key, context))
          )
        )
      case "Call":
        return fold.construct
          ? values(fold.callee, context).flatMap((callee) =>
            construct(callee, thunks(fold.arguments, context), context)
          )
          : call(fold.callee, fold.arguments, context)
      case "Choice":
        return alternatives(fold.of.map((one) => () => values(one, context)))
      case "Logical":
        return logical(fold.operator, values(fold.left, context), () => values(fold.right, context))
      case "Array": {
        const exact = fold.elements.every((element) =>
          element._tag !== "Spread" ||
          values(element.of, context).every((value) => value._tag === "Array" && value.exact)
        )
        return [Value.array(thunks(fold.elements, context), exact)]
      }
      case "Spread":
        return values(fold.of, context)
      case "Object":
        return [
          Value.object(new Map(fold.entries.map(([key, value]) => [key, lazily(value, context)])), fold.open)
        ]
      case "Element":
        return values(fold.of, context).flatMap((collection) => elements(collection, context))
      case "Key":
        return values(fold.of, context).flatMap((object) => keys(object, context))
      case "Function":
        return [{ _tag: "Function", id: fold.id, name: fold.name, returns: fold.returns, context }]
      case "Class":
        return [{ _tag: "Class", fold, context }]
    }
  }

  /** `undefined` among several alternatives is the one that nothing is read from. */
  const alternatives = (list: ReadonlyArray<Value.Thunk>): ReadonlyArray<Value.Value> => {
    const all = list.flatMap((one) => one())
    const present = all.filter((value) => !(value._tag === "Constant" && value.value === undefined))
    return present.length === 0 ? all : present
  }

  const logical = (
    operator: "||" | "??",
    left: ReadonlyArray<Value.Value>,
    right: Value.Thunk
  ): ReadonlyArray<Value.Value> => {
    const isMissing = (value: Value.Value): boolean =>
      (value._tag === "Constant"
        && (value.value === undefined || value.value === null ||
          (operator === "||" && (value.value === false || value.value === 0))))
      || (operator === "||" && value._tag === "Text" && value.text === "")
    const isPresent = (value: Value.Value): boolean =>
      value._tag !== "Unknown" && !isMissing(value)
      && !(operator === "||" && value._tag === "Text" && PathText.hasHole(value.text))
    return left.every(isPresent) ? left : [...left.filter((value) => !isMissing(value)), ...right()]
  }

  const binding = (module: string, name: string): ReadonlyArray<Value.Value> => {
    const key = frameKey(module, name)
    const memo = bindings.get(key)
    const context: Value.Context = { module, frames: noFrames }
    if (memo === "running") return unknown(context, `\`${name}\` is computed from itself`)
    if (memo !== undefined) return memo
    const fold = environment.binding(module, name)
    if (fold === undefined) return unknown(context, `\`${name}\` is computed when the program runs`)
    bindings.set(key, "running")
    const result = values(fold, context)
    bindings.set(key, result)
    return result
  }

  const imported = (
    specifier: string,
    name: string,
    kind: "import" | "require",
    context: Value.Context
  ): ReadonlyArray<Value.Value> => {
    const known = ReadingFunctions.moduleName(specifier)
    if (known !== undefined) {
      return name === "*"
        ? [Value.known(known)]
        : name === "default" && ReadingFunctions.lookup(`${known}.default`) === undefined
        ? [Value.known(known)]
        : member(Value.known(known), name, context)
    }
    if (specifier === "clustrix" || specifier.startsWith("clustrix/")) {
      return [Value.known(name === "*" ? "clustrix" : `clustrix.${name}`)]
    }
    const target = environment.resolveImport(context.module, specifier, name, kind)
    if (target === undefined) {
      return unknown(context, `\`${name === "*" ? specifier : name}\` comes from "${specifier}"`)
    }
    if (target._tag === "Namespace") {
      return kind === "require" && environment.binding(target.module, "module.exports") !== undefined
        ? binding(target.module, "module.exports")
        : [target]
    }
    if (environment.binding(target.module, target.name) !== undefined) return binding(target.module, target.name)
    // A CommonJS module: its names are members of what it exports.
    const exported = environment.binding(target.module, "module.exports")
    if (exported === undefined) return binding(target.module, target.name)
    const whole = binding(target.module, "module.exports")
    return target.name === "default"
      ? whole
      : whole.flatMap((value) => member(value, target.name, { module: target.module, frames: noFrames }))
  }

  const globalValue = (name: string, context: Value.Context): ReadonlyArray<Value.Value> => {
    const constant = KnownFunctions.constantMember(name, site(context))
    if (constant !== undefined) return [constant]
    return name === "globalThis" || name === "global"
      ? [Value.known("globalThis")]
      : [Value.known(name, name === "require" ? Value.text(context.module, "module") : undefined)]
  }

  const forget = (): void => {
    bindings.clear()
    parameters.clear()
  }
  /** Whether calls were asked for before they were found. */
  let missed = false
  const callSites = (): CallSites.CallSites | undefined => {
    if (sites === "running") {
      missed = true
      return undefined
    }
    if (sites === undefined) {
      sites = "running"
      let found = CallSites.make(environment.calls, self)
      // What was asked for meanwhile may have missed calls: `names.map(f)` of an argument `names`
      for (let size = -1; missed && found.size !== size;) {
        size = found.size
        forget()
        sites = found
        found = CallSites.make(environment.calls, self)
      }
      forget()
      sites = found
    }
    return sites
  }

  let entries: ReadonlySet<string> | undefined
  const entryFunctions = (): ReadonlySet<string> => entries ??= findEntryFunctions()

  /** The packaged function, wherever wrappers (`cluster(options)(fn)`) hold it. */
  const findEntryFunctions = (): ReadonlySet<string> => {
    const found = new Set<string>()
    const { entry } = environment
    if (entry === undefined) return found
    const { module } = entry
    const seen = new Set<string>()
    const collect = (fold: Fold.Fold, path: ReadonlyArray<string>): void => {
      const [first, ...rest] = path
      const entriesOf = (list: ReadonlyArray<Fold.Entry>): void => {
        for (const [name, value] of list) if (name === first) collect(value, rest)
      }
      switch (fold._tag) {
        case "Function":
          found.add(frameKey(module, fold.id))
          return
        case "Class":
          entriesOf(fold.statics)
          return entriesOf(fold.instance)
        case "Object":
          return entriesOf(fold.entries)
        case "Member":
          return fold.key._tag === "Literal" ? collect(fold.object, [String(fold.key.value), ...path]) : undefined
        case "Binding": {
          const again = `${fold.name}\0${path.join("\0")}`
          const bound = environment.binding(module, fold.name)
          if (bound === undefined || seen.has(again)) return
          seen.add(again)
          return collect(bound, path)
        }
        case "Call":
          for (const argument of fold.arguments) collect(argument, path)
          return
        case "Choice":
          for (const one of fold.of) collect(one, path)
          return
        default:
      }
    }
    collect({ _tag: "Binding", name: entry.name }, entry.path)
    return found
  }

  const parameter = (
    fold: Extract<Fold.Fold, { readonly _tag: "Parameter" }>,
    context: Value.Context
  ): ReadonlyArray<Value.Value> => {
    const pick = (args: ReadonlyArray<Value.Thunk>): ReadonlyArray<Value.Value> =>
      fold.rest === true
        ? [Value.array(args.slice(fold.index), true)]
        : args[fold.index]?.() ?? [Value.constant(undefined)]
    const key = frameKey(context.module, fold.function)
    const frame = context.frames.get(key)
    if (frame !== undefined) return pick(frame)
    const isEntry = entryFunctions().has(key)
    const unfollowed: Value.Value = Value.unknown(
      isEntry
        ? { ...because(context, `\`${fold.name}\` is an argument of the packaged function`), argument: fold.name }
        : because(context, `\`${fold.name}\` is an argument, and nothing here calls the function with a constant`)
    )
    const memoKey = `${key}|${fold.index}`
    const memo = parameters.get(memoKey)
    // A function that calls itself with what it was given adds nothing new.
    if (memo === "running") return []
    if (memo !== undefined) return memo
    const all = callSites()
    if (all === undefined) return [unfollowed]
    const calls = all.get(key)
    parameters.set(memoKey, "running")
    const found = calls.flatMap((one) => pick(one.arguments))
    const result = distinct(
      [
        ...found,
        ...(calls.length === 0 || isEntry
          ? [unfollowed]
          : all.escapes(key)
          ? [Value.unknown(because(context, `\`${fold.name}\` is an argument that other code may give, too`))]
          : [])
      ],
      context
    )
    parameters.set(memoKey, result)
    return result
  }

  const memberBy = (object: Value.Value, key: Value.Value, context: Value.Context): ReadonlyArray<Value.Value> => {
    if (key._tag === "Text" && !PathText.hasHole(key.text)) return member(object, key.text, context)
    if (key._tag === "Constant" && typeof key.value === "number") return member(object, String(key.value), context)
    // Any member, where the key is not known.
    return object._tag === "Array" || object._tag === "Object"
      ? [...elements(object, context),
        ...(object._tag === "Object" && !object.open ? [] : unknown(context, "the key of a table is not known"))]
      : object._tag === "Unknown"
      ? [object]
      : unknown(context, "a member is taken by a name that is not known")
  }

  const member = (object: Value.Value, key: string, context: Value.Context): ReadonlyArray<Value.Value> => {
    switch (object._tag) {
      case "Object": {
        const entry = object.entries.get(key)
        if (entry !== undefined) return entry()
        return object.open ? unknown(context, `\`${key}\` of an object is not known`) : [Value.constant(undefined)]
      }
      case "Array": {
        const index = /^\d+$/.test(key) ? Number(key) : undefined
        if (index !== undefined) {
          return object.exact ? object.elements[index]?.() ?? [Value.constant(undefined)] : elements(object, context)
        }
        return key === "length" && object.exact
          ? [Value.constant(object.elements.length)]
          : unknown(context, `\`.${key}\` is not followed`)
      }
      case "Url":
        return [KnownFunctions.urlMember(object.path, key, site(context))]
      case "Known":
        return [knownMember(object, key, context)]
      case "Namespace":
        return namespaceMember(object.module, key, context)
      case "Class": {
        const own = object.fold.statics.find(([name]) => name === key)
        if (own !== undefined) return values(own[1], object.context)
        return object.fold.extends === undefined
          ? [Value.constant(undefined)]
          : values(object.fold.extends, object.context).flatMap((parent) => member(parent, key, context))
      }
      case "Constant":
        return [Value.constant(undefined)]
      case "Unknown":
        return [object]
      default:
        return unknown(context, `\`.${key}\` is computed when the program runs`)
    }
  }

  const knownMember = (object: Value.Known, key: string, context: Value.Context): Value.Value => {
    if (object.name === "globalThis") {
      return globalValue(key, context)[0] ?? Value.known(key)
    }
    // Interop: the default export of a module of Node is the module.
    if (key === "default" && ReadingFunctions.lookup(`${object.name}.default`) === undefined) return object
    if (object.name === "node:path" && key === "posix") return object
    if (object.name === "node:module" && key === "default") return object
    const name = `${object.name}.${key}`
    return KnownFunctions.constantMember(name, site(context)) ?? Value.known(name, object.base)
  }

  const namespaceMember = (module: string, key: string, context: Value.Context): ReadonlyArray<Value.Value> => {
    const exported = environment.resolveImport(module, module, key, "import")
    return exported?._tag === "Binding"
      ? binding(exported.module, exported.name)
      : exported?._tag === "Namespace"
      ? [exported]
      : unknown(context, `the module does not say what \`${key}\` is`)
  }

  const elements = (collection: Value.Value, context: Value.Context): ReadonlyArray<Value.Value> => {
    // A list that is handed on and on: `(...rest) => f(...rest)`, where `f` may be the function itself
    if (depth > maxDepth) return unknown(context, "the list is handed on too often to follow")
    depth++
    const found = elementsOf(collection, context)
    depth--
    return found
  }
  const elementsOf = (collection: Value.Value, context: Value.Context): ReadonlyArray<Value.Value> => {
    switch (collection._tag) {
      case "Array":
        return distinct(collection.elements.flatMap((element) => element()), context)
      case "Object":
        return distinct([...collection.entries.values()].flatMap((entry) => entry()), context)
      case "Unknown":
        return [collection]
      default:
        return unknown(context, "the elements of a collection are not known")
    }
  }

  const keys = (object: Value.Value, context: Value.Context): ReadonlyArray<Value.Value> =>
    object._tag === "Object" && !object.open
      ? [...object.entries.keys()].map((key) => Value.text(key))
      : object._tag === "Array" && object.exact
      ? object.elements.map((_, index) => Value.text(String(index)))
      : object._tag === "Unknown"
      ? [object]
      : unknown(context, "the keys of an object are not known")

  const call = (
    callee: Fold.Fold,
    args: ReadonlyArray<Fold.Fold>,
    context: Value.Context
  ): ReadonlyArray<Value.Value> => {
    if (callee._tag !== "Member") {
      return values(callee, context).flatMap((one) => apply(one, thunks(args, context), context))
    }
    return values(callee.object, context).flatMap((object) =>
      values(callee.key, context).flatMap((key) =>
        key._tag === "Text"
          ? method(object, key.text, thunks(args, context), context)
          : memberBy(object, key, context).flatMap((one) => apply(one, thunks(args, context), context))
      )
    )
  }

  const resultOf = (name: string, context: Value.Context): ReadonlyArray<Value.Value> =>
    name.startsWith("clustrix.")
      ? [
        Value.unknown({
          text: `\`${name.slice("clustrix.".length)}\` finds it when the job runs`,
          module: context.module,
          atRunTime: true
        })
      ]
      : unknown(context, `the result of \`${name.replace(/^node:/, "")}()\` is known only when the program runs`)

  const apply = (
    callee: Value.Value,
    args: ReadonlyArray<Value.Thunk>,
    context: Value.Context
  ): ReadonlyArray<Value.Value> => {
    switch (callee._tag) {
      case "Function":
        return callee.returns === undefined
          ? unknown(callee.context, `the result of \`${callee.name}\` is computed when it runs`)
          : values(callee.returns, {
            module: callee.context.module,
            frames: new Map([...callee.context.frames, [frameKey(callee.context.module, callee.id), args]])
          })
      case "Known":
        return applyKnown(callee, args, context)
      case "Unknown":
        return [callee]
      case "Constant":
        return []
      default:
        return unknown(context, "the result of the call is computed when it runs")
    }
  }

  const applyKnown = (
    callee: Value.Known,
    args: ReadonlyArray<Value.Thunk>,
    context: Value.Context
  ): ReadonlyArray<Value.Value> => {
    const [first] = args
    const firstValues = (): ReadonlyArray<Value.Value> => first?.() ?? [Value.constant(undefined)]
    switch (callee.name) {
      case "node:module.createRequire":
        return firstValues().map((value) => {
          const base = value._tag === "Url" ? value.path : value._tag === "Text" ? value : undefined
          return base === undefined
            ? Value.unknown(because(context, "`createRequire` is given something unknown"))
            : Value.known("require", base)
        })
      case "require":
        return firstValues().flatMap((value) => {
          if (value._tag !== "Text" || PathText.hasHole(value.text)) {
            return unknown(context, "the name of a required module is not known")
          }
          return imported(value.text, "*", "require", {
            module: callee.base?.text ?? context.module,
            frames: noFrames
          })
        })
      case "require.resolve":
      case "import.meta.resolve": {
        const base = callee.base ?? Value.text(context.module, "module")
        return firstValues().map((value) => {
          const resolved = KnownFunctions.resolveFrom(base, value, site(context))
          return callee.name === "import.meta.resolve" && resolved._tag === "Text" ? Value.url(resolved) : resolved
        })
      }
      case "Object.keys":
        return firstValues().map((value) => Value.array(keys(value, context).map((key) => () => [key]), false))
      case "Object.values":
        return firstValues().map((value) => Value.array([() => elements(value, context)], false))
      case "Object.entries":
        return firstValues().map((value) =>
          value._tag === "Object"
            ? Value.array(
              [...value.entries].map(([key, entry]) => () => [
                Value.array([() => [Value.text(key)], entry], true)
              ]),
              !value.open
            )
            : Value.unknown(because(context, "the entries of an object are not known"))
        )
      case "Object.assign":
        return args.flatMap((arg) => arg())
      case "Object.fromEntries":
        return unknown(context, "`Object.fromEntries` is not followed")
      case "Promise.all":
      case "Array.from":
        return firstValues()
      case "Array.of":
        return [Value.array(args, true)]
      default: {
        const kind = ReadingFunctions.listed(callee.name)
        if (kind !== undefined) return [listing(callee.name, kind, args, context)]
        const known = KnownFunctions.lookup(callee.name)
        return known === undefined
          ? resultOf(callee.name, context)
          : products(args.map((arg) => arg()), context).map((row) => known(row, site(context)))
      }
    }
  }

  /** What `readdir`, `glob` and kin give. */
  const listing = (
    name: string,
    kind: ReadingFunctions.Listed,
    args: ReadonlyArray<Value.Thunk>,
    context: Value.Context
  ): Value.Value => {
    const reason: Value.Reason = { ...because(context, `\`${name.replace(/^node:/, "")}\` lists it`), listed: true }
    const unknownName = Value.text(PathText.hole, undefined, [reason])
    /** What an option may be; `undefined` where it is not known. */
    const option = (name: string): ReadonlyArray<boolean | undefined> =>
      (args[1]?.() ?? []).flatMap((options) => {
        const given = options._tag === "Object" ? options.entries.get(name)?.() : undefined
        if (given === undefined) {
          return options._tag === "Unknown" || (options._tag === "Object" && options.open) ? [undefined] : [false]
        }
        return given.map((value) => value._tag === "Constant" ? value.value === true : undefined)
      })
    const parents: Value.Thunk = () =>
      (args[0]?.() ?? []).flatMap((directory) => {
        const below = option("recursive").some((value) => value !== false)
          ? [KnownFunctions.concat([directory, Value.text("/"), unknownName], site(context))]
          : []
        return [directory._tag === "Url" ? directory.path : directory, ...below]
      })
    const entry: Value.Value = Value.object(
      new Map([["name", () => [unknownName]], ["parentPath", parents], ["path", parents]])
    )
    const typed = kind === "entries" ? [true] : option("withFileTypes")
    return Value.array([() => [
      ...(typed.some((value) => value !== false) ? [entry] : []),
      ...(typed.length > 0 && typed.every((value) => value === true) ? [] : [unknownName])
    ]], false)
  }

  const construct = (
    callee: Value.Value,
    args: ReadonlyArray<Value.Thunk>,
    context: Value.Context
  ): ReadonlyArray<Value.Value> => {
    if (callee._tag === "Known") {
      const known = KnownFunctions.constructor(callee.name)
      return known === undefined
        ? resultOf(`new ${callee.name}`, context)
        : products(args.map((arg) => arg()), context).map((row) => known(row, site(context)))
    }
    if (callee._tag !== "Class") {
      return callee._tag === "Unknown" ? [callee] : unknown(context, "the object is made when the program runs")
    }
    return [instance(callee, args, context)]
  }

  const instance = (shape: Value.ClassValue, args: ReadonlyArray<Value.Thunk>, context: Value.Context): Value.Value => {
    const inside: Value.Context = {
      module: shape.context.module,
      frames: new Map([...shape.context.frames, [frameKey(shape.context.module, shape.fold.id), args]])
    }
    const inherited = shape.fold.extends === undefined
      ? []
      : values(shape.fold.extends, shape.context).flatMap((parent) => {
        if (parent._tag !== "Class") return []
        // Without a constructor of its own the class hands its arguments on.
        const made = instance(parent, args, context)
        return made._tag === "Object" ? [...made.entries] : []
      })
    return Value.object(
      new Map([
        ...inherited,
        ...shape.fold.instance.map(([key, value]) => [key, lazily(value, inside)] as const)
      ]),
      shape.fold.extends !== undefined
    )
  }

  const method = (
    object: Value.Value,
    key: string,
    args: ReadonlyArray<Value.Thunk>,
    context: Value.Context
  ): ReadonlyArray<Value.Value> => {
    if (key === "then" && object._tag !== "Object") {
      return (args[0]?.() ?? []).flatMap((callback) => apply(callback, [() => [object]], context))
    }
    switch (object._tag) {
      case "Text":
        return products(args.map((arg) => arg()), context)
          .map((row) => KnownFunctions.textMethod(object, key, row, site(context)))
      case "Url":
        return key === "toString" || key === "toJSON" || key === "valueOf"
          ? [object]
          : products(args.map((arg) => arg()), context).map((row) => urlText(object.path, key, row, context))
      case "Array":
        return arrayMethod(object, key, args, context)
      case "Function":
      case "Class":
        if (key === "bind") return [object]
        if (key === "call") return apply(object, args.slice(1), context)
        break
      case "Known":
        if (key === "bind") return [object]
        if (key === "call") return apply(object, args.slice(1), context)
        break
      case "Unknown":
        return [object]
      default:
    }
    return member(object, key, context).flatMap((one) => apply(one, args, context))
  }

  /** `import.meta.url.replace("file://", "")` and kin, on the text of a URL. */
  const urlText = (
    path: Value.Text,
    key: string,
    row: ReadonlyArray<Value.Value>,
    context: Value.Context
  ): Value.Value => {
    const [search, replacement] = row
    const cutsScheme = (key === "replace" && search?._tag === "Text" && search.text === "file://"
      && replacement?._tag === "Text" && replacement.text === "")
      || ((key === "slice" || key === "substring") && search?._tag === "Constant" && search.value === 7 &&
        row.length === 1)
    if (cutsScheme) return path
    const changed = KnownFunctions.textMethod(path, key, row, site(context))
    return changed._tag === "Text" && PathText.isAbsolute(changed.text)
      ? Value.url(changed)
      : Value.unknown(because(context, `the result of \`.${key}()\` of a URL is not followed`))
  }

  const arrayMethod = (
    object: Value.ArrayValue,
    key: string,
    args: ReadonlyArray<Value.Thunk>,
    context: Value.Context
  ): ReadonlyArray<Value.Value> => {
    const [first] = args
    if (selecting.has(key)) return [Value.array(object.elements, false)]
    if (picking.has(key)) return elements(object, context)
    if (key === "concat") {
      return [
        Value.array([
          ...object.elements,
          ...args.map((arg) => () =>
            arg().flatMap((value) => value._tag === "Array" ? elements(value, context) : [value])
          )
        ], false)
      ]
    }
    if (key === "map" || key === "flatMap") {
      const callbacks = first?.() ?? []
      return [
        Value.array(
          object.elements.map((element) => () => callbacks.flatMap((callback) => apply(callback, [element], context))),
          key === "map" && object.exact
        )
      ]
    }
    if (key === "join" && object.exact) {
      return products([first?.() ?? [Value.text(",")], ...object.elements.map((element) => element())], context)
        .map(([separator, ...row]) =>
          KnownFunctions.concat(
            row.flatMap((value, index) => index === 0 || separator === undefined ? [value] : [separator, value]),
            site(context)
          )
        )
    }
    if (key === "entries" && object.exact) {
      return [
        Value.array(
          object.elements.map((element, index) => () => [
            Value.array([() => [Value.constant(index)], element], true)
          ]),
          true
        )
      ]
    }
    return unknown(context, `the result of \`.${key}()\` of a list is not followed`)
  }

  const self: Evaluator = {
    environment,
    values,
    context: (module) => ({ module, frames: noFrames }),
    member,
    elements
  }
  return self
}
