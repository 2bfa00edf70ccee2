/** The classes of the pinned knowledge about the language's library: core/analyse/KnownEffects.ts. */
const file = "core/analyse/KnownEffects.ts"
const tests = ["test/core/graph/keeping.test.ts"]
const rule = (name, find, replace) => ({ name: `effects: ${name}`, file, find, replace, tests })

// That mutators are not pure is asked twice: `isMutator` comes before `isPureGlobal`, whose own exception is only its contract
/** @type {ReadonlyArray<import("./Mutation.mjs").Mutation>} */
export const effects = [
  rule("pure globals", "? pureFunctions.has(name)", "? false"),
  rule("not every global is pure", "? pureFunctions.has(name)", "? true"),
  rule("pure static functions", ": pureNamespaces.has(name) &&", ": false &&"),
  rule("not every static function is pure", ": pureNamespaces.has(name) &&", ": true &&"),
  rule("mutators", "member !== undefined && mutators.has(`${name}.${member}`)", "false"),
  rule("reflect calls are not pure", " && !isReflectCall(name, member)", ""),
  rule("reflect calls", `name === "Reflect" && (member === "apply" || member === "construct")`, "false"),
  rule("Reflect.apply", `(member === "apply" || member === "construct")`, `member === "construct"`),
  rule("Reflect.construct", `(member === "apply" || member === "construct")`, `member === "apply"`),
  rule("pure methods", "=> pureMethods.has(name)", "=> false"),
  rule("not every method is pure", "=> pureMethods.has(name)", "=> true"),
  rule("methods of functions", "=> functionMethods.has(name)", "=> false")
]
