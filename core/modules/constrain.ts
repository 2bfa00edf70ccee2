/**
 * One walk over a module's syntax tree: what each statement does with values, as {@link Constraints}. Pure.
 *
 * There is no default: an expression that the walk does not know is a value of unknown code.
 */
import { asName, type AutoAccessor, isTypeSyntax, type Name, staticKey, staticString, type Syntax, syntax,
  unwrap } from "../language/Syntax.ts"
import * as Builtins from "../language/Builtins.ts"
import type * as Ast from "../language/Ast.ts"
import { children, topLevel, unresolved } from "../language/Ast.ts"
import { keyOf } from "../language/Scope.ts"
import { isNumeric, type IsNumericName } from "./numericNames.ts"
import { isCreator } from "./RequireFlow.ts"
import { CallFlag, computedSpecifier, type Constraints, Field, Hidden, Kind, none,
  type Variable } from "./Constraints.ts"
import { ConstraintWriter, type OpenFunction } from "./ConstraintWriter.ts"

/** What to know beside the trees. */
export interface ConstrainOptions {
  readonly system: "esm" | "commonjs"
  /** Names that are only declared: globals. */
  readonly ambient: ReadonlySet<string>
  /** Exported members of the module's namespaces, which SWC leaves unresolved. */
  readonly namespaceMembers: ReadonlyMap<string, ReadonlySet<string>>
  /** The names of `createRequire`, if it uses that. */
  readonly creators: ReadonlySet<string> | undefined
  /** Whether it uses `require` as a value. */
  readonly handsOnRequire: boolean
  readonly isNumericName: IsNumericName
  /** Whether it is Clustrix's own `cluster(options)`, whose value is the function that it is given. */
  readonly isClusterWrapper: (node: Ast.AnyNode) => boolean
}

/** What the walk is inside of. */
interface Frame {
  readonly fn: OpenFunction | undefined
  /** The function that `arguments` belongs to. */
  readonly owner: OpenFunction | undefined
  /** Where `return` puts its value. */
  readonly returns: Variable
  /** Where `yield` puts its value, and where a value that is sent in comes from. */
  readonly yields: Variable
  readonly sent: Variable
  readonly self: Variable
  /** What `super()` calls. */
  readonly superclass: Variable
  readonly isAsync: boolean
  /** Names are the module's own. */
  readonly isTop: boolean
}

const outside: Frame = {
  fn: undefined,
  owner: undefined,
  returns: none,
  yields: none,
  sent: none,
  self: none,
  superclass: none,
  isAsync: false,
  isTop: true
}

/** The local name of an anonymous default export. */
const anonymousDefault = "*default*"

const comparesIdentity: ReadonlySet<string> = new Set(["===", "!=="])
const choosesOperand: ReadonlySet<string> = new Set(["&&", "||", "??"])
const assignsOperand: ReadonlySet<string> = new Set(["&&=", "||=", "??="])

type FunctionNode = Ast.AnyNode & {
  readonly async?: boolean | undefined
  readonly generator?: boolean | undefined
  readonly body?: Ast.AnyNode | null | undefined
  readonly decorators?: ReadonlyArray<Ast.Decorator> | undefined
}

export class ConstraintWalk {
  private readonly writer = new ConstraintWriter()
  private readonly variables = new Map<string, Variable>()
  private readonly globals = new Map<string, Variable>()
  private frame: Frame = outside
  private namespace: string | undefined
  /** Keys of the names that the namespaces around export: each stands for a field. */
  private readonly exportedKeys = new Map<string, Variable>()
  private prefix = ""
  /** Where code runs that cannot be seen, and what it knows. */
  private readonly exposures: Array<{ readonly code: number; readonly known: Variable }> = []
  private readonly moduleExports: Variable
  private readonly exportsVariable: Variable

  private readonly options: ConstrainOptions

  constructor(options: ConstrainOptions) {
    this.options = options
    this.moduleExports = options.system === "commonjs" ? this.writer.variable(-1) : none
    this.exportsVariable = this.moduleExports
  }

  /** Walks what an item is made of, in the order of the record's items. */
  item(
    kind: string,
    nodes: ReadonlyArray<Ast.AnyNode>,
    declares: ReadonlyArray<string>
  ): void {
    const { writer } = this
    const code = writer.open(writer.itemCodes.length, -1)
    writer.itemCodes.push(code)
    writer.code = code
    this.frame = { ...outside, self: this.options.system === "commonjs" ? this.exportsVariable : none }
    if (this.options.system === "commonjs" && code === 0) writer.make(this.moduleExports, Kind.object)
    const [node] = nodes
    if (kind === "captured" && node !== undefined) this.captured(node, declares[0] ?? "")
    else if (kind === "default" && node !== undefined) this.bindTo(this.named(anonymousDefault), node)
    else for (const each of nodes) this.statement(each)
  }

  build(): Constraints {
    for (const { code, known } of this.exposures) {
      const open = this.writer.codes[code]
      for (const variable of this.variables.values()) {
        open?.copies.push(known, variable, variable, known)
        open?.assigns.push(variable)
      }
    }
    const names: Record<string, Variable> = Object.create(null)
    for (const [key, variable] of this.variables) {
      if (key.endsWith(`#${topLevel}`)) names[key.slice(0, key.lastIndexOf("#"))] = variable
    }
    const globals: Record<string, Variable> = Object.create(null)
    for (const [name, variable] of this.globals) globals[name] = variable
    return this.writer.build({ ...names }, { ...globals }, this.moduleExports)
  }

  // Names

  private named(local: string): Variable {
    return this.variableOf(`${local}#${topLevel}`)
  }

  private variableOf(key: string): Variable {
    let variable = this.variables.get(key)
    if (variable === undefined) this.variables.set(key, variable = this.writer.variable(-1))
    return variable
  }

  private global(name: string): Variable {
    let variable = this.globals.get(name)
    if (variable === undefined) this.globals.set(name, variable = this.writer.variable(-1))
    return variable
  }

