import type { Corpus } from "../Corpus.d.mts"

export const corpora: ReadonlyArray<Corpus>
