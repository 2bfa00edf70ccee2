/**
 * All modules of a package as the proof sees them: what names mean across modules, and what code does that runs beside a
 * loop.
 */
import type * as Ast from "../syntax/Ast.ts"
import { children, spanOf, topLevel, unresolved } from "../syntax/Ast.ts"
import { asName, boundNames, staticKey, syntax, unwrap } from "../analyse/Syntax.ts"
import { filesystemUtils } from "../emit/Placement.ts"
import { jobApi } from "../graph/jobApi.ts"
import * as Freshness from "./Freshness.ts"
import * as KnownCalls from "./KnownCalls.ts"
import type { Obstacle } from "./LoopReport.ts"
import {
  type Binding,
  type FunctionNode,
  isFunctionNode,
  keyOf,
  type ModuleSyntax,
  packagePathOf,
  topKey
} from "./ModuleSyntax.ts"
import { type Meaning, type Program, proveUnit, type Unit } from "./Unit.ts"

export interface LoopProgram extends Program {
  readonly modules: ReadonlyMap<string, ModuleSyntax>
  /** Why no loop of the package runs on threads. */
  readonly obstacle: Obstacle | undefined
  /** Code that may run while others wait: work that is started and not awaited at once. */
  readonly overlaps: ReadonlyArray<Obstacle>
}

const fileFunctions: ReadonlySet<string> = new Set([...jobApi].filter((name) => name !== "cluster"))

const meaningOf = (modules: ReadonlyMap<string, ModuleSyntax>, module: ModuleSyntax, name: string): Meaning => {
  const local = (owner: ModuleSyntax, binding: Binding | undefined): Meaning => {
    if (binding === undefined) return { _tag: "Unknown", why: `it is not known what \`${name}\` is` }
    if (binding.kind === "class") return { _tag: "Unknown", why: `it uses the class \`${name}\`` }
    return binding.fn !== undefined && binding.assigned.length === 0
      ? { _tag: "Function", module: owner, name: binding.name, fn: binding.fn }
      : { _tag: "Data" }
  }
  const imported = module.imports.get(name)
  if (imported === undefined) return local(module, module.bindings.get(topKey(name)))
  const path = packagePathOf(module.path, imported.specifier)
  if (path === filesystemUtils) {
    if (imported.imported === "*") return { _tag: "Known", members: fileFunctions }
    return fileFunctions.has(imported.imported)
      ? { _tag: "Known", members: undefined }
      : { _tag: "Unknown", why: `it calls \`${name}\` of clustrix` }
  }
  if (path !== undefined) {
    const target = modules.get(path)
    if (imported.imported === "*") return { _tag: "Unknown", why: `it uses a whole module as \`${name}\`` }
    if (target === undefined) return { _tag: "Data" }
    const exported = target.exports.get(imported.imported)
    if (exported === undefined || target.imports.has(exported)) return { _tag: "Data" }
    return local(target, target.bindings.get(topKey(exported)))
  }
  const members = KnownCalls.builtinFunctions.get(imported.specifier.replace(/^node:/, ""))
  if (members === undefined) {
    return { _tag: "Unknown", why: `it uses \`${name}\` of ${imported.specifier}, which may do anything` }
  }
  if (imported.imported === "*" || imported.imported === "default") return { _tag: "Known", members }
  return members.has(imported.imported)
    ? { _tag: "Known", members: undefined }
    : { _tag: "Unknown", why: `it uses \`${name}\` of ${imported.specifier}, which may do more than read` }
}

const startsWork: ReadonlySet<string> = new Set([
  "setTimeout", "setInterval", "setImmediate", "queueMicrotask"
])

