/**
 * Writes a project of the model in a spelling.
 */
import type { ClusterConfig } from "../../core/config/ClusterConfig.ts"
import type { Declaration, Fill, Item, ModuleModel, ProjectModel } from "./ProjectModel.ts"
import { declarationOf, moduleOf, type Needed, needed } from "./ProjectModel.ts"
import type { Files, Project } from "./Packing.ts"
import { lineComments, type Spelling } from "./Spelling.ts"

/** What an item becomes: its lines, and how its name leaves the module. */
interface Printed {
  readonly lines: ReadonlyArray<string>
  /** Lines of declarations that could be written in one with the one before: `const a = 1, b = 2`. */
  readonly declarator?: string | undefined
}

/** An expression that uses `declaration` by its name. */
const use = (declaration: Declaration, s: Spelling): string => {
  const { kind, name } = declaration
  switch (kind) {
    case "function":
    case "arrow":
      return `${name}(${s.number(1)})`
    case "async":
      return s.parenthesised(`await ${name}(${s.number(2)})`)
    case "generator":
      return `[...${name}(${s.number(3)})]${s.property("length")}`
    case "constant":
    case "regex":
    case "json":
    case "data":
    case "workingData":
    case "npm":
    case "builtin":
      return s.cast(`String(${name})`, "string")
    case "object":
      return `JSON.stringify(${name})`
    case "class":
    case "subclass":
      return `new ${name}(${s.number(4)})${s.property("get")}()`
    case "enum":
      return `${name}${s.property("B")}`
    case "namespace":
      return `${name}${s.property("inner")}(${s.number(5)})`
    case "table":
      return `${name}${s.property("get")}(${s.text("k1")})`
  }
}

const body = (
  declaration: Declaration,
  uses: ReadonlyArray<string>,
  s: Spelling,
  result: "return" | "yield"
): ReadonlyArray<string> => {
  const { local, salt } = declaration
  return [
    `  const ${local}${s.type("number")}${s.gap()}=${s.gap()}${s.number(salt)}${s.end()}`,
    `  if (x${s.gap()}> ${s.number(salt)}) ${s.branch(`throw new Error(${s.text("it's too much")})${s.end()}`)}`,
    `  let seen = ${s.cast(s.number(0), "number")}${s.end()}`,
    `  for (const each of [${s.number(1)}, ${s.number(2)}]) ${s.branch(`seen += each${s.end()}`)}`,
    `  const record${s.type("Record<string, unknown>")} = { ${s.key("first")}: seen, ${
      s.now("keys") ? `${local}: ${local}` : local
    }, ${s.key("second")}: [${uses.join(`,${s.gap()}`)}${s.now("layout") && uses.length > 0 ? "," : ""}]${
      s.now("layout") ? "," : ""
    } }${s.end()}`,
    result === "yield"
      ? `  yield record${s.property("first")}${s.end()}`
      : `  return ${s.parenthesised(`record${s.property("second")}`)}${s.end()}`
  ]
}

const parameter = (s: Spelling): string =>
  s.now("layout") ? `x${s.type("number")} = ${s.number(0)},` : `x${s.type("number")} = ${s.number(0)}`

const overloads = (prefix: string, name: string, s: Spelling): ReadonlyArray<string> =>
  s.now("types", 4) ? [`${prefix}function ${name}(x?: number): unknown${s.end()}`] : []

const initial = (declaration: Declaration, model: ProjectModel, s: Spelling): string => {
  const { id, local, needs, salt, uses } = declaration
  const name = (each: number) => declarationOf(model, each).name
  switch (declaration.kind) {
    case "arrow": {
      const used = uses.map((each) => declarationOf(model, each))
      const awaits = used.some(({ kind }) => kind === "async")
      return `${awaits ? "async " : ""}(${parameter(s)})${s.type("unknown")} => {\n${
        body(declaration, used.map((each) => use(each, s)), s, "return").join("\n")
      }\n}`
    }
    case "constant":
      return s.cast(s.parenthesised(s.number(salt)), "number")
    case "object":
      return `{ ${s.key("salt")}: ${s.number(salt)}, ${
        needs.map((each) => s.now("keys") ? `${name(each)}: ${name(each)}, ` : `${name(each)}, `).join("")
      }${s.key("last")}: { ${s.key(local)}: ${s.text("text")} }${s.now("layout") ? "," : ""} }`
    case "regex":
      return `/a+${salt}[/"']/${s.flags("gimu")}`
    case "table":
      return `new Map${s.now("types") ? "<string, unknown>" : ""}([[${s.text("k0")}, ${s.number(salt)}]])`
    case "data":
      return `${s.now("layout") ? "" : ""}readFileSync(new URL(${s.text(`./data${id}.txt`)}, import.meta.url), ${
        s.text("utf8")
      })`
    case "workingData":
      return `readFileSync(${s.text(`input/data${id}.txt`)}, ${s.text("utf8")})`
    case "json":
      return `document${id}${s.property("a")}`
    case "npm":
      return `tiny(${s.number(salt)})`
    case "builtin":
      return `basename(${s.text(`a/b${salt}`)})`
    default:
      return ""
  }
}

