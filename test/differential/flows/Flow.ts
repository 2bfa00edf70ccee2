/**
 * A small program with one way for a value to get from one place to another.
 */

export interface Flow {
  readonly entry: string
  readonly files: Readonly<Record<string, string>>
  readonly language: "js" | "ts"
  /** Whether it changes what the programs after it would see. */
  readonly ownProcess: boolean
}

const packageJson = "{ \"name\": \"flow\", \"type\": \"module\" }\n"

/** A program of several modules, of which `main.mjs` has the function. */
export const modules = (files: Readonly<Record<string, string>>): Flow => ({
  entry: "main.mjs",
  files: { "package.json": packageJson, ...files },
  language: "js",
  ownProcess: false
})

export const javascript = (text: string): Flow => modules({ "main.mjs": text })

export const typescript = (text: string): Flow => ({
  entry: "main.ts",
  files: { "package.json": packageJson, "main.ts": text },
  language: "ts",
  ownProcess: false
})
