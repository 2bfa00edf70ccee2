/**
 * `clustrix/node` as one bundle in a project of its own: for programs that run in processes of their own.
 */
import { build } from "esbuild"
import * as Fs from "node:fs"
import * as Path from "node:path"
import { tmpdir } from "node:os"
import { fileURLToPath, pathToFileURL } from "node:url"

export const root = fileURLToPath(new URL("../../", import.meta.url))
export const modules = Path.join(root, "node_modules")

export interface Project {
  /** Absolute real path. */
  readonly directory: string
  readonly remove: () => void
}

/** Makes an empty project into which `clustrix/node` is installed. */
export const makeProject = async (name: string): Promise<Project> => {
  // Below this project, so that SWC's WASM is found
  const bundle = Fs.mkdtempSync(Path.join(modules, `.clustrix-${name}-`))
  const directory = Fs.realpathSync(Fs.mkdtempSync(Path.join(tmpdir(), `clustrix-${name}-`)))
  await build({
    absWorkingDir: root,
    entryPoints: { node: "platform-node/index.ts" },
    outdir: bundle,
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node20",
    mainFields: ["module", "main"],
    // CommonJS that asks where it lies, with native parts where they were built
    external: ["ssh2"],
    banner: {
      js:
        "import { createRequire as requireOfBundle } from 'node:module'; const require = requireOfBundle(import.meta.url);"
    },
    logLevel: "error"
  })
  const installed = Path.join(directory, "node_modules/clustrix")
  Fs.mkdirSync(installed, { recursive: true })
  Fs.writeFileSync(
    Path.join(installed, "package.json"),
    JSON.stringify({ name: "clustrix", type: "module", exports: { "./node": "./node.js" } })
  )
  Fs.writeFileSync(
    Path.join(installed, "node.js"),
    `export * from ${JSON.stringify(pathToFileURL(Path.join(bundle, "node.js")).href)}\n`
  )
  return {
    directory,
    remove: () => {
      for (const each of [bundle, directory]) Fs.rmSync(each, { recursive: true, force: true })
    }
  }
}
