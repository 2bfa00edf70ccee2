/**
 * Which loops of a package have iterations that are independent of each other.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, unresolved } from "../language/Ast.ts"
import { asName, boundNames, isFunctionSyntax, type Name, staticKey, syntax, unwrap } from "../language/Syntax.ts"
import * as Freshness from "./Freshness.ts"
import { type LoopProgram, reachedHelpers } from "./LoopProgram.ts"
import type { LoopVerdict, Obstacle } from "./LoopReport.ts"
import { declaredIn, type Key, keyOf, type ModuleSyntax } from "./ModuleSyntax.ts"
import { isNamed, settledIn } from "./Overlaps.ts"
import { replayOf } from "./Replay.ts"
import { proveUnit, type Unit } from "./Unit.ts"

/** What a loop goes over. */
export type Course =
  | {
    readonly _tag: "Values"
    readonly values: Ast.Expression
    /** What is written before `.entries()`, `.keys()` or `.values()`, if that is a name. */
    readonly source: { readonly object: Ast.Expression; readonly method: string } | undefined
  }
  /** `for (let i = start; i < end; i += step)`; `inclusive` with `<=`. */
  | {
    readonly _tag: "Range"
    readonly start: Ast.Expression
    readonly end: Ast.Expression
    readonly step: number
    readonly inclusive: boolean
    /** The names whose length or size is asked. */
    readonly measured: ReadonlyArray<Ast.Expression>
    /** The names that are calculated with. */
    readonly numbers: ReadonlyArray<Ast.AnyNode>
  }

export interface ProvenLoop {
  readonly module: ModuleSyntax
  readonly statement: Ast.ForOfStatement | Ast.ForStatement
  readonly variable: Ast.VariableDeclaration
  readonly course: Course
  readonly unit: Unit
  readonly helpers: ReturnType<typeof reachedHelpers>
  /** `continue`s of this loop. */
  readonly continues: ReadonlyArray<Ast.AnyNode>
  /** Indices of replays that stand in a `try`, which must not fail on the main thread. */
  readonly guarded: ReadonlyArray<number>
}

export interface ProvenLoops {
  readonly loops: ReadonlyArray<ProvenLoop>
  readonly verdicts: ReadonlyArray<LoopVerdict>
}

type Loop = Ast.ForOfStatement | Ast.ForStatement | Ast.ForInStatement

class Refused {
  readonly obstacle: Obstacle
  constructor(obstacle: Obstacle) {
    this.obstacle = obstacle
  }
}

/** Numbers of the range, as far as they can be computed twice without any effect. */
const isPlain = (node: Ast.AnyNode): boolean => {
  const self = unwrap(node)
  switch (self.type) {
    case "NumericLiteral":
    case "Identifier":
      return true
    case "MemberExpression":
      return ["length", "size"].includes(staticKey(self.property) ?? "") && asName(unwrap(self.object)) !== undefined
    case "BinaryExpression":
      return ["+", "-", "*"].includes(self.operator) && isPlain(self.left) && isPlain(self.right)
    default:
      return false
  }
}

const namesOf = (node: Ast.AnyNode): ReadonlyArray<Name> => {
  const name = asName(node)
  return name === undefined ? children(node).flatMap(namesOf) : [name]
}

const namesIn = (node: Ast.AnyNode): ReadonlyArray<Key> => namesOf(node).map(keyOf)

/** The objects whose length or size ends the range. */
const measured = (node: Ast.AnyNode): ReadonlyArray<Ast.Expression> => {
  const self = unwrap(node)
  if (self.type === "MemberExpression") return [self.object as Ast.Expression] // a name
  return self.type === "BinaryExpression" ? [...measured(self.left), ...measured(self.right)] : []
}

const operands = (node: Ast.AnyNode): ReadonlyArray<Ast.AnyNode> => {
  const self = unwrap(node)
  return self.type === "Identifier"
    ? [self]
    : self.type === "BinaryExpression"
    ? [...operands(self.left), ...operands(self.right)]
    : []
}

const sourceOf = (values: Ast.Expression): Extract<Course, { readonly _tag: "Values" }>["source"] => {
  const self = unwrap(values)
  if (self.type !== "CallExpression" || self.callee.type !== "MemberExpression") return undefined
  const { object, property } = self.callee
  const method = staticKey(property) ?? ""
  return ["entries", "keys", "values"].includes(method) && asName(unwrap(object)) !== undefined
    ? { object: object as Ast.Expression, method } // a name
    : undefined
}

