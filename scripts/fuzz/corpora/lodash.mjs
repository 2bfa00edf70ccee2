export const lodash = {
  package: "lodash-es",
  sources: [/^[^/]+\.js$/],
  entry: "lodash.js",
  // Chance, clocks and timers; counters that all entries share
  skip: ["mixin", "now", "random", "sample", "sampleSize", "shuffle", "uniqueId", "delay", "defer", "debounce",
    "throttle", "bindAll", "runInContext"],
  calls: [
    ["chunk, map", `map(chunk([1, 2, 3, 4, 5], 2), "length")`],
    ["merge", `merge({ a: [{ b: 2 }, { d: 4 }] }, { a: [{ c: 3 }, { e: 5 }] })`],
    ["cloneDeep",
      `cloneDeep({ date: new Date(0), map: new Map([[1, { a: /x/g }]]), list: [new Set([1])], typed: new Uint8Array(2) })`],
    ["groupBy, mapValues, sumBy",
      `mapValues(groupBy([{ k: "a", n: 1 }, { k: "b", n: 2 }, { k: "a", n: 3 }], "k"), (rows) => sumBy(rows, "n"))`],
    ["template",
      `template("hello <%= user %>: <% each.forEach((n) => { %><%- n %>, <% }) %>")({ user: "ada", each: ["<b>", 2] })`],
    ["get, set, has, unset",
      `(() => { const o = {}; set(o, "a[0].b.c", 4); return [get(o, "a[0].b.c"), has(o, "a.0.b"), unset(o, "a[0].b.c"), o] })()`],
    ["default as _", `_.chain([3, 1, 2]).sortBy().map((n) => n * 2).reverse().value()`],
    ["default as _", `_([1, 2, 3, 4]).filter((n) => n % 2 === 0).take(1).value()`],
    ["default as _", `(_.mixin({ twice: (s) => s + s }), [_.twice("x"), _("y").twice().value?.() ?? _("y").twice()])`, {
      own: true
    }],
    ["curry, partial, flow",
      `[curry((a, b, c) => [a, b, c])(1)(2)(3), partial((a, b) => a - b, curry.placeholder ?? 5, 3)(1), flow((x) => x + 1, (x) => x * 2)(3)]`],
    ["isEqual, isMatch",
      `[isEqual({ a: [1, { b: new Date(1) }] }, { a: [1, { b: new Date(1) }] }), isMatch({ a: 1, b: 2 }, { b: 2 })]`],
    ["memoize",
      `(() => { let calls = 0; const f = memoize((x) => (calls++, x * 2)); return [f(1), f(1), f(2), calls, f.cache.size] })()`],
    ["orderBy, uniqWith, isEqual", `orderBy(uniqWith([{ x: 1 }, { x: 2 }, { x: 1 }], isEqual), ["x"], ["desc"])`],
    ["camelCase, startCase, deburr, words",
      `[camelCase("Foo bar-baz"), startCase("fooBar"), deburr("déjà vu"), words("fred, barney & pebbles")]`],
    ["parseInt, padStart, truncate",
      `["08", "10"].map((s) => parseInt(s, 10)).concat(padStart("a", 3, "-"), truncate("a long long text of some words to be cut", { length: 20 }))`]
  ]
}
