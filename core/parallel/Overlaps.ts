/**
 * Code that may run while a loop waits: whatever is started and not awaited at once, and functions that are handed to code
 * which may call them at any time. Where a loop waits, such code could change what its iterations read.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, topLevel, unresolved } from "../language/Ast.ts"
import { asName, isFunctionSyntax, type Name, staticKey, syntax, unwrap } from "../language/Syntax.ts"
import { globalMember } from "./Freshness.ts"
import * as KnownCalls from "./KnownCalls.ts"
import type { Obstacle } from "./LoopReport.ts"
import { isFunctionNode, keyOf, type ModuleSyntax } from "./ModuleSyntax.ts"
import type { Program } from "./Unit.ts"

const startsWork: ReadonlySet<string> = new Set(["setTimeout", "setInterval", "setImmediate", "queueMicrotask"])

/** Methods that call the functions that they are given before they return. */
const callsAtOnce: ReadonlySet<string> = new Set([...KnownCalls.callsFirst, ...KnownCalls.callsSecond])

const methods: ReadonlySet<string> = new Set([
  "ClassMethod",
  "PrivateMethod",
  "Constructor",
  "MethodProperty",
  "GetterProperty",
  "SetterProperty"
])

const isMethod = (node: Ast.AnyNode): boolean => methods.has(node.type)

const isAsyncMethod = (node: Ast.AnyNode): boolean =>
  node.type === "MethodProperty" ? "async" in node && node.async === true
    : (node.type === "ClassMethod" || node.type === "PrivateMethod") && "function" in node &&
      (node.function as Ast.Fn).async // as SWC has it

export interface Overlap extends Obstacle {
  /** Whether it is certain that something is started here and nobody waits for it. */
  readonly isLoose: boolean
}

/** The names under which the program stores asynchronous functions, as methods or as properties. */
export const asyncMembers = (modules: Iterable<ModuleSyntax>): ReadonlySet<string> => {
  const names = new Set<string>()
  const visit = (node: Ast.AnyNode): void => {
    if (isAsyncMethod(node) && "key" in node) names.add(staticKey(node.key as Ast.AnyNode) ?? "")
    const self = syntax(node)
    const value = self.type === "KeyValueProperty" || self.type === "ClassProperty" ? self.value : undefined
    const fn = value ? unwrap(value) : undefined
    if ("key" in self && isFunctionNode(fn) && fn.async) names.add(staticKey(self.key as Ast.AnyNode) ?? "")
    for (const child of children(node)) visit(child)
  }
  for (const { program } of modules) visit(program)
  return names
}

