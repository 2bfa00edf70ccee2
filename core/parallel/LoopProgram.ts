/**
 * All modules of a package as the proof sees them: what names mean across modules, and what code does that runs beside a
 * loop.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, unresolved } from "../language/Ast.ts"
import { asName, boundNames, staticKey, syntax, unwrap } from "../language/Syntax.ts"
import { filesystemUtils } from "../codegen/Placement.ts"
import { fileFunctions } from "../slicing/jobApi.ts"
import * as Freshness from "./Freshness.ts"
import * as KnownCalls from "./KnownCalls.ts"
import type { Obstacle } from "./LoopReport.ts"
import { type Binding, type FunctionNode, keyOf, type ModuleSyntax, packagePathOf, topKey } from "./ModuleSyntax.ts"
import { asyncMembers, type Overlap, overlapsIn } from "./Overlaps.ts"
import { type Meaning, type Program, proveUnit, type Unit } from "./Unit.ts"

export interface LoopProgram extends Program {
  readonly modules: ReadonlyMap<string, ModuleSyntax>
  /** Why no loop of the package runs on threads. */
  readonly obstacle: Obstacle | undefined
  /** Code that may run while others wait: work that is started and not awaited at once. */
  readonly overlaps: ReadonlyArray<Overlap>
  /** Paths of the CommonJS modules, whose code is not looked at. */
  readonly scripts: ReadonlyArray<string>
}

const meaningOf = (modules: ReadonlyMap<string, ModuleSyntax>, module: ModuleSyntax, name: string): Meaning => {
  const local = (owner: ModuleSyntax, binding: Binding | undefined): Meaning => {
    if (binding === undefined) return { _tag: "Unknown", why: `it is not known what \`${name}\` is` }
    if (binding.kind === "class") return { _tag: "Unknown", why: `it uses the class \`${name}\`` }
    if (binding.isLiteral) return { _tag: "Literal", module: owner, name: binding.name }
    return binding.fn !== undefined && binding.assigned.length === 0
      ? { _tag: "Function", module: owner, name: binding.name, fn: binding.fn }
      : { _tag: "Data" }
  }
  const imported = module.imports.get(name)
  if (imported === undefined) return local(module, module.bindings.get(topKey(name)))
  const path = packagePathOf(module.path, imported.specifier)
  if (path === filesystemUtils) {
    if (imported.imported === "*") return { _tag: "FileFunction", member: undefined }
    return fileFunctions.has(imported.imported)
      ? { _tag: "FileFunction", member: imported.imported }
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
  const { specifier } = imported
  if (!KnownCalls.isNodeModule(specifier)) {
    return { _tag: "Unknown", why: `it uses \`${name}\` of ${specifier}, which may do anything` }
  }
  if (imported.imported === "*" || imported.imported === "default") {
    return { _tag: "Node", specifier, member: undefined }
  }
  return KnownCalls.nodeCall(specifier, imported.imported) !== undefined ||
      KnownCalls.isNodeConstant(specifier, imported.imported)
    ? { _tag: "Node", specifier, member: imported.imported }
    : { _tag: "Unknown", why: `it uses \`${name}\` of ${specifier}, which may do more than read` }
}

/** The first change of a global, or of what hangs on one. */
const patchIn = (module: ModuleSyntax): Obstacle | undefined => {
  let patch: Obstacle | undefined
  const found = (node: Ast.AnyNode): void => {
    patch ??= { path: module.path, offset: spanOf(node).start, why: "the program changes globals here" }
  }
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
    // Threads take over the time zone as it was when they began
    if (self.type === "MemberExpression" && staticKey(self.property) === "TZ") found(target)
    if ((self.type === "MemberExpression" && globalRoot(self)) || names.some(({ ctxt }) => ctxt === unresolved)) {
      found(target)
    }
  }
  const visit = (node: Ast.AnyNode): void => {
    const self = syntax(node)
    switch (self.type) {
      case "AssignmentExpression":
        written(self.left)
        break
      case "UpdateExpression":
        written(self.argument)
        break
      case "CallExpression": {
        const global = Freshness.globalMember(self.callee)
        const first = self.arguments[0]?.expression
        if (global === undefined || first === undefined || !["Object", "Reflect"].includes(global.object)) break
        const changes = ["assign", "defineProperty", "defineProperties", "setPrototypeOf", "set"].includes(
          global.member
        )
        if (changes && globalRoot(first)) found(self)
        break
      }
      case "MemberExpression": {
        const global = Freshness.globalMember(self)
        // Where regular expressions leave what they found last
        if (global?.object === "RegExp" && global.member !== "prototype" && global.member !== "escape") found(self)
        break
      }
      default:
    }
    for (const child of children(node)) visit(child)
  }
  visit(module.program)
  return patch
}

