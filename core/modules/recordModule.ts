/**
 * From a module's syntax tree to its {@link ModuleRecord}: imports, exports, and one {@link Item} for each top-level
 * declaration, declarator or statement.
 */
import type * as Ast from "../language/Ast.ts"
import { spanOf, topLevel } from "../language/Ast.ts"
import type { AssetFinder } from "../data-files/findAssetReferences.ts"
import { handledImports } from "./HandledImports.ts"
import { hoistedNames, type Kind, kindOf, methodsOf, signatureOf, wrappedBy } from "./Declaration.ts"
import { type InnerFunction, innerFunctionAt } from "./InnerFunction.ts"
import { scanItem } from "./ItemScanner.ts"
import { loaderHooks } from "./LoaderHooks.ts"
import { commonJsExports } from "./CommonJsExports.ts"
import type { ModuleSystem } from "./ModuleSystem.ts"
import { anonymousDefault, type CodeRequest, type ExportRecord, type GlobalReference, type ImportBinding,
  type ImportRequest, type Item, type ModuleRecord, type Range, type StarExport,
  type TypeName } from "./ModuleRecord.ts"
import { readPragmas } from "./Pragmas.ts"
import { creatorsOf, requireRequests } from "./RequireFlow.ts"
import { scopeOf } from "../language/Scope.ts"
import { isSettled } from "./SettledBindings.ts"
import { awaitsAtTopLevel } from "./TopLevelAwait.ts"
import { ConstraintWalk } from "./constrain.ts"
import { numericNames } from "./numericNames.ts"
import { lazy } from "../language/lazy.ts"
import { asName, boundNames, isTypeSyntax, staticKey, syntax, unwrap,
  type UsingDeclaration } from "../language/Syntax.ts"

/** What to know beside the tree. */
export interface RecordOptions {
  readonly text: string
  readonly language: "typescript" | "javascript"
  readonly system: ModuleSystem
  /** What the file's name or package.json says of it; `undefined` where its text decides. */
  readonly declaredSystem?: ModuleSystem | undefined
  /** The calls that matter for data files. */
  readonly assets: AssetFinder
  /** Functions within the module's others that are to be items of their own, after all others. */
  readonly inner?: ReadonlyArray<InnerFunctionRequest> | undefined
}

/** A function, named by a place in its head, and the top-level name that it gets. */
export interface InnerFunctionRequest {
  readonly offset: number
  readonly wanted: "function" | "class"
  readonly local: string
}

/** An entity name as an expression. SWC leaves its root unresolved. */
const entity = (name: Ast.TsEntityName): Ast.AnyNode => {
  if (name.type === "Identifier") return { ...name, ctxt: topLevel } as Ast.AnyNode
  const { left, right } = name
  return {
    type: "MemberExpression",
    span: { ...spanOf(left), end: spanOf(right).end },
    object: entity(left),
    property: right
  } as Ast.AnyNode
}

const range = (node: Ast.AnyNode): Range => [spanOf(node).start, spanOf(node).end]

/** Whether a specifier names Clustrix itself. */
export const isClustrix = (specifier: string): boolean => specifier === "clustrix" || specifier.startsWith("clustrix/")

