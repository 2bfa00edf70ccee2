/**
 * The slice of a module: the original text of the items that are reached, in their order, with imports linked. Lowering
 * and normalisation come after.
 */
import * as Effect from "effect/Effect"
import MagicString, { Bundle } from "magic-string"
import type { InnerFunction } from "../modules/InnerFunction.ts"
import type { CodeRequest, Cut, Item, PlaceReference, Range } from "../modules/ModuleRecord.ts"
import { printPragmas } from "../modules/Pragmas.ts"
import type { FollowError } from "../slicing/Exports.ts"
import type { LoadRequirements } from "../modules/ModuleLoader.ts"
import { jsxRuntime, workerSpecifier } from "../modules/RequestedModule.ts"
import type { ReachedModule } from "../slicing/Reached.ts"
import { linkage, type Linker, needsRequire, packagePath } from "./Linkage.ts"
import { filesystemUtils, modulesDirectory, relativePath, relativeSpecifier } from "./Placement.ts"
import { isClustrix } from "../modules/recordModule.ts"

export interface Slice {
  readonly text: string
  /** What to import in the place of specifiers that lowering brings in, where the slice imports them. */
  readonly specifiers: Readonly<Record<string, string>>
  /** JSON of the source map from the slice to the original text; made when asked for. */
  readonly map: () => string
}

/** Names that the slice may bring in. No program has them by chance. */
const toPath = "clustrix$fileURLToPath"
const toRequire = "clustrix$createRequire"

/** Where the code of a module may stand on its own file name, an expression that says the original one. */
const placeText = (kind: PlaceReference["kind"], fileName: string, renamed: boolean): string | undefined => {
  const original = `new URL(${JSON.stringify(`./${encodeURIComponent(fileName)}`)}, import.meta.url)`
  switch (kind) {
    case "url":
      return renamed ? `${original}.href` : undefined
    case "filename":
    case "__filename":
      return renamed ? `${toPath}(${original})` : `${toPath}(import.meta.url)`
    case "dirname":
    case "__dirname":
      return `${toPath}(new URL(".", import.meta.url)).slice(0, -1)`
  }
}

/** Cuts the slice of `reached` out of its module's text. */
export const slice = (
  linker: Linker,
  reached: ReachedModule
): Effect.Effect<Slice, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    const { module } = reached
    const here = packagePath(linker, module)
    const items = module.record.items.filter((item) => reached.items.has(item.index))
    const commonjs = module.record.system === "commonjs"
    const place = linker.placement(module.path)
    const fileName = place.slice(place.lastIndexOf("/") + 1)
    const renamed = !here.endsWith(`/${fileName}`)

    let usesPath = false
    let usesRequire = needsRequire(linker, reached)
    /** Leaves of the module's text what `kept` says, in their order. */
    const cut = (kept: ReadonlyArray<Item>): Effect.Effect<MagicString, FollowError, LoadRequirements> =>
      Effect.gen(function*() {
        const text = new MagicString(module.text)
        let end = 0
        for (const item of kept) {
          const first = item.keep[0]
          const last = item.keep[item.keep.length - 1]
          if (first === undefined || last === undefined) continue
          for (const [from, to] of item.keep) {
            if (from > end) text.overwrite(end, from, "\n")
            end = Math.max(end, to)
          }
          const { prefix, suffix } = item.inner === undefined ? item : around(item.inner, item.declares[0] ?? "")
          if (prefix !== "") text.appendRight(first[0], prefix)
          // What stood behind it may have ended it: `f()` and, on the next line, `type A = 1`, and then `(g)()`
          text.appendLeft(last[1], commonjs ? suffix : `${suffix};`)
          for (const cut of cutsOf(item)) {
            if (cut.range[0] < cut.range[1]) {
              text.update(cut.range[0], cut.range[1], cut.replacement === "" ? " " : cut.replacement)
            }
          }
          for (const reference of commonjs ? [] : item.places) {
            const replacement = placeText(reference.kind, fileName, renamed)
            if (replacement === undefined || isCut(item, reference.range[0])) {
              continue
            }
            if (replacement.startsWith(toPath)) usesPath = true
            const key = reference.shorthand === true ? `${reference.kind}: ` : ""
            text.update(reference.range[0], reference.range[1], key + replacement)
          }
          for (const request of item.requests) {
            if (isCut(item, request.range[0])) continue
            const written = yield* requestText(linker, reached, request)
            if (written !== undefined) text.update(request.range[0], request.range[1], JSON.stringify(written))
            // JSON is a module of JavaScript in the package
            if (request.attributes !== undefined && asksForJson(linker, reached, request)) {
              text.update(...request.attributes, "")
            }
            if (!commonjs && request.kind.startsWith("require") && request.isCreated !== true) usesRequire = true
          }
        }
        if (end < module.text.length) text.overwrite(end, module.text.length, "\n")
        return text
      })
    const text = yield* cut(items.filter((item) => item.inner === undefined))
    // Each from a copy of its own: what stands around it may go along, too
    const captured = yield* Effect.forEach(items.filter((item) => item.inner !== undefined), (item) => cut([item]))

    const runtime = commonjs ? undefined : runtimeOf(linker, reached, here)
    for (const local of commonjs ? reached.links : []) {
      const isExported = module.record.commonJsExports.some(({ name }) => name === local)
      if (!isExported && module.record.commonJsNames.includes(local)) {
        text.append(`\nmodule.exports.${local} = ${local};`)
      }
    }
    if (!commonjs) {
      const links = yield* linkage(linker, reached, [
        ...(usesRequire ? [["node:module", `import { createRequire as ${toRequire} } from "node:module";`] as const]
          : []),
        ...(usesPath ? [["node:url", `import { fileURLToPath as ${toPath} } from "node:url";`] as const] : []),
        // Lowering puts it first; this says where it belongs
        ...(runtime === undefined ? [] : [[runtime.written, `import ${JSON.stringify(runtime.specifier)};`] as const])
      ])
      text.prepend(
        [
          printPragmas(module.record.pragmas).trimEnd(),
          ...links.imports,
          ...(usesRequire ? [`const require = ${toRequire}(import.meta.url);`] : [])
        ].filter((line) => line !== "").map((line) => `${line}\n`).join("")
      )
      const last = captured[captured.length - 1] ?? text
      last.append(`\n${links.exports.join("\n")}\n`)
    }
    const specifiers = runtime === undefined ? {} : { [runtime.specifier]: runtime.written }
    if (captured.length === 0) {
      return {
        specifiers,
        text: text.toString(),
        map: () => text.generateMap({ source: place, includeContent: false, hires: "boundary" }).toString()
      }
    }
    const bundle = new Bundle({ separator: "\n" })
    for (const content of [text, ...captured]) bundle.addSource({ filename: place, content })
    return {
      specifiers,
      text: bundle.toString(),
      map: () => bundle.generateMap({ includeContent: false, hires: "boundary" }).toString()
    }
  })

