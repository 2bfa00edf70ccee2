import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Explanation from "../../../core/diagnostics/Explanation.ts"
import * as Quotation from "../../../core/diagnostics/Quotation.ts"

// oxlint-disable-next-line no-control-regex -- finding them is the point
const obeyed = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]|\p{Surrogate}/u

/** Text with plenty of what must not be printed. */
const foreign = fc.array(
  fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("\u202e", "\u2066", "\u001b[2J", "\u0085", "\ud800", "\udc00", "😀", "\n", "\t", "\u2028", "\ufeff")
  )
).map((parts) => parts.join(""))

describe("Quotation", () => {
  it("leaves nothing that a terminal obeys, and little of what is long", () => {
    fc.assert(fc.property(foreign, (text) => {
      assert.notMatch(Quotation.visible(text), obeyed)
      assert.notMatch(Quotation.plain(text), obeyed)
      assert.notMatch(Quotation.quoted(text), obeyed)
      assert.notMatch(Quotation.visibleLines(text).replaceAll(/[\n\t]/g, ""), obeyed)
      // An escape is as long as ten characters
      assert.isAtMost(Quotation.plain(text).length, 10 * Quotation.mostCharacters + 1)
      assert.isAtMost(Quotation.shortened(text).length, Quotation.mostCharacters + 1)
    }))
  })

  it("leaves what people write as it is", () => {
    for (const text of ["naïve", "日本語", "😀", "می‌خواهم", "a b", "שלום"]) {
      assert.strictEqual(Quotation.visible(text), text)
    }
    assert.strictEqual(Quotation.quoted("a \"b\" \\ \u202e"), "\"a \\\"b\\\" \\\\ \\u{202e}\"")
  })

  it("cuts no character in two", () => {
    assert.strictEqual(Quotation.shortened(`${"x".repeat(199)}😀`), `${"x".repeat(199)}…`)
    assert.strictEqual(Quotation.shortened(`${"x".repeat(198)}😀`), `${"x".repeat(198)}😀`)
  })

  it("writes JSON that means the same", () => {
    fc.assert(fc.property(fc.jsonValue(), foreign, (value, text) => {
      const document = { value, [text]: [text] }
      for (const indent of [undefined, 2]) {
        const json = Quotation.json(document, indent)
        assert.deepStrictEqual(JSON.parse(json), JSON.parse(JSON.stringify(document)))
        assert.notMatch(json.replaceAll("\n", ""), obeyed)
      }
    }))
  })

  it("gives the last lines of a program, none of them long", () => {
    const text = `first\n${"x".repeat(100_000)}\n\u001b[31mred\n\n`
    assert.strictEqual(Quotation.lastLines(text, 2), `${"x".repeat(200)}…\n\\u{1b}[31mred`)
    assert.strictEqual(Quotation.lastLines(""), "")
  })
})

describe("Explanation", () => {
  it("shows no part that fills a screen, or moves its cursor", () => {
    const evil = `\u001b[2J\u202e${"x".repeat(100_000)}`
    const text = Explanation.render({ what: evil, why: `one\n${evil}`, remedy: evil })
    assert.isBelow(text.length, 30_000)
    assert.notMatch(text.replaceAll("\n", ""), obeyed)
    assert.include(text, "one\n")
  })
})
