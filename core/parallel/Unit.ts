/**
 * The proof for one piece of code that is to run on other threads: the body of a loop, or a function that it calls.
 *
 * It may make and change things of its own, and read what it is given. What it cannot be proven to leave alone is an
 * obstacle.
 */
import type * as Ast from "../language/Ast.ts"
import { children, spanOf, topLevel, unresolved } from "../language/Ast.ts"
import { asName, type Name, staticKey, syntax, unwrap } from "../language/Syntax.ts"
import type { Behaviour } from "../language/Builtins.ts"
import { isNumeric } from "../modules/numericNames.ts"
import * as Freshness from "./Freshness.ts"
import { fileFunctions } from "../slicing/jobApi.ts"
import * as KnownCalls from "./KnownCalls.ts"
import type { Obstacle } from "./LoopReport.ts"
import { declaredIn, type FunctionNode, isFunctionNode, type Key, keyOf, type ModuleSyntax } from "./ModuleSyntax.ts"
import { type OwnMethods, ownMethodsIn } from "./OwnMethods.ts"
import type { Replay } from "./Replay.ts"

/** What a name of a module's top level stands for. */
export type Meaning =
  | { readonly _tag: "Function"; readonly module: ModuleSyntax; readonly name: string; readonly fn: FunctionNode }
  /** A primitive value that stands in the text. */
  | { readonly _tag: "Literal"; readonly module: ModuleSyntax; readonly name: string }
  /** Anything else, which goes along by value. */
  | { readonly _tag: "Data" }
  /** A function or constant of a module of Node. `member` is `undefined` for the module itself. */
  | { readonly _tag: "Node"; readonly specifier: string; readonly member: string | undefined }
  /** A cluster file function. `member` is `undefined` for their namespace. */
  | { readonly _tag: "FileFunction"; readonly member: string | undefined }
  | { readonly _tag: "Unknown"; readonly why: string }

export interface Program {
  readonly meaning: (module: ModuleSyntax, name: string) => Meaning
  /** The proof of a function of a module's top level. While that proof is made, it is `undefined`. */
  readonly unit: (module: ModuleSyntax, name: string, fn: FunctionNode) => Unit | undefined
}

/** A top-level function that is called, or a constant. */
export interface Helper {
  readonly module: ModuleSyntax
  readonly name: string
}

export interface Unit {
  readonly obstacle: Obstacle | undefined
  readonly returns: Freshness.Freshness
  /** Indices of parameters whose arguments it changes. */
  readonly changes: ReadonlySet<number>
  readonly helpers: ReadonlyArray<Helper>
  /** Top-level names of its module that it reads as values. */
  readonly data: ReadonlySet<string>
  /** Imported names of functions that it uses. */
  readonly imports: ReadonlySet<string>
  /** Variables of functions around it, with the place of their first use. */
  readonly captured: ReadonlyMap<Key, Name>
  /** Functions of the functions around it. */
  readonly inner: ReadonlyMap<Key, FunctionNode>
  readonly replays: ReadonlyArray<Replay>
  /** Whether a regular expression of others is asked where it stopped. */
  readonly stateful: boolean
  /** Whether it waits by itself, not in a function inside of it. */
  readonly awaits: boolean
  /** Whether it does more than a handful of steps: it loops, waits, or calls something that may take long. */
  readonly works: boolean
  readonly ownMethods: OwnMethods
  /** Where it calls something else than a function that is written there, or that the library has. */
  readonly callsGiven: Obstacle | undefined
  /** Where it takes something out of an object under a name that is computed: that may be a function of the library. */
  readonly takesComputed: Obstacle | undefined
}

export interface Scope {
  readonly module: ModuleSyntax
  /** The code. */
  readonly nodes: ReadonlyArray<Ast.AnyNode>
  /** Variables that are new in every call, beside those declared in the code, and what they hold. */
  readonly given: ReadonlyMap<Key, Freshness.Freshness>
  /** Of a function: its parameters by key. */
  readonly parameters: ReadonlyMap<Key, number>
  /** Of a loop's body: finds out whether a statement is the update of an accumulator. */
  readonly replay: ((statement: Ast.ExpressionStatement) => Replay | Obstacle | undefined) | undefined
}