/** `exported`: the keyword belongs before the declaration itself. */
const printDeclaration = (declaration: Declaration, model: ProjectModel, s: Spelling, exported: string): Printed => {
  const { kind, local, name, salt } = declaration
  const used = declaration.uses.map((each) => declarationOf(model, each))
  const uses = used.map((each) => use(each, s))
  const awaits = used.some((each) => each.kind === "async")
  const isEntry = declaration.id === model.entry
  if (isEntry && model.wrapped) {
    const options = s.may("circumstances") ? s.choices.pick(["{ cores: 4 }", "{ cores: 8, memory: \"2GB\" }", "{}"])
      : "{ cores: 4 }"
    return {
      lines: [
        `${exported}const main = cluster(${options})(async (${parameter(s)}) => {`,
        ...body(declaration, uses, s, "return"),
        `})${s.end()}`
      ]
    }
  }
  switch (kind) {
    case "function":
      // A caller need not await
      if (awaits) {
        return {
          lines: [`${exported}async function ${name}(${parameter(s)}) {`, ...body(declaration, uses, s, "return"), "}"]
        }
      }
      return {
        lines: [
          ...overloads(exported, name, s),
          `${exported}function ${name}${s.now("types", 3) ? "<T>" : ""}(${parameter(s)})${s.type("unknown")} {`,
          ...body(declaration, uses, s, "return"),
          "}"
        ]
      }
    case "async":
      return {
        lines: [`${exported}async function ${name}(${parameter(s)})${s.type("Promise<unknown>")} {`,
          ...body(declaration, uses, s, "return"), "}"]
      }
    case "generator":
      return {
        lines: [
          `${exported}${awaits ? "async " : ""}function* ${name}(${parameter(s)}) {`,
          ...body(declaration, uses, s, "yield"),
          "}"
        ]
      }
    case "class":
    case "subclass": {
      const base = kind === "subclass" ? declaration.needs.map((each) => declarationOf(model, each).name)[0] : undefined
      const implemented = s.now("types", 3) ? " implements Iterable<number>" : ""
      const modifier = s.now("types") ? s.choices.pick(["public ", "protected ", "readonly ", "private readonly "]) : ""
      return {
        lines: [
          `${exported}class ${name}${s.now("types", 3) ? "<T = unknown>" : ""}${
            base === undefined ? "" : ` extends ${base}`
          }${implemented} {`,
          `  static ${s.now("types") ? "readonly " : ""}${local} = ${s.number(salt)}${
            s.may("semicolons") ? ";" : s.end()
          }`,
          `  #secret${s.type("number")} = ${s.number(salt)};`,
          ...(s.now("types", 3) ? ["  declare typed: string;"] : []),
          `  ${modifier}field${s.type("string")} = ${s.text("field")};`,
          `  constructor(${parameter(s)}) {`,
          ...(base === undefined ? [] : [`    super(x)${s.end()}`]),
          `    this.#secret = x${s.end()}`,
          "  }",
          `  ${s.now("types") ? "public " : ""}${awaits ? "async " : ""}get()${s.type("unknown")} {`,
          `    return [this.#secret, ${uses.join(", ")}]${s.end()}`,
          "  }",
          "}"
        ]
      }
    }
    case "enum":
      return {
        lines: [`${exported}enum ${name} {`, `  A = ${s.number(salt)},`, `  B,`,
          `  C = ${s.text("c")}${s.now("layout") ? "," : ""}`, "}"]
      }
    case "namespace":
      return {
        lines: [
          `${exported}namespace ${name} {`,
          `  const ${local} = ${s.number(salt)}${s.end()}`,
          `  export const inner = ${awaits ? "async " : ""}(x${s.type("number")}) => [x, ${local}, ${
            uses.join(", ")
          }]${s.end()}`,
          "}"
        ]
      }
    default: {
      const value = initial(declaration, model, s)
      const type = s.type("any")
      return {
        lines: `${exported}const ${name}${type} = ${value}${s.end()}`.split("\n"),
        declarator: value.includes("\n") ? undefined : `${name}${type} = ${value}`
      }
    }
  }
}

