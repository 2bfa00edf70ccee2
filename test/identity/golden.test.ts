/**
 * The digests of known packages. They are the same on every machine, and for as long as the format version is the same.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readFileSync, writeFileSync } from "node:fs"
import { formatVersion } from "../../core/archive/Manifest.ts"
import * as Hasher from "../../platform-node/Hasher.ts"
import * as SourceParser from "../../platform-node/SourceParser.ts"
import * as Fixtures from "./Fixtures.ts"
import * as Packing from "./Packing.ts"

const file = new URL("./golden.json", import.meta.url)

it.layer(Layer.merge(SourceParser.layer, Hasher.layer))("golden digests", (it) => {
  it.effect("are what they were", () =>
    Effect.gen(function*() {
      const digests = Object.fromEntries(
        yield* Effect.forEach(Fixtures.projects, ([name, project]) =>
          Effect.map(Packing.pack(project), ({ digest }) => [name, digest] as const))
      )
      const found = { formatVersion, digests }
      if (process.env["UPDATE_GOLDEN"] === "1") {
        writeFileSync(file, `${JSON.stringify(found, undefined, 2)}\n`)
      }
      assert.deepStrictEqual(
        found,
        JSON.parse(readFileSync(file, "utf8")),
        "Packages have other IDs than before. Where that is meant: raise `formatVersion` in core/archive/Manifest.ts (and " +
          "`canonicalVersion`, if a canonical text changed), say it in CHANGELOG.md, and run this test with UPDATE_GOLDEN=1. " +
          "A new fixture needs the last only."
      )
    }), 60_000)
})
