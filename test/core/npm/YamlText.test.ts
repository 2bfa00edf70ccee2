/**
 * Lockfiles in YAML that are more than anybody has: told soon, and without the memory that their trees would take.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ManagerCommands from "../../../core/npm/ManagerCommands.ts"
import * as YamlText from "../../../core/npm/YamlText.ts"
import * as YarnClassic from "../../../core/npm/YarnClassic.ts"

const read = (text: string) =>
  Effect.runSync(Effect.either(YamlText.parse("pnpm-lock.yaml", text, "core", ManagerCommands.pnpm)))

const numbered = (count: number): string => Array.from({ length: count }, (_, at) => `k${at}: v\n`).join("")

describe("a lockfile of somebody else", () => {
  const tooMuch = {
    "values in one line": `a: [${"0,".repeat(5_000_000)}0]`,
    "lists in one line": `a: [${"[],".repeat(3_000_000)}0]`,
    "lines": "a: 1\n".repeat(5_000_000),
    "one text": "x".repeat(70_000_000)
  }
  for (const [title, text] of Object.entries(tooMuch)) {
    it(`with too many ${title} is refused before it is parsed`, async () => {
      const before = process.cpuUsage()
      const memory = process.memoryUsage.rss()
      const result = read(text)
      const classic = await Effect.runPromise(
        Effect.either(
          YarnClassic.read("yarn.lock", text, { importers: new Map(), resolutions: [], workspaces: new Map() })
        )
      )
      const { user } = process.cpuUsage(before)
      for (const each of [result, classic]) {
        assert.strictEqual(each._tag, "Left")
        if (each._tag === "Left") assert.match(each.left.message, /holds too much[^]*It (has|holds) more than/)
      }
      assert.isBelow(user / 1000, 1500)
      assert.isBelow(process.memoryUsage.rss() - memory, 150 * 1_048_576)
    })
  }

  it("with many keys is read in time that its length takes", () => {
    const before = process.cpuUsage()
    assert.strictEqual(read(numbered(60_000))._tag, "Right")
    // Compared with each other, they took a minute
    assert.isBelow(process.cpuUsage(before).user / 1e6, 10)
  })

  it("with a key twice is refused where it is", () => {
    const result = read(`${numbered(3)}k1: w\n`)
    assert.strictEqual(result._tag, "Left")
    if (result._tag === "Left") assert.deepInclude(result.left.location, { line: 4, column: 1 })
    const inner = read("a: {b: 1, c: {d: 1, d: 2}}\n")
    assert.strictEqual(inner._tag, "Left")
  })
})
