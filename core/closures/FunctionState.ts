/**
 * What a captured function or class has beyond what its text makes: properties, another name, patched members.
 */
import * as Effect from "effect/Effect"
import { type ClassMember, classMembers, computedKey, isClassSyntax, isDecorated } from "../modules/ClassMembers.ts"
import { type FoundNode, nameOf } from "../modules/InnerFunction.ts"
import { isFunctionSyntax, syntax, unwrap } from "../language/Syntax.ts"
import type { AnyFunction } from "./FunctionLocator.ts"
import type { CapturedSources, WrittenFunction } from "./CapturedSources.ts"
import * as Intrinsics from "./Intrinsics.ts"
import { isInitial, isMentionedOutside } from "./ModuleState.ts"
import { type Fresh, type FreshProperty, hidden, type OwnProperty, type OwnState, ownState, plain,
  unchanged } from "./OwnState.ts"

/** A function that a class makes when it is defined. */
export interface MemberFunction {
  readonly value: AnyFunction
  readonly isStatic: boolean
  readonly key: string | symbol
  readonly part: "value" | "get" | "set"
}

export interface FunctionState {
  readonly own: OwnState
  /** The object that it gives its instances, where it is the one that came with it. */
  readonly prototype: { readonly value: object; readonly own: OwnState } | undefined
  readonly members: ReadonlyArray<MemberFunction>
  /** Keys of members by the variables that stand for them. */
  readonly keys: ReadonlyMap<string, string | symbol>
  /** Whether the key of a member was computed, and nothing tells any more what it was. */
  readonly hasLostKey: boolean
}

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function"

const isFunction = (value: unknown): value is AnyFunction => typeof value === "function"

const readonlyHidden = { writable: false, enumerable: false, configurable: true }
const fixed = { writable: false, enumerable: false, configurable: false }

/** The value of an own property, without running anything. */
const held = (holder: object, key: string | symbol, part: "value" | "get" | "set" = "value"): unknown =>
  Object.getOwnPropertyDescriptor(holder, key)?.[part]

/** The object that came with the function: of a class always, of a generator function one without `constructor`. */
const ownPrototype = (fn: AnyFunction, node: WrittenFunction["node"]): object | undefined => {
  const prototype = held(fn, "prototype")
  if (!isObject(prototype) || typeof prototype === "function" || Array.isArray(prototype)) return undefined
  const written = "function" in node ? Object(node.function) : node
  const isGenerator = "generator" in written && written.generator === true
  const isOwn = isClassSyntax(node) || held(prototype, "constructor") === fn ||
    (isGenerator && !Object.hasOwn(prototype, "constructor"))
  return isOwn ? prototype : undefined
}

/** A function whose state is left to its module. */
export const untouched = (fn: AnyFunction, node: WrittenFunction["node"]): FunctionState => {
  const prototype = ownPrototype(fn, node)
  return {
    own: unchanged,
    prototype: prototype === undefined ? undefined : { value: prototype, own: unchanged },
    members: [],
    keys: new Map(),
    hasLostKey: false
  }
}

/** Members of one name: a getter and a setter are one property. */
type Group = { value?: ClassMember; get?: ClassMember; set?: ClassMember }

