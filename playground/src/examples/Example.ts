/**
 * The project's own `examples/`, as they were when the page was built, and those of the page. A function value of a running
 * program is packaged with what it captures: only a running program has one, so that example is not here.
 */
import lockfile from "virtual:clustrix-example-lockfile"

export interface Example {
  /** Its folder. */
  readonly name: string
  readonly title: string
  /** What it shows, as a sentence. */
  readonly shows: string
  readonly entry: string
  /** Arguments for a run, as JSON. */
  readonly args: string
  /** Inputs of many calls, as a JSON array. */
  readonly inputs: string
}

const example = (name: string, title: string, shows: string, entry: string, args = "[]", inputs = ""): Example => ({
  name,
  title,
  shows,
  entry,
  args,
  inputs
})

/** From the simple to the special. */
export const examples: ReadonlyArray<Example> = [
  example(
    "simple-analysis",
    "Simple analysis",
    "One function that needs nothing: the smallest package.",
    "main.ts#simpleAnalysis"
  ),
  example(
    "local-dependencies",
    "Local dependencies",
    "A function with helpers in other files: they go along, and only the parts that it uses.",
    "main.ts#mainAnalysis"
  ),
  example(
    "debug-mode",
    "Statements that matter",
    "A table that is filled by a statement of its own: the statement goes along, the line that only prints does not.",
    "analysis.ts#yourFunction",
    "[[1, 2, 3]]"
  ),
  example(
    "closures",
    "Closures",
    "A function made by another function: it goes along with what it remembers.",
    "main.ts#total",
    "[[10, 20.5]]"
  ),
  example(
    "automated-packaging",
    "Data files",
    "Files that the code reads by a constant path are found and packaged.",
    "main.ts#automatedPackaging"
  ),
  example(
    "filesystem-analysis",
    "Files of the cluster",
    "Files that lie on the cluster are searched there: they are no part of the package.",
    "main.ts#filesystemAnalysis"
  ),
  example(
    "external-packages",
    "npm packages",
    "npm packages go along as the lockfile names them.",
    "main.ts#scientificAnalysis"
  ),
  example(
    "loops",
    "Loops",
    "Iterations that are independent run on all cores of a job; in this page they run one after the other.",
    "main.ts#longestWay",
    "[3000]"
  ),
  example(
    "many-calls",
    "Many calls",
    "A function that is called for many inputs, as one job array.",
    "simulate.ts#simulate",
    "[1]",
    "[1, 2, 3, 4]"
  ),
  example(
    "custom-context",
    "Arguments and context",
    "Arguments and an options object, as they are given to the function on the cluster.",
    "analysis.ts#customAnalysis",
    "[\"experiments/\"]"
  ),
  example(
    "environment-variables",
    "Environment variables",
    "A function that reads the environment of its job.",
    "analysis.ts#runtime"
  ),
  example(
    "error-handling",
    "Errors",
    "A helper that is missing: a warning now, an error at the line of the source when it runs.",
    "analysis.ts#functionWithMissingDeps"
  ),
  example(
    "complete-workflow",
    "Complete workflow",
    "Find, read and sum up measurements.",
    "analysis.ts#analysisFunction"
  ),
  example(
    "inspection",
    "Inspection",
    "A package that is looked into by a program.",
    "analysis.ts#sizesByFolder",
    "[\".\"]"
  ),
  example("cleanup", "Cleanup", "Old packages are removed by age.", "analysis.ts#answer"),
  example(
    "http-service",
    "A service",
    "A function of a service that hands its heavy work to a cluster.",
    "primes.ts#countPrimes",
    "[{ \"limit\": 1000 }]"
  )
]

const texts = import.meta.glob<string>(
  ["../../../examples/*/**/*", "../../examples/*/**/*", "!**/node_modules/**", "!../../../examples/readme/**",
    "!../../../examples/living-function/**", "!../../../examples/page/**"],
  { query: "?raw", import: "default", eager: true }
)

/** The files of an example, by path below its folder. */
export const filesOf = ({ name }: Example): Readonly<Record<string, string>> => {
  const prefixes = [`../../../examples/${name}/`, `../../examples/${name}/`]
  const own = Object.fromEntries(
    Object.entries(texts).flatMap(([path, text]) => {
      const prefix = prefixes.find((each) => path.startsWith(each))
      return prefix === undefined ? [] : [[path.slice(prefix.length), text]]
    })
  )
  // It stands in the project's workspace, whose lockfile has its versions
  return name === "external-packages" ? { ...own, "package-lock.json": lockfile } : own
}
