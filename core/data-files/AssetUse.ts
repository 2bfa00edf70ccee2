/**
 * What the reached code reads: references evaluated to paths.
 */
import { type AssetReference, mention } from "./AssetReference.ts"
import type * as Evaluation from "./Evaluation.ts"
import type * as Fold from "./Fold.ts"
import * as KnownFunctions from "./KnownFunctions.ts"
import * as PathText from "./PathText.ts"
import * as ReadingFunctions from "./ReadingFunctions.ts"
import * as Value from "./Value.ts"

/** Where a use stands. */
export interface Site {
  /** Absolute path of the module. */
  readonly module: string
  readonly start: number
}

/** What a path comes to. Paths are absolute and `/`-separated; unknown parts are holes ({@link PathText.hole}). */
export type ResolvedPath =
  | { readonly _tag: "Path"; readonly path: string; readonly relativeTo: "module" | "workingDirectory" }
  /** An absolute path that the source spells out, or a place of the machine: never packaged. Holes are `*`. */
  | { readonly _tag: "Absolute"; readonly path: string }
  /** Nothing is known. */
  | { readonly _tag: "Unknown" }

/** All that a fold may come to as a path. */
export type Evaluated = ReadonlyArray<{
  readonly place: ResolvedPath
  readonly reasons: ReadonlyArray<Value.Reason>
}>

/** A path, and what the code does with it. */
export interface AssetUse {
  readonly site: Site
  /** The function as people write it: `fs.readFile`. */
  readonly by: string
  readonly what: ReadingFunctions.What
  /**
   * `handed`: a path from the module's own place is given to a function that is not followed (a package's); `mentioned`: it
   * is built, and what becomes of it is not seen; `url`: the same by `new URL(path, import.meta.url)`.
   */
  readonly access: ReadingFunctions.Access | "handed" | "mentioned" | "url"
  /** The path need not exist, or need not be a path. */
  readonly perhaps: boolean
  readonly place: ResolvedPath
  /** Why parts are not known. */
  readonly reasons: ReadonlyArray<Value.Reason>
}

/** References with the absolute path of their module. */
export interface PlacedReference {
  readonly module: string
  readonly reference: AssetReference
}

/** `undefined` for what is no file of the project: a URL of the web, a file of an installed package, no path at all. */
const placeOf = (text: Value.Text, base: Value.Text): ResolvedPath | undefined => {
  if (text.anchor === undefined) {
    const spelled = KnownFunctions.spelledUrl(text)
    if (spelled?._tag === "Remote") return undefined
    if (spelled?._tag === "Url") return placeOf(spelled.path, base)
    if (text.text === "" || text.text.includes("\n")) return undefined
    if (text.text.startsWith(PathText.hole)) return { _tag: "Unknown" }
    if (PathText.isAbsolute(text.text)) return { _tag: "Absolute", path: PathText.pattern(text.text) }
  }
  switch (text.anchor) {
    case "package":
      return undefined
    case "machine":
      return { _tag: "Absolute", path: PathText.pattern(text.text.slice(1)) }
    case "module":
      return { _tag: "Path", path: PathText.resolve("/", text.text), relativeTo: "module" }
    case "working-directory":
      return { _tag: "Path", path: PathText.resolve("/", text.text), relativeTo: "workingDirectory" }
    default:
      return {
        _tag: "Path",
        path: PathText.resolve(base.text, text.text),
        relativeTo: base.anchor === "module" ? "module" : "workingDirectory"
      }
  }
}

const evaluated = (value: Value.Value, base: Value.Text, module: string): Evaluated => {
  const place = (text: Value.Text): Evaluated => {
    const found = placeOf(text, base)
    return found === undefined ? [] : [{ place: found, reasons: text.reasons }]
  }
  switch (value._tag) {
    case "Text":
      return place(value)
    case "Url":
      return place(value.path)
    case "Unknown":
      return [{ place: { _tag: "Unknown" }, reasons: [value.reason] }]
    case "Object":
    case "Known":
    case "Class":
    case "Namespace":
      return [{ place: { _tag: "Unknown" }, reasons: [{ text: "what is given is not a text", module }] }]
    default:
      return []
  }
}

/** What `fold`, of the module at `module`, comes to as a path; relative texts are seen from the working directory. */
export const evaluate = (fold: Fold.Fold, module: string, evaluator: Evaluation.Evaluator): Evaluated =>
  evaluator.values(fold, evaluator.context(module))
    .flatMap((value) => evaluated(value, Value.text(evaluator.environment.workingDirectory), module))

/** Flags that neither read nor keep what was there. */
const writesOnly = (flags: ReadonlyArray<Value.Value>): boolean =>
  flags.length > 0
  && flags.every((value) => value._tag === "Text" && /^[wa]x?s?\+?$/.test(value.text) && !/^ax?s?\+/.test(value.text))

/** The texts of a value, those in lists and objects included. */
const textsWithin = (value: Value.Value, depth: number): ReadonlyArray<Value.Value> => {
  if (value._tag === "Text" || value._tag === "Url") return [value]
  if (depth === 0) return []
  const inner = value._tag === "Array" ? value.elements : value._tag === "Object" ? [...value.entries.values()] : []
  return inner.flatMap((thunk) => thunk().flatMap((one) => textsWithin(one, depth - 1)))
}

const isFromModule = (value: Value.Value): boolean =>
  (value._tag === "Text" && value.anchor === "module") || (value._tag === "Url" && value.path.anchor === "module")

/**
 * Whether a text can name a file at all: a command without a slash is looked up in the system, and a pattern that begins with
 * `!` only takes away from others.
 */
const isPathOf = (what: ReadingFunctions.What, value: Value.Value): boolean =>
  value._tag !== "Text" || value.anchor !== undefined
  || !((what === "program" && !value.text.includes("/")) || (what === "glob" && value.text.startsWith("!")))

