/**
 * A living function gives from its package what it gives here.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, rmSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { FilePackager } from "../../core/packaging/FilePackager.ts"
import type { AnyFunction } from "../../core/closures/FunctionLocator.ts"
import type { PreparedPackage } from "../../core/packaging/PreparedPackage.ts"
import * as NodeHost from "../../platform-node/NodeHost.ts"
import { classes } from "./classes.ts"
import { closures } from "./closures.ts"
import { loadPackage } from "./loadPackage.ts"
import { objects } from "./objects.ts"

// Where npm packages and this project's own are found
const scratch = mkdtempSync(
  path.join(fileURLToPath(new URL("../../node_modules/", import.meta.url)), ".clustrix-capture-")
)
afterAll(() => rmSync(scratch, { recursive: true, force: true }))

const prepare = (fn: AnyFunction) => Effect.flatMap(FilePackager, (packager) => packager.prepare(fn))

const outcome = async (fn: AnyFunction, args: ReadonlyArray<unknown>): Promise<unknown> => {
  try {
    return { value: await Reflect.apply(fn, undefined, args) }
  } catch (error) {
    return { thrown: String(error) }
  }
}

it.layer(NodeHost.layer)("a living function", (it) => {
  describe("gives from its package what it gives here", () => {
    for (const [title, make] of Object.entries({ ...closures, ...objects, ...classes })) {
      it.effect(title, () =>
        Effect.gen(function*() {
          const { args = [], fn } = make()
          const prepared = yield* prepare(fn)
          const packaged = yield* Effect.promise(() => loadPackage(scratch, prepared))
          const here = title.includes("class") ? fn : make().fn
          const expected = yield* Effect.promise(() => outcome(here, args))
          const actual = yield* Effect.promise(() => outcome(packaged, args))
          assert.property(expected, "value")
          assert.deepStrictEqual(actual, expected)
          // The same again, from the same function made anew
          const again = yield* prepare(make().fn)
          const text = (each: PreparedPackage) =>
            each.entries.map((
              { content, path }
            ) => [path, content._tag === "Bytes" ? Buffer.from(content.bytes).toString() : ""])
          assert.deepStrictEqual(text(again), text(prepared))
        }))
    }
  })
})
