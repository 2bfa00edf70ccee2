/**
 * Code around the function that has nothing to do with it, and must not go along: `own` only makes things, `busy` also works on them.
 */
export const noise = [
  "const table§ = { a: 1, b: [2, 3] }",
  "function helper§(a, b) { return a + b }",
  "const helper§ = (x) => x * 2",
  "class Model§ { constructor(name) { this.name = name } describe() { return `model ${this.name}` } }",
  "const cache§ = new Map()\nfunction cached§(key, make) { if (!cache§.has(key)) cache§.set(key, make()); return cache§.get(key) }",
  "const words§ = 'a b c'.split(' ')",
  "const pattern§ = /x+/g",
  "const options§ = Object.freeze({ deep: { value: § } })",
  "class Shape§ { static made = 0; area() { return 0 } }\nclass Circle§ extends Shape§ { area() { return Math.PI } }",
  "const squares§ = [1, 2, 3].map((n) => n * n)",
  "const registry§ = new Map()\nregistry§.set('a', () => 1)",
  "const list§ = []\nlist§.push(§)\nlist§.sort()",
  "const counts§ = {}\nfor (const word of ['a', 'b']) counts§[word] = (counts§[word] ?? 0) + 1",
  "let total§ = 0\nfor (let i = 0; i < 3; i++) total§ += i",
  "const memo§ = ((known) => (n) => known[n] ??= n * n)({})\nmemo§(3)",
  "function Legacy§() {}\nLegacy§.prototype.go = function () { return 'went' }",
  "const shown§ = JSON.stringify({ at: § })"
]
