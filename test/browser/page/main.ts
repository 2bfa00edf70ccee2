/**
 * What tests call in the page. Bytes cross as base64: JSON is all that the driver carries.
 */
import * as Packaging from "../../../platform-browser/worker/PackagingWorker.ts"
import type { PackageAnalysis } from "../../../platform-browser/worker/PackageAnalysis.ts"

/** Text, or base64 of bytes. */
export type PageFiles = Readonly<Record<string, string | { readonly base64: string }>>

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))

const base64Of = (bytes: Uint8Array): string => {
  let text = ""
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000))
  return btoa(text)
}

const filesOf = (files: PageFiles): Packaging.Files =>
  Object.fromEntries(
    Object.entries(files).map(([path, content]) => [
      path,
      typeof content === "string" ? content : bytesOf(content.base64)
    ])
  )

const start = (): Packaging.PackagingWorker =>
  new Packaging.PackagingWorker({ worker: () => new Worker("/worker.js", { type: "module" }) })

const packaging = start()

const tests = {
  packaging,
  start,
  filesOf,
  bytesOf,
  base64Of,
  load: () => packaging.load({ wasmUrl: new URL("/swc.wasm", location.href) }),
  /** The analysis, its ZIP as base64. */
  pack: async (
    files: PageFiles,
    entry: string,
    options: Packaging.PackageRequest["options"] = {}
  ): Promise<Omit<PackageAnalysis, "zip"> & { readonly zip: string }> => {
    const made = await packaging.package({ files: filesOf(files), entry, options })
    return { ...made, zip: base64Of(made.zip) }
  }
}

export type Tests = typeof tests

declare global {
  var clustrix: Tests
}

globalThis.clustrix = tests
