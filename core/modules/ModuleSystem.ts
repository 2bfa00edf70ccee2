/**
 * Which module system a source file is in, where neither its extension nor package.json says so: Node reads it as CommonJS
 * if it can, and as an ES module if its syntax is that of ES modules alone.
 */
import * as Effect from "effect/Effect"
import { boundNames, isTypeSyntax, syntax } from "../language/Syntax.ts"
import { type Source, SourceParser, type SourceSyntaxError } from "../language/SourceParser.ts"
import type * as Ast from "../language/Ast.ts"
import { children, isScript } from "../language/Ast.ts"
import { awaitsAtTopLevel } from "./TopLevelAwait.ts"

export type ModuleSystem = "esm" | "commonjs"

export interface ParsedModule {
  readonly module: Ast.Module
  readonly system: ModuleSystem
}

/** Whether the statement imports or exports values; what only types do is gone when Node reads the text. */
const isModuleStatement = (statement: Ast.AnyNode): boolean => {
  const self = syntax(statement)
  switch (self.type) {
    case "ImportDeclaration":
      return !self.typeOnly
    case "ExportNamedDeclaration":
      return !self.typeOnly
    case "ExportDeclaration":
      return !isTypeSyntax(self.declaration)
    case "ExportAllDeclaration":
    case "ExportDefaultDeclaration":
    case "ExportDefaultExpression":
    case "TsExportAssignment":
      return true
    case "TsImportEqualsDeclaration":
      return !self.isTypeOnly
    default:
      return false
  }
}

const mentionsImportMeta = (node: Ast.AnyNode): boolean => {
  const self = syntax(node)
  return (self.type === "MetaProperty" && self.kind === "import.meta") || children(self).some(mentionsImportMeta)
}

/** Variables that Node gives a CommonJS module: it cannot declare them with `let`, `const` or `class`. */
const wrapperNames: ReadonlySet<string> = new Set(["require", "module", "exports", "__dirname", "__filename"])

const declaresWrapperName = (statement: Ast.AnyNode): boolean => {
  const self = syntax(statement)
  if (self.type === "ClassDeclaration") return wrapperNames.has(self.identifier.value)
  return self.type === "VariableDeclaration" && self.kind !== "var" && !isTypeSyntax(self) &&
    self.declarations.some(({ id }) => boundNames(id).some(({ value }) => wrapperNames.has(value)))
}

/** Parses a source file, and says how Node would read it. */
export const parseModule = (source: Source): Effect.Effect<ParsedModule, SourceSyntaxError, SourceParser> =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const module = yield* parser.parse(source)
    if (source.moduleSystem === "esm" || module.body.some(isModuleStatement)) return { module, system: "esm" }
    if (source.moduleSystem === "commonjs" || isScript(module)) return { module, system: "commonjs" }
    if (mentionsImportMeta(module)) return { module, system: "esm" }
    // Statements of types alone, which no script has
    if (source.language === "typescript" && module.body.some(({ type }) => /^(?:Import|Export)/.test(type))) {
      return { module, system: "commonjs" }
    }
    const script = yield* parser.parse({ ...source, moduleSystem: "commonjs" })
    return isScript(script) &&
        // SWC takes `for await` in scripts, too
        !script.body.some((statement) => declaresWrapperName(statement) || awaitsAtTopLevel(statement))
      ? { module: script, system: "commonjs" }
      : { module, system: "esm" }
  })
