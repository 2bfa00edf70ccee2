/**
 * The project's own `examples/`, as they were when the page was built. A closure is packaged by its value, which only a
 * running program has: that example is not here.
 */
import lockfile from "virtual:clustrix-example-lockfile"

export interface Example {
  /** Its folder. */
  readonly name: string
  readonly title: string
  readonly entry: string
  /** Arguments for a run, as JSON. */
  readonly args: string
}

const example = (name: string, title: string, entry: string, args = "[]"): Example => ({ name, title, entry, args })

export const examples: ReadonlyArray<Example> = [
  example("local-dependencies", "Local dependencies", "main.ts#mainAnalysis"),
  example("simple-analysis", "Simple analysis", "main.ts#simpleAnalysis"),
  example("complete-workflow", "Complete workflow", "analysis.ts#analysisFunction"),
  example("filesystem-analysis", "Files of the cluster", "main.ts#filesystemAnalysis"),
  example("automated-packaging", "Automated packaging", "main.ts#automatedPackaging"),
  example("custom-context", "Arguments and context", "analysis.ts#customAnalysis", "[\"experiments/\"]"),
  example("debug-mode", "Debug mode", "analysis.ts#yourFunction", "[[1, 2, 3]]"),
  example("environment-variables", "Environment variables", "analysis.ts#runtime"),
  example("error-handling", "Errors", "analysis.ts#functionWithMissingDeps"),
  example("inspection", "Inspection", "analysis.ts#sizesByFolder", "[\".\"]"),
  example("cleanup", "Cleanup", "analysis.ts#answer"),
  example("many-calls", "Many calls", "simulate.ts#simulate", "[1]"),
  example("http-service", "A service", "primes.ts#countPrimes", "[{ \"limit\": 1000 }]"),
  example("external-packages", "npm packages", "main.ts#scientificAnalysis")
]

const texts = import.meta.glob<string>(
  ["../../../examples/*/**/*", "!**/node_modules/**", "!../../../examples/readme/**",
    "!../../../examples/living-function/**", "!../../../examples/page/**"],
  { query: "?raw", import: "default", eager: true }
)

/** The files of an example, by path below its folder. */
export const filesOf = ({ name }: Example): Readonly<Record<string, string>> => {
  const prefix = `../../../examples/${name}/`
  const own = Object.fromEntries(
    Object.entries(texts).flatMap(([path, text]) => path.startsWith(prefix) ? [[path.slice(prefix.length), text]] : [])
  )
  // It stands in the project's workspace, whose lockfile has its versions
  return name === "external-packages" ? { ...own, "package-lock.json": lockfile } : own
}
