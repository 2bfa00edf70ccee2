/**
 * Loops on threads: what a package's function takes with its loops on all cores, against the same function without.
 */
import { packageFunctionForExecution } from "clustrix/node"
import { unzipSync } from "fflate"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { availableParallelism } from "node:os"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { interleaved, print } from "./Measure.mjs"

const functions = {
  primes: `const isPrime = (n: number): boolean => {
  for (let d = 2; d * d <= n; d++) if (n % d === 0) return false
  return n > 1
}
export function main(): number {
  const found: Array<number> = []
  for (let block = 0; block < 600; block++) {
    let count = 0
    for (let n = block * 5000; n < (block + 1) * 5000; n++) if (isPrime(n)) count++
    found.push(count)
  }
  return found.reduce((a, b) => a + b, 0)
}
`,
  mandelbrot: `const escape = (re: number, im: number): number => {
  let x = 0, y = 0
  for (let n = 0; n < 400; n++) {
    const next = x * x - y * y + re
    y = 2 * x * y + im
    x = next
    if (x * x + y * y > 4) return n
  }
  return 400
}
export function main(): number {
  let total = 0
  for (let row = 0; row < 700; row++) {
    let inside = 0
    for (let column = 0; column < 1000; column++) inside += escape(column / 400 - 2, row / 350 - 1)
    total += inside
  }
  return total
}
`,
  "sha-256 chains": `import { createHash } from "node:crypto"
export function main(): ReadonlyArray<string> {
  const digests: Array<string> = []
  for (const seed of Array.from({ length: 64 }, (_, index) => String(index))) {
    let text = seed
    for (let round = 0; round < 8000; round++) text = createHash("sha256").update(text).digest("hex")
    digests.push(text)
  }
  return digests
}
`,
  "too small for threads": `const double = (n: number): number => Number(JSON.parse(JSON.stringify([n, n]))[0]) * 2
export function main(): number {
  let total = 0
  for (let round = 0; round < 2000; round++) total += small([1, 2, 3, round])
  return total
}
const small = (list: ReadonlyArray<number>): number => {
  let total = 0
  for (const n of list) total += double(n)
  return total
}
`
}

/** `expect`: that a value is at least a limit. */
export const measure = async ({ aim, below, expect, rounds }) => {
  const cores = availableParallelism()
  for (const [name, text] of Object.entries(functions)) {
    const project = below(`loops-${name.replace(/\W/g, "-")}`)
    mkdirSync(project, { recursive: true })
    writeFileSync(path.join(project, "package.json"), `{ "name": "bench", "type": "module" }\n`)
    writeFileSync(path.join(project, "main.ts"), text)
    const { packagePath } = await packageFunctionForExecution(`${path.join(project, "main.ts")}#main`, {
      clusterType: "local"
    })
    const unpacked = path.join(project, "package")
    for (const [file, bytes] of Object.entries(unzipSync(readFileSync(packagePath)))) {
      mkdirSync(path.dirname(path.join(unpacked, file)), { recursive: true })
      writeFileSync(path.join(unpacked, file), bytes)
    }
    const load = (file) => import(pathToFileURL(path.join(unpacked, file)).href)
    const loops = await load("loops.mjs")
    loops.configure({ width: cores, eager: false })
    const serial = await load("modules/main.ts.mjs")
    const wide = await load("modules/main.ts.loops.mjs")
    const results = [JSON.stringify(serial.main()), JSON.stringify(wide.main())]
    if (results[0] !== results[1]) throw new Error(`${name}: the results differ`)
    console.log(`  ${name}`)
    const times = await interleaved({ serial: () => serial.main(), wide: () => wide.main() }, rounds)
    print(times, "serial")
    const ratio = times.serial.median / times.wide.median
    if (name === "too small for threads") aim("its variant against the plain module", 1 / ratio, 1.2)
    else expect(`speed-up of ${name} on ${cores} cores`, ratio, 0.7 * cores)
  }
}