const plainSyntax: ReadonlySet<string> = new Set([
  "BlockStatement",
  "ExpressionStatement",
  "IfStatement",
  "ForStatement",
  "ForOfStatement",
  "ForInStatement",
  "WhileStatement",
  "DoWhileStatement",
  "SwitchStatement",
  "SwitchCase",
  "TryStatement",
  "CatchClause",
  "ThrowStatement",
  "ReturnStatement",
  "BreakStatement",
  "ContinueStatement",
  "LabeledStatement",
  "VariableDeclaration",
  "VariableDeclarator",
  "EmptyStatement",
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "StringLiteral",
  "NumericLiteral",
  "BooleanLiteral",
  "NullLiteral",
  "BigIntLiteral",
  "RegExpLiteral",
  "TemplateLiteral",
  "TemplateElement",
  "ArrayExpression",
  "ObjectExpression",
  "KeyValueProperty",
  "MethodProperty",
  "SpreadElement",
  "UnaryExpression",
  "UpdateExpression",
  "BinaryExpression",
  "ConditionalExpression",
  "AssignmentExpression",
  "SequenceExpression",
  "MemberExpression",
  "CallExpression",
  "NewExpression",
  "AwaitExpression",
  "ParenthesisExpression",
  "OptionalChainingExpression",
  "Computed",
  "Parameter",
  "ArrayPattern",
  "ObjectPattern",
  "KeyValuePatternProperty",
  "AssignmentPatternProperty",
  "AssignmentPattern",
  "RestElement",
  "Identifier"
])

const syntaxReasons: ReadonlyMap<string, string> = new Map([
  ["ThisExpression", "`this` belongs to the function around the loop"],
  ["SuperPropExpression", "`super` belongs to the method around the loop"],
  ["YieldExpression", "`yield` hands out values between the iterations"],
  ["ClassDeclaration", "a class is declared here"],
  ["ClassExpression", "a class is declared here"],
  ["TaggedTemplateExpression", "a template's tag may do anything"],
  ["MetaProperty", "`import.meta` and `new.target` are others on another thread"],
  ["GetterProperty", "an accessor may do anything"],
  ["SetterProperty", "an accessor may do anything"]
])

class Stop {
  readonly obstacle: Obstacle
  constructor(obstacle: Obstacle) {
    this.obstacle = obstacle
  }
}

const isObstacle = (value: Replay | Obstacle): value is Obstacle => "why" in value

