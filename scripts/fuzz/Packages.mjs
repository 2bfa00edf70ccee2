/**
 * Packages functions in this process, through the packager's own service.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { FilePackager } from "../../core/packaging/FilePackager.ts"
import { SourceParser } from "../../core/language/SourceParser.ts"
import * as NodeHost from "../../platform-node/NodeHost.ts"

/** Keeps everything that the packager writes in `scratch`. */
export const make = (scratch) => {
  Object.assign(process.env, {
    CLUSTRIX_PACKAGE_DIR: path.join(scratch, "packages"),
    CLUSTRIX_STATE_DIR: path.join(scratch, "state"),
    XDG_CACHE_HOME: path.join(scratch, "cache"),
    XDG_STATE_HOME: path.join(scratch, "xdg-state")
  })
  const runtime = ManagedRuntime.make(NodeHost.layer)
  return {
    /**
     * Packages `fn` (`FILE#NAME`, or a function) and writes the unpacked package to `directory`.
     * Gives its entry and diagnostics, or the typed error that refused it; a defect is thrown.
     */
    write: async (fn, directory, options) => {
      const exit = await runtime.runPromiseExit(
        Effect.flatMap(FilePackager, (packager) => packager.prepare(fn, options))
      )
      if (Exit.isFailure(exit)) {
        const error = Cause.squash(exit.cause)
        if (Cause.isDie(exit.cause) || error?._tag === undefined) throw error
        return { refused: { tag: error._tag, message: String(error.message) } }
      }
      const { diagnostics, entries, entry, nodeModules } = exit.value
      let bytes = 0
      for (const { content, path: file } of entries) {
        const target = path.join(directory, file)
        mkdirSync(path.dirname(target), { recursive: true })
        const data = content._tag === "Bytes" ? content.bytes : readFileSync(content.file)
        if (file.startsWith("modules/")) bytes += data.length
        writeFileSync(target, data)
      }
      return {
        module: path.join(directory, entry.serial ?? entry.module),
        export: entry.export,
        bytes,
        nodeModules,
        modules: entries.filter(({ path }) => path.startsWith("modules/")).length,
        warnings: diagnostics.filter(({ severity }) => severity === "warning").map(String),
        notes: diagnostics.filter(({ severity }) => severity !== "warning").map(String)
      }
    },
    /** The syntax tree, or `undefined` where the text has a fault. */
    parse: async (file, text) => {
      const source = { file, text, language: /\.[cm]?ts$/.test(file) ? "typescript" : "javascript", jsx: false }
      const exit = await runtime.runPromiseExit(Effect.flatMap(SourceParser, (parser) => parser.parse(source)))
      return Exit.isSuccess(exit) ? exit.value : undefined
    },
    close: () => runtime.dispose()
  }
}
