/**
 * Packages by their names: installed ones, the package itself, and what `imports` calls by `#`.
 * https://nodejs.org/api/esm.html#resolution-algorithm-specification
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Quotation from "../diagnostics/Quotation.ts"
import type { Entry, FileTree } from "./FileTree.ts"
import type { PackageJson, PackageJsons } from "./PackageJson.ts"
import * as PackageMap from "./PackageMap.ts"
import type { PackageScopes } from "./PackageScope.ts"
import type * as PackageTarget from "./PackageTarget.ts"
import type { Probe } from "./Probe.ts"
import { Refusal } from "./Refusal.ts"
import type { Located, Request } from "./Request.ts"
import type { Root } from "./Root.ts"
import * as Specifier from "./Specifier.ts"

export interface Packages {
  /** The module `subpath` (`.` or `./x`) of the nearest installed package `name`; `undefined` where none is installed. */
  readonly installed: (name: string, subpath: string, request: Request) => Effect.Effect<Located | undefined, Refusal>
  /** The same of the package that the asking module belongs to, when that is its name and it has `exports`. */
  readonly self: (name: string, subpath: string, request: Request) => Effect.Effect<Located | undefined, Refusal>
  /** The bare specifier by which Node finds the file `entry` of the package installed in `directory` under `name`. */
  readonly specifierOf: (
    entry: Entry,
    name: string,
    directory: string,
    request: Request
  ) => Effect.Effect<string, Refusal>
  /** What `#key` leads to: a file of the package, or another specifier to be resolved from the package's directory. */
  readonly imports: (
    key: string,
    request: Request
  ) => Effect.Effect<Located | { readonly external: string; readonly directory: string }, Refusal>
}

