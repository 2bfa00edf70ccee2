/**
 * `clustrix/browser`: Clustrix in a page. {@link PackagingWorker} analyses and packages in a worker, {@link PageRun} runs a
 * package in a sandbox; the layers are for programs that put the core together themselves.
 */
export * as Hasher from "./Hasher.ts"
export * as MemoryFileSystem from "./MemoryFileSystem.ts"
export type * as PackageAnalysis from "./worker/PackageAnalysis.ts"
export * as PackageStore from "./PackageStore.ts"
export * as PackagingError from "./worker/PackagingError.ts"
export * as PackagingWorker from "./worker/PackagingWorker.ts"
export * as PageRun from "./run/PageRun.ts"
export * as ParserDownload from "./ParserDownload.ts"
export * as SourceParser from "./SourceParser.ts"
