/**
 * Manifests and metadata that are more than anybody reads: refused in no time, by a message that repeats little of them.
 */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { verifyPackage } from "../../../core/archive/OpenPackage.ts"
import * as RandomAccess from "../../../core/archive/RandomAccess.ts"
import { sealPackage } from "../../../core/archive/SealPackage.ts"
import * as Metadata from "../../../core/archive/Metadata.ts"
import * as PackageStore from "../../../core/archive/PackageStore.ts"
import * as Hasher from "../../../platform-node/Hasher.ts"
import { makeWorkbench, type Workbench } from "../../platform-node/cli/command.ts"
import * as HostilePackage from "../../serve/HostilePackage.ts"
import * as sample from "./sample.ts"

const nested = (depth: number, open = "[", close = "]"): string => open.repeat(depth) + close.repeat(depth)
const objects = (depth: number): string => `${"{\"a\":".repeat(depth)}1${"}".repeat(depth)}`
const list = (count: number, item: string): string => `[${Array(count).fill(item).join(",")}]`
const long = (length: number): string => JSON.stringify("x".repeat(length))

/** Values that no document of ours holds, by what they are. */
const values: Readonly<Record<string, string>> = {
  "a million numbers": list(1_000_000, "0"),
  "a million objects": list(1_000_000, "{}"),
  "half a million pairs": list(500_000, "[1,2]"),
  "arrays 5,000 deep": nested(5000),
  "objects 5,000 deep": objects(5000),
  "a text of 5 MB": long(5_000_000),
  "a key of 2 MB": `{${long(2_000_000)}: 1}`,
  "the key __proto__": "{\"__proto__\": {\"a\": 1}}",
  "the escaped key __proto__": "{\"\\u005f_proto__\": 1}"
}

/** Where they stand: before a member that every document has. */
const manifestPlaces: Readonly<Record<string, (value: string) => (text: string) => string>> = {
  "a member of its own": (value) => (text) => text.replace("\n  \"format\":", `\n  "extra": ${value},\n  "format":`),
  entry: (value) => (text) => text.replace("\n    \"export\":", `\n    "a": ${value},\n    "export":`),
  "the name of the function": (value) => (text) => text.replace("\"export\": \"mainAnalysis\"", `"export": ${value}`),
  options: (value) => (text) => text.replace("\"options\": {}", `"options": {\n    "a": ${value}\n  }`),
  "the entries": (value) => (text) => text.replace("\"entries\": [", `"entries": [\n    ${value},`),
  "a member of an entry": (value) => (text) => text.replace("\"mode\":", `"a": ${value},\n      "mode":`)
}
const metadataPlaces: typeof manifestPlaces = {
  "a member of its own": (value) => (text) =>
    text.replace("\n  \"function_info\"", `\n  "extra": ${value},\n  "function_info"`),
  "the name of the function": (value) => (text) => text.replace("\"name\": \"mainAnalysis\"", `"name": ${value}`),
  parameters: (value) => (text) => text.replace("\"parameters\": []", `"parameters": [${value}]`),
  "the module": (value) => (text) => text.replace("\"is_async\": true,", `"is_async": true,\n    "a": ${value},`),
  dependencies: (value) => (text) => text.replace("\"data_files\": [", `"data_files": [\n      ${value},`)
}

const attempts = [
  ...Object.entries(manifestPlaces).map(([place, put]) => ({ document: "manifest" as const, place, put })),
  ...Object.entries(metadataPlaces).map(([place, put]) => ({ document: "metadata" as const, place, put }))
]

const open = (bytes: Uint8Array, digest?: string) =>
  Effect.runPromise(
    Effect.either(
      verifyPackage(RandomAccess.fromBytes(bytes), digest === undefined ? {} : { expectedDigest: digest }).pipe(
        Effect.provide(Hasher.layer)
      )
    )
  )

// What would move a cursor or turn a line around
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/

const assertShort = (message: string): void => {
  assert.isBelow(message.length, 1500)
  assert.notMatch(message, control)
  assert.notMatch(message, /x{201}/)
}

