/**
 * Identity over generated projects: what must not change a package, all at once and at many places, and what must.
 */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fc from "fast-check"
import * as Hasher from "../../platform-node/Hasher.ts"
import * as SourceParser from "../../platform-node/SourceParser.ts"
import * as Packing from "./Packing.ts"
import { printProject } from "./printProject.ts"
import * as ProjectModel from "./ProjectModel.ts"
import * as Spelling from "./Spelling.ts"

const shared = Layer.merge(SourceParser.layer, Hasher.layer)

const numRuns = 60
const seed = process.env["CI"] === undefined ? {} : { seed: 20261123 }
const model = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 14 })).map(([at, size]) => ProjectModel.generate(at, size))

/** What went along, as `file: text`. */
const texts = (packed: Packing.Packed): Readonly<Record<string, string>> =>
  Object.fromEntries(
    packed.prepared.entries.flatMap(({ content, path }) =>
      content._tag === "Bytes" && path !== "execute.mjs" ? [[path, new TextDecoder().decode(content.bytes)]]
        : [[path, ""]]
    )
  )

const same = (a: Packing.Packed, b: Packing.Packed): void => {
  // First what a person can read
  assert.deepStrictEqual(texts(b), texts(a))
  assert.strictEqual(b.digest, a.digest)
  assert.isTrue(Buffer.from(a.zip).equals(b.zip), "the same digest, and other bytes")
}

it.layer(shared)("identity of generated projects", (it) => {
  it.effect.prop(
    "takes exactly the declarations that are needed",
    { model },
    ({ model }) =>
      Effect.gen(function*() {
        const { prepared } = yield* Packing.pack(printProject(model, Spelling.plain))
        const need = ProjectModel.needed(model)
        const expected = ProjectModel.declarationsOf(model).filter(({ id }) => need.declarations.has(id)).map((
          { name }
        ) => name)
        const taken = prepared.files.flatMap(({ declarations }) => declarations).map((node) =>
          node.slice(node.indexOf("#") + 1)
        )
          .filter((name) => ProjectModel.declarationsOf(model).some((each) => each.name === name))
        assert.deepStrictEqual([...new Set(taken)].sort(), expected.sort())
      }),
    { fastCheck: { numRuns, ...seed } }
  )

  for (const freedom of Spelling.freedoms) {
    it.effect.prop(
      `is not changed by ${freedom}`,
      { model, spelling: fc.nat() },
      ({ model, spelling }) =>
        Effect.gen(function*() {
          const plain = yield* Packing.pack(printProject(model, Spelling.plain))
          const other = yield* Packing.pack(printProject(model, Spelling.make(spelling, [freedom])))
          same(plain, other)
        }),
      { fastCheck: { numRuns: 20, ...seed } }
    )
  }
})
