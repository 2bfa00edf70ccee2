/**
 * Projects on a real disk, and what is collected for the function `main` of their `src/main.ts`.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import type * as FileSystem from "@effect/platform/FileSystem"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as AnalysisCache from "../../../core/modules/AnalysisCache.ts"
import { ExecutionHost } from "../../../core/packaging/ExecutionContext.ts"
import { FilePackager } from "../../../core/packaging/FilePackager.ts"
import { layer as layerFilePackager } from "../../../core/packaging/makeFilePackager.ts"
import type { PackageOptionsInput } from "../../../core/packaging/PackageOptions.ts"
import * as PackageStore from "../../../core/archive/PackageStore.ts"
import * as Hasher from "../../../platform-node/Hasher.ts"
import * as NodeDirectoryEntries from "../../../platform-node/NodeDirectoryEntries.ts"

export type Files = Readonly<Record<string, string>>

/** Writes `files` below the directory `root`. */
export const write = (root: string, files: Files): void => {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
}

/** A package named `data`, removed in the end. Its directory lies in one of its own, for what is to lie outside. */
export const project = (files: Files) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const root = path.join(realpathSync(mkdtempSync(path.join(tmpdir(), "clustrix-data-"))), "project")
      write(root, { "package.json": `{ "name": "data", "type": "module" }`, ...files })
      return root
    }),
    (root) => Effect.sync(() => rmSync(path.dirname(root), { recursive: true, force: true }))
  )

/** All that the packager needs beside the parser, which tests share. */
const services = (root: string, fileSystem: Layer.Layer<FileSystem.FileSystem>) =>
  layerFilePackager.pipe(Layer.provide(Layer.mergeAll(
    fileSystem,
    NodePath.layer,
    NodeDirectoryEntries.layer,
    Hasher.layer,
    AnalysisCache.layerNone,
    PackageStore.layerMemory,
    Layer.succeed(ExecutionHost, { workingDirectory: root, runtimeVersion: "v20.0.0" })
  )))

export const prepare = (
  root: string,
  options: PackageOptionsInput = {},
  fileSystem = NodeFileSystem.layer,
  fn = "src/main.ts#main"
) =>
  FilePackager.pipe(
    Effect.flatMap((packager) => packager.prepare(fn, options)),
    Effect.provide(services(root, fileSystem))
  )

/** The data files' paths in the package, and the diagnostics about files, `code: what`, both sorted. */
export const collect = (
  root: string,
  options: PackageOptionsInput = {},
  fileSystem = NodeFileSystem.layer,
  fn = "src/main.ts#main"
) =>
  Effect.map(prepare(root, options, fileSystem, fn), ({ diagnostics, entries }) => ({
    files: entries.filter(({ content }) => content._tag === "File").map((entry) => entry.path).sort(),
    said: diagnostics.map(({ code, severity, what }) => `${severity === "info" ? "(info) " : ""}${code}: ${what}`)
      .sort()
  }))

/** The tag or the reason of a refusal. */
export const reasonOf = (error: { readonly _tag: string }): string =>
  "reason" in error ? String(error.reason) : error._tag

/** A module whose function `main` gives `body`, where `fs` and `path` can be used. */
export const main = (body: string, parameters = ""): string =>
  `import * as fs from "node:fs"\nimport * as path from "node:path"\nexport function main(${parameters}) { return ${body} }\n`

export const nothing = main("1")
