import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import type { PackageDiff } from "../../../../core/archive/DiffPackages.ts"
import type { Decision, Reason } from "../../../../core/modules/Reason.ts"
import type { PreparedPackage } from "../../../../core/packaging/PreparedPackage.ts"
import { SourceLocation } from "../../../../core/diagnostics/SourceLocation.ts"
import { differenceLines } from "../../../../platform-node/cli/render/difference.ts"
import * as Answer from "../../../../core/packaging/explain/Answer.ts"
import * as Subject from "../../../../core/packaging/explain/Subject.ts"
import * as Explanation from "../../../../platform-node/cli/render/explanation.ts"
import { failureLines } from "../../../../platform-node/cli/render/failure.ts"
import { contentLines } from "../../../../platform-node/cli/render/packageReport.ts"
import { fitsJson } from "../../../../core/runtime/fitsJson.ts"
import { valueText } from "../../../../platform-node/cli/render/resultValue.ts"
import { coloured, plain, styleFor } from "../../../../platform-node/cli/render/Style.ts"
import { duration, size, table, visible, width, wrap } from "../../../../platform-node/cli/render/Text.ts"

describe("text", () => {
  it("prints sizes with two digits at least", () => {
    const cases = [[0, "0 B"], [1023, "1023 B"], [1024, "1.0 KiB"], [10_189, "10 KiB"], [1_048_575, "1.0 MiB"], [
      5 * 1024 ** 3,
      "5.0 GiB"
    ]] as const
    for (const [bytes, text] of cases) assert.strictEqual(size(bytes), text)
  })

  it("prints durations in the two largest units", () => {
    const cases = [[40, "40 ms"], [999.6, "1.0 s"], [1400, "1.4 s"], [59_600, "1 min"], [200_000, "3 min 20 s"], [
      3_600_000,
      "1 h"
    ], [7_500_000, "2 h 5 min"], [90_000_000, "1 d 1 h"]] as const
    for (const [millis, text] of cases) assert.strictEqual(duration(millis), text)
  })

  it("aligns columns by what is seen, not by code units or colours", () => {
    const lines = table([["漢字", "x"], [coloured.red("abc"), "y"], ["e\u0301", "z"]], { indent: 0 })
    assert.deepStrictEqual(lines.map((line) => width(line)), [7, 7, 7])
  })

  it("never lets a name move the cursor", () => {
    assert.strictEqual(visible("a\u001b[2Jb\n\u202ec"), "a\\u{1b}[2Jb\\u{a}\\u{202e}c")
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
      // oxlint-disable-next-line no-control-regex
      assert.notMatch(visible(text), /[\u0000-\u001f\u007f-\u009f]/)
    }))
  })

  it("keeps every word when it wraps", () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
        fc.integer({ min: 12, max: 40 }),
        (words, columns) => {
          const lines = wrap(words.join(" "), columns)
          assert.strictEqual(lines.join(" "), words.join(" "))
          assert.isTrue(lines.every((line) => line.length <= columns))
        }
      )
    )
  })
})

describe("colours", () => {
  it("follow NO_COLOR, FORCE_COLOR, the terminal, in this order", () => {
    assert.strictEqual(styleFor({}, false), plain)
    assert.strictEqual(styleFor({}, true), coloured)
    assert.strictEqual(styleFor({ TERM: "dumb" }, true), plain)
    assert.strictEqual(styleFor({ NO_COLOR: "1", FORCE_COLOR: "1" }, true), plain)
    assert.strictEqual(styleFor({ NO_COLOR: "" }, true), coloured)
    assert.strictEqual(styleFor({ FORCE_COLOR: "1" }, false), coloured)
    assert.strictEqual(styleFor({ FORCE_COLOR: "0" }, true), plain)
  })
})

describe("values", () => {
  it("fit JSON exactly when JSON gives them back", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      // The one key that JSON does not take as it is.
      if (!text.includes("toJSON")) assert.isTrue(fitsJson(JSON.parse(text)))
    }))
    fc.assert(
      fc.property(fc.anything({ withDate: true, withMap: true, withSet: true, withSparseArray: true }), (value) => {
        if (fitsJson(value)) assert.deepEqual(JSON.parse(JSON.stringify(value)), value)
      })
    )
    const shared = { a: 1 }
    const cycle: Array<unknown> = []
    cycle.push(cycle)
    assert.isTrue(fitsJson([shared, shared]))
    for (const value of [undefined, NaN, -0, 1n, new Date(0), new Map(), [undefined], { a: undefined }, cycle]) {
      assert.isFalse(fitsJson(value))
    }
  })

  it("are shown whole", () => {
    assert.notInclude(valueText(Array.from({ length: 500 }, (_, index) => index), false), "more item")
    assert.notInclude(valueText({ a: { b: { c: { d: { e: 1 } } } } }, false), "[Object]")
  })
})

