/** Which statements are kept: options, and the model of values and effects. */
const tests = ["test/core/slicing/keeping.test.ts", "test/core/slicing/reach.test.ts"]
const rule = (file, name, find, replace) => ({
  name: `${file}: ${name}`,
  file: `core/${file}.ts`,
  find,
  replace,
  tests
})

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
  rule(effects, "stores", "      write(region, field, index, base)\n", ""),
  rule(solver, "results of functions", "pendingJoin(fieldLater(region, resultField), node(fn.result))", "undefined"),
  rule(solver, "copies", "if (isFilled(from)) join(node((copies[at] ?? 0) + offset), node(from))", "")
]