const required = /\brequire\s*\(\s*(["'])((?:(?!\1)[^\\\n])*)\1\s*\)/g

/** Whether each `require` of a text is a call that names something else than an ES module. */
const requiresScriptsOnly = (text: string): boolean => {
  const calls = [...text.matchAll(required)]
  const words = text.match(/\brequire\b/g) ?? []
  const declared = text.match(/\bconst require = /g) ?? []
  return words.length === calls.length + declared.length &&
    calls.every(([, , specifier]) => !specifier?.endsWith(".mjs"))
}

/** Whether `local`, which makes functions such as `require`, only makes the one of that name, as the slices have it. */
const makesRequire = (text: string, local: string): boolean => {
  const [before, ...uses] = text.split(new RegExp(`(?<![\\w$])${local.replaceAll("$", "\\$")}(?![\\w$])`))
  return before !== undefined && uses.length === 2 && text.includes(`const require = ${local}(import.meta.url)`) &&
    requiresScriptsOnly(text)
}

/** Whether a CommonJS module may load an ES module of the package, by `import()` or by `require`. */
const mayLoadModules = (text: string): boolean =>
  /\bimport\s*\(/.test(text) || /\bcreateRequire\b|\bmodule\s*\.\s*(constructor|require)\b/.test(text) ||
  !requiresScriptsOnly(text)

/** `scripts`: the package's CommonJS modules. */
export const make = (
  modules: ReadonlyMap<string, ModuleSyntax>,
  scripts: ReadonlyArray<{ readonly path: string; readonly text: string }> = []
): LoopProgram => {
  const units = new Map<string, Unit | undefined>()
  const meaning: Program["meaning"] = (module, name) => meaningOf(modules, module, name)
  /** The functions whose proofs are being made, each called by the one before. */
  const stack: Array<string> = []
  /** Of these, those that call each other in a circle; where it begins is the lowest index. */
  let circle = Infinity
  const circular = new Map<string, { readonly module: ModuleSyntax; readonly fn: FunctionNode }>()
  const program: Program = {
    meaning,
    unit: (module, name, fn) => {
      const key = `${module.path}#${name}`
      const begun = stack.indexOf(key)
      if (begun !== -1) circle = Math.min(circle, begun)
      if (units.has(key)) return units.get(key)
      units.set(key, undefined)
      const depth = stack.push(key) - 1
      const parameters = new Map(
        fn.params.flatMap((parameter, index) => {
          const only = asName(unwrap("pat" in parameter ? parameter.pat : parameter))
          // What is assigned may no longer be what the caller gave
          return only === undefined || module.bindings.get(keyOf(only))?.assigned.length !== 0
            ? []
            : [[keyOf(only), index] as const]
        })
      )
      const given = new Map(
        fn.params.flatMap((parameter) =>
          boundNames("pat" in parameter ? parameter.pat : parameter).map((each) =>
            [keyOf(each), Freshness.shared] as const
          )
        )
      )
      units.set(key, proveUnit(program, { module, nodes: [fn], given, parameters, replay: undefined }))
      stack.pop()
      if (circle <= depth) circular.set(key, { module, fn })
      if (circle === depth) {
        // What one of them changes, the proofs of the others may have missed
        const all = [...circular]
        if (all.some(([each]) => (units.get(each)?.changes.size ?? 0) > 0)) {
          for (const [each, { fn, module }] of all) {
            const unit = units.get(each)
            const why = "it calls itself, and changes what it is given"
            if (unit !== undefined) {
              units.set(each, {
                ...unit,
                obstacle: unit.obstacle ?? { path: module.path, offset: spanOf(fn).start, why }
              })
            }
          }
        }
        circle = Infinity
        circular.clear()
      }
      return units.get(key)
    }
  }
  const members = asyncMembers(modules.values())
  // A variant of a module that a script loads by itself would be there twice
  const script = scripts.find(({ text }) => mayLoadModules(text))
  const requiring = [...modules.values()].find((module) =>
    [...module.imports].some(([local, { specifier }]) =>
      /^(node:)?module$/.test(specifier) && !makesRequire(module.text, local)
    )
  )
  const taken = [...modules.keys()].find((path) => path.endsWith(".loops.mjs") || path.endsWith(".bodies.mjs"))
  const extendedFunction =
    [...modules.values()].flatMap((module) =>
      [...module.extendedImports].flatMap(([name, offset]): ReadonlyArray<Obstacle> =>
        meaning(module, name)._tag === "Function"
          ? [{ path: module.path, offset, why: `the function \`${name}\` is given a property here` }]
          : []
      )
    )[0]
  const unknown = [...modules.values()].find(({ unknownImport }) => unknownImport !== undefined)
  return {
    ...program,
    modules,
    scripts: scripts.map(({ path }) => path),
    obstacle: [...modules.values()].map(patchIn).find((patch) => patch !== undefined) ??
      extendedFunction ??
      (unknown?.unknownImport === undefined ? undefined : {
        path: unknown.path,
        offset: unknown.unknownImport,
        why: "the program loads a module here whose name is not constant"
      }) ?? (script === undefined ? undefined : {
        path: script.path,
        offset: Math.max(0, script.text.search(/\b(import|require)\b/)),
        why: "a CommonJS module may load ES modules"
      }) ?? (requiring === undefined ? undefined : {
        path: requiring.path,
        offset: Math.max(0, requiring.text.search(/\b(createRequire|require)\b/)),
        why: "the program may load ES modules by `require`"
      }) ?? (taken === undefined ? undefined : {
        path: taken,
        offset: 0,
        why: "a module has a name that ends as those of parallel loops do"
      }),
    overlaps: [...modules.values()].flatMap((module) => overlapsIn(program, module, members))
  }
}

/** All functions of top levels that `unit` calls, directly and through others. */
export const reachedHelpers = (
  program: LoopProgram,
  unit: Unit
): ReadonlyArray<
  { readonly module: ModuleSyntax; readonly name: string; readonly fn: FunctionNode; readonly unit: Unit }
> => {
  const found = new Map<
    string,
    { readonly module: ModuleSyntax; readonly name: string; readonly fn: FunctionNode; readonly unit: Unit }
  >()
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
  return [...found.values()].sort((a, b) =>
    a.module.path === b.module.path
      ? spanOf(a.fn).start - spanOf(b.fn).start
      : a.module.path < b.module.path ? -1 : 1
  )
}
