/**
 * What a package with proven loops holds beside its modules: for each module that has such a loop, and each that imports
 * one, a variant that can run it on threads; and for the threads, modules with nothing but the bodies of the loops and
 * the functions that they call. The modules themselves stay as they are.
 */
import MagicString from "magic-string"
import * as Order from "effect/Order"
import { relativeSpecifier } from "../codegen/Placement.ts"
import type * as Manifest from "../archive/Manifest.ts"
import type * as Ast from "../language/Ast.ts"
import { spanOf } from "../language/Ast.ts"
import { unwrap } from "../language/Syntax.ts"
import type { LoopProgram } from "./LoopProgram.ts"
import type { LoopVerdict } from "./LoopReport.ts"
import { type ModuleSyntax, packagePathOf, topKey } from "./ModuleSyntax.ts"
import type { ProvenLoop, ProvenLoops } from "./proveLoops.ts"
import type { Kind, Replay } from "./Replay.ts"
import type { Unit } from "./Unit.ts"

/** The package's path of what runs loops on threads. */
export const loopRuntime = "loops.mjs"

/** The package's path of the module that chooses between the modules and their variants. */
export const loopEntry = "loops_entry.mjs"

export interface LoopVariant {
  readonly path: string
  /** The path of the module that it is a variant of. */
  readonly of: string
  readonly text: string
}

/** Plain JSON, a function of the texts of the modules. */
export interface LoopPlan {
  readonly verdicts: ReadonlyArray<LoopVerdict>
  readonly variants: ReadonlyArray<LoopVariant>
  readonly bodies: ReadonlyArray<{ readonly path: string; readonly text: string }>
}

const stem = (path: string): string => path.endsWith(".mjs") ? path.slice(0, -".mjs".length) : path

export const variantPath = (path: string): string => `${stem(path)}.loops.mjs`

const bodiesPath = (path: string): string => `${stem(path)}.bodies.mjs`

/** The text of the module that stands for the one of `entry`: only an invocation that asks for it gets threads. */
export const loopEntryText = ({ export: exported, module }: Manifest.EntryPoint): string => {
  const [name = "default"] = exported.split(".")
  const specifier = (path: string): string => JSON.stringify(relativeSpecifier(loopEntry, path))
  return `import { isWide } from ${specifier(loopRuntime)};
const module = await (isWide() ? import(${specifier(variantPath(module))}) : import(${specifier(module)}));
const entry = module[${JSON.stringify(name)}];
export { entry as ${name} };
`
}

/** What one module gives to the threads. */
interface Bodies {
  readonly module: ModuleSyntax
  readonly functions: Set<string>
  readonly data: Set<string>
  readonly imports: Set<string>
  readonly loops: Array<string>
}

const slice = (module: ModuleSyntax, node: Ast.AnyNode): string => {
  const { end, start } = spanOf(node)
  return module.text.slice(start, end)
}

/** The statement with the values of `row` in the place of what other threads compute. */
const replayText = (module: ModuleSyntax, { hoisted, statement }: Replay, row: string): string => {
  const { end, start } = spanOf(statement)
  let text = ""
  let at = start
  hoisted.forEach(({ key, node }, index) => {
    const span = spanOf(node)
    text += `${module.text.slice(at, span.start)}${
      key === undefined ? "" : key === "__proto__" ? `["${key}"]: ` : `${key}: `
    }${row}[${index + 1}]`
    at = span.end
  })
  return text + module.text.slice(at, end)
}

/**
 * What a variant has in the place of `original`. The runtime knows what is put in by these comments ({@link inserted} has
 * others): neither the text of a function nor a stack shows it.
 */
const replaced = (mark: string, original: string, by: string): string =>
  `/*${mark}=${encodeURIComponent(original)}*/${by}/*${mark}.*/`

const inserted = (mark: string, text: string): string => `/*${mark}<*/${text}/*${mark}>*/`

const list = (names: Iterable<string>): string => [...names].join(", ")

