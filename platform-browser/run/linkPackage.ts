/**
 * Links a package for a run in a page: every module that can be reached, with what each of its specifiers leads to.
 */
import * as Effect from "effect/Effect"
import * as Order from "effect/Order"
import { verifyPackage } from "../../core/archive/OpenPackage.ts"
import * as RandomAccess from "../../core/archive/RandomAccess.ts"
import { ModuleResolver, type RequestKind } from "../../core/resolution/ModuleResolver.ts"
import { vendorDirectory } from "../../core/npm/VendorDirectory.ts"
import * as Resolver from "../../core/resolution/Resolver.ts"
import { SourceParser } from "../../core/language/SourceParser.ts"
import * as Ast from "../../core/language/Ast.ts"
import * as MemoryFileSystem from "../MemoryFileSystem.ts"
import type { LinkedModule, LinkedProgram, LinkTarget } from "./LinkedProgram.ts"
import * as ModuleText from "./ModuleText.ts"
import { offered, packageDirectory } from "./Offered.ts"

const isModule = (path: string): boolean => /\.(?:[cm]?js|json)$/.test(path)

/** Where modules of an installed npm package lie, for they are asked for through a link. */
const inPackage = (path: string): string =>
  path.slice(packageDirectory.length + 1).replace(/^node_modules\//, `${vendorDirectory}/`)

const bareName = (specifier: string): string => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier

const notOffered = (name: string): LinkTarget => ({
  kind: "refused",
  message: `${name} is not to be had in a page: a run there has ${[...offered].join(", ")} and the cluster functions`
})

const notVendored = (specifier: string): LinkTarget => ({
  kind: "refused",
  message: `The npm package ${bareName(specifier)} is not in this package, and a page installs none: ` +
    `package the function with dependencies "vendor" to run it in a page`
})

/** What `specifier` leads to from the module at `path` of the package. */
const targetOf = (specifier: string, path: string, kind: RequestKind, files: ReadonlySet<string>) =>
  Effect.gen(function*() {
    if (specifier.startsWith(".")) {
      const url = new URL(specifier, `file:///${path.split("/").map(encodeURIComponent).join("/")}`)
      const exact = decodeURIComponent(url.pathname.slice(1))
      if (files.has(exact)) return { kind: "module", path: exact } satisfies LinkTarget
    }
    const resolver = yield* ModuleResolver
    const resolution = yield* Effect.option(resolver.resolve(specifier, `${packageDirectory}/${path}`, kind))
    if (resolution._tag === "None") return notVendored(specifier)
    const { value } = resolution
    if (value._tag === "Builtin") {
      return offered.has(value.name) ? { kind: "builtin", name: value.name } satisfies LinkTarget
        : notOffered(value.name)
    }
    const target = value.path === undefined ? undefined : inPackage(value.path)
    return target === undefined || !files.has(target) ? notVendored(specifier)
      : { kind: "module", path: target } satisfies LinkTarget
  })

const isCommonJs = (path: string, system: "esm" | "commonjs" | undefined, module: Ast.Module): boolean =>
  path.endsWith(".cjs") || Ast.isScript(module) ||
  (system !== "esm" && !module.body.some(({ type }) => type.startsWith("Import") || type.startsWith("Export")))

const linkModule = (path: string, text: string, files: ReadonlySet<string>) =>
  Effect.gen(function*() {
    if (path.endsWith(".json")) return { kind: "json", path } satisfies LinkedModule
    const parser = yield* SourceParser
    const resolver = yield* ModuleResolver
    const { moduleSystem } = yield* resolver.sourceKind(`${packageDirectory}/${path}`)
    const module = yield* parser.parse({ file: path, text, language: "javascript", jsx: false, moduleSystem })
    const targets = (specifiers: ReadonlyArray<string>, kind: RequestKind) =>
      Effect.forEach(specifiers, (specifier) =>
        Effect.map(targetOf(specifier, path, kind, files), (target) => [specifier, target] as const))
    if (isCommonJs(path, moduleSystem, module)) {
      const { code, dynamic, required } = ModuleText.commonJsModule(module, text)
      const found = [...yield* targets(dynamic, "import"), ...yield* targets(required, "require")]
      return { kind: "commonjs", path, code, targets: Object.fromEntries(found) } satisfies LinkedModule
    }
    const { dynamic, ...linked } = ModuleText.esModule(module, text)
    const found = yield* targets([...linked.requests, ...dynamic], "import")
    return { ...linked, path, targets: Object.fromEntries(found) } satisfies LinkedModule
  })

const targetsOf = (module: LinkedModule): ReadonlyArray<string> =>
  module.kind === "json" ? []
    : Object.values(module.targets).flatMap((target) => target.kind === "module" ? [target.path] : [])

/** Verifies the package and links it. */
export const linkPackage = (zip: Uint8Array) =>
  Effect.gen(function*() {
    const opened = yield* verifyPackage(RandomAccess.fromBytes(zip))
    const contents = new Map<string, Uint8Array<ArrayBuffer>>()
    for (const { path } of opened.entries) contents.set(path, new Uint8Array(yield* opened.read(path)))
    contents.set("manifest.json", new TextEncoder().encode(opened.manifestText))
    const paths = new Set(contents.keys())

    const placed = [...contents].flatMap(([path, bytes]) => {
      const vendored = path.startsWith(`${vendorDirectory}/`) ? [`node_modules${path.slice(vendorDirectory.length)}`]
        : []
      return [path, ...vendored].map((each) => [`${packageDirectory}/${each}`, bytes] as const)
    })
    const modules = new Map<string, LinkedModule>()
    // A page has no threads: its loops are the serial ones
    const { entry } = opened.manifest
    const serial = entry["serial"]
    const entryModule = typeof serial === "string" ? serial : entry.module
    const isForThreads = (path: string): boolean =>
      serial !== undefined && (path.endsWith(".loops.mjs") || path.endsWith(".bodies.mjs"))
    // A specifier that is computed may name any module of the code
    const pending = [...paths].filter((path) => path.startsWith("modules/") && isModule(path) && !isForThreads(path))
      .sort(Order.string)
    pending.push(entryModule)
    yield* Effect.gen(function*() {
      for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
        if (modules.has(path)) continue
        const module = yield* linkModule(path, new TextDecoder().decode(contents.get(path)), paths)
        modules.set(path, module)
        pending.push(...targetsOf(module))
      }
    }).pipe(Effect.provide(Resolver.layer), Effect.provide(MemoryFileSystem.layerWith(Object.fromEntries(placed))))

    return {
      packageId: opened.packageId,
      digest: opened.digest,
      functionName: opened.metadata.function_info.name,
      entry: { module: entryModule, export: entry.export },
      modules: [...modules.values()],
      files: Object.fromEntries(contents)
    } satisfies LinkedProgram
  })
