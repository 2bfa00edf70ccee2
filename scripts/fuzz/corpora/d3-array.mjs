export const d3Array = {
  package: "d3-array",
  sources: ["dist/d3-array.mjs"],
  entry: "dist/d3-array.mjs",
  skip: ["shuffle", "shuffler"],
  calls: [
    ["bin", `bin().thresholds(3)([1, 2, 3, 4, 5, 6, 7, 8, 9]).map((b) => [b.x0, b.x1, ...b])`],
    ["group, rollup, index",
      `[group([["a", 1], ["b", 2], ["a", 3]], (d) => d[0]), rollup([["a", 1], ["a", 3]], (v) => v.length, (d) => d[0]), index([["a", 1]], (d) => d[0])]`],
    ["quantile, median, deviation, variance",
      `[quantile([1, 2, 3, 4], 0.3), median([3, 1, 2]), deviation([1, 2, 3]), variance([1, 2])]`],
    ["ticks, tickStep, nice, range", `[ticks(0, 10, 5), tickStep(0, 1, 7), nice(0.13, 9.7, 4), range(0, 1, 0.25)]`],
    ["InternMap, InternSet",
      `[new InternMap([[new Date(0), 1]]).get(new Date(0)), new InternSet([new Date(0)]).has(new Date(0))]`],
    ["bisector, bisectLeft", `[bisector((d) => d.x).right([{ x: 1 }, { x: 3 }], 2), bisectLeft([1, 2, 2, 3], 2)]`],
    ["Adder, fsum, fcumsum", `[new Adder().add(0.1).add(0.2) + 0, fsum([0.1, 0.2, 0.3]), fcumsum([0.1, 0.2])]`],
    ["blur, blur2", `[blur([1, 5, 1, 1], 1), blur2({ data: [1, 2, 3, 4], width: 2, height: 2 }, 1)]`],
    ["cross, transpose, zip, pairs",
      `[cross([1, 2], ["x", "y"]), transpose([[1, 2], [3, 4]]), zip([1], [2]), pairs([1, 2, 3])]`],
    ["union, intersection, difference, superset",
      `[union([1], [2]), intersection([1, 2], [2]), difference([1, 2], [2]), superset([1, 2], [1])]`],
    ["flatGroup, flatRollup, groupSort",
      `[flatGroup([["a", "b", 1]], (d) => d[0], (d) => d[1]), flatRollup([["a", 1]], (v) => v.length, (d) => d[0]), groupSort([["a", 2], ["b", 1]], (v) => v[0][1], (d) => d[0])]`],
    ["leastIndex, greatest, scan, sort",
      `[leastIndex([3, 1, 2]), greatest([1, 3, 2]), scan([3, 1]), sort([3, 1, 2], (d) => -d)]`]
  ]
}
