/**
 * Standard decorators, and `accessor`, in the syntax of ES2022.
 *
 *     @a class C extends B { @b m() {} @c x = 1; @d #p() {} }
 *
 * becomes a function that is called in its place, for what the class remembers:
 *
 *     let C = (() => {
 *       const state = decorated([a]);
 *       var C = class extends (state.base = B) {
 *         static { begin(state, this); member(state, 0, "method", false, "m"); ...; C = end(state) }
 *         #init = run(state.ofInstances, this)
 *         [(state.lists[0] = [b], "m")]() {}
 *         [(state.lists[1] = [c], "x")] = initial(state, 1, this, 1); #extra1 = run(state.extra[1], this)
 *         [(state.lists[2] = [d], state.keys[2] = Symbol())]() {} get #p() { return state.values[2] }
 *       }
 *       return C = state.self
 *     })()
 *
 * Decorators are evaluated in computed keys: there `this` is that of the code around the class, and its private names are
 * known. A private method is made under a symbol, so that it can be handed to its decorators, and `super` still works in it.
 */
import { type AutoAccessor, isTypeSyntax } from "../../../../language/Syntax.ts"
import * as Ast from "../../../../language/Ast.ts"
import type { Edits } from "../../../Edits.ts"
import type { Context, TextRule } from "../TextRule.ts"
import * as Literals from "../../../printing/Literals.ts"
import { computedName, keyName } from "../../PropertyName.ts"
import { staysNameless, unwrapped } from "../../runtimeParts.ts"
import { afterKeyword, bodyStart, type Class, classStart } from "./classHead.ts"
import { decoratorHelpers } from "./decoratorHelpers.ts"
import { nameValue } from "./namedValue.ts"

type Method = Ast.ClassMethod | Ast.PrivateMethod
type Field = Ast.ClassProperty | Ast.PrivateProperty | AutoAccessor
type Member = Method | Field
type Kind = "method" | "getter" | "setter" | "field" | "accessor"

const memberTypes: ReadonlySet<string> = new Set([
  "AutoAccessor",
  "ClassMethod",
  "ClassProperty",
  "PrivateMethod",
  "PrivateProperty"
])

const isMethod = (member: Member): member is Method => member.type === "ClassMethod" || member.type === "PrivateMethod"

/** Whether the member has a key and is there at run time. */
const isMember = (node: Ast.AnyNode): node is Member => {
  if (!memberTypes.has(node.type) || isTypeSyntax(node)) return false
  // `type` says so
  const member = node as Member
  return !("isAbstract" in member && member.isAbstract === true) &&
    !(isMethod(member) && (member.function.body ?? undefined) === undefined)
}

const decoratorsOf = (member: Member): ReadonlyArray<Ast.Decorator> =>
  (isMethod(member) ? member.function.decorators : member.decorators) ?? []

const kindOf = (member: Member): Kind =>
  member.type === "AutoAccessor" ? "accessor" : isMethod(member) ? member.kind : "field"

const privateName = ({ key }: Member): string | undefined =>
  key.type === "PrivateName" && "value" in key ? `#${String(key.value)}` : undefined

const functions = /Function|^StaticBlock$|^Constructor$|Method$|^GetterProperty$|^SetterProperty$/

/** Whether the code suspends the function around it by `AwaitExpression` or `YieldExpression`. */
const suspends = (node: Ast.AnyNode, by: string): boolean =>
  node.type === by || (!functions.test(node.type) && Ast.children(node).some((child) => suspends(child, by)))

/** What is evaluated where the class is, and not when its members are used. */
const evaluated = (self: Class): ReadonlyArray<Ast.AnyNode> => [
  ...(self.decorators ?? []),
  ...(self.superClass ? [self.superClass] : []),
  ...self.body.flatMap((member): ReadonlyArray<Ast.AnyNode> =>
    isMember(member) ? [member.key, ...decoratorsOf(member)] : []
  )
]

/** The text of a property key as an expression; `undefined` when it has to be evaluated. */
const keyText = (key: Ast.PropertyName | Ast.PrivateName): string | undefined => {
  const name = computedName(key) ?? keyName(key)
  return name === undefined ? undefined : Literals.quoted(name)
}