/** What lets other code run, in the text of one module. `members`: {@link asyncMembers} of the program. */
export const overlapsIn = (
  program: Pick<Program, "meaning">,
  module: ModuleSyntax,
  members: ReadonlySet<string>
): ReadonlyArray<Overlap> => {
  const overlaps: Array<Overlap> = []
  const overlap = (node: Ast.AnyNode, why: string, isLoose = false): void => {
    overlaps.push({ path: module.path, offset: spanOf(node).start, why, isLoose })
  }
  const isAsyncName = (name: Name): boolean => {
    if (name.ctxt === unresolved) return false
    if (name.ctxt !== topLevel) return module.bindings.get(keyOf(name))?.fn?.async === true
    const meaning = program.meaning(module, name.value)
    return meaning._tag === "Function" && meaning.fn.async
  }
  const isFunctionValue = (node: Ast.AnyNode): boolean => {
    const self = unwrap(node)
    if (isFunctionNode(self)) return true
    const name = asName(self)
    if (name === undefined || name.ctxt === unresolved) return false
    return name.ctxt === topLevel
      ? program.meaning(module, name.value)._tag === "Function"
      : module.bindings.get(keyOf(name))?.fn !== undefined
  }
  const hasFunction = (list: ReadonlyArray<Ast.Argument> | undefined): boolean =>
    (list ?? []).some(({ expression }) => isFunctionValue(expression))

  /** `awaited`: whoever is started here is awaited before anything else happens. `inAsync`: so is what is returned here. */
  const visit = (node: Ast.AnyNode, awaited: boolean, inAsync: boolean): void => {
    const self = syntax(node)
    switch (self.type) {
      case "ExportNamedDeclaration":
      case "ImportDeclaration":
        return
      case "Identifier": {
        const name = asName(self)
        const isDeclared = name !== undefined && module.bindings.get(keyOf(name))?.offset === spanOf(self).start
        if (name !== undefined && !isDeclared && isAsyncName(name)) {
          overlap(self, `the asynchronous function \`${name.value}\` is handed over`)
        }
        return
      }
      case "AssignmentExpression": {
        const left = unwrap(self.left)
        const member = left.type === "MemberExpression" ? staticKey(left.property) ?? "" : ""
        if (member.startsWith("on") && isFunctionValue(self.right)) {
          overlap(self, `\`${member}\` may be called at any time`)
        }
        break
      }
      case "NewExpression":
        if (asName(unwrap(self.callee))?.value === "Promise") overlap(self, "a promise is made here")
        else if (hasFunction(self.arguments)) overlap(self, "a function is handed to what may call it at any time")
        break
      case "CallExpression": {
        const callee = unwrap(self.callee)
        const name = asName(callee)
        const global = globalMember(callee)
        const member = callee.type === "MemberExpression" ? staticKey(callee.property) : undefined
        if (global?.object === "Promise" && global.member !== "resolve" && global.member !== "reject") {
          overlap(self, `\`Promise.${global.member}\` lets several things run`)
        } else if (member === "addEventListener") {
          overlap(self, "`.addEventListener` lets something run later")
        } else if (member === "then" || member === "catch" || member === "finally") {
          overlap(self, `\`.${member}\` lets several things run`)
        } else if (name?.ctxt === unresolved && startsWork.has(name.value)) {
          overlap(self, `\`${name.value}\` lets something run later`)
        } else if (name !== undefined && isAsyncName(name)) {
          if (!awaited) overlap(self, "an asynchronous function is called and not awaited at once", true)
        } else if (isFunctionNode(callee)) {
          if (callee.async && !awaited) {
            overlap(self, "an asynchronous function is called and not awaited at once", true)
          }
        } else if (callee.type === "MemberExpression") {
          if (member === undefined ? members.size > 0 && !awaited : members.has(member) && !awaited) {
            overlap(self, "an asynchronous method may be called here and is not awaited at once")
          }
          if (hasFunction(self.arguments) && (member === undefined || !callsAtOnce.has(member))) {
            overlap(self, "a function is handed to what may call it at any time")
          }
        } else if (hasFunction(self.arguments) && (name === undefined || !callsAtOnce.has(name.value))) {
          const meaning = name?.ctxt === topLevel ? program.meaning(module, name.value)._tag : undefined
          const own = name !== undefined && name.ctxt !== topLevel && module.bindings.get(keyOf(name))?.fn !== undefined
          // What a function of the program does with it is looked at there
          if (meaning !== "Function" && !own) overlap(self, "a function is handed to what may call it at any time")
        }
        // The name of what is called is not handed over
        if (name === undefined) {
          if (isFunctionNode(callee)) inside(callee)
          else if (callee.type === "MemberExpression") {
            visit(callee.object, false, inAsync)
            if (callee.property.type === "Computed") visit(callee.property.expression, false, inAsync)
          } else visit(callee, false, inAsync)
        }
        for (const { expression } of self.arguments) visit(expression, false, inAsync)
        return
      }
      case "MemberExpression": {
        const member = staticKey(self.property)
        if (member !== undefined && members.has(member)) overlap(self, `the asynchronous \`${member}\` is handed over`)
        break
      }
      case "KeyValuePatternProperty":
      case "AssignmentPatternProperty": {
        const member = staticKey(self.key)
        if (member !== undefined && members.has(member)) overlap(self, `the asynchronous \`${member}\` is handed over`)
        break
      }
      case "VariableDeclarator": {
        // A function that is given a name is handed over where the name is
        const init = self.init ? unwrap(self.init) : undefined
        if (isFunctionNode(init)) return inside(init)
        break
      }
      case "KeyValueProperty":
      case "ClassProperty": {
        const value = self.value ? unwrap(self.value) : undefined
        if (isFunctionNode(value)) return inside(value)
        break
      }
      case "FunctionDeclaration":
        return inside(self)
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        if (self.async) overlap(self, "an asynchronous function is handed over")
        return inside(self)
      default:
    }
    const passes = node.type === "AwaitExpression" || (node.type === "ReturnStatement" && inAsync) ||
      (awaited && ["ParenthesisExpression", "ConditionalExpression"].includes(node.type))
    const isAsync = isMethod(node) ? isAsyncMethod(node) : inAsync
    for (const child of children(node)) visit(child, passes, isAsync)
  }
  const inside = (fn: Ast.FunctionDeclaration | Ast.FunctionExpression | Ast.ArrowFunctionExpression): void => {
    for (const parameter of fn.params) visit(parameter, false, fn.async)
    if (fn.body) visit(fn.body, fn.type === "ArrowFunctionExpression" && fn.async, fn.async)
  }
  visit(module.program, false, false)
  return overlaps
}