describe("errors", () => {
  const location = new SourceLocation({ file: "src/a.ts", line: 3, column: 7 })

  it("say where, what, why and what to do, in this order", () => {
    assert.deepStrictEqual(
      failureLines({
        _tag: "SomeError",
        what: "It is wrong",
        location,
        why: "Because.\n  | code",
        remedy: "Do better."
      }, plain),
      ["error: src/a.ts:3:7: It is wrong", "  Because.", "    | code", "  → Do better."]
    )
    assert.deepStrictEqual(failureLines({ _tag: "SomeError", what: "It is wrong" }, plain), ["error: It is wrong"])
  })

  it("say once what was thrown, with the causes behind it", () => {
    const inner = new RangeError("inner")
    inner.stack = "RangeError: inner\n    at g (src/b.ts:1:1)"
    const cause = new TypeError("two\nlines", { cause: inner })
    const why = "TypeError: two\nlines\n    at f (src/a.ts:3:7)"
    assert.deepStrictEqual(
      failureLines({ _tag: "JobFailedError", what: "f threw TypeError: two\nlines", why, cause }, plain),
      [
        "error: f threw TypeError: two",
        "  lines",
        "      at f (src/a.ts:3:7)",
        "  Caused by RangeError: inner",
        "      at g (src/b.ts:1:1)"
      ]
    )
  })

  it("survive causes that go in circles", () => {
    const a = new Error("a")
    a.cause = new Error("b", { cause: a })
    assert.isAbove(failureLines({ _tag: "JobFailedError", what: "x", cause: a }, plain).length, 1)
  })
})