describe("documents of a package", () => {
  for (const { document, place, put } of attempts) {
    it(`${document}, ${place}: too much is refused`, async () => {
      for (const [name, value] of Object.entries(values)) {
        const change = put(value)
        const { bytes, digest } = HostilePackage.make({}, undefined, {
          [document]: (text: string) => {
            const changed = change(text)
            assert.notStrictEqual(changed, text, name)
            return changed
          }
        })
        assert.isBelow(bytes.length, 100_000, name)
        const before = process.cpuUsage()
        const opened = await open(bytes, digest)
        const { system, user } = process.cpuUsage(before)
        assert.strictEqual(opened._tag, "Left", name)
        if (opened._tag === "Right") continue
        assert.strictEqual(opened.left._tag, "PackageFormatError", name)
        assertShort(opened.left.message)
        assert.isBelow((system + user) / 1000, 1000, name)
      }
    })
  }

  it("that say something else quote a little of it, with nothing that a terminal obeys", async () => {
    const evil = "\u202e\u001b[2J\u0085\u2066" + "x".repeat(5000)
    for (
      const [document, change] of [
        ["manifest", (text: string) => text.replace("\"clustrix-package\"", JSON.stringify(evil))],
        ["manifest", (text: string) => text.replace("\"mode\":", `${JSON.stringify(evil)}: 1, "mode":`)],
        ["manifest", (text: string) => text.replace("\"0644\"", JSON.stringify(evil))],
        ["metadata", (text: string) => text.replace("\"is_async\": true", `"is_async": ${JSON.stringify(evil)}`)]
      ] as const
    ) {
      const { bytes } = HostilePackage.make({}, undefined, { [document]: change })
      const opened = await open(bytes)
      assert.strictEqual(opened._tag, "Left")
      if (opened._tag === "Left") assertShort(opened.left.message)
    }
    const named = HostilePackage.make({ [`data/${"x".repeat(240)}\u202e.txt`]: new Uint8Array(1) }, (entry) => {
      entry.externalAttributes = 0
    })
    const opened = await open(named.bytes)
    assert.strictEqual(opened._tag, "Left")
    if (opened._tag === "Left") assertShort(opened.left.message)
  })

  it("of 8,000 files are read, in slices", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 8_000 }, (_, index) => [`data/${"d".repeat(50)}/${index}`, new Uint8Array(0)])
    )
    const { bytes, digest } = HostilePackage.make(many)
    // In CPU time: this machine may have other things to do
    let longest = 0
    const now = (): number => process.cpuUsage().user / 1000
    const first = now()
    let last = first
    const watch = setInterval(() => {
      longest = Math.max(longest, now() - last)
      last = now()
    }, 1)
    const opened = await open(bytes, digest)
    clearInterval(watch)
    assert.strictEqual(opened._tag, "Right")
    assert.isBelow(longest, (now() - first) / 3)
  })

  it("that nobody could read are not written", async () => {
    const declarations = Array.from({ length: 60_000 }, (_, index) => ({
      name: `declaration${index}`,
      kind: "variable" as const,
      module: sample.module
    }))
    const sealed = (metadata: Metadata.Metadata) =>
      Effect.runPromise(
        Effect.flip(sealPackage({ ...sample.input, metadata })).pipe(
          Effect.provide(PackageStore.layerMemory),
          Effect.provide(sample.platform)
        )
      )
    const error = await sealed(Metadata.make({ ...sample.metadataInput, declarations }))
    assert.deepInclude(error, { _tag: "ManifestError", reason: "TooLarge" })
  })
})

describe("the command", () => {
  let bench: Workbench
  beforeAll(async () => {
    bench = await makeWorkbench()
  })
  afterAll(() => bench?.remove())

  it("refuses a package whose manifest has 60 MB in less than 150 MB", async () => {
    const zip = path.join(bench.directory, "bomb.zip")
    const file = path.join(bench.directory, "peak")
    const peak = path.join(bench.directory, "peak.cjs")
    // `maxRSS` would count what this process had when it started the command
    fs.writeFileSync(
      peak,
      `const fs = require("node:fs")
process.on("exit", () => fs.writeFileSync(${
        JSON.stringify(file)
      }, /VmHWM:\\s+(\\d+)/.exec(fs.readFileSync("/proc/self/status", "utf8"))[1]))`
    )
    const claim = (entry: { central: { size: number } }, name: string): void => {
      if (name === "manifest.json") entry.central.size = 60_000_000
    }
    const bombs = [
      HostilePackage.make({}, (entry, name) => {
        claim(entry, name)
      }),
      HostilePackage.make({}, undefined, { manifest: manifestPlaces["options"]?.(list(1_000_000, "0")) ?? String }),
      HostilePackage.make({}, undefined, { metadata: metadataPlaces["parameters"]?.(long(5_000_000)) ?? String }),
      HostilePackage.make({}, undefined, { metadata: metadataPlaces["dependencies"]?.(nested(5000)) ?? String })
    ]
    for (const { bytes } of bombs) {
      fs.writeFileSync(zip, bytes)
      for (const words of [["inspect", zip], ["inspect", zip, "--json"]]) {
        const { code, stderr, stdout } = await bench.run(words, { NODE_OPTIONS: `--require ${peak}` })
        assert.strictEqual(code, 4, stderr)
        assert.isBelow(stderr.length + stdout.length, 3000)
        assert.isBelow(Number(fs.readFileSync(file, "utf8")), 150 * 1024)
      }
    }
  })
})