const printFill = (fill: Fill, model: ProjectModel, s: Spelling): Printed => {
  const { name } = declarationOf(model, fill.target)
  const key = s.text(`k${fill.key}`)
  const value = fill.needs.map((each) => declarationOf(model, each).name)[0] ?? s.number(fill.key)
  switch (fill.way) {
    case "call":
      return { lines: [`${name}${s.property("set")}(${key}, ${value})${s.end()}`] }
    case "loop":
      return {
        lines: [
          `for (const each of [${s.number(fill.key)}]) ${s.branch(`${name}.set(String(each), ${value})${s.end()}`)}`
        ]
      }
    case "index":
      return {
        lines: [`${s.cast(name, "any")}[${s.text("set")}](${key}, ${value})${s.end()}`.replace(/^([(<])/, ";$1")]
      }
    case "immediate":
      return { lines: [`;(() => { ${name}.set(${key}, ${value})${s.end()} })()${s.end()}`] }
    case "handedOn":
      return { lines: [`Object.assign(${name}, { ${s.key(`k${fill.key}`)}: ${value} })${s.end()}`] }
  }
}

const types = (index: number, s: Spelling): ReadonlyArray<string> => {
  const name = `Type${index}${s.choices.below(1000)}x${s.choices.below(1000)}`
  return [s.choices.pick([
    `${s.now("exports") ? "export " : ""}interface ${name} { readonly a: string; b?: typeof import("node:fs") }`,
    `${s.now("exports") ? "export " : ""}type ${name} = { [K in "a" | "b"]: K } & Record<string, number>`,
    `declare const declared${name}: { set(key: string): void }`,
    `declare function declaredFunction${name}(x: number): string`,
    `import type { Stats as ${name} } from "node:fs"`,
    `export type { Stats as ${name} } from "node:fs"`
  ])]
}

/** Something that nothing needs. */
const superfluous = (s: Spelling): ReadonlyArray<string> => {
  const name = `dead${s.choices.below(100000)}`
  const prefix = s.now("unreachedPresence") ? "export " : ""
  return s.choices.pick([
    [`${prefix}function ${name}() { return ${s.choices.below(99)} }`],
    [`${prefix}const ${name} = [${s.choices.below(99)}, "x"]`],
    [`${prefix}class ${name} { #a = 1; get() { return this.#a } }`],
    [`${prefix}enum ${name} { A, B = "b" }`],
    [`${prefix}const ${name} = new Map()`, `${name}.set("a", 1)`, `for (const x of [1]) { ${name}.set(x, x) }`],
    [`${prefix}namespace ${name} { export const a = 1 }`],
    [`${prefix}let ${name} = 0`, `${name} += 1`]
  ])
}

const relative = (from: string, to: string): string => {
  const here = from.split("/").slice(0, -1)
  const there = to.split("/")
  let shared = 0
  while (shared < here.length && here[shared] === there[shared]) shared += 1
  const up = here.length - shared
  return `${up === 0 ? "./" : "../".repeat(up)}${there.slice(shared).join("/")}`
}

/** Ids of the declarations that `item` refers to, directly or through others. */
const reachedFrom = (item: Item, model: ProjectModel): ReadonlySet<number> => {
  const reached = new Set(referenced(item))
  // What is added while the set is walked is walked, too
  for (const id of reached) {
    const { needs, uses } = declarationOf(model, id)
    for (const each of [...needs, ...uses]) reached.add(each)
  }
  return reached
}

const commented = (lines: ReadonlyArray<string>, s: Spelling): ReadonlyArray<string> =>
  s.may("comments")
    // Lines of a comment stay together
    ? lines.flatMap((line) =>
      !line.startsWith(" *") && s.now("comments", 5) ? [s.choices.pick(lineComments), line] : [line]
    )
    : lines

const printModule = (model: ProjectModel, index: number, module: ModuleModel, need: Needed, s: Spelling): string => {
  const isNeeded = (item: Item): boolean =>
    item._tag === "Declaration" ? need.declarations.has(item.declaration.id) : need.fills.has(item.fill)
  let items: ReadonlyArray<Item> = module.items
  if (s.may("unreachedPresence")) {
    const stays = new Set(
      items.flatMap((item) =>
        item._tag === "Declaration" && (isNeeded(item) || s.choices.once(2)) ? [item.declaration.id] : []
      )
    )
    // A statement that leads to a declaration which is gone, or is not imported any more, would call a global
    items = items.filter((item) =>
      item._tag === "Declaration"
        ? stays.has(item.declaration.id)
        : isNeeded(item) || [...reachedFrom(item, model)].every((id) => need.declarations.has(id) || stays.has(id))
    )
  }
  if (s.may("unreachedTexts")) {
    items = items.map((item) =>
      isNeeded(item) || item._tag === "Fill" ? item
        : {
          _tag: "Declaration",
          declaration: { ...item.declaration, salt: item.declaration.salt + s.choices.below(9), local: "other" }
        }
    )
  }
  if (s.may("unreachedOrder")) {
    const ordered = items.filter(isNeeded)
    for (const item of s.choices.shuffled(items.filter((each) => !isNeeded(each)))) {
      ordered.splice(s.choices.below(ordered.length + 1), 0, item)
    }
    items = ordered
  }

  // How each declaration leaves the module
  const imported = new Set<number>()
  for (const [other, { items: theirs, reexports }] of model.modules.entries()) {
    for (const { module: target, names } of reexports) {
      if (target !== index) continue
      for (const item of module.items) {
        if (item._tag === "Declaration" && (names === "*" || names.includes(item.declaration.id))) {
          imported.add(item.declaration.id)
        }
      }
    }
    if (other === index) continue
    for (const item of theirs) {
      for (const id of referenced(item)) if (moduleOf(model, id) === index) imported.add(id)
    }
  }
  const clause: Array<string> = []
  const lines: Array<string> = []
  let mergeable: { readonly at: number; readonly exported: string } | undefined
  for (const item of items) {
    if (s.now("types", 3)) lines.push(...types(index, s))
    if (s.now("unreachedPresence", 3)) {
      lines.push(...superfluous(s))
      mergeable = undefined
    }
    if (item._tag === "Fill") {
      lines.push(...printFill(item.fill, model, s).lines)
      mergeable = undefined
      continue
    }
    const { declaration } = item
    const isExported = imported.has(declaration.id) || (declaration.id === model.entry && !s.may("exports"))
    const exports = isExported || s.now("exports")
    const asClause = exports && s.now("exports", 3)
    if (asClause) clause.push(declaration.name)
    const exported = exports && !asClause ? "export " : ""
    const printed = printDeclaration(declaration, model, s, exported)
    const { declarator } = printed
    const [only = ""] = printed.lines
    if (
      declarator !== undefined && mergeable?.exported === exported && s.now("declarators") &&
      mergeable.at === lines.length - 1
    ) {
      lines[mergeable.at] = `${(lines[mergeable.at] ?? "").replace(/;$/, "")}, ${declarator}`
    } else {
      lines.push(...printed.lines)
      mergeable = declarator === undefined || only.includes("//") ? undefined : { at: lines.length - 1, exported }
    }
  }
  for (const { module: target, names } of module.reexports) {
    const specifier = specifierTo(module, model.modules[target]?.path ?? "", s)
    lines.push(
      names === "*"
        ? `export * from ${specifier}${s.end()}`
        : `export { ${
          s.may("imports") ? s.choices.shuffled(present(model, names, need, s)).join(", ")
            : present(model, names, need, s).join(", ")
        } } from ${specifier}${s.end()}`
    )
  }
  if (clause.length > 0) lines.push(`export { ${clause.join(", ")} }${s.end()}`)
  const head = printImports(model, index, module, items, need, s)
  const whole = [...commented(head, s), ...commented(lines, s), ""].join("\n")
  return `${s.now("bom") ? "\uFEFF" : ""}${s.now("crlf") ? whole.replaceAll("\n", "\r\n") : whole}`
}

/** Names of those declarations that are certainly there. */
const present = (model: ProjectModel, ids: ReadonlyArray<number>, need: Needed, s: Spelling): ReadonlyArray<string> =>
  ids.filter((id) => !s.may("unreachedPresence") || need.declarations.has(id)).map((id) =>
    declarationOf(model, id).name
  )

const referenced = (item: Item): ReadonlyArray<number> =>
  item._tag === "Declaration" ? [...item.declaration.needs, ...item.declaration.uses]
    : [item.fill.target, ...item.fill.needs]

const specifierTo = (module: ModuleModel, path: string, s: Spelling): string =>
  s.text(`${relative(module.path, path)}${s.now("imports") ? ".ts" : ".js"}`)

const printImports = (
  model: ProjectModel,
  index: number,
  module: ModuleModel,
  items: ReadonlyArray<Item>,
  need: Needed,
  s: Spelling
): ReadonlyArray<string> => {
  const names = new Map<string, Set<string>>()
  const want = (specifier: string, name: string): void => {
    const known = names.get(specifier)
    if (known === undefined) names.set(specifier, new Set([name]))
    else known.add(name)
  }
  const lines: Array<string> = []
  const wanted = new Set<number>()
  const kinds = new Set<string>()
  for (const item of items) {
    for (const id of referenced(item)) {
      if (moduleOf(model, id) !== index && (!s.may("unreachedPresence") || need.declarations.has(id))) wanted.add(id)
    }
    if (item._tag === "Declaration") {
      kinds.add(item.declaration.kind)
      if (item.declaration.kind === "json") {
        lines.push(
          `import document${item.declaration.id} from ${s.text(`./data${item.declaration.id}.json`)} with { type: ${
            s.text("json")
          } }${s.end()}`
        )
      }
      if (item.declaration.id === model.entry && model.wrapped) want("clustrix", "cluster")
    }
  }
  if (kinds.has("data") || kinds.has("workingData")) want(s.now("imports") ? "fs" : "node:fs", "readFileSync")
  if (kinds.has("builtin")) want(s.now("imports") ? "path" : "node:path", "basename")
  if (kinds.has("npm")) want("tiny", "tiny")
  // By module, so that the order in which modules are met is the same in every spelling
  for (const id of [...wanted].sort((a, b) => moduleOf(model, a) - moduleOf(model, b) || a - b)) {
    const home = moduleOf(model, id)
    const through = model.through.get(`${index} ${home}`) ?? home
    want(`${relative(module.path, model.modules[through]?.path ?? "")}.js`, declarationOf(model, id).name)
  }
  for (const [specifier, all] of names) {
    const written = (): string =>
      s.text(specifier.startsWith(".") && s.now("imports") ? specifier.replace(/\.js$/, ".ts") : specifier)
    const listed = s.may("imports") ? s.choices.shuffled([...all]) : [...all]
    const unused = s.now("types", 3) ? ["type Unknown0", ...listed] : listed
    if (s.now("imports", 3)) { for (const each of unused) lines.push(`import { ${each} } from ${written()}${s.end()}`) }
    else {lines.push(
        `import${s.gap()}{ ${unused.join(`,${s.gap()}`)}${s.now("layout") ? "," : ""} } from ${written()}${s.end()}`
      )}
  }
  if (s.may("unusedImports")) {
    for (
      const line of [
        "import { join as unusedJoin, type ParsedPath } from \"node:path\"",
        "import * as unusedFs from \"node:fs\"",
        "import unusedTiny from \"tiny\"",
        "import unusedUrl, { fileURLToPath as unusedPath } from \"node:url\"",
        ...model.modules.flatMap((other, at) =>
          at === index ? [] : [`import * as unused${at} from "${relative(module.path, other.path)}.js"`]
        )
      ]
    ) if (s.choices.once(4)) lines.splice(s.choices.below(lines.length + 1), 0, line)
  }
  return lines
}

const printJson = (text: string, s: Spelling): string =>
  s.now("jsonLayout")
    ? s.choices.pick([JSON.stringify(JSON.parse(text)), JSON.stringify(JSON.parse(text), undefined, "\t"),
      `\n${text}\n`]) : text

/** The npm package that every generated project has. */
const packages = (version: string, s: Spelling): Files => ({
  "package.json": JSON.stringify(
    {
      name: "project",
      type: "module",
      dependencies: { tiny: "^1.0.0" },
      ...(s.may("otherFiles")
        ? { description: `other ${s.choices.below(99)}`, scripts: { test: "x" }, version: `0.0.${s.choices.below(9)}` }
        : {})
    },
    undefined,
    s.now("otherFiles") ? 4 : 2
  ),
  "package-lock.json": JSON.stringify(
    {
      name: "project",
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { name: "project", dependencies: { tiny: "^1.0.0" } },
        ...(s.now("otherFiles") ? { "node_modules/absent": { version: "3.0.0", integrity: "sha512-BBBB" } } : {}),
        "node_modules/tiny": {
          version,
          resolved: `https://registry.example/${s.may("otherFiles") ? s.choices.below(9) : 0}/tiny-${version}.tgz`,
          integrity: `sha512-${version.replaceAll(".", "A").padEnd(86, "A")}==`
        }
      }
    },
    undefined,
    2
  ),
  "node_modules/tiny/package.json": JSON.stringify({ name: "tiny", version, type: "module", exports: "./index.js" }),
  "node_modules/tiny/index.js": "export const tiny = (x) => x\nexport default tiny\n"
})

