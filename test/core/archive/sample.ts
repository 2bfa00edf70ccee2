/**
 * Small packages for the tests of the archive.
 */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as PackageEntry from "../../../core/archive/PackageEntry.ts"
import { type SealInput, sealPackage } from "../../../core/archive/SealPackage.ts"
import * as Metadata from "../../../core/archive/Metadata.ts"
import * as PackageStore from "../../../core/archive/PackageStore.ts"
import * as Hasher from "../../../platform-node/Hasher.ts"

/** The real file system and node:crypto, without a store. */
export const platform = Layer.mergeAll(NodeFileSystem.layer, NodePath.layer, Hasher.layer)

export const module = "modules/src/analysis.ts.mjs"

export const metadataInput: Metadata.MetadataInput = {
  function: { name: "mainAnalysis", module, export: "mainAnalysis", kind: "function", isAsync: true, lineno: 4 },
  imports: [
    { module: "node:fs", isFromImport: false, names: [], alias: "fs", lineno: 1 },
    { module: "csv-parse", isFromImport: true, names: ["parse", "Info"], lineno: 2 }
  ],
  filesystemCalls: [
    { function: "clusterStat", lineno: 12 },
    { function: "clusterFind", lineno: 5, arguments: ["\"*.csv\"", "\"data/\""] }
  ],
  declarations: [
    { name: "limit", kind: "variable", module, lineno: 3 },
    { name: "helper", kind: "function", module: "modules/src/helper.ts.mjs" }
  ],
  dataFiles: [{ path: "data/a.csv", sizeBytes: 8, relativeTo: "workingDirectory" }],
  npmPackages: [{ name: "csv-parse", version: "5.6.0" }]
}

export const entries: ReadonlyArray<PackageEntry.PackageEntry> = [
  PackageEntry.text("execute.mjs", `#!/usr/bin/env node\n${"console.log(1)\n".repeat(100)}`),
  PackageEntry.text(module, "export const mainAnalysis = async () => {\n  return 1\n}\n"),
  PackageEntry.text("data/a.csv", "a,b\n1,2\n"),
  PackageEntry.text("data/ünïcode – ☃.txt", "snow".repeat(50)),
  PackageEntry.bytes("data/empty.bin", new Uint8Array(0))
]

export const input: SealInput = {
  entries,
  metadata: Metadata.make(metadataInput),
  entry: { module, export: "mainAnalysis", kind: "function" },
  options: { dependencies: "install", include: ["data/**"] }
}

/** Seals into a store of its own, and gives the bytes too. */
export const seal = (input: SealInput) =>
  Effect.scoped(Effect.gen(function*() {
    const store = yield* PackageStore.PackageStore
    const sealed = yield* sealPackage(input)
    const access = yield* store.open(sealed.fileName)
    return { ...sealed, bytes: yield* access.read(0, access.sizeBytes) }
  })).pipe(Effect.provide(PackageStore.layerMemory))

/** Pseudo-random bytes: incompressible, the same each time. */
export const noise = (length: number, seed = 1): Uint8Array => {
  const bytes = new Uint8Array(length)
  let x = seed
  for (let at = 0; at < length; at++) {
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    bytes[at] = x
  }
  return bytes
}
