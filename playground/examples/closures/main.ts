import { withTax } from "./prices.ts"

/** The sum of the prices, each with its tax. */
export function total(prices: ReadonlyArray<number>): number {
  return prices.map(withTax).reduce((sum, price) => sum + price, 0)
}
