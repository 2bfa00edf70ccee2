export const jsep = {
  package: "jsep",
  sources: ["dist/jsep.js"],
  entry: "dist/jsep.js",
  calls: [
    ["default as jsep", `jsep("1 + a.b[c](d, 'e') * -f")`],
    ["default as jsep", `jsep("a ? b : c || d")`],
    ["default as jsep", `(jsep.addBinaryOp("^^", 11), jsep("a ^^ b + 1"))`, { own: true }],
    ["default as jsep", `(jsep.addUnaryOp("@"), jsep.addLiteral("undefined", undefined), jsep("@x == undefined"))`, {
      own: true
    }],
    ["default as jsep", `jsep("a +")`],
    ["default as jsep",
      `(jsep.plugins.register({ name: "hash", init(jsep) { jsep.hooks.add("gobble-token", function (env) { if (this.code === 35) { this.index++; env.node = { type: "Hash" } } }) } }), [jsep("# + 1"), Object.keys(jsep.plugins.registered)])`,
      { own: true }],
    ["Jsep", `new Jsep("x.y").parse()`],
    ["Jsep", `[Jsep.version, Object.keys(Jsep.binary_ops).length, Jsep.isIdentifierStart(97)]`]
  ]
}
