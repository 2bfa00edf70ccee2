export const valibot = {
  package: "valibot",
  sources: ["dist/index.mjs"],
  entry: "dist/index.mjs",
  skip: [/^(?:set|delete)(?:Global|Specific|Schema)/],
  calls: [
    ["object, string, number, parse", `parse(object({ a: string(), b: number() }), { a: "x", b: 1 })`],
    ["pipe, string, email, safeParse", `safeParse(pipe(string(), email()), "x").issues?.map(({ message }) => message)`],
    ["setGlobalMessage, string, safeParse", `(setGlobalMessage("own"), safeParse(string(), 1).issues[0].message)`, {
      own: true
    }],
    ["setSpecificMessage, string, safeParse",
      `(setSpecificMessage(string, "special"), safeParse(string(), 1).issues[0].message)`, { own: true }],
    ["variant, object, literal, number, parse",
      `parse(variant("k", [object({ k: literal("a"), n: number() }), object({ k: literal("b") })]), { k: "b" })`],
    ["array, union, transform, pipe, parse, string, number",
      `parse(array(union([pipe(string(), transform((s) => s.length)), number()])), ["abc", 2])`],
    ["record, map, set, tuple, string, number, parse",
      `[parse(record(string(), number()), { a: 1 }), parse(tuple([string(), number()]), ["a", 1]), parse(set(number()), new Set([1]))]`],
    ["flatten, object, string, safeParse",
      `flatten(safeParse(object({ a: object({ b: string() }) }), { a: {} }).issues)`]
  ]
}
