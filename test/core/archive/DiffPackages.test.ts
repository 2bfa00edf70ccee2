import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { diffPackages, render } from "../../../core/archive/DiffPackages.ts"
import { openPackage } from "../../../core/archive/OpenPackage.ts"
import * as PackageEntry from "../../../core/archive/PackageEntry.ts"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import type { SealInput } from "../../../core/archive/SealPackage.ts"
import * as sample from "./sample.ts"

const open = (input: SealInput, name: string) =>
  Effect.flatMap(sample.seal(input), ({ bytes }) => openPackage(RandomAccess.fromBytes(bytes, name)))

describe("diffPackages", () => {
  it.effect("finds nothing between equal packages", () =>
    Effect.gen(function*() {
      const diff = yield* diffPackages(yield* open(sample.input, "a.zip"), yield* open(sample.input, "b.zip"))
      assert.isTrue(diff.equal)
      assert.deepStrictEqual([diff.values, diff.added, diff.removed, diff.changed], [[], [], [], []])
    }).pipe(Effect.provide(sample.platform)))

  it.effect("says what differs, down to the line", () =>
    Effect.gen(function*() {
      const a = yield* open(sample.input, "a.zip")
      const b = yield* open({
        ...sample.input,
        entry: { module: sample.module, export: "other", kind: "function" },
        options: { dependencies: "install", include: ["data/**", "more"], "a b": 1 },
        entries: [
          PackageEntry.text("execute.mjs", "plain\n"),
          PackageEntry.text(sample.module, "export const mainAnalysis = async () => {\n  return 2\n}\n"),
          PackageEntry.bytes("data/empty.bin", new Uint8Array([0, 1])),
          PackageEntry.text("data/new.csv", "x\n"),
          ...sample.entries.filter((entry) => entry.path.includes("☃"))
        ]
      }, "b.zip")
      const diff = yield* diffPackages(a, b)
      assert.isFalse(diff.equal)
      assert.deepStrictEqual(diff.values, [
        { path: "entry.export", before: "mainAnalysis", after: "other" },
        { path: "options[\"a b\"]", before: undefined, after: 1 },
        { path: "options.include[1]", before: undefined, after: "more" }
      ])
      assert.deepStrictEqual(diff.added.map((entry) => entry.path), ["data/new.csv"])
      assert.deepStrictEqual(diff.removed.map((entry) => entry.path), ["data/a.csv"])
      assert.deepStrictEqual(diff.changed.map((entry) => entry.path), ["data/empty.bin", "execute.mjs", sample.module])
      assert.isUndefined(diff.changed[0]?.hunks)
      assert.deepStrictEqual(diff.changed[2]?.hunks, [{
        beforeLine: 1,
        afterLine: 1,
        lines: [" export const mainAnalysis = async () => {", "-  return 1", "+  return 2", " }"]
      }])
      const text = render(diff)
      assert.include(text, "  -  return 1\n  +  return 2\n")
      assert.include(text, "changed: execute.mjs (1520 -> 6 bytes, mode 0755 -> 0644)")
      assert.include(text, "options.include[1]: (absent) -> \"more\"")
    }).pipe(Effect.provide(sample.platform)))
})
