/**
 * The {@link ModuleResolver} over a file system.
 *
 * What it reads it keeps for as long as it lives: make one for each packaging run ({@link make}, or {@link layer} provided
 * to that run), so that files which change between two runs are read again.
 *
 * The order for a name that is no path, in TypeScript: `paths` of the governing tsconfig.json, Node's own modules, `baseUrl`, `imports`
 * for `#x`, the package itself, node_modules upwards. `paths` win over a module of Node unless the key is a mere `*`.
 */
import type * as FileSystem from "@effect/platform/FileSystem"
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Quotation from "../diagnostics/Quotation.ts"
import * as ModuleResolver from "./ModuleResolver.ts"
import * as Builtin from "./Builtin.ts"
import { conditions } from "./Conditions.ts"
import * as FileTree from "./FileTree.ts"
import { memo } from "./Memo.ts"
import * as NotFound from "./NotFound.ts"
import * as PackageJson from "./PackageJson.ts"
import * as PackageScope from "./PackageScope.ts"
import * as Packages from "./Packages.ts"
import * as PathMapping from "./PathMapping.ts"
import * as Probe from "./Probe.ts"
import { begun, ended, Refusal } from "./Refusal.ts"
import type { Located, Request } from "./Request.ts"
import * as Root from "./Root.ts"
import * as SourceFile from "./SourceFile.ts"
import * as Specifier from "./Specifier.ts"
import * as Tsconfig from "./Tsconfig.ts"
import * as TsconfigScope from "./TsconfigScope.ts"

type Service = ModuleResolver.ModuleResolver["Type"]

