/**
 * The functions of `unlucky.ts`.
 */
import { cluster } from "clustrix/node"
import * as fs from "node:fs"

export const half = cluster()(function half(n: unknown) {
  return Number(n) / 2
})
export const gated = cluster()(async function gated({ n, place }: { n: number; place: string }) {
  fs.writeFileSync(`${place}/ran-${n}`, "")
  while (n > 0 && fs.existsSync(place)) await new Promise((resolve) => setTimeout(resolve, 30))
  return n
})
export const exits = cluster()(function exits(n: number) {
  if (n === 1) process.exit(0)
  return n
})
