/**
 * `node --expose-gc endurance.mjs DIRECTORY COUNT`: packages COUNT times in one process, with no analysis cache, a
 * function of three modules whose text is another each time (of 20), and prints as JSON the memory at ten points.
 */
import { readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { generated } from "./Projects.mjs"
import { packager } from "./Tools.mjs"

const [directory, count] = [process.argv[2], Number(process.argv[3])]
const project = generated(directory, 3)
const file = path.join(directory, project.entry)
const text = readFileSync(file, "utf8")
const { dispose, package: packageFunction } = packager(undefined)

const points = []
const started = performance.now()
for (let index = 1; index <= count; index++) {
  writeFileSync(file, text.replace("x < 0", `x < -${index % 20}`))
  await packageFunction(project)
  if (index % Math.ceil(count / 10) === 0) {
    globalThis.gc()
    const { heapUsed, rss } = process.memoryUsage()
    points.push({ packagings: index, heapUsed, rss })
  }
}
const milliseconds = performance.now() - started
await dispose()
console.log(JSON.stringify({ milliseconds, peak: process.resourceUsage().maxRSS * 1024, points }))
