/**
 * The real formatters, over a whole folder at once.
 */
import { execFileSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import * as prettier from "prettier"

export type Files = Readonly<Record<string, string>>

const root = new URL("../../../../", import.meta.url).pathname
const bin = (name: string): string => join(root, "node_modules/.bin", name)

/** Writes the files into a directory of their own, runs `format` there, and reads them back. */
const inDirectory = (
  files: Files,
  configuration: Readonly<Record<string, object>>,
  format: (directory: string) => void
): Files => {
  const directory = mkdtempSync(join(tmpdir(), "clustrix-format-"))
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
    for (const [name, value] of Object.entries(configuration)) {
      writeFileSync(join(directory, name), JSON.stringify(value))
    }
    format(directory)
    return Object.fromEntries(
      readdirSync(directory).filter((name) => name in files).map((
        name
      ) => [name, readFileSync(join(directory, name), "utf8")])
    )
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const run = (command: string, args: ReadonlyArray<string>, cwd: string): void => {
  execFileSync(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" })
}

export const withPrettier = async (files: Files, options: prettier.Options): Promise<Files> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(files).map(async ([name, text]) =>
        [name, await prettier.format(text, { ...options, filepath: name })] as const
      )
    )
  )

const dprintPlugin = join(
  dirname(createRequire(import.meta.url).resolve("@dprint/typescript/package.json")),
  "plugin.wasm"
)

export const withDprint = (files: Files, options: object): Files =>
  inDirectory(
    files,
    { "dprint.json": { typescript: options, includes: ["**/*"], excludes: ["*.json"], plugins: [dprintPlugin] } },
    (directory) => run(bin("dprint"), ["fmt", "--config", "dprint.json"], directory)
  )

/** Formats and sorts imports and specifiers, as `biome check --write` does. */
export const withBiome = (files: Files, options: object): Files =>
  inDirectory(
    files,
    {
      "biome.json": {
        formatter: { enabled: true },
        files: { ignoreUnknown: true },
        javascript: { parser: { unsafeParameterDecoratorsEnabled: true }, ...options }
      }
    },
    (directory) => run(bin("biome"), ["check", "--write", "--linter-enabled=false", "."], directory)
  )
