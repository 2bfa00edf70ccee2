/**
 * What a living function holds on to: the functions and values that go along with it, found from the outside in.
 */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import type { InnerFunction } from "../analyse/InnerFunction.ts"
import { heritage, innerFunctionAt } from "../analyse/InnerFunction.ts"
import { type AnyFunction, type BoundFunction, FunctionLocator, type LocatedFunction } from "../FunctionLocator.ts"
import { decodeSource } from "../graph/ModuleLoader.ts"
import { FunctionNotPackageableError } from "../graph/NotPackageable.ts"
import { ModuleResolver, type ResolutionError } from "../ModuleResolver.ts"
import { ValueInspection } from "../runtime/ValueCodec.ts"
import { fromLines, fromOffset, lineStarts, type SourceLocation } from "../SourceLocation.ts"
import type * as Ast from "../syntax/Ast.ts"
import { SourceParser, type SourceSyntaxError } from "../SourceParser.ts"
import { CapturedValueError } from "./NotCaptured.ts"
import { ownPrototype, partsOf, propertiesOf } from "./Parts.ts"
import { memberSegment, primitiveExpression, type Shape, shapeOf } from "./Shape.ts"
import * as Intrinsics from "./Intrinsics.ts"

/** A function of the project that goes along. */
export interface CapturedFunction {
  readonly _tag: "Source"
  readonly value: AnyFunction
  /** Absolute real path of its module. */
  readonly path: string
  /** In its head. */
  readonly offset: number
  readonly inner: InnerFunction
  /** What its variables hold, in the order of `inner.captures`. */
  readonly variables: ReadonlyMap<string, unknown>
  /** The function that holds it, if it is not the one that was asked for. */
  readonly holder: AnyFunction | undefined
  /** For people: ``main` captures `helper``. */
  readonly because: string
  readonly location: SourceLocation
}

/** A function that `bind` made. */
export interface CapturedBinding extends BoundFunction {
  readonly _tag: "Bound"
  readonly value: AnyFunction
}

export interface CaptureGraph {
  readonly entry: AnyFunction
  /** In the order in which they were found. */
  readonly functions: ReadonlyMap<AnyFunction, CapturedFunction | CapturedBinding>
  /** Objects that are carried by value, in the order in which they were found. */
  readonly objects: ReadonlyMap<object, Shape>
}

export type CaptureError = CapturedValueError | FunctionNotPackageableError | ResolutionError | SourceSyntaxError
export type CaptureRequirements = FunctionLocator | FileSystem.FileSystem | ModuleResolver | SourceParser

/** Who holds a value, from the outside in. */
interface Holder {
  readonly outer: Holder | undefined
  /** `main captures query`. */
  readonly says: string
  readonly fn: AnyFunction | undefined
}

const chainOf = (holder: Holder | undefined): ReadonlyArray<string> => {
  const chain: Array<string> = []
  for (let at = holder; at !== undefined; at = at.outer) if (at.says !== "") chain.push(at.says)
  return chain.reverse()
}

/** The npm package that an installed file belongs to. */
const packageOf = (file: string): string | undefined =>
  /[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)[\\/](?!.*[\\/]node_modules[\\/])/.exec(file)?.[1]?.replaceAll(
    "\\",
    "/"
  )

const label = (fn: AnyFunction): string => fn.name === "" ? "the function" : fn.name

interface ParsedSource {
  readonly text: string
  readonly file: string
  readonly module: Ast.Module
  readonly starts: ReadonlyArray<number>
}

