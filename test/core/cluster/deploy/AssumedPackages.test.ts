import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import * as AssumedPackages from "../../../../core/cluster/deploy/AssumedPackages.ts"

it("packages that are not what they were are told in few words, whatever their files say", async () => {
  const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "clustrix-assumed-"))
  const texts = {
    right: "{\"version\":\"1.0.0\"}",
    other: `{"version":${JSON.stringify(`\u202e${"x".repeat(5000)}`)}}`,
    list: "{\"version\":[[[]]]}",
    nested: `{"version":"1.0.0","a":${"[".repeat(5000)}${"]".repeat(5000)}}`,
    broken: "\u001b[2J{",
    none: "null"
  }
  try {
    for (const [name, text] of Object.entries(texts)) {
      Fs.mkdirSync(Path.join(directory, name))
      Fs.writeFileSync(Path.join(directory, name, "package.json"), text)
    }
    const error = await AssumedPackages.check(
      directory,
      [...Object.keys(texts), "missing"].map((name) => ({ name, version: "1.0.0" }))
    ).pipe(
      Effect.flip,
      Effect.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer)),
      Effect.runPromise
    )
    for (const name of ["list", "nested", "broken", "none"]) {
      assert.include(error.why, `${name} has a package.json that cannot be read`)
    }
    assert.include(error.why, "missing is missing")
    assert.include(error.why, "other is ")
    assert.notInclude(error.why, "right is")
    assert.notMatch(error.message, /x{201}/)
    assert.notMatch(error.message, /[^\P{C}\n]/u)
  } finally {
    Fs.rmSync(directory, { recursive: true })
  }
})
