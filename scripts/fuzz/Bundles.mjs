/**
 * esbuild's bundle of a program in place of the package: what differs there, too, says something of the generator, or of JavaScript.
 */
import * as esbuild from "esbuild"
import * as path from "node:path"

/** Has the form of Packages.mjs. */
export const make = ({ parse }) => ({
  parse,
  write: async (fn, directory) => {
    const [file, name] = fn.split("#")
    const module = path.join(directory, "bundle.mjs")
    try {
      const { metafile, warnings } = await esbuild.build({
        entryPoints: [file],
        outfile: module,
        bundle: true,
        format: "esm",
        platform: "node",
        target: "node20",
        metafile: true,
        logLevel: "silent"
      })
      return {
        module,
        export: name,
        bytes: Object.values(metafile.outputs).reduce((sum, { bytes }) => sum + bytes, 0),
        modules: Object.keys(metafile.inputs).length,
        warnings: warnings.map(({ text }) => text),
        notes: []
      }
    } catch (error) {
      return { refused: { tag: "BuildFailure", message: String(error.message) } }
    }
  },
  close: () => esbuild.stop()
})
