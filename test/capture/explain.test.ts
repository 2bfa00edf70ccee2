/**
 * Why captured values are in a package: the same question that `clustrix explain` answers for named functions.
 */
import { explain } from "clustrix/node"
import { assert, describe, it } from "@effect/vitest"

const offset = 10
const scale = (n: number) => n * offset

const make = (table: Map<string, number>, limits: { readonly low: number; readonly high: number }) => {
  const clamp = (n: number) => Math.min(limits.high, Math.max(limits.low, n))
  return function look(name: string) {
    return scale(clamp(table.get(name) ?? 0))
  }
}
const look = make(new Map([["a", 1], ["b", 99]]), { low: 0, high: 9 })

/** Nodes and sentences, from the function on. */
const chain = async (what: string): Promise<ReadonlyArray<readonly [string, string]>> =>
  (await explain(look, what)).chain.map(({ because, node }) => [node.replace(/^.*\//, ""), because])

describe("explain", () => {
  it("leads from the function to what it captures", async () => {
    assert.deepStrictEqual(await chain("look.table"), [
      ["explain.test.ts#look", "the function that was asked for"],
      ["captured.mjs#look.table", "`look` captures `table`, a Map with 2 entries"]
    ])
  })

  it("leads through captured functions to what these capture", async () => {
    const steps = await chain("limits")
    assert.deepStrictEqual(steps.map(([, because]) => because), [
      "the function that was asked for",
      "look captures clamp",
      "`clamp` captures `limits`, an object with low, high"
    ])
  })

  it("leads to declarations that captured functions use", async () => {
    const steps = await chain("offset")
    assert.deepStrictEqual(steps.at(-1)?.[1], "`scale` uses `offset`")
  })

  it("shows all that is captured, and in which file", async () => {
    const { files } = await explain(look)
    const captured = files.find(({ path }) => path === "captured.mjs")
    assert.deepStrictEqual(captured?.declarations.map(({ node }) => node), [
      "captured.mjs#look.clamp",
      "captured.mjs#look.table",
      "captured.mjs#clamp.limits"
    ])
  })

  it("says when nothing is called so", async () => {
    const error = await explain(look, "tabel").then(() => undefined, (failure: unknown) => failure)
    assert.include(error, { _tag: "NotExplainedError", reason: "NotFound" })
    assert.include(String(error), "`table`")
  })
})