  private isGlobal(name: Name): boolean {
    return name.ctxt === unresolved || (name.ctxt === topLevel && this.options.ambient.has(name.value))
  }

  private keyOf(name: Name): string {
    return `${name.ctxt > topLevel ? this.prefix : ""}${keyOf(name)}`
  }

  /** The variable that a name stands for; the fields of namespaces and of the global object are looked up. */
  private lookup(name: Name): Variable {
    if (!this.isGlobal(name)) {
      const variable = this.variableOf(this.keyOf(name))
      const holder = this.exportedKeys.get(this.keyOf(name))
      return holder === undefined ? variable
        : this.either(variable, this.writer.load(holder, Field.named(name.value)))
    }
    if (this.namespace !== undefined && this.options.namespaceMembers.get(this.namespace)?.has(name.value) === true) {
      return this.writer.load(this.named(this.namespace), Field.named(name.value))
    }
    if (this.options.system === "commonjs") {
      if (name.value === "exports") return this.exportsVariable
      if (name.value === "module") {
        const module = this.writer.make(this.writer.variable(), Kind.object)
        this.writer.store(module, Field.named("exports"), this.moduleExports)
        if (this.options.handsOnRequire) this.writer.store(module, Field.named("require"), this.requireValue())
        return module
      }
    }
    this.writer.read(this.global(Hidden.globalObject), Field.named(name.value))
    const global = this.global(name.value)
    return name.value === "require" && this.options.handsOnRequire ? this.either(global, this.requireValue()) : global
  }

  private declare(name: Name): Variable {
    const variable = this.variableOf(this.keyOf(name))
    if (name.ctxt > topLevel && this.writer.owners[variable] === -1) this.writer.owners[variable] = this.writer.code
    return variable
  }

  // Patterns

  /** A pattern that declares. */
  private bind(pattern: Ast.AnyNode | null | undefined, from: Variable): void {
    if (pattern === null || pattern === undefined) return
    const self = syntax(pattern)
    const { writer } = this
    switch (self.type) {
      case "Identifier": {
        const name = asName(self)
        if (name !== undefined) writer.copy(this.declare(name), from)
        return
      }
      case "ArrayPattern":
        return this.elements(self.elements, from, (each, value) => this.bind(each, value))
      case "ObjectPattern":
        return this.properties(self.properties, from, (each, value) => this.bind(each, value))
      case "AssignmentPattern": {
        const value = writer.variable()
        writer.copy(value, from)
        writer.copy(value, this.expression(self.right))
        return this.bind(self.left, value)
      }
      case "RestElement":
        return this.bind(self.argument, from)
      case "Parameter":
        return this.bind(self.pat, from)
      case "TsParameterProperty":
        return this.bind(self.param, from)
      default:
        return this.assign(self, from)
    }
  }

  private elements(
    elements: ReadonlyArray<Ast.AnyNode | null | undefined>,
    from: Variable,
    put: (pattern: Ast.AnyNode, value: Variable) => void
  ): void {
    const each = this.writer.iterate(from)
    for (const element of elements) {
      if (element === null || element === undefined) continue
      if (element.type === "RestElement") {
        const rest = this.writer.make(this.writer.variable(), Kind.library)
        this.writer.store(rest, Field.element, each)
        put(element, rest)
      } else put(element, each)
    }
  }

  private properties(
    properties: ReadonlyArray<Ast.AnyNode>,
    from: Variable,
    put: (pattern: Ast.AnyNode, value: Variable) => void
  ): void {
    const { writer } = this
    for (const property of properties) {
      const self = syntax(property)
      switch (self.type) {
        case "KeyValuePatternProperty":
          put(self.value, this.member(from, self.key))
          break
        case "AssignmentPatternProperty": {
          const value = writer.variable()
          writer.copy(value, writer.load(from, Field.named(self.key.value)))
          if (self.value) writer.copy(value, this.expression(self.value))
          put(self.key, value)
          break
        }
        case "RestElement": {
          const rest = writer.make(writer.variable(), Kind.object)
          writer.spread(rest, from)
          put(self, rest)
          break
        }
        default:
          put(self, this.unknown())
      }
    }
  }

  /** An assignment to what is there already. */
  private assign(target: Ast.AnyNode, value: Variable): void {
    const self = unwrap(target)
    const { writer } = this
    switch (self.type) {
      case "Identifier": {
        const name = asName(self)
        if (name === undefined) return
        if (
          this.isGlobal(name) && this.namespace !== undefined &&
          this.options.namespaceMembers.get(this.namespace)?.has(name.value) === true
        ) return writer.store(this.named(this.namespace), Field.named(name.value), value)
        if (this.isGlobal(name)) {
          writer.copy(this.global(name.value), value)
          writer.store(this.global(Hidden.globalObject), Field.named(name.value), value)
          if (this.options.system === "commonjs" && name.value === "exports") writer.copy(this.exportsVariable, value)
          return
        }
        const variable = this.variableOf(this.keyOf(name))
        const holder = this.exportedKeys.get(this.keyOf(name))
        if (holder !== undefined) writer.store(holder, Field.named(name.value), value)
        writer.current.assigns.push(variable)
        return writer.copy(variable, value)
      }
      case "MemberExpression": {
        const base = this.expression(self.object)
        const field = this.fieldOf(self.property)
        // `module.exports = value`
        const object = asName(unwrap(self.object))
        if (
          this.options.system === "commonjs" && object?.ctxt === unresolved && object.value === "module" &&
          field === ".exports"
        ) writer.copy(this.moduleExports, value)
        return writer.store(base, field, value)
      }
      case "SuperPropExpression":
        return writer.store(this.frame.self, this.fieldOf(self.property), value)
      case "ArrayPattern":
        return this.elements(self.elements, value, (each, part) => this.assign(each, part))
      case "ObjectPattern":
        return this.properties(self.properties, value, (each, part) => this.assign(each, part))
      case "AssignmentPattern": {
        const either = writer.variable()
        writer.copy(either, value)
        writer.copy(either, this.expression(self.right))
        return this.assign(self.left, either)
      }
      case "RestElement":
        return this.assign(self.argument, value)
      default:
        this.expression(self)
    }
  }