/** Assignments to globals and to what hangs on them, and work that is started and not awaited. */
const survey = (
  program: Pick<LoopProgram, "meaning">,
  module: ModuleSyntax
): { readonly patch: Obstacle | undefined; readonly overlaps: ReadonlyArray<Obstacle> } => {
  let patch: Obstacle | undefined
  const overlaps: Array<Obstacle> = []
  const at = (node: Ast.AnyNode, why: string): Obstacle => ({ path: module.path, offset: spanOf(node).start, why })
  const globalRoot = (node: Ast.AnyNode): boolean => {
    const self = unwrap(node)
    if (self.type === "MemberExpression") return globalRoot(self.object)
    const name = asName(self)
    return name !== undefined && name.ctxt === unresolved && name.value !== "arguments" && name.value !== "process" &&
      name.value !== "module" && name.value !== "exports"
  }
  const written = (target: Ast.AnyNode): void => {
    const self = unwrap(target)
    const names = boundNames(self)
    if ((self.type === "MemberExpression" && globalRoot(self)) || names.some(({ ctxt }) => ctxt === unresolved)) {
      patch ??= at(target, "the program changes globals here")
    }
  }
  const isAsync = (callee: Ast.AnyNode): boolean => {
    const self = unwrap(callee)
    if (isFunctionNode(self)) return self.async
    const name = asName(self)
    if (name === undefined || name.ctxt === unresolved) return false
    if (name.ctxt === topLevel) {
      const meaning = program.meaning(module, name.value)
      return meaning._tag === "Function" && meaning.fn.async
    }
    return module.bindings.get(keyOf(name))?.fn?.async === true
  }
  const visit = (node: Ast.AnyNode, awaited: boolean): void => {
    const self = syntax(node)
    switch (self.type) {
      case "AssignmentExpression":
        written(self.left)
        break
      case "UpdateExpression":
        written(self.argument)
        break
      case "NewExpression":
        if (asName(unwrap(self.callee))?.value === "Promise") overlaps.push(at(self, "a promise is made here"))
        break
      case "CallExpression": {
        const callee = unwrap(self.callee)
        const global = Freshness.globalMember(callee)
        const member = callee.type === "MemberExpression" ? staticKey(callee.property) : undefined
        const name = asName(callee)
        if (global !== undefined && ["Object", "Reflect"].includes(global.object)) {
          const changing = ["assign", "defineProperty", "defineProperties", "setPrototypeOf", "set"].includes(global.member)
          const first = self.arguments[0]?.expression
          if (changing && first !== undefined && globalRoot(first)) patch ??= at(self, "the program changes globals here")
        }
        if (global?.object === "Promise" && global.member !== "resolve" && global.member !== "reject") {
          overlaps.push(at(self, `\`Promise.${global.member}\` lets several things run`))
        } else if (member === "then" || member === "catch" || member === "finally") {
          overlaps.push(at(self, `\`.${member}\` lets several things run`))
        } else if (name?.ctxt === unresolved && startsWork.has(name.value)) {
          overlaps.push(at(self, `\`${name.value}\` lets something run later`))
        } else if (!awaited && isAsync(callee)) {
          overlaps.push(at(self, "an asynchronous function is called and not awaited at once"))
        }
        break
      }
      default:
    }
    const passes = node.type === "AwaitExpression" || node.type === "ReturnStatement" ||
      (awaited && ["ParenthesisExpression", "TsAsExpression"].includes(node.type))
    const body = isFunctionNode(node) && node.type === "ArrowFunctionExpression" ? node.body : undefined
    for (const child of children(node)) visit(child, passes || child === body)
  }
  visit(module.program, false)
  return { patch, overlaps }
}

/** `scripts`: the package's CommonJS modules. */
export const make = (
  modules: ReadonlyMap<string, ModuleSyntax>,
  scripts: ReadonlyArray<{ readonly path: string; readonly text: string }> = []
): LoopProgram => {
  const units = new Map<string, Unit | undefined>()
  const meaning: Program["meaning"] = (module, name) => meaningOf(modules, module, name)
  const program: Program = {
    meaning,
    unit: (module, name, fn) => {
      const key = `${module.path}#${name}`
      if (units.has(key)) return units.get(key)
      units.set(key, undefined)
      const parameters = new Map(
        fn.params.flatMap((parameter, index) => {
          const only = asName(unwrap("pat" in parameter ? parameter.pat : parameter))
          return only === undefined ? [] : [[keyOf(only), index] as const]
        })
      )
      const given = new Map(
        fn.params.flatMap((parameter) =>
          boundNames("pat" in parameter ? parameter.pat : parameter).map((each) => [keyOf(each), Freshness.shared] as const)
        )
      )
      const unit = proveUnit(program, { module, nodes: [fn], given, parameters, replay: undefined })
      units.set(key, unit)
      return unit
    }
  }
  const surveys = [...modules.values()].map((module) => survey(program, module))
  // A variant of a module that a script loads by itself would be there twice
  const script = scripts.find(({ text }) => text.includes("import("))
  const unknown = [...modules.values()].find(({ unknownImport }) => unknownImport !== undefined)
  return {
    ...program,
    modules,
    obstacle: surveys.find(({ patch }) => patch !== undefined)?.patch ??
      (unknown?.unknownImport === undefined ? undefined : {
        path: unknown.path,
        offset: unknown.unknownImport,
        why: "the program loads a module here whose name is not constant"
      }) ?? (script === undefined ? undefined : {
        path: script.path,
        offset: script.text.indexOf("import("),
        why: "a CommonJS module loads ES modules"
      }),
    overlaps: surveys.flatMap(({ overlaps }) => overlaps)
  }
}

/** All functions of top levels that `unit` calls, directly and through others. */
export const reachedHelpers = (
  program: LoopProgram,
  unit: Unit
): ReadonlyArray<{ readonly module: ModuleSyntax; readonly name: string; readonly fn: FunctionNode; readonly unit: Unit }> => {
  const found = new Map<string, { readonly module: ModuleSyntax; readonly name: string; readonly fn: FunctionNode; readonly unit: Unit }>()
  const pending = [...unit.helpers]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { module, name } = next
    const key = `${module.path}#${name}`
    const fn = module.bindings.get(topKey(name))?.fn
    if (found.has(key) || fn === undefined) continue
    const proof = program.unit(module, name, fn)
    if (proof === undefined) continue
    found.set(key, { module, name, fn, unit: proof })
    pending.push(...proof.helpers)
  }
  return [...found.values()].sort((a, b) => a.module.path === b.module.path
    ? spanOf(a.fn).start - spanOf(b.fn).start
    : a.module.path < b.module.path ? -1 : 1)
}