describe("explanations", () => {
  const at = (file: string, line: number) => new SourceLocation({ file, line, column: 1 })
  const reason = (kind: Reason["kind"], from: string | undefined, because: string): Reason => ({
    kind,
    from,
    because,
    location: at("src/main.ts", 2)
  })
  const decision: Decision = {
    node: "src/main.ts:9",
    verdict: "dropped",
    doubt: false,
    why: "it only uses the result of calling the function",
    location: at("src/main.ts", 9)
  }
  const file = (source: string, ...declarations: Array<string>) => ({
    path: `modules/${source}.mjs`,
    sizeBytes: 100,
    source,
    declarations,
    node: source
  })
  // What the renderers read of a package; its bytes are of no interest here.
  const prepared = {
    functionName: "main",
    root: { directory: "/project", name: "project" },
    files: [
      file("lib/mean.ts", "lib/mean.ts#mean", "lib/mean.ts#sum"),
      file("src/main.ts", "src/main.ts#main"),
      file("src/mean.ts", "src/mean.ts#mean"),
      { path: "data/in.csv", sizeBytes: 2048, source: "data/in.csv", declarations: [], node: "data/in.csv" },
      { path: "execute.mjs", sizeBytes: 4000, source: undefined, declarations: [], node: "execute.mjs" }
    ],
    dependencies: [
      { name: "a", version: "1.0.0", requiredBy: "" },
      { name: "b", version: "2.0.0", requiredBy: "node_modules/a" }
    ],
    reasons: new Map([
      ["src/main.ts", reason("entry", undefined, "`main` is the function that was asked for")],
      ["src/main.ts#main", reason("entry", undefined, "`main` is the function that was asked for")],
      ["lib/mean.ts", reason("reference", "src/main.ts#main", "`main` uses `mean`")],
      ["lib/mean.ts#mean", reason("reference", "src/main.ts#main", "`main` uses `mean`")],
      ["lib/mean.ts#sum", reason("reference", "lib/mean.ts#mean", "`mean` uses `sum`")],
      ["src/mean.ts#mean", reason("reference", "src/main.ts#main", "`main` uses `mean`")],
      ["data/in.csv", reason("data", "src/main.ts#main", "`main` reads it")],
      ["npm:a", reason("reference", "src/main.ts", "src/main.ts imports \"a\"")]
    ]),
    decisions: [decision],
    diagnostics: []
  } as unknown as PreparedPackage

  const names = (text: string) => Subject.findSubjects(prepared, text).map(({ name }) => name)

  it("find what is meant, in full or in short", () => {
    assert.deepStrictEqual(names("lib/mean.ts#sum"), ["lib/mean.ts#sum"])
    assert.deepStrictEqual(names("sum"), ["lib/mean.ts#sum"])
    assert.deepStrictEqual(names("./src/mean.ts"), ["src/mean.ts"])
    assert.deepStrictEqual(names("modules/src/mean.ts.mjs"), ["src/mean.ts"])
    assert.deepStrictEqual(names("in.csv"), ["data/in.csv"])
    assert.deepStrictEqual(names("a"), ["a 1.0.0"])
    assert.deepStrictEqual(names("b@2.0.0"), ["b 2.0.0"])
    assert.deepStrictEqual(names("main.ts:9"), ["src/main.ts:9"])
    assert.deepStrictEqual(names("mean"), ["lib/mean.ts#mean", "src/mean.ts#mean"])
    assert.deepStrictEqual(names("mean.ts"), ["lib/mean.ts", "src/mean.ts"])
    assert.deepStrictEqual(names("nothing"), [])
  })

  it("list what may be meant, and guess when nothing is", () => {
    const several = Subject.notOne(prepared, "mean", Subject.findSubjects(prepared, "mean"))
    assert.deepInclude(several, { reason: "Ambiguous", why: "lib/mean.ts#mean\nsrc/mean.ts#mean" })
    const none = Subject.notOne(prepared, "meen", [])
    assert.strictEqual(none.reason, "NotFound")
    assert.include(none.remedy, "`mean`")
  })

  const lines = (text: string): ReadonlyArray<string> => {
    const [subject] = Subject.findSubjects(prepared, text)
    return subject === undefined ? [] : Explanation.answerLines(Answer.answer(prepared, subject), plain)
  }

  it("lead from the function to the thing", () => {
    assert.deepStrictEqual(lines("sum"), [
      "lib/mean.ts#sum is in the package",
      "",
      "  src/main.ts#main       the function that was asked for  src/main.ts:2:1",
      "  └─ lib/mean.ts#mean    `main` uses `mean`               src/main.ts:2:1",
      "     └─ lib/mean.ts#sum  `mean` uses `sum`                src/main.ts:2:1"
    ])
  })

  it("lead through npm packages to the one behind them", () => {
    const text = lines("b").join("\n")
    assert.match(text, /src\/main\.ts .*\n +└─ a .*imports "a".*\n +└─ b 2\.0\.0 +a depends on it/)
  })

  it("say what was left out and why", () => {
    assert.deepStrictEqual(lines("src/main.ts:9"), [
      "src/main.ts:9 is not in the package",
      "",
      "Left out",
      "  src/main.ts:9:1    it only uses the result of calling the function"
    ])
    assert.include(Explanation.everythingLines(prepared, plain).join("\n"), "Left out\n  src/main.ts:9:1")
    assert.include(
      contentLines(prepared, "src/main.ts#main", plain).join("\n"),
      "1 statement without effect on it is left out: clustrix explain src/main.ts#main lists them"
    )
  })

  it("name the entry's file first", () => {
    const [, first] = contentLines(prepared, "src/main.ts#main", plain)
    assert.match(first ?? "", /^ {2}src\/main\.ts +main +the function that was asked for$/)
  })

  it("give JSON that says the same", () => {
    const document: unknown = JSON.parse(JSON.stringify(Answer.everythingJson(prepared)))
    assert.nestedPropertyVal(document, "files[0].declarations[1].chain[2].node", "lib/mean.ts#sum")
    assert.nestedPropertyVal(document, "dependencies[1].chain[2].because", "a depends on it")
  })
})

describe("differences", () => {
  it("name values, files and lines", () => {
    const entry = (path: string, bytes: number) => ({
      path,
      mode: "0644" as const,
      size: bytes,
      sha256: "0".repeat(64)
    })
    const diff: PackageDiff = {
      before: { name: "a.zip", digest: "a".repeat(64) },
      after: { name: "b.zip", digest: "b".repeat(64) },
      equal: false,
      values: [{ path: "options.include[0]", before: undefined, after: "*.csv" }],
      added: [entry("data/x.csv", 10)],
      removed: [],
      changed: [{
        path: "modules/a.ts.mjs",
        before: entry("modules/a.ts.mjs", 5),
        after: entry("modules/a.ts.mjs", 6),
        hunks: [{ beforeLine: 1, afterLine: 1, lines: ["-1", "+12"] }]
      }]
    }
    const text = differenceLines(diff, plain).join("\n")
    for (
      const part of ["1 setting, 1 file changed, 1 added", "- (absent)", "+ \"*.csv\"", "+ added  10 B  data/x.csv",
        "  +12"]
    ) {
      assert.include(text, part)
    }
  })
})