/** Proves `scope`, or says what stands in the way. */
export const proveUnit = (program: Program, scope: Scope): Unit => {
  const { module } = scope
  const inner = new Map<Key, FunctionNode>()
  for (;;) {
    const before = inner.size
    const unit = attempt(program, scope, inner, false)
    // Another function of the functions around came to light: its own variables count, too
    if (inner.size > before) continue
    return unit
  }

  function attempt(program: Program, scope: Scope, inner: Map<Key, FunctionNode>, mixed: boolean): Unit {
    const nodes = [...scope.nodes, ...inner.values()]
    const own = new Set<Key>(scope.given.keys())
    for (const node of nodes) for (const key of declaredIn(module, node)) own.add(key)
    for (const key of inner.keys()) own.add(key)

    const resultOf = (callee: Ast.AnyNode): Freshness.Freshness | undefined => {
      const name = asName(unwrap(callee))
      if (name === undefined) return undefined
      if (name.ctxt === topLevel) {
        const meaning = program.meaning(module, name.value)
        if (meaning._tag === "Function") {
          return program.unit(meaning.module, meaning.name, meaning.fn)?.returns ?? Freshness.shared
        }
        return meaning._tag === "Node" || meaning._tag === "FileFunction" ? Freshness.fresh : Freshness.shared
      }
      return own.has(keyOf(name)) ? Freshness.shared : undefined
    }
    const lookupIn = (classes: ReadonlyMap<Key, Freshness.Freshness>): Freshness.Lookup => ({
      variable: (name) => {
        const key = keyOf(name as Name) // only its name and its scope are read
        if (!own.has(key)) {
          const isLiteral = name.ctxt === topLevel && program.meaning(module, name.value)._tag === "Literal"
          return isLiteral ? Freshness.primitive : Freshness.shared
        }
        return inner.has(key)
          ? Freshness.shared
          : Freshness.join(scope.given.get(key) ?? Freshness.primitive, classes.get(key) ?? Freshness.primitive)
      },
      result: resultOf,
      mixed
    })
    const lookup = lookupIn(Freshness.settle(nodes.flatMap((node) => [...Freshness.sourcesIn(node)]), lookupIn))
    const fresh = (node: Ast.AnyNode): Freshness.Freshness => Freshness.freshness(node, lookup)

    const changes = new Set<number>()
    const helpers: Array<Helper> = []
    const data = new Set<string>()
    const imports = new Set<string>()
    const captured = new Map<Key, Name>()
    const replays: Array<Replay> = []
    let stateful = false
    let awaits = false
    let works = false
    let mixes = false
    let callsGiven: Obstacle | undefined
    let takesComputed: Obstacle | undefined
    const at = (node: Ast.AnyNode, why: string): Obstacle => ({ path: module.path, offset: spanOf(node).start, why })

    const stop = (node: Ast.AnyNode, why: string): never => {
      throw new Stop({ path: module.path, offset: spanOf(node).start, why })
    }
    const textOf = (node: Ast.AnyNode): string => {
      const { end, start } = spanOf(node)
      const text = module.text.slice(start, end).split("\n")[0] ?? ""
      return text.length > 40 ? `${text.slice(0, 40)}...` : text
    }

    /** Something is stored in, or done to, what `target` stands for. */
    const change = (target: Ast.AnyNode, value: Freshness.Freshness, at: Ast.AnyNode): void => {
      if (value > Freshness.fresh) mixes = true
      const name = asName(unwrap(target))
      const parameter = name === undefined ? undefined : scope.parameters.get(keyOf(name))
      if (parameter !== undefined) {
        changes.add(parameter)
        mixes = true
        return
      }
      if (fresh(target) === Freshness.shared) {
        stop(at, `it changes \`${textOf(target)}\`, which may not belong to this iteration alone`)
      }
    }
    const assign = (target: Ast.AnyNode, value: Freshness.Freshness, at: Ast.AnyNode): void => {
      const self = unwrap(target)
      switch (self.type) {
        case "Identifier": {
          const name = asName(self)
          if (name === undefined) return
          if (!own.has(keyOf(name)) || inner.has(keyOf(name))) {
            stop(at, `it assigns \`${name.value}\`, which is declared outside of it`)
          }
          return
        }
        case "MemberExpression":
          change(self.object, value, at)
          visit(self.object, 1)
          if (self.property.type === "Computed") visit(self.property.expression, 1)
          return
        case "ArrayPattern":
          for (const element of self.elements) if (element) assign(element, Freshness.shared, at)
          return
        case "ObjectPattern":
          for (const property of self.properties) {
            if (property.type === "KeyValuePatternProperty") {
              taken(property, staticKey(property.key))
              if (property.key.type === "Computed") visit(property.key.expression, 1)
              assign(property.value, Freshness.shared, at)
            } else if (property.type === "AssignmentPatternProperty") {
              taken(property, property.key.value)
              assign(property.key, Freshness.shared, at)
              if (property.value) visit(property.value, 1)
            } else assign(property.argument, Freshness.shared, at)
          }
          return
        case "AssignmentPattern":
          assign(self.left, Freshness.shared, at)
          visit(self.right, 1)
          return
        case "RestElement":
          assign(self.argument, Freshness.shared, at)
          return
        default:
          stop(at, "it assigns in a way that is not known")
      }
    }

    const helper = (name: string, meaning: Extract<Meaning, { readonly _tag: "Function" }>): Unit | undefined => {
      helpers.push({ module: meaning.module, name: meaning.name })
      if (meaning.module !== module) imports.add(name)
      const unit = program.unit(meaning.module, meaning.name, meaning.fn)
      works ||= unit?.works ?? true
      return unit
    }

    const isFunctionName = (name: Name): boolean =>
      inner.has(keyOf(name)) || module.bindings.get(keyOf(name))?.fn !== undefined && !own.has(keyOf(name)) ||
      (name.ctxt === topLevel && program.meaning(module, name.value)._tag === "Function")
    /** A name that is used as a value, or called. */
    const use = (name: Name, called: boolean, argumentsOf: ReadonlyArray<Ast.Argument>): void => {
      const key = keyOf(name)
      if (own.has(key) && !inner.has(key)) {
        // A function that is written here was looked at there: none crosses from the main thread
        works ||= called
        const binding = module.bindings.get(key)
        if (called && (binding?.fn === undefined || binding.assigned.length > 0)) {
          callsGiven ??= at(name, `it calls \`${name.value}\`, which may be any function`)
        }
        return
      }
      if (name.ctxt === unresolved) {
        if (!called && KnownCalls.globalValues.has(name.value)) return
        const why = KnownCalls.refusedGlobals.get(name.value)
        stop(name, `it uses the global \`${name.value}\`${why === undefined ? "" : `: ${why}`}`)
      }
      if (name.ctxt === topLevel) {
        const meaning = program.meaning(module, name.value)
        switch (meaning._tag) {
          case "Function": {
            const unit = helper(name.value, meaning)
            for (const index of unit?.changes ?? []) {
              const argument = argumentsOf[index]
              if (!called) {
                stop(name, `\`${name.value}\` changes what it is given, and it is not told here what that is`)
              }
              if (argumentsOf.slice(0, index + 1).some(({ spread }) => spread)) {
                stop(name, `\`${name.value}\` changes what it is given, and the arguments are spread`)
              }
              if (argument !== undefined) change(argument.expression, Freshness.shared, argument.expression)
            }
            return
          }
          case "Literal":
            if (called) stop(name, `it calls \`${name.value}\`, which is no function`)
            helpers.push({ module: meaning.module, name: meaning.name })
            if (meaning.module !== module) imports.add(name.value)
            return
          case "Data":
            if (called) {
              stop(name, `it calls \`${name.value}\`, which is not a function that is declared once and for all`)
            }
            data.add(name.value)
            return
          case "Node":
          case "FileFunction":
            if (meaning.member === undefined) return stop(name, `it uses the whole module \`${name.value}\``)
            imports.add(name.value)
            if (called) return node(meaning.member, meaning, argumentsOf, name)
            if (meaning._tag === "Node" && KnownCalls.isNodeConstant(meaning.specifier, meaning.member)) return
            return stop(name, `\`${name.value}\` is handed over, and it is not known what it will be given`)
          default:
            return stop(name, meaning.why)
        }
      }
      const binding = module.bindings.get(key)
      const fn = binding?.fn
      if (fn !== undefined && binding?.assigned.length === 0 && !inner.has(key)) {
        const [code] = scope.nodes
        const around = spanOf(fn)
        if (code !== undefined && around.start <= spanOf(code).start && spanOf(code).end <= around.end) {
          stop(name, `it calls \`${name.value}\`, in which it lies, and that is no function of the top level`)
        }
        inner.set(key, fn)
        return
      }
      if (inner.has(key)) return
      if (binding?.kind === "class") stop(name, `it uses the class \`${name.value}\``)
      if (called) stop(name, `it calls \`${name.value}\`, a function that is given from outside`)
      if (!captured.has(key)) captured.set(key, name)
    }

    /** A method of the language may be called on something else than the object that it was taken from. */
    const checkReceiver = (self: Ast.CallExpression, callee: Ast.MemberExpression, member: string): void => {
      const isGiven = ({ expression, spread }: Ast.Argument): boolean =>
        Boolean(spread) || fresh(expression) > Freshness.fresh
      const list = self.arguments
      const object = unwrap(callee.object)
      const borrowed = object.type === "MemberExpression" &&
        KnownCalls.methods().has(staticKey(object.property) ?? "")
      const name = asName(object)
      const isOwn = isFunctionNode(object) || (name !== undefined && isFunctionName(name))
      const receivers = KnownCalls.borrowing.has(member)
        ? borrowed || isOwn ? [] : list
        : KnownCalls.callsFirst.has(member) && !member.startsWith("reduce")
        ? list.slice(list[0]?.spread ? 0 : 1)
        : member === "from"
        ? list.slice(2)
        : []
      if (receivers.some(isGiven)) stop(self, `it is not known what \`${member}\` does to what it is given here`)
    }

    /** What the library's `behaviours` do with their receiver and each argument. */
    const effects = (
      behaviours: ReadonlyArray<Behaviour>,
      call: Freshness.Call,
      self: Ast.AnyNode,
      callee: string
    ): void => {
      const { list, receiver } = call
      for (const behaviour of behaviours) {
        for (const { fn } of behaviour.calls ?? []) {
          const callback = /^\d+$/.test(fn) ? list[Number(fn)]?.expression : undefined
          const name = callback === undefined ? undefined : asName(unwrap(callback))
          const binding = name === undefined ? undefined : module.bindings.get(keyOf(name))
          const isWritten = callback === undefined || isFunctionNode(unwrap(callback)) ||
            fresh(callback) === Freshness.primitive && unwrap(callback).type !== "Identifier" ||
            (name !== undefined &&
              (name.ctxt === unresolved || isFunctionName(name) ||
                (binding?.fn !== undefined && binding.assigned.length === 0)))
          if (!isWritten) {
            callsGiven ??= at(self, `\`${callee}\` calls what it is given here, which may be any function`)
          }
        }
        // A regular expression that others have must not remember where it stopped: that is checked when the loop begins
        if (behaviour.changesState?.includes("regexp") === true) continue
        for (const place of behaviour.mutates ?? []) {
          const stored = Freshness.storedIn(behaviour, place, call, lookup)
          if (place === "this") {
            if (receiver !== undefined) change(receiver, stored, self)
            continue
          }
          if (/^\d+\+?$/.test(place)) {
            const index = Number.parseInt(place, 10)
            const changed = place.endsWith("+") ? list.slice(index) : list.slice(index, index + 1)
            if (changed.length === 0) continue
            if (list.slice(0, index + 1).some(({ spread }) => spread) || changed.some(({ spread }) => spread)) {
              stop(self, `\`${callee}\` changes what it is given, and the arguments are spread`)
            }
            for (const { expression } of changed) {
              change(expression, stored, expression)
            }
            continue
          }
          if (Freshness.atPlace(behaviour, place, call, lookup) > Freshness.fresh) {
            stop(self, `\`${callee}\` changes what hangs on something that it is given`)
          }
        }
      }
    }
    const known = (call: KnownCalls.Known, of: Freshness.Call, self: Ast.AnyNode, callee: string): void =>
      call._tag === "Refused"
        ? stop(self, `it calls \`${callee}\`: ${call.why}`)
        : effects(call.behaviours, of, self, callee)

    /** A function of a module of Node, or a cluster file function: `options` of others than these may make it write. */
    const node = (
      member: string,
      meaning: Extract<Meaning, { readonly _tag: "Node" | "FileFunction" }>,
      list: ReadonlyArray<Ast.Argument>,
      self: Ast.AnyNode
    ): void => {
      works = true
      if (meaning._tag === "FileFunction") return
      const call = KnownCalls.nodeCall(meaning.specifier, member)
      if (call === undefined) return stop(self, `it calls \`${member}\`, which may do more than read`)
      const { behaviour, takes } = call
      const isLiteral = (each: Ast.AnyNode): boolean => {
        const value = unwrap(each)
        return value.type === "UnaryExpression" ? isLiteral(value.argument)
          : ["StringLiteral", "NumericLiteral", "BooleanLiteral", "NullLiteral"].includes(value.type)
      }
      list.forEach(({ expression, spread }, index) => {
        if (takes.optionsAt === -1 || index < takes.optionsAt) return
        const value = unwrap(expression)
        const refused = !spread && index === takes.optionsAt && isLiteral(value)
          ? undefined
          : spread || index > takes.optionsAt || value.type !== "ObjectExpression"
          ? expression
          : value.properties.find((property) => {
            if (property.type !== "KeyValueProperty" || property.key.type === "Computed") return true
            const key = staticKey(property.key) ?? ""
            const allowed = takes.options.get(key)
            const given = unwrap(property.value)
            return !takes.options.has(key) || !isLiteral(given) ||
              (allowed !== undefined && !(given.type === "StringLiteral" && allowed.has(given.value)))
          })
        if (refused !== undefined) {
          stop(refused, `\`${member}\` is given options here that are not known not to change anything`)
        }
      })
      if (takes.optionsAt !== -1 && list.slice(0, takes.optionsAt).some(({ spread }) => spread)) {
        stop(self, `the arguments of \`${member}\` are spread, and may hold options`)
      }
      effects([behaviour], { receiver: undefined, list }, self, member)
    }

    const call = (self: Ast.CallExpression, depth: number): void => {
      if (self.callee.type === "Super" || self.callee.type === "Import") {
        return stop(self, "it loads a module")
      }
      const callee = unwrap(self.callee)
      const list = self.arguments
      for (const { expression } of list) visit(expression, depth)
      const name = asName(callee)
      if (name?.ctxt === unresolved) {
        works ||= !KnownCalls.cheapCalls.has(name.value)
        if (name.value === "structuredClone" && (list.length !== 1 || list[0]?.spread)) {
          stop(self, "`structuredClone` is given options here, and may take what it is given away")
        }
        return known(KnownCalls.globalCall(name.value), { receiver: undefined, list }, self, name.value)
      }
      if (name !== undefined) return use(name, true, list)
      if (isFunctionNode(callee)) return visit(callee, depth)
      if (callee.type === "CallExpression") {
        works = true
        callsGiven ??= at(self, "it calls what another call gives, which may be any function")
        return visit(callee, depth)
      }
      if (callee.type !== "MemberExpression") return stop(self, "it calls something that is not known")
      const member = staticKey(callee.property)
      if (
        member === undefined ||
        (callee.property.type === "Computed" && unwrap(callee.property.expression).type !== "StringLiteral")
      ) {
        return stop(self, "it calls a method whose name is not constant")
      }
      const object = unwrap(callee.object)
      const root = asName(object)
      if (root?.ctxt === unresolved && !KnownCalls.globalValues.has(root.value) || isGlobalNamespace(root)) {
        const path = `${root?.value}.${member}`
        checkReceiver(self, callee, member)
        const why = path === "Math.random"
          ? "it draws random numbers, whose order cannot be kept"
          : path === "Date.now"
          ? "it asks the clock"
          : undefined
        if (why !== undefined) stop(self, `it calls \`${path}\`: ${why}`)
        const [first, second] = list
        const isText = second !== undefined && unwrap(second.expression).type === "StringLiteral"
        if (path === "Buffer.from" && !isText && first && fresh(first.expression) > Freshness.fresh) {
          stop(self, "`Buffer.from` without an encoding may share its bytes")
        }
        works ||= root?.value !== "Math" && !KnownCalls.cheapCalls.has(member)
        return known(KnownCalls.namespaceCall(path), { receiver: undefined, list }, self, path)
      }
      if (root?.ctxt === topLevel) {
        const meaning = program.meaning(module, root.value)
        if ((meaning._tag === "Node" || meaning._tag === "FileFunction") && meaning.member === undefined) {
          if (meaning._tag === "FileFunction" && !fileFunctions.has(member)) {
            stop(self, `it calls \`${root.value}.${member}\`, which may do more than read`)
          }
          imports.add(root.value)
          return node(member, meaning, list, self)
        }
      }
      if (KnownCalls.revealing.has(member)) stop(self, `\`${member}\` leads to what all objects share`)
      works ||= !KnownCalls.cheapCalls.has(member)
      checkReceiver(self, callee, member)
      if (KnownCalls.borrowing.has(member)) return borrow(self, object, depth)
      visit(callee.object, depth)
      if (written.has(member) && !KnownCalls.methods().has(member)) {
        // Objects that cross have no functions: what is called is written here, or nothing
        callsGiven ??= at(self, `it calls the method \`${member}\`, which may be any function`)
        return
      }
      if ((member === "test" || member === "exec") && fresh(callee.object) > Freshness.fresh) stateful = true
      return known(KnownCalls.methodCall(member), { receiver: callee.object, list }, self, member)
    }
    const isGlobalNamespace = (name: Name | undefined): boolean =>
      name?.ctxt === unresolved && KnownCalls.isNamespace(name.value)

    /** `f.call(self, ...)`: of a function that is written here, or of a method that changes nothing. */
    const borrow = (
      self: Ast.CallExpression,
      object: Ast.AnyNode,
      depth: number
    ): void => {
      const name = asName(object)
      if (isFunctionNode(object) || (name !== undefined && isFunctionName(name))) return visit(object, depth)
      const borrowed = unwrap(object)
      const member = borrowed.type === "MemberExpression" ? staticKey(borrowed.property) ?? "" : ""
      const method = KnownCalls.methodCall(member)
      if (
        borrowed.type !== "MemberExpression" || method._tag === "Refused" ||
        method.behaviours.some(({ calls, mutates }) => mutates !== undefined || calls !== undefined)
      ) return stop(self, "a function is called here that is not known")
      visit(borrowed.object, depth)
    }

    /** Names under which functions are written here, and nothing else is stored. */
    const written = new Set<string>()
    const storedElse = new Set<string>()
    const findWritten = (node: Ast.AnyNode): void => {
      const self = syntax(node)
      if (self.type === "MethodProperty") written.add(staticKey(self.key) ?? "")
      if (self.type === "KeyValueProperty") {
        const isFunction = isFunctionNode(unwrap(self.value))
        ;(isFunction ? written : storedElse).add(staticKey(self.key) ?? "")
      }
      if (self.type === "ObjectExpression") {
        for (const property of self.properties) if (property.type === "Identifier") storedElse.add(property.value)
      }
      if (self.type === "AssignmentExpression") {
        const left = unwrap(self.left)
        if (left.type === "MemberExpression") storedElse.add(staticKey(left.property) ?? "")
      }
      for (const child of children(node)) findWritten(child)
    }
    for (const each of nodes) findWritten(each)
    for (const name of storedElse) written.delete(name)

    const visit = (node: Ast.AnyNode, depth: number): void => {
      const self = syntax(node)
      if (!plainSyntax.has(self.type)) {
        return stop(node, syntaxReasons.get(self.type) ?? `${self.type} is not known to run alike on another thread`)
      }
      switch (self.type) {
        case "ExpressionStatement": {
          const replay = depth === 0 ? scope.replay?.(self) : undefined
          if (replay === undefined) break
          if (isObstacle(replay)) throw new Stop(replay)
          replays.push(replay)
          for (const { node } of replay.hoisted) visit(node, depth)
          return
        }
        case "Identifier": {
          const name = asName(self)
          if (name !== undefined) use(name, false, [])
          return
        }
        case "MemberExpression": {
          const global = Freshness.globalMember(self)
          if (global !== undefined) {
            if (!KnownCalls.isPlainMember(`${global.object}.${global.member}`)) {
              stop(
                self,
                `it uses \`${global.object}.${global.member}\`${
                  KnownCalls.refusedGlobals.has(global.object) ? `: ${KnownCalls.refusedGlobals.get(global.object)}`
                    : ""
                }`
              )
            }
            return
          }
          const root = asName(unwrap(self.object))
          const member = staticKey(self.property)
          if (root !== undefined && isFunctionName(root)) {
            stop(self, `it uses a property of the function \`${root.value}\``)
          }
          if (KnownCalls.revealing.has(member ?? "")) {
            stop(self, `\`${member}\` leads to what all objects share`)
          }
          if (member === "stack") stop(self, "`stack` names files and lines, which are others on another thread")
          if (root?.ctxt === topLevel && member !== undefined) {
            const meaning = program.meaning(module, root.value)
            if (
              meaning._tag === "Node" && meaning.member === undefined &&
              KnownCalls.isNodeConstant(meaning.specifier, member)
            ) {
              imports.add(root.value)
              return
            }
          }
          if (member !== undefined && KnownCalls.changing().has(member)) {
            stop(self, `it takes \`${member}\` out of an object, which may be a method that changes things`)
          }
          visit(self.object, depth)
          if (self.property.type === "Computed") {
            takes(self.property.expression)
            visit(self.property.expression, depth)
          }
          return
        }
        case "CallExpression":
          return call(self, depth)
        case "NewExpression": {
          const name = asName(unwrap(self.callee))
          const list = self.arguments ?? []
          for (const { expression } of list) visit(expression, depth)
          if (name?.ctxt !== unresolved || !KnownCalls.constructors.has(name.value)) {
            stop(self, `it makes an instance of \`${textOf(self.callee)}\``)
          }
          if (name?.value === "Date" && list.length === 0) stop(self, "it asks the clock: `new Date()`")
          return
        }
        case "AssignmentExpression":
          if (self.operator !== "=") visit(self.left, depth)
          assign(self.left, fresh(self), self)
          visit(self.right, depth)
          return
        case "UpdateExpression":
          assign(self.argument, Freshness.primitive, self)
          return
        case "BinaryExpression": {
          const right = unwrap(self.right)
          const name = asName(right)
          if (self.operator !== "instanceof" || name?.ctxt !== unresolved || !KnownCalls.constructors.has(name.value)) {
            break
          }
          return visit(self.left, depth)
        }
        case "UnaryExpression":
          if (self.operator === "delete") {
            const target = unwrap(self.argument)
            if (target.type === "MemberExpression") change(target.object, Freshness.primitive, self)
          }
          if (self.operator === "typeof" && asName(unwrap(self.argument))?.ctxt === unresolved) return
          break
        case "VariableDeclaration":
          if (depth === 0 && self.kind === "var" && scope.replay !== undefined) {
            stop(self, "a variable that is declared with `var` outlives the iteration")
          }
          if ("kind" in self && !["const", "let", "var"].includes(self.kind)) stop(self, "it uses `using`")
          for (const { id, init } of self.declarations) {
            pattern(id, depth)
            if (init) visit(init, depth)
          }
          return
        case "ForOfStatement":
          if (self.await) stop(self, "`for await` takes values as they come")
          works = true
          if (depth === 0 && self.left.type !== "VariableDeclaration") assign(self.left, Freshness.shared, self)
          else if (self.left.type !== "VariableDeclaration") assign(self.left, Freshness.shared, self)
          else pattern(self.left.declarations[0]?.id ?? self.left, depth)
          if (
            self.left.type === "VariableDeclaration" && self.left.kind === "var" && depth === 0 &&
            scope.replay !== undefined
          ) {
            stop(self, "a variable that is declared with `var` outlives the iteration")
          }
          visit(self.right, depth)
          visit(self.body, depth)
          return
        case "ForInStatement":
          works = true
          if (self.left.type !== "VariableDeclaration") assign(self.left, Freshness.primitive, self)
          visit(self.right, depth)
          visit(self.body, depth)
          return
        case "ForStatement":
        case "WhileStatement":
        case "DoWhileStatement":
          works = true
          break
        case "AwaitExpression":
          if (depth === 0) awaits = true
          works = true
          break
        case "KeyValueProperty":
          if (self.key.type === "Computed") visit(self.key.expression, depth)
          else if (KnownCalls.methods().has(staticKey(self.key) ?? "") && isFunctionNode(unwrap(self.value))) {
            stop(self, `a method \`${staticKey(self.key)}\` is defined, which is the name of one of the language's own`)
          }
          visit(self.value, depth)
          return
        case "MethodProperty":
          if (self.generator === true) stop(self, "it makes a generator")
          if (KnownCalls.methods().has(staticKey(self.key) ?? "")) {
            stop(self, `a method \`${staticKey(self.key)}\` is defined, which is the name of one of the language's own`)
          }
          if (self.key.type === "Computed") visit(self.key.expression, depth)
          for (const parameter of self.params) pattern(parameter.pat, depth + 1)
          if (self.body) visit(self.body, depth + 1)
          return
        case "FunctionDeclaration":
        case "FunctionExpression":
        case "ArrowFunctionExpression":
          if (self.generator) stop(self, "it makes a generator")
          for (const parameter of self.params) pattern("pat" in parameter ? parameter.pat : parameter, depth + 1)
          if (self.body) visit(self.body, depth + 1)
          return
        case "BreakStatement":
        case "ContinueStatement":
          return
        case "LabeledStatement":
          return visit(self.body, depth)
        default:
          if (node.type === "CatchClause") {
            if ("param" in node && node.param) pattern(node.param as Ast.AnyNode, depth) // a pattern
            if ("body" in node) visit(node.body as Ast.AnyNode, depth) // a block
            return
          }
      }
      for (const child of children(node)) visit(child, depth)
    }
    /** Something is taken out of an object under a name that is computed. */
    const takes = (key: Ast.AnyNode): void => {
      if (unwrap(key).type === "StringLiteral" || isNumeric(key, (name) => module.isNumericName(name))) return
      takesComputed ??= at(key, "it takes something out of an object by a name that is computed")
    }
    /** A pattern takes `member` out of something. */
    const taken = (node: Ast.AnyNode, member: string | undefined): void => {
      if (member === "stack") stop(node, "`stack` names files and lines, which are others on another thread")
      if (KnownCalls.revealing.has(member ?? "")) stop(node, `\`${member}\` leads to what all objects share`)
      if (member !== undefined && KnownCalls.changing().has(member)) {
        stop(node, `it takes \`${member}\` out of an object, which may be a method that changes things`)
      }
      if (member === undefined) {
        takesComputed ??= at(node, "it takes something out of an object by a name that is computed")
      }
    }
    /** The defaults in a pattern that declares. */
    const pattern = (node: Ast.AnyNode, depth: number): void => {
      const self = syntax(node)
      switch (self.type) {
        case "Identifier":
          return
        case "AssignmentPattern":
          pattern(self.left, depth)
          return visit(self.right, depth)
        case "AssignmentPatternProperty":
          taken(self, self.key.value)
          if (self.value) visit(self.value, depth)
          return
        case "KeyValuePatternProperty":
          taken(self, staticKey(self.key))
          if (self.key.type === "Computed") visit(self.key.expression, depth)
          return pattern(self.value, depth)
        default:
          for (const child of children(node)) pattern(child, depth)
      }
    }

    let obstacle: Obstacle | undefined
    try {
      for (const node of scope.nodes) {
        // The function itself is no function inside of it
        if (isFunctionNode(node)) {
          if (node.generator) stop(node, "it is a generator")
          for (const parameter of node.params) pattern("pat" in parameter ? parameter.pat : parameter, 0)
          if (node.body) visit(node.body, 0)
        } else visit(node, 0)
      }
      for (const node of inner.values()) visit(node, 1)
    } catch (thrown) {
      if (!(thrown instanceof Stop)) throw thrown
      obstacle = thrown.obstacle
    }
    if (mixes && !mixed) return attempt(program, scope, inner, true)
    const [first] = scope.nodes
    return {
      obstacle,
      // Its caller does not know what was stored in what it makes
      returns: first === undefined ? Freshness.shared : Freshness.outside(Freshness.returned(first, lookup), lookup),
      changes,
      helpers,
      data,
      imports,
      captured,
      inner,
      replays,
      stateful,
      awaits,
      works,
      callsGiven,
      takesComputed,
      ownMethods: ownMethodsIn(module, nodes, {
        isFunction: (name) =>
          module.bindings.get(keyOf(name))?.fn !== undefined ||
          (name.ctxt === topLevel && program.meaning(module, name.value)._tag === "Function"),
        isPrimitive: (node) => fresh(node) === Freshness.primitive
      })
    }
  }
}