  // Members

  /** The field that a key means; a computed one is evaluated. */
  private fieldOf(key: Ast.AnyNode): string {
    const self = syntax(key)
    switch (self.type) {
      case "PrivateName":
        return Field.private("value" in self && typeof self.value === "string" ? self.value : self.id.value)
      case "NumericLiteral":
      case "BigIntLiteral":
        return Field.named(String(self.value))
      case "Computed": {
        const inner = unwrap(self.expression)
        const text = staticString(inner)
        if (text !== undefined) return Field.named(text)
        if (inner.type === "NumericLiteral") return Field.named(String(inner.value))
        if (inner.type === "MemberExpression") {
          const object = asName(unwrap(inner.object))
          const name = staticKey(inner.property)
          if (object?.ctxt === unresolved && object.value === "Symbol" && name !== undefined) return Field.symbol(name)
        }
        const value = this.expression(inner)
        this.writer.convert(value)
        return isNumeric(inner, this.options.isNumericName) ? Field.element : Field.any
      }
      default: {
        const name = staticKey(self)
        return name === undefined ? Field.any : Field.named(name)
      }
    }
  }

  private member(base: Variable, key: Ast.AnyNode): Variable {
    return this.get(base, this.fieldOf(key))
  }

  private get(base: Variable, field: string): Variable {
    if (field.startsWith(".") && Builtins.primitiveFields.has(field.slice(1))) {
      this.writer.read(base, field)
      this.writer.read(base, Field.element)
      // An object of the program may hold anything under this name
      return base === none ? none : this.writer.load(base, field)
    }
    return this.writer.load(base === none ? this.global(Hidden.primitive) : base, field)
  }

  // Functions

  private unknown(): Variable {
    return this.writer.make(this.writer.variable(), Kind.unknown)
  }

  private inFrame<A>(frame: Partial<Frame>, code: number, body: () => A): A {
    const outer = this.frame
    const outerCode = this.writer.code
    this.frame = { ...outer, ...frame }
    this.writer.code = code
    const result = body()
    this.frame = outer
    this.writer.code = outerCode
    return result
  }

  /** Makes a function; `into` names the variable of its own name. */
  private func(
    node: FunctionNode,
    parameters: ReadonlyArray<Ast.AnyNode>,
    how: { readonly arrow?: boolean; readonly name?: Ast.AnyNode | null | undefined; readonly self?: Variable }
  ): { readonly value: Variable; readonly index: number } {
    const { writer } = this
    const value = writer.variable()
    const code = writer.open(writer.current.item, writer.code)
    const outer = this.frame
    const isArrow = how.arrow === true
    const result = writer.variable(code)
    const fn: OpenFunction = {
      code,
      parameters: [],
      rest: -1,
      args: none,
      result,
      self: isArrow ? outer.self : how.self ?? writer.variable(code),
      constructs: !isArrow && how.self === undefined && node.async !== true && node.generator !== true
    }
    const index = writer.functions.push(fn) - 1
    let returns = result
    let yields: Variable = none
    let sent: Variable = none
    this.inFrame(
      {
        fn,
        owner: isArrow && outer.owner !== undefined ? outer.owner : fn,
        self: fn.self,
        isAsync: node.async === true,
        isTop: false
      },
      code,
      () => {
        const isAsync = node.async === true
        if (node.generator === true) {
          // The object that the call gives: the body runs when it is asked for the next value
          writer.make(result, Kind.library)
          yields = writer.variable()
          returns = yields
          sent = writer.variable()
          const step = writer.make(writer.variable(), Kind.object)
          writer.store(step, Field.named("value"), yields)
          writer.store(result, Field.element, isAsync ? writer.wait(yields) : yields)
          const given = isAsync ? writer.make(writer.variable(), Kind.library) : step
          if (isAsync) writer.store(given, Field.element, step)
          const next = writer.functions.push({
            code,
            parameters: [sent],
            rest: 0,
            args: none,
            result: given,
            self: result,
            constructs: false
          }) - 1
          const resume = writer.make(writer.variable(), Kind.function, next)
          for (const name of ["next", "return", "throw"]) writer.store(result, Field.named(name), resume)
        } else if (isAsync) {
          writer.make(result, Kind.library)
          returns = writer.variable()
          writer.store(result, Field.element, writer.wait(returns))
        }
        this.frame = { ...this.frame, returns, yields, sent }
        const name = how.name === null || how.name === undefined ? undefined : asName(how.name)
        if (name !== undefined && name.ctxt > topLevel) writer.copy(this.declare(name), value)
        this.parameters(fn, parameters, none)
        const { body } = node
        if (body !== null && body !== undefined) {
          if (body.type === "BlockStatement") this.statement(body)
          else writer.copy(returns, this.expression(body))
        }
      }
    )
    writer.make(value, Kind.function, index)
    return { value, index }
  }

  private parameters(fn: OpenFunction, parameters: ReadonlyArray<Ast.AnyNode>, instance: Variable): void {
    const { writer } = this
    for (const each of parameters) {
      const self = syntax(each)
      const pattern = self.type === "Parameter" ? self.pat : self.type === "TsParameterProperty" ? self.param : self
      // A parameter named `this` is a type
      if (pattern.type === "Identifier" && "value" in pattern && pattern.value === "this") continue
      const variable = writer.variable()
      fn.parameters.push(variable)
      if (pattern.type === "RestElement") {
        fn.rest = fn.parameters.length - 1
        const rest = writer.make(writer.variable(), Kind.library)
        writer.store(rest, Field.element, variable)
        // `argument` is the pattern behind the dots
        this.bind((pattern as Ast.RestElement).argument, rest)
      } else this.bind(pattern, variable)
      if (self.type === "TsParameterProperty") {
        const left = self.param.type === "AssignmentPattern" ? self.param.left : self.param
        const key = staticKey(left)
        if (key !== undefined) writer.store(instance, Field.named(key), variable)
      }
    }
  }