/** Whether a pattern does more than take apart what it is given. */
const computes = (pattern: Ast.AnyNode): boolean => {
  const self = syntax(pattern)
  return self.type === "AssignmentPattern" || (self.type === "AssignmentPatternProperty" && Boolean(self.value)) ||
    (self.type === "KeyValuePatternProperty" && self.key.type === "Computed") || children(pattern).some(computes)
}

const courseOf = (loop: Loop, refuse: (node: Ast.AnyNode, why: string) => never): {
  readonly course: Course
  readonly variable: Ast.VariableDeclaration
} => {
  if (loop.type === "ForInStatement") {
    return refuse(loop, "it is `for...in`; `for (const key of Object.keys(...))` can be proven")
  }
  if (loop.type === "ForOfStatement") {
    if (loop.await) return refuse(loop, "`for await` takes values as they come")
    const { left } = loop
    if (left.type === "VariableDeclaration" && left.declarations.some(({ id }) => computes(id))) {
      return refuse(left, "its variable has a default value, or a computed key")
    }
    if (left.type !== "VariableDeclaration") return refuse(left, "its variable is declared outside of it")
    if (left.kind === "var") return refuse(left, "a variable that is declared with `var` outlives the iteration")
    return { course: { _tag: "Values", values: loop.right, source: sourceOf(loop.right) }, variable: left }
  }
  const counted = "it is not of the form `for (let i = start; i < end; i++)`"
  const { init, test, update } = loop
  if (init?.type !== "VariableDeclaration" || init.kind !== "let") return refuse(loop, counted)
  const [declarator, second] = init.declarations
  const name = declarator === undefined ? undefined : asName(declarator.id)
  const start = declarator?.init
  if (second !== undefined || name === undefined || !start || !test || !update) return refuse(loop, counted)
  const isIt = (node: Ast.AnyNode): boolean => {
    const each = asName(unwrap(node))
    return each !== undefined && keyOf(each) === keyOf(name)
  }
  const condition = unwrap(test)
  const change = unwrap(update)
  const step = change.type === "UpdateExpression" && change.operator === "++" && isIt(change.argument)
    ? 1
    : change.type === "AssignmentExpression" && change.operator === "+=" && isIt(change.left) &&
        unwrap(change.right).type === "NumericLiteral"
    ? Number(staticKey(unwrap(change.right)))
    : 0
  if (
    condition.type !== "BinaryExpression" || !["<", "<="].includes(condition.operator) || !isIt(condition.left) ||
    !Number.isInteger(step) || step <= 0 || !isPlain(start) || !isPlain(condition.right)
  ) return refuse(loop, counted)
  return {
    course: {
      _tag: "Range",
      start,
      end: condition.right,
      step,
      inclusive: condition.operator === "<=",
      measured: [...measured(start), ...measured(condition.right)],
      numbers: [...operands(start), ...operands(condition.right)]
    },
    variable: init
  }
}

/** `continue`s of the loop; refuses what leaves it. */
const jumps = (
  body: Ast.AnyNode,
  refuse: (node: Ast.AnyNode, why: string) => never
): ReadonlyArray<Ast.AnyNode> => {
  const found: Array<Ast.AnyNode> = []
  const visit = (node: Ast.AnyNode, inLoop: boolean, inSwitch: boolean, labels: ReadonlyArray<string>): void => {
    if (isFunctionSyntax(node) || node.type === "MethodProperty") return
    const self = syntax(node)
    switch (self.type) {
      case "ReturnStatement":
        return refuse(node, "`return` ends the loop early")
      case "BreakStatement":
        if (self.label ? labels.includes(self.label.value) : inLoop || inSwitch) return
        return refuse(node, "`break` ends the loop early")
      case "ContinueStatement":
        if (self.label) {
          return labels.includes(self.label.value) ? undefined : refuse(node, "it goes on with an outer loop")
        }
        if (!inLoop) found.push(node)
        return
      case "LabeledStatement":
        return visit(self.body, inLoop, inSwitch, [...labels, self.label.value])
      case "ForStatement":
      case "ForOfStatement":
      case "ForInStatement":
      case "WhileStatement":
      case "DoWhileStatement":
        for (const child of children(node)) visit(child, true, inSwitch, labels)
        return
      case "SwitchStatement":
        for (const child of children(node)) visit(child, inLoop, true, labels)
        return
      default:
        for (const child of children(node)) visit(child, inLoop, inSwitch, labels)
    }
  }
  visit(body, false, false, [])
  return found
}

