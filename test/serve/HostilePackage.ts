/**
 * Packages that look right from afar: a manifest that lists what is there, in an archive written byte by byte.
 */
import * as Order from "effect/Order"
import { createHash } from "node:crypto"
import * as CanonicalJson from "../../core/archive/CanonicalJson.ts"
import * as EntryMode from "../../core/archive/EntryMode.ts"
import * as Metadata from "../../core/archive/Metadata.ts"
import * as Zip from "../core/archive/HostileZip.ts"
import * as sample from "../core/archive/sample.ts"

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex")

const same = (text: string): string => text

/** A package with these files beside its own, and its digest. */
export const make = (
  extra: Readonly<Record<string, Uint8Array>>,
  change: (entry: Zip.RawEntry, name: string) => void = () => {},
  documents: {
    readonly manifest?: (text: string) => string
    readonly metadata?: (text: string) => string
  } = {}
): { readonly digest: string; readonly bytes: Uint8Array } => {
  const { manifest: manifestText = same, metadata = same } = documents
  const files = new Map([
    ["execute.mjs", Zip.utf8("#!/usr/bin/env node\n")],
    ["metadata.json", Zip.utf8(metadata(Metadata.encode(Metadata.make(sample.metadataInput))))],
    [sample.module, Zip.utf8("export const mainAnalysis = 1\n")],
    ...Object.entries(extra)
  ])
  const names = [...files.keys()].sort(Order.string)
  const content = (name: string): Uint8Array => files.get(name) ?? Zip.none
  const manifest = Zip.utf8(manifestText(CanonicalJson.encode({
    format: "clustrix-package",
    formatVersion: 1,
    entry: { module: sample.module, export: "mainAnalysis", kind: "function" },
    options: {},
    entries: names.map((path) => ({
      path,
      mode: EntryMode.fromHead(content(path)),
      size: content(path).length,
      sha256: sha256(content(path))
    }))
  })))
  files.set("manifest.json", manifest)
  const entries = [...files.keys()].sort(Order.string).map((name) => {
    const entry = Zip.entry(name, content(name), {
      deflate: true,
      mode: 0o100000 | EntryMode.toNumber(EntryMode.fromHead(content(name)))
    })
    change(entry, name)
    return entry
  })
  return { digest: sha256(manifest), bytes: Zip.write(Zip.archive(entries)) }
}
