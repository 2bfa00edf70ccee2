/** Which statements are kept: options, and the model of values and effects. */
const tests = ["test/core/slicing/keeping.test.ts", "test/core/slicing/reach.test.ts"]
/** Programs of one flow each. */
const flows = ["test/differential/flows.test.ts"]
const rule = (file, name, find, replace, by = tests) => ({
  name: `${file}: ${name}`,
  file: `core/${file}.ts`,
  find,
  replace,
  tests: by
})
const flow = (file, name, find, replace) => rule(file, name, find, replace, flows)

const decisions = "slicing/StatementDecisions"
const live = "slicing/LiveStatements"
const reads = "dataflow/Reads"
const effects = "dataflow/Effects"
const solver = "dataflow/PointsTo"

/** @type {ReadonlyArray<import("./Mutation.mjs").Mutation>} */
export const judging = [
  rule(decisions, "option drop", "if (matches(options.drop, module, item)) {", "if (false) {"),
  rule(decisions, "by line", " || patterns.includes(`${module.file}:${locate(module, item.range[0]).line}`)", ""),
  rule(decisions, "by name", "patterns.includes(nodeId(module, item)) || ", ""),
  rule(
    live,
    "writes to globals",
    "    for (const { base, code } of effects.globalWrites) {",
    "    for (const { base, code } of []) {"
  ),
  rule(live, "states of the host", `for (const state of ["cwd", "process.env"]) {`, "for (const state of []) {"),
  rule(live, "assigned variables", "for (const code of effects.assigners.get(at) ?? []) {", "for (const code of []) {"),
  rule(live, "new objects are nobody's business", "if (origin === Origin.fresh) return", "if (false) return"),
  rule(reads, "loads", "        visitor.read(region, name)\n", ""),
  rule(reads, "calls of regions", "if (functions.length > 0) visitor.invoke(", "if (false) visitor.invoke("),
  rule(effects, "what unknown code is given", "write(regionOf(variable), anyField, code, variable)\n      for", "for"),
  rule(
    effects,
    "stores",
    `      write(region, field === protoField ? anyField : field, index, base)\n`,
    ""
  ),
  rule(solver, "results of functions", "pendingJoin(fieldLater(region, resultField), node(fn.result))", "undefined"),
  rule(solver, "copies", "if (isFilled(from)) join(node((copies[at] ?? 0) + offset), node(from))", ""),

  // Each kind of constraint, and what follows from it
  flow(
    solver,
    "direct calls",
    `      if (each.direct >= 0) {
        invokeDirectly(each)
        continue
      }
`,
    `      if (each.direct >= 0) continue
`
  ),
  flow(
    solver,
    "arguments of calls by name",
    `          join(node(parameter), node(argument))
`,
    ""
  ),
  flow(
    solver,
    "`arguments`",
    `      if (fn.args !== none) join(field(node(fn.args), elementField), node(argument))
`,
    ""
  ),
  flow(
    solver,
    "results of calls by name",
    `    if (fn.result !== none && isFilled(fn.result)) join(node(each.result), node(fn.result))
`,
    ""
  ),
  flow(
    solver,
    "instances",
    `      pendingJoin(fieldLater(at, prototypeField), node(fn.self))
`,
    ""
  ),
  flow(
    solver,
    "`constructor`",
    `      pendingJoin(fieldLater(node(fn.self), constructorField), at)
`,
    ""
  ),
  flow(solver, "`this`", "pendingJoin(fieldLater(region, selfField), node(fn.self))", "undefined"),
  flow(
    solver,
    "stores",
    `      if (isFilled(from)) join(into, node(from))
`,
    ""
  ),
  flow(
    solver,
    "loads",
    `      join(node(to), field(node(base), name))
      loads.push(`,
    "      loads.push("
  ),
  flow(
    solver,
    "iterations",
    `      join(node(to), field(node(from), elementField))
      iterations.push([to, from])`,
    "      iterations.push([to, from])"
  ),
  flow(
    solver,
    "iterators of the program",
    `    for (const [to, from] of iterations) iterateNode(node(from), node(to))
`,
    ""
  ),
  flow(
    solver,
    "thenables",
    `      thenNode(node(from), node(to))
`,
    ""
  ),
  flow(
    solver,
    "conversions",
    `    for (const variable of converts) convertNode(node(variable))
`,
    ""
  ),
  flow(
    solver,
    "spreads",
    `    for (const [to, from] of spreads) spreadInto(node(to), node(from))
`,
    ""
  ),
  flow(
    solver,
    "spreads of computed keys",
    "if (name === anyField || isOwn(name)) join(field(to, name), value)",
    "if (isOwn(name)) join(field(to, name), value)"
  ),
  flow(
    solver,
    "getters that are spread",
    "invoke(value, find(from), [], -1, field(to, program.fieldIndex(text.slice(3))), false)",
    "undefined"
  ),
  flow(
    solver,
    "classes that extend classes",
    `        join(node(value), base)
        join(node(instance), field(node(superclass), prototypeField))
`,
    ""
  ),
  flow(
    solver,
    "classes that extend the library's",
    `      for (const path of natives[base] ?? []) inheritNative(node(value), node(instance), path)
`,
    ""
  ),
  flow(
    solver,
    "getters",
    `        if ((functions[accessor]?.size ?? 0) > 0) invoke(accessor, find(base), [], -1, node(load.to), false)
`,
    `        accessor
`
  ),
  flow(
    solver,
    "setters",
    `          invoke(accessor, find(base), [isFilled(store.to) ? node(store.to) : -1], -1, -1, false)
`,
    ""
  ),
  flow(
    solver,
    "methods",
    `        join(node(each.callee), field(receiver, each.method))
`,
    ""
  ),
  flow(
    solver,
    "patched methods",
    `        if (isPatched(each.method)) join(node(each.callee), field(prototypes, each.method))
`,
    ""
  ),
  flow(
    solver,
    "what unknown code is given",
    `      join(region, node(part))
      region = find(region)
`,
    `      region = find(region)
`
  ),
  flow(
    solver,
    "what unknown code gives",
    `    if (each.result !== none) join(region, node(each.result))
`,
    ""
  ),
  flow(
    solver,
    "what calls of the library give",
    `        } else for (const place of placeNodes(each, id, text, !isMethod)) join(node(each.result), place)
`,
    `        }
`
  ),
  flow(
    solver,
    "what the library stores",
    `        for (const source of sources) join(inside, source)
`,
    ""
  ),
  flow(
    solver,
    "views",
    `          join(field(target, elementField), contentsOf(source, !isMethod))
`,
    ""
  ),
  flow(
    solver,
    "callbacks of the library",
    `        applyCallback(each, id, index, callee, callback, !isMethod)
`,
    `        callee
`
  ),
  flow(
    solver,
    "what the library iterates",
    `      for (const region of placeNodes(each, id, place, false)) iterateNode(region)
`,
    ""
  ),
  flow(
    solver,
    "what the library converts",
    `      for (const region of placeNodes(each, id, place, false)) convertNode(region)
`,
    ""
  ),
  flow(
    solver,
    "`call`, `apply`, `bind`",
    `      if (special !== undefined) applySpecial(each, special)
`,
    ""
  ),
  flow(
    solver,
    "bound arguments",
    `      for (const argument of rest) if (argument >= 0) join(restParameter(from, 0), argument)
`,
    ""
  ),
  flow(
    solver,
    "borrowed methods",
    `        for (const behaviour of behaviours) applyBorrowed(each, behaviour, receiver, args, result)
`,
    ""
  ),
  flow(
    solver,
    "descriptors",
    `      join(field(target, program.fieldIndex(key)), part(".value"))
`,
    ""
  ),
  flow(
    solver,
    "descriptors' getters",
    `      join(field(target, program.fieldIndex(Field.getter(key))), part(".get"))
`,
    ""
  ),
  flow(
    solver,
    "many descriptors",
    "            if (name === anyField || isOwn(name)) define(",
    "            if (false) define("
  ),
  flow(
    solver,
    "`Object.create`",
    `        mark(result, Kind.object)
        join(result, first)
`,
    `        mark(result, Kind.object)
`
  ),
  flow(
    solver,
    "`setPrototypeOf`",
    `      join(first, second)
      join(result, first)
      return true`,
    "      return true"
  ),
  flow(
    solver,
    "`Object.assign`",
    `        if (from >= 0 && first >= 0) spreadInto(first, from)
`,
    ""
  ),
  flow(
    solver,
    "proxies",
    `        join(result, first)
        mark(result, Kind.object)
        if (second >= 0) {`,
    "        if (second >= 0) {"
  ),
  flow(
    solver,
    "executors of promises",
    `    invoke(executor, -1, [resolve, resolve], -1, -1, false)
`,
    ""
  ),
  flow(
    solver,
    "what promises are settled with",
    `            join(contents, node(argument))
`,
    ""
  ),
  flow(
    solver,
    "`__proto__`",
    `      join(node(to), base)
      hold(to)
`,
    ""
  ),
  flow(
    solver,
    "computed keys",
    `          pending.push(any, value)
          map.delete(field)
`,
    `          map.delete(field)
`
  ),
  flow(
    solver,
    "objects beside a namespace",
    `(flags & (Kind.unknown | values)) === 0 &&
`,
    `true &&
`
  ),
  flow(
    effects,
    "what the library changes",
    `            write(region, field, code, depth === 0 ? variable : none)
`,
    ""
  ),
  flow(
    effects,
    "promises that are settled",
    `    settle(regionOf(call.callee), code)
    if (found.unknown`,
    "    if (found.unknown"
  ),
  flow(
    effects,
    "borrowed methods",
    `      write(regionOf(variable), anyField, call.code, variable)
    }
  }

  const unknownEffects`,
    `    }
  }

  const unknownEffects`
  ),
  flow(
    effects,
    "receivers that were bound",
    `    if (bound >= 0) write(bound, anyField, code, none)
`,
    ""
  ),
  flow(
    effects,
    "callbacks that are the library's",
    `          for (const region of reads.inside(regionOf(variable), depth)) borrowed(call, region, none)
`,
    ""
  ),
  flow(effects, "prototypes", "      if (solution.holdsPrototype(base)) {", "      if (false) {"),
  flow(
    effects,
    "spreads",
    `      write(regionOf(to), anyField, index, to)
`,
    ""
  ),
  flow(effects, "iterators that are taken from", "write(regionOf(from), elementField, index, from)", "undefined"),
  flow(
    effects,
    "conversions and iterations that are implied",
    `        if (region >= 0) addCaller(implicitGroup(region), caller)
`,
    ""
  ),
  flow(
    effects,
    "calls by name",
    `        addCaller(target, { code: index, call, passing: isGenerator(call.direct) ? "unknown" : "arguments" })
`,
    ""
  )
]
