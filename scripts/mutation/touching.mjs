/** What evaluating an item may change: core/graph/Touch.ts. */
const file = "core/graph/Touch.ts"
const tests = ["test/core/graph/keeping.test.ts"]
const rule = (name, find, replace = "") => ({ name: `touch: ${name}`, file, find, replace, tests })

/** @type {ReadonlyArray<import("./Mutation.mjs").Mutation>} */
export const touching = [
  rule(
    "sharing",
    "for (const { alias, held } of byHolder.get(name) ?? []) if (alias || !aliases) found.add(held)"
  ),
  rule(
    "sharing through a third",
    "for (const name of found) {\n    for (const {",
    "for (const name of [self.name]) {\n    for (const {"
  ),
  rule("sharing: aliases only", "if (alias || !aliases) found.add(held)", "found.add(held)"),
  rule("sharing: not aliases only", "if (alias || !aliases) found.add(held)", "if (alias) found.add(held)"),
  rule(
    "plain functions do not change",
    "if (same?.has(name) === true || !isPlainFunction(declared)) map",
    "map"
  ),
  rule(
    "functions that are given properties",
    "addTo(all.writes, here(name), true)",
    "addTo(all.writes, here(name), false)"
  ),
  rule("declarations behind imports", "(yield* declarationOf(loader, shared)) ?? shared", "shared"),
  rule(
    "re-exports",
    `} else if (provision._tag === "From" && provision.imported !== "*" && hops < 1000) {`,
    "} else if (false) {"
  ),
  rule("writes", "for (const name of activity.writes) yield* addTo(all.writes, here(name), true)"),
  rule(
    "calls of local functions",
    "        yield* enter(here(name), true)\n      }\n      for (const name of activity.callbacks)",
    "      }\n      for (const name of activity.callbacks)"
  ),
  rule("callbacks", "for (const name of activity.callbacks) yield* enter(here(name), false)"),
  rule(
    "callbacks are not called here",
    "activity.callbacks) yield* enter(here(name), false)",
    "activity.callbacks) yield* enter(here(name), true)"
  ),
  rule("passes", "for (const name of activity.passes) yield* addTo(all.passes, here(name), changesArguments)"),
  rule("changesArguments", "addTo(all.passes, here(name), changesArguments)", "addTo(all.passes, here(name), false)"),
  rule(
    "results: parts of the receiver",
    "        // What a method gave may be a part of its receiver\n        yield* addTo(all.passes, here(name), false)\n"
  ),
  rule(
    "results: parts of what the callee mentions",
    "yield* addTo(all.passes, { module: declared.module, name: reference.name }, false)"
  ),
  rule(
    "runsUncalled",
    "if (declared === undefined || !(yield* runsUncalled(declared, new Set()))) continue",
    "continue"
  ),
  rule("runsUncalled: what it changes", "        yield* addTo(all.passes, declared, false)\n"),
  rule(
    "runsUncalled: its methods",
    "        yield* enter(declared, false)\n      }\n      if (activity.throughLocals)",
    "      }\n      if (activity.throughLocals)"
  ),
  rule(
    "runsUncalled: not for being mentioned",
    "if (reference.eager !== eager || !(eager || at.declarations.has(reference.name))) continue",
    "if (reference.eager !== eager) continue"
  ),
  rule("runsUncalled: plain functions", `if (target.callable === "function") continue`),
  rule(
    "runsUncalled: classes above, and what made it",
    "if (declared !== undefined && (yield* runsUncalled(declared, seen))) return true"
  ),
  rule("throughLocals", "if (activity.throughLocals) {", "if (false) {"),
  rule("constructed methods", "yield* enter({ module: declared.module, name: constructed }, false)"),
  rule("methods of classes above", `if (target.callable === "class") {\n          for`, "if (false) {\n          for"),
  rule("globalWrites", "all.globalWrites ||= activity.globalWrites.length > 0"),
  rule("globalCalls", "all.globalCalls ||= activity.globalCalls.length > 0"),
  rule("externalCalls", "else if (direct) all.externalCalls = true"),
  rule("externalCalls are direct", "else if (direct) all.externalCalls = true", "else all.externalCalls = true"),
  rule("calls are direct", "if (direct) all.calls.set(key, declared)", "all.calls.set(key, declared)"),
  rule(
    "clustrixCalls",
    "isClustrix(imported.request.specifier)) all.clustrixCalls = true",
    "isClustrix(imported.request.specifier)) void 0"
  )
]
