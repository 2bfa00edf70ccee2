const table = new Map([[1, 10]])
table.set(2, 20)

/** What a value counts. */
export const weightOf = (value: number): number => table.get(value) ?? 1
