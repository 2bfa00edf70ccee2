/** A simple function to be executed remotely. */
export function simpleAnalysis(): number {
  return Math.sqrt(42)
}