  /** A method, getter or setter of `home`. */
  private method(
    home: Variable,
    kind: "method" | "getter" | "setter",
    key: string,
    node: FunctionNode,
    parameters: ReadonlyArray<Ast.AnyNode>
  ): Variable {
    const self = this.writer.variable()
    const { index, value } = this.func(node, parameters, { self })
    const fn = this.writer.functions[index]
    // `this` belongs to the function, whose code was not open yet
    if (fn !== undefined) this.writer.owners[self] = fn.code
    this.writer.copy(self, home)
    this.writer.store(home, kind === "getter" ? Field.getter(key) : kind === "setter" ? Field.setter(key) : key, value)
    return value
  }

  /**
   * A decorator is a call with what it decorates; what it returns takes its place. `initialise` runs code where what the
   * decorators have added as initialisers is called.
   */
  private decorate(
    decorators: ReadonlyArray<Ast.Decorator> | undefined,
    parts: ReadonlyArray<Variable>,
    initialise: (run: () => void) => void = (run) => run()
  ): Variable {
    const { writer } = this
    const decorated = writer.variable()
    for (const part of parts) writer.copy(decorated, part)
    for (const decorator of decorators ?? []) {
      const callee = this.expression(decorator.expression)
      const context = this.unknown()
      const descriptor = writer.make(writer.variable(), Kind.object)
      for (const name of ["value", "get", "set"]) writer.store(descriptor, Field.named(name), decorated)
      const result = writer.call({
        callee,
        args: [decorated, context, descriptor]
      })
      initialise(() => {
        writer.call({ callee: context, receiver: this.frame.self, args: [this.unknown()], flags: CallFlag.discarded })
      })
      writer.copy(decorated, result)
      for (const name of ["value", "get", "set", "init"]) writer.copy(decorated, writer.load(result, Field.named(name)))
    }
    return decorated
  }

  private classLike(
    node: Ast.ClassDeclaration | Ast.ClassExpression
  ): { readonly value: Variable; readonly index: number } {
    const { writer } = this
    const value = writer.variable()
    const instance = writer.make(writer.variable(), Kind.instance)
    writer.store(value, ".prototype", instance)
    writer.store(instance, ".constructor", value)
    const superclass = node.superClass ? this.expression(node.superClass) : none
    const code = writer.open(writer.current.item, writer.code)
    const fn: OpenFunction = {
      code,
      parameters: [],
      rest: -1,
      args: none,
      result: writer.variable(code),
      self: writer.variable(code),
      constructs: true
    }
    const index = writer.functions.push(fn) - 1
    writer.make(value, Kind.function, index)
    writer.codes[code]?.copies.push(fn.self, instance)
    if (superclass !== none) {
      writer.current.inherits.push(value, instance, superclass)
      writer.read(superclass, ".prototype")
    }
    const name = node.identifier ? asName(node.identifier) : undefined
    if (name !== undefined) writer.copy(this.declare(name), value)
    const construct: Partial<Frame> = {
      fn,
      owner: fn,
      returns: fn.result,
      yields: none,
      sent: none,
      self: fn.self,
      superclass,
      isAsync: false,
      isTop: false
    }
    const statics: Partial<Frame> = { self: value, returns: none, isTop: false }
    const initialiser = (isStatic: boolean) => (run: () => void): void =>
      isStatic ? this.inFrame(statics, writer.code, run) : this.inFrame(construct, code, run)
    let hasConstructor = false
    for (const each of node.body) {
      const member = syntax(each)
      switch (member.type) {
        case "Constructor": {
          if (!member.body) break
          hasConstructor = true
          for (const parameter of member.params) {
            const { decorators } = parameter as { readonly decorators?: ReadonlyArray<Ast.Decorator> }
            this.decorate(decorators, [value])
          }
          const { body } = member
          this.inFrame(construct, code, () => {
            this.parameters(fn, member.params, fn.self)
            this.statement(body)
          })
          break
        }
        case "ClassMethod":
        case "PrivateMethod": {
          const { body, decorators, params } = member.function
          if (!body) break
          const home = member.isStatic ? value : instance
          const key = this.fieldOf(member.key)
          const { function: fnNode } = member
          const method = this.method(home, member.kind, key, { ...fnNode, type: "FunctionExpression", body }, params)
          for (const parameter of params) this.decorate(parameter.decorators, [home])
          if (decorators !== undefined && decorators.length > 0) {
            writer.store(
              home,
              member.kind === "method" ? key : Field.any,
              this.decorate(decorators, [method, home], initialiser(member.isStatic))
            )
          }
          break
        }
        case "ClassProperty":
        case "PrivateProperty":
        case "AutoAccessor": {
          const key = this.fieldOf(member.type === "AutoAccessor" ? (member as AutoAccessor).key : member.key)
          const home = member.isStatic ? value : fn.self
          const init = "value" in member ? member.value : undefined
          if (member.decorators !== undefined && member.decorators.length > 0) {
            const decorated = this.decorate(
              member.decorators,
              [member.isStatic ? value : instance],
              initialiser(member.isStatic)
            )
            // What a decorator returns may give the first value, and take part in each access
            writer.store(member.isStatic ? value : instance, key, decorated)
            writer.store(member.isStatic ? value : instance, Field.getter(key), decorated)
            writer.store(member.isStatic ? value : instance, Field.setter(key), decorated)
            if (!member.isStatic) {
              this.inFrame(
                construct,
                code,
                () => writer.call({ callee: decorated, receiver: fn.self, args: [this.unknown()] })
              )
            }
          }
          const fill = (): void => writer.store(home, key, init ? this.expression(init) : none)
          if (member.isStatic) this.inFrame(statics, writer.code, fill)
          else this.inFrame(construct, code, fill)
          break
        }
        case "StaticBlock":
          this.inFrame(statics, writer.code, () => this.statement(member.body))
          break
        default:
      }
    }
    if (!hasConstructor && node.superClass) {
      this.inFrame(construct, code, () => {
        const rest = writer.variable()
        fn.parameters.push(rest)
        fn.rest = 0
        writer.copy(
          fn.self,
          writer.call({ callee: superclass, receiver: fn.self, args: [rest], spread: 0, flags: CallFlag.discarded })
        )
      })
    }
    if (node.decorators !== undefined && node.decorators.length > 0) {
      const decorated = this.decorate(node.decorators, [value])
      writer.copy(value, decorated)
    }
    return { value, index }
  }

