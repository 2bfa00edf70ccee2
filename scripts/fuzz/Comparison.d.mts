import type { Packages, Runs } from "./Corpus.d.mts"
import type { Ending } from "./Fuzzer.d.mts"

/** A program, by its files. */
export interface Comparable {
  readonly entry: string
  readonly files: Readonly<Record<string, string>>
  readonly language: "js" | "ts"
  /** The function: `main` by default. */
  readonly name?: string
  readonly closure?: boolean
  readonly ownProcess?: boolean
}

export interface Compared {
  readonly ending: Ending
  readonly how?: ReadonlyArray<string>
  /** What the program did. */
  readonly program: unknown
  readonly packaged: { readonly refused?: string; readonly defect?: string; readonly warnings?: ReadonlyArray<string> }
  /** What the package did. */
  readonly outcome?: unknown
}

export const make: (options: {
  readonly packages: Packages
  readonly runs: Runs
  readonly scratch: string
}) => (program: Comparable) => Promise<Compared>
