/**
 * A client of `npm run bench -- map` in a process of its own: calls a function for many inputs, keeps no result, and says what it
 * saw. Arguments: the configuration as JSON, the module of the function, the number of calls.
 */
import { cluster } from "clustrix/node"
import { pathToFileURL } from "node:url"

const [config, file, count] = process.argv.slice(2)
const { square } = await import(pathToFileURL(file).href)
const calls = Number(count)

const heap = () => {
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

let peakRss = 0
const sampling = setInterval(() => {
  peakRss = Math.max(peakRss, process.memoryUsage().rss)
}, 50)
const inputs = Array.from({ length: calls }, (_, n) => n)
const heaps = []
const seen = new Uint8Array(calls)
let arrived = 0
const started = performance.now()
for await (const outcome of cluster(JSON.parse(config))(square).map(inputs, { ordered: true })) {
  if (!outcome.ok) throw outcome.error
  const { index, value } = outcome
  if (index !== arrived) throw new Error(`${index} came as ${arrived}`)
  if (value.n !== index || value.square !== index ** 2) throw new Error(`a wrong value for ${index}`)
  seen[index] += 1
  arrived += 1
  // A collection for each would slow it down
  if (arrived === 1 || arrived % 25 === 0) heaps.push(heap())
}
clearInterval(sampling)
if (arrived !== calls || seen.some((times) => times !== 1)) throw new Error(`${arrived} of ${calls} results`)
process.stdout.write(
  `${JSON.stringify({ seconds: (performance.now() - started) / 1000, peakRss, peakHeap: Math.max(...heaps) })}\n`
)
process.exit(0)
