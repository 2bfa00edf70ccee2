/**
 * The command as its users have it: bundled, in a process of its own.
 */
import { build, type Metafile } from "esbuild"
import { type ChildProcess, spawn } from "node:child_process"
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../..", import.meta.url))

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Workbench {
  /** A directory of its own for sources. */
  readonly directory: string
  readonly packages: string
  readonly metafile: Metafile
  /** What the command sees of the environment. */
  readonly environment: Readonly<Record<string, string>>
  /** The command as a program and its arguments, for whoever starts it in a special way. */
  readonly command: (words: ReadonlyArray<string>) => ReadonlyArray<string>
  readonly write: (path: string, text: string) => void
  readonly start: (
    words: ReadonlyArray<string>,
    environment?: Readonly<Record<string, string>>,
    folder?: string
  ) => ChildProcess
  /** `folder` is where it runs, below the directory. */
  readonly run: (
    words: ReadonlyArray<string>,
    environment?: Readonly<Record<string, string>>,
    folder?: string
  ) => Promise<Outcome>
  readonly remove: () => void
}

/** What a process printed, and how it ended. */
export const outcomeOf = (child: ChildProcess): Promise<Outcome> =>
  new Promise((resolve, reject) => {
    let stdout = ""
    let stderr = ""
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      stdout += text
    })
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr += text
    })
    child.on("error", reject)
    child.on("close", (code) => resolve({ code, stdout, stderr }))
  })

/**
 * Bundles the command (with esbuild: Vite's bundle of the same sources takes half a minute) and makes room to use it.
 * `buildName`: names the sources, as a build does, so that what it prints is remembered.
 */
export const makeWorkbench = async ({ buildName }: { readonly buildName?: string } = {}): Promise<Workbench> => {
  // Below the project, for SWC's WASM is found through its node_modules.
  const cache = Path.join(root, "node_modules", ".cache")
  Fs.mkdirSync(cache, { recursive: true })
  const bundle = Fs.mkdtempSync(Path.join(cache, "clustrix-command-"))
  const directory = Fs.realpathSync(Fs.mkdtempSync(Path.join(Os.tmpdir(), "clustrix-cli-")))
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["platform-node/cli/main.ts"],
    outdir: bundle,
    bundle: true,
    splitting: true,
    metafile: true,
    define: buildName === undefined ? {} : { __CLUSTRIX_BUILD__: JSON.stringify(buildName) },
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
  const packages = Path.join(directory, ".packages")
  const { PATH = "" } = process.env
  const own = {
    PATH,
    HOME: directory,
    XDG_CACHE_HOME: Path.join(directory, ".cache"),
    XDG_STATE_HOME: Path.join(directory, ".state"),
    CLUSTRIX_PACKAGE_DIR: packages
  }
  const command: Workbench["command"] = (words) => [process.execPath, Path.join(bundle, "main.js"), ...words]
  const start: Workbench["start"] = (words, environment = {}, folder = "") => {
    const [program = "", ...all] = command(words)
    return spawn(program, all, {
      cwd: Path.join(directory, folder),
      env: {
        ...own,
        ...environment
      },
      stdio: ["ignore", "pipe", "pipe"]
    })
  }
  return {
    directory,
    packages,
    metafile,
    environment: own,
    command,
    write: (path, text) => {
      Fs.mkdirSync(Path.dirname(Path.join(directory, path)), { recursive: true })
      Fs.writeFileSync(Path.join(directory, path), text)
    },
    start,
    run: (words, environment, folder) => outcomeOf(start(words, environment, folder)),
    remove: () => {
      Fs.rmSync(bundle, { recursive: true, force: true })
      Fs.rmSync(directory, { recursive: true, force: true })
    }
  }
}

/** Inputs of the bundle that are loaded when the chunk with `entry` is, without those behind an `await import()`. */
export const loadedWith = (metafile: Metafile, entry: string): ReadonlySet<string> => {
  const [start] = Object.entries(metafile.outputs).filter(([, { entryPoint }]) => entryPoint === entry).map(([path]) =>
    path
  )
  const inputs = new Set<string>()
  const queue = start === undefined ? [] : [start]
  const seen = new Set(queue)
  for (let chunk = queue.pop(); chunk !== undefined; chunk = queue.pop()) {
    const output = metafile.outputs[chunk]
    for (const input of Object.keys(output?.inputs ?? {})) inputs.add(input)
    for (const { kind, path } of output?.imports ?? []) {
      if (kind === "dynamic-import" || seen.has(path)) continue
      seen.add(path)
      queue.push(path)
    }
  }
  return inputs
}
