/**
 * The table of the library against the library: every entry is called, and does nothing that the entry does not say.
 */
import { assert, describe, it } from "@effect/vitest"
import { check } from "./builtins/Check.ts"
import { type Seen } from "./builtins/Coverage.ts"
import { entries } from "./builtins/Entries.ts"

describe("the table of the library", () => {
  it.each(entries().map((entry) => [entry.name, entry] as const))("is right about %s", async (_, entry) => {
    assert.isNotEmpty(entry.samples, `no sample for ${entry.name}`)
    const seen: Seen = new Set()
    assert.deepStrictEqual(await check(entry, seen), [])
  })
})
