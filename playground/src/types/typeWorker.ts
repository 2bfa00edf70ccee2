/**
 * The worker of the language service: TypeScript's own, over files in memory.
 */
import * as Comlink from "comlink"
import ts from "typescript-api"
import type { Completion, TextChange, TypeDiagnostic } from "./TypeService.ts"

/** Where the project lies: beside the libraries of TypeScript, which are at the root. */
const root = "/project/"

const defaults: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ["lib.es2023.d.ts", "lib.decorators.d.ts"],
  types: ["node"],
  strict: true,
  jsx: ts.JsxEmit.Preserve,
  esModuleInterop: true,
  resolveJsonModule: true,
  allowJs: true
}

/** What holds whatever the project says: nothing is written, and files are imported as they are named. */
const forced: ts.CompilerOptions = {
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  typeRoots: ["/node_modules/@types"],
  types: ["node"],
  composite: false,
  incremental: false,
  declaration: false,
  sourceMap: false
}

/** Options of a project that say nothing about types here, or name places that are not here. */
const ignored = new Set(["baseUrl", "outDir", "rootDir", "paths", "typeRoots", "types", "lib", "plugins",
  "tsBuildInfoFile"])

const optionsOf = (tsconfig: string | undefined): ts.CompilerOptions => {
  if (tsconfig === undefined) return { ...defaults, ...forced }
  const { config } = ts.parseConfigFileTextToJson("tsconfig.json", tsconfig) as {
    readonly config?: { readonly compilerOptions?: Readonly<Record<string, unknown>> }
  }
  const said = Object.fromEntries(Object.entries(config?.compilerOptions ?? {}).filter(([name]) => !ignored.has(name)))
  const { options } = ts.convertCompilerOptionsFromJson(said, root)
  return { ...defaults, ...options, ...forced }
}

const isSource = (path: string): boolean => /\.[cm]?[jt]sx?$|\.json$/.test(path)

/** A page has no files of npm packages that nobody dropped: that their types are missing says nothing about the code. */
const isOfMissingPackage = ({ code, messageText }: ts.Diagnostic): boolean => {
  if (code !== 2307 && code !== 7016 && code !== 2792) return false
  const text = ts.flattenDiagnosticMessageText(messageText, "\n")
  return /'(?!\.|\/)[^']+'/.test(text)
}

/** A missing package's values have no type, so callbacks that they are given have none either. */
const followsMissing = new Set([7006, 7031])

const severities: Readonly<Record<ts.DiagnosticCategory, TypeDiagnostic["severity"]>> = {
  [ts.DiagnosticCategory.Error]: "error",
  [ts.DiagnosticCategory.Warning]: "warning",
  [ts.DiagnosticCategory.Suggestion]: "info",
  [ts.DiagnosticCategory.Message]: "info"
}

const libraries = new Map<string, string>()
const files = new Map<string, { readonly text: string; readonly version: number }>()
let folders = new Set<string>()
let options = optionsOf(undefined)
let version = 0

const foldersOf = (path: string): ReadonlyArray<string> =>
  path.split("/").slice(0, -1).map((_, index, parts) => parts.slice(0, index + 1).join("/"))

/** The text at a path: the project's own, or a library's. */
const read = (path: string): string | undefined =>
  path.startsWith(root) ? files.get(path.slice(root.length))?.text : libraries.get(path)

const host: ts.LanguageServiceHost = {
  getCompilationSettings: () => options,
  getProjectVersion: () => String(version),
  getScriptFileNames: () => [
    "/clustrix.d.ts",
    ...[...files.keys()].filter((path) => isSource(path) && !path.includes("node_modules/")).map((path) => root + path)
  ],
  getScriptVersion: (path) => String(files.get(path.slice(root.length))?.version ?? 0),
  getScriptSnapshot: (path) => {
    const text = read(path)
    return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
  },
  getCurrentDirectory: () => root,
  getDefaultLibFileName: (options) => `/${ts.getDefaultLibFileName(options)}`,
  fileExists: (path) => read(path) !== undefined,
  readFile: read,
  directoryExists: (path) => folders.has(path.replace(/\/$/, "")),
  getDirectories: (path) => {
    const above = path.replace(/\/$/, "")
    return [...folders].filter((each) => each.startsWith(`${above}/`) && !each.slice(above.length + 1).includes("/"))
      .map((each) => each.slice(above.length + 1))
  }
}