/** How the state of `fn` differs from what its text makes. */
export const functionState = (
  fn: AnyFunction,
  { inner, node, source }: WrittenFunction,
  sources: CapturedSources
): Effect.Effect<FunctionState> =>
  Effect.gen(function*() {
    const self = isClassSyntax(node) ? node : undefined
    if (self !== undefined && isDecorated(self)) return untouched(fn, node)
    const prototype = ownPrototype(fn, node)
    const isModules = inner.declared !== undefined && isMentionedOutside(source.module, inner.declared.local, node)

    // Where the functions that it holds are written
    const written = new Map<unknown, ReadonlyArray<FoundNode>>()
    for (const holder of [fn, ...prototype === undefined ? [] : [prototype]]) {
      for (const key of Reflect.ownKeys(holder)) {
        for (const part of ["value", "get", "set"] as const) {
          const each = held(holder, key, part)
          if (isFunction(each) && each !== fn && !written.has(each)) written.set(each, yield* sources.nodesOf(each))
        }
      }
    }
    const isWrittenAs = (value: unknown, member: ClassMember | undefined): boolean =>
      member === undefined ? value === undefined
        : member.fn !== undefined && written.get(value)?.some((found) => found.node === member.fn) === true

    const members: Array<MemberFunction> = []
    const keys = new Map<string, string | symbol>()
    let hasLostKey = false
    /** What defining the class puts on `holder`. */
    const membersOf = (holder: object, isStatic: boolean): ReadonlyArray<readonly [string | symbol, FreshProperty]> => {
      const groups = new Map<string | symbol, Group>()
      for (const member of self === undefined ? [] : classMembers(self)) {
        if (member.isStatic !== isStatic) continue
        // It is not evaluated again
        if (member.kind === "field" && member.fn === undefined && inner.declared === undefined) continue
        const part = member.kind === "get" || member.kind === "set" ? member.kind : "value"
        const key = member.key ?? Reflect.ownKeys(holder).find((each) => isWrittenAs(held(holder, each, part), member))
        if (key === undefined) {
          hasLostKey ||= inner.declared === undefined
          continue
        }
        if (member.key === undefined && member.fn !== undefined) keys.set(computedKey(member.fn), key)
        const value = held(holder, key, part)
        if (isFunction(value) && isWrittenAs(value, member)) members.push({ value, isStatic, key, part })
        const known = groups.get(key)
        if (part !== "value" && known !== undefined && known.value === undefined) known[part] = member
        else groups.set(key, { [part]: member })
      }
      return [...groups].map(([key, { get, set, value }]) => [key, {
        ...value === undefined ? readonlyHidden : value.kind === "field" ? plain : hidden,
        isSame: (each) =>
          value === undefined
            ? isObject(each) && isWrittenAs(Reflect.get(each, "get"), get) && isWrittenAs(Reflect.get(each, "set"), set)
            : isWrittenAs(each, value) || (value.kind === "field" && isInitial(each, value.value, isModules))
      }])
    }

    const name = nameOf(inner)
    const compiled = held(fn, "name") === name && held(fn, "length") === inner.length ? undefined
      : yield* sources.compiled(fn)
    const parent: unknown = Object.getPrototypeOf(fn)
    const own: Fresh = {
      own: new Map<string | symbol, FreshProperty>([
        ["length", { ...readonlyHidden, isSame: (each) => each === inner.length || each === compiled?.length }],
        ["name", { ...readonlyHidden, isSame: (each) => each === name || each === compiled?.name }],
        // Of functions that are not strict
        ...["arguments", "caller"].flatMap((key) =>
          held(fn, key) === null ? [[key, { ...fixed, isSame: () => true }] as const] : []
        ),
        ...Object.hasOwn(fn, "prototype")
          ? [["prototype", { ...fixed, writable: self === undefined, isSame: () => prototype !== undefined }] as const]
          : [],
        ...membersOf(fn, true)
      ]),
      // Which class it extends is seen where it is made; what compiled it may have made an async function a plain one
      prototype: self?.superClass || (isObject(parent) && Intrinsics.find(parent) !== undefined) ? Object(parent)
        : Function.prototype,
      elements: 0,
      values: new Map()
    }
    const keep = (state: OwnState): OwnState => isModules ? withoutModuleState(state, written) : state
    const state = { own: keep(ownState(fn, own)), members, keys, hasLostKey: false, prototype: undefined }
    if (prototype === undefined) return { ...state, hasLostKey }
    const isCounted = self !== undefined || held(prototype, "constructor") === fn
    const fresh: Fresh = {
      own: new Map([
        ...isCounted ? [["constructor", { ...hidden, isSame: (each: unknown) => each === fn }] as const] : [],
        ...membersOf(prototype, false)
      ]),
      prototype: prototypeOfPrototype(prototype, self, parent),
      elements: 0,
      values: new Map()
    }
    return { ...state, hasLostKey, prototype: { value: prototype, own: keep(ownState(prototype, fresh)) } }
  })

type ClassNode = Parameters<typeof isDecorated>[0]

const prototypeOfPrototype = (prototype: object, self: ClassNode | undefined, parent: unknown): object | null => {
  if (self?.superClass) {
    if (unwrap(self.superClass).type === "NullLiteral") return null
    const base = isFunction(parent) ? held(parent, "prototype") : undefined
    return isObject(base) ? base : Object.prototype
  }
  // What generator functions give
  const given: unknown = Object.getPrototypeOf(prototype)
  const intrinsic = self === undefined && isObject(given) ? Intrinsics.find(given) : undefined
  return intrinsic !== undefined && !Intrinsics.isNamed(intrinsic) ? Object(given) : Object.prototype
}

/**
 * What the module itself may have done to it at its top level goes along as code: objects, and functions that are
 * written there. What was put on it later is carried.
 */
const withoutModuleState = (
  state: OwnState,
  written: ReadonlyMap<unknown, ReadonlyArray<FoundNode>>
): OwnState => {
  const isTopLevel = (value: unknown): boolean =>
    (written.get(value) ?? []).every(({ parents }) =>
      !parents.some((parent) => isFunctionSyntax(parent) || methodTypes.has(syntax(parent).type))
    )
  const isLeft = ({ accessor, value }: OwnProperty): boolean =>
    accessor === undefined ? isObject(value) && (!isFunction(value) || isTopLevel(value))
      : [accessor.get, accessor.set].every((each) => each === undefined || isTopLevel(each))
  const left = new Set(state.properties.filter(isLeft).map(({ key }) => key))
  return {
    ...state,
    prototype: undefined,
    removed: state.removed.filter((key) => !left.has(key)),
    properties: state.properties.filter(({ key }) => !left.has(key))
  }
}

const methodTypes: ReadonlySet<string> = new Set(["ClassMethod", "PrivateMethod", "Constructor", "MethodProperty",
  "GetterProperty", "SetterProperty"])
