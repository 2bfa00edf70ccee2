/**
 * `npm run supply-chain`: licences of all packages, a reason for each direct dependency and each install script, integrity of
 * everything. The policy is scripts/supply-chain/policy.json. Reads files only.
 */
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { faultsOf } from "./supply-chain/faultsOf.mjs"

const root = fileURLToPath(new URL("..", import.meta.url))
const read = (file) => JSON.parse(readFileSync(`${root}${file}`, "utf8"))
const manifest = read("package.json")
const lockfile = read("package-lock.json")
const faults = faultsOf({
  manifest,
  lockfile,
  policy: read("scripts/supply-chain/policy.json"),
  workspaces: manifest.workspaces.map((directory) => read(`${directory}/package.json`))
})
for (const fault of faults) console.error(`supply chain: ${fault}`)
console.log(`supply chain: ${Object.keys(lockfile.packages).length} packages, ${faults.length} faults`)
process.exitCode = faults.length === 0 ? 0 : 1