export const planLoops = (program: LoopProgram, { loops, verdicts }: ProvenLoops): LoopPlan => {
  if (loops.length === 0) return { verdicts, variants: [], bodies: [] }
  const texts = [...program.modules.values()].map(({ text }) => text)
  let mark = "$loop"
  while (texts.some((text) => text.includes(mark))) mark += "_"

  const bodies = new Map<string, Bodies>()
  const bodiesOf = (module: ModuleSyntax): Bodies => {
    const known = bodies.get(module.path)
    if (known !== undefined) return known
    const made: Bodies = { module, functions: new Set(), data: new Set(), imports: new Set(), loops: [] }
    bodies.set(module.path, made)
    return made
  }
  const bring = (module: ModuleSyntax, unit: Unit): void => {
    const target = bodiesOf(module)
    for (const name of unit.data) target.data.add(name)
    for (const name of unit.imports) target.imports.add(name)
    for (const helper of unit.helpers) bodiesOf(helper.module).functions.add(helper.name)
  }
  for (const { helpers, module, unit } of loops) {
    bring(module, unit)
    for (const helper of helpers) bring(helper.module, helper.unit)
  }

  // Whoever imports a variant is one
  const varied = new Set([...loops.map(({ module }) => module.path)])
  for (const { data, module } of bodies.values()) if (data.size > 0) varied.add(module.path)
  for (let grown = true; grown;) {
    grown = false
    for (const module of program.modules.values()) {
      if (varied.has(module.path)) continue
      const imports = module.requests.some(({ specifier }) => varied.has(packagePathOf(module.path, specifier) ?? ""))
      if (!imports) continue
      varied.add(module.path)
      grown = true
    }
  }

  const edits = new Map(
    [...varied].flatMap((path) => {
      const module = program.modules.get(path)
      return module === undefined ? []
        : [[path, { module, text: new MagicString(module.text), imports: new Map<string, string>() }] as const]
    })
  )
  for (const { module, text } of edits.values()) {
    for (const { end, specifier, start } of module.requests) {
      const target = packagePathOf(module.path, specifier)
      if (target !== undefined && varied.has(target)) {
        const specifierOf = JSON.stringify(relativeSpecifier(module.path, variantPath(target)))
        text.update(start, end, replaced(mark, module.text.slice(start, end), specifierOf))
      }
    }
  }

  for (const loop of loops) {
    const target = edits.get(loop.module.path)
    if (target === undefined) continue
    const owner = bodiesOf(loop.module)
    const index = owner.loops.length
    const name = `${mark}Body${index}`
    owner.loops.push(bodyText(loop, name, mark))
    // Helpers of other modules may read data there
    const sets = [...new Set([loop.module, ...loop.helpers.map(({ module }) => module)])]
      .filter((module) => bodiesOf(module).data.size > 0)
    const getters = sets.map((module) => {
      if (module === loop.module) return `${mark}Values()`
      const known = target.imports.get(module.path) ?? `${mark}Values${target.imports.size}`
      target.imports.set(module.path, known)
      return `${known}()`
    })
    weave(loop, target.text, mark, index, {
      plan: bodiesPath(loop.module.path),
      body: name,
      set: `${mark}Set`,
      depths: accumulatorsOf(loop).map(([, depth]) => depth),
      sets: sets.map((module) => bodiesPath(module.path)),
      stateful: loop.unit.stateful || loop.helpers.some(({ unit }) => unit.stateful),
      guarded: loop.guarded,
      kinds: kindsOf(loop),
      strict: strictOf(loop),
      copies: loop.unit.replays.some(({ label }) => label.includes(".set")),
      range: loop.course._tag === "Range",
      over: loop.course._tag === "Values" ? loop.course.source?.method ?? null : null
    }, getters)
  }

  const variants = [...edits.values()].map(({ imports, module, text }): LoopVariant => {
    const hasLoops = loops.some((loop) => loop.module === module)
    if (hasLoops) {
      text.append(`import { loop as ${mark} } from ${JSON.stringify(relativeSpecifier(module.path, loopRuntime))};\n`)
    }
    for (const [path, name] of imports) {
      text.append(
        `import { ${mark}Values as ${name} } from ${
          JSON.stringify(relativeSpecifier(module.path, variantPath(path)))
        };\n`
      )
    }
    const data = bodies.get(module.path)?.data ?? new Set()
    if (data.size > 0) text.append(`export const ${mark}Values = () => [${list([...data].sort(Order.string))}];\n`)
    return {
      path: variantPath(module.path),
      of: module.path,
      text: text.toString()
    }
  })
  return {
    verdicts,
    variants: variants.sort((a, b) => Order.string(a.path, b.path)),
    bodies: [...bodies.values()].map((each) => ({
      path: bodiesPath(each.module.path),
      text: bodiesText(program, each, mark)
    })).sort((a, b) => Order.string(a.path, b.path))
  }
}

