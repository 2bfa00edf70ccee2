/**
 * A tsconfig.json, as far as it says how modules are found and what their code does.
 */
import type * as Path from "@effect/platform/Path"
import * as Effect from "effect/Effect"
import * as Quotation from "../diagnostics/Quotation.ts"
import type { CompilerOptions, SourceKind } from "./ModuleResolver.ts"
import * as JsonDocument from "./JsonDocument.ts"
import type { PathMapping } from "./PathMapping.ts"
import type { Refusal } from "./Refusal.ts"
import * as Specifier from "./Specifier.ts"
import * as TsconfigGlob from "./TsconfigGlob.ts"
import { type Layers, type Setting, wrong } from "./TsconfigLayers.ts"

export interface Tsconfig {
  readonly path: string
  readonly paths: ReadonlyArray<PathMapping>
  readonly baseUrl: string | undefined
  readonly rootDirs: ReadonlyArray<string>
  readonly customConditions: ReadonlyArray<string>
  readonly compilerOptions: CompilerOptions
  /** Whether `files`, `include` and `exclude` take in the file at an absolute path. */
  readonly includes: (file: string) => boolean
  /** Absolute paths of the referenced configurations: files or directories, which may be missing. */
  readonly references: ReadonlyArray<string>
}

/**
 * What holds where no tsconfig.json governs, and where one leaves `target` open: the newest ECMAScript (as Node,
 * esbuild and TypeScript since 6 take it), therefore define semantics of class fields.
 */
export const defaults: CompilerOptions = {
  experimentalDecorators: false,
  emitDecoratorMetadata: false,
  useDefineForClassFields: true,
  verbatimModuleSyntax: false
}

/** What holds for a file that `config` governs. Plain JavaScript means what the language says, but for its JSX. */
export const optionsFor = (
  config: Tsconfig | undefined,
  language: SourceKind["language"] | undefined
): CompilerOptions => {
  const options = config?.compilerOptions ?? defaults
  return language === "typescript" ? options : { ...options, ...defaults }
}

const jsxForms = ["preserve", "react", "react-jsx", "react-jsxdev", "react-native"] as const

const es2022 = /^(?:es(?:202[2-9]|20[3-9]\d)|esnext)$/i

const excludedByDefault = ["node_modules", "bower_components", "jspm_packages"]