/**
 * The places of {@link overlapsIn} that lie in an `await Promise.all(...)` of `fn` and are over when it is: what is started
 * for each element, and nothing behind that.
 */
export const settledIn = (fn: Ast.AnyNode): ReadonlySet<number> => {
  const settled = new Set<number>()
  const starts = (node: Ast.AnyNode): void => {
    const self = unwrap(node)
    settled.add(spanOf(self).start)
    if (isFunctionNode(self) && self.body && self.body.type !== "BlockStatement") {
      settled.add(spanOf(unwrap(self.body)).start)
    }
  }
  const visit = (node: Ast.AnyNode, guarded: boolean): void => {
    const self = syntax(node)
    if (self.type === "AwaitExpression") {
      const call = unwrap(self.argument)
      const global = call.type === "CallExpression" ? globalMember(call.callee) : undefined
      // When one of `all` fails, the others still run
      const waits = global?.object === "Promise" &&
        (global.member === "allSettled" || (global.member === "all" && !guarded))
      const list = call.type === "CallExpression" && waits ? call.arguments[0]?.expression : undefined
      if (list !== undefined) {
        settled.add(spanOf(call).start)
        const parts = unwrap(list)
        if (parts.type === "ArrayExpression") {
          for (const element of parts.elements) if (element) starts(element.expression)
        } else if (
          parts.type === "CallExpression" && parts.callee.type === "MemberExpression" &&
          staticKey(parts.callee.property) === "map"
        ) {
          for (const { expression } of parts.arguments) starts(expression)
        }
      }
    }
    const inTry = guarded || node.type === "TryStatement"
    for (const child of children(node)) if (!isFunctionSyntax(child)) visit(child, inTry)
  }
  for (const child of children(fn)) visit(child, false)
  return settled
}

/** Whether the program names the function elsewhere than in exports, so that it may run several times at once. */
export const isNamed = (modules: Iterable<ModuleSyntax>, module: ModuleSyntax, fn: Ast.AnyNode): boolean => {
  const entry = [...module.bindings.entries()].find(([, binding]) => binding.fn === fn)
  if (entry === undefined) return true
  const [key, binding] = entry
  if (key !== `${binding.name}#${topLevel}`) return true
  const named = (node: Ast.AnyNode): boolean => {
    if (node.type === "ExportNamedDeclaration") return false
    const name = asName(node)
    if (name !== undefined) return keyOf(name) === key && spanOf(name).start !== binding.offset
    return children(node).some(named)
  }
  if (named(module.program)) return true
  const exported = new Set([...module.exports].flatMap(([out, local]) => local === binding.name ? [out] : []))
  return exported.size > 0 &&
    [...modules].some((each) =>
      each !== module && [...each.imports.values()].some(({ imported }) => imported === "*" || exported.has(imported))
    )
}
