/**
 * The real formatters, with default and with random options, over the sources of every fixture and example: the package
 * stays what it was, to the byte.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Hasher from "../../platform-node/Hasher.ts"
import * as SourceParser from "../../platform-node/SourceParser.ts"
import { biomeOptions, dprintOptions, prettierOptions } from "../core/codegen/canonical/formatterOptions.ts"
import { type Files, withBiome, withDprint, withPrettier } from "../core/codegen/canonical/formatters.ts"
import * as Fixtures from "./Fixtures.ts"
import * as Packing from "./Packing.ts"

const isCode = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file)

/** All sources of all projects in one flat folder, so that each formatter starts once. */
const names = new Map<string, { readonly project: string; readonly file: string }>()
const sources: Record<string, string> = {}
let count = 0
for (const [project, { files }] of Fixtures.projects) {
  for (const [file, text] of Object.entries(files)) {
    if (!isCode(file)) continue
    const name = `${++count}${file.slice(file.lastIndexOf("."))}`
    names.set(name, { project, file })
    sources[name] = text
  }
}

/** Sorting imports changes the order in which modules with outward effects are evaluated, and so what the function gives. */
const sortsImports: ReadonlySet<string> = new Set([
  "modules whose order of evaluation shows",
  "a counter that every module of a chain increases as it loads",
  "modules in a cycle through the file that lists them"
])

const seeds = [1, 2]
const formatters: Readonly<Record<string, (seed: number | undefined) => Files | Promise<Files>>> = {
  Prettier: (seed) => withPrettier(sources, seed === undefined ? {} : prettierOptions(seed)),
  Biome: (seed) => withBiome(sources, seed === undefined ? {} : biomeOptions(seed)),
  dprint: (seed) => withDprint(sources, seed === undefined ? {} : dprintOptions(seed))
}

it.layer(Layer.merge(SourceParser.layer, Hasher.layer))("packages of formatted sources", (it) => {
  for (const [name, format] of Object.entries(formatters)) {
    for (const seed of [undefined, ...seeds]) {
      it.effect(
        `are the same: ${name}, ${seed === undefined ? "default options" : `random options ${seed}`}`,
        () =>
          Effect.gen(function*() {
            const formatted = yield* Effect.promise(async () => format(seed))
            assert.notDeepEqual(formatted, sources)
            const different: Array<string> = []
            for (const [project, original] of Fixtures.projects) {
              const files = { ...original.files }
              for (const [flat, { file, project: owner }] of names) {
                if (owner === project) files[file] = formatted[flat] ?? ""
              }
              const before = yield* Packing.pack(original)
              const after = yield* Packing.pack({ ...original, files })
              const isSame = before.digest === after.digest && Buffer.from(before.zip).equals(after.zip)
              if (!isSame && !sortsImports.has(project)) different.push(project)
            }
            assert.deepStrictEqual(different, [])
          }),
        120_000
      )
    }
  }
})