/** Follows what `entry` captures. `fileName` turns an absolute path into what people read. */
export const capture = (
  entry: AnyFunction,
  fileName: (path: string) => string
): Effect.Effect<CaptureGraph, CaptureError, CaptureRequirements> =>
  Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const resolver = yield* ModuleResolver
    const parser = yield* SourceParser
    const locator = yield* FunctionLocator
    const { isProxy } = yield* ValueInspection
    const builtins = yield* locator.builtins
    const sources = new Map<string, ParsedSource>()
    const functions = new Map<AnyFunction, CapturedFunction | CapturedBinding>()
    const objects = new Map<object, Shape>()
    const waiting: Array<{ readonly value: unknown; readonly path: string; readonly holder: Holder | undefined }> = []

    const parse = (path: string) =>
      Effect.gen(function*() {
        const known = sources.get(path)
        if (known !== undefined) return known
        const file = fileName(path)
        const text = decodeSource(
          yield* Effect.mapError(fs.readFile(path), (cause) =>
            new FunctionNotPackageableError({
              reason: "Native",
              reference: file,
              what: `Cannot get source of a function in ${file}`,
              why: cause.message,
              remedy: "Keep the sources beside the program that packages their functions."
            }))
        )
        const kind = yield* resolver.sourceKind(path)
        const parsed: ParsedSource = {
          text,
          file,
          starts: lineStarts(text),
          module: yield* parser.parse({
            file,
            text,
            language: kind.language === "json" ? "javascript" : kind.language,
            jsx: kind.language === "json" ? false : kind.jsx,
            moduleSystem: kind.language === "json" ? undefined : kind.moduleSystem
          })
        }
        sources.set(path, parsed)
        return parsed
      })

    /** The function in its source: the first place at which one stands that looks like it. */
    const find = (value: AnyFunction, located: ReadonlyArray<LocatedFunction>) =>
      Effect.gen(function*() {
        const found: Array<{
          readonly at: SourceLocation
          readonly inner: InnerFunction
          readonly offset: number
          readonly path: string
          readonly source: ParsedSource
        }> = []
        for (const { column, file, kind, line } of located) {
          const source = yield* parse(file)
          const offset = (source.starts[line - 1] ?? 0) + column - 1
          const inner = innerFunctionAt(source.module, offset, kind)?.inner
          if (inner !== undefined) {
            found.push({ at: fromOffset(source.file, source.text, inner.range[0]), inner, offset, path: file, source })
          }
        }
        const alike = found.find(({ inner }) => inner.name === value.name && inner.length === value.length) ??
          found.find(({ inner }) => inner.name === value.name) ??
          found.find(({ inner }) => inner.length === value.length)
        if (alike !== undefined) return alike
        const [first] = located
        const place = first === undefined ? "?" : `${fileName(first.file)}:${first.line}:${first.column}`
        return yield* new FunctionNotPackageableError({
          reason: "InvalidReference",
          reference: place,
          what: `${label(value)} does not stand at ${place}`,
          why: "The file was changed since the program was started, or its source map is wrong.",
          remedy: "Build the program anew and start it again, or name the function: FILE#NAME."
        })
      })

    const refuse = (
      path: string,
      holder: Holder | undefined,
      shape: { readonly description: string; readonly why: string; readonly remedy: string },
      location?: SourceLocation
    ): CapturedValueError => {
      const chain = chainOf(holder)
      return new CapturedValueError({
        chain,
        kind: shape.description,
        what: path === "" ? `${label(entry)} is ${shape.description}`
          : `${path} is ${shape.description}, which cannot be carried`,
        location,
        why: chain.length === 0 ? shape.why : `${chain.join("; ")}. ${shape.why}`,
        remedy: shape.remedy
      })
    }

    const enter = (value: unknown, path: string, holder: Holder | undefined) => {
      waiting.push({ value, path, holder })
    }

    const visitFunction = (value: AnyFunction, path: string, holder: Holder | undefined) =>
      Effect.gen(function*() {
        const intrinsic = Intrinsics.expressionOf(value)
        if (intrinsic !== undefined && path !== "") {
          objects.set(value, { _tag: "Leaf", expression: intrinsic })
          return
        }
        const builtin = builtins.get(value)
        if (builtin !== undefined && path !== "") {
          objects.set(value, { _tag: "Builtin", ...builtin })
          return
        }
        if (isProxy(value)) {
          return yield* refuse(path, holder, {
            description: "a Proxy",
            why: "What is behind it, and its traps, cannot be seen.",
            remedy: "Hand over its target."
          })
        }
        const bound = yield* locator.bound(value)
        if (bound !== undefined) {
          functions.set(value, { _tag: "Bound", value, ...bound })
          const name = label(value)
          enter(bound.target, `the target of ${name}`, { outer: holder, says: `${name} is bound`, fn: value })
          enter(bound.receiver, `the \`this\` of ${name}`, { outer: holder, says: `${name} is bound to it`, fn: value })
          bound.args.forEach((each, at) =>
            enter(each, `argument ${at + 1} of ${name}`, { outer: holder, says: `${name} is bound to it`, fn: value })
          )
          return
        }
        const located = yield* Effect.mapError(locator.locate(value), (error) =>
          path === "" ? error : refuse(path, holder, {
            description: `a function whose source cannot be had`,
            why: error.message.split("\n").map((line) => line.trim()).join(" "),
            remedy: "Call it through a function of your own that imports it at the top of the file."
          }))
        const foreign = located.map(({ file }) =>
          packageOf(file)
        ).find((name) => name !== undefined)
        if (foreign !== undefined) {
          return yield* refuse(path, holder, {
            description: `\`${label(value)}\` of the package ${foreign}`,
            why: "A package goes along by what is imported from it.",
            remedy: `Import it from ${foreign} at the top of the file, and use it from there.`
          })
        }
        const { at, inner, offset, path: file, source } = yield* find(value, located)
        const variables = new Map<string, unknown>()
        if (inner.declared === undefined) {
          const [surrounding] = inner.surroundings
          if (inner.kind === "member" || (surrounding !== undefined)) {
            const what = inner.kind === "member" ? "a member of a class or an accessor"
              : `a function that uses \`${surrounding?.what}\` of what is around it`
            return yield* refuse(path, holder, {
              description: what,
              why: inner.kind === "member" ? "It needs its class and an instance."
                : `No package can hold the ${surrounding?.what} of a call that is running here.`,
              remedy: inner.kind === "member" ? "Package a function that makes the instance and calls the method."
                : "Put it into a variable, and use that."
            }, surrounding === undefined ? at : fromOffset(source.file, source.text, surrounding.offset))
          }
          if (inner.kind === "method" && inner.usesReceiver && path === "") {
            return yield* refuse(path, holder, {
              description: "a method that uses `this`",
              why: "As a value it does not know its object.",
              remedy: `Bind it: object${memberSegment(inner.name)}.bind(object).`
            }, at)
          }
          if (inner.captures.length > 0) {
            const live = yield* locator.variables(
              value,
              inner.captures.map(({ name, offsets }) => ({
                name,
                mentions: offsets.map((each) => {
                  const { column, line } = fromLines(file, source.starts, each)
                  return { file, line, column }
                })
              }))
            )
            for (const { name: each } of inner.captures) {
              if (each === heritage) {
                variables.set(each, Object.getPrototypeOf(value))
                continue
              }
              if (!live.has(each)) {
                return yield* refuse(`\`${each}\``, {
                  outer: holder,
                  says: `${label(value)} captures ${each}`,
                  fn: value
                }, {
                  description: "a variable that cannot be read",
                  why: "What compiled the program gave it another name, or put its value in its place.",
                  remedy: "Do not minify the program, or build it with a source map."
                }, at)
              }
              variables.set(each, live.get(each))
            }
          }
        }
        functions.set(value, {
          _tag: "Source",
          value,
          path: file,
          offset,
          inner,
          variables,
          holder: holder?.fn,
          because: holder?.says ?? "",
          location: at
        })
        // Some loaders rename
        const own = inner.name === "" ? label(value) : inner.name
        for (const [name, each] of variables) {
          enter(each, `\`${name}\``, { outer: holder, says: `${own} captures ${name}`, fn: value })
        }
        if (inner.declared === undefined && inner.kind !== "class") {
          const prototype = ownPrototype(value)
          for (
            const [of, found] of [
              ["", propertiesOf(value, "Function")],
              [".prototype", prototype === undefined ? undefined : propertiesOf(prototype, "Prototype")]
            ] as const
          ) {
            if (found?.accessor !== undefined) {
              return yield* refuse(`${path}${of}${memberSegment(found.accessor.key)}`, holder, accessorRefusal)
            }
            for (const property of found?.properties ?? []) {
              enter(property.value, `${label(value)}${of}${memberSegment(property.key)}`, {
                outer: holder,
                says: `${label(value)}${of} has the property ${String(property.key)}`,
                fn: value
              })
            }
          }
        }
      })

    const visitObject = (value: object, path: string, holder: Holder | undefined) =>
      Effect.gen(function*() {
        const builtin = builtins.get(value)
        const shape: Shape = builtin === undefined ? shapeOf(value, isProxy) : { _tag: "Builtin", ...builtin }
        if (shape._tag === "Refused") return yield* refuse(path, holder, shape)
        if (shape._tag === "Instance") {
          const name = shape.of.name
          const without = (location?: SourceLocation): CapturedValueError =>
            refuse(path, holder, {
              description: `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name === "" ? "class instance" : name}`,
              why: "It is an instance of a class that does not go along.",
              remedy: "Hand over a plain object with its data, and make the instance in the function."
            }, location)
          // What such an object is lies where nobody can look
          if (builtins.has(shape.of) || Intrinsics.expressionOf(shape.of) !== undefined) return yield* without()
          if (!functions.has(shape.of)) {
            yield* Effect.mapError(
              visitFunction(shape.of, `the class of ${path}`, holder),
              (cause) => without(cause._tag === "CapturedValueError" ? undefined : cause.location)
            )
          }
          const made = functions.get(shape.of)
          if (made?._tag === "Source" && made.inner.privates) {
            return yield* refuse(path, holder, {
              description: `an instance of ${name}, which has private members`,
              why: "Nobody outside of the class can read them.",
              remedy: "Hand over a plain object with its data, and make the instance in the function."
            })
          }
        }
        const { accessor } =
          shape._tag === "Builtin" || shape._tag === "Leaf" || shape._tag === "View" || shape._tag === "Bytes"
            ? { accessor: undefined } : propertiesOf(value, shape._tag)
        if (accessor !== undefined) {
          return yield* refuse(`${path}${memberSegment(accessor.key)}`, holder, accessorRefusal)
        }
        objects.set(value, shape)
        for (const part of partsOf(value, shape)) enter(part.value, `${path}${part.segment}`, holder)
      })

    enter(entry, "", undefined)
    for (let at = 0; at < waiting.length; at++) {
      const next = waiting[at]
      if (next === undefined) continue
      const { holder, path, value } = next
      if (typeof value === "function") {
        const fn = value as AnyFunction // any function is
        if (!functions.has(fn) && !objects.has(fn)) yield* visitFunction(fn, path, holder)
      } else if (typeof value === "object" && value !== null) {
        if (!objects.has(value)) yield* visitObject(value, path, holder)
      } else if (typeof value === "symbol" && primitiveExpression(value) === undefined) {
        return yield* refuse(path, holder, {
          description: String(value),
          why: "A symbol is known to its own process only, unless it is registered.",
          remedy: `Make it with Symbol.for(${JSON.stringify(value.description ?? "")}).`
        })
      }
    }
    const [shared] = sharedVariables(functions.values())
    if (shared !== undefined) {
      const { by, name, others } = shared
      return yield* refuse(`\`${name}\``, {
        outer: undefined,
        says: `${by.because || `${label(by.value)} was asked for`}`,
        fn: undefined
      }, {
        description: "a variable that functions may share and change",
        why: `${nameOf(by)} assigns it, and ${others.map(nameOf).join(" and ")} ${
          others.length === 1 ? "uses" : "use"
        } it, too; in the package each would have its own.`,
        remedy: `Keep it in an object: const state = { ${name}: ... }. Objects stay shared.`
      }, by.location)
    }
    return { entry, functions, objects }
  })

