/**
 * What may still go wrong in random programs. These numbers may only become smaller.
 */

/** Of random programs, the part whose package gives, throws or prints something else, and packaging warned of nothing. */
export const maximumSilentDifferences = 0.005

/** Of random programs, the part that is refused. */
export const maximumRefused = 0.01

/** Of random programs, the part that is warned of. */
export const maximumWarned = 0.02

/** The same of closures that are handed over by value; what they capture may be refused. */
export const maximumClosures = { silentDifferences: 0.01, refused: 0.1 }

/** How much more than kept-bytes.json says may be kept of the corpora's code: in the sum, and of any one function. */
export const maximumGrowth = { sum: 1.1, one: 1.3 }
