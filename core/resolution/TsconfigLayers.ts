/**
 * A tsconfig.json together with what it extends, each value with the file that it was written in.
 * https://www.typescriptlang.org/tsconfig/#extends
 */
import * as Effect from "effect/Effect"
import * as Quotation from "../diagnostics/Quotation.ts"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { FileTree } from "./FileTree.ts"
import * as JsonDocument from "./JsonDocument.ts"
import * as PackageMap from "./PackageMap.ts"
import type { PackageJsons } from "./PackageJson.ts"
import { Refusal } from "./Refusal.ts"
import type { Root } from "./Root.ts"
import * as Specifier from "./Specifier.ts"

/** A value of a configuration and where it was written. */
export interface Setting {
  readonly value: unknown
  /** Absolute directory of the file that it was written in: relative paths begin there. */
  readonly directory: string
  readonly locate: (keys: ReadonlyArray<string>) => SourceLocation
  readonly keys: ReadonlyArray<string>
}

export interface Layers {
  /** Absolute path of the configuration that was asked for. */
  readonly path: string
  /** `compilerOptions`, merged: nearer files win; `null` removes what was inherited. */
  readonly options: ReadonlyMap<string, Setting>
  /** `files`, `include`, `exclude` (inherited) and `references` (never inherited). */
  readonly sections: ReadonlyMap<"files" | "include" | "exclude" | "references", Setting>
}

const inherited = ["files", "include", "exclude"] as const

export const wrong = (setting: Setting, what: string, remedy: string, keys = setting.keys): Refusal =>
  new Refusal({ reason: "InvalidConfiguration", what, location: setting.locate(keys), remedy })

export const make = (tree: FileTree, packageJsons: PackageJsons, root: Root) => {
  const { path } = tree

  const fileOrJson = (candidate: string): Effect.Effect<string | undefined, Refusal> =>
    Effect.gen(function*() {
      for (const at of candidate.endsWith(".json") ? [candidate] : [candidate, `${candidate}.json`]) {
        const entry = yield* tree.find(at)
        if (entry?.type === "File") return entry.path
      }
      const inside = yield* tree.find(path.join(candidate, "tsconfig.json"))
      return inside?.type === "File" ? inside.path : undefined
    })

  /** The configuration that a package offers under `subpath`. */
  const inPackage = (directory: string, subpath: string): Effect.Effect<string | undefined, Refusal> =>
    Effect.gen(function*() {
      const manifest = yield* packageJsons.of(directory)
      if (manifest?.exports !== undefined) {
        const conditions = new Set(["node", "require", "import", "types", "default"])
        const target = PackageMap.resolveExports(manifest.exports, subpath, conditions)
        const found = target._tag === "File" ? yield* fileOrJson(path.join(directory, target.path)) : undefined
        if (found !== undefined) return found
      }
      if (subpath !== ".") return yield* fileOrJson(path.join(directory, subpath))
      return yield* fileOrJson(path.join(directory, manifest?.tsconfig ?? "tsconfig.json"))
    })

  const extended = (name: string, directory: string): Effect.Effect<string | undefined, Refusal> =>
    Effect.gen(function*() {
      const specifier = Specifier.parse(name, path.isAbsolute)
      if (specifier._tag === "Relative" || specifier._tag === "Absolute") {
        return yield* fileOrJson(path.resolve(directory, specifier.path))
      }
      if (specifier._tag !== "Bare") return undefined
      for (const at of tree.ancestors(directory)) {
        const installed = yield* tree.find(path.join(at, "node_modules", specifier.name))
        if (installed?.type !== "Directory") continue
        tree.trust(path.join(installed.realPath, "package.json"))
        const found = yield* inPackage(installed.realPath, specifier.subpath)
        if (found !== undefined) return found
      }
      return undefined
    })

  const load = (file: string, chain: ReadonlyArray<string>): Effect.Effect<Layers, Refusal> =>
    Effect.gen(function*() {
      const name = yield* root.name(file)
      const document = yield* JsonDocument.parse(name, yield* tree.text(file), "comments")
      const directory = path.dirname(file)
      const fields = JsonDocument.isObject(document.value) ? document.value : {}
      const setting = (keys: ReadonlyArray<string>, value: unknown): Setting => ({
        value,
        directory,
        locate: document.locate,
        keys
      })

      const options = new Map<string, Setting>()
      const sections = new Map<"files" | "include" | "exclude" | "references", Setting>()
      const parents = Array.isArray(fields["extends"]) ? fields["extends"] : [fields["extends"] ?? []].flat()
      for (const [index, parent] of parents.entries()) {
        const at = setting(Array.isArray(fields["extends"]) ? ["extends", String(index)] : ["extends"], parent)
        if (typeof parent !== "string") {
          return yield* wrong(
            at,
            `"extends" in ${name} is neither a string nor a list of strings`,
            "name a file or a package"
          )
        }
        const found = yield* extended(parent, directory)
        if (found === undefined) {
          return yield* wrong(
            at,
            `${name} extends ${Quotation.quoted(parent)}, which does not exist`,
            parent.startsWith(".") ? "correct the path" : "install that package, or correct the name"
          )
        }
        if (found === file || chain.includes(found)) {
          return yield* wrong(at, `${name} extends itself through ${Quotation.quoted(parent)}`, "break the circle")
        }
        const layers = yield* load(found, [...chain, file])
        for (const [key, value] of layers.options) options.set(key, value)
        for (const key of inherited) {
          const value = layers.sections.get(key)
          if (value !== undefined) sections.set(key, value)
        }
      }

      const own = fields["compilerOptions"] ?? {}
      if (!JsonDocument.isObject(own)) {
        return yield* wrong(
          setting(["compilerOptions"], own),
          `"compilerOptions" in ${name} is not an object`,
          "correct it"
        )
      }
      for (const [key, value] of Object.entries(own)) {
        if (value === null) options.delete(key)
        else options.set(key, setting(["compilerOptions", key], value))
      }
      for (const key of [...inherited, "references"] as const) {
        if (fields[key] !== undefined) sections.set(key, setting([key], fields[key]))
      }
      return { path: file, options, sections }
    })

  return {
    /** Reads the configuration at absolute path `file`. */
    load: (file: string): Effect.Effect<Layers, Refusal> => load(file, [])
  }
}
