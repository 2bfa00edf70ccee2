/** A value as a person reads it. */
export const shown = (value: unknown): string => {
  try {
    return JSON.stringify(value, (_, each: unknown) => typeof each === "bigint" ? `${each}n` : each, 2) ?? "undefined"
  } catch {
    // A value may hold itself
    return String(value)
  }
}
