/**
 * Captured values as a module of the package: one statement after the other makes the same graph of objects again.
 */
import type { AnyFunction } from "../FunctionLocator.ts"
import type { CapturedFunction, CaptureGraph } from "./CaptureGraph.ts"
import { ownPrototype, propertiesOf } from "./Parts.ts"
import { primitiveExpression, type Shape } from "./Shape.ts"

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

const base64 = (bytes: Uint8Array): string => {
  let text = ""
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

const identifier = /^[A-Za-z_$][\w$]*$/

const member = (of: string, key: string): string =>
  identifier.test(key) ? `${of}.${key}` : `${of}[${JSON.stringify(key)}]`

/** The text of the module. Equal graphs give equal texts. */
export const printCaptures = (
  graph: CaptureGraph,
  importOf: (fn: CapturedFunction) => FunctionImport
): string => {
  const names = new Map<object, string>()
  const imports: Array<string> = []
  const early: Array<string> = []
  const late: Array<string> = []
  const shells: Array<string> = []
  const classes: Array<string> = []
  const frozen: Array<string> = []
  const builtins = new Map<string, string>()
  let usesBytes = false
  let usesBuffer = false

  let functionCount = 0
  for (const fn of graph.functions.keys()) names.set(fn, `f${functionCount++}`)
  let objectCount = 0
  for (const [value, shape] of graph.objects) {
    if (shape._tag !== "Builtin" && (shape._tag !== "Leaf" || typeof value !== "function")) {
      names.set(value, `v${objectCount++}`)
    }
  }

  const expression = (value: unknown): string => {
    const primitive = primitiveExpression(value)
    if (primitive !== undefined) return primitive
    if ((typeof value !== "object" && typeof value !== "function") || value === null) return "undefined"
    const shape = graph.objects.get(value)
    if (shape?._tag === "Builtin") {
      const local = shape.module.replaceAll(/\W/g, "_")
      builtins.set(local, `import * as ${local} from ${JSON.stringify(shape.module)};`)
      return shape.path.reduce(member, local)
    }
    return names.get(value) ?? (shape?._tag === "Leaf" ? shape.expression : "undefined")
  }

  const isInnerClass = (fn: unknown): boolean => {
    const found = typeof fn === "function" ? graph.functions.get(fn as AnyFunction) : undefined // any function is
    return found?._tag === "Source" && found.inner.kind === "class" && found.variables.size > 0
  }
  /** Made only after classes that use variables: such a class, an instance, what `bind` makes of one. */
  const isLate = (value: unknown): boolean => {
    if (typeof value === "function") {
      const found = graph.functions.get(value as AnyFunction) // any function is
      return found?._tag === "Bound" || isInnerClass(value)
    }
    return typeof value === "object" && value !== null && graph.objects.get(value)?._tag === "Instance"
  }

  // Functions
  const done = new Set<object>()
  const opened = new Set<object>()
  const bind = (fn: CapturedFunction, holder: string): string =>
    `${holder}.bind({ ${
      fn.inner.captures.map(({ name }) => {
        const given = expression(fn.variables.get(name))
        return given === name ? name : `${name}: ${given}`
      }).join(", ")
    } });`
  /** What can only be made when what it needs is there. */
  const settle = (value: unknown): void => {
    if (!isLate(value) || typeof value !== "object" && typeof value !== "function" || value === null) return
    if (done.has(value) || opened.has(value)) return
    opened.add(value)
    const name = names.get(value) ?? ""
    if (typeof value === "function") {
      const found = graph.functions.get(value as AnyFunction) // any function is
      if (found?._tag === "Bound") {
        for (const each of [found.target, found.receiver, ...found.args]) settle(each)
        const args = [found.receiver, ...found.args].map(expression).join(", ")
        classes.push(`const ${name} = ${expression(found.target)}.bind(${args});`)
      } else if (found !== undefined) {
        for (const each of found.variables.values()) settle(each)
        classes.push(bind(found, `${name}_`), `const ${name} = ${name}_.make();`)
      }
    } else {
      const shape = graph.objects.get(value)
      if (shape?._tag === "Instance") {
        settle(shape.of)
        classes.push(`const ${name} = Object.create(${expression(shape.of)}.prototype);`)
      }
    }
    done.add(value)
  }

  for (const fn of graph.functions.values()) {
    if (fn._tag === "Bound") continue
    const name = names.get(fn.value) ?? ""
    const { exported, made, path, specifier } = importOf(fn)
    const local = made ? `${name}_` : path.length === 0 ? name : `${name}_`
    const imported = made ? `${name}__` : local
    imports.push(`import { ${exported} as ${imported} } from ${JSON.stringify(specifier)};`)
    if (made) shells.push(`const ${local} = ${name}__();`)
    if (!made && path.length > 0) shells.push(`const ${name} = ${path.reduce(member, local)};`)
    if (made && !isInnerClass(fn.value)) {
      shells.push(`const ${name} = ${local}.make();`)
      ;([...fn.variables.values()].some(isLate) ? late : early).push(bind(fn, local))
    }
  }

  // Objects
  const fill = (value: object, name: string, shape: Shape | "Function" | "Prototype"): void => {
    const tag = typeof shape === "string" ? shape : shape._tag
    const { properties } = propertiesOf(value, tag)
    const isUsual = (enumerable: boolean, key: string | symbol): boolean =>
      enumerable || (tag === "Error" && (key === "cause" || key === "errors"))
    const statements = properties.map(({ enumerable, key, value: each }) => {
      const written = expression(each)
      const place = typeof key === "symbol" ? `${name}[${primitiveExpression(key)}]`
        : tag === "Array" && /^\d+$/.test(key) ? `${name}[${key}]` : member(name, key)
      return isUsual(enumerable, key) && enumerable && key !== "__proto__"
        ? `${place} = ${written};`
        : `Object.defineProperty(${name}, ${
          typeof key === "symbol" ? primitiveExpression(key) : JSON.stringify(key)
        }, { value: ${written}, writable: true, enumerable: ${enumerable}, configurable: true });`
    })
    ;(properties.some((property) => isLate(property.value) || isLate(property.key)) || tag === "Instance" ||
        tag === "Function" || tag === "Prototype"
      ? late : early).push(...statements)
    if (tag !== "Function" && Object.isFrozen(value)) frozen.push(`Object.freeze(${name});`)
    else if (tag !== "Function" && Object.isSealed(value)) frozen.push(`Object.seal(${name});`)
    else if (tag !== "Function" && !Object.isExtensible(value)) frozen.push(`Object.preventExtensions(${name});`)
  }
  for (const [value, shape] of graph.objects) {
    const name = names.get(value)
    if (name === undefined) continue
    switch (shape._tag) {
      case "Leaf":
        shells.push(`const ${name} = ${shape.expression};`)
        break
      case "Bytes": {
        usesBytes = true
        usesBuffer ||= shape.kind === "Buffer"
        const made = `bytes(${JSON.stringify(base64(shape.bytes))})`
        shells.push(`const ${name} = ${shape.kind === "Buffer" ? `Buffer.from(${made})` : made};`)
        break
      }
      case "View":
        // Behind its buffer, which was found through it
        early.unshift(
          `const ${name} = new ${shape.constructor}(${expression(shape.buffer)}, ${shape.offset}, ${shape.length});`
        )
        break
      case "Array": {
        const items = value as ReadonlyArray<unknown> // its shape says so
        const isWhole = items.length > 0 && Reflect.ownKeys(items).length === items.length + 1 &&
          Object.keys(items).every((key, index) => key === String(index))
        if (isWhole && items.every((each) => primitiveExpression(each) !== undefined)) {
          shells.push(`const ${name} = [${items.map(expression).join(", ")}];`)
          if (Object.isFrozen(items)) frozen.push(`Object.freeze(${name});`)
          break
        }
        shells.push(`const ${name} = [];`)
        if (items.length > 0) early.push(`${name}.length = ${items.length};`)
        fill(value, name, shape)
        break
      }
      case "Plain":
        shells.push(`const ${name} = ${shape.nullPrototype ? "Object.create(null)" : "{}"};`)
        fill(value, name, shape)
        break
      case "Map": {
        shells.push(`const ${name} = new Map();`)
        const entries = [...(value as ReadonlyMap<unknown, unknown>)] // its shape says so
        ;(entries.some(([key, each]) => isLate(key) || isLate(each)) ? late : early).push(
          ...entries.map(([key, each]) => `${name}.set(${expression(key)}, ${expression(each)});`)
        )
        fill(value, name, shape)
        break
      }
      case "Set": {
        shells.push(`const ${name} = new Set();`)
        const entries = [...(value as ReadonlySet<unknown>)] // its shape says so
        ;(entries.some(isLate) ? late : early).push(...entries.map((each) => `${name}.add(${expression(each)});`))
        fill(value, name, shape)
        break
      }
      case "Error":
        shells.push(
          `const ${name} = new ${shape.constructor}(${JSON.stringify(shape.message)});`,
          `${name}.stack = ${JSON.stringify(`${shape.name}: ${shape.message}`)};`
        )
        fill(value, name, shape)
        break
      case "Instance":
        fill(value, name, shape)
        break
      case "Refused":
        break
    }
  }
  for (const fn of graph.functions.values()) {
    if (fn._tag === "Source" && fn.inner.declared === undefined && fn.inner.kind !== "class") {
      const name = names.get(fn.value) ?? ""
      fill(fn.value, name, "Function")
      const prototype = ownPrototype(fn.value)
      if (prototype !== undefined) fill(prototype, `${name}.prototype`, "Prototype")
    }
  }
  for (const value of [...graph.functions.keys(), ...graph.objects.keys()]) settle(value)

  return [
    ...(usesBuffer ? [`import { Buffer } from "node:buffer";`] : []),
    ...builtins.values(),
    ...imports,
    ...(usesBytes ? [bytesFunction] : []),
    ...shells,
    ...early,
    ...classes,
    ...late,
    ...frozen,
    `export { ${names.get(graph.entry)} as ${entryExport} };`,
    ""
  ].join("\n")
}