const languageService = ts.createLanguageService(host)

let loaded: () => void = () => undefined
const ready = new Promise<void>((resolve) => {
  loaded = resolve
})

/** An answer about a file, once there are the libraries; `otherwise` where there is no such file. */
const about = async <A>(path: string, otherwise: A, answer: (file: string) => A): Promise<A> => {
  await ready
  return files.has(path) ? answer(root + path) : otherwise
}

const service = {
  /** Fetches the types of the language and of Node: texts by path, as JSON. */
  load: async (url: string): Promise<void> => {
    const response = await fetch(url)
    if (!response.ok) throw new Error(`${url} answered ${response.status}`)
    // The build writes it
    const texts = await response.json() as Readonly<Record<string, string>>
    for (const [path, text] of Object.entries(texts)) libraries.set(path, text)
    for (const folder of [...libraries.keys()].flatMap(foldersOf)) folders.add(folder)
    loaded()
  },

  /** Takes over what changed; `undefined` is a file that is gone. */
  change: (changes: ReadonlyArray<readonly [path: string, text: string | undefined]>): void => {
    version += 1
    for (const [path, text] of changes) {
      if (text === undefined) files.delete(path)
      else files.set(path, { text, version })
      if (path === "tsconfig.json") options = optionsOf(text)
    }
    folders = new Set([...libraries.keys(), ...[...files.keys()].map((path) => root + path)].flatMap(foldersOf))
  },

  diagnostics: (path: string): Promise<ReadonlyArray<TypeDiagnostic>> =>
    about(path, [], (file) => {
      const found = [
        ...languageService.getSyntacticDiagnostics(file),
        ...languageService.getSemanticDiagnostics(file),
        ...languageService.getSuggestionDiagnostics(file).filter(({ reportsDeprecated, reportsUnnecessary }) =>
          reportsDeprecated !== undefined || reportsUnnecessary !== undefined
        )
      ]
      const hasMissing = found.some(isOfMissingPackage)
      return found.filter((each) => !isOfMissingPackage(each) && !(hasMissing && followsMissing.has(each.code))).map((
        { category, code, length = 0, messageText, start = 0 }
      ): TypeDiagnostic => ({
        from: start,
        to: start + length,
        severity: severities[category],
        code,
        message: ts.flattenDiagnosticMessageText(messageText, "\n")
      }))
    }),

  completions: (path: string, offset: number): Promise<ReadonlyArray<Completion>> =>
    about(path, [], (file) => {
      const found = languageService.getCompletionsAtPosition(file, offset, {
        includeCompletionsWithInsertText: true,
        includeCompletionsForModuleExports: false
      })
      const from = found?.optionalReplacementSpan?.start ?? offset
      return (found?.entries ?? []).map(({ insertText, kind, name, replacementSpan }) => ({
        label: name,
        kind,
        from: replacementSpan?.start ?? from,
        insert: insertText
      }))
    }),

  hover: (path: string, offset: number) =>
    about(path, undefined, (file) => {
      const info = languageService.getQuickInfoAtPosition(file, offset)
      return info === undefined ? undefined : {
        from: info.textSpan.start,
        to: info.textSpan.start + info.textSpan.length,
        text: ts.displayPartsToString(info.displayParts),
        about: ts.displayPartsToString(info.documentation)
      }
    }),

  format: (path: string): Promise<ReadonlyArray<TextChange>> =>
    about(path, [], (file) =>
      languageService.getFormattingEditsForDocument(file, {
        ...ts.getDefaultFormatCodeSettings("\n"),
        indentSize: 2,
        tabSize: 2,
        semicolons: ts.SemicolonPreference.Ignore
      }).map(({ newText, span }) => ({ from: span.start, to: span.start + span.length, insert: newText }))),

  definition: (path: string, offset: number) =>
    about(path, undefined, (file) => {
      const found = languageService.getDefinitionAtPosition(file, offset)?.find(({ fileName }) =>
        fileName.startsWith(root)
      )
      return found === undefined ? undefined : { path: found.fileName.slice(root.length), offset: found.textSpan.start }
    })
}

export type TypeWorker = typeof service

Comlink.expose(service)
