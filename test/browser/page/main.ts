/**
 * What tests call in the page. Bytes cross as base64: JSON is all that the driver carries.
 */
import * as PageRun from "../../../platform-browser/run/PageRun.ts"
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

/** A run's outcome as JSON: the value as its text. */
export interface RunReport {
  readonly status: string
  readonly text?: string
  readonly message?: string
  readonly error?: unknown
  readonly printed: string
  readonly refused: ReadonlyArray<string>
  readonly written: ReadonlyArray<string>
}

interface Call {
  readonly args?: ReadonlyArray<unknown> | undefined
  readonly kwargs?: Readonly<Record<string, unknown>> | undefined
  readonly files?: PageFiles
  readonly timeLimitMillis?: number
}

const run = async (zip: Uint8Array, { args, files = {}, kwargs, timeLimitMillis }: Call): Promise<RunReport> => {
  let printed = ""
  const refused: Array<string> = []
  const outcome = await PageRun.runInPage({
    packaging,
    zip,
    args,
    kwargs,
    files: filesOf(files),
    timeLimitMillis,
    onOutput: ({ stream, text }) => {
      if (stream === "stdout") printed += text
    },
    onRefusedConnection: (address) => refused.push(address)
  }).outcome
  return {
    status: outcome.status,
    ...("text" in outcome ? { text: outcome.text } : {}),
    ...("message" in outcome ? { message: outcome.message } : {}),
    ...("error" in outcome ? { error: outcome.error } : {}),
    printed,
    refused,
    written: "written" in outcome ? Object.keys(outcome.written) : []
  }
}

const tests = {
  packaging,
  start,
  filesOf,
  bytesOf,
  base64Of,
  load: () => packaging.load({ wasmUrl: new URL("/swc.wasm", location.href) }),
  /** Packages a function and runs it; the project's files are what the cluster functions see. */
  run: async (
    files: PageFiles,
    entry: string,
    { options = {}, ...call }: Call & { readonly options?: Packaging.PackageRequest["options"] } = {}
  ): Promise<RunReport> => {
    const { zip } = await packaging.package({ files: filesOf(files), entry, options })
    return run(zip, { files, ...call })
  },
  /** Stops a run when it prints something. */
  stopOnOutput: async (zip: Uint8Array): Promise<string> => {
    const run = PageRun.runInPage({ packaging, zip, onOutput: () => run.stop() })
    return (await run.outcome).status
  },
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