/** What the runtime is told of a loop. */
interface Spec {
  readonly plan: string
  readonly body: string
  /** The function by which such a module takes its data. */
  readonly set: string
  /** How far below an accumulator something is changed. */
  readonly depths: ReadonlyArray<number>
  readonly sets: ReadonlyArray<string>
  readonly stateful: boolean
  readonly guarded: ReadonlyArray<number>
  /** By accumulator: what it has to be, so that updates in a `try` cannot fail. */
  readonly kinds: ReadonlyArray<ReadonlyArray<Kind>>
  /** By reduction: which of its values must be no objects, for updates change what lies there. Counted from 1. */
  readonly strict: ReadonlyArray<ReadonlyArray<number>>
  /** Whether an update is a call of `set`. */
  readonly copies: boolean
  readonly range: boolean
  /** `entries`, `keys` or `values`, if it goes over the iterator that such a method gives. */
  readonly over: string | null
}

/** By name, with the greatest depth. */
const accumulatorsOf = ({ unit }: ProvenLoop): ReadonlyArray<readonly [string, number]> => {
  const depths = new Map<string, number>()
  for (const { depth, name } of unit.replays) depths.set(name, Math.max(depth, depths.get(name) ?? 0))
  return [...depths]
}

const kindsOf = (loop: ProvenLoop): Spec["kinds"] =>
  accumulatorsOf(loop).map(([name]) => {
    const updates = loop.unit.replays.flatMap((replay, index) => replay.name === name ? [{ replay, index }] : [])
    // What another update makes a text, say, would no longer be a list
    const kinds = updates.flatMap(({ index, replay }) =>
      loop.guarded.includes(index) || replay.kind === "Primitive" ? [replay.kind] : []
    )
    return updates.some(({ index }) => loop.guarded.includes(index)) ? [...new Set(kinds)] : []
  })

const strictOf = (loop: ProvenLoop): Spec["strict"] => {
  const depths = new Map(accumulatorsOf(loop))
  return loop.unit.replays.map(({ hoisted, name }) =>
    hoisted.flatMap(({ landing }, index) =>
      landing === undefined || landing <= (depths.get(name) ?? 0) ? [index + 1] : []
    )
  )
}

/** Changes the loop so that it asks before each iteration whether another thread has computed it. */
const weave = (
  loop: ProvenLoop,
  text: MagicString,
  mark: string,
  index: number,
  spec: Spec,
  getters: ReadonlyArray<string>
): void => {
  const { course, module, statement, unit } = loop
  const { end, start } = spanOf(statement)
  const run = `${mark}Run`
  const captured = [...unit.captured.values()].map(({ value }) => value)
  const source = course._tag === "Range"
    // Something else than a number might count how often it is asked
    ? [...course.measured.map((each) => slice(module, each)),
      ...course.numbers.map((each) => `typeof ${slice(module, each)} === "number" ? "" : null`)]
    : course.source === undefined
    ? []
    : [slice(module, course.source.object)]
  const thunks = [captured, accumulatorsOf(loop).map(([each]) => each), getters, source]
    .map((each) => `() => [${list(each)}]`)
    .join(", ")
  const over = course._tag === "Values"
    ? slice(module, course.values)
    : `[() => ${slice(module, course.start)}, () => ${slice(module, course.end)}, ${course.step}, ${course.inclusive}]`
  // The error of what cannot be iterated names the expression
  const again = course._tag === "Values" && ["Identifier", "MemberExpression"].includes(unwrap(course.values).type)
    ? `if (${run}.isOdd) for (const ${mark}Item of ${over}) {}\n`
    : ""
  // Where in it stands what it goes over: errors of that are of the loop's header
  const header = course._tag === "Values" ? `/*${mark}[*/${over}/*${mark}]*/` : over
  text.appendLeft(
    start,
    inserted(mark, `{\nconst ${run} = ${mark}(${mark}Spec${index}(), ${thunks}, ${header});\n${again}`)
  )
  // Made once, and there even before the module is evaluated to its end
  text.append(
    `var ${mark}Made${index};\nfunction ${mark}Spec${index}() {\nreturn ${mark}Made${index} ??= ${
      JSON.stringify(spec)
    };\n}\n`
  )
  if (course._tag === "Values") {
    const span = spanOf(course.values)
    text.update(span.start, span.end, replaced(mark, over, `${run}.items`))
  }
  const cases = unit.replays.map((replay, index) =>
    `case ${index}:\n${replayText(module, replay, `${mark}Row`)}\nbreak;\n`
  ).join("")
  const take = unit.awaits
    ? `let ${mark}Step = ${run}.next();\nif (${mark}Step === ${run}) ${mark}Step = await ${run}.later();\n`
    : `const ${mark}Step = ${run}.nextNow();\n`
  text.appendRight(
    spanOf(statement.body).start + 1,
    inserted(
      mark,
      `\n${take}if (${mark}Step !== void 0) {\nfor (const ${mark}Row of ${mark}Step) switch (${mark}Row[0]) {\n${cases}}\ncontinue;\n}\n`
    )
  )
  text.appendRight(end, inserted(mark, "\n}"))
}

