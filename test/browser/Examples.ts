/**
 * The functions of the examples, with the files that a page needs for them.
 */
import { readdirSync, readFileSync, statSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import type { PackageOptionsInput } from "../../core/packaging/PackageOptions.ts"
import type { PageFiles } from "./page/main.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))
export const directory = path.join(root, "examples")

export interface Example {
  /** Relative to `examples/`. */
  readonly entry: string
  /** In the files of the page. */
  readonly pageEntry: string
  readonly options: PackageOptionsInput
  readonly files: () => PageFiles
  /** Arguments of the call in the test of runs. */
  readonly args?: ReadonlyArray<unknown>
  readonly kwargs?: Readonly<Record<string, unknown>>
}

/** Every file below a directory, links to files included, as text or base64. */
export const filesBelow = (directory: string, prefix = ""): Record<string, string | { readonly base64: string }> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((file) => statSync(path.join(directory, file)).isFile())
      .map((file) => {
        const bytes = readFileSync(path.join(directory, file))
        const text = bytes.toString("utf8")
        return [
          `${prefix}${file.split(path.sep).join("/")}`,
          Buffer.from(text, "utf8").equals(bytes) ? text : { base64: bytes.toString("base64") }
        ]
      })
  )

const plain = (
  entry: string,
  args: ReadonlyArray<unknown> = [],
  kwargs: Readonly<Record<string, unknown>> = {}
): Example => {
  const slash = entry.indexOf("/")
  return {
    entry,
    pageEntry: entry.slice(slash + 1),
    options: {},
    files: () => filesBelow(path.join(directory, entry.slice(0, slash))),
    args,
    kwargs
  }
}

/** The example with npm packages stands in the project's workspace: lockfile and installed packages go along. */
const external = (options: PackageOptionsInput): Example => ({
  entry: "external-packages/main.ts#scientificAnalysis",
  pageEntry: "examples/external-packages/main.ts#scientificAnalysis",
  options,
  files: () => ({
    "package.json": readFileSync(path.join(root, "package.json"), "utf8"),
    "package-lock.json": readFileSync(path.join(root, "package-lock.json"), "utf8"),
    ...filesBelow(path.join(directory, "external-packages"), "examples/external-packages/"),
    ...filesBelow(path.join(root, "node_modules/csv-parse"), "node_modules/csv-parse/"),
    ...filesBelow(path.join(root, "node_modules/simple-statistics"), "node_modules/simple-statistics/")
  })
})

export const vendored: Example = external({ dependencies: "vendor" })

export const all: ReadonlyArray<Example> = [
  plain("automated-packaging/main.ts#automatedPackaging"),
  plain("automated-packaging/TotalSize.ts#TotalSize.ofCsvFiles"),
  plain("cleanup/analysis.ts#answer"),
  plain("complete-workflow/analysis.ts#analysisFunction"),
  plain("custom-context/analysis.ts#customAnalysis", ["experiments/"], { outputFormat: "object" }),
  plain("debug-mode/analysis.ts#yourFunction", [[1, 2, 3]]),
  plain("environment-variables/analysis.ts#runtime"),
  plain("error-handling/analysis.ts#functionWithMissingDeps"),
  external({}),
  vendored,
  plain("filesystem-analysis/main.ts#filesystemAnalysis"),
  plain("inspection/analysis.ts#sizesByFolder", ["."]),
  plain("local-dependencies/main.ts#mainAnalysis"),
  plain("simple-analysis/main.ts#simpleAnalysis")
]
