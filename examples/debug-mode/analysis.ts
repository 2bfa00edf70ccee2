import { weightOf } from "./weights.ts"

export function yourFunction(values: ReadonlyArray<number>): number {
  return values.reduce((sum, value) => sum + value * weightOf(value), 0)
}

console.log(yourFunction([1, 2, 3]))