/** The project, and what to ask the packager for. */
export const printProject = (model: ProjectModel, s: Spelling): Project => {
  const need = needed(model)
  const files: Record<string, string> = { ...packages(model.packageVersion, s) }
  for (const [index, module] of model.modules.entries()) {
    files[`${module.path}.ts`] = printModule(model, index, module, need, s)
    for (const item of module.items) {
      if (item._tag === "Fill") continue
      const { id, kind } = item.declaration
      const content = model.contents.get(id)
      if (content === undefined) continue
      const folder = module.path.slice(0, module.path.lastIndexOf("/"))
      if (kind === "json") files[`${folder}/data${id}.json`] = printJson(content, s)
      else files[kind === "data" ? `${folder}/data${id}.txt` : `input/data${id}.txt`] = content
    }
  }
  if (s.may("otherFiles")) {
    for (
      const [path, text] of Object.entries({
        "src/other.ts": "globalThis.changed = true\nexport const other = 1\n",
        "input/other.txt": `${s.choices.below(99)}`,
        ".gitignore": "*.log\n",
        "README.md": "# x\n",
        "src/m0.test.ts": "import \"./m0.js\"\n"
      })
    ) if (s.choices.once(2)) files[path] = text
  }
  const home = model.modules[moduleOf(model, model.entry)]
  const file = `${home?.path ?? ""}.ts`
  let fn = `${file}#main`
  if (s.may("naming")) {
    const text = files[file] ?? ""
    // The last one: an overload is a type
    const line = text.split(/\r?\n/).findLastIndex((each) => /(?:function|const) main\b/.test(each)) + 1
    // `export { main }` of what is not exported would be another edit
    const reexportable = !s.may("exports")
    switch (s.choices.below(4)) {
      case 0:
        fn = `${file}:${line}`
        break
      case 1:
        if (reexportable) {
          files["src/named.ts"] = `export { main as renamed } from "${relative("src/named", home?.path ?? "")}.js"\n`
          fn = "src/named.ts#renamed"
        }
        break
      case 2:
        if (reexportable) {
          files["src/everything.ts"] = `export * from "${relative("src/everything", home?.path ?? "")}.js"\n`
          fn = "src/everything.ts#main"
        }
        break
      default:
        fn = `./${file}#main`
    }
  }
  const listed = s.now("circumstances") ? Object.fromEntries(s.choices.shuffled(Object.entries(files))) : files
  return s.may("circumstances")
    ? {
      files: listed,
      fn,
      directory: s.choices.pick(["/project", "/home/someone/a b/ünï/checkout", "/x"]),
      args: s.choices.pick([[], [1, "two"], [{ three: [3] }]]),
      runtimeVersion: s.choices.pick(["v20.0.0", "v26.1.0"]),
      config: s.choices.pick<ClusterConfig>(
        [
          { clusterType: "local" },
          { clusterType: "slurm", clusterHost: "cluster.example", cores: 8, environmentVariables: ["HOME"] },
          { clusterType: "local", time: "00:10:00", memory: "4GB" }
        ]
      )
    }
    : { files: listed, fn }
}