const within = (node: Ast.AnyNode, path: string, each: { readonly path: string; readonly offset: number }): boolean => {
  const { end, start } = spanOf(node)
  return each.path === path && each.offset >= start && each.offset < end
}

const prove = (
  program: LoopProgram,
  module: ModuleSyntax,
  loop: Loop,
  fn: Ast.AnyNode,
  labelled: boolean
): ProvenLoop => {
  const refuse = (node: Ast.AnyNode, why: string): never => {
    throw new Refused({ path: module.path, offset: spanOf(node).start, why })
  }
  const { course, variable } = courseOf(loop, refuse)
  if (loop.type === "ForInStatement") return refuse(loop, "it is `for...in`")
  if (labelled) refuse(loop, "it has a label")
  const { body } = loop
  const continues = jumps(body, refuse)
  if (program.obstacle !== undefined) throw new Refused(program.obstacle)
  const given = new Map(
    variable.declarations.flatMap(({ id }) => boundNames(id)).map((name) =>
      [keyOf(name), course._tag === "Range" ? Freshness.primitive : Freshness.shared] as const
    )
  )
  const header = course._tag === "Values" ? [course.values] : [course.start, course.end]
  for (const part of header) {
    const declared = declaredIn(module, part)
    const again = namesOf(part).find((name) =>
      !declared.has(keyOf(name)) &&
      variable.declarations.flatMap(({ id }) => boundNames(id)).some(({ value }) => value === name.value)
    )
    if (again !== undefined) refuse(part, `\`${again.value}\` is the name of its variable, and stands in its header`)
  }
  const own = declaredIn(module, loop)
  const guards: Array<Ast.AnyNode> = []
  const findGuards = (node: Ast.AnyNode): void => {
    if (isFunctionSyntax(node)) return
    const self = syntax(node)
    if (self.type === "TryStatement") guards.push(self)
    for (const child of children(node)) findGuards(child)
  }
  findGuards(body)
  const unit = proveUnit(program, {
    module,
    nodes: [body],
    given,
    parameters: new Map(),
    replay: (statement) => replayOf(module, own, statement)
  })
  if (unit.obstacle !== undefined) throw new Refused(unit.obstacle)
  const helpers = reachedHelpers(program, unit)
  for (const helper of helpers) {
    const { obstacle } = helper.unit
    if (obstacle !== undefined) throw new Refused({ ...obstacle, why: `it calls \`${helper.name}\`: ${obstacle.why}` })
    if (helper.unit.captured.size > 0) {
      throw new Refused({
        path: module.path,
        offset: spanOf(loop).start,
        why: `\`${helper.name}\` is no function of a top level`
      })
    }
  }

  const ownMethods = [unit, ...helpers.map((helper) => helper.unit)].map((each) => each.ownMethods)
  const stored = ownMethods.find((each) => each.stored !== undefined)?.stored
  if (stored !== undefined && ownMethods.some(({ handsOn }) => handsOn)) throw new Refused(stored)
  const units = [unit, ...helpers.map((helper) => helper.unit)]
  const callsGiven = units.find((each) => each.callsGiven !== undefined)?.callsGiven
  const takesComputed = units.some((each) => each.takesComputed !== undefined)
  if (callsGiven !== undefined && takesComputed) throw new Refused(callsGiven)
  if (!unit.works) refuse(loop, "an iteration is cheaper than its way to another thread")
  if (namesClash(module, body, unit)) refuse(loop, "it uses several variables of one name from around it")

  const isGuarded = (node: Ast.AnyNode): boolean =>
    guards.some((guard) => within(guard, module.path, { path: module.path, offset: spanOf(node).start }))
  const unsafe = unit.replays.find(({ isSafe, statement }) => !isSafe && isGuarded(statement))
  if (unsafe !== undefined) {
    refuse(unsafe.statement, `the update of \`${unsafe.name}\` stands in a \`try\`, and may fail`)
  }

  const names = new Map(unit.replays.map((replay) => [replay.accumulator, replay.name]))
  for (const [key, name] of unit.captured) {
    if (names.has(key)) refuse(name, `it reads \`${name.value}\`, which the loop builds up`)
  }
  for (const part of header) {
    for (const key of namesIn(part)) {
      if (names.has(key)) refuse(part, `it goes over \`${names.get(key)}\`, which the loop builds up`)
    }
  }
  if (course._tag === "Range") {
    for (const name of variable.declarations.flatMap(({ id }) => boundNames(id))) {
      const assigned = module.bindings.get(keyOf(name))?.assigned.filter((offset) =>
        within(body, module.path, { path: module.path, offset })
      )
      if (assigned?.[0] !== undefined) {
        throw new Refused({
          path: module.path,
          offset: assigned[0],
          why: `it assigns \`${name.value}\`, which counts the iterations`
        })
      }
    }
  }
  for (
    const each of [{ path: module.path, fn: body },
      ...helpers.map((helper) => ({ path: helper.module.path, fn: helper.fn }))]
  ) {
    const settled = settledIn(each.fn)
    const loose = program.overlaps.find((overlap) =>
      overlap.isLoose && within(each.fn, each.path, overlap) && !settled.has(overlap.offset)
    )
    if (loose !== undefined) throw new Refused(loose)
  }
  if (unit.awaits) {
    const [script] = program.scripts
    if (script !== undefined) {
      throw new Refused({
        path: script,
        offset: 0,
        why: "other code may run while the loop waits: a CommonJS module's"
      })
    }
    const settled = isNamed(program.modules.values(), module, fn) ? new Set<number>() : settledIn(fn)
    const beside = program.overlaps.find((each) =>
      !within(body, module.path, each) &&
      !helpers.some((helper) => within(helper.fn, helper.module.path, each)) &&
      !(each.path === module.path && settled.has(each.offset))
    )
    if (beside !== undefined) {
      throw new Refused({ ...beside, why: `other code may run while the loop waits: ${beside.why}` })
    }
  }
  return {
    module,
    statement: loop,
    variable,
    course,
    unit,
    helpers,
    continues,
    guarded: unit.replays.flatMap(({ statement }, index) => isGuarded(statement) ? [index] : [])
  }
}

