/**
 * The tools on a project: in this process, and as command lines of whole processes.
 */
import { nodeFileTrace } from "@vercel/nft"
import { AnalysisCache, Cluster, ClusterConfig, FilePackager, layerFilePackager } from "clustrix"
import { AnalysisCache as NodeAnalysisCache, NodeHost, PackageMemory, run } from "clustrix/node"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { build } from "esbuild"
import { cpSync } from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

/** The `clustrix` command, with everything inside. */
export const command = fileURLToPath(new URL("../../dist/bin/clustrix.js", import.meta.url))

const entryFile = ({ directory, entry }) => path.join(directory, entry)
const referenceTo = (project) => `${entryFile(project)}#${project.fn}`

/**
 * A packager that lives for many packagings. `cache`: directory of the analysis cache, or `undefined` for none. `remembers`: whether
 * it takes a packaging again whose files have not changed.
 */
export const packager = ({ cache, remembers }) => {
  const analysis = cache === undefined ? AnalysisCache.layerNone : NodeAnalysisCache.layer(cache)
  // Fresh: NodeHost.layer has built one over its own cache already
  const memory = remembers ? PackageMemory.layerMemory("bench") : PackageMemory.layerNone
  const layer = Layer.fresh(layerFilePackager).pipe(
    Layer.provide(Layer.merge(analysis, memory)),
    Layer.provide(NodeHost.layer)
  )
  const runtime = ManagedRuntime.make(layer)
  return {
    package: (project) =>
      runtime.runPromise(Effect.flatMap(
        FilePackager.FilePackager,
        (service) =>
          Effect.provideService(
            service.packageFunctionForExecution(referenceTo(project), [project.argument], {}, {}),
            Cluster.Cluster,
            { config: ClusterConfig.local }
          )
      )),
    dispose: () => runtime.dispose()
  }
}

/** What esbuild is asked for. */
export const bundleOptions = (project, outfile) => ({
  entryPoints: [entryFile(project)],
  bundle: true,
  format: "esm",
  platform: "node",
  target: "es2022",
  sourcemap: true,
  outfile,
  logLevel: "error"
})

/** esbuild, through its JavaScript API (its service process stays alive between calls). */
export const bundle = (project, outfile) => build(bundleOptions(project, outfile))

export const trace = (project) => nodeFileTrace([entryFile(project)], { base: project.directory })

/** The same work as whole processes: program and arguments. */
export const processes = (project, outfile) => {
  const options = ["--bundle", "--format=esm", "--platform=node", "--target=es2022", "--sourcemap", "--log-level=error"]
  // esbuild's own program, without the Node process that its npm package may start it from
  const platform = `@esbuild/${process.platform}-${process.arch}/bin/esbuild`
  const esbuild = createRequire(createRequire(import.meta.url).resolve("esbuild")).resolve(platform)
  const one = fileURLToPath(new URL("one-run.mjs", import.meta.url))
  return {
    clustrix: [process.execPath, command, "package", referenceTo(project), "--json"],
    "esbuild (its program)": [esbuild, entryFile(project), ...options, `--outfile=${outfile}`],
    "esbuild (on Node)": [process.execPath, one, "esbuild", entryFile(project), outfile],
    nft: [process.execPath, one, "nft", entryFile(project), project.directory]
  }
}

/** Runs what each tool gives, in directories below `scratch`; says what differs from the project's expected result. */
export const verify = async (project, scratch) => {
  const wrong = []
  const expect = (tool, value) => {
    if (value !== project.expected) wrong.push(`${tool} gave ${value} instead of ${project.expected}`)
  }
  const call = async (tool, file) =>
    expect(tool, await (await import(pathToFileURL(file).href))[project.fn](project.argument))

  const bundled = path.join(scratch, "bundled.mjs")
  await bundle(project, bundled)
  await call("esbuild's bundle", bundled)
  expect("the package", await run(referenceTo(project), ClusterConfig.local, [project.argument]))
  if (!project.typescript) {
    const traced = path.join(scratch, "traced")
    const { fileList } = await trace(project)
    for (const file of fileList) cpSync(path.join(project.directory, file), path.join(traced, file))
    await call("the files that nft traced", path.join(traced, project.entry))
  }
  return wrong
}
