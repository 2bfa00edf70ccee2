/**
 * What SWC is told: how to read a source, and how to lower it.
 */
import type { CompilerOptions } from "../resolution/ModuleResolver.ts"
import type { Source } from "./SourceParser.ts"

/** Whether the text is a module (imports, strict) or a CommonJS script (`return` at the top, sloppy mode). */
export type Goal = "module" | "script"

const isModule = (goal: Goal): boolean | "commonjs" => goal === "module" ? true : "commonjs"

export const parser = (source: Source): object =>
  source.language === "typescript"
    ? { syntax: "typescript", tsx: source.jsx, decorators: true, explicitResourceManagement: true }
    : {
      syntax: "ecmascript",
      jsx: source.jsx,
      decorators: true,
      decoratorsBeforeExport: true,
      autoAccessors: true,
      importAttributes: true,
      explicitResourceManagement: true
    }

export const parse = (source: Source, goal: Goal): object => ({
  ...parser(source),
  target: "es2022",
  comments: false,
  isModule: isModule(goal),
  allowReturnOutsideFunction: goal === "script"
})

/** Neither files nor the environment decide anything. */
const hermetic = { configFile: false, swcrc: false, envName: "production" } as const

/** SWC switches TSX off by the name of the file: it is told the name that goes with what the source says. */
const fileName = (source: Source): string =>
  `module.${source.language === "typescript" ? "ts" : "js"}${source.jsx ? "x" : ""}`

const output = { compress: false, mangle: false, format: { comments: false } } as const

const react = (compilerOptions: CompilerOptions): object => {
  const { jsx } = compilerOptions
  return {
    runtime: jsx === "react" || jsx === "react-native" ? "classic" : "automatic",
    development: false,
    throwIfNamespace: false,
    useBuiltins: true,
    ...(compilerOptions.jsxFactory === undefined ? {} : { pragma: compilerOptions.jsxFactory }),
    ...(compilerOptions.jsxFragmentFactory === undefined ? {} : { pragmaFrag: compilerOptions.jsxFragmentFactory }),
    ...(compilerOptions.jsxImportSource === undefined ? {} : { importSource: compilerOptions.jsxImportSource })
  }
}

/** Types, decorators, JSX, enums, `using` and what is later than ES2022 away; names and imports stay. */
export const lower = (
  source: Source,
  goal: Goal,
  compilerOptions: CompilerOptions,
  sourceMap: boolean
): object => ({
  ...hermetic,
  filename: fileName(source),
  isModule: isModule(goal),
  sourceMaps: sourceMap,
  inlineSourcesContent: false,
  minify: true,
  jsc: {
    parser: parser(source),
    target: "es2022",
    externalHelpers: false,
    preserveAllComments: false,
    transform: {
      verbatimModuleSyntax: true,
      treatConstEnumAsEnum: true,
      tsEnumIsMutable: true,
      useDefineForClassFields: compilerOptions.useDefineForClassFields,
      legacyDecorator: compilerOptions.experimentalDecorators,
      decoratorMetadata: compilerOptions.experimentalDecorators && compilerOptions.emitDecoratorMetadata,
      decoratorVersion: compilerOptions.experimentalDecorators ? "2021-12" : "2023-11",
      react: react(compilerOptions)
    },
    minify: output
  }
})