/** Whether the names that a body takes from around it mean one thing each. */
const namesClash = (module: ModuleSyntax, body: Ast.AnyNode, unit: Unit): boolean => {
  const around = [
    ...[...unit.captured.values()].map(({ value }) => value),
    ...[...unit.inner.keys()].map((key) => module.bindings.get(key)?.name ?? key)
  ]
  const top = new Set([...unit.data, ...unit.imports, ...unit.helpers.map(({ name }) => name)])
  const findGlobals = (node: Ast.AnyNode): void => {
    const name = asName(node)
    if (name?.ctxt === unresolved) top.add(name.value)
    for (const child of children(node)) findGlobals(child)
  }
  for (const node of [body, ...unit.inner.values()]) findGlobals(node)
  return new Set(around).size < around.length || around.some((name) => top.has(name))
}

/** Looks at every loop, outer ones first. Loops in a loop that runs on threads belong to its iterations. */
export const proveLoops = (program: LoopProgram): ProvenLoops => {
  const loops: Array<ProvenLoop> = []
  const verdicts: Array<LoopVerdict> = []
  for (const module of program.modules.values()) {
    const visit = (node: Ast.AnyNode, fn: Ast.AnyNode | undefined, labelled: boolean, around: boolean): void => {
      const self = syntax(node)
      let covered = around
      if (self.type === "ForOfStatement" || self.type === "ForStatement" || self.type === "ForInStatement") {
        const place = { path: module.path, offset: spanOf(self).start }
        const serial = (obstacle: Obstacle): void => {
          verdicts.push({ _tag: "Serial", loop: place, obstacle })
        }
        if (around) serial({ ...place, why: "it lies in a loop that runs in parallel" })
        else if (fn === undefined) serial({ ...place, why: "it runs while the module is loaded" })
        else {
          try {
            const proven = prove(program, module, self, fn, labelled)
            loops.push(proven)
            const reductions = [...new Set(proven.unit.replays.map(({ label }) => label))]
            verdicts.push({ _tag: "Parallel", loop: place, reductions })
            covered = true
          } catch (thrown) {
            if (!(thrown instanceof Refused)) throw thrown
            serial(thrown.obstacle)
          }
        }
      }
      const inside =
        isFunctionSyntax(node) || ["ClassMethod", "PrivateMethod", "Constructor", "MethodProperty"].includes(node.type)
          ? node
          : fn
      for (const child of children(node)) visit(child, inside, node.type === "LabeledStatement", covered)
    }
    visit(module.program, undefined, false, false)
  }
  return { loops, verdicts }
}
