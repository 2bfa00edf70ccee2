/** How a program compares with its package. */
export type Ending = "same" | "different" | "refused" | "unloadable"

export interface Found {
  readonly seed: number
  readonly entry: string
  readonly files: Readonly<Record<string, string>>
  readonly result: {
    readonly how: ReadonlyArray<string>
    readonly packaged: { readonly warnings?: ReadonlyArray<string> }
  }
  /** The shrunk program. */
  readonly small?: Readonly<Record<string, string>>
}

export interface Options {
  readonly seeds: ReadonlyArray<number>
  readonly scratch: string
  readonly lanes: number
  readonly shrink: number
  readonly known: ReadonlySet<number>
  readonly generation: {
    readonly flows?: ReadonlyArray<string> | undefined
    readonly language?: "js" | "ts" | undefined
    readonly closures?: boolean | undefined
  }
  readonly packager?: "esbuild" | undefined
  readonly found: (found: Found) => void
  readonly seen?:
    | ((seed: number, result: { readonly ending: Ending }, files: Readonly<Record<string, string>>) => void)
    | undefined
}

export interface Report {
  readonly counts: Readonly<Record<Ending | "known", number>>
  readonly warned: number
  readonly silentRate: () => number
  readonly lines: (seconds: number) => ReadonlyArray<string>
}

export const fuzz: (options: Options) => Promise<{ readonly report: Report; readonly seconds: number }>
