/**
 * What the reached code reads: references evaluated to paths.
 */
import type { AssetReference } from "./AssetReference.ts"
import type * as Evaluation from "./Evaluation.ts"
import type * as Fold from "./Fold.ts"
import * as PathText from "./PathText.ts"
import * as ReadingFunctions from "./ReadingFunctions.ts"
import type * as Value from "./Value.ts"

/** Where a use stands. */
export interface Site {
  /** Absolute path of the module. */
  readonly module: string
  readonly start: number
}

/** A path that the code gives to a reading function. */
export interface AssetUse {
  readonly site: Site
  readonly what: ReadingFunctions.What
  readonly access: ReadingFunctions.Access
  /** The path need not exist, or need not be a path. */
  readonly perhaps: boolean
  readonly place:
    /** Absolute, `/`-separated; unknown parts are holes ({@link PathText.hole}). */
    | { readonly _tag: "Path"; readonly path: string; readonly relativeTo: "module" | "workingDirectory" }
    /** An absolute path or a place of the machine: never packaged. */
    | { readonly _tag: "Absolute"; readonly path: string }
    /** Nothing is known. */
    | { readonly _tag: "Unknown" }
  /** Why parts are not known. */
  readonly reasons: ReadonlyArray<Value.Reason>
}

/** References with the absolute path of their module. */
export interface PlacedReference {
  readonly module: string
  readonly reference: AssetReference
}

const placeOf = (
  text: Value.Text,
  module: string,
  fromModule: boolean,
  workingDirectory: string
): AssetUse["place"] | undefined => {
  switch (text.anchor) {
    case "package":
      return undefined
    case "machine":
      return { _tag: "Absolute", path: text.text }
    case "module":
      return { _tag: "Path", path: PathText.resolve("/", text.text), relativeTo: "module" }
    case "working-directory":
      return { _tag: "Path", path: PathText.resolve("/", text.text), relativeTo: "workingDirectory" }
    case undefined:
      if (PathText.isAbsolute(text.text)) return { _tag: "Absolute", path: PathText.pattern(text.text) }
      if (text.text.startsWith(PathText.hole)) return { _tag: "Unknown" }
      return fromModule
        ? { _tag: "Path", path: PathText.resolve(PathText.dirname(module), text.text), relativeTo: "module" }
        : { _tag: "Path", path: PathText.resolve(workingDirectory, text.text), relativeTo: "workingDirectory" }
  }
}

/** All uses of the given references. `evaluator` knows the calls of the whole reached code. */
export const findUses = (
  evaluator: Evaluation.Evaluator,
  references: ReadonlyArray<PlacedReference>
): ReadonlyArray<AssetUse> => {
  const uses: Array<AssetUse> = []
  const { workingDirectory } = evaluator.environment

  const use = (
    value: Value.Value,
    site: Site,
    how: ReadingFunctions.ArgumentUse,
    access: ReadingFunctions.Access,
    base: string
  ): void => {
    const add = (place: AssetUse["place"] | undefined, reasons: ReadonlyArray<Value.Reason>): void => {
      if (place === undefined || reasons.some((reason) => reason.atRunTime === true)) return
      uses.push({ site, what: how.what, access, perhaps: how.perhaps === true, place, reasons })
    }
    switch (value._tag) {
      case "Text":
        return add(placeOf(value, site.module, how.fromModule === true, base), value.reasons)
      case "Url":
        return add(placeOf(value.path, site.module, true, base), value.path.reasons)
      case "Unknown":
        return add({ _tag: "Unknown" }, [value.reason])
      case "Array":
        for (const element of evaluator.elements(value, evaluator.context(site.module))) use(element, site, how, access, base)
        return
      default:
        return
    }
  }

  /** Whether open flags let the file be read as it is. */
  const accessOf = (
    how: ReadingFunctions.ArgumentUse,
    args: ReadonlyArray<Fold.Fold>,
    context: Value.Context
  ): ReadingFunctions.Access => {
    const flags = how.flags === undefined ? undefined : args[how.flags]
    if (flags === undefined) return how.access
    const values = evaluator.values(flags, context)
    const onlyWrites = values.length > 0 && values.every((value) => value._tag === "Text" && /^(w|a|x)/.test(value.text) && !value.text.includes("+"))
    return onlyWrites ? "write" : how.access
  }

  const baseOf = (
    how: ReadingFunctions.ArgumentUse,
    args: ReadonlyArray<Fold.Fold>,
    context: Value.Context
  ): string => {
    const options = how.cwd === undefined ? undefined : args[how.cwd]
    if (options === undefined) return workingDirectory
    for (const object of evaluator.values(options, context)) {
      for (const value of evaluator.member(object, "cwd", context)) {
        if (value._tag === "Text" && !PathText.hasHole(value.text)) return PathText.resolve(workingDirectory, value.text)
        if (value._tag === "Url") return PathText.resolve("/", value.path.text)
      }
    }
    return workingDirectory
  }

  const urlUse: ReadingFunctions.ArgumentUse = { argument: 0, what: "tree", access: "exists", perhaps: true }

  for (const { module, reference } of references) {
    const context = evaluator.context(module)
    const site: Site = { module, start: reference.start }
    for (const callee of evaluator.values(reference.callee, context)) {
      if (callee._tag !== "Known") continue
      if (callee.name === "URL" && reference.construct) {
        const made: Fold.Fold = { _tag: "Call", callee: reference.callee, arguments: reference.arguments, construct: true }
        for (const value of evaluator.values(made, context)) if (value._tag === "Url") use(value, site, urlUse, "exists", workingDirectory)
        continue
      }
      for (const how of ReadingFunctions.lookup(callee.name) ?? []) {
        const argument = reference.arguments[how.argument]
        if (argument === undefined) continue
        const access = accessOf(how, reference.arguments, context)
        const base = baseOf(how, reference.arguments, context)
        for (const value of evaluator.values(argument, context)) use(value, site, how, access, base)
      }
    }
  }
  return uses
}