const nameOf = ({ inner, location, value }: CapturedFunction): string =>
  inner.name || value.name || `the function at ${location}`

interface SharedVariable {
  readonly name: string
  /** The function that assigns it. */
  readonly by: CapturedFunction
  readonly others: ReadonlyArray<CapturedFunction>
}

/**
 * Variables that one of the functions assigns and others may see: the same declaration, with the same value now. Which
 * call of the function around them made them, nothing tells.
 */
const sharedVariables = (
  functions: Iterable<CapturedFunction | CapturedBinding>
): ReadonlyArray<SharedVariable> => {
  const users = new Map<string, Array<CapturedFunction>>()
  for (const each of functions) {
    if (each._tag !== "Source") continue
    for (const { declaration } of each.inner.captures) {
      const key = `${each.path}\0${declaration}`
      const known = users.get(key)
      if (known === undefined) users.set(key, [each])
      else known.push(each)
    }
  }
  return [...users.values()].flatMap((all) =>
    all.flatMap((by) => {
      const variable = by.inner.captures.find(({ declaration, isAssigned }) =>
        isAssigned && users.get(`${by.path}\0${declaration}`) === all
      )
      if (variable === undefined) return []
      const { name } = variable
      const others = all.filter((each) => each !== by && Object.is(each.variables.get(name), by.variables.get(name)))
      return others.length === 0 ? [] : [{ name, by, others }]
    })
  )
}

const accessorRefusal = {
  description: "a property with a getter or a setter",
  why: "What it gives is computed by code that holds on to more than can be seen.",
  remedy: "Hand over an object with plain properties."
}
