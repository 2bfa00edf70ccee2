/**
 * package.json, as far as it says how modules are found.
 */
import * as Effect from "effect/Effect"
import type { SourceLocation } from "../diagnostics/SourceLocation.ts"
import type { FileTree } from "./FileTree.ts"
import * as JsonDocument from "./JsonDocument.ts"
import { memo } from "./Memo.ts"
import type { Refusal } from "./Refusal.ts"
import type { Root } from "./Root.ts"

export interface PackageJson {
  /** Absolute path of the file. */
  readonly path: string
  /** Absolute path of the directory it stands in. */
  readonly directory: string
  /** As a person names the file. */
  readonly file: string
  readonly name: string | undefined
  readonly version: string | undefined
  readonly type: "module" | "commonjs" | undefined
  readonly main: string | undefined
  /** Whether it names type declarations (`types`, `typings`). */
  readonly typed: boolean
  /** The field `tsconfig`: what `extends` of a package name means. */
  readonly tsconfig: string | undefined
  /** `undefined` where the field is missing or null. */
  readonly exports: unknown
  readonly imports: Readonly<Record<string, unknown>> | undefined
  /** What `sideEffects` says: `false`, or patterns of the files that have some; `undefined` where it says nothing. */
  readonly sideEffects: false | ReadonlyArray<string> | undefined
  /** Names in `dependencies` and its kin, sorted. */
  readonly dependencies: ReadonlyArray<string>
  /** Whether it is the root of a workspace. */
  readonly workspaces: boolean
  readonly locate: (keys: ReadonlyArray<string>) => SourceLocation
}

const text = (value: unknown): string | undefined => typeof value === "string" ? value : undefined

const sideEffects = (value: unknown): PackageJson["sideEffects"] => {
  if (value === false) return false
  return Array.isArray(value) && value.every((each) => typeof each === "string") ? value : undefined
}

const dependencyFields = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"]

const fromDocument = (path: string, directory: string, document: JsonDocument.JsonDocument): PackageJson => {
  const fields = JsonDocument.isObject(document.value) ? document.value : {}
  const names = dependencyFields.flatMap((field) => {
    const value = fields[field]
    return JsonDocument.isObject(value) ? Object.keys(value) : []
  })
  return {
    path,
    directory,
    file: document.file,
    name: text(fields["name"]) || undefined,
    version: text(fields["version"]),
    type: fields["type"] === "module" || fields["type"] === "commonjs" ? fields["type"] : undefined,
    main: text(fields["main"]),
    typed: text(fields["types"]) !== undefined || text(fields["typings"]) !== undefined,
    tsconfig: text(fields["tsconfig"]),
    exports: fields["exports"] ?? undefined,
    imports: JsonDocument.isObject(fields["imports"]) ? fields["imports"] : undefined,
    sideEffects: sideEffects(fields["sideEffects"]),
    dependencies: [...new Set(names)].sort(),
    workspaces: fields["workspaces"] !== undefined && fields["workspaces"] !== null,
    locate: document.locate
  }
}

export interface PackageJsons {
  /** The package.json in `directory`, if there is one. */
  readonly of: (directory: string) => Effect.Effect<PackageJson | undefined, Refusal>
}

export const make = (tree: FileTree, root: Root): PackageJsons => ({
  of: memo((directory) =>
    Effect.gen(function*() {
      const entry = yield* tree.find(tree.path.join(directory, "package.json"))
      if (entry?.type !== "File") return undefined
      const content = yield* tree.text(entry.path)
      const file = yield* root.name(entry.path)
      return fromDocument(entry.path, directory, yield* JsonDocument.parse(file, content, "json"))
    })
  )
})
