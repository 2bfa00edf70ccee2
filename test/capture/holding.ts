/** A function that does nothing but hold another one. */
export const hold = (fn: (x: number) => unknown) => (x: number): ReadonlyArray<unknown> => [fn(x)]
