import { assert, describe, it } from "@effect/vitest"
import { mapStack } from "../../../../core/cluster/execute/StackMapping.ts"
import * as SourceMapDocument from "../../../../core/runtime/SourceMapDocument.ts"

/** Line n of the module is line n + 9, column 3 of the source. */
const map = (source: string): SourceMapDocument.SourceMap => ({
  version: 3,
  sources: [source],
  names: [],
  mappings: `AASE${";AACA".repeat(20)}`
})
const document = SourceMapDocument.make({ packageId: "x", digest: "x" }, {
  "modules/src/x.ts.mjs": map("src/x.ts"),
  "modules/src/ä b.ts.mjs": map("src/ä b.ts"),
  "modules/lib/c.cjs": map("lib/c.cjs")
})

describe("mapStack", () => {
  it("names the user's own lines, and leaves everything else", () => {
    const mapped = mapStack(
      [
        "RangeError: odd (1:2)",
        "    at inner (file:///s/packages/d-linux/modules/src/x.ts.mjs:1:9)",
        "    at async Promise.all (index 0)",
        "    at async outer (file:///s/packages/d-linux/modules/src/%C3%A4%20b.ts.mjs:3:5)",
        "    at file:///s/packages/d-linux/modules/src/x.ts.mjs:2:1",
        "    at Object.<anonymous> (/s/a (b)/packages/d-linux/modules/lib/c.cjs:4:1)",
        "    at node:internal/process/task_queues:95:5",
        "    at dep (file:///project/node_modules/dep/index.js:7:7)",
        "    at async run (file:///s/packages/d-linux/execute.mjs:16:1000)"
      ].join("\n"),
      document
    )
    assert.deepStrictEqual(mapped.text.split("\n"), [
      "RangeError: odd (1:2)",
      "    at inner (src/x.ts:10:3)",
      "    at async Promise.all (index 0)",
      "    at async outer (src/ä b.ts:12:3)",
      "    at src/x.ts:11:3",
      "    at Object.<anonymous> (lib/c.cjs:13:3)",
      "    at node:internal/process/task_queues:95:5",
      "    at dep (file:///project/node_modules/dep/index.js:7:7)"
    ])
    assert.strictEqual(String(mapped.location), "src/x.ts:10:3")
  })

  it("maps the head of a syntax error, and does without a document", () => {
    const stack =
      "file:///s/modules/src/x.ts.mjs:2\n  let let\n      ^\nSyntaxError: odd\n    at compile (node:internal/x:1:1)"
    assert.strictEqual(mapStack(stack, document).text.split("\n")[0], "src/x.ts:11:3")
    assert.deepStrictEqual(mapStack(stack, undefined), { text: stack, location: undefined })
  })
})
