/**
 * The calls of cluster file system functions in a function's canonical text, as the original's inspection lists them.
 */
import * as Effect from "effect/Effect"
import { type AnalysisCache, remember } from "../modules/AnalysisCache.ts"
import { anonymousDefault } from "../modules/ModuleRecord.ts"
import { asName, boundNames, staticKey, syntax, unwrap } from "../language/Syntax.ts"
import { filesystemUtils } from "../codegen/Placement.ts"
import { digest, type Hasher } from "../archive/Hasher.ts"
import { fromOffset } from "../diagnostics/SourceLocation.ts"
import { fileFunctions } from "../slicing/jobApi.ts"
import { SourceParser, type SourceSyntaxError } from "../language/SourceParser.ts"
import * as Ast from "../language/Ast.ts"

export interface FilesystemCall {
  /** `clusterFind`, ... */
  readonly function: string
  /** Counts from 1 at the first line of the function's canonical text. */
  readonly lineno: number
  /** The arguments' texts. */
  readonly arguments: ReadonlyArray<string>
}

/** What the canonical text says of its function. */
export interface CanonicalFunction {
  /** Line of the declaration in the module's canonical text, from 1. */
  readonly lineno: number
  readonly calls: ReadonlyArray<FilesystemCall>
}

/** `local` is the function's name in the canonical module `text`. */
export const inspectFunction = (
  text: string,
  local: string
): Effect.Effect<CanonicalFunction, SourceSyntaxError, SourceParser | AnalysisCache | Hasher> =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    return yield* remember(
      `inspection-1-${yield* digest(`${local}\n${text}`)}`,
      Effect.map(
        parser.parse({ file: local, text, language: "javascript", jsx: false }),
        (module) => inspect(module, text, local)
      )
    )
  })

const inspect = (module: Ast.Module, text: string, local: string): CanonicalFunction => {
  const names = new Map<string, string>()
  let namespace: string | undefined
  let declaration: Ast.AnyNode | undefined
  for (const statement of module.body) {
    const self = syntax(statement)
    if (self.type === "ImportDeclaration" && self.source.value.endsWith(`/${filesystemUtils}`)) {
      for (const specifier of self.specifiers) {
        if (specifier.type === "ImportSpecifier") {
          names.set(specifier.local.value, (specifier.imported ?? specifier.local).value)
        } else namespace = specifier.local.value
      }
    }
    const declares = self.type === "FunctionDeclaration" || self.type === "ClassDeclaration"
      ? [self.identifier.value]
      : self.type === "VariableDeclaration"
      ? self.declarations.flatMap((declarator) => boundNames(declarator.id).map((name) => name.value))
      : self.type === "ExportDefaultDeclaration" || self.type === "ExportDefaultExpression"
      ? [anonymousDefault]
      : []
    if (declares.includes(local)) declaration ??= self
  }
  if (declaration === undefined) return { lineno: 1, calls: [] }
  const start = fromOffset("", text, Ast.spanOf(declaration).start).line
  const calls: Array<FilesystemCall> = []
  const visit = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    if (self.type === "CallExpression") {
      const called = calledName(unwrap(self.callee), names, namespace)
      if (called !== undefined && fileFunctions.has(called)) {
        calls.push({
          function: called,
          lineno: fromOffset("", text, Ast.spanOf(self).start).line - start + 1,
          arguments: self.arguments.map(({ expression }) => {
            const span = Ast.spanOf(expression)
            return text.slice(span.start, span.end)
          })
        })
      }
    }
    for (const child of Ast.children(node)) visit(child)
  }
  visit(declaration)
  return { lineno: start, calls }
}

const calledName = (
  callee: Ast.AnyNode,
  names: ReadonlyMap<string, string>,
  namespace: string | undefined
): string | undefined => {
  const self = unwrap(callee)
  const name = asName(self)
  if (name !== undefined) return name.ctxt === Ast.topLevel ? names.get(name.value) : undefined
  if (self.type !== "MemberExpression" || namespace === undefined) return undefined
  return asName(unwrap(self.object))?.value === namespace ? staticKey(self.property) : undefined
}
