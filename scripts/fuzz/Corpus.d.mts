/** A function of a package's sources, and how it compares with its package. */
export interface Row {
  readonly corpus: string
  readonly label: string
  readonly ending: "same" | "different" | "refused"
  readonly how?: ReadonlyArray<string>
  /** Of user code in the package. */
  readonly bytes?: number
  readonly modules?: number
  readonly program?: unknown
  readonly outcome?: unknown
  readonly refused?: { readonly tag: string; readonly message: string }
  readonly warnings?: ReadonlyArray<string>
}

export interface Corpus {
  readonly package: string
  /** Whether each packaging takes many seconds: fewer are tried. */
  readonly large?: boolean
}

export interface Packages {
  readonly close: () => Promise<void>
}

export interface Runs {
  readonly close: () => void
}

export const run: (corpus: Corpus, options: {
  /** How many of the calls: all, or so many, chosen by the seed. */
  readonly calls?: number
  /** How many of the functions that the package exports are tried besides: all, or so many, chosen by the seed. */
  readonly exports: number
  readonly seed: number
  readonly lanes: number
  readonly packages: Packages
  readonly runs: Runs
  readonly scratch: string
  readonly seen: (row: Row) => void
}) => Promise<ReadonlyArray<Row>>
