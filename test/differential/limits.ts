/**
 * What may still go wrong in random programs. These numbers may only become smaller.
 */

/** Of random programs, the part whose package gives, throws or prints something else, and packaging warned of nothing. */
export const maximumSilentDifferences = 0.7

/** Of random programs, the part that is refused. */
export const maximumRefused = 0.01

/** Of random programs, the part that is warned of. */
export const maximumWarned = 0.05
