export const compromise = {
  package: "compromise",
  large: true,
  sources: [/^src\/.*\.js$/],
  entry: "src/three.js",
  // Its terms have random names
  skip: ["default"],
  calls: [
    ["default as nlp", `nlp("she sells seashells by the seashore.").verbs().toPastTense().all().text()`],
    ["default as nlp", `nlp("Two hundred and five dogs").numbers().get()`],
    ["default as nlp", `nlp("Ada Lovelace lived in London. She wrote programs.").people().out("array")`],
    ["default as nlp", `(nlp.plugin({ words: { clustrix: "Noun" } }), nlp("clustrix runs").match("#Noun").text())`, {
      own: true
    }],
    ["default as nlp", `nlp.tokenize("one two").json().length`],
    ["default as nlp", `nlp("the cats").nouns().toSingular().text()`],
    ["default as nlp", `nlp("i'm not going").contractions().expand().text()`]
  ]
}