/** The function that makes the body's function out of what the loop's surroundings hold. */
const bodyText = ({ continues, module, statement, unit, variable }: ProvenLoop, name: string, mark: string): string => {
  const text = new MagicString(module.text)
  unit.replays.forEach(({ hoisted, statement: update }, index) => {
    const { end, start } = spanOf(update)
    const values = hoisted.map(({ node, spread }) => {
      const value = slice(module, node)
      return spread === "array" ? `[...${value}]` : spread === "object" ? `{...${value}}` : value
    })
    text.update(start, end, `${mark}Out.push([${[String(index), ...values].join(", ")}]);`)
  })
  for (const node of continues) {
    const { end, start } = spanOf(node)
    text.update(start, end, "return;")
  }
  const inner = [...unit.inner.keys()]
    .flatMap((key) => {
      const statement = module.bindings.get(key)?.statement
      return statement === undefined ? [] : [statement]
    })
    .sort((a, b) => spanOf(a).start - spanOf(b).start)
    .map((each) => `${slice(module, each)}\n`)
  const { end, start } = spanOf(statement.body)
  const [declarator] = variable.declarations
  const pattern = declarator === undefined ? "" : slice(module, declarator.id)
  const captured = [...unit.captured.values()].map(({ value }) => value)
  return `export const ${name} = ([${list(captured)}]) => {
${inner.join("")}return ${unit.awaits ? "async " : ""}(${mark}Item, ${mark}Out) => {
${variable.kind} ${pattern} = ${mark}Item;
${text.slice(start, end)}
};
};
`
}

const bodiesText = (
  program: LoopProgram,
  { data, functions, imports, loops, module }: Bodies,
  mark: string
): string => {
  const lines = [...imports].sort(Order.string).flatMap((local) => {
    const imported = module.imports.get(local)
    if (imported === undefined) return []
    const meaning = program.meaning(module, local)
    if (meaning._tag === "Function" || meaning._tag === "Literal") {
      const from = relativeSpecifier(module.path, bodiesPath(meaning.module.path))
      return [`import { ${meaning.name} as ${local} } from ${JSON.stringify(from)};\n`]
    }
    const from = JSON.stringify(imported.specifier)
    return imported.imported === "*"
      ? [`import * as ${local} from ${from};\n`]
      : [`import { ${imported.imported} as ${local} } from ${from};\n`]
  })
  const values = list([...data].sort(Order.string))
  const own = [...functions].flatMap((name) => {
    const binding = module.bindings.get(topKey(name))
    return binding?.statement === undefined ? [] : [[spanOf(binding.statement).start, binding.statement] as const]
  }).sort(([a], [b]) => a - b)
  return [
    ...lines,
    ...(data.size === 0 ? []
      : [`let ${values};\nexport const ${mark}Set = (${mark}) => {\n[${values}] = ${mark};\n};\n`]),
    ...own.map(([, statement]) => `${slice(module, statement)}\n`),
    ...(functions.size === 0 ? [] : [`export { ${list([...functions].sort(Order.string))} };\n`]),
    ...loops
  ].join("")
}