/** A member while it is rewritten. */
interface Part {
  readonly member: Member
  readonly index: number
  readonly kind: Kind
  readonly decorators: ReadonlyArray<Ast.Decorator>
  readonly isStatic: boolean
  /** `#p`, of a private member. */
  readonly privately: string | undefined
  /** The key as an expression. */
  readonly key: string
}

class ClassRewriter {
  readonly #self: Class
  readonly #state: string
  readonly #context: Context

  constructor(self: Class, state: string, context: Context) {
    this.#self = self
    this.#state = state
    this.#context = context
  }

  get #edits(): Edits {
    return this.#context.edits
  }

  /** The members that are rewritten. `legacy`: their decorators are left to the lowering. */
  parts(legacy: boolean): ReadonlyArray<Part> {
    return this.#self.body.flatMap((member: Ast.AnyNode, index): ReadonlyArray<Part> => {
      if (!isMember(member)) return []
      const decorators = legacy ? [] : decoratorsOf(member)
      if (decorators.length === 0 && member.type !== "AutoAccessor") return []
      return [{
        member,
        index,
        kind: kindOf(member),
        decorators,
        isStatic: member.isStatic,
        privately: privateName(member),
        key: keyText(member.key as Ast.PropertyName) ?? `${this.#state}.keys[${index}]`
      }]
    })
  }

  /** Whether the class remembers something, and so becomes a function that is called. */
  needsState(parts: ReadonlyArray<Part>, legacy: boolean): boolean {
    return (!legacy && (this.#self.decorators ?? []).length > 0) ||
      parts.some(({ decorators, key }) => decorators.length > 0 || key.startsWith(this.#state))
  }

  rewrite(part: Part): void {
    const { decorators, kind, member, privately } = part
    if (kind === "accessor") this.#accessor(part)
    else if (privately === undefined || isMethod(member)) this.#member(part)
    else this.#list(decorators, `static[(${this.#state}.lists[${part.index}]=[`, `],${this.#symbol(part)})](){}`)
    if (kind === "field" || kind === "accessor") this.#value(part)
    else if (privately !== undefined) this.#privateMethod(part)
  }

  #symbol({ index }: Part): string {
    return `${this.#state}.keys[${index}]=Symbol()`
  }

  /** Makes decorators a list of expressions. */
  #list(decorators: ReadonlyArray<Ast.Decorator>, open: string, close: string): void {
    for (const [index, decorator] of decorators.entries()) {
      const before = decorators[index - 1]
      const start = before === undefined ? Ast.spanOf(decorator).start : Ast.spanOf(before).end
      // `@(a, b)` needs its parentheses
      this.#edits.replace(start, Ast.spanOf(decorator).start + 1, before === undefined ? open : ",")
    }
    const last = decorators.at(-1)
    if (last !== undefined) this.#edits.insertAfter(Ast.spanOf(last).end, close)
  }

  /** `@a static m() {}` as `static [(lists[0] = [a], "m")]() {}`. */
  #member(part: Part): void {
    const { decorators, index, member } = part
    const [first] = decorators
    const last = decorators.at(-1)
    if (first === undefined || last === undefined) return
    const from = Ast.spanOf(last).end
    const { start } = Ast.spanOf(member.key)
    const isModified = this.#context.text.slice(from, start).trim() !== ""
    // A field before it may have no semicolon
    this.#list(decorators, `${isModified ? "" : ";"}[(${this.#state}.lists[${index}]=[`, "],")
    if (isModified) this.#edits.relocate(Ast.spanOf(first).start, from, start)
    this.#key(part, "", ")]")
  }

  /** Writes the key as an expression, with `before` and `after` around it. */
  #key(part: Part, before: string, after: string): void {
    const { index, key, member, privately } = part
    const { end, start } = Ast.spanOf(member.key)
    if (privately !== undefined) return this.#edits.replace(start, end, before + this.#symbol(part) + after)
    if (!key.startsWith(this.#state)) return this.#edits.replace(start, end, before + key + after)
    const { expression } = member.key as Ast.ComputedPropName
    this.#edits.replace(start, Ast.spanOf(expression).start, `${before}${this.#state}.keys[${index}]=clustrix$key(`)
    this.#edits.replace(Ast.spanOf(expression).end, end, `)${after}`)
  }

  #privateMethod({ index, isStatic, kind, member, privately }: Part): void {
    const value = `${this.#state}.values[${index}]`
    const accessor = kind === "setter"
      ? `set ${privately}(clustrix$value){${value}.call(this,clustrix$value)}`
      : `get ${privately}(){return ${value}${kind === "getter" ? ".call(this)" : ""}}`
    this.#edits.insertAfter(Ast.spanOf(member).end, `${isStatic ? "static " : ""}${accessor}`)
  }

  #storage({ index }: Part): string {
    return `#clustrix$${index}`
  }

  /** `accessor x = 1` as `get x() { return this.#x } set x(value) { this.#x = value } #x = 1`. */
  #accessor(part: Part): void {
    const { decorators, index, isStatic, key, member, privately } = part
    const modifier = isStatic ? "static " : ""
    const storage = this.#storage(part)
    const get = `(){return this.${storage}}`
    const set = `(clustrix$value){this.${storage}=clustrix$value}`
    const own = `${modifier}${storage}`
    const span = Ast.spanOf(member.key)
    const last = decorators.at(-1)
    if (last === undefined) {
      const start = decoratorsOf(member).reduce(
        (end, decorator) => Math.max(end, Ast.spanOf(decorator).end),
        Ast.spanOf(member).start
      )
      // Legacy decorators stay before the getter
      const space = start === Ast.spanOf(member).start ? "" : " "
      if (privately !== undefined || !key.startsWith(this.#state)) {
        const name = privately ?? key
        const pair = `${modifier}get ${name}${get}${modifier}set ${name}${set}${own}`
        return this.#edits.replace(start, span.end, space + pair)
      }
      this.#edits.replace(start, span.start, `${space}${modifier}get`)
      return this.#key(part, "[", `]${get}${modifier}set[${key}]${set}${own}`)
    }
    this.#list(decorators, `${modifier}get[(${this.#state}.lists[${index}]=[`, "],")
    this.#edits.remove(Ast.spanOf(last).end, span.start)
    if (privately === undefined) return this.#key(part, "", `)]${get}${modifier}set[${key}]${set}${own}`)
    const value = `${this.#state}.values[${index}]`
    this.#key(
      part,
      "",
      `)]${get}${modifier}set[${this.#state}.keys[${index}]]${set}` +
        `${modifier}get ${privately}(){return ${value}.get.call(this)}` +
        `${modifier}set ${privately}(clustrix$value){${value}.set.call(this,clustrix$value)}${own}`
    )
  }

  /** Lets the decorators change the first value, and do more behind it. */
  #value(part: Part): void {
    const { decorators, index, isStatic, key, member, privately } = part
    const { text } = this.#context
    const self = isStatic ? `${this.#state}.self` : "this"
    const { end } = Ast.spanOf(member)
    const value = (member as Field).value ?? undefined
    const name = privately === undefined ? key : JSON.stringify(privately)
    if (decorators.length > 0) {
      const change = `clustrix$initial(${this.#state},${index},${self}`
      if (value !== undefined) this.#edits.wrap(Ast.spanOf(value).start, Ast.spanOf(value).end, `${change},`, ")")
      else {
        const after = Ast.spanOf(member.key).end
        const type = "typeAnnotation" in member && member.typeAnnotation ? Ast.spanOf(member.typeAnnotation).end : 0
        // `x!: T` must not have a value
        const mark = /^\s*[?!]/.exec(text.slice(after))?.[0].length ?? 0
        this.#edits.remove(after, after + mark)
        this.#edits.insertAfter(Math.max(after + mark, type), `=${change})`)
      }
      const extra = `clustrix$run(${this.#state}.extra[${index}],${self})`
      const stop = text[end - 1] === ";" ? "" : ";"
      this.#edits.insertAfter(end, stop + (isStatic ? `static{${extra}}` : `#clustrix$extra${index}=${extra};`))
    }
    if (value !== undefined) nameValue(value, name, this.#edits)
  }

  /** `C` as `(() => { const state = decorated(); ...; return C })()`. `name`: of a class without one, as an expression. */
  enclose(parts: ReadonlyArray<Part>, name: string | undefined, isDeclaration: boolean): void {
    const { identifier, superClass } = this.#self
    const decorators = this.#self.decorators ?? []
    const [first] = decorators
    const own = identifier?.value
    const naming = own === undefined ? name : undefined
    const isAsync = evaluated(this.#self).some((node) => suspends(node, "AwaitExpression"))
    const open = `${isDeclaration ? `let ${own ?? ""}=` : ""}${isAsync ? "(await(async" : "("}()=>{` +
      `${naming === lastKey ? `const clustrix$name=${lastKey};` : ""}const ${this.#state}=clustrix$decorated([`
    const key = naming === lastKey ? "clustrix$name" : naming
    // Nothing names a class that is assigned to a property
    const made = first === undefined ? "return " : own === undefined ? `${this.#state}.own=` : `var ${own}=`
    const close = `]);${made}${key === undefined ? "" : `({[${key}]:`}class`
    const start = classStart(this.#self)
    const keyword = afterKeyword(this.#self, this.#context.text)
    if (first === undefined) this.#edits.replace(start, keyword, open + close)
    else {
      const end = Ast.spanOf(decorators.at(-1) ?? first).end
      this.#list(decorators, open, "")
      // `@a export class`
      if (end < start) this.#edits.relocate(Ast.spanOf(first).start, end, start)
      this.#edits.replace(start, keyword, close)
      if (identifier) this.#edits.remove(Ast.spanOf(identifier).start, Ast.spanOf(identifier).end)
    }
    if (superClass) {
      this.#edits.wrap(Ast.spanOf(superClass).start, Ast.spanOf(superClass).end, `(${this.#state}.base=`, ")")
    }
    if (first !== undefined || parts.some((part) => part.decorators.length > 0)) {
      this.#edits.insertAfter(bodyStart(this.#self, this.#context.text), this.#setUp(parts))
    }
    for (const part of parts) this.rewrite(part)
    // The class is an expression now, which cannot be abstract
    for (const member of this.#self.body) {
      if ("isAbstract" in member && member.isAbstract === true) {
        this.#edits.remove(Ast.spanOf(member).start, Ast.spanOf(member).end)
      }
    }
    const { end } = Ast.spanOf(this.#self)
    if (first !== undefined) {
      this.#edits.insertAfter(end - 1, `;static{clustrix$run(${this.#state}.ofClass,${this.#state}.self)}`)
    }
    const result = first === undefined ? "" : `;return ${own === undefined ? "" : `${own}=`}${this.#state}.self`
    // Inside of what was put around the class
    this.#edits.wrap(
      end,
      end,
      "",
      `${key === undefined ? "" : `})[${key}]`}${result}})()${isAsync ? ")" : ""}` +
        (isDeclaration ? ";" : "")
    )
  }

  /** What comes first in the body: the decorators are called. */
  #setUp(parts: ReadonlyArray<Part>): string {
    const decorated = parts.filter(({ decorators }) => decorators.length > 0)
    const fields = decorated.filter(({ kind }) => kind === "field")
    const others = decorated.filter(({ kind }) => kind !== "field")
    const ordered = [others, fields].flatMap((list) => [
      ...list.filter(({ isStatic }) => isStatic),
      ...list.filter(({ isStatic }) => !isStatic)
    ])
    const { decorators, identifier } = this.#self
    const result = (decorators ?? []).length > 0 && identifier ? `${identifier.value}=` : ""
    const instances = others.some(({ isStatic, kind }) => !isStatic && kind !== "accessor")
      ? `#clustrix$instances=clustrix$run(${this.#state}.ofInstances,this);`
      : ""
    return `static{clustrix$begin(${this.#state},this);${ordered.map((part) => this.#call(part)).join("")}` +
      `${result}clustrix$end(${this.#state})}${instances}`
  }

  #call({ index, isStatic, key, kind, privately }: Part): string {
    const start = `clustrix$member(${this.#state},${index},"${kind}",${isStatic},`
    if (privately === undefined) return `${start}${key});`
    const has = `has:clustrix$target=>${privately} in clustrix$target`
    const get = kind === "setter" ? "" : `,get:clustrix$target=>clustrix$target.${privately}`
    const set = kind === "method" || kind === "getter"
      ? ""
      : `,set:(clustrix$target,clustrix$value)=>{clustrix$target.${privately}=clustrix$value}`
    return `${start}"${privately}",{${has}${get}${set}});`
  }
}

