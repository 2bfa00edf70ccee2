export const underscore = {
  package: "underscore",
  sources: [/^modules\/[^/]+\.js$/],
  manifest: { type: "module" },
  entry: "modules/index-all.js",
  skip: ["mixin", "now", "random", "sample", "shuffle", "uniqueId", "delay", "defer", "debounce", "throttle", "bindAll",
    "times"],
  calls: [
    ["default as _", `_.chain([3, 1, 2]).sortBy((n) => n).map((n) => n * 2).value()`],
    ["default as _", `_([1, 2, 3]).reduce((a, b) => a + b, 0)`],
    ["default as _", `(_.mixin({ shout: (s) => s.toUpperCase() + "!" }), [_.shout("a"), _("b").shout()])`, {
      own: true
    }],
    ["default as _", `_([3, 2]).push ? _.chain([3, 2]).push(1).sort().value() : 0`],
    ["groupBy, countBy, indexBy",
      `[groupBy([1.3, 2.1, 2.4], Math.floor), countBy([1, 2, 3], (n) => n % 2 ? "odd" : "even"), indexBy([{ a: "x" }], "a")]`],
    ["template",
      `template("<% _.each(list, function (x) { %>[<%= x %>]<% }) %>")({ list: [1, 2], _: { each: (l, f) => l.forEach(f) } })`],
    ["templateSettings, template",
      `(templateSettings.interpolate = /\\{\\{(.+?)\\}\\}/g, template("Hello {{ name }}!")({ name: "Mustache" }))`, {
      own: true
    }],
    ["isEqual, clone, extend",
      `[isEqual({ a: [1, new Set([2])] }, { a: [1, new Set([2])] }), clone([1]), extend({ a: 1 }, { b: 2 })]`],
    ["iteratee, map", `[map([{ a: 1 }], iteratee("a")), map([{ a: 1 }], iteratee({ a: 1 }))]`],
    ["partial, compose, memoize",
      `[partial((a, b) => a - b, partial.placeholder ?? 2, 5)(20), compose((x) => x + 1, (x) => x * 2)(3), memoize((x) => x)(1)]`],
    ["escape, unescape", `[escape("<a & 'b'>"), unescape("&lt;a&gt;")]`],
    ["flatten, zip, unzip, range",
      `[flatten([1, [2, [3]]], true), zip([1, 2], ["a", "b"]), unzip([[1, "a"]]), range(0, 6, 2)]`]
  ]
}