/** A resolver that has read nothing yet. */
export const make: Effect.Effect<Service, never, FileSystem.FileSystem | Path.Path> = Effect.gen(function*() {
  const tree = yield* FileTree.make
  const { path } = tree
  const root = Root.make(tree)
  const packageJsons = PackageJson.make(tree, root)
  const scopes = PackageScope.make(tree, packageJsons, root)
  const tsconfigs = TsconfigScope.make(tree, packageJsons, root)
  const probe = Probe.make(tree, packageJsons)
  const packages = Packages.make(tree, probe, packageJsons, scopes, root)
  const notFound = NotFound.make(tree, probe, packageJsons, root)

  /** The directory in which a file is installed: `.../node_modules/name` or `.../node_modules/@scope/name`. */
  const installedAt = (file: string): { readonly name: string; readonly directory: string } | undefined => {
    const segments = file.split(path.sep)
    const at = segments.lastIndexOf("node_modules")
    const first = segments[at + 1]
    if (at === -1 || first === undefined || at + 2 >= segments.length) return undefined
    const end = first.startsWith("@") ? at + 3 : at + 2
    return { name: segments.slice(at + 1, end).join("/"), directory: segments.slice(0, end).join(path.sep) }
  }

  const resolution = (located: Located, request: Request): Effect.Effect<ModuleResolver.Resolution, Refusal> =>
    Effect.gen(function*() {
      const file = located.entry.realPath
      tree.trust(file)
      if (!probe.isInstalled(file)) return { _tag: "Source" as const, path: file }
      const place = installedAt(file)
      const name = located.name ?? place?.name ?? path.basename(file)
      const directory = located.directory ?? place?.directory
      const manifest = directory === undefined ? undefined : yield* packageJsons.of(directory)
      const specifier = located.specifier ??
        (directory === undefined || request.directory.startsWith(directory)
          ? request.specifier
          : yield* packages.specifierOf(located.entry, name, directory, request))
      return { _tag: "Package" as const, name, specifier, directory, version: manifest?.version, path: file }
    })

  const fromPath = (at: string, request: Request) =>
    Effect.gen(function*() {
      if (probe.isInstalled(at)) return yield* probe.installed(at, request.tried)
      const plain = request.isJavaScript ? yield* probe.installed(at, []) : undefined
      return plain ?? (yield* probe.source(at, request.tried))
    })

  /** `rootDirs` lie over each other: what is not beside the module may be beside it in another of them. */
  const inRootDirs = (at: string, request: Request) =>
    Effect.gen(function*() {
      const roots = request.tsconfig?.rootDirs ?? []
      const inside = roots.filter((each) =>
        at === each || at.startsWith(each.endsWith(path.sep) ? each : each + path.sep)
      )
      const longest = inside.reduce<string | undefined>(
        (best, each) => (best?.length ?? -1) >= each.length ? best : each,
        undefined
      )
      if (longest === undefined) return undefined
      for (const other of roots) {
        if (other === longest) continue
        const entry = yield* fromPath(path.join(other, at.slice(longest.length)), request)
        if (entry !== undefined) return entry
      }
      return undefined
    })

  const byPath = (targets: ReadonlyArray<string>, request: Request) =>
    Effect.gen(function*() {
      for (const target of targets) {
        const entry = (yield* fromPath(target, request)) ?? (yield* inRootDirs(target, request))
        if (entry !== undefined) return yield* resolution({ entry }, request)
      }
      return yield* notFound.path(targets[0] ?? request.directory, request)
    })

  const absolute = (text: string, request: Request): ReadonlyArray<string> =>
    (request.kind === "import" ? Specifier.spellings(text) : [text]).map((spelling) =>
      path.resolve(request.directory, spelling) + (Specifier.namesDirectory(spelling) ? path.sep : "")
    )

  const mapped = (request: Request) =>
    Effect.gen(function*() {
      const match = PathMapping.match(request.tsconfig?.paths ?? [], request.specifier)
      if (match === undefined) return undefined
      if (match.mapping.pattern === "*" && Builtin.fromSpecifier(request.specifier) !== undefined) return undefined
      for (const candidate of match.candidates) {
        const entry = yield* fromPath(candidate, request)
        if (entry !== undefined) return entry
      }
      return undefined
    })

  const underBaseUrl = (request: Request) =>
    Effect.suspend(() => {
      const baseUrl = request.tsconfig?.baseUrl
      return baseUrl === undefined
        ? Effect.succeed(undefined)
        : fromPath(path.join(baseUrl, request.specifier), request)
    })

  const named = (
    specifier: Specifier.Specifier,
    request: Request
  ): Effect.Effect<ModuleResolver.Resolution, Refusal> =>
    Effect.gen(function*() {
      if (specifier._tag === "Imports") {
        const found = yield* packages.imports(specifier.key, request)
        if (!("external" in found)) return yield* resolution(found, request)
        const target = Specifier.parse(found.external, path.isAbsolute)
        const builtin = Builtin.fromSpecifier(found.external)
        if (builtin !== undefined) return { _tag: "Builtin" as const, name: builtin }
        return yield* named(target, { ...request, specifier: found.external, directory: found.directory })
      }
      if (specifier._tag === "NodeScheme") return yield* notFound.builtin(specifier.name)
      if (specifier._tag !== "Bare") {
        return yield* new Refusal({
          reason: "InvalidSpecifier",
          what: `${Quotation.quoted(request.specifier)} is not a specifier that Node can resolve`,
          why: specifier._tag === "Invalid"
            ? specifier.why
            : specifier._tag === "Scheme"
            ? `modules of the scheme "${specifier.scheme}:" are not known here`
            : undefined,
          remedy: specifier._tag === "Scheme"
            ? "install the module as an npm package, or put its source beside the module"
            : `write a relative path, a package's name, or a name of "paths" in tsconfig.json`
        })
      }
      const { name, subpath } = specifier
      const found = (yield* packages.self(name, subpath, request)) ??
        (yield* packages.installed(name, subpath, request))
      return found === undefined ? yield* notFound.package(name, request) : yield* resolution(found, request)
    })

  /** A name as Node resolves it. */
  const asNode = (
    specifier: Specifier.Specifier,
    request: Request
  ): Effect.Effect<ModuleResolver.Resolution, Refusal> => {
    if (specifier._tag === "Absolute") return byPath(absolute(specifier.path, request), request)
    const builtin = Builtin.fromSpecifier(request.specifier)
    return builtin === undefined ? named(specifier, request) : Effect.succeed({ _tag: "Builtin", name: builtin })
  }

  const answer = (request: Request): Effect.Effect<ModuleResolver.Resolution, Refusal> =>
    Effect.gen(function*() {
      const specifier = Specifier.parse(request.specifier, path.isAbsolute)
      if (specifier._tag === "Relative") return yield* byPath(absolute(specifier.path, request), request)
      if (specifier._tag === "FileUrl") {
        const file = yield* Effect.mapError(path.fromFileUrl(specifier.url), (cause) =>
          new Refusal({
            reason: "InvalidSpecifier",
            what: `${Quotation.quoted(request.specifier)} names no file of this machine`,
            remedy: "write a relative path",
            cause
          }))
        return yield* byPath([file], request)
      }
      // `paths` and `baseUrl` are TypeScript's
      const plain = request.isJavaScript ? yield* Effect.option(asNode(specifier, { ...request, tried: [] }))
        : Option.none()
      if (plain._tag === "Some") return plain.value
      const alias = yield* mapped(request)
      if (alias !== undefined) return yield* resolution({ entry: alias }, request)
      if (specifier._tag === "Absolute" || Builtin.fromSpecifier(request.specifier) !== undefined) {
        return yield* asNode(specifier, request)
      }
      const based = yield* underBaseUrl(request)
      return based === undefined ? yield* named(specifier, request) : yield* resolution({ entry: based }, request)
    })

  const explained = (specifier: string, referrer: string) => (refusal: Refusal) =>
    new ModuleResolver.ResolutionError({
      reason: refusal.reason,
      specifier,
      referrer,
      // Names and paths in it are as long as somebody wrote them
      what: Quotation.shortWords(begun(refusal.what)),
      location: refusal.location,
      why: refusal.why === undefined ? undefined : Quotation.shortWords(ended(begun(refusal.why))),
      remedy: refusal.remedy === undefined ? undefined : Quotation.shortWords(ended(begun(refusal.remedy))),
      cause: refusal.cause,
      tried: refusal.tried,
      available: refusal.available
    })

  /** Real path of the directory of a module, and what governs the module. */
  const placeOf = memo((referrer) =>
    Effect.gen(function*() {
      tree.trust(referrer)
      const directory = yield* tree.realDirectory(path.dirname(referrer))
      tree.trust(path.join(directory, "package.json"))
      return { directory, tsconfig: yield* tsconfigs.governing(path.join(directory, path.basename(referrer))) }
    })
  )

  /** Answers by what they depend on: many modules of a directory ask for the same. */
  const answers = new Map<string, ModuleResolver.Resolution>()

  const resolve: Service["resolve"] = (specifier, referrer, kind) => {
    const builtin = specifier.startsWith("node:") ? Builtin.fromSpecifier(specifier) : undefined
    if (builtin !== undefined) return Effect.succeed({ _tag: "Builtin", name: builtin })
    return placeOf(referrer).pipe(
      Effect.flatMap(({ directory, tsconfig }) => {
        const isJavaScript = SourceFile.kindOf(referrer)?.language === "javascript"
        const key = `${kind}\0${isJavaScript}\0${directory}\0${tsconfig?.path}\0${specifier}`
        const known = answers.get(key)
        if (known !== undefined) return Effect.succeed(known)
        const found = answer({
          specifier,
          referrer,
          directory,
          kind,
          tsconfig,
          isJavaScript,
          conditions: conditions(kind, isJavaScript ? [] : tsconfig?.customConditions ?? []),
          tried: []
        })
        return Effect.tap(found, (resolution) =>
          Effect.sync(() => {
            answers.set(key, resolution)
          }))
      }),
      Effect.mapError(explained(specifier, referrer))
    )
  }

  const sourceKind = (file: string): Effect.Effect<ModuleResolver.SourceKind, Refusal> =>
    Effect.gen(function*() {
      const kind = SourceFile.isDeclaration(file) ? undefined : SourceFile.kindOf(file)
      if (kind === undefined) {
        return yield* new Refusal({
          reason: "InvalidSpecifier",
          what: `${yield* root.name(file)} is not a source file`,
          why: SourceFile.isDeclaration(file)
            ? "it only declares types; nothing of it exists at run time"
            : `".${SourceFile.extension(file)}" is neither TypeScript nor JavaScript nor JSON`,
          remedy: SourceFile.isDeclaration(file)
            ? "name the module that it describes"
            : "read it as a data file, or name a module"
        })
      }
      if (kind.moduleSystem !== undefined || kind.language === "json") return kind
      const type = (yield* scopes.nearest(path.dirname(file)))?.type
      return { ...kind, moduleSystem: type === "module" ? "esm" : type }
    })

  const about = <A>(
    file: string,
    effect: Effect.Effect<A, Refusal>
  ): Effect.Effect<A, ModuleResolver.ResolutionError> =>
    Effect.suspend(() => {
      tree.trust(file)
      return Effect.mapError(effect, explained(file, file))
    })

  return {
    resolve,
    sourceKind: (file) => about(file, sourceKind(file)),
    compilerOptions: (file) =>
      about(
        file,
        Effect.map(
          tsconfigs.governing(file),
          (config) => Tsconfig.optionsFor(config, SourceFile.kindOf(file)?.language)
        )
      ),
    isFreeOfSideEffects: (file) => about(file, scopes.isFreeOfSideEffects(file)),
    namedScope: (file) => about(file, scopes.named(path.dirname(file))),
    projectRoot: (file) => about(file, root.above(path.dirname(file)))
  }
})

/** A resolver with a cache of its own; see {@link make} for how long to keep it. */
export const layer: Layer.Layer<ModuleResolver.ModuleResolver, never, FileSystem.FileSystem | Path.Path> = Layer.effect(
  ModuleResolver.ModuleResolver,
  make
)