  /** A function that was taken out of the functions around it: their variables have their values from elsewhere. */
  private captured(node: Ast.AnyNode, local: string): void {
    const before = new Set(this.variables.keys())
    this.prefix = `${this.writer.itemCodes.length}:`
    const self = syntax(node)
    switch (self.type) {
      case "MethodProperty":
        this.writer.copy(this.named(local), this.func(self, self.params, {}).value)
        break
      case "ClassMethod":
      case "PrivateMethod":
        this.writer.copy(
          this.named(local),
          this.func(
            { ...self.function, type: "FunctionExpression", body: self.function.body ?? null },
            self.function.params,
            {}
          ).value
        )
        break
      default:
        this.bindTo(this.named(local), node)
    }
    for (const [key, variable] of this.variables) {
      if (before.has(key) || !key.startsWith(this.prefix) || this.writer.owners[variable] !== -1) continue
      this.writer.make(variable, Kind.unknown)
    }
    this.prefix = ""
  }

  /** Gives a top-level variable the value of a declaration or expression. */
  private bindTo(variable: Variable, node: Ast.AnyNode): void {
    const self = unwrap(node)
    switch (self.type) {
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression": {
        const made = this.func(self, self.params, {
          arrow: self.type === "ArrowFunctionExpression",
          name: self.type === "FunctionExpression" ? self.identifier : undefined
        })
        this.writer.copy(variable, made.value)
        this.writer.bound.push(variable, made.index)
        return
      }
      case "ClassDeclaration":
      case "ClassExpression": {
        const made = this.classLike(self)
        this.writer.copy(variable, made.value)
        // A decorator may put something else in its place
        if ((self.decorators ?? []).length === 0) this.writer.bound.push(variable, made.index)
        return
      }
      default:
        this.writer.copy(variable, this.expression(node))
    }
  }

  // Expressions

  /** The value of an expression; `none` if it is a primitive. */
  private expression(node: Ast.AnyNode | null | undefined, discarded = false): Variable {
    if (node === null || node === undefined) return none
    if (isTypeSyntax(node)) return none
    const self = unwrap(node)
    const { writer } = this
    switch (self.type) {
      case "Identifier": {
        const name = asName(self)
        if (name === undefined) return none
        if (name.ctxt === unresolved) {
          if (name.value === "arguments" && this.frame.owner !== undefined) return this.argumentsOf(this.frame.owner)
          if (Builtins.globalValue(name.value) === "primitive") return none
        }
        return this.lookup(name)
      }
      case "StringLiteral":
      case "NumericLiteral":
      case "BigIntLiteral":
      case "BooleanLiteral":
      case "NullLiteral":
      case "JSXText":
      case "JSXEmptyExpression":
        return none
      case "RegExpLiteral":
        return writer.make(writer.variable(), Kind.library)
      case "ThisExpression":
        return this.frame.self
      case "ArrayExpression": {
        const array = writer.make(writer.variable(), Kind.library)
        for (const element of self.elements) {
          if (element === undefined || element === null) continue
          const value = this.expression(element.expression)
          writer.store(array, Field.element, element.spread ? writer.iterate(value) : value)
        }
        return array
      }
      case "ObjectExpression":
        return this.object(self)
      case "FunctionExpression":
        return this.func(self, self.params, { name: self.identifier }).value
      case "ArrowFunctionExpression":
        return this.func(self, self.params, { arrow: true }).value
      case "ClassExpression":
        return this.classLike(self).value
      case "MemberExpression":
        return this.member(this.expression(self.object), self.property)
      case "SuperPropExpression":
        return this.member(this.frame.self, self.property)
      case "CallExpression":
        return this.call(self, discarded)
      case "NewExpression":
        return this.construct(self, discarded)
      case "TaggedTemplateExpression": {
        const strings = writer.make(writer.variable(), Kind.library)
        writer.store(strings, ".raw", writer.make(writer.variable(), Kind.library))
        const given = "expressions" in self.template ? self.template.expressions : []
        return this.invoke(
          self.tag,
          [strings, ...given.map((each) => this.expression(each))],
          -1,
          0,
          -1
        )
      }
      case "TemplateLiteral":
        for (const each of "expressions" in self ? self.expressions : []) writer.convert(this.expression(each))
        return none
      case "AssignmentExpression": {
        if (self.operator === "=") {
          const value = this.expression(self.right)
          this.assign(self.left, value)
          return value
        }
        const old = this.expression(self.left)
        const value = this.expression(self.right)
        if (assignsOperand.has(self.operator)) {
          this.assign(self.left, value)
          return this.either(old, value)
        }
        writer.convert(old)
        writer.convert(value)
        this.assign(self.left, none)
        return none
      }
      case "UpdateExpression":
        writer.convert(this.expression(self.argument))
        this.assign(self.argument, none)
        return none
      case "UnaryExpression": {
        const argument = unwrap(self.argument)
        if (self.operator === "delete" && argument.type === "MemberExpression") {
          writer.store(this.expression(argument.object), this.fieldOf(argument.property), none)
          return none
        }
        const value = this.expression(argument, self.operator === "void" && discarded)
        if (self.operator === "+" || self.operator === "-" || self.operator === "~") writer.convert(value)
        return none
      }
      case "BinaryExpression": {
        const left = self.left.type === "PrivateName" ? none : this.expression(self.left)
        const right = this.expression(self.right)
        if (choosesOperand.has(self.operator)) return this.either(left, right)
        if (self.operator === "in") {
          writer.convert(left)
          writer.read(right, Field.any)
        } else if (self.operator === "instanceof") {
          const test = writer.load(right, Field.symbol("hasInstance"))
          if (test !== none) writer.call({ callee: test, receiver: right, args: [left], flags: CallFlag.implicit })
          writer.read(right, ".prototype")
        } else if (!comparesIdentity.has(self.operator)) {
          writer.convert(left)
          writer.convert(right)
        }
        return none
      }
      case "ConditionalExpression": {
        this.expression(self.test)
        return this.either(this.expression(self.consequent, discarded), this.expression(self.alternate, discarded))
      }
      case "SequenceExpression": {
        let last: Variable = none
        for (const [index, each] of self.expressions.entries()) {
          last = this.expression(each, index < self.expressions.length - 1 || discarded)
        }
        return last
      }
      case "AwaitExpression":
        return writer.wait(this.expression(self.argument, discarded))
      case "YieldExpression": {
        const value = this.expression(self.argument)
        if (self.delegate) writer.copy(this.frame.yields, writer.iterate(value))
        else writer.copy(this.frame.yields, value)
        return this.frame.sent
      }
      case "MetaProperty":
        return self.kind === "new.target" ? writer.load(this.frame.self, ".constructor") : this.unknown()
      case "OptionalChainingExpression":
        return this.expression(self.base, discarded)
      case "JSXElement":
      case "JSXFragment":
      case "JSXMemberExpression":
      case "JSXNamespacedName":
        return this.jsx(self)
      case "Import":
      case "Super":
        return this.unknown()
      default: {
        for (const child of children(self)) this.statement(child)
        return this.unknown()
      }
    }
  }

  private either(left: Variable, right: Variable): Variable {
    if (left === none) return right
    if (right === none) return left
    const value = this.writer.variable()
    this.writer.copy(value, left)
    this.writer.copy(value, right)
    return value
  }

  private argumentsOf(owner: OpenFunction): Variable {
    if (owner.args === none) {
      owner.args = this.writer.variable(owner.code)
      this.writer.codes[owner.code]?.makes.push(owner.args, Kind.library, -1)
    }
    return owner.args
  }

  private object(node: Ast.ObjectExpression): Variable {
    const { writer } = this
    const object = writer.make(writer.variable(), Kind.object)
    for (const property of node.properties) {
      const self = syntax(property)
      switch (self.type) {
        case "SpreadElement":
          writer.spread(object, this.expression(self.arguments))
          break
        case "KeyValueProperty": {
          const key = this.fieldOf(self.key)
          writer.store(object, key, this.expression(self.value))
          // `__proto__: value` gives the prototype
          if (key === ".__proto__") writer.copy(object, this.expression(self.value))
          break
        }
        case "Identifier":
          writer.store(object, Field.named(self.value), this.expression(self))
          break
        case "MethodProperty":
          this.method(object, "method", this.fieldOf(self.key), self, self.params)
          break
        case "GetterProperty":
          this.method(
            object,
            "getter",
            this.fieldOf(self.key),
            { type: "FunctionExpression", body: self.body ?? null },
            []
          )
          break
        case "SetterProperty":
          this.method(
            object,
            "setter",
            this.fieldOf(self.key),
            { type: "FunctionExpression", body: self.body ?? null },
            [
              self.param
            ]
          )
          break
        default:
          writer.store(object, Field.any, this.unknown())
      }
    }
    return object
  }

  private arguments(
    given: ReadonlyArray<Ast.Argument> | null | undefined
  ): { readonly args: ReadonlyArray<Variable>; readonly spread: number } {
    let spread = -1
    const args = (given ?? []).map(({ expression, spread: dots }, index) => {
      const value = this.expression(expression)
      if (!dots) return value
      if (spread < 0) spread = index
      return this.writer.iterate(value)
    })
    return { args, spread }
  }

  private call(node: Ast.CallExpression, discarded: boolean): Variable {
    const { writer } = this
    const flags = discarded ? CallFlag.discarded : 0
    if (node.callee.type === "Import") {
      const [first] = node.arguments
      const specifier = staticString(first?.expression)
      if (first !== undefined) this.expression(first.expression)
      const result = writer.make(writer.variable(), Kind.library)
      writer.store(result, Field.element, this.requested(specifier, "import"))
      return result
    }
    if (node.callee.type === "Super") {
      const { args, spread } = this.arguments(node.arguments)
      const callee = this.frame.superclass
      if (callee === none) return none
      const result = writer.call({ callee, receiver: this.frame.self, args, spread, flags: CallFlag.discarded })
      writer.copy(this.frame.self, result)
      return this.frame.self
    }
    const callee = unwrap(node.callee)
    const [first] = node.arguments
    if (callee.type === "CallExpression" && first !== undefined && this.options.isClusterWrapper(callee.callee)) {
      this.invoke(callee.callee, [], -1, CallFlag.discarded, -1)
      return this.expression(first.expression)
    }
    const name = asName(callee)
    if (name !== undefined && name.ctxt === unresolved && name.value === "require") {
      const specifier = staticString(first?.expression)
      this.arguments(node.arguments)
      return this.requested(specifier, "require")
    }
    const { args, spread } = this.arguments(node.arguments)
    if (name !== undefined && name.ctxt === unresolved && name.value === "eval") return this.everything()
    const second = node.arguments[1]
    const key = second === undefined ? undefined : staticString(second.expression)
    const result = this.invoke(callee, args, spread, flags, key === undefined ? -1 : writer.field(Field.named(key)))
    const { creators, handsOnRequire } = this.options
    if (creators === undefined) return result
    if (handsOnRequire && isCreator(callee, creators)) return this.either(result, this.requireValue())
    const specifier = node.arguments.length === 1 ? staticString(first?.expression) : undefined
    // A `require` of the program's own making may be called by any name
    if (specifier === undefined || !/^\.{1,2}\//.test(specifier)) return result
    return this.either(result, this.requested(specifier, "require"))
  }

  /** What code that cannot be seen gives, which may read and assign every variable of the module. */
  private everything(): Variable {
    const known = this.unknown()
    this.exposures.push({ code: this.writer.code, known })
    return this.writer.call({ callee: known, args: [known], flags: CallFlag.discarded })
  }

  /** What `import()` or `require` of a module gives. */
  private requested(specifier: string | undefined, kind: "import" | "require"): Variable {
    if (specifier === undefined && kind === "import") return this.unknown()
    const variable = this.writer.variable(-1)
    if (specifier === undefined) this.writer.make(variable, Kind.unknown)
    this.writer.requested.push([variable, specifier ?? computedSpecifier, kind])
    this.writer.current.requires.push(this.writer.requested.length - 1)
    return variable
  }

  /** `require` where it is not called: what calls it gives any of the modules that are asked for by computed names. */
  private requireValue(): Variable {
    return this.requested(undefined, "require")
  }

  private invoke(
    node: Ast.AnyNode,
    args: ReadonlyArray<Variable>,
    spread: number,
    flags: number,
    key: number
  ): Variable {
    const { writer } = this
    const callee = unwrap(node)
    if (callee.type === "MemberExpression" || callee.type === "SuperPropExpression") {
      const receiver = callee.type === "SuperPropExpression" ? this.frame.self : this.expression(callee.object)
      const field = this.fieldOf(callee.property)
      return writer.call({
        callee: writer.variable(),
        receiver: receiver === none ? this.global(Hidden.primitive) : receiver,
        args,
        spread,
        method: writer.field(field),
        flags: flags | CallFlag.method,
        key
      })
    }
    const value = this.expression(callee)
    if (value === none) return none
    return writer.call({ callee: value, args, spread, flags, key })
  }

  private construct(node: Ast.NewExpression, discarded: boolean): Variable {
    const { args, spread } = this.arguments(node.arguments)
    const callee = this.expression(node.callee)
    if (callee === none) return none
    this.writer.read(callee, ".prototype")
    return this.writer.call({
      callee,
      args,
      spread,
      flags: CallFlag.constructs | (discarded ? CallFlag.discarded : 0)
    })
  }

  /** An element is made by unknown code, which holds all that it is given. */
  private jsx(node: Ast.AnyNode): Variable {
    const element = this.unknown()
    const walk = (child: Ast.AnyNode): void => {
      const self = syntax(child)
      if (self.type === "JSXOpeningElement") {
        this.jsxName(self.name, element)
        for (const each of self.attributes) walk(each)
      } else if (child.type === "JSXExpressionContainer" || child.type === "JSXSpreadChild") {
        for (const each of children(child)) this.writer.store(element, Field.any, this.expression(each))
      } else if (self.type === "SpreadElement") this.writer.store(element, Field.any, this.expression(self.arguments))
      else if (self.type === "JSXAttribute") {
        if (self.value) walk(self.value)
      } else if (child.type === "JSXClosingElement" || child.type === "JSXText") return
      else if (child.type.startsWith("JSX")) { for (const each of children(child)) walk(each) }
      else this.writer.store(element, Field.any, this.expression(child))
    }
    for (const child of children(node)) walk(child)
    return element
  }

  private jsxName(node: Ast.AnyNode, element: Variable): void {
    const name = asName(node)
    if (name !== undefined) {
      // A lower-case tag is a string
      if (!/^[a-z]/.test(name.value)) this.writer.store(element, Field.any, this.lookup(name))
      return
    }
    if (node.type === "JSXMemberExpression" && "object" in node) {
      const object = node.object as Ast.AnyNode // a JSXObject
      const root = asName(object)
      if (root === undefined) return this.jsxName(object, element)
      const base = this.lookup(root)
      this.writer.store(element, Field.any, this.writer.load(base, Field.any))
    }
  }

  // Statements

  private statement(node: Ast.AnyNode): void {
    if (isTypeSyntax(node)) return
    const self = syntax(node)
    const { writer } = this
    switch (self.type) {
      case "VariableDeclaration":
        for (const each of self.declarations) this.declarator(each)
        return
      case "UsingDeclaration":
        for (const each of self.decls) this.using(each, self.isAwait)
        return
      case "VariableDeclarator":
        return this.declarator(self)
      case "FunctionDeclaration": {
        const name = asName(self.identifier)
        if (name !== undefined) this.bindTo(this.declare(name), self)
        return
      }
      case "FunctionExpression":
      case "ArrowFunctionExpression": {
        const name = self.type === "FunctionExpression" && self.identifier ? asName(self.identifier) : undefined
        if (name !== undefined) this.bindTo(this.declare(name), self)
        else this.expression(self)
        return
      }
      case "ClassDeclaration":
      case "ClassExpression": {
        const name = self.identifier ? asName(self.identifier) : undefined
        if (name !== undefined) this.bindTo(this.declare(name), self)
        else this.classLike(self)
        return
      }
      case "ExpressionStatement":
        this.expression(self.expression, true)
        return
      case "ReturnStatement":
        writer.copy(this.frame.returns, this.expression(self.argument))
        return
      case "ThrowStatement":
        writer.store(this.global(Hidden.thrown), Field.element, this.expression(self.argument))
        writer.current.throws = true
        return
      case "TryStatement":
        this.statement(self.block)
        if (self.handler) {
          if (self.handler.param) this.bind(self.handler.param, writer.load(this.global(Hidden.thrown), Field.element))
          this.statement(self.handler.body)
        }
        if (self.finalizer) this.statement(self.finalizer)
        return
      case "ForOfStatement":
      case "ForInStatement": {
        const right = this.expression(self.right)
        let each: Variable = none
        if (self.type === "ForInStatement") writer.read(right, Field.any)
        else if (awaits(self)) each = writer.wait(writer.iterate(right))
        else each = writer.iterate(right)
        if (self.left.type === "VariableDeclaration") {
          const [declarator] = self.left.declarations
          if (declarator !== undefined) this.bind(declarator.id, each)
        } else if (syntax(self.left).type === "UsingDeclaration") {
          const using = syntax(self.left)
          if (using.type === "UsingDeclaration") {
            for (const { id } of using.decls) {
              this.bind(id, each)
              this.dispose(each, using.isAwait)
            }
          }
        } else this.assign(self.left, each)
        return this.statement(self.body)
      }
      case "TsEnumDeclaration": {
        const name = asName(self.id)
        if (name === undefined) return
        const variable = writer.make(this.declare(name), Kind.object)
        for (const { init } of self.members) {
          if (init) this.expression(init)
          writer.store(variable, Field.any, none)
        }
        return
      }
      case "TsModuleDeclaration":
        return this.tsNamespace(self)
      case "TsImportEqualsDeclaration": {
        // An alias in a namespace, whose root SWC leaves unresolved
        const name = asName(self.id)
        if (name !== undefined && !self.isTypeOnly) writer.copy(this.declare(name), this.everything())
        return
      }
      case "TsModuleBlock":
        for (const each of self.body) this.statement(each)
        return
      case "ExportDeclaration":
        return this.statement(self.declaration)
      case "ExportDefaultDeclaration":
        return this.statement(self.decl)
      case "EmptyStatement":
      case "ImportDeclaration":
      case "ExportAllDeclaration":
      case "ExportNamedDeclaration":
      case "DebuggerStatement":
      case "BreakStatement":
      case "ContinueStatement":
        return
      case "LabeledStatement":
        return this.statement(self.body)
      case "BlockStatement":
        for (const each of self.stmts) this.statement(each)
        return
      case "IfStatement":
        this.expression(self.test)
        this.statement(self.consequent)
        if (self.alternate) this.statement(self.alternate)
        return
      case "WhileStatement":
      case "DoWhileStatement":
        this.expression(self.test)
        return this.statement(self.body)
      case "ForStatement":
        if (self.init) {
          if (self.init.type === "VariableDeclaration") this.statement(self.init)
          else if (syntax(self.init).type === "UsingDeclaration") this.statement(self.init)
          else this.expression(self.init, true)
        }
        this.expression(self.test)
        this.expression(self.update, true)
        return this.statement(self.body)
      case "SwitchStatement":
        this.expression(self.discriminant)
        for (const each of self.cases) {
          this.expression(each.test)
          for (const inner of each.consequent) this.statement(inner)
        }
        return
      case "WithStatement":
        // Each name in it may be a field of the object
        writer.store(this.everything(), Field.any, this.expression(self.object))
        return this.statement(self.body)
      default:
        this.expression(self, true)
    }
  }

  private declarator(node: Ast.VariableDeclarator): void {
    if (!node.init) {
      if (node.id.type === "Identifier") this.bind(node.id, none)
      return
    }
    const name = node.id.type === "Identifier" ? asName(node.id) : undefined
    if (name !== undefined) this.bindTo(this.declare(name), node.init)
    else this.bind(node.id, this.expression(node.init))
  }

  private using(node: Ast.VariableDeclarator, isAwait: boolean): void {
    const value = this.expression(node.init)
    this.bind(node.id, value)
    this.dispose(value, isAwait)
  }

  private dispose(value: Variable, isAwait: boolean): void {
    if (value === none) return
    const { writer } = this
    for (const symbol of isAwait ? ["asyncDispose", "dispose"] : ["dispose"]) {
      writer.wait(writer.call({
        callee: writer.variable(),
        receiver: value,
        method: writer.field(Field.symbol(symbol)),
        flags: CallFlag.method | CallFlag.discarded
      }))
    }
  }

  private tsNamespace(node: Ast.TsModuleDeclaration): void {
    const name = node.id.type === "Identifier" ? asName(node.id) : undefined
    if (node.declare || !node.body || name === undefined) return
    const outer = this.namespace
    this.namespace ??= name.value
    this.namespaceBody(this.writer.make(this.declare(name), Kind.object), node.body)
    this.namespace = outer
  }

  /** What stands in a namespace whose object is `variable`. */
  private namespaceBody(variable: Variable, body: Ast.TsNamespaceBody): void {
    const { writer } = this
    if (body.type === "TsNamespaceDeclaration") {
      // `namespace A.B`
      const inner = writer.make(writer.variable(), Kind.object)
      writer.store(variable, Field.named(body.id.value), inner)
      const name = asName(body.id)
      if (name !== undefined) writer.copy(this.declare(name), inner)
      return this.namespaceBody(inner, body.body)
    }
    for (const each of body.body) {
      const self = syntax(each)
      if (self.type !== "ExportDeclaration" || self.declaration.type !== "VariableDeclaration") continue
      for (const declared of declaredNames(self.declaration)) this.exportedKeys.set(this.keyOf(declared), variable)
    }
    for (const each of body.body) {
      const self: Syntax = syntax(each)
      const isAlias = self.type === "TsImportEqualsDeclaration" && self.isExport
      const declaration = self.type === "ExportDeclaration" ? self.declaration : self
      this.statement(declaration)
      if (declaration === self && !isAlias) continue
      for (const declared of declaredNames(declaration)) {
        writer.store(
          variable,
          Field.named(declared.value),
          this.isGlobal(declared) ? this.global(declared.value) : this.variableOf(this.keyOf(declared))
        )
      }
    }
  }
}

/** Whether it is `for await`: SWC 1.16 says `isAwait`, its types say `await`. */
const awaits = (node: Ast.ForOfStatement): boolean =>
  ("isAwait" in node && node.isAwait === true) || Boolean(node.await)

/** The names that an exported declaration of a namespace binds. */
const declaredNames = (node: Ast.AnyNode): ReadonlyArray<Name> => {
  const self = syntax(node)
  const patterns = (pattern: Ast.AnyNode | null | undefined): ReadonlyArray<Name> => {
    if (pattern === null || pattern === undefined) return []
    const name = asName(pattern)
    return name !== undefined ? [name] : children(pattern).flatMap(patterns)
  }
  switch (self.type) {
    case "VariableDeclaration":
      return self.declarations.flatMap(({ id }) => patterns(id))
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return patterns(self.identifier)
    case "TsEnumDeclaration":
    case "TsModuleDeclaration":
    case "TsImportEqualsDeclaration":
      return patterns(self.id)
    default:
      return []
  }
}
