/**
 * The projects of the behaviour tests and the examples, as files in memory.
 */
import { readdirSync, readFileSync, statSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import type { Project } from "./Packing.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

const filesBelow = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((file) => statSync(path.join(directory, file)).isFile())
      .sort()
      .map((file) => [file.split(path.sep).join("/"), readFileSync(path.join(directory, file), "utf8")])
  )

const fixtures = path.join(root, "test/behaviour/fixtures")

/** Functions of the examples, by folder and name. `external-packages` needs npm packages and is in the matrix. */
const examples = [
  "automated-packaging/main.ts#automatedPackaging",
  "custom-context/analysis.ts#customAnalysis",
  "filesystem-analysis/main.ts#filesystemAnalysis",
  "local-dependencies/main.ts#mainAnalysis",
  "simple-analysis/main.ts#simpleAnalysis"
]

/** By the name that the tests show. */
export const projects: ReadonlyMap<string, Project> = new Map([
  ...readdirSync(fixtures).sort().map((name): readonly [string, Project] => {
    const all = Object.entries(filesBelow(path.join(fixtures, name)))
    // What only the behaviour test reads
    const files = Object.fromEntries(all.filter(([file]) => !/^(expected\.json|[a-z]+(-[a-z]+)+\.txt)$/.test(file)))
    const main = Object.keys(files).find((file) => /^main\.[cm]?tsx?$/.test(file)) ?? "main.ts"
    return [name, { files, fn: `${main}#main` }]
  }),
  ...examples.map((example): readonly [string, Project] => {
    const [folder = "", fn = ""] = example.split("/")
    return [example, { files: filesBelow(path.join(root, "examples", folder)), fn }]
  })
])