/** Records a module. Pure: the same tree and text give the same record on every host. */
export const recordModule = (module: Ast.Module, options: RecordOptions): ModuleRecord => {
  const { system } = options
  const items: Array<Item> = []
  const imports: Array<ImportRequest> = []
  const exports: Array<ExportRecord> = []
  const stars: Array<StarExport> = []
  const types = new Map<string, TypeName>()
  const addType = (name: string, node: Ast.AnyNode, ambient = false): void => {
    if (!types.has(name)) types.set(name, { name, offset: spanOf(node).start, ambient })
  }
  const clusterNames = new Set<string>()
  const clustrixNamespaces = new Set<string>()

  for (const statement of module.body) {
    if (statement.type !== "ImportDeclaration" || statement.typeOnly || !isClustrix(statement.source.value)) continue
    for (const specifier of statement.specifiers) {
      if (specifier.type === "ImportNamespaceSpecifier" || specifier.type === "ImportDefaultSpecifier") {
        clustrixNamespaces.add(specifier.local.value)
      } else if ((specifier.imported ?? specifier.local).value === "cluster") clusterNames.add(specifier.local.value)
    }
  }
  const isClusterWrapper = (node: Ast.AnyNode): boolean => {
    const self = unwrap(node)
    if (self.type === "MemberExpression") {
      const object = asName(unwrap(self.object))
      return object?.ctxt === topLevel && clustrixNamespaces.has(object.value) && staticKey(self.property) === "cluster"
    }
    const name = asName(self)
    return name?.ctxt === topLevel && clusterNames.has(name.value)
  }

  const ambient = new Set<string>()
  const declared = new Set<string>()
  for (const statement of module.body) {
    const self = syntax(statement)
    const inner = self.type === "ExportDeclaration" ? syntax(self.declaration) : self
    if (!isTypeSyntax(inner)) {
      for (const name of declaredBy(inner)) declared.add(name)
      continue
    }
    if (inner.type === "TsInterfaceDeclaration" || inner.type === "TsTypeAliasDeclaration") {
      addType(inner.id.value, inner)
    } else if ("declare" in inner && inner.declare) {
      for (const name of declaredBy(inner)) {
        ambient.add(name)
        addType(name, inner, true)
      }
    }
  }
  for (const name of declared) {
    if (ambient.delete(name)) types.delete(name)
  }
  /** Whether compilers make a CommonJS module of it. An ES module has no `require`, `__dirname` and `__filename`. */
  const isCompiledToCommonJs = system === "esm" && options.language === "typescript" && options.declaredSystem !== "esm"
  const isPlainModule = system === "esm" && !isCompiledToCommonJs

  const shared = {
    ambient,
    isCompiledToCommonJs,
    namespaceMembers: namespaceMembers(module),
    isClusterWrapper
  }
  const scope = lazy(() => scopeOf(module))
  // Who makes a `require` writes the word
  const creators = options.text.includes("createRequire") ? creatorsOf(scope()) : undefined
  const handedOn = requireRequests(module, { hasRequire: !isPlainModule, creators: creators ?? new Set() })
  const names = lazy(() => numericNames(scope()))
  const walk = new ConstraintWalk({
    system,
    ambient,
    namespaceMembers: shared.namespaceMembers,
    isClusterWrapper,
    creators,
    isNumericName: (name) => names()(name),
    handsOnRequire: handedOn.length > 0
  })
  // Who registers hooks writes the word; looking for it is quick
  const hooks = options.text.includes("register") ? loaderHooks(module) : []
  let handled: ReadonlySet<number> | undefined
  /** The request, with the handlers of its promise. */
  const withHandler = (request: CodeRequest): CodeRequest => {
    if (request.kind !== "dynamic-import" || request.optional) return request
    handled ??= handledImports(module)
    return handled.has(request.offset) ? { ...request, optional: true } : request
  }

  interface Part {
    readonly kind: Item["kind"]
    readonly range: Range
    readonly keep: ReadonlyArray<Range>
    readonly prefix?: string
    readonly suffix?: string
    readonly declares: ReadonlyArray<string>
    readonly nodes: ReadonlyArray<Ast.AnyNode>
    readonly what: Kind
    readonly value?: Ast.AnyNode | undefined
    readonly inner?: InnerFunction
    readonly snapshotOf?: string | undefined
  }

  const add = (part: Part): void => {
    const scan = scanItem(part.nodes, shared)
    const own = new Set(part.declares)
    walk.item(part.kind, part.nodes, part.declares)
    items.push({
      index: items.length,
      kind: part.kind,
      range: part.range,
      keep: part.keep,
      prefix: part.prefix ?? "",
      suffix: part.suffix ?? "",
      declares: part.declares,
      callable: part.what.callable,
      describes: part.what.describes,
      methods: methodsOf(part.value),
      wraps: wrappedName(part.value),
      signature: signatureOf(part.value, isClusterWrapper),
      references: scan.references.filter((reference) => !own.has(reference.name)),
      globals: isPlainModule ? [...scan.globals, ...undefinedNames(scan)] : scan.globals,
      requests: [
        ...scan.requests.filter(({ kind }) => !isPlainModule || !kind.startsWith("require")).map(withHandler),
        ...handedOn.filter(({ offset }) => part.range[0] <= offset && offset < part.range[1])
      ],
      places: isPlainModule ? scan.places.filter(({ kind }) => !kind.startsWith("__")) : scan.places,
      cuts: scan.cuts,
      assets: options.assets.references(part.nodes),
      jsx: scan.jsx,
      metadataTypes: scan.metadataTypes,
      evaluates: scan.evaluates,
      loaderHooks: hooks.filter((offset) => part.range[0] <= offset && offset < part.range[1]),
      awaits: system === "esm" && part.inner === undefined && part.nodes.some(awaitsAtTopLevel),
      inner: part.inner,
      snapshotOf: part.snapshotOf
    })
  }

  const wrappedName = (node: Ast.AnyNode | undefined): string | undefined => {
    const wrapped = wrappedBy(node, isClusterWrapper)
    const name = wrapped === undefined ? undefined : asName(unwrap(wrapped))
    return name?.ctxt === topLevel ? name.value : undefined
  }

  const kind = (node: Ast.AnyNode): Kind => kindOf(node, isClusterWrapper)

  const addVariables = (
    declarations: ReadonlyArray<Ast.VariableDeclarator>,
    keyword: string,
    exported: boolean
  ): void => {
    for (const declarator of declarations) {
      const declares = boundNames(declarator.id).map((name) => name.value)
      add({
        kind: "variable",
        range: range(declarator),
        keep: [range(declarator)],
        prefix: `${keyword} `,
        suffix: ";",
        declares,
        nodes: [declarator],
        what: !declarator.init
          ? { callable: "unknown", describes: "a variable" }
          : declarator.id.type === "Identifier" ? kind(declarator.init)
          : { callable: "unknown", describes: "a part of a value" },
        value: declarator.init ?? undefined
      })
      if (exported) { for (const name of declares) exportLocal(name, name, spanOf(declarator).start) }
    }
  }

  const exportLocal = (exported: string, local: string, offset: number): void => {
    exports.push({ exported, local, from: undefined, offset })
  }

  /** Decorators may be written before `export`, outside the span of the class. */
  const classRanges = (
    node: Ast.AnyNode,
    decorators: ReadonlyArray<Ast.Decorator> | undefined
  ): ReadonlyArray<Range> => {
    const [start, end] = range(node)
    const before = (decorators ?? []).filter((decorator) => spanOf(decorator).start < start)
    return [...before.map(range), [start, end]]
  }

  const addDeclaration = (declaration: Ast.AnyNode, exported: boolean): void => {
    const self = syntax(declaration)
    if (isTypeSyntax(self)) return
    switch (self.type) {
      case "FunctionDeclaration":
      case "ClassDeclaration": {
        const isClass = self.type === "ClassDeclaration"
        const keep = isClass ? classRanges(self, self.decorators) : [range(self)]
        add({
          kind: isClass ? "class" : "function",
          range: [keep[0]?.[0] ?? spanOf(self).start, spanOf(self).end],
          keep,
          declares: [self.identifier.value],
          nodes: [self],
          what: { callable: isClass ? "class" : "function", describes: isClass ? "a class" : "a function" },
          value: self
        })
        if (exported) exportLocal(self.identifier.value, self.identifier.value, spanOf(self).start)
        return
      }
      case "VariableDeclaration":
        return addVariables(self.declarations, self.kind, exported)
      case "UsingDeclaration":
        return addVariables(self.decls, usingKeyword(self), exported)
      case "TsEnumDeclaration":
      case "TsModuleDeclaration": {
        const name = self.id.value
        add({
          kind: self.type === "TsEnumDeclaration" ? "enum" : "namespace",
          range: range(self),
          keep: [range(self)],
          declares: [name],
          nodes: [self],
          what: { callable: "value", describes: self.type === "TsEnumDeclaration" ? "an enum" : "a namespace" }
        })
        if (exported) exportLocal(name, name, spanOf(self).start)
        return
      }
      default:
        add({
          kind: "statement",
          range: range(self),
          keep: [range(self)],
          declares: [...new Set(hoistedNames(self))],
          nodes: [self],
          what: { callable: "unknown", describes: "a variable" }
        })
    }
  }

  const addDefault = (
    statement: Ast.AnyNode,
    node: Ast.AnyNode,
    prefix: string,
    keep: ReadonlyArray<Range>,
    snapshotOf?: string
  ): void => {
    add({
      kind: "default",
      range: range(statement),
      keep,
      prefix,
      suffix: prefix === "" ? "" : ";",
      declares: [anonymousDefault],
      nodes: [node],
      what: kind(node),
      value: node,
      snapshotOf
    })
    exportLocal("default", anonymousDefault, spanOf(statement).start)
  }

  const addStatement = (statement: Ast.AnyNode): void => {
    const self = syntax(statement)
    const offset = spanOf(self).start
    switch (self.type) {
      case "ImportDeclaration": {
        if (self.typeOnly) {
          for (const specifier of self.specifiers) addType(specifier.local.value, self)
          return
        }
        const bindings: Array<ImportBinding> = []
        for (const specifier of self.specifiers) {
          const local = specifier.local.value
          if (specifier.type === "ImportNamespaceSpecifier") bindings.push({ local, imported: "*" })
          else if (specifier.type === "ImportDefaultSpecifier") bindings.push({ local, imported: "default" })
          else if (specifier.isTypeOnly) addType(local, self)
          else bindings.push({ local, imported: (specifier.imported ?? specifier.local).value })
        }
        imports.push({
          specifier: self.source.value,
          offset,
          bindings,
          bare: self.specifiers.length === 0,
          require: false
        })
        return
      }
      case "TsImportEqualsDeclaration": {
        if (self.isTypeOnly) {
          addType(self.id.value, self)
          return
        }
        if (self.moduleRef.type === "TsExternalModuleReference") {
          const bindings = [{ local: self.id.value, imported: "*" }]
          imports.push({ specifier: self.moduleRef.expression.value, offset, bindings, bare: false, require: true })
        } else {
          add({
            kind: "import-equals",
            range: range(self),
            keep: [range(self)],
            declares: [self.id.value],
            nodes: [
              { type: "VariableDeclarator", span: self.span, id: self.id, init: entity(self.moduleRef) } as Ast.AnyNode
            ],
            what: { callable: "unknown", describes: "an alias" },
            value: undefined
          })
        }
        if (self.isExport) exportLocal(self.id.value, self.id.value, offset)
        return
      }
      case "ExportDeclaration":
        return addDeclaration(self.declaration, true)
      case "ExportNamedDeclaration":
        for (const specifier of self.specifiers) {
          if (specifier.type === "ExportNamespaceSpecifier") {
            if (!self.typeOnly) {
              exports.push({ exported: specifier.name.value, local: "*", from: self.source?.value, offset })
            }
          } else if (specifier.type === "ExportSpecifier") {
            const exported = (specifier.exported ?? specifier.orig).value
            if (self.typeOnly || specifier.isTypeOnly) addType(exported, specifier)
            else {exports.push({
                exported,
                local: specifier.orig.value,
                from: self.source?.value,
                offset: spanOf(specifier).start
              })}
          }
        }
        return
      case "ExportAllDeclaration":
        if (!("typeOnly" in self && self.typeOnly === true)) stars.push({ specifier: self.source.value, offset })
        return
      case "ExportDefaultDeclaration": {
        const declaration = self.decl
        if (declaration.type === "TsInterfaceDeclaration") {
          addType("default", declaration)
          return
        }
        if (declaration.type === "FunctionExpression" && !declaration.body) return
        const name = declaration.identifier?.value
        const decorators = declaration.type === "ClassExpression" ? declaration.decorators : undefined
        if (name === undefined) {
          const before = (decorators ?? []).filter((decorator) => spanOf(decorator).start < offset)
          return addDefault(self, declaration, "", [...before.map(range), range(self)])
        }
        const isClass = declaration.type === "ClassExpression"
        const keep = isClass ? classRanges(declaration, decorators) : [range(declaration)]
        add({
          kind: isClass ? "class" : "function",
          range: [Math.min(offset, keep[0]?.[0] ?? offset), spanOf(self).end],
          keep,
          declares: [name],
          nodes: [declaration],
          what: { callable: isClass ? "class" : "function", describes: isClass ? "a class" : "a function" },
          value: declaration
        })
        return exportLocal("default", name, offset)
      }
      case "ExportDefaultExpression":
      case "TsExportAssignment": {
        const name = asName(unwrap(self.expression))
        const isBinding = name !== undefined && (name.ctxt === topLevel || declared.has(name.value))
        // The export is the value that the expression has now. Where the binding keeps it, the binding is exported.
        const isType = isBinding && types.has(name.value) && !declared.has(name.value)
        if (isBinding && (isType || isSettled(scope(), name.value, offset))) {
          return exportLocal("default", name.value, offset)
        }
        return addDefault(
          self,
          self.expression,
          "export default ",
          [range(self.expression)],
          isBinding ? name.value : undefined
        )
      }
      case "EmptyStatement":
      case "TsNamespaceExportDeclaration":
        return
      default:
        return addDeclaration(self, false)
    }
  }

  if (system === "commonjs") {
    add({
      kind: "statement",
      range: [0, options.text.length],
      keep: [[0, options.text.length]],
      declares: [],
      nodes: module.body,
      what: { callable: "unknown", describes: "a CommonJS module" }
    })
  } else for (const statement of module.body) addStatement(statement)

  for (const { local, offset, wanted } of options.inner ?? []) {
    const found = innerFunctionAt(module, offset, wanted)
    if (found === undefined) continue
    const { inner, node } = found
    const [start, end] = inner.range
    add({
      kind: "captured",
      range: inner.range,
      // A method keeps the name that it had when it was taken, whatever its key would be now. `m?()` is TypeScript's
      keep: [[inner.method === undefined ? start : afterName(options.text, inner.method.end), end]],
      declares: [local],
      nodes: [node],
      what: kind(node),
      value: node,
      inner
    })
  }

  return {
    system,
    commonJsExports: system === "commonjs" ? commonJsExports(module) : [],
    commonJsNames: system === "commonjs" ? [...declared] : [],
    items,
    imports,
    exports,
    stars,
    types: [...types.values()],
    pragmas: readPragmas(module.body.length === 0 ? "" : options.text.slice(0, spanOf(module).start)),
    folds: options.assets.folds(),
    constraints: walk.build()
  }
}

