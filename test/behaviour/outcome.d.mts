/** What a function gave or threw, as JSON has it, and what it printed. */
export interface Outcome {
  readonly gave?: unknown
  readonly threw?: unknown
  readonly printed: string
}
export const gave: (value: unknown, printed?: string) => Outcome
export const threw: (value: unknown, printed?: string) => Outcome
