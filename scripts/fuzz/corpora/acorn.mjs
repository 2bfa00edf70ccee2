export const acorn = {
  package: "acorn",
  sources: ["dist/acorn.mjs"],
  entry: "dist/acorn.mjs",
  calls: [
    ["parse", `parse("let x = 1 + 2; f(x)", { ecmaVersion: 2022 })`],
    ["parse",
      `parse("import a from 'b'; export default class { #p = 1; get x() { return this.#p } }", { ecmaVersion: "latest", sourceType: "module", locations: true })`],
    ["parse",
      `parse("for await (const [a, ...b] of c) { a?.b ?? (c ||= 1n) }", { ecmaVersion: "latest", allowAwaitOutsideFunction: true })`],
    ["parse", `parse("let = ", { ecmaVersion: 6 })`],
    ["parseExpressionAt", `parseExpressionAt("1 + (x => x ** 2)(3) rest", 0, { ecmaVersion: 2020 })`],
    ["tokenizer",
      `[...tokenizer("a = /x+/g.test('y') \`t\${1}\`", { ecmaVersion: 2020 })].map(({ type, value }) => [type.label, String(value)])`],
    ["getLineInfo", `getLineInfo("a\\nbc\\nd", 4)`],
    ["isIdentifierStart, isIdentifierChar",
      `[isIdentifierStart(97), isIdentifierChar(49), isIdentifierStart(0x1d7d8, true)]`],
    ["isNewLine", `[isNewLine(10), isNewLine(11)]`],
    ["Parser",
      `Parser.extend((Base) => class extends Base { parseLiteral(value) { const node = super.parseLiteral(value); node.extended = true; return node } }).parse("1", { ecmaVersion: 6 })`],
    ["Parser, tokTypes",
      `Parser.extend((Base) => class extends Base { readToken(code) { if (code === 35) { ++this.pos; return this.finishToken(tokTypes.name, "hash") } super.readToken(code) } }).parse("# + 1", { ecmaVersion: 6 })`],
    ["defaultOptions, tokTypes, keywordTypes",
      `[Object.keys(defaultOptions), Object.keys(tokTypes).length, Object.keys(keywordTypes).join()]`],
    ["Node, Position, SourceLocation", `[new Position(1, 2).offset(3), typeof Node, typeof SourceLocation]`],
    ["version", `version`]
  ]
}
