import type { Packages } from "./Corpus.d.mts"

export const make: (scratch: string) => Packages