/** The key of the property that is made, where it had to be evaluated. */
const lastKey = "clustrix$lastKey"

/** `legacy`: decorators are those of `experimentalDecorators`, which the lowering knows. */
export const decorators = (legacy: boolean): TextRule => {
  const names = new WeakMap<Ast.AnyNode, string>()
  const depths = new WeakMap<Ast.AnyNode, number>()
  const defaults = new WeakMap<Ast.AnyNode, Ast.AnyNode>()

  /** Notes what the class is named after. */
  const named = (value: Ast.AnyNode | null | undefined, key: string | undefined): void => {
    if (!value || key === undefined) return
    const inner = unwrapped(value)
    if (inner.type === "ClassExpression") names.set(inner, key)
  }
  const isDecorated = (value: Ast.AnyNode | null | undefined): boolean => {
    if (!value) return false
    const inner = unwrapped(value)
    if (inner.type !== "ClassExpression") return false
    const self = inner as Ast.ClassExpression
    return !self.identifier && !legacy &&
      ((self.decorators ?? []).length > 0 ||
        self.body.some((member: Ast.AnyNode) => isMember(member) && decoratorsOf(member).length > 0))
  }
  const variable = (pattern: Ast.AnyNode): string | undefined =>
    pattern.type === "Identifier" && "value" in pattern ? JSON.stringify(pattern.value) : undefined

  const visit = (self: Class, context: Context): void => {
    const depth = depths.get(self) ?? 0
    const nested = (node: Ast.AnyNode): void => {
      for (const child of Ast.children(node)) {
        if (child.type === "ClassExpression" || child.type === "ClassDeclaration") depths.set(child, depth + 1)
        nested(child)
      }
    }
    nested(self)
    const rewriter = new ClassRewriter(self, `clustrix$state${depth === 0 ? "" : depth}`, context)
    const parts = rewriter.parts(legacy)
    if (!rewriter.needsState(parts, legacy)) return parts.forEach((part) => rewriter.rewrite(part))
    context.helpers.add(decoratorHelpers)
    const yielding = evaluated(self).find((node) => suspends(node, "YieldExpression"))
    if (yielding !== undefined) {
      context.refused.push({
        node: yielding,
        why: "A decorated class is made in a function, where `yield` has no place."
      })
    }
    const item = defaults.get(self)
    const isDeclaration = self.type === "ClassDeclaration" || (item !== undefined && !!self.identifier)
    if (item !== undefined && self.identifier) {
      const [first] = self.decorators ?? []
      const start = Ast.spanOf(first ?? self).start
      const { start: from } = Ast.spanOf(item)
      context.edits.remove(from, start < from ? Ast.spanOf(self).start : start)
      context.edits.append(`\nexport{${self.identifier.value} as default};`)
    }
    rewriter.enclose(parts, names.get(self), isDeclaration)
  }

  /** A field whose key is evaluated long before the class that is named after it. */
  const field = ({ key, value }: Field, context: Context): void => {
    const text = key.type === "PrivateName" && "value" in key ? JSON.stringify(`#${String(key.value)}`)
      // Fields have keys
      : keyText(key as Ast.PropertyName)
    if (text === undefined && isDecorated(value)) {
      context.refused.push({
        node: key,
        why: "The name of a decorated class would be lost here: its field has a computed key."
      })
    }
    named(value, text)
  }

  return {
    VariableDeclarator: ({ id, init }) => named(init, variable(id)),
    AssignmentExpression: ({ left, operator, right }) => {
      if (!staysNameless(left, operator, right)) named(right, variable(left))
    },
    AssignmentPattern: ({ left, right }) => {
      if (!staysNameless(left, undefined, right)) named(right, variable(left))
    },
    AssignmentPatternProperty: ({ key, value }) => named(value, variable(key)),
    KeyValueProperty: ({ key, value }, context) => {
      const text = keyText(key)
      if (text !== undefined || key.type !== "Computed") return named(value, text)
      if (!isDecorated(value)) return
      const { end, start } = Ast.spanOf(key.expression)
      context.edits.wrap(start, end, "clustrix$namedBy(", ")")
      named(value, lastKey)
    },
    ClassProperty: field,
    PrivateProperty: field,
    AutoAccessor: field,
    ExportDefaultExpression: ({ expression }) => named(expression, `"default"`),
    ExportDefaultDeclaration: (item) => {
      names.set(item.decl, `"default"`)
      defaults.set(item.decl, item)
    },
    ClassDeclaration: visit,
    ClassExpression: visit
  }
}
