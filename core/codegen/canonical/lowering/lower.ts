/**
 * Writes what is later than ES2022, or no JavaScript, in other code: enums, namespaces, parameter properties, decorators,
 * `accessor`, JSX and `using`. SWC does it; what it does wrongly is written in another way before, and its result is compared
 * with the source.
 */
import * as Effect from "effect/Effect"
import type { CompilerOptions } from "../../../resolution/ModuleResolver.ts"
import { SourceParser } from "../../../language/SourceParser.ts"
import type * as Ast from "../../../language/Ast.ts"
import { become, parse, type Parsed, type Step, Unfaithful } from "../Step.ts"
import { desugarings } from "./desugar/index.ts"
import type { Edits } from "../../Edits.ts"
import * as GlobalNames from "./GlobalNames.ts"
import { orderLegacyDecorators } from "./LegacyDecorators.ts"
import * as LoweredSyntax from "./LoweredSyntax.ts"
import * as Names from "./Names.ts"
import * as Parentheses from "./Parentheses.ts"
import { jsxText } from "./spelling/JsxText.ts"
import { memberKeys } from "./spelling/MemberKeys.ts"
import * as TextRule from "./TextRule.ts"
import { compare, type Comparison, spanOf } from "./TreeComparison.ts"

const edited = (step: Step, edits: Edits, sourceMap: boolean): Step =>
  edits.isEmpty
    ? step
    : {
      source: { ...step.source, text: edits.toString() },
      maps: sourceMap ? [edits.map(), ...step.maps] : step.maps
    }

/** Writes what SWC lowers wrongly in other syntax: few modules have any of it. */
const desugared = (start: Parsed, rules: ReadonlyArray<TextRule.TextRule>, sourceMap: boolean) =>
  Effect.suspend(() => {
    if (rules.length === 0) return Effect.succeed(start)
    const { module, step } = start
    const context = TextRule.apply(step.source.text, module, rules)
    const [refused] = context.refused
    if (refused !== undefined) {
      const { node, why } = refused
      return new Unfaithful({ step, offset: spanOf(node).start, construct: node.type, why })
    }
    if (context.edits.isEmpty) return Effect.succeed(start)
    for (const helper of context.helpers) context.edits.append(helper)
    return parse(edited(step, context.edits, sourceMap))
  })

/** What is done before types and JSX are gone. */
const prepared = ({ module, step }: Parsed, syntax: LoweredSyntax.LoweredSyntax, sourceMap: boolean): Step => {
  const rules = LoweredSyntax.hangsOnSpelling(syntax) ? [jsxText, memberKeys] : []
  const { edits } = TextRule.apply(step.source.text, module, [...rules, Parentheses.keepParentheses])
  return edited(step, edits, sourceMap)
}

/** Comments that SWC takes as statements about the call behind them. */
const annotation = /[#@]__[A-Z_]+__/

const transform = (
  start: Step,
  compilerOptions: CompilerOptions,
  globals: ReadonlyArray<string>,
  sourceMap: boolean
) =>
  Effect.gen(function*() {
    const parser = yield* SourceParser
    const { source } = start
    const declared = globals.length === 0 ? source : { ...source, text: GlobalNames.declare(source.text, globals) }
    // Other decorators are gone; SWC's pass for them takes computed keys out of every class, decorated or not
    const options = { ...compilerOptions, experimentalDecorators: true }
    const { code, map } = yield* parser.lower(declared, options, { sourceMap })
    const lowered = become(start, code, map)
    // It puts parentheses around calls marked as pure, though the mark goes
    if (!annotation.test(source.text)) return lowered
    const again = yield* parser.lower(lowered.source, options, { sourceMap })
    return become(lowered, again.code, again.map)
  })

/** Lowers without giving other names to locals that shadow a global. */
const transformKeepingNames = (start: Step, compilerOptions: CompilerOptions, sourceMap: boolean) =>
  Effect.gen(function*() {
    let lowered = yield* parse(yield* transform(start, compilerOptions, [], sourceMap))
    let globals: ReadonlyArray<string> = []
    for (;;) {
      const more = GlobalNames.renamed(start.source.text, lowered.step.source.text, lowered.module).filter((name) =>
        !globals.includes(name)
      )
      if (more.length === 0) break
      const tried = [...globals, ...more]
      const again = yield* parse(yield* transform(start, compilerOptions, tried, sourceMap))
      if (!GlobalNames.isIntact(again.module, tried)) break
      globals = tried
      lowered = again
    }
    return { lowered, globals }
  })

const check = (
  { difference }: Pick<Comparison, "difference">,
  before: Step,
  after: Step
): Effect.Effect<void, Unfaithful> => {
  if (difference === undefined) return Effect.void
  const { end, start } = difference.after === undefined ? { start: 0, end: 0 } : spanOf(difference.after)
  const printed = after.source.text.slice(start, Math.min(end, start + 80))
  return new Unfaithful({
    step: before,
    offset: spanOf(difference.before).start,
    construct: difference.before.type,
    why: printed === ""
      ? "It is missing in the text that Clustrix makes of it."
      : `The text that Clustrix makes of it means something else: ${printed}`
  })
}

/** Whether fields of classes become assignments in the constructor. */
const movesFields = ({ source }: Step, { useDefineForClassFields }: CompilerOptions): boolean =>
  source.language === "typescript" && !useDefineForClassFields

/** The lowered text and its tree; `written` itself where there is nothing to lower. */
export const lower = (
  written: Parsed,
  compilerOptions: CompilerOptions,
  sourceMap: boolean
): Effect.Effect<Parsed, Unfaithful | Effect.Effect.Error<ReturnType<typeof transform>>, SourceParser> =>
  Effect.gen(function*() {
    const moves = movesFields(written.step, compilerOptions)
    const found = LoweredSyntax.find(written.module, moves)
    if (found.nodes.size === 0) return written
    const start = yield* desugared(written, desugarings(found, compilerOptions.experimentalDecorators), sourceMap)
    const syntax = start === written ? found : LoweredSyntax.find(start.module, moves)
    const { globals, lowered } = yield* transformKeepingNames(
      prepared(start, syntax, sourceMap),
      compilerOptions,
      sourceMap
    )
    const module: Ast.Module = lowered.module
    Parentheses.restore(module)
    if (syntax.types.has("Decorator")) orderLegacyDecorators(module)
    if (globals.length > 0) GlobalNames.undeclare(module)
    const kept = compare(start.module, module, { lowered: syntax.nodes, movesFields: moves })
    yield* check(kept, start.step, lowered.step)
    yield* check({ difference: Names.restore(module, kept.renamings) }, start.step, lowered.step)
    return lowered
  })
