/** Doubles what is positive, drops the rest. */
export const helperFunction = (data: ReadonlyArray<number>): Array<number> =>
  data.filter((x) => x > 0).map((x) => x * factor)

const factor = 2

/** Nothing of the example needs this: it stays out of the package. */
export const unusedHelper = (data: ReadonlyArray<number>): number => Math.max(...data)
