/**
 * What is packaged is in its final form: packaging the modules of a package again changes nothing in them.
 */
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Hasher from "../../platform-node/Hasher.ts"
import * as SourceParser from "../../platform-node/SourceParser.ts"
import * as Fixtures from "./Fixtures.ts"
import * as Packing from "./Packing.ts"
import { printProject } from "./printProject.ts"
import * as ProjectModel from "./ProjectModel.ts"
import * as Spelling from "./Spelling.ts"

/** Code of the package, by path: the modules without what loops add to them, and what they import of Clustrix. */
const codeOf = ({ prepared }: Packing.Packed): Record<string, string> =>
  Object.fromEntries(
    prepared.entries.flatMap(({ content, path }) =>
      content._tag === "Bytes" && (path.startsWith("modules/") || path === "filesystem_utils.mjs") &&
        !/\.(?:loops|bodies)\.mjs$/.test(path)
        ? [[path, new TextDecoder().decode(content.bytes)]]
        : []
    )
  )

const isCode = (file: string): boolean => /\.[cm]?[jt]sx?$/.test(file)

/** The project that the code of a package is, with the data and the npm packages of the one that it comes from. */
const unpacked = (project: Packing.Project, packed: Packing.Packed): Packing.Project => {
  const { entry } = packed.prepared
  const kept = Object.entries(project.files).filter(([file]) => file.startsWith("node_modules/") || !isCode(file))
  return {
    ...project,
    files: {
      ...Object.fromEntries(
        kept.flatMap(([file, text]) =>
          file.endsWith("package.json") ? [[file, text]] : [[file, text], [`modules/${file}`, text]]
        )
      ),
      ...codeOf(packed)
    },
    fn: `${String(entry["serial"] ?? entry.module)}#${entry.export}`
  }
}

/** Fixtures whose modules are not their own canonical form, and why. */
const exceptions: ReadonlyMap<string, string> = new Map([
  ["JSON modules with and without attributes and named imports", "a JSON module becomes a module of JavaScript"],
  ["a dynamic import of JSON and of a builtin", "a JSON module becomes a module of JavaScript"],
  ["names that a packager would choose itself", "a JSON module becomes a module of JavaScript"],
  [
    "enums with computed and negative and string members and their way back",
    "SWC has worked out the members and leaves what they were made of"
  ],
  ["a decorator that registers the class it stands on", "decorators bring functions along that nothing uses"],
  ["a standard decorator with an argument", "decorators bring functions along that nothing uses"],
  ["an accessor with a decorator that doubles it", "decorators bring functions along that nothing uses"]
])

const check = (project: Packing.Project) =>
  Effect.gen(function*() {
    const once = yield* Packing.pack(project)
    const twice = yield* Packing.pack(unpacked(project, once))
    const before = Object.entries(codeOf(once)).map(([path, text]) => [`modules/${path}`, text])
    const modules = (all: ReadonlyArray<ReadonlyArray<unknown>>): unknown =>
      Object.fromEntries(all.filter(([path]) => !/\b(filesystem_utils\.mjs|package\.json)$/.test(String(path))))
    assert.deepStrictEqual(modules(Object.entries(codeOf(twice))), modules(before))
  })

it.layer(Layer.merge(SourceParser.layer, Hasher.layer))("packaging packaged modules again", (it) => {
  for (const [name, project] of Fixtures.projects) {
    const reason = exceptions.get(name)
    if (reason === undefined) it.effect(`changes nothing: ${name}`, () => check(project))
    else it.effect(`changes something where ${reason}`, () => Effect.sandbox(check(project)).pipe(Effect.flip))
  }

  it.effect("changes nothing in generated projects", () =>
    Effect.forEach(
      Array.from({ length: 90 }, (_, seed) => ProjectModel.generate(seed, 1 + seed % 14))
        // A JSON module becomes a module of JavaScript
        .filter((model) => ProjectModel.declarationsOf(model).every(({ kind }) => kind !== "json"))
        .map((model) => printProject(model, Spelling.plain)),
      check,
      { discard: true }
    ), 60_000)
})
