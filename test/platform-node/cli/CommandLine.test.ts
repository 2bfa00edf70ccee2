import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type Call, type Command, read, type UsageError } from "../../../platform-node/cli/CommandLine.ts"
import * as ExitCode from "../../../platform-node/cli/ExitCode.ts"
import * as PackagingArguments from "../../../platform-node/cli/PackagingArguments.ts"

const command: Command = {
  name: "paint",
  summary: "Paint.",
  usage: ["paint WALL"],
  positionals: { least: 1, most: 1 },
  options: [
    { name: "colour", value: "COLOUR", choices: ["red", "green"], summary: "" },
    { name: "coat", value: "N", repeatable: true, summary: "" },
    { name: "slow", summary: "" }
  ],
  notes: [],
  load: () => Promise.resolve(() => Promise.resolve(0))
}

const call = (...words: Array<string>): Call => {
  const result = read(command, words)
  if ("_tag" in result) throw new Error(result.what)
  return result
}

const refused = (...words: Array<string>): UsageError => {
  const result = read(command, words)
  if (!("_tag" in result)) throw new Error("It was accepted.")
  return result
}

describe("reading a command line", () => {
  it("takes values glued and apart, options before and after", () => {
    const { positionals, switches, values } = call("--coat=1", "wall", "--slow", "--coat", "2", "--colour", "red")
    assert.deepStrictEqual(positionals, ["wall"])
    assert.deepStrictEqual([...switches], ["slow"])
    assert.deepStrictEqual(values.get("coat"), ["1", "2"])
    assert.deepStrictEqual(values.get("colour"), ["red"])
  })

  it("takes everything behind -- as it is", () => {
    assert.deepStrictEqual(call("--slow", "--", "--wall").positionals, ["--wall"])
  })

  it("takes a value that begins with dashes only when it is glued on", () => {
    assert.deepStrictEqual(call("w", "--coat=--slow").values.get("coat"), ["--slow"])
    assert.include(refused("w", "--coat", "--slow").what, "needs a value")
    assert.include(refused("w", "--coat").what, "needs a value")
    assert.deepStrictEqual(call("w", "--coat", "-1").values.get("coat"), ["-1"])
  })

  it("guesses what was meant", () => {
    assert.include(refused("w", "--color", "red").remedy, "--colour")
    assert.include(refused("w", "--colour", "gren").remedy, "green")
    assert.include(refused("w", "--quick").remedy, "--help")
  })

  it("refuses too few and too many words, values for switches, and options given twice", () => {
    assert.include(refused().remedy, "clustrix paint WALL")
    assert.include(refused("a", "b").what, "\"b\"")
    assert.include(refused("a", "--slow=1").what, "takes no value")
    assert.include(refused("a", "--colour", "red", "--colour", "red").what, "twice")
  })

  it("shows help whatever else is missing", () => {
    assert.isTrue(call("-h").switches.has("help"))
    assert.isTrue(call("--help").switches.has("help"))
  })
})

describe("ages", () => {
  it.effect("are numbers with a unit", () =>
    Effect.gen(function*() {
      for (const [text, millis] of [["0", 0], ["90s", 90_000], ["1.5h", 5_400_000], ["7d", 604_800_000]] as const) {
        const age = yield* PackagingArguments.age(text)
        assert.deepStrictEqual(age.value, { _tag: "Millis", millis })
      }
      for (const text of ["", "5", "h", "-1h", "1y"]) {
        assert.strictEqual((yield* Effect.flip(PackagingArguments.age(text)))._tag, "UsageError")
      }
    }))
})

describe("exit codes", () => {
  it("are all in the table", () => {
    const known = new Set(ExitCode.table.map(([code]) => code))
    for (
      const [tag, reason] of [
        ["JobFailedError", undefined],
        ["TimeLimitError", undefined],
        ["PackageFormatError", "Truncated"],
        ["FunctionNotPackageableError", "InvalidReference"],
        ["FunctionNotPackageableError", "Class"],
        ["PackageStoreError", "DiskFull"],
        ["SomethingNew", undefined]
      ] as const
    ) assert.isTrue(known.has(ExitCode.ofError(tag, reason)), tag)
  })
})