export const make = (
  tree: FileTree,
  probe: Probe,
  packageJsons: PackageJsons,
  scopes: PackageScopes,
  root: Root
): Packages => {
  const { path } = tree

  const slashed = (text: string): string => text.split(path.sep).join("/")

  const titled = (manifest: PackageJson): string => manifest.name ?? manifest.file

  /** The file that a target names; the failures say what is wrong with the package rather than with the asking module. */
  const fileOf = (
    target: Extract<PackageTarget.Target, { _tag: "File" }>,
    manifest: PackageJson,
    request: Request
  ): Effect.Effect<Located, Refusal> =>
    Effect.gen(function*() {
      const decoded = Option.getOrElse(Specifier.decode(target.path), () => target.path)
      const at = path.join(manifest.directory, decoded)
      const entry = yield* probe.target(at, request.tried)
      if (entry !== undefined) return { entry }
      const real = yield* tree.realDirectory(manifest.directory)
      const declaration = yield* probe.declaration(at)
      return yield* new Refusal({
        reason: "NotFound",
        what: `cannot resolve ${Quotation.quoted(request.specifier)}: the package ${
          titled(manifest)
        } names ${target.path}, which does not exist`,
        why: declaration === undefined
          ? `${manifest.file} leads to ${yield* root.name(at)}`
          : `only the type declarations ${yield* root.name(declaration.path)} are there, no code`,
        remedy: probe.isInstalled(real)
          ? `install the package ${titled(manifest)} anew`
          : `build the package ${titled(manifest)} first (its ${target.path} is made by its build), ` +
            `or name a condition of its package.json that leads to its sources in "customConditions" of tsconfig.json`
      })
    })

  const malformed = (target: Extract<PackageTarget.Target, { _tag: "Malformed" }>, manifest: PackageJson): Refusal =>
    new Refusal({
      reason: "InvalidConfiguration",
      what: `${target.keys[0] ?? "a field"} of the package ${titled(manifest)} is not valid`,
      location: manifest.locate(target.keys),
      why: target.why,
      remedy: `correct ${manifest.file}`
    })

  const escapes = (request: Request, name: string): Refusal =>
    new Refusal({
      reason: "InvalidSpecifier",
      what: `${Quotation.quoted(request.specifier)} leads out of the package ${name}`,
      why: `a subpath holds no segments ".", ".." and "node_modules", and no encoded "/"`,
      remedy: "import a subpath that the package exports"
    })

  const notExported = (
    subpath: string,
    target: PackageTarget.Target,
    manifest: PackageJson,
    request: Request
  ): Refusal => {
    const available = PackageMap.exportedSubpaths(manifest.exports, request.conditions)
      .map((each) => `${titled(manifest)}${each.slice(1)}`)
    const types = PackageMap.resolveExports(manifest.exports, subpath, new Set([...request.conditions, "types"]))
    const wanted = subpath === "." ? `its main module` : Quotation.quoted(subpath)
    return new Refusal({
      reason: "NotExported",
      what: `the package ${titled(manifest)} does not export ${wanted}`,
      location: manifest.locate(["exports", subpath]),
      why: target._tag === "Closed"
        ? `its package.json closes that subpath (null)`
        : types._tag === "File"
        ? `it exports type declarations only under that name (${types.path})`
        : `no entry of "exports" holds for it under the conditions ${[...request.conditions].join(", ")}`,
      remedy: available.length === 0
        ? `this package offers nothing to ${request.kind}`
        : `import one of: ${available.join(", ")}`,
      available
    })
  }

  const exported = (subpath: string, manifest: PackageJson, request: Request): Effect.Effect<Located, Refusal> =>
    Effect.suspend(() => {
      const target = PackageMap.resolveExports(manifest.exports, subpath, request.conditions)
      switch (target._tag) {
        case "File":
          return fileOf(target, manifest, request)
        case "Malformed":
          return Effect.fail(malformed(target, manifest))
        case "Escapes":
          return Effect.fail(escapes(request, titled(manifest)))
        default:
          return Effect.fail(notExported(subpath, target, manifest, request))
      }
    })

  /** A package without `exports`: its main file, or any of its files. */
  const legacy = (name: string, directory: string, real: string, subpath: string, request: Request) =>
    Effect.gen(function*() {
      const look = probe.isInstalled(real) ? probe.installed : probe.source
      if (subpath === ".") return located(yield* probe.main(directory, request.tried))
      if (Specifier.encodesSeparator(subpath)) return yield* escapes(request, name)
      // Only an import is a URL.
      for (const spelling of request.kind === "import" ? Specifier.spellings(subpath) : [subpath]) {
        const at = path.join(directory, spelling)
        const entry = yield* look(at, request.tried)
        if (entry === undefined) continue
        // Node's loader of ES modules completes nothing; `require` does.
        const complete = request.kind === "require" || entry.path === path.normalize(at)
        return {
          entry,
          specifier: name + (complete ? subpath.slice(1) : `/${slashed(path.relative(directory, entry.path))}`)
        }
      }
      return undefined
    })

  const located = (entry: Located["entry"] | undefined): Located | undefined =>
    entry === undefined ? undefined : { entry }

  const noModule = (name: string, directory: string, subpath: string, request: Request) =>
    Effect.gen(function*() {
      const real = yield* tree.realDirectory(directory)
      const manifest = yield* packageJsons.of(directory)
      const main = manifest?.main ?? "index.js"
      const declaration = yield* probe.declaration(path.join(directory, subpath === "." ? main : subpath))
      const typesOnly = declaration !== undefined || (subpath === "." && manifest?.typed === true)
      const what = subpath === "."
        ? `the package ${name} has no main module`
        : `the package ${name} has no module ${Quotation.quoted(subpath)}`
      return new Refusal({
        reason: "NotFound",
        what: `cannot resolve ${Quotation.quoted(request.specifier)}: ${what}`,
        why: typesOnly
          ? `only type declarations are there${
            declaration === undefined ? "" : ` (${yield* root.name(declaration.path)})`
          }, no code`
          : subpath === "." && manifest?.main !== undefined
          ? `its package.json names ${Quotation.quoted(main)}, which does not exist`
          : undefined,
        remedy: typesOnly
          ? "import only types from it (import type), or install a package that holds code"
          : probe.isInstalled(real)
          ? `import a file that ${name} has, or install it anew`
          : `build the package ${name} first, or correct "main" in ${manifest?.file ?? "its package.json"}`
      })
    })

  const installed = (name: string, subpath: string, request: Request): Effect.Effect<Located | undefined, Refusal> =>
    Effect.gen(function*() {
      let failure: Refusal | undefined
      for (const at of tree.ancestors(request.directory)) {
        if (path.basename(at) === "node_modules") continue
        const place = path.join(at, "node_modules", name)
        const found = yield* tree.find(place)
        if (found?.type !== "Directory") {
          request.tried.push(place)
          // `require` also loads a file that lies in node_modules itself.
          const file = request.kind === "require" && subpath === "." ? yield* probe.installed(place, request.tried)
            : undefined
          if (file !== undefined) return { entry: file, name, specifier: name }
          continue
        }
        const manifest = yield* packageJsons.of(found.path)
        const within = { name, directory: found.realPath, specifier: name + subpath.slice(1) }
        if (manifest?.exports !== undefined) return { ...(yield* exported(subpath, manifest, request)), ...within }
        const legacyModule = yield* legacy(name, found.path, found.realPath, subpath, request)
        if (legacyModule !== undefined) return { ...within, ...legacyModule }
        failure ??= yield* noModule(name, found.path, subpath, request)
        if (request.kind === "import") break
      }
      return failure === undefined ? undefined : yield* failure
    })

  const specifierOf: Packages["specifierOf"] = (entry, name, directory, request) =>
    Effect.gen(function*() {
      const within = slashed(path.relative(directory, entry.realPath))
      const manifest = yield* packageJsons.of(directory)
      if (manifest?.exports === undefined) {
        const main = yield* probe.main(directory, [])
        return main?.realPath === entry.realPath ? name : `${name}/${within}`
      }
      const subpath = PackageMap.subpathOf(manifest.exports, `./${within}`, request.conditions)
      if (subpath !== undefined) return name + subpath.slice(1)
      return yield* new Refusal({
        reason: "NotExported",
        what: `${
          Quotation.quoted(request.specifier)
        } leads to ${within} of the package ${name}, which does not export it`,
        location: manifest.locate(["exports"]),
        why: "an installed package is found by its name, and then only what it exports",
        remedy: "import a subpath that the package exports",
        available: PackageMap.exportedSubpaths(manifest.exports, request.conditions).map((each) => name + each.slice(1))
      })
    })

  return {
    installed,
    specifierOf,
    self: (name, subpath, request) =>
      Effect.gen(function*() {
        const manifest = yield* scopes.nearest(request.directory)
        if (manifest?.name !== name || manifest.exports === undefined) return undefined
        const found = yield* exported(subpath, manifest, request)
        return { ...found, name, directory: yield* tree.realDirectory(manifest.directory) }
      }),
    imports: (key, request) =>
      Effect.gen(function*() {
        const manifest = yield* scopes.nearest(request.directory)
        const undefinedKey = (why: string, available: ReadonlyArray<string>) =>
          new Refusal({
            reason: "NotExported",
            what: `${Quotation.quoted(key)} is not defined by "imports" of package.json`,
            location: manifest?.locate(["imports"]),
            why,
            remedy: available.length === 0
              ? `define it in "imports" of ${manifest?.file ?? "a package.json above this module"}`
              : `use one of: ${available.join(", ")}`,
            available
          })
        if (manifest?.imports === undefined) {
          return yield* undefinedKey(
            manifest === undefined ? "no package.json governs this module" : `${manifest.file} has no "imports"`,
            []
          )
        }
        const available = Object.keys(manifest.imports).filter((each) => each.startsWith("#")).sort()
        if (key === "#") return yield* undefinedKey(`"#" alone is no name`, available)
        const target = PackageMap.resolveImports(manifest.imports, key, request.conditions)
        switch (target._tag) {
          case "File":
            return yield* fileOf(target, manifest, request)
          case "External":
            return { external: target.specifier, directory: manifest.directory }
          case "Malformed":
            return yield* malformed(target, manifest)
          case "Escapes":
            return yield* escapes(request, titled(manifest))
          default:
            return yield* undefinedKey(
              target._tag === "Closed"
                ? `${manifest.file} closes it (null)`
                : `no entry holds for it under the conditions ${[...request.conditions].join(", ")}`,
              available
            )
        }
      })
  }
}
