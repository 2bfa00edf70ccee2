/**
 * Captured values as a module of the package: one statement after the other makes the same graph of objects again.
 */
import { heritage } from "../modules/InnerFunction.ts"
import type { AnyFunction } from "./FunctionLocator.ts"
import type { CapturedFunction, CapturedMember, CaptureGraph } from "./CaptureGraph.ts"
import type { OwnProperty, OwnState } from "./OwnState.ts"
import { type Made, primitiveExpression } from "./Shape.ts"

/** How a function of the project is had in the module. */
export interface FunctionImport {
  readonly specifier: string
  /** The exported name, then members below it. */
  readonly exported: string
  readonly path: ReadonlyArray<string>
  /** Whether it comes as `{ bind, make }`. */
  readonly made: boolean
}

/** The name under which the module exports the function that was asked for. */
export const entryExport = "main"

const bytesFunction = `const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0)).buffer;`

const resizableFunction = `const resizable = (fixed, maxByteLength) => {
  const buffer = new ArrayBuffer(fixed.byteLength, { maxByteLength });
  if (!buffer.resizable) throw new TypeError("This runtime has no resizable ArrayBuffer, which the function captures.");
  new Uint8Array(buffer).set(new Uint8Array(fixed));
  return buffer;
};`

const base64 = (bytes: Uint8Array): string => {
  let text = ""
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

const identifier = /^[A-Za-z_$][\w$]*$/

const member = (of: string, key: string): string =>
  identifier.test(key) ? `${of}.${key}` : `${of}[${/^(?:0|[1-9]\d*)$/.test(key) ? key : JSON.stringify(key)}]`

const asFunction = (value: unknown): AnyFunction | undefined =>
  typeof value === "function" ? value as AnyFunction : undefined // any function is

/** The text of the module. Equal graphs give equal texts. */
export const printCaptures = (
  graph: CaptureGraph,
  importOf: (fn: CapturedFunction) => FunctionImport
): string => {
  const names = new Map<unknown, string>()
  const imports: Array<string> = []
  /** Everything that can be made from nothing, or from what stands before it. */
  const shells: Array<string> = []
  const views: Array<string> = []
  const early: Array<string> = []
  const classes: Array<string> = []
  const late: Array<string> = []
  /** What makes them unchangeable. */
  const closed: Array<string> = []
  const builtins = new Map<string, string>()
  const used = new Set<"bytes" | "resizable" | "Buffer">()

  let functionCount = 0
  for (const fn of graph.functions.keys()) names.set(fn, `f${functionCount++}`)
  let objectCount = 0
  for (const [value, { shape }] of graph.objects) {
    if (shape._tag === "Made" || (shape._tag === "Leaf" && typeof value !== "function")) {
      names.set(value, `v${objectCount++}`)
    }
  }
  let symbolCount = 0
  for (const symbol of graph.symbols) {
    names.set(symbol, `s${symbolCount}`)
    const description = symbol.description === undefined ? "" : JSON.stringify(symbol.description)
    shells.push(`const s${symbolCount++} = Symbol(${description});`)
  }

  const expression = (value: unknown): string => {
    const primitive = primitiveExpression(value)
    if (primitive !== undefined) return primitive
    const shape = typeof value === "object" || typeof value === "function" ? graph.objects.get(Object(value))?.shape
      : undefined
    if (shape?._tag === "Builtin") {
      const local = shape.module.replaceAll(/\W/g, "_")
      builtins.set(local, `import * as ${local} from ${JSON.stringify(shape.module)};`)
      return shape.path.reduce(member, local)
    }
    const known = names.get(value) ?? (shape?._tag === "Leaf" ? shape.expression : undefined)
    if (known === undefined) throw new Error(`No captured value was found for ${typeof value}`)
    return known
  }

  const isInnerClass = (fn: CapturedFunction): boolean => fn.inner.kind === "class" && fn.variables.size > 0
  /** Made only after classes that use variables: such a class and its parts, and what `bind` makes. */
  const isLate = (value: unknown): boolean => {
    const fn = asFunction(value)
    if (fn === undefined) {
      const shape = typeof value === "object" && value !== null ? graph.objects.get(value)?.shape : undefined
      return shape?._tag === "Made" && shape.making._tag === "Prototype" && isLate(shape.making.of)
    }
    const found = graph.functions.get(fn)
    return found?._tag === "Bound" || (found?._tag === "Source" && isInnerClass(found)) ||
      (found?._tag === "Member" && isLate(found.of))
  }

  const descriptorOf = ({ isStatic, key, of, part }: CapturedMember): string =>
    `Object.getOwnPropertyDescriptor(${expression(of)}${isStatic ? "" : ".prototype"}, ${keyText(key)}).${part}`

  const keyText = (key: string | symbol): string => typeof key === "symbol" ? expression(key) : JSON.stringify(key)

  // Functions
  const done = new Set<unknown>()
  const opened = new Set<unknown>()
  const bind = (fn: CapturedFunction, holder: string, isThere: (value: unknown) => boolean): string =>
    `${holder}.bind({ ${
      fn.inner.captures.filter(({ name }) => isThere(fn.variables.get(name))).map(({ name }) => {
        const given = expression(fn.variables.get(name))
        return given === name ? name : `${name}: ${given}`
      }).join(", ")
    } });`
  /** What can only be made when what it needs is there. */
  const settle = (value: unknown): void => {
    if (!isLate(value) || done.has(value) || opened.has(value)) return
    opened.add(value)
    const name = names.get(value) ?? ""
    const fn = asFunction(value)
    const found = fn === undefined ? undefined : graph.functions.get(fn)
    if (found?._tag === "Bound") {
      for (const each of [found.target, found.receiver, ...found.args]) settle(each)
      const args = [found.receiver, ...found.args].map(expression).join(", ")
      classes.push(`const ${name} = Function.prototype.bind.call(${expression(found.target)}, ${args});`)
    } else if (found?._tag === "Member") {
      settle(found.of)
      classes.push(`const ${name} = ${descriptorOf(found)};`)
    } else if (found !== undefined) {
      settle(found.variables.get(heritage))
      for (const each of found.variables.values()) settle(each)
      const isThere = (each: unknown): boolean => !isLate(each) || done.has(each)
      classes.push(bind(found, `${name}_`, isThere), `const ${name} = ${name}_.make();`)
      // Classes that mention each other
      if (![...found.variables.values()].every(isThere)) late.unshift(bind(found, `${name}_`, () => true))
    } else {
      const shape = graph.objects.get(Object(value))?.shape
      if (shape?._tag === "Made" && shape.making._tag === "Prototype") {
        settle(shape.making.of)
        classes.push(`const ${name} = ${expression(shape.making.of)}.prototype;`)
      }
    }
    done.add(value)
  }

  for (const fn of graph.functions.values()) {
    const name = names.get(fn.value) ?? ""
    if (fn._tag === "Member" && !isLate(fn.value)) shells.push(`const ${name} = ${descriptorOf(fn)};`)
    if (fn._tag !== "Source") continue
    const { exported, made, path, specifier } = importOf(fn)
    const local = made ? `${name}_` : path.length === 0 ? name : `${name}_`
    const imported = made ? `${name}__` : local
    imports.push(`import { ${exported} as ${imported} } from ${JSON.stringify(specifier)};`)
    if (made) shells.push(`const ${local} = ${name}__();`)
    if (!made && path.length > 0) shells.push(`const ${name} = ${path.reduce(member, local)};`)
    if (made && !isInnerClass(fn)) {
      shells.push(`const ${name} = ${local}.make();`)
      ;([...fn.variables.values()].some(isLate) ? late : early).push(bind(fn, local, () => true))
    }
  }

  // Objects
  const propertyText = (
    name: string,
    { accessor, configurable, enumerable, isAssigned, key, value, writable }: OwnProperty
  ) => {
    if (accessor !== undefined) {
      return `Object.defineProperty(${name}, ${keyText(key)}, { get: ${expression(accessor.get)}, set: ${
        expression(accessor.set)
      }, enumerable: ${enumerable}, configurable: ${configurable} });`
    }
    const place = typeof key === "symbol" ? `${name}[${expression(key)}]` : member(name, key)
    return isAssigned ? `${place} = ${expression(value)};`
      : `Object.defineProperty(${name}, ${keyText(key)}, { value: ${
        expression(value)
      }, writable: ${writable}, enumerable: ${enumerable}, configurable: ${configurable} });`
  }
  const closing = { open: undefined, closed: "preventExtensions", sealed: "seal", frozen: "freeze" } as const
  /** Puts on it what belongs to it, after `content`. */
  const fill = (
    value: object,
    own: OwnState,
    content: ReadonlyArray<string> = [],
    parts: ReadonlyArray<unknown> = []
  ) => {
    const name = expression(value)
    const statements = [
      ...content,
      ...own.removed.map((key) =>
        `delete ${typeof key === "symbol" ? `${name}[${expression(key)}]` : member(name, key)};`
      ),
      ...own.properties.map((each) => propertyText(name, each)),
      ...own.prototype === undefined ? []
        : [`Object.setPrototypeOf(${name}, ${expression(own.prototype.value)});`]
    ]
    const isBehind = isLate(value) || isLate(own.prototype?.value) || parts.some(isLate) ||
      own.properties.some((each) => isLate(each.value) || isLate(each.accessor?.get) || isLate(each.accessor?.set))
    ;(isBehind ? late : early).push(...statements)
    const close = closing[own.integrity]
    if (close !== undefined) closed.push(`Object.${close}(${name});`)
  }

  const sharedBuffers = bufferRanges(graph)
  const made = (value: object, { making }: Made, own: OwnState): void => {
    const name = names.get(value) ?? ""
    const shell = (text: string): void => {
      shells.push(`const ${name} = ${text};`)
    }
    const bytesOf = (content: Uint8Array): string => {
      used.add("bytes")
      return `bytes(${JSON.stringify(base64(content))})`
    }
    switch (making._tag) {
      case "Literal":
        shell(making.expression)
        return fill(value, own)
      case "URL":
        shell(`new URL(${JSON.stringify(making.href)})`)
        return fill(value, own)
      case "SearchParams":
        views.push(`const ${name} = ${expression(making.of)}.searchParams;`)
        return fill(value, own)
      case "Error":
        shell(`new ${making.constructor}(${making.message === undefined ? "" : JSON.stringify(making.message)})`)
        return fill(value, own)
      case "ArrayBuffer":
        if (making.maxByteLength === undefined) shell(bytesOf(making.bytes))
        else {
          used.add("resizable")
          shell(`resizable(${bytesOf(making.bytes)}, ${making.maxByteLength})`)
        }
        return fill(value, own)
      case "Buffer": {
        used.add("Buffer")
        const range = sharedBuffers.get(making.buffer)
        if (graph.objects.has(making.buffer)) {
          views.push(
            `const ${name} = Buffer.from(${expression(making.buffer)}, ${making.offset}, ${making.bytes.length});`
          )
        } else if (range === undefined) shell(`Buffer.from(${bytesOf(making.bytes)})`)
        else {
          if (!names.has(making.buffer)) {
            names.set(making.buffer, `b${names.size}`)
            shells.push(`const ${names.get(making.buffer)} = ${bytesOf(range.bytes)};`)
          }
          views.push(
            `const ${name} = Buffer.from(${names.get(making.buffer)}, ${
              making.offset - range.start
            }, ${making.bytes.length});`
          )
        }
        return fill(value, own)
      }
      case "View": {
        const length = making.length === undefined ? "" : `, ${making.length}`
        views.push(
          `const ${name} = new ${making.constructor}(${expression(making.buffer)}, ${making.offset}${length});`
        )
        return fill(value, own)
      }
      case "Prototype":
        if (!isLate(value)) shell(`${expression(making.of)}.prototype`)
        return fill(value, own)
      case "Array": {
        const { length } = making
        const isWhole = length > 0 && own.properties.length === length &&
          own.properties.every((each, at) =>
            each.key === String(at) && each.isAssigned && primitiveExpression(each.value) !== undefined
          )
        if (isWhole) {
          shell(`[${own.properties.map((each) => expression(each.value)).join(", ")}]`)
          return fill(value, { ...own, properties: [] })
        }
        shell("[]")
        return fill(value, own, length > 0 ? [`${name}.length = ${length};`] : [])
      }
      case "Map":
        shell("new Map()")
        return fill(
          value,
          own,
          making.entries.map(([key, each]) => `${name}.set(${expression(key)}, ${expression(each)});`),
          making.entries.flat()
        )
      case "Set":
        shell("new Set()")
        return fill(value, own, making.values.map((each) => `${name}.add(${expression(each)});`), making.values)
    }
  }
  for (const [value, { own, shape }] of graph.objects) {
    if (shape._tag === "Made") made(value, shape, own)
    else if (shape._tag === "Leaf" && names.has(value)) shells.push(`const ${names.get(value)} = ${shape.expression};`)
  }
  for (const fn of graph.functions.values()) if (fn._tag !== "Member") fill(fn.value, fn.own)
  for (const value of [...graph.functions.keys(), ...graph.objects.keys()]) settle(value)

  return [
    ...(used.has("Buffer") ? [`import { Buffer } from "node:buffer";`] : []),
    ...builtins.values(),
    ...imports,
    ...(used.has("bytes") ? [bytesFunction] : []),
    ...(used.has("resizable") ? [resizableFunction] : []),
    ...shells,
    ...views,
    ...early,
    ...classes,
    ...late,
    ...closed,
    `export { ${names.get(graph.entry)} as ${entryExport} };`,
    ""
  ].join("\n")
}

interface BufferRange {
  readonly start: number
  readonly bytes: Uint8Array
}

/** The bytes below several `Buffer`s that share them: what one writes, the others see. */
const bufferRanges = (graph: CaptureGraph): ReadonlyMap<object, BufferRange> => {
  const all = new Map<object, Array<Extract<Made["making"], { readonly _tag: "Buffer" }>>>()
  for (const { shape } of graph.objects.values()) {
    if (shape._tag !== "Made" || shape.making._tag !== "Buffer") continue
    const known = all.get(shape.making.buffer)
    if (known === undefined) all.set(shape.making.buffer, [shape.making])
    else known.push(shape.making)
  }
  const found = new Map<object, BufferRange>()
  for (const [buffer, parts] of all) {
    if (parts.length < 2) continue
    const start = Math.min(...parts.map(({ offset }) => offset))
    const end = Math.max(...parts.map(({ bytes, offset }) => offset + bytes.length))
    // What lies between them is nobody's
    const bytes = new Uint8Array(end - start)
    for (const part of parts) bytes.set(part.bytes, part.offset - start)
    found.set(buffer, { start, bytes })
  }
  return found
}
