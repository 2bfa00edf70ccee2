/**
 * `clustrix/browser`: the core's services in a page. The analysis and the packaging themselves are in `clustrix`.
 */
export * as Hasher from "./Hasher.ts"
export * as MemoryFileSystem from "./MemoryFileSystem.ts"
export * as SourceParser from "./SourceParser.ts"
