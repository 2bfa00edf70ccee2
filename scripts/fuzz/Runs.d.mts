import type { Runs } from "./Corpus.d.mts"

export const make: () => Runs
