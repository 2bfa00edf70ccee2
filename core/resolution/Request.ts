/**
 * One question to the resolver, and what was learnt while answering it.
 */
import type { RequestKind } from "./ModuleResolver.ts"
import type { Entry } from "./FileTree.ts"
import type { Tsconfig } from "./Tsconfig.ts"

export interface Request {
  readonly specifier: string
  /** Absolute path of the module that asks. */
  readonly referrer: string
  /** Real path of the directory of that module. */
  readonly directory: string
  readonly kind: RequestKind
  /** Whether plain JavaScript asks: Node resolves that, and TypeScript only what Node cannot. */
  readonly isJavaScript: boolean
  /** What governs the module that asks. */
  readonly tsconfig: Tsconfig | undefined
  readonly conditions: ReadonlySet<string>
  /** Paths that were looked for, in order: filled while the answer is sought. */
  readonly tried: Array<string>
}

/** The file that was found, and through which package when a package's name led to it. */
export interface Located {
  readonly entry: Entry
  /** The key under which the package is installed. */
  readonly name?: string
  /** Real path of the directory where it is installed. */
  readonly directory?: string
  /** The bare specifier by which Node finds it. */
  readonly specifier?: string
}
