/**
 * Identity over generated projects: what must not change a package, all at once and at many places, and what must.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fc from "effect/FastCheck"
import * as Hasher from "../../platform-node/Hasher.ts"
import * as SourceParser from "../../platform-node/SourceParser.ts"
import * as Choices from "./Choices.ts"
import * as Mutation from "./Mutation.ts"
import * as Packing from "./Packing.ts"
import { printProject } from "./printProject.ts"
import * as ProjectModel from "./ProjectModel.ts"
import * as Spelling from "./Spelling.ts"

const shared = Layer.merge(SourceParser.layer, Hasher.layer)

/** The same projects in every run; another seed finds others. */
const seed = Number(process.env["PROPERTY_SEED"] ?? 20261123)
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
    { fastCheck: { numRuns: 60, seed } }
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
      { fastCheck: { numRuns: 20, seed } }
    )
  }

  it.effect.prop(
    "is not changed by all of these at once",
    { model: model.filter((each) => !ProjectModel.hasNeedsInCycle(each)), spelling: fc.nat() },
    ({ model, spelling }) =>
      Effect.gen(function*() {
        const plain = yield* Packing.pack(printProject(model, Spelling.plain))
        const other = yield* Packing.pack(printProject(model, Spelling.make(spelling, Spelling.freedoms)))
        same(plain, other)
      }),
    { fastCheck: { numRuns: 120, seed } }
  )

  for (const [name, mutate] of Object.entries(Mutation.mutations)) {
    it.effect(`is changed by ${name}`, () =>
      Effect.gen(function*() {
        let changes = 0
        for (let at = 0; at < 300 && changes < 12; at++) {
          const model = ProjectModel.generate(seed + at, 2 + at % 14)
          const mutated = mutate(model, Choices.make(at))
          if (mutated === undefined) continue
          changes += 1
          const before = yield* Packing.pack(printProject(model, Spelling.plain))
          const after = yield* Packing.pack(printProject(mutated, Spelling.plain))
          assert.notStrictEqual(after.digest, before.digest, `project ${seed + at}`)
          assert.isFalse(Buffer.from(after.zip).equals(before.zip))
        }
        assert.strictEqual(changes, 12, "too few projects have a place for it")
      }))
  }
})