/** Functions of the known modules and globals open nothing but what the table says. */
const isFollowed = (name: string): boolean => {
  const [origin = ""] = name.split(".")
  return ReadingFunctions.pureGlobals.has(origin) || ReadingFunctions.readingGlobals.has(origin)
    || ReadingFunctions.moduleName(origin) !== undefined || origin === "clustrix" || origin === "import"
}

/** All uses of the given references. `evaluator` knows the calls of the whole reached code. */
export const findUses = (
  evaluator: Evaluation.Evaluator,
  references: ReadonlyArray<PlacedReference>
): ReadonlyArray<AssetUse> => references.flatMap((reference) => usesOf(evaluator, reference))

const usesOf = (evaluator: Evaluation.Evaluator, { module, reference }: PlacedReference): ReadonlyArray<AssetUse> => {
  const context = evaluator.context(module)
  const site: Site = { module, start: reference.start }
  const workingDirectory = Value.text(evaluator.environment.workingDirectory)

  const make = (
    values: ReadonlyArray<Value.Value>,
    base: Value.Text,
    how: Pick<AssetUse, "by" | "what" | "access" | "perhaps">
  ): ReadonlyArray<AssetUse> =>
    values.filter((value) => isPathOf(how.what, value)).flatMap((value) => evaluated(value, base, module))
      .filter(({ reasons }) => !reasons.some(({ atRunTime }) => atRunTime === true))
      .map(({ place, reasons }) => ({ site, ...how, place, reasons }))

  /** What stands at `index`, wherever a spread list puts it. */
  const argument = (index: number): ReadonlyArray<Value.Value> => {
    const spread = reference.arguments.slice(0, index + 1).find(({ _tag }) => _tag === "Spread")
    if (spread?._tag === "Spread") {
      return evaluator.values(spread.of, context).flatMap((list) => evaluator.elements(list, context))
    }
    const given = reference.arguments[index]
    return given === undefined ? [] : evaluator.values(given, context)
  }

  /** The option `cwd`, wherever it is given. */
  const directories = (at: number | ReadonlyArray<number>): ReadonlyArray<Value.Value> => {
    const options = typeof at === "number"
      ? argument(at)
      : at.flatMap((index) => argument(index)).filter(({ _tag }) => _tag === "Object")
    return options.flatMap((one) => evaluator.member(one, "cwd", context))
      .filter((value) => !(value._tag === "Constant" && value.value === undefined))
  }

  const known = (callee: Value.Known, how: ReadingFunctions.ArgumentUse): ReadonlyArray<AssetUse> => {
    const given = argument(how.argument)
    const each = how.each === true || how.what === "glob"
    const values = each
      ? given.flatMap((value) =>
        value._tag === "Array" ? evaluator.elements(value, context) : how.each === true ? [] : [value]
      )
      : given
    const access = how.flags !== undefined && writesOnly(argument(how.flags)) ? "write" : how.access
    const use = { by: callee.name.replace(/^node:/, ""), what: how.what, access, perhaps: how.perhaps === true }
    if (how.fromModule === true) {
      const from = callee.base ?? Value.text(module, "module")
      const location: KnownFunctions.Site = {
        module,
        workingDirectory: workingDirectory.text,
        because: (text) => ({ text, module })
      }
      const resolved = values.map((specifier) => KnownFunctions.resolveFrom(from, specifier, location))
      return make(resolved, workingDirectory, use)
    }
    const from = how.cwd === undefined ? [] : directories(how.cwd)
    if (from.length === 0) return make(values, workingDirectory, use)
    return from.flatMap((value) => {
      const directory = value._tag === "Url" ? value.path : value
      const isFixed = directory._tag === "Text" && !PathText.hasHole(directory.text)
        && (directory.anchor !== undefined || !PathText.isAbsolute(directory.text))
      if (!isFixed) return make([value], workingDirectory, use)
      return make(values, Value.text(PathText.resolve(workingDirectory.text, directory.text), directory.anchor), use)
    })
  }

  const [first] = reference.arguments
  if (isMention(reference) && first !== undefined) {
    const isUrl = first._tag === "Call" && first.construct
    return make(evaluator.values(first, context).filter(isFromModule), workingDirectory, {
      by: isUrl ? "new URL" : "a path",
      what: "file",
      access: isUrl ? "url" : "mentioned",
      perhaps: !isUrl
    })
  }

  const handed = (): ReadonlyArray<AssetUse> => {
    if (!evaluator.environment.hasPlaces) return []
    return make(
      reference.arguments.flatMap((given) =>
        given._tag === "Function"
          ? []
          : evaluator.values(given._tag === "Spread" ? given.of : given, context)
            .flatMap((value) => textsWithin(value, 3))
      ).filter(isFromModule),
      workingDirectory,
      { by: "a call", what: "tree", access: "handed", perhaps: true }
    )
  }

  return evaluator.values(reference.callee, context).flatMap((callee) => {
    if (callee._tag === "Unknown") return handed()
    if (callee._tag !== "Known") return []
    const table = ReadingFunctions.lookup(callee.name)
    const called = /^(.*)\.call$/.exec(callee.name)?.[1]
    // `f.call(self, path)` is `f(path)`.
    const inner = called === undefined ? undefined : ReadingFunctions.lookup(called)
    if (inner !== undefined) return inner.flatMap((how) => known(callee, { ...how, argument: how.argument + 1 }))
    return table !== undefined ? table.flatMap((how) => known(callee, how)) : isFollowed(callee.name) ? [] : handed()
  })
}

const isMention = ({ callee }: AssetReference): boolean =>
  mention._tag === "Global" && callee._tag === "Global" && callee.name === mention.name
