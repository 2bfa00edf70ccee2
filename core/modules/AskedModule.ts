/**
 * A module that code asks for by a path that it computes: `require(path.join(__dirname, "a.js"))`, `fork(file)`.
 */
import type { CodeModule } from "./Module.ts"

export interface AskedModule {
  /** The module that asks, and where the call begins in its text. */
  readonly from: CodeModule
  readonly offset: number
  /** What asks, as people write it: `require`, `child_process.fork`. */
  readonly by: string
  readonly target: CodeModule
}
