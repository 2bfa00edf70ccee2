export const zod = {
  package: "zod",
  large: true,
  sources: [/^src\/(?!v3|.*\/tests\/|.*\.test\.ts).*\.ts$/],
  entry: "src/v4/classic/external.ts",
  language: "ts",
  skip: ["config", "registry", "globalRegistry", "uuid", "guid"],
  calls: [
    ["object, string, number",
      `object({ name: string().min(1), age: number().int().optional() }).parse({ name: "ada", age: 36 })`],
    ["object, string", `object({ name: string() }).safeParse({ name: 1 }).error?.issues`],
    ["string", `string().email().safeParse("nonsense").error?.message`],
    ["array, union, literal", `array(union([literal("a"), literal(2)])).safeParse(["a", 2, "c"]).success`],
    ["discriminatedUnion, object, literal, number",
      `discriminatedUnion("kind", [object({ kind: literal("a"), n: number() }), object({ kind: literal("b") })]).parse({ kind: "a", n: 1 })`],
    ["string", `string().transform((s) => s.length).pipe(string().or(string())).safeParse("abc").success`],
    ["coerce", `[coerce.number().parse("12"), coerce.boolean().parse("")]`],
    ["record, string, map, set, number",
      `[record(string(), number()).parse({ a: 1 }), map(string(), number()).parse(new Map([["a", 1]])), set(number()).parse(new Set([1]))]`],
    ["string, prettifyError", `prettifyError(string().safeParse(1).error)`],
    ["object, string, treeifyError, flattenError",
      `(() => { const { error } = object({ a: object({ b: string() }) }).safeParse({ a: {} }); return [treeifyError(error), flattenError(error)] })()`],
    ["lazy, object, string, array",
      `(() => { const node = object({ name: string(), children: lazy(() => array(node)) }); return node.parse({ name: "r", children: [{ name: "c", children: [] }] }) })()`],
    ["string, registry",
      `(() => { const r = registry(); const s = string().register(r, { title: "t" }); return r.get(s) })()`],
    ["toJSONSchema, object, string, number",
      `toJSONSchema(object({ a: string().describe("d"), b: number().default(1) }))`],
    ["iso", `[iso.date().safeParse("2024-01-31").success, iso.datetime().safeParse("x").success]`],
    ["config, string", `(config({ customError: () => "own" }), string().safeParse(1).error?.issues[0].message)`, {
      own: true
    }]
  ]
}
