/**
 * What the linter cannot say in one rule: the folders are layers, and imports point one way, types included.
 */
import { assert, describe, it } from "@effect/vitest"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"

const root = resolve(import.meta.dirname, "../..")

/** A layer imports itself and the layers named here. */
const layers: Readonly<Record<string, ReadonlyArray<string>>> = {
  core: [],
  "platform-browser": ["core"],
  "platform-node": ["core", "package.json"],
  playground: ["core", "platform-browser"]
}

/** The folders of the core in the order in which data flows: each may import from those before it. */
const flow = [
  "diagnostics",
  "archive",
  "config",
  "runtime",
  "resolution",
  "npm",
  "language",
  "data-files",
  "modules",
  "dataflow",
  "slicing",
  "closures",
  "codegen",
  "parallel",
  "packaging",
  "cluster",
  "http"
]

interface Import {
  readonly from: string
  readonly to: string
}

const sources = (layer: string): ReadonlyArray<string> =>
  readdirSync(join(root, layer), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.tsx?$/.test(file) && !/\.d\.ts$/.test(file))
    .map((file) => `${layer}/${file}`)

const files = new Set(Object.keys(layers).flatMap(sources))

/** Relative imports of `file` that name a file of ours (a template text may hold others). */
const importsOf = (file: string): ReadonlyArray<Import> =>
  [...readFileSync(join(root, file), "utf8").matchAll(/\b(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)]
    .map((match) => ({ from: file, to: relative(root, resolve(root, dirname(file), match[1] ?? "")) }))
    .filter((edge) => files.has(edge.to) || !Object.keys(layers).some((layer) => edge.to.startsWith(`${layer}/`)))

const imports = [...files].flatMap(importsOf)
const arrow = (edge: Import): string => `${edge.from} -> ${edge.to}`
const layerOf = (file: string): string => file.split("/")[0] ?? ""
const folderOf = (file: string): string | undefined => {
  const [layer, folder, rest] = file.split("/")
  return layer === "core" && rest !== undefined ? folder : undefined
}

describe("the layers", () => {
  it("have imports to judge", () => assert.isAbove(imports.length, 100))

  it("import only the layers below them", () =>
    assert.deepStrictEqual(
      imports.filter((edge) =>
        layerOf(edge.from) !== layerOf(edge.to) && !(layers[layerOf(edge.from)] ?? []).includes(layerOf(edge.to))
      ).map(arrow),
      []
    ))

  it("have a place for each folder of the core", () =>
    assert.deepStrictEqual(
      [...new Set([...files].map(folderOf))].filter((folder) => folder !== undefined && !flow.includes(folder)),
      []
    ))

  it("let data flow one way inside the core", () =>
    assert.deepStrictEqual(
      imports.filter((edge) => {
        const [from, to] = [folderOf(edge.from), folderOf(edge.to)]
        return from !== undefined && to !== undefined && from !== to && flow.indexOf(from) < flow.indexOf(to)
      }).map(arrow),
      []
    ))

  it("do not use their own entry point", () =>
    assert.deepStrictEqual(
      imports.filter((edge) =>
        layerOf(edge.from) === layerOf(edge.to) && edge.to === `${layerOf(edge.to)}/index.ts` &&
        edge.from !== `${layerOf(edge.from)}/main.ts` && layerOf(edge.from) !== "playground"
      ).map(arrow),
      []
    ))
})
