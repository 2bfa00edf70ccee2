import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as EntryPath from "../../../core/archive/EntryPath.ts"

describe("EntryPath.flaw", () => {
  it("finds names that Windows cannot hold, in every segment, case and with every extension", () => {
    const cases: ReadonlyArray<readonly [segment: string, words: string]> = [
      ["NUL", "device"],
      ["nul.txt", "device"],
      ["Aux.tar.gz", "device"],
      ["con ", "space"],
      ["con .txt", "device"],
      ["COM0", "device"],
      ["com9.log", "device"],
      ["LPT\u00b9", "device"],
      ["lpt\u00b3.x", "device"],
      ["prn.", "dot"],
      ["CONIN$", "device"],
      ["conout$.txt", "device"],
      ["a.", "dot"],
      ["...", "dot"],
      ["a ", "space"],
      ["C:x", "`:`"],
      ["12:30.csv", "`:`"],
      ["a.txt::$DATA", "`:`"],
      ["a<b", "`<`"],
      ["a>b", "`>`"],
      ["a\"b", "`\"`"],
      ["a|b", "`|`"],
      ["what?", "`?`"],
      ["*.csv", "`*`"]
    ]
    for (const [segment, words] of cases) {
      for (const path of [segment, `data/${segment}`, `data/${segment}/x.txt`]) {
        assert.include(EntryPath.flaw(path) ?? "nothing", words, path)
      }
    }
  })

  it("leaves names alone that only look like these", () => {
    for (
      const path of [
        "null",
        "nul_",
        "data/console.log",
        "COM10",
        "com",
        "LPT",
        "auxiliary/a.b",
        ".nul",
        ".gitignore",
        "a .b",
        " a",
        "a..b",
        "x/$CON",
        "conin",
        "a;b,c=d+[e]{f}(g)!@#$%^&'`~"
      ]
    ) {
      assert.isUndefined(EntryPath.flaw(path), path)
    }
  })

  it("never lets a name through that Windows would take for another", () => {
    const letter = fc.constantFrom("a", "N", "u", "L", "c", "o", "m", "1", "\u00b2", ".", " ", ":", "*", "/", "$", "-")
    fc.assert(
      fc.property(fc.array(letter, { minLength: 1, maxLength: 8 }), (letters) => {
        const path = letters.join("")
        if (EntryPath.flaw(path) !== undefined) return
        for (const segment of path.split("/")) {
          // What the Win32 layer does to a name before it looks for the file
          assert.strictEqual(segment.replace(/[. ]+$/, ""), segment)
          assert.notMatch(segment, /[<>:"|?*]/)
          assert.notMatch(
            segment,
            /^(?:con|prn|aux|nul|(?:com|lpt)[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$) *(?:\.|$)/i
          )
        }
      }),
      { numRuns: 2000 }
    )
  })
})
