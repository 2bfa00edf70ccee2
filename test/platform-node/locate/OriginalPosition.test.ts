import { assert, it } from "@effect/vitest"
import { originalPositions } from "../../../platform-node/locate/OriginalPosition.ts"

it("a source map that is none is told in few words, none of which a terminal obeys", () => {
  const maps = [
    "\u202e\u001b[2J".repeat(1000),
    "[".repeat(1_000_000),
    `{"version":3,"sources":[],"names":[],"mappings":${"[".repeat(5000)}${"]".repeat(5000)}}`
  ]
  for (const [index, map] of maps.entries()) {
    const found = originalPositions({
      script: {
        scriptId: "1",
        url: `file:///nowhere/${index}.js`,
        sourceMapURL: `data:application/json,${encodeURIComponent(map)}`
      },
      line: 0,
      column: 0
    })
    assert.isTrue("_tag" in found && found._tag === "BadMap")
    if (!("_tag" in found) || found._tag !== "BadMap") continue
    assert.isAtMost(found.cause.length, 3000)
    assert.notMatch(found.cause, /\p{C}/u)
    if (index > 0) assert.include(found.cause, "nested more than")
  }
})