/** The name of the values that are given to a captured function's variables. No program has it by chance. */
const variables = "clustrix$variables"

/**
 * What stands around the text of a function that was taken out of the functions around it. One that uses variables of
 * theirs becomes a function that gives `{ bind, make }`, new ones for each time that it was made: `make()` gives the
 * function, `bind({ name: value })` its variables their values.
 */
const around = (inner: InnerFunction, local: string): { readonly prefix: string; readonly suffix: string } => {
  const name = JSON.stringify(inner.name)
  const { accessor, head } = inner.method ?? { accessor: undefined, head: "" }
  const [before, after] = accessor !== undefined
    ? [`Object.getOwnPropertyDescriptor({ ${head}${name}`, ` }, ${name}).${accessor}`]
    : inner.method !== undefined ? [`({ ${head}${name}`, ` })[${name}]`] : [`({ ${name}: (`, `) })[${name}]`]
  if (inner.captures.length === 0) return { prefix: `const ${local} = ${before}`, suffix: after }
  const names = inner.captures.map(({ name }) => name).join(", ")
  return {
    prefix: `const ${local} = () => { let ${names}; return { ` +
      `bind: (${variables}) => { ({ ${names} } = ${variables}); }, make: () => ${before}`,
    suffix: `${after} }; }`
  }
}

const holds = ([from, to]: Range, offset: number): boolean => from <= offset && offset < to

const cutsOf = (item: Item): ReadonlyArray<Cut> =>
  [...item.cuts, ...item.inner?.cuts ?? []].filter(({ range }) => item.keep.some((each) => holds(each, range[0])))

/** Whether what stands at `offset` does not go along. */
const isCut = (item: Item, offset: number): boolean =>
  !item.keep.some((range) => holds(range, offset)) || cutsOf(item).some(({ range }) => holds(range, offset))

/** What lowering JSX will import, and what the package is to import in its place. */
const runtimeOf = (
  linker: Linker,
  { items, module }: ReachedModule,
  here: string
): { readonly specifier: string; readonly written: string } | undefined => {
  const specifier = jsxRuntime(module)
  const found = linker.loader.resolved(module, specifier, "import")
  if (found === undefined || !module.record.items.some((item) => item.jsx && items.has(item.index))) return undefined
  const target = found._tag === "Source" ? linker.loader.loaded(found.path) : undefined
  const written = target?._tag === "Code" ? relativeSpecifier(here, packagePath(linker, target)) : specifier
  return { specifier, written }
}

const asksForJson = ({ loader }: Linker, { module }: ReachedModule, { specifier }: CodeRequest): boolean => {
  const found = specifier === undefined ? undefined : loader.resolved(module, specifier, "import")
  return found?._tag === "Source" && loader.loaded(found.path)?._tag === "Json"
}

/** The specifier to write for a request from inside code, when it must change. */
const requestText = (
  linker: Linker,
  reached: ReachedModule,
  request: CodeRequest
): Effect.Effect<string | undefined, FollowError, LoadRequirements> =>
  Effect.gen(function*() {
    const { module } = reached
    const here = packagePath(linker, module)
    if (request.kind === "worker") {
      const specifier = workerSpecifier(request)
      const found = specifier === undefined ? undefined : linker.loader.resolved(module, specifier, "import")
      const worker = found?._tag === "Source" ? linker.loader.loaded(found.path) : undefined
      return worker?._tag === "Code" ? relativeSpecifier(here, packagePath(linker, worker)) : undefined
    }
    if (
      request.specifier === undefined || request.isFixed === true ||
      (request.kind !== "dynamic-import" && request.kind !== "require")
    ) return undefined
    if (isClustrix(request.specifier)) return relativeSpecifier(here, filesystemUtils)
    const kind = request.kind === "require" ? "require" : "import"
    const resolution = linker.loader.resolved(module, request.specifier, kind)
    // A native addon, or a module that the code can do without
    if (resolution === undefined) return undefined
    if (resolution._tag === "Builtin") return resolution.name
    if (resolution._tag === "Package") return resolution.specifier
    const target = yield* linker.loader.load(resolution.path)
    const relative = kind === "require" ? relativePath : relativeSpecifier
    if (target._tag === "Code") return relative(here, packagePath(linker, target))
    const json = `${modulesDirectory}/${linker.placement(target.path)}`
    return relative(here, kind === "require" ? json : `${json}.mjs`)
  })