/** Reads what {@link Layers} say; fails where a value has not the type that it must have. */
export const fromLayers = (layers: Layers, path: Path.Path): Effect.Effect<Tsconfig, Refusal> =>
  Effect.gen(function*() {
    const directory = path.dirname(layers.path)
    const slashed = (text: string): string => text.split(path.sep).join("/")

    /** `text` as an absolute path; `${configDir}` is the directory of the configuration that was asked for. */
    const absolute = (text: string, setting: Setting): string =>
      /^\$\{configDir\}/i.test(text)
        ? path.join(directory, text.slice("${configDir}".length))
        : path.resolve(setting.directory, text)

    const nameOf = (setting: Setting): string => Quotation.quoted(setting.keys.at(-1) ?? "")

    const text = (key: string) =>
      Effect.gen(function*() {
        const setting = layers.options.get(key)
        if (setting === undefined) return undefined
        if (typeof setting.value === "string") return { setting, value: setting.value }
        return yield* wrong(setting, `${nameOf(setting)} is not a string`, "correct the configuration")
      })

    const flag = (key: string, otherwise: boolean) =>
      Effect.gen(function*() {
        const setting = layers.options.get(key)
        if (setting === undefined) return otherwise
        if (typeof setting.value === "boolean") return setting.value
        return yield* wrong(setting, `${nameOf(setting)} is neither true nor false`, "correct the configuration")
      })

    const texts = (setting: Setting | undefined) =>
      Effect.gen(function*() {
        if (setting === undefined) return undefined
        const { value } = setting
        if (Array.isArray(value) && value.every((item): item is string => typeof item === "string")) {
          return value.map((item) => ({ item, setting }))
        }
        return yield* wrong(setting, `${nameOf(setting)} is not a list of strings`, "correct the configuration")
      })

    const locations = (setting: Setting | undefined) =>
      Effect.map(texts(setting), (items) => items?.map(({ item, setting }) => absolute(item, setting)))

    const baseUrlText = yield* text("baseUrl")
    const baseUrl = baseUrlText === undefined ? undefined : absolute(baseUrlText.value, baseUrlText.setting)

    const mappings = (setting: Setting) =>
      Effect.gen(function*() {
        if (!JsonDocument.isObject(setting.value)) {
          return yield* wrong(setting, `"paths" is not an object`, "correct the configuration")
        }
        const all: Array<PathMapping> = []
        for (const [pattern, targets] of Object.entries(setting.value)) {
          const keys = [...setting.keys, pattern]
          const named = Quotation.quoted(pattern)
          const valid = Array.isArray(targets) && targets.every((item): item is string => typeof item === "string")
          if (!valid) return yield* wrong(setting, `${named} in "paths" is not a list of strings`, "correct it", keys)
          if ([pattern, ...targets].some((item) => item.split("*").length > 2)) {
            return yield* wrong(setting, `${named} in "paths" has more than one "*"`, "leave one", keys)
          }
          all.push({
            pattern,
            targets: targets.map((item) =>
              baseUrl === undefined || item.startsWith("${") ? absolute(item, setting) : path.resolve(baseUrl, item)
            )
          })
        }
        return all
      })

    const paths = layers.options.get("paths")
    const jsxText = yield* text("jsx")
    const jsx = jsxForms.find((form) => form === jsxText?.value.toLowerCase())
    if (jsxText !== undefined && jsx === undefined) {
      return yield* wrong(
        jsxText.setting,
        `"jsx" is ${Quotation.quoted(jsxText.value)}`,
        `write one of ${jsxForms.map((form) => Quotation.quoted(form)).join(", ")}`
      )
    }
    const namespace = (yield* text("reactNamespace"))?.value
    const jsxFactory = (yield* text("jsxFactory"))?.value ??
      (namespace === undefined ? undefined : `${namespace}.createElement`)
    const jsxFragmentFactory = (yield* text("jsxFragmentFactory"))?.value
    const jsxImportSource = (yield* text("jsxImportSource"))?.value
    const target = (yield* text("target"))?.value
    const conditions = yield* texts(layers.options.get("customConditions"))

    const compilerOptions: CompilerOptions = {
      ...(jsx === undefined ? {} : { jsx }),
      ...(jsxFactory === undefined ? {} : { jsxFactory }),
      ...(jsxFragmentFactory === undefined ? {} : { jsxFragmentFactory }),
      ...(jsxImportSource === undefined ? {} : { jsxImportSource }),
      experimentalDecorators: yield* flag("experimentalDecorators", defaults.experimentalDecorators),
      emitDecoratorMetadata: yield* flag("emitDecoratorMetadata", defaults.emitDecoratorMetadata),
      useDefineForClassFields: yield* flag("useDefineForClassFields", target === undefined || es2022.test(target)),
      verbatimModuleSyntax: yield* flag("verbatimModuleSyntax", defaults.verbatimModuleSyntax)
    }

    const files = yield* locations(layers.sections.get("files"))
    // What ends in ".", ".." or "/" is a directory, whatever its name is here.
    const include = (yield* texts(layers.sections.get("include")))?.map(({ item, setting }) =>
      Specifier.namesDirectory(item) ? path.join(absolute(item, setting), "**", "*") : absolute(item, setting)
    ) ??
      (files === undefined ? [path.join(directory, "**", "*")] : [])
    const outputs = ["outDir", "declarationDir"].flatMap((key) => {
      const setting = layers.options.get(key)
      return typeof setting?.value === "string" ? [absolute(setting.value, setting)] : []
    })
    const exclude = (yield* locations(layers.sections.get("exclude"))) ??
      [...excludedByDefault.map((name) =>
        path.join(directory, name)
      ), ...outputs]
    const included = include.map((pattern) => TsconfigGlob.include(slashed(pattern)))
    const excluded = exclude.map((pattern) => TsconfigGlob.exclude(slashed(pattern)))

    const references: Array<string> = []
    const referenceList = layers.sections.get("references")
    if (referenceList !== undefined) {
      const items: ReadonlyArray<unknown> = Array.isArray(referenceList.value) ? referenceList.value : [undefined]
      for (const [index, item] of items.entries()) {
        const setting = { ...referenceList, keys: ["references", String(index)] }
        const named = JsonDocument.isObject(item) ? item["path"] : undefined
        if (typeof named !== "string") {
          return yield* wrong(setting, `an item of "references" has no "path"`, "correct the configuration")
        }
        references.push(absolute(named, setting))
      }
    }

    return {
      path: layers.path,
      paths: paths === undefined ? [] : yield* mappings(paths),
      baseUrl,
      rootDirs: (yield* locations(layers.options.get("rootDirs"))) ?? [],
      customConditions: conditions?.map(({ item }) => item) ?? [],
      compilerOptions,
      includes: (file) => {
        if (files?.includes(file) === true) return true
        const name = slashed(file)
        return included.some((pattern) => pattern.test(name)) && !excluded.some((pattern) => pattern.test(name))
      },
      references
    }
  })