/** Where the parameters of a method begin, whose name ends at `end`. */
const afterName = (text: string, end: number): number =>
  end + (/^\s*\?/.exec(text.slice(end, end + 100))?.[0].length ?? 0)

/** Names of CommonJS that the code uses, unless it asks by `typeof` whether they are there. */
const undefinedNames = ({ globals, places }: Pick<Item, "globals" | "places">): ReadonlyArray<GlobalReference> => {
  const found = new Map<string, GlobalReference>()
  for (const { kind, range: [offset] } of places) {
    if (kind.startsWith("__") && !found.has(kind) && !globals.some(({ name }) => name === kind)) {
      found.set(kind, { name: kind, offset, guarded: false })
    }
  }
  return [...found.values()]
}

/** Exported member names of each top-level namespace, over all its declarations. */
const namespaceMembers = (module: Ast.Module): ReadonlyMap<string, ReadonlySet<string>> => {
  const members = new Map<string, Set<string>>()
  for (const statement of module.body) {
    const self = syntax(statement)
    const inner = self.type === "ExportDeclaration" ? syntax(self.declaration) : self
    if (inner.type !== "TsModuleDeclaration" || inner.declare || inner.body?.type !== "TsModuleBlock") continue
    const names = members.get(inner.id.value) ?? new Set()
    members.set(inner.id.value, names)
    for (const each of inner.body.body) {
      if (each.type === "ExportDeclaration") { for (const name of declaredBy(each.declaration)) names.add(name) }
    }
  }
  return members
}

const usingKeyword = (self: UsingDeclaration): string => self.isAwait ? "await using" : "using"

const declaredBy = (node: Ast.AnyNode): ReadonlyArray<string> => {
  const self = syntax(node)
  switch (self.type) {
    case "FunctionDeclaration":
    case "ClassDeclaration":
      return [self.identifier.value]
    case "VariableDeclaration":
      return self.declarations.flatMap((declarator) => boundNames(declarator.id).map((name) => name.value))
    case "UsingDeclaration":
      return self.decls.flatMap((declarator) => boundNames(declarator.id).map((name) => name.value))
    case "TsEnumDeclaration":
      return [self.id.value]
    case "TsModuleDeclaration":
      return [self.id.value]
    case "ExportDefaultDeclaration":
      return "identifier" in self.decl && self.decl.identifier ? [self.decl.identifier.value] : []
    default:
      return []
  }
}
