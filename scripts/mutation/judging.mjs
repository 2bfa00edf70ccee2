/** Which statements stay: the branches of core/slicing/StatementDecisions.ts, and their repetition in core/slicing/reach.ts. */
const file = "core/slicing/StatementDecisions.ts"
const tests = ["test/core/graph/keeping.test.ts"]
const rule = (name, find, replace) => ({ name: `judge: ${name}`, file, find, replace, tests })

/** @type {ReadonlyArray<import("./Mutation.mjs").Mutation>} */
export const judging = [
  rule("option keep", "if (matches(options.keep, module, item)) return", "if (false) return"),
  rule("option drop", "if (matches(options.drop, module, item)) {", "if (false) {"),
  rule("option drop in modules taken whole", "  matches(options.drop, module, item)\n\nexport", "  false\n\nexport"),
  rule("by line", " || patterns.includes(`${module.file}:${locate(module, item.range[0]).line}`)", ""),
  rule("by name", "patterns.includes(nodeId(module, item)) || ", ""),
  rule(
    "reads may run code",
    "if (isInert(item.eager) && !reads) return false",
    "if (isInert(item.eager)) return false"
  ),
  rule(
    "reads of statements",
    `item.kind === "statement" || isReachedName(module, name)`,
    "isReachedName(module, name)"
  ),
  rule(
    "reads of declarations",
    `item.kind === "statement" || isReachedName(module, name)`,
    `item.kind === "statement"`
  ),
  rule("writes", "if (written !== undefined) return", "if (false) return"),
  rule("passes", "if (passed !== undefined) return", "if (false) return"),
  rule("passes are doubted", "which it hands to a call`, true)", "which it hands to a call`, false)"),
  rule("globalWrites", "if (touch.globalWrites) return", "if (false) return"),
  rule("globalCalls", `if (item.kind === "statement" && touch.globalCalls) {`, "if (false) {"),
  rule(
    "globalCalls of statements only",
    `if (item.kind === "statement" && touch.globalCalls) {`,
    "if (touch.globalCalls) {"
  ),
  rule("externalCalls", `if (item.kind === "statement" && touch.externalCalls &&`, "if (false &&"),
  rule(
    "externalCalls of statements only",
    `if (item.kind === "statement" && touch.externalCalls &&`,
    "if (touch.externalCalls &&"
  ),
  rule("externalCalls where globals are read", "touch.externalCalls && tracer.readsGlobals()", "touch.externalCalls"),
  rule("statements that go are said", `return item.kind === "statement" ? drop(`, `return false ? drop(`),
  rule("drivers", "if (yield* isDriver(module, item, touch)) {\n        if (", "if (false) {\n        if ("),
  rule("drivers that write stay", "written === undefined && !touch.globalWrites", "!touch.globalWrites"),
  rule("drivers that write globals stay", "written === undefined && !touch.globalWrites", "written === undefined"),
  rule("drivers: calls of Clustrix", "if (touch.clustrixCalls) return true", ""),
  rule("drivers: calls of the entry", "touch.calls.some((local) => isEntry(local) || ", "touch.calls.some((local) => "),
  rule("drivers: calls of a clustered function", "isEntry(local) || isClustered(local)", "isEntry(local)"),
  rule("drivers: uses of a clustered function", "|| isClustered(declared)", ""),
  rule(
    "drivers: clustered and not reached",
    "(tracer.modules.get(module.path)?.items.has(item.index) !== true ||",
    "(true ||"
  ),
  rule(
    "drivers: clustered, and the entry",
    "(item.wraps !== undefined && isEntry({ module, name: item.wraps }))",
    "false"
  ),
  rule(
    "drivers: uses of a driver",
    "drivers.has(`${declared.module.path}\\0${declared.name}`) || isClustered(declared)",
    "isClustered(declared)"
  ),
  rule("drivers: uses at evaluation only", "        if (!reference.eager) continue\n", ""),
  rule(
    "drivers: unreached only",
    ` || reached.items.has(item.index)) continue\n        const key`,
    ") continue\n        const key"
  ),
  rule(
    "reached: declarations",
    "if (items !== undefined) return items.some((item) => reached?.items.has(item.index) === true)",
    ""
  ),
  rule("reached: imports", "if (reached?.imports.has(name) === true) return true", ""),
  rule(
    "reached: outside modules from other files",
    "request.resolution.name === resolution.name) return true",
    "request.resolution.name === resolution.name) return false"
  ),
  rule(
    "reached: modules whose names are not followed",
    "return tracer.modules.has(resolution.path) || tracer.json.has(resolution.path)",
    "return false"
  ),
  rule("reached: JSON modules", " || tracer.json.has(resolution.path)", ""),
  {
    ...rule(
      "rounds repeat",
      "while (yield* judge.round) yield* tracer.drain",
      "if (yield* judge.round) yield* tracer.drain"
    ),
    file: "core/slicing/reach.ts"
  }
]
